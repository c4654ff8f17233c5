//! Service providers and keys in the desk: added from metadata, tested, deleted; the certificate copied, prepared and switched.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::time::Duration;

use imitation::browser::{Browser, Page};
use imitation::saml::{AuthnRequest, redirect_url};
use support::{Town, arrived, reason};

const LIST: &str = "/admin/service-providers";
const METADATA: &str = "/admin/service-providers/metadata?kind=portal-only";
const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// A front door whose files know no service provider.
async fn town_without_any() -> Town {
    let mut town = Town::new().await;
    town.close().await;
    let (before, _) = town.settings.split_once("[default.saml.").unwrap();
    town.settings = before.to_owned();
    town.open().await;
    town.wait_until_links_are_read().await;
    town
}

/// What the portal says of itself, with another address before its own.
fn metadata_of(town: &Town) -> String {
    format!(
        r#"<?xml version="1.0"?><!-- as Atlassian might write it --><EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{}"><SPSSODescriptor WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</NameIDFormat><AssertionConsumerService Binding="{POST}" Location="{}/old" index="0"/><AssertionConsumerService Binding="{POST}" Location="{}" index="1" isDefault="true"/></SPSSODescriptor></EntityDescriptor>"#,
        town.atlassian.entity_id("portal"),
        town.atlassian.acs_url("portal"),
        town.atlassian.acs_url("portal"),
    )
}

/// Pastes metadata and presses the button.
async fn paste(browser: &Browser, page: &Page, metadata: &str) -> Page {
    let form = page.form_with("text");
    let fields = [("text", metadata)];
    browser.upload(&form, &fields, ("file", None)).await
}

async fn add(browser: &Browser, town: &Town, kind: &str, fields: &[(&str, &str)]) -> Page {
    let path = format!("{LIST}/new?kind={kind}");
    let page = browser.open(&town.at(&path)).await;
    browser.submit(&page.form_with("entity_id"), fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_was_added_from_its_metadata_signs_customers_in() {
    let town = town_without_any().await;
    let (browser, page) = town.administrator(METADATA).await;
    let read = paste(&browser, &page, &metadata_of(&town)).await;
    for words in [
        "demanded; the assertion and the Response are both signed",
        "/acs/old (index 0)",
        "/acs (index 1), its default",
        "nameid-format:emailAddress",
    ] {
        assert!(read.says(words), "{words}: {}", read.words());
    }
    let form = browser.press(&read, "Fill in the form").await;
    let filled = form.form_with("entity_id");
    let acs = town.atlassian.acs_url("portal");
    assert_eq!(filled.field("acs_url"), Some(acs.as_str()));
    assert_eq!(filled.field("name"), Some("portal"));
    let review = browser.submit(&filled, &[]).await;
    assert!(
        review.says("saml.service_provider.portal.kind – Atlassian, portal-only customers"),
        "{}",
        review.words()
    );
    let saved = browser.press(&review, "Save").await;
    assert!(saved.says("Saved, and in effect."), "{}", saved.words());
    let portal = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&portal, "ada@customer.example");
    let test = browser.click(&saved, "Test portal").await;
    assert!(test.says("It asked, and an assertion was sent."));
    assert!(test.says("ada@customer.example, reference"));
    let list = browser.open(&town.at(LIST)).await;
    assert!(
        list.says("everybody whom a link lets in 1 Test portal"),
        "{}",
        list.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_that_is_none_is_refused_in_words_and_kept_as_it_was_pasted() {
    let town = town_without_any().await;
    let (browser, page) = town.administrator(METADATA).await;
    let good = metadata_of(&town);
    let wide: Vec<String> = (0..9_000).map(|n| format!(" a{n}='1'")).collect();
    let wide = wide.concat();
    for (pasted, expected) in [
        (String::new(), "Metadata is empty"),
        ("https://127.0.0.1:1/metadata".to_owned(), "fetches nothing"),
        ("<!doctype html><p>Sign in</p>".to_owned(), "is a web page"),
        (
            "<script>alert(1)</script>".to_owned(),
            "not SAML 2.0 metadata",
        ),
        (
            format!("<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>{good}"),
            "holds a document type",
        ),
        (format!("{good}<a/>"), "is not well-formed XML"),
        ("<a>".repeat(60_000), "is not well-formed XML"),
        (format!("<a{wide}/>"), "far too long"),
        (" ".repeat(257 * 1024), "is larger than 256 KiB"),
        (good.replace(POST, "x"), "names no address"),
        (
            good.replace("SPSSO", "IDPSSO"),
            "no SAML 2.0 service provider",
        ),
    ] {
        let again = paste(&browser, &page, &pasted).await;
        assert!(again.says(expected), "{expected}: {:.900}", again.words());
        assert!(!again.text.contains("<script>"));
        let form = again.form_with("text");
        if pasted.len() < 1_000 {
            assert_eq!(form.field("text"), Some(pasted.as_str()));
        }
        let file = ("file", Some(pasted.as_str()));
        let again = browser.upload(&form, &[("text", "")], file).await;
        assert!(again.says(expected), "as a file: {:.900}", again.words());
    }
    let huge = " ".repeat(3 * 1024 * 1024);
    let refused = paste(&browser, &page, &huge).await;
    assert_eq!(
        (reason(&refused).as_deref(), refused.status),
        (Some("too_large"), 413)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_of_another_sites_form_is_not_even_read() {
    let town = town_without_any().await;
    let (browser, page) = town.administrator(METADATA).await;
    let form = page.form_with("text");
    let pasted = metadata_of(&town);
    let fields = [("csrf", "wrong"), ("text", pasted.as_str())];
    let refused = browser.upload(&form, &fields, ("file", None)).await;
    assert_eq!(refused.status, 403);
    assert!(!refused.says("What the metadata says"));
    let plain = browser.submit(&form, &[]).await;
    assert_eq!(plain.status, 403, "not the form that the page holds");
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
async fn the_test_tells_what_came_of_each_request_with_its_reference() {
    let town = Town::new().await;
    let (browser, page) = town.administrator(&format!("{LIST}/portal/test")).await;
    assert!(page.says("No request of this service provider was seen lately"));
    assert_eq!(page.header("refresh"), None);
    let (entity_id, acs) = (
        town.atlassian.entity_id("portal"),
        town.atlassian.acs_url("portal"),
    );
    for (issuer, consumer, expected) in [
        (
            "https://other.example/<b>id",
            acs.as_str(),
            "under the entity ID “https://other.example/<b>id”, which nobody has here",
        ),
        (
            &entity_id,
            "https://evil.example/acs",
            "refused: its AssertionConsumerService is not the registered one",
        ),
    ] {
        let sso = town.at("/saml/sso");
        let request = AuthnRequest::new(issuer, consumer, &sso, town.clock.now());
        let address = redirect_url(&sso, &request.xml(), None);
        let refused = Browser::new().open(address.as_str()).await;
        let reference = refused.attribute("data-reference").unwrap();
        let page = browser.open(&town.at(&format!("{LIST}/portal/test"))).await;
        assert!(page.says(expected), "{expected}: {}", page.words());
        assert!(
            page.says(&format!("reference {reference}")),
            "{}",
            page.words()
        );
    }
    let anna = Browser::new();
    let login = anna.open(&town.atlassian.login_url("portal")).await;
    town.cognito.log_in(&anna, &login, "anna").await;
    let page = browser.open(&town.at(&format!("{LIST}/portal/test"))).await;
    assert!(page.says("It asked, and was refused"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_test_loads_itself_again_for_ten_minutes_and_no_longer() {
    let town = Town::new().await;
    let (browser, page) = town.administrator(&format!("{LIST}/portal/test")).await;
    let watched = browser.click(&page, "Watch for the next request").await;
    let again = |left| format!("5; url={LIST}/portal/test?watch={left}");
    assert_eq!(watched.header("refresh"), Some(again(119).as_str()));
    let path = format!("{LIST}/portal/test?watch=4000000");
    let bounded = browser.open(&town.at(&path)).await;
    assert_eq!(bounded.header("refresh"), Some(again(119).as_str()));
    let over = browser
        .open(&town.at(&format!("{LIST}/portal/test?watch=0")))
        .await;
    assert_eq!(over.header("refresh"), None);
    let stopped = browser.click(&watched, "Stop that").await;
    assert_eq!(stopped.header("refresh"), None);
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

/// The certificate file of this name.
async fn download(browser: &Browser, town: &Town, name: &str) -> Page {
    let path = format!("/admin/keys/certificate/{name}");
    browser.open(&town.at(&path)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_certificate_is_there_to_compare_copy_and_download() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/keys").await;
    assert!(page.says("days left") && page.says("SHA-1") && !page.says("ends on"));
    let pem = download(&browser, &town, "front-door.pem").await;
    let disposition = "attachment; filename=\"front-door.pem\"";
    assert_eq!(pem.header("content-disposition"), Some(disposition));
    assert!(pem.text.starts_with("-----BEGIN CERTIFICATE-----\n"));
    assert!(page.text.contains(pem.text.trim_end()), "the same is shown");
    let cer = download(&browser, &town, "front-door.cer").await;
    assert_eq!(cer.header("content-type"), Some("application/pkix-cert"));
    for none in ["front-door-next.pem", "front-door-next.cer", "other.pem"] {
        assert_eq!(download(&browser, &town, none).await.status, 404, "{none}");
    }
    let pem = town.at("/admin/keys/certificate/front-door.pem");
    assert_eq!(Browser::new().fetch(&pem).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_prepared_and_switched_and_only_its_certificate_verifies_then() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/keys").await;
    let prepared = browser.press(&page, "Prepare the next key").await;
    assert!(
        prepared.says("It signs nothing yet"),
        "{}",
        prepared.words()
    );
    let next = download(&browser, &town, "front-door-next.pem").await.text;
    let before = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&before, "ada@customer.example");
    let asked = browser.click(&prepared, "Switch to it …").await;
    assert!(asked.says("there is no way back") && asked.says("portal"));
    let switched = browser.press(&asked, "Switch now").await;
    assert!(switched.says("signs with the new key from now on"));
    assert!(switched.says("Signed before"), "{}", switched.words());
    let refused = town.arrive(&Browser::new(), "/p/help", "ada").await;
    let at_portal = refused.attribute("data-page");
    assert_eq!(
        at_portal.as_deref(),
        Some("saml-error"),
        "still the old one"
    );
    let (entity_id, sso) = (town.at("/saml/metadata"), town.at("/saml/sso"));
    town.atlassian.trust(&entity_id, &sso, &next);
    let after = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&after, "ada@customer.example");
    let trail = town.trail().await;
    let rotated = trail.iter().filter(|one| one["event"] == "key_rotated");
    let told: Vec<_> = rotated
        .map(|one| (one["changes"]["signing_key"].clone(), one["actor"].clone()))
        .collect();
    let by_grace = |what: &str| (what.into(), "grace@helpdesk.example".into());
    assert_eq!(told, [by_grace("prepared"), by_grace("switched")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_prepared_or_not_the_one_that_was_looked_at_is_not_switched_to() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/keys").await;
    let nothing = browser.open(&town.at("/admin/keys/switch")).await;
    assert!(nothing.says("No key is prepared"), "{}", nothing.words());
    let current = download(&browser, &town, "front-door.pem").await.text;
    let prepare = page.form_with("csrf");
    let csrf = prepare.field("csrf").unwrap().to_owned();
    let switch = town.at("/admin/keys/switch");
    let from = Some(switch.as_str());
    let fields = [("csrf", csrf.as_str()), ("next", "")];
    let early = browser.post(&switch, &fields, from).await;
    assert_eq!(
        (reason(&early).as_deref(), early.status),
        (Some("conflict"), 409)
    );
    browser.press(&page, "Prepare the next key").await;
    let other = browser.post(&switch, &fields, from).await;
    assert_eq!(other.status, 409);
    assert_eq!(
        download(&browser, &town, "front-door.pem").await.text,
        current
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_ends_soon_is_warned_of() {
    let town = Town::new().await;
    town.advance(Duration::from_hours(24 * 3640));
    let (browser, page) = town.administrator("/admin/keys").await;
    assert!(page.says("This certificate ends on"), "{}", page.words());
    for path in [LIST, "/admin/service-providers/portal"] {
        let page = browser.open(&town.at(path)).await;
        assert!(page.says("The signing certificate ends on"), "{path}");
    }
}
