//! What the desk does not let an administrator do: wipe out evidence, lock everybody out, fill every page, or be misunderstood.

mod support;

use std::time::Duration;

use imitation::browser::{Browser, Page};
use imitation::cognito::Person;
use support::Town;
use support::people::{ADA, CHARLES, page_of, signs_in};

const DAY: Duration = Duration::from_hours(24);

async fn typed(browser: &Browser, page: &Page, fields: &[(&str, &str)]) -> Page {
    let form = page.form_with(fields[0].0);
    browser.submit(&form, fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_lock_everybody_out_or_fill_every_page_is_not_taken() {
    let town = Town::new().await;
    let long = "A".repeat(300_000);
    for (path, fields, expected) in [
        (
            "settings",
            &[("audit.keep", "1s")][..],
            "Kept for must be 30d or more",
        ),
        (
            "settings",
            &[("session.idle", "1ms"), ("session.absolute", "1ms")],
            "Without a visit must be 5m or more",
        ),
        (
            "settings",
            &[("session.absolute", "10000000d")],
            "At the longest must be 400d or less",
        ),
        (
            "settings",
            &[("branding.name", &long)],
            "Name is 300000 characters long; at most 255 are taken",
        ),
        (
            "settings",
            &[("branding.name", "Acme\u{202e}")],
            "Name holds characters that turn the direction",
        ),
        (
            "access",
            &[("claims", "custom:a = 1\ncustom:a = 2")],
            "takes one value, and has several",
        ),
        (
            "access",
            &[("claims", "= x")],
            "has a name that holds nothing",
        ),
        (
            "providers/new?kind=keycloak",
            &[
                ("name", "keycloak"),
                ("issuer", "https://keycloak.example/realms/<realm>"),
                ("client_id", "x"),
            ],
            "Issuer holds < or >",
        ),
    ] {
        let (browser, page) = town.administrator(&format!("/admin/{path}")).await;
        let again = typed(&browser, &page, fields).await;
        assert!(again.says(expected), "{path} {expected}: {}", again.words());
        let (name, value) = fields[0];
        let kept = again.form_with(name).field(name).map(str::to_owned);
        let lines = |text: &str| text.replace("\r\n", "\n");
        assert_eq!(kept.as_deref().map(lines), Some(value.to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_example_of_an_issuer_is_shown_and_not_filled_in() {
    let town = Town::new().await;
    for kind in ["keycloak", "entra"] {
        let (_, page) = town
            .administrator(&format!("/admin/providers/new?kind={kind}"))
            .await;
        let filled = page.form_with("issuer").field("issuer").map(str::to_owned);
        assert_eq!(filled.as_deref(), Some(""), "{kind}");
        assert!(page.text.contains("placeholder=\"https://"), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_review_says_what_a_shorter_trail_loses_for_good() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/settings").await;
    let review = typed(&browser, &page, &[("audit.keep", "30d")]).await;
    let lost =
        (town.clock.now() - 29 * DAY).strftime("Events before %-d %B %Y are deleted for good");
    assert!(review.says(&lost.to_string()), "{}", review.words());
    assert!(review.says("a day after this was saved"));
    let longer = typed(&browser, &page, &[("audit.keep", "500d")]).await;
    assert!(!longer.says("deleted for good"), "{}", longer.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shorter_trail_is_told_of_until_it_holds_and_what_it_loses_by_what_is_still_kept() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/settings").await;
    let still = "Events are still kept for 400d until";
    assert!(!page.says(still), "{}", page.words());
    let review = typed(&browser, &page, &[("audit.keep", "30d")]).await;
    browser.press(&review, "Save").await;
    for path in ["/admin/settings", "/admin/audit"] {
        let page = browser.open(&town.at(path)).await;
        assert!(page.says(still), "{path}: {}", page.words());
        assert!(page.says("From then on they are kept for 30d"), "{path}");
    }
    let page = browser.open(&town.at("/admin/settings")).await;
    let longer = typed(&browser, &page, &[("audit.keep", "60d")]).await;
    let lost =
        (town.clock.now() - 59 * DAY).strftime("Events before %-d %B %Y are deleted for good");
    assert!(longer.says(&lost.to_string()), "{}", longer.words());
    for harmless in [("audit.keep", "400d"), ("branding.name", "Acme")] {
        let review = typed(&browser, &page, &[harmless]).await;
        assert!(review.says("Nothing is saved yet"), "{}", review.words());
        assert!(!review.says("are deleted for good, a day"), "{harmless:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_review_says_how_an_address_was_understood() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/account").await;
    let portal = [("portal", "localhost:4444/servicedesk/customer/portals?x=1")];
    let review = typed(&browser, &page, &portal).await;
    assert!(
        review.says("is understood as https://localhost:4444"),
        "{}",
        review.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_says_that_something_was_done_only_to_who_did_it_just_now() {
    let town = Town::new().await;
    for username in ["ada", "charles"] {
        signs_in(&town, username).await;
    }
    let other = Person::new("edsger", "Edsger", "Dijkstra", "edsger@helpdesk.example");
    town.cognito
        .add_person(other.in_groups(&["helpdesk-admins"]));
    let (grace, _) = town.administrator("/admin").await;
    let ada = page_of(&town, &grace, ADA).await;
    let blocked = grace.press(&ada, "Block").await;
    let charles = page_of(&town, &grace, CHARLES).await;
    let question = grace.click(&charles, "Forget this person").await;
    let form = question.form_with("address");
    let forgotten = grace.submit(&form, &[("address", CHARLES)]).await;
    let keys = grace.open(&town.at("/admin/keys")).await;
    let prepared = grace.press(&keys, "Prepare the next key").await;
    let sessions = grace
        .open(&town.at("/admin/providers/cognito/sessions"))
        .await;
    // Her own session is one of them: she logs in again, and is told.
    let ended = grace.press(&sessions, "End all sessions").await;
    let done = [
        (blocked, "They are blocked", "blocked"),
        (forgotten, "The person was forgotten", "forgotten"),
        (prepared, "The next key is ready", "prepared"),
        (ended, "have ended", "ended"),
    ];
    let edsger = Browser::new();
    let login = edsger.open(&town.at("/admin")).await;
    town.cognito.log_in(&edsger, &login, "edsger").await;
    for (page, words, word) in &done {
        assert!(page.says(words), "{words}: {}", page.words());
        let mut forged = page.url.clone();
        forged.set_query(Some(&format!("done={word}")));
        let elsewhere = page
            .url
            .query()
            .unwrap_or_default()
            .replace(word, "switched");
        let mut moved = page.url.clone();
        moved.set_query(Some(&elsewhere));
        for (browser, address) in [(&edsger, &page.url), (&grace, &forged), (&grace, &moved)] {
            let page = browser.open(address.as_str()).await;
            assert_eq!(page.status, 200, "{address}");
            assert!(!page.says(words), "{address}");
        }
        let again = grace.open(page.url.as_str()).await;
        assert!(again.says(words), "{words}");
    }
    town.advance(Duration::from_mins(6));
    for (page, words, _) in &done {
        assert!(!grace.open(page.url.as_str()).await.says(words), "{words}");
    }
}
