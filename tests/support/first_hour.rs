//! The first steps of the first hour.

use imitation::browser::{Browser, Page};

use super::Town;
use super::testing::{WINDOW, says};

/// A front door with nothing set but where it is, and a browser that a setup code has let in.
pub(crate) async fn first_hour() -> (Town, Browser, Page) {
    let mut town = Town::new().await;
    town.close().await;
    let address = &town.public_url;
    town.settings =
        format!("[default]\npublic_url = {address:?}\nstore = \"sqlite:front-door.sqlite\"\n");
    town.take_a_new_store();
    town.open().await;
    let browser = Browser::new();
    let code = town.setup_code();
    let steps = town.enter_code(&browser, "/setup", &code).await;
    (town, browser, steps)
}

#[track_caller]
pub(crate) fn is_at(page: &Page, path: &str) {
    assert_eq!(
        (page.status, page.url.path()),
        (200, path),
        "{}",
        page.words()
    );
}

/// Step 1: what the pool's console shows.
pub(crate) async fn set_provider(town: &Town, browser: &Browser) -> Page {
    let page = browser.open(&town.at("/setup/provider")).await;
    let secret = town.cognito.client_secret().unwrap_or_default();
    let fields = [
        ("label", "Customer account"),
        ("domain", &town.cognito.base()),
        ("issuer", &town.cognito.issuer()),
        ("client_id", &town.cognito.client_id()),
        ("client_secret", &secret),
    ];
    browser.submit(&page.form_with("client_id"), &fields).await
}

/// Step 2: a login of ada's, and what is shown of it.
pub(crate) async fn try_login(town: &Town, browser: &Browser) -> Page {
    let ready = browser.open(&town.at("/setup/test")).await;
    let waiting = browser.press(&ready, "Begin the test").await;
    let window = browser.click(&waiting, WINDOW).await;
    let window = town.cognito.log_in(browser, &window, "ada").await;
    says(&window, &["You may close this window"]);
    browser.click(&waiting, "Show the result").await
}
