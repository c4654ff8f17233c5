//! A service provider from its metadata, which is read, shown and filled in.

use imitation::browser::{Browser, Page};

use crate::LIST;
use crate::support::{Town, arrived, reason};

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
