//! People at the desk: who signs in without a link, and what the administrator does about them.

use imitation::browser::{Browser, Page};

use super::Town;

pub(crate) const ADA: &str = "ada@customer.example";
pub(crate) const CHARLES: &str = "charles@acme.example";

/// Grace's browser, at the desk.
pub(crate) async fn grace(town: &Town) -> Browser {
    let browser = Browser::new();
    let login = browser.open(&town.at("/admin")).await;
    town.cognito.log_in(&browser, &login, "grace").await;
    browser
}

/// Signs somebody in, without a link.
pub(crate) async fn signs_in(town: &Town, username: &str) -> (Browser, Page) {
    let browser = Browser::new();
    let login = browser.open(&town.at("/me")).await;
    let page = town.cognito.log_in(&browser, &login, username).await;
    (browser, page)
}

/// Whether a browser has a session: home shows portals then, and asks for no login otherwise.
pub(crate) async fn is_signed_in(town: &Town, browser: &Browser) -> bool {
    browser.open(&town.at("/")).await.says("Your portals")
}

/// The page of somebody, found by their address.
pub(crate) async fn page_of(town: &Town, grace: &Browser, email: &str) -> Page {
    let found = grace
        .open(&town.at(&format!("/admin/customers?q={email}")))
        .await;
    grace.click(&found, email).await
}

/// Blocks somebody by their page.
pub(crate) async fn block(town: &Town, grace: &Browser, email: &str) -> Page {
    let page = page_of(town, grace, email).await;
    let form = page.form_with("note");
    grace.submit(&form, &[("note", "keeps sending spam")]).await
}

/// The addresses in a list, in its order.
pub(crate) fn listed(page: &Page) -> Vec<String> {
    let links = page.links().into_iter().map(|link| link.text);
    links.filter(|text| text.contains('@')).collect()
}
