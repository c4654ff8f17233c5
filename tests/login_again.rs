//! Administrators log in afresh for changes: `admin.login_within`, and what becomes of what they typed.

mod support;

use std::time::Duration;

use imitation::browser::{Browser, Page};
use support::{Town, reason};

const TYPED: &str =
    "{ \"email\": \"ada@customer.example\",\r\n  \"email_verified\": true, \"x\": \"<é&>\" }";

const MINUTE: Duration = Duration::from_mins(1);

/// A town whose changes need a login of the last half hour, and Grace at the preview, whose form stands for any.
async fn at_the_preview() -> (Town, Browser, Page) {
    at_the_preview_within("30m").await
}

async fn at_the_preview_within(time: &str) -> (Town, Browser, Page) {
    let groups = "groups = [\"cognito:helpdesk-admins\"]";
    let within = format!("{groups}\nlogin_within = \"{time}\"");
    let town = Town::replacing(groups, &within).await;
    let (browser, page) = town.administrator("/admin/preview").await;
    (town, browser, page)
}

/// Logs in as the page asks, and is back.
async fn log_in_again(town: &Town, browser: &Browser, asked: &Page) -> Page {
    let login = browser.click(asked, "Log in again").await;
    town.cognito.log_in(browser, &login, "grace").await
}

async fn send(browser: &Browser, page: &Page) -> Page {
    browser
        .submit(&page.form_with("claims"), &[("claims", TYPED)])
        .await
}

#[track_caller]
fn asks_for_a_login(page: &Page) {
    let told = (page.status, reason(page));
    assert_eq!(
        told,
        (401, Some("login_required".to_owned())),
        "{}",
        page.words()
    );
    assert!(
        page.says("Nothing was changed") && page.says("What you typed is kept"),
        "{}",
        page.words()
    );
    assert!(!page.text.contains("ada@customer.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_needs_a_login_that_is_young_enough_and_reading_does_not() {
    let (town, browser, page) = at_the_preview().await;
    town.advance(MINUTE * 29);
    assert!(send(&browser, &page).await.says("Signed in as"));
    town.advance(MINUTE * 2);
    asks_for_a_login(&send(&browser, &page).await);
    for path in ["/admin", "/admin/preview"] {
        assert_eq!(browser.open(&town.at(path)).await.status, 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_waits_for_the_login_and_is_sent_then() {
    let (town, browser, page) = at_the_preview().await;
    town.advance(MINUTE * 31);
    let asked = send(&browser, &page).await;
    let back = log_in_again(&town, &browser, &asked).await;
    for words in ["the page “Preview”, /admin/preview", "ada@customer.example"] {
        assert!(back.says(words), "{words}: {}", back.words());
    }
    let sent = browser.press(&back, "Send it").await;
    assert!(
        sent.url.path() == "/admin/preview" && sent.says("Signed in as"),
        "{}",
        sent.words()
    );
    let typed = sent.form_with("claims").field("claims").unwrap().to_owned();
    assert_eq!(typed, TYPED, "byte for byte");
    let twice = browser.press(&back, "Send it").await;
    assert_eq!(twice.status, 403, "once: {}", twice.words());
    assert_eq!(browser.open(back.url.as_str()).await.url.path(), "/admin");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_session_of_the_same_person_takes_no_ones_place() {
    let (town, browser, page) = at_the_preview().await;
    let (planting, planted) = town.administrator("/admin/preview").await;
    town.advance(MINUTE * 31);
    let asked = send(&browser, &page).await;
    let other = [("claims", "{\"email\": \"mallory@customer.example\"}")];
    let form = planted.form_with("claims");
    asks_for_a_login(&planting.submit(&form, &other).await);
    let back = log_in_again(&town, &browser, &asked).await;
    assert!(back.says("ada@customer.example") && !back.says("mallory"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_shown_after_the_login_alone_and_its_secrets_never() {
    let (town, browser, page) = at_the_preview_within("1m").await;
    town.advance(MINUTE * 2);
    let token = page.form_with("claims").field("csrf").unwrap().to_owned();
    let address = town.at("/admin/account");
    let fields = [
        ("csrf", token.as_str()),
        ("api_token", "hush-7"),
        ("token_kind", "classic"),
    ];
    let asked = browser.post(&address, &fields, Some(&address)).await;
    let back = log_in_again(&town, &browser, &asked).await;
    assert!(back.says("Service account") && back.says("API token ••••••••"));
    assert!(back.says("Kind of token"), "{}", back.words());
    assert!(!back.text.contains("hush-7"), "{}", back.text);
    town.advance(MINUTE * 2);
    let stale = browser.open(back.url.as_str()).await;
    assert!(stale.status == 401 && stale.says("Log in again"));
    assert!(!stale.text.contains("API token"), "{}", stale.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_too_late_again_finds_it_still_there() {
    let (town, browser, page) = at_the_preview_within("1m").await;
    town.advance(MINUTE * 2);
    let first = log_in_again(&town, &browser, &send(&browser, &page).await).await;
    town.advance(MINUTE * 2);
    let asked = browser.press(&first, "Send it").await;
    asks_for_a_login(&asked);
    let second = log_in_again(&town, &browser, &asked).await;
    assert_eq!(second.url, first.url);
    let sent = browser.press(&second, "Send it").await;
    assert!(sent.says("Signed in as"), "{}", sent.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_sent_to_its_own_page_alone() {
    let (town, browser, page) = at_the_preview().await;
    town.advance(MINUTE * 31);
    let back = log_in_again(&town, &browser, &send(&browser, &page).await).await;
    let form = back.form_with("kept-form");
    let fields = ["csrf", "kept-form"].map(|name| (name, form.field(name).unwrap()));
    for path in ["/admin/logo/remove", "/admin/preview?x"] {
        let address = town.at(path);
        let refused = browser.post(&address, &fields, Some(&address)).await;
        assert_eq!(refused.status, 403, "{path}: {}", refused.words());
    }
    let sent = browser.press(&back, "Send it").await;
    assert!(sent.says("Signed in as"), "{}", sent.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_needs_a_young_login_too_and_is_not_kept() {
    let (town, browser, _) = at_the_preview().await;
    let logo = browser.open(&town.at("/admin/logo")).await;
    town.advance(MINUTE * 31);
    let form = logo.form_with("file");
    let asked = browser.upload(&form, &[], ("file", Some("<svg/>"))).await;
    assert_eq!(asked.status, 401);
    assert!(asked.says("A file cannot be kept"), "{}", asked.words());
    let back = log_in_again(&town, &browser, &asked).await;
    assert_eq!(back.url.path(), "/admin/logo");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_the_provider_remembers_is_as_old_as_it_says() {
    let (town, browser, _) = at_the_preview().await;
    town.advance(MINUTE * 31);
    browser.forget_cookies("front-door");
    let page = browser.open(&town.at("/admin/preview")).await;
    assert_eq!(
        page.url.path(),
        "/admin/preview",
        "the provider asked nothing"
    );
    asks_for_a_login(&send(&browser, &page).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_its_administrators_alone_and_not_for_long() {
    let (town, browser, page) = at_the_preview().await;
    let other = town.holder().await;
    town.advance(MINUTE * 31);
    let back = log_in_again(&town, &browser, &send(&browser, &page).await).await;
    assert!(back.says("Send it"), "{}", back.words());
    let nothing = other.open(back.url.as_str()).await;
    assert_eq!(nothing.url.path(), "/admin", "another administrator");
    town.advance(MINUTE * 16);
    let gone = browser.open(back.url.as_str()).await;
    assert_eq!(gone.url.path(), "/admin");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_own_form_waits() {
    let (town, browser, page) = at_the_preview().await;
    town.advance(MINUTE * 31);
    let token = page.form_with("claims").field("csrf").unwrap().to_owned();
    let address = town.at("/admin/preview");
    for (token, from) in [
        ("wrong", Some(address.as_str())),
        (&token, Some("https://evil.test/")),
        (&token, None),
    ] {
        let refused = browser
            .post(&address, &[("csrf", token), ("claims", "x")], from)
            .await;
        assert!(
            matches!(refused.status, 401 | 403) && !refused.says("is kept"),
            "{}",
            refused.words()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_much_to_wait_is_said_to_be_lost() {
    let (town, browser, page) = at_the_preview().await;
    town.advance(MINUTE * 31);
    let form = page.form_with("claims");
    let many = vec![("x", ""); 120_000];
    let fields = [vec![("csrf", form.field("csrf").unwrap())], many].concat();
    let address = form.action.as_str();
    let asked = browser.post(address, &fields, Some(address)).await;
    assert!(
        asked.status == 401 && asked.says("type it again"),
        "{}",
        asked.words()
    );
    let login = browser.click(&asked, "Log in again").await;
    let back = town.cognito.log_in(&browser, &login, "grace").await;
    assert_eq!(back.url.path(), "/admin/preview");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setup_code_is_no_login_and_needs_none() {
    let (town, _, _) = at_the_preview().await;
    let browser = town.holder().await;
    town.advance(MINUTE * 45);
    let page = browser.open(&town.at("/admin/preview")).await;
    assert!(send(&browser, &page).await.says("Signed in as"));
}

/// Enters a setup code where the page leads to when nobody can log in.
async fn enter_a_code(town: &Town, browser: &Browser, asked: &Page) -> Page {
    let door = browser.click(asked, "enter a setup code").await;
    let code = town.setup_code_of_now().await;
    browser
        .submit(&door.form_with("code"), &[("code", &code)])
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setup_code_does_what_a_login_is_too_old_for() {
    let (town, browser, page) = at_the_preview().await;
    town.advance(MINUTE * 31);
    let asked = send(&browser, &page).await;
    asks_for_a_login(&asked);
    let back = enter_a_code(&town, &browser, &asked).await;
    for words in ["here by a setup code", "ada@customer.example"] {
        assert!(back.says(words), "{words}: {}", back.words());
    }
    let sent = browser.press(&back, "Send it").await;
    assert!(sent.says("Signed in as"), "{}", sent.words());
    let shown_before = send(&browser, &page).await;
    assert!(shown_before.says("Signed in as"), "a form of the person");
    let left = browser.press(&sent, "Leave the desk").await;
    assert_eq!(left.url.path(), "/admin", "and is still signed in");
    asks_for_a_login(&send(&browser, &page).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_logs_in_after_a_code_is_themself_again_and_their_open_forms_are_still_theirs() {
    let (town, browser, page) = at_the_preview().await;
    town.advance(MINUTE * 31);
    let asked = send(&browser, &page).await;
    let by_code = enter_a_code(&town, &browser, &asked).await;
    let back = log_in_again(&town, &browser, &asked).await;
    assert!(!back.says("here by a setup code"), "{}", back.words());
    let sent = browser.press(&by_code, "Send it").await;
    assert!(sent.says("Signed in as"), "{}", sent.words());
    town.advance(MINUTE * 31);
    let holder = browser.open(&town.at("/admin/preview")).await;
    assert!(holder.says("here by a setup code"), "{}", holder.words());
    town.advance(MINUTE * 30);
    asks_for_a_login(&send(&browser, &holder).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_setting_twelve_hours_are_young_enough() {
    let town = Town::replacing(
        "[default.saml.service_provider.portal]",
        "[default.session]\nidle = \"1d\"\nabsolute = \"2d\"\n[default.saml.service_provider.portal]",
    )
    .await;
    let (browser, page) = town.administrator("/admin/preview").await;
    town.advance(MINUTE * (60 * 12 - 1));
    assert!(send(&browser, &page).await.says("Signed in as"));
    town.advance(MINUTE * 2);
    asks_for_a_login(&send(&browser, &page).await);
}
