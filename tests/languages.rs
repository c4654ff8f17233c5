//! What customers read: in the language that their browser asks for, and in the operator's own words where there are any.

mod support;

use imitation::browser::{Browser, Page};
use support::{Town, arrived, reason};

/// Own texts with what must stay text: markup, marks of templates, names of values.
const OWN: &str = r#"
[default.texts.en]
link_off = "Closed for the summer.\n\nWrite to <b>help@acme.example</b> & wait {{ reason }} { $name }."
signed_out = "Good-bye from Acme."
[default.texts.de]
welcome = "Grüß Gott bei <i>Acme</i>."
domain_not_allowed = "Nur für Acme."
[default.link.bill]
service_desk = "BILL"
enabled = false
"#;

fn german() -> Browser {
    Browser::new().with_header("Accept-Language", "fr, de-AT;q=0.9, en;q=0.8")
}

/// Title, heading and language of a page: what it opens with, and that no English is left where there is German.
#[track_caller]
fn is_german(page: &Page, heading: &str) {
    assert_eq!(page.attribute("lang").as_deref(), Some("de"), "{heading}");
    assert_eq!(page.header("cache-control"), Some("no-store"), "{heading}");
    assert!(page.says(heading), "{heading}: {}", page.words());
    for english in ["Do you need help", "Sign ", "Skip to", " the ", " your "] {
        assert!(!page.says(english), "{english}: {}", page.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_german_browser_walks_through_german_pages() {
    let town = Town::new().await;
    let browser = german();
    let open = async |path: &str| browser.open(&town.at(path)).await;
    is_german(&open("/").await, "Anmelden mit Customer account");
    is_german(&open("/logout").await, "Sie sind hier nicht angemeldet");
    is_german(
        &open("/p/nobody").await,
        "Unter dieser Adresse gibt es kein Portal",
    );
    let login = open("/p/help").await;
    let hand_over = town.cognito.log_in(&browser, &login, "ada").await;
    is_german(&hand_over, "Wir bringen Sie zum Portal");
    arrived(&browser.post_on(hand_over).await, "ada@customer.example");
    is_german(
        &open("/").await,
        "Sie sind angemeldet als Ada Lovelace (ada@customer.example).",
    );
    is_german(&open("/?address=nothing").await, "Das ist keine Adresse");
    let me = open("/me").await;
    is_german(&me, "Das weiß der Helpdesk durch Ihre Anmeldung über Sie.");
    assert!(me.says("Uhr (UTC)"), "{}", me.words());
    is_german(&open("/logout").await, "Möchten Sie sich abmelden?");
    let question = open("/logout").await;
    let out = browser.press(&question, "Abmelden").await;
    is_german(&out, "Sie sind abgemeldet");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_no_language_of_ours_reads_english() {
    let town = Town::new().await;
    for wanted in [
        "",
        "fr",
        "en-GB,de;q=0.5",
        "de;q=0",
        "*",
        "%s{$x}",
        "xx;q=9",
    ] {
        let browser = Browser::new().with_header("Accept-Language", wanted);
        let page = browser.open(&town.at("/")).await;
        assert_eq!(page.attribute("lang").as_deref(), Some("en"), "{wanted}");
        assert!(page.says("Sign in with Customer account"), "{wanted}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_read_the_message_in_their_language_and_the_reason_in_none() {
    let town = Town::with(OWN).await;
    for (browser, path, reason, message) in [
        (
            Browser::new(),
            "/me",
            "login_required",
            "This page is for people",
        ),
        (german(), "/me", "login_required", "Diese Seite ist nur"),
        (
            Browser::new(),
            "/p/bill",
            "link_off",
            "Closed for the summer.",
        ),
        (german(), "/p/bill", "link_off", "Der Link stimmt"),
    ] {
        let answer = browser.fetch(&town.at(path)).await;
        let json: serde_json::Value = serde_json::from_str(&answer.text).unwrap_or_default();
        assert_eq!(json["reason"], reason);
        let said = json["message"].as_str().unwrap_or_default();
        assert!(said.starts_with(message), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_admin_desk_is_english_for_everybody() {
    let town = Town::new().await;
    let browser = german();
    let login = browser.open(&town.at("/admin")).await;
    let desk = town.cognito.log_in(&browser, &login, "grace").await;
    assert_eq!(desk.attribute("lang").as_deref(), Some("en"));
    assert!(
        desk.says("Admin desk") && desk.says("My account"),
        "{}",
        desk.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_own_text_stands_in_place_of_ours_and_is_nothing_but_text() {
    let town = Town::with(OWN).await;
    let page = Browser::new().open(&town.at("/p/bill")).await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("link_off"), 410)
    );
    for kept in [
        "This portal is switched off",
        "Nothing was changed.",
        "Reference:",
    ] {
        assert!(page.says(kept), "{kept}: {}", page.words());
    }
    for replaced in [
        "the portal behind it",
        "What to do next",
        "Choose another portal",
    ] {
        assert!(!page.says(replaced), "{replaced}: {}", page.words());
    }
    let own = "<p class=\"lead own\">Closed for the summer.\n\nWrite to &#60;b&#62;help@acme.example&#60;/b&#62; &#38; wait {{ reason }} { $name }.</p>";
    assert!(page.text.contains(own), "{}", page.text);
    let welcome = german().open(&town.at("/")).await;
    assert!(welcome.says("Willkommen") && welcome.says("Grüß Gott bei <i>Acme</i>."));
    assert!(!welcome.says("Kundenportalen") && welcome.says("Anmelden mit"));
    let out = Browser::new().open(&town.at("/signed-out")).await;
    assert!(out.says("Good-bye from Acme.") && out.says("You may still be signed in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_an_own_text_of_another_language() {
    let town = Town::with(OWN).await;
    let off = german().open(&town.at("/p/bill")).await;
    is_german(&off, "Dieses Portal ist abgeschaltet");
    assert!(off.says("Wählen Sie auf der Startseite"), "{}", off.words());
    let welcome = Browser::new().open(&town.at("/")).await;
    assert!(welcome.says("Sign in to reach your customer portals."));
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_say_what_the_operator_calls_them() {
    let town = Town::with(
        r#"
[default.texts.en]
button_sign_in = "Open the door with {provider} <now>"
button_home = "Back to Acme"
[default.texts.de]
button_continue = "Los geht’s"
"#,
    )
    .await;
    let welcome = Browser::new().open(&town.at("/")).await;
    let said = "Open the door with Customer account <now>";
    assert!(welcome.says(said), "{}", welcome.words());
    let lost = Browser::new().open(&town.at("/p/nothing")).await;
    assert!(lost.says("Back to Acme") && !lost.says("Go to the start page"));

    let browser = german();
    let login = browser.open(&town.at("/p/help")).await;
    let hand_over = town.cognito.log_in(&browser, &login, "ada").await;
    assert!(
        hand_over.says("wählen Sie „Los geht’s“"),
        "{}",
        hand_over.words()
    );
}
