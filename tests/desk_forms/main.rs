//! Forms of the desk and of the first hour that stand open for a while: two people at the same settings, and secrets that were typed beside a mistake.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

#[path = "../support/mod.rs"]
mod support;

mod secret_addresses;
mod secrets;
mod together;

use imitation::browser::{Browser, Page};
use support::Town;

/// What is typed into fields, by their names.
type Fields<'a> = &'a [(&'a str, &'a str)];

/// Types into the form with the first of these fields and sends it.
async fn send(browser: &Browser, page: &Page, fields: Fields<'_>) -> Page {
    browser.submit(&page.form_with(fields[0].0), fields).await
}

/// The same, and saves what the review shows.
async fn save(browser: &Browser, page: &Page, fields: Fields<'_>) -> Page {
    let review = send(browser, page, fields).await;
    let saved = browser.press(&review, "Save").await;
    assert!(saved.says("Saved, and in effect"), "{}", saved.words());
    saved
}

/// What a field holds that is opened anew.
async fn holds(town: &Town, browser: &Browser, path: &str, field: &str) -> String {
    let page = browser.open(&town.at(path)).await;
    // Of choices the last one that is sent counts; a field that is typed into is there once.
    let form = page.form_with(field);
    form.field(field).unwrap().to_owned()
}

/// A front door that is told where it is and nothing else, and a browser in its first hour.
async fn first_hour() -> (Town, Browser) {
    let mut town = Town::new().await;
    town.close().await;
    let address = &town.public_url;
    town.settings =
        format!("[default]\npublic_url = {address:?}\nstore = \"sqlite:front-door.sqlite\"\n");
    town.take_a_new_store();
    town.open().await;
    let browser = Browser::new();
    let code = town.setup_code();
    town.enter_code(&browser, "/setup", &code).await;
    (town, browser)
}
