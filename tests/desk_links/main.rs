//! Links in the desk: found, copied, switched, renamed, tried as a pilot; and what stands in the way.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read what it asked for has failed"
)]

#[path = "../support/mod.rs"]
mod support;

mod counted;
mod found;
mod named;
mod qr;
mod switched;

use imitation::browser::{Browser, Form, Page};
use support::Town;

/// The form that posts to this path.
fn form(page: &Page, path: &str) -> Form {
    let mut forms = page.forms().into_iter();
    let found = forms.find(|form| form.action.path() == path);
    found.unwrap_or_else(|| panic!("no form to {path}: {}", page.words()))
}

/// Presses one of the switches of a link and goes on to the review.
async fn switch(browser: &Browser, page: &Page, slug: &str, set: &str) -> Page {
    let form = form(page, &format!("/admin/links/{slug}/switch"));
    let offered = form.buttons.iter().any(|button| button.value == set);
    assert!(offered, "{set} is not offered at {slug}: {}", page.words());
    browser.submit(&form, &[("set", set)]).await
}

/// Types into the settings of a link and goes on to the review.
async fn typed(browser: &Browser, page: &Page, fields: &[(&str, &str)]) -> Page {
    browser.submit(&page.form_with("aliases"), fields).await
}

async fn save(browser: &Browser, review: &Page) -> Page {
    let page = browser.press(review, "Save").await;
    assert!(page.says("Saved, and in effect."), "{}", page.words());
    page
}

/// What becomes of somebody who opens this address and logs in.
async fn visit(town: &Town, path: &str, username: &str) -> Page {
    town.arrive(&Browser::new(), path, username).await
}
