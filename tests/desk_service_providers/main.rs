//! Service providers and keys in the desk: added from metadata, tested, deleted; the certificate copied, prepared and switched.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

#[path = "../support/mod.rs"]
mod support;

mod keys;
mod metadata;
mod tested;

use imitation::browser::{Browser, Page};
use support::{Town, arrived};

const LIST: &str = "/admin/service-providers";

async fn add(browser: &Browser, town: &Town, kind: &str, fields: &[(&str, &str)]) -> Page {
    let path = format!("{LIST}/new?kind={kind}");
    let page = browser.open(&town.at(&path)).await;
    browser.submit(&page.form_with("entity_id"), fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_stand_at_their_fields_a_clash_of_entity_ids_too() {
    let town = Town::new().await;
    let (browser, _) = town.administrator(LIST).await;
    let taken = town.atlassian.entity_id("portal");
    let acs = "https://sp.example/acs";
    for (name, entity_id, acs_url, expected) in [
        (
            "a-first",
            taken.as_str(),
            acs,
            "Entity ID is the one of portal too",
        ),
        ("z-last", &taken, acs, "Entity ID is the one of portal too"),
        ("ok", "", acs, "Entity ID is required"),
        (
            "ok",
            "id",
            "ftp://sp.example/",
            "service URL must begin with https://",
        ),
        (
            "ok",
            "id",
            "https://sp.example/#x",
            "must not have a fragment",
        ),
        ("Big", "id", acs, "Name must be 1 to 60 lower-case letters"),
        ("new", "id", acs, "Name is taken by the desk itself"),
        ("metadata", "id", acs, "Name is taken by the desk itself"),
        ("portal", "id", acs, "Name is the name of another"),
    ] {
        let fields = [
            ("name", name),
            ("entity_id", entity_id),
            ("acs_url", acs_url),
        ];
        let again = add(&browser, &town, "other", &fields).await;
        assert!(again.says(expected), "{expected}: {}", again.words());
        let kept = again.form_with("entity_id");
        for (field, value) in fields {
            assert_eq!(kept.field(field), Some(value), "what was typed is kept");
        }
    }
    let fields = [("name", "two"), ("entity_id", "id"), ("acs_url", acs)];
    let second = add(&browser, &town, "portal-only", &fields).await;
    assert!(
        second.says("one site has one of this kind"),
        "{}",
        second.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_from_the_review_of_a_new_one_keeps_what_was_typed() {
    let town = Town::new().await;
    let (browser, _) = town.administrator(LIST).await;
    let fields = [
        ("name", "crm"),
        ("entity_id", "urn:crm"),
        ("acs_url", "https://crm.example/acs"),
        ("attributes", "http://crm.example/claims/mail = email"),
    ];
    let review = add(&browser, &town, "other", &fields).await;
    let back = browser.click(&review, "Go back without saving").await;
    let form = back.form_with("entity_id");
    for (field, value) in fields {
        assert_eq!(form.field(field), Some(value));
    }
    let review = browser.submit(&form, &[("domains", "crm.example")]).await;
    browser.press(&review, "Save").await;
    let list = browser.open(&town.at(LIST)).await;
    assert!(
        list.says("those with an address at crm.example"),
        "{}",
        list.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_nothing_at_a_name_that_nobody_has() {
    let town = Town::new().await;
    let (browser, _) = town.administrator(LIST).await;
    for path in [
        "none",
        "none/test",
        "none/delete",
        "No",
        "metadata?name=none",
        "a/b",
    ] {
        let page = browser.open(&town.at(&format!("{LIST}/{path}"))).await;
        assert_eq!(page.status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_asks_first_and_what_a_file_sets_stays() {
    let town = Town::new().await;
    let (browser, page) = town.administrator(&format!("{LIST}/portal/delete")).await;
    assert!(
        page.says("It cannot be deleted here: it is set by line"),
        "{}",
        page.words()
    );
    let fields = [
        ("name", "crm"),
        ("entity_id", "urn:crm"),
        ("acs_url", "https://crm.example/acs"),
    ];
    let review = add(&browser, &town, "other", &fields).await;
    let saved = browser.press(&review, "Save").await;
    let asked = browser.click(&saved, "Delete this service provider").await;
    assert!(asked.says("nobody can sign in there through the front door"));
    let review = browser.press(&asked, "Delete crm").await;
    let there = browser.open(&town.at(&format!("{LIST}/crm"))).await;
    assert_eq!(there.status, 200, "nothing happens before the review");
    let list = browser.press(&review, "Save").await;
    assert!(list.says("Saved, and in effect.") && !list.says("crm.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_may_hand_over_without_being_asked_once_that_is_saved() {
    let town = Town::new().await;
    town.atlassian
        .tune("portal", |asking| asking.allow_unsolicited = true);
    let (browser, page) = town.administrator(&format!("{LIST}/general")).await;
    let form = page.form_with("unsolicited");
    let review = browser.submit(&form, &[("unsolicited", "true")]).await;
    assert!(
        review.says(
            "not set: A link leads to the portal, which asks who it is (documented) A link posts"
        ),
        "{}",
        review.words()
    );
    let relayed = || {
        let hand_overs = town.atlassian.hand_overs();
        hand_overs.last().and_then(|one| one.relay_state.clone())
    };
    let destination = format!("{}/servicedesk/customer/portal/", town.atlassian.site());
    let is_there = |relayed: Option<String>| relayed.unwrap().starts_with(&destination);
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert!(!is_there(relayed()), "the portal asked");
    browser.press(&review, "Save").await;
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    assert!(is_there(relayed()), "nobody asked");
}
