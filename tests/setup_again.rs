//! When the hour of a setup code is over in the middle of the work: another code goes on where the first one ended, and nothing that was typed is lost.

mod support;

use std::time::Duration;

use imitation::browser::{Browser, Page};
use support::testing::says;
use support::{Town, reason};

const HOUR: Duration = Duration::from_hours(1);

/// Somebody in the first run, at this page of it.
async fn in_setup(path: &str) -> (Town, Browser, Page) {
    let town = Town::new().await;
    let browser = town.browser();
    town.enter_code(&browser, "/setup", &town.setup_code())
        .await;
    let page = browser.open(&town.at(path)).await;
    (town, browser, page)
}

#[track_caller]
fn asks_for_a_code(page: &Page) {
    let told = (page.status, reason(page));
    let expected = (401, Some("login_required".to_owned()));
    assert_eq!(told, expected, "{}", page.words());
    assert!(page.form_with("code").is_post);
    says(page, &["front-door setup-code"]);
}

async fn enter(town: &Town, browser: &Browser, asked: &Page) -> Page {
    let code = town.setup_code_of_now().await;
    browser
        .submit(&asked.form_with("code"), &[("code", &code)])
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_in_the_setup_waits_for_another_code() {
    let (town, browser, page) = in_setup("/setup/mapping").await;
    town.advance(HOUR);
    let form = page.form_with("display_name");
    let typed = [("display_name", "{family_name}, {given_name}")];
    let asked = browser.submit(&form, &typed).await;
    asks_for_a_code(&asked);
    says(&asked, &["was not done yet", "It is kept here"]);
    assert!(!asked.text.contains("{family_name}"), "{}", asked.text);
    let back = enter(&town, &browser, &asked).await;
    says(
        &back,
        &[
            "the page “Attribute mapping”, /setup/mapping",
            "{family_name}, {given_name}",
        ],
    );
    town.advance(HOUR);
    let asked = browser.press(&back, "Send it").await;
    asks_for_a_code(&asked);
    let back = enter(&town, &browser, &asked).await;
    says(&back, &["{family_name}, {given_name}"]);
    let sent = browser.press(&back, "Send it").await;
    assert_eq!((sent.status, sent.url.path()), (200, "/setup/account"));
    let mapping = browser.open(&town.at("/setup/mapping")).await;
    let form = mapping.form_with("display_name");
    assert_eq!(form.field("display_name"), Some(typed[0].1));
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_desk_too_the_field_for_a_code_comes_back_and_secrets_are_not_shown() {
    let town = Town::new().await;
    let browser = town.holder().await;
    let page = browser.open(&town.at("/admin/access")).await;
    town.advance(HOUR * 2);
    let form = page.form_with("domains");
    let asked = browser.submit(&form, &[("domains", "acme.example")]).await;
    asks_for_a_code(&asked);
    let csrf = form.field("csrf").unwrap_or_default();
    let account = town.at("/admin/account");
    let fields = [("csrf", csrf), ("api_token", "hush-7")];
    asks_for_a_code(&browser.post(&account, &fields, Some(&account)).await);
    let back = enter(&town, &browser, &asked).await;
    says(&back, &["/admin/account", "API token ••••••••"]);
    assert!(
        !back.text.contains("hush-7") && !back.says("acme.example"),
        "the last alone: {}",
        back.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_was_asked_for_too_late_follows_the_code() {
    for path in ["/setup/links", "/admin/access"] {
        let (town, browser, _) = in_setup("/setup").await;
        town.advance(HOUR);
        let asked = browser.open(&town.at(path)).await;
        asks_for_a_code(&asked);
        let wrong = browser
            .submit(&asked.form_with("code"), &[("code", "wrong")])
            .await;
        assert_eq!(reason(&wrong).as_deref(), Some("not_allowed"));
        let page = enter(&town, &browser, &wrong).await;
        assert_eq!((page.status, page.url.path()), (200, path));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_never_let_in_leaves_nothing_and_is_told_so() {
    let (town, holder, page) = in_setup("/setup/mapping").await;
    let (stranger, address) = (town.browser(), town.at("/setup/mapping"));
    let csrf = page
        .form_with("email")
        .field("csrf")
        .unwrap_or_default()
        .to_owned();
    let fields = [("csrf", csrf.as_str()), ("email", "mallory")];
    let asked = stranger.post(&address, &fields, Some(&address)).await;
    asks_for_a_code(&asked);
    says(&asked, &["could not be kept"]);
    let steps = enter(&town, &stranger, &asked).await;
    assert_eq!((steps.status, steps.url.path()), (200, "/setup"));
    town.advance(HOUR);
    let planted = [("csrf", "another"), ("email", "mallory")];
    let refused = holder.post(&address, &planted, Some(&address)).await;
    assert_eq!(reason(&refused).as_deref(), Some("not_allowed"));
    let foreign = holder
        .post(&address, &fields, Some("https://evil.test/"))
        .await;
    says(&foreign, &["could not be kept"]);
    let asked = holder.open(&address).await;
    let page = enter(&town, &holder, &asked).await;
    assert_eq!(page.url.path(), "/setup/mapping");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_remembered_longer_than_half_a_day_or_after_leaving() {
    let (town, browser, page) = in_setup("/setup").await;
    let copy = browser.clone_cookies();
    town.advance(HOUR * 12);
    let sent = copy.open(&town.at("/setup/links")).await;
    assert_eq!((sent.status, sent.url.path()), (200, "/setup"));
    let (town, browser, steps) = (town, browser, page);
    let asked = browser.open(&town.at("/setup")).await;
    enter(&town, &browser, &asked).await;
    let steps = browser.open(&town.at(steps.url.path())).await;
    let left = browser.clone_cookies();
    browser.press(&steps, "Leave the desk").await;
    let page = left.open(&town.at("/admin")).await;
    assert!(page.url.as_str().starts_with(&town.cognito.base()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_stood_open_while_another_code_was_entered_is_taken() {
    let (town, browser, page) = in_setup("/setup/mapping").await;
    town.advance(HOUR);
    let asked = browser.open(&town.at("/setup/links")).await;
    enter(&town, &browser, &asked).await;
    let form = page.form_with("display_name");
    let sent = browser.submit(&form, &[("display_name", "{name}!")]).await;
    assert_eq!((sent.status, sent.url.path()), (200, "/setup/account"));
    let stranger = town.browser();
    let asked = stranger.open(&town.at("/setup")).await;
    enter(&town, &stranger, &asked).await;
    let refused = stranger.submit(&form, &[("display_name", "{name}?")]).await;
    assert_eq!(reason(&refused).as_deref(), Some("not_allowed"));
}
