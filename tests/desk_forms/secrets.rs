//! A secret that was typed waits, sealed, while something else is mended: it is saved with it, or asked for again in words, and never dropped unsaid.

use std::time::Duration;

use imitation::browser::{Browser, Page};

use super::support::Town;
use super::{first_hour, save, send};

const KEEPS_THE_SAVED: &str = "leave empty to keep it";
const WAITS: &str = "It waits here, sealed, for 15 minutes";
const AGAIN: &str = "API token must be typed again";
const CANARY: &str = "a-new-token-canary";
const BAD_DATE: [(&str, &str); 2] = [("api_token", CANARY), ("token_expires", "30.06.2027")];
const GOOD_DATE: (&str, &str) = ("token_expires", "2099-06-30");

/// Grace at the service account, of which everything is saved.
pub(super) async fn at_the_account() -> (Town, Browser, Page) {
    let mut town = Town::new().await;
    town.close().await;
    let begin = town.settings.find("[default.atlassian]").unwrap();
    let end = begin + town.settings[begin..].find("\n[").unwrap();
    town.settings.replace_range(begin..end, "");
    town.open().await;
    let (browser, page) = town.administrator("/admin/account").await;
    let (site, email) = (town.atlassian.site(), town.atlassian.email());
    let fields = [
        ("site", site.as_str()),
        ("email", &email),
        ("api_token", "an-old-token"),
    ];
    let saved = save(&browser, &page, &fields).await;
    (town, browser, saved)
}

#[track_caller]
fn waits(page: &Page) {
    assert!(page.says(WAITS), "{}", page.words());
    assert!(!page.text.contains(KEEPS_THE_SAVED) && !page.text.contains(CANARY));
    assert_eq!(page.form_with("api_token").field("api_token"), Some(""));
}

#[track_caller]
fn is_asked_for_again(page: &Page) {
    assert!(page.says(AGAIN), "{}", page.words());
    assert!(!page.text.contains(KEEPS_THE_SAVED) && !page.text.contains(CANARY));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_beside_a_mistake_is_saved_once_the_mistake_is_mended() {
    let (_town, browser, page) = at_the_account().await;
    let wrong = send(&browser, &page, &BAD_DATE).await;
    waits(&wrong);
    let still_wrong = send(&browser, &wrong, &[("token_expires", "tomorrow")]).await;
    waits(&still_wrong);
    let review = send(&browser, &still_wrong, &[GOOD_DATE]).await;
    for words in ["atlassian.api_token set replaced", "2099-06-30"] {
        assert!(review.says(words), "{words}: {}", review.words());
    }
    let saved = browser.press(&review, "Save").await;
    assert!(saved.text.contains(KEEPS_THE_SAVED) && !saved.says(WAITS));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_still_there_after_going_back_from_the_review() {
    let (_town, browser, page) = at_the_account().await;
    let review = send(&browser, &page, &[("api_token", CANARY)]).await;
    let back = browser.click(&review, "Go back without saving").await;
    waits(&back);
    let review = send(&browser, &back, &[GOOD_DATE]).await;
    for words in ["atlassian.api_token set replaced", "2099-06-30"] {
        assert!(review.says(words), "{words}: {}", review.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_of_the_first_hour_is_saved_with_what_was_lacking() {
    let (town, browser) = first_hour().await;
    let page = browser.open(&town.at("/setup/provider")).await;
    let secret = town.cognito.client_secret().unwrap();
    let (domain, issuer) = (town.cognito.base(), town.cognito.issuer());
    let typed = [
        ("domain", domain.as_str()),
        ("issuer", &issuer),
        ("client_secret", &secret),
    ];
    let wrong = send(&browser, &page, &typed).await;
    assert!(wrong.says("Client ID is required"), "{}", wrong.words());
    assert!(wrong.says(WAITS) && !wrong.text.contains(&secret));
    let id = town.cognito.client_id();
    let test = send(&browser, &wrong, &[("client_id", &id)]).await;
    assert_eq!(test.url.path(), "/setup/test", "{}", test.words());
    let saved = browser.open(&town.at("/setup/provider")).await;
    assert!(saved.text.contains(KEEPS_THE_SAVED), "{}", saved.text);
    let visitor = Browser::new();
    let login = visitor.open(&town.at("/me")).await;
    let me = town.cognito.log_in(&visitor, &login, "ada").await;
    assert!(me.says("ada@customer.example"), "{}", me.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_waited_too_long_is_a_mistake_until_it_is_typed_again() {
    let (town, browser, page) = at_the_account().await;
    let wrong = send(&browser, &page, &BAD_DATE).await;
    town.advance(Duration::from_mins(16));
    let late = send(&browser, &wrong, &[GOOD_DATE]).await;
    is_asked_for_again(&late);
    let empty = send(&browser, &late, &[GOOD_DATE]).await;
    is_asked_for_again(&empty);
    let typed = [("api_token", CANARY)];
    let review = send(&browser, &empty, &typed).await;
    assert!(
        review.says("atlassian.api_token set replaced"),
        "{}",
        review.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_waits_goes_to_no_other_address() {
    let (_town, browser, page) = at_the_account().await;
    let wrong = send(&browser, &page, &BAD_DATE).await;
    let elsewhere = [("site", "https://evil.example"), GOOD_DATE];
    is_asked_for_again(&send(&browser, &wrong, &elsewhere).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_waits_for_whoever_typed_it_and_for_its_field() {
    let (town, browser, page) = at_the_account().await;
    let wrong = send(&browser, &page, &BAD_DATE).await;
    let form = wrong.form_with("api_token");
    let name = form.field("api_token-typed").unwrap();
    let holder = town.holder().await;
    let page = holder.open(&town.at("/admin/account")).await;
    let taken = [("api_token-typed", name), GOOD_DATE];
    let form = page.form_with("api_token");
    is_asked_for_again(&holder.submit(&form, &taken).await);
    let page = browser.open(&town.at("/admin/account")).await;
    let form = page.form_with("client_secret");
    let other = browser
        .submit(&form, &[("client_secret-typed", name)])
        .await;
    assert!(
        other.says("Client secret must be typed again"),
        "{}",
        other.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_replace_a_secret_the_later_one_is_told() {
    let (town, one, first) = at_the_account().await;
    let (other, second) = town.administrator("/admin/account").await;
    save(&one, &first, &[("api_token", "theirs-canary")]).await;
    let conflict = send(&other, &second, &[("api_token", CANARY)]).await;
    assert_eq!(conflict.status, 409, "{}", conflict.words());
    waits(&conflict);
    assert!(!conflict.text.contains("theirs"), "{}", conflict.text);
    let review = send(&other, &conflict, &[GOOD_DATE]).await;
    assert!(
        review.says("atlassian.api_token set replaced"),
        "{}",
        review.words()
    );
}
