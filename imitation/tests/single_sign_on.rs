//! The service provider: what it asks, what it takes, and all that it does not.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use imitation::atlassian::{
    Access, Account, Asking, Atlassian, AtlassianConfig, Binding, PORTAL, RelayState,
};
use imitation::browser::{Browser, Page};
use support::{ISSUER, SSO, Signer, Words, asked, attribute};

const ADA: &str = "ada@customer.example";

/// Makes one thing of a Response wrong.
type Change = fn(&mut Words);

/// A site that trusts a signer, and a browser that was sent to it.
struct Scene {
    site: Atlassian,
    signer: Signer,
    browser: Browser,
}

impl Scene {
    async fn new() -> Self {
        let site = Atlassian::start(AtlassianConfig::default()).await;
        let signer = Signer::new();
        site.trust(ISSUER, SSO, &signer.certificate);
        site.add_account(Account::customer(ADA, "Ada Lovelace"));
        site.change_desk("HELP", |desk| desk.access = Access::Customers);
        Self {
            site,
            signer,
            browser: Browser::new(),
        }
    }

    /// Opens a portal page; gives a good answer to the request that it leads to, and `RelayState`.
    async fn visit(&self, page: &str) -> (Words, String) {
        let redirect = self.browser.open_once(&self.site.portal(page)).await;
        let (xml, relay_state) = asked(&redirect);
        let id = attribute(&xml, "ID").unwrap();
        let (entity, acs) = (self.site.entity_id(PORTAL), self.site.acs_url(PORTAL));
        (Words::new(&entity, &acs, &id, ADA), relay_state.unwrap())
    }

    async fn post(&self, xml: &str, relay_state: &str) -> Page {
        let fields = [
            ("SAMLResponse", STANDARD.encode(xml)),
            ("RelayState", relay_state.to_owned()),
        ];
        let fields = fields
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        self.browser
            .post(
                &self.site.acs_url(PORTAL),
                &fields,
                Some("http://localhost:1/"),
            )
            .await
    }

    /// Answers with one thing changed in what is said, and gives the reason of the refusal.
    async fn refusal(&self, change: impl FnOnce(&mut Words)) -> String {
        let (mut words, relay_state) = self.visit("portal/4").await;
        change(&mut words);
        let page = self
            .post(&words.signed_by(&self.signer), &relay_state)
            .await;
        self.refused(&page)
    }

    /// The same, with the signed document changed afterwards.
    async fn refusal_of(&self, change: impl FnOnce(String) -> String) -> String {
        let (words, relay_state) = self.visit("portal/4").await;
        let xml = change(words.signed_by(&self.signer));
        let page = self.post(&xml, &relay_state).await;
        self.refused(&page)
    }

    fn refused(&self, page: &Page) -> String {
        assert_eq!(page.status, 403, "{}", page.words());
        assert!(page.says("access_denied"));
        assert_eq!(self.browser.cookies(), []);
        self.site.hand_overs().pop().unwrap().outcome.unwrap_err()
    }
}

#[rocket::async_test]
async fn a_good_response_lands_on_the_page_first_asked_for() {
    let scene = Scene::new().await;
    let (words, relay_state) = scene.visit("portal/4/create/401?summary=Hello+you").await;
    let page = scene
        .post(&words.signed_by(&scene.signer), &relay_state)
        .await;
    assert_eq!(page.attribute("data-signed-in-as").unwrap(), ADA);
    assert_eq!(page.attribute("data-page").unwrap(), "create");
    assert_eq!(page.form(0).field("summary"), Some("Hello you"));
    let assertion = scene.site.hand_overs().pop().unwrap().outcome.unwrap();
    assert_eq!(assertion.attributes["givenname"], ["A & B"]);
    assert_eq!(scene.site.accepted(), 1);
}

#[rocket::async_test]
async fn one_signature_is_enough_and_none_is_not() {
    for (response, assertion) in [(true, false), (false, true)] {
        let scene = Scene::new().await;
        let (mut words, relay_state) = scene.visit("portal/4").await;
        words.sign_response = response;
        words.sign_assertion = assertion;
        let page = scene
            .post(&words.signed_by(&scene.signer), &relay_state)
            .await;
        assert_eq!(page.status, 200, "{}", page.words());
    }
    let scene = Scene::new().await;
    let unsigned = |words: &mut Words| {
        words.sign_response = false;
        words.sign_assertion = false;
    };
    assert_eq!(scene.refusal(unsigned).await, "the assertion is not signed");
}

#[rocket::async_test]
async fn what_is_for_somebody_else_is_refused() {
    let scene = Scene::new().await;
    let cases: [(Change, &str); 6] = [
        (|w| w.issuer.push('x'), "Issuer is not as expected"),
        (|w| w.acs.push('x'), "Destination is not as expected"),
        (|w| w.recipient.push('x'), "Recipient is not as expected"),
        (|w| w.audience.push('x'), "Audience is not as expected"),
        (
            |w| w.in_response_to.push('x'),
            "the request is unknown or was answered before",
        ),
        (
            |w| w.status = "urn:oasis:names:tc:SAML:2.0:status:NoPassive".to_owned(),
            "the identity provider says urn:oasis:names:tc:SAML:2.0:status:NoPassive",
        ),
    ];
    for (change, reason) in cases {
        assert_eq!(scene.refusal(change).await, reason);
    }
}

#[rocket::async_test]
async fn what_is_too_old_or_too_new_is_refused() {
    let scene = Scene::new().await;
    let old = |words: &mut Words| words.not_on_or_after = "2026-01-01T00:05:00Z".to_owned();
    assert_eq!(scene.refusal(old).await, "assertion has expired");
    let new = |words: &mut Words| words.not_before = "2099-01-01T00:00:00Z".to_owned();
    assert_eq!(scene.refusal(new).await, "assertion is not valid yet");
}

#[rocket::async_test]
async fn a_changed_document_is_refused() {
    let scene = Scene::new().await;
    let other = |xml: String| xml.replace(ADA, "grace@customer.example");
    let reason = "the signature is wrong: the digest differs: it was changed";
    assert_eq!(scene.refusal_of(other).await, reason);
}

#[rocket::async_test]
async fn another_key_is_refused_by_its_thumbprint() {
    let scene = Scene::new().await;
    let (words, relay_state) = scene.visit("portal/4").await;
    let page = scene
        .post(&words.signed_by(&Signer::new()), &relay_state)
        .await;
    assert_eq!(scene.refused(&page), "Invalid thumbprint");
    let unshown = |xml: String| {
        let (start, rest) = xml.split_once("<ds:KeyInfo>").unwrap();
        let (_, end) = rest.split_once("</ds:KeyInfo>").unwrap();
        format!("{start}{end}")
    };
    let mut words = words;
    words.sign_assertion = false;
    let forged = unshown(words.signed_by(&Signer::new()));
    let page = scene.post(&forged, &relay_state).await;
    assert_eq!(scene.refused(&page), "Invalid thumbprint");
}

#[rocket::async_test]
async fn a_wrapped_assertion_is_refused() {
    let scene = Scene::new().await;
    // The signed assertion is kept, and another one is put before it.
    let wrapped = |xml: String| {
        let at = xml.find("<saml:Assertion").unwrap();
        let end = xml.find("</samlp:Response>").unwrap();
        let evil = xml[at..end].replace(ADA, "grace@customer.example");
        let (head, rest) = evil.split_once("<ds:Signature").unwrap();
        let (_, tail) = rest.split_once("</ds:Signature>").unwrap();
        let evil = format!("{head}{tail}").replace("ID=\"_assertion", "ID=\"_evil");
        format!("{}{evil}{}", &xml[..at], &xml[at..])
    };
    let response_unsigned = |words: &mut Words| words.sign_response = false;
    let (mut words, relay_state) = scene.visit("portal/4").await;
    response_unsigned(&mut words);
    let xml = wrapped(words.signed_by(&scene.signer));
    let page = scene.post(&xml, &relay_state).await;
    assert_eq!(scene.refused(&page), "Assertion is not as expected");
}

#[rocket::async_test]
async fn comments_doctypes_and_repeated_ids_are_refused() {
    let scene = Scene::new().await;
    let comment = |xml: String| xml.replace("ada@customer", "ada@<!---->customer");
    assert!(scene.refusal_of(comment).await.contains("a comment"));
    let doctype = |xml: String| format!("<!DOCTYPE r [<!ENTITY a \"b\">]>{xml}");
    assert!(scene.refusal_of(doctype).await.contains("cannot be read"));
    let twice = |xml: String| xml.replace("ID=\"_assertion", "ID=\"_response\" x=\"");
    assert!(scene.refusal_of(twice).await.contains("an ID stands twice"));
}

#[rocket::async_test]
async fn a_response_is_taken_once() {
    let scene = Scene::new().await;
    let (words, relay_state) = scene.visit("portal/4").await;
    let xml = words.signed_by(&scene.signer);
    assert_eq!(scene.post(&xml, &relay_state).await.status, 200);
    let again = Scene {
        browser: Browser::new(),
        ..scene
    };
    let page = again.post(&xml, &relay_state).await;
    let reason = "the request is unknown or was answered before";
    assert_eq!(again.refused(&page), reason);
}

#[rocket::async_test]
async fn a_request_is_answered_once_even_by_another_assertion() {
    let scene = Scene::new().await;
    let (mut words, relay_state) = scene.visit("portal/4").await;
    let first = words.signed_by(&scene.signer);
    assert_eq!(scene.post(&first, &relay_state).await.status, 200);
    let scene = Scene {
        browser: Browser::new(),
        ..scene
    };
    words.assertion = "_another".to_owned();
    let second = words.signed_by(&scene.signer);
    let page = scene.post(&second, &relay_state).await;
    let reason = "the request is unknown or was answered before";
    assert_eq!(scene.refused(&page), reason);
}

#[rocket::async_test]
async fn relay_state_must_come_back_unchanged() {
    let scene = Scene::new().await;
    let (words, relay_state) = scene.visit("portal/4").await;
    let damaged = relay_state.replace('+', " ");
    let page = scene.post(&words.signed_by(&scene.signer), &damaged).await;
    assert_eq!(scene.refused(&page), "RelayState is not as expected");
}

#[rocket::async_test]
async fn only_customers_of_the_site_are_let_in() {
    let scene = Scene::new().await;
    let stranger = |words: &mut Words| words.name_id = "who@customer.example".to_owned();
    assert_eq!(scene.refusal(stranger).await, "there is no such customer");
    let (mut words, relay_state) = scene.visit("portal/4").await;
    words.name_id = "anna@acme.example".to_owned();
    let page = scene
        .post(&words.signed_by(&scene.signer), &relay_state)
        .await;
    assert_eq!(page.attribute("data-page").unwrap(), "atlassian-login");
}

#[rocket::async_test]
async fn a_portal_may_ask_in_other_ways() {
    let scene = Scene::new().await;
    scene.site.tune(PORTAL, |asking| {
        *asking = Asking {
            force_authn: true,
            is_passive: true,
            relay_state: RelayState::Destination,
            ..Asking::default()
        };
    });
    let redirect = scene
        .browser
        .open_once(&scene.site.portal("portal/4"))
        .await;
    let (xml, relay_state) = asked(&redirect);
    assert_eq!(attribute(&xml, "ForceAuthn").unwrap(), "true");
    assert_eq!(attribute(&xml, "IsPassive").unwrap(), "true");
    assert_eq!(relay_state.unwrap(), scene.site.portal("portal/4"));
    scene
        .site
        .tune(PORTAL, |asking| asking.binding = Binding::Post);
    let page = scene.browser.open(&scene.site.portal("portal/4")).await;
    let form = page.form_with("SAMLRequest");
    assert_eq!(form.action.as_str(), SSO);
}

#[rocket::async_test]
async fn a_second_service_provider_takes_any_address() {
    let scene = Scene::new().await;
    scene.site.add_guard("guard");
    scene.site.trust(ISSUER, SSO, &scene.signer.certificate);
    let redirect = scene
        .browser
        .open_once(&scene.site.login_url("guard"))
        .await;
    let (xml, relay_state) = asked(&redirect);
    let (entity, acs) = (scene.site.entity_id("guard"), scene.site.acs_url("guard"));
    let id = attribute(&xml, "ID").unwrap();
    let response =
        Words::new(&entity, &acs, &id, "grace@helpdesk.example").signed_by(&scene.signer);
    let fields = [
        ("SAMLResponse", STANDARD.encode(response)),
        ("RelayState", relay_state.unwrap()),
    ];
    let fields = fields
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let page = scene
        .browser
        .post(&acs, &fields, Some("http://localhost:1/"))
        .await;
    assert_eq!(page.attribute("data-page").unwrap(), "guard");
    assert_eq!(
        page.attribute("data-signed-in-as").unwrap(),
        "grace@helpdesk.example"
    );
}
