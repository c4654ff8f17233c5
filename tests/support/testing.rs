//! An administrator who tests a provider.

use imitation::browser::{Browser, Page};

use super::Town;

/// Where tests of the provider begin.
pub(crate) const TEST: &str = "/admin/providers/cognito/test";
/// What opens the second window.
pub(crate) const WINDOW: &str = "Open the test login in a new window";

/// An administrator who has begun a test, and the page on which they wait.
pub(crate) struct Testing {
    pub(crate) browser: Browser,
    pub(crate) waiting: Page,
}

impl Testing {
    pub(crate) async fn begin(town: &Town) -> Self {
        Self::begin_as(town, "grace").await
    }

    pub(crate) async fn begin_as(town: &Town, administrator: &str) -> Self {
        let browser = Browser::new();
        let login = browser.open(&town.at(TEST)).await;
        let ready = town.cognito.log_in(&browser, &login, administrator).await;
        let waiting = browser.press(&ready, "Begin the test").await;
        Self { browser, waiting }
    }

    /// The second window: what it shows once this person has logged in.
    pub(crate) async fn log_in(&self, town: &Town, username: &str) -> Page {
        let login = self.browser.click(&self.waiting, WINDOW).await;
        town.cognito.log_in(&self.browser, &login, username).await
    }

    pub(crate) async fn result(&self) -> Page {
        self.browser.click(&self.waiting, "Show the result").await
    }

    /// Begins anew, in the same session.
    pub(crate) async fn again(&mut self, town: &Town) {
        let ready = self.browser.open(&town.at(TEST)).await;
        self.waiting = self.browser.press(&ready, "Begin the test").await;
    }
}

/// That a page says all of this.
#[track_caller]
pub(crate) fn says(page: &Page, words: &[&str]) {
    for words in words {
        assert!(page.says(words), "{words}: {}", page.words());
    }
}
