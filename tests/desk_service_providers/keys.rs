//! The signing keys: the certificate copied and warned of, the next key prepared and switched to.

use std::time::Duration;

use imitation::browser::{Browser, Page};

use crate::LIST;
use crate::support::{Town, arrived, reason};

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
