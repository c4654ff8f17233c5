//! Requests of service providers, honest ones and others, and what must not happen at the others.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use imitation::browser::{Browser, Page};
use imitation::saml::{AuthnRequest, redirect_url};
use roxmltree::Document;

use super::Town;
use super::callbacks::unlimited;
use super::told;

/// A town that is asked for assertions, and a customer who is signed in there.
pub(crate) struct Asked {
    pub(crate) town: Town,
    pub(crate) ada: Browser,
}

impl Asked {
    pub(crate) async fn new() -> Self {
        let town = unlimited().await;
        let ada = Browser::new();
        town.arrive(&ada, "/p/help", "ada").await;
        Self { town, ada }
    }

    /// A plain request of the portal, long enough after the last one to be no loop.
    pub(crate) fn request(&self) -> AuthnRequest {
        self.town.advance(Duration::from_secs(16));
        AuthnRequest::new(
            &self.town.atlassian.entity_id("portal"),
            &self.town.atlassian.acs_url("portal"),
            &self.town.at("/saml/sso"),
            self.town.clock.now(),
        )
    }

    /// The same with one text of its XML replaced.
    pub(crate) fn changed(&self, from: &str, to: &str) -> String {
        let xml = self.request().xml();
        assert!(xml.contains(from), "{from} is in {xml}");
        xml.replacen(from, to, 1)
    }

    /// The address of HTTP-Redirect.
    pub(crate) fn address(&self, xml: &str) -> String {
        redirect_url(&self.town.at("/saml/sso"), xml, None).into()
    }

    /// That this XML is refused so by both bindings, signed in or not.
    pub(crate) async fn refuses(&self, xml: &str, reason: &str) {
        let address = self.address(xml);
        let form = [("SAMLRequest", STANDARD.encode(xml))];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        let sso = self.town.at("/saml/sso");
        for browser in [&self.ada, &Browser::new()] {
            self.forget();
            let page = browser.open(&address).await;
            self.is_refused(&page, reason, xml);
            let page = browser.post(&sso, &form, None).await;
            self.is_refused(&page, reason, xml);
        }
    }

    /// As if nobody had been asked anything so far.
    pub(crate) fn forget(&self) {
        self.town.cognito.forget_calls();
        self.town.atlassian.forget_calls();
    }

    /// That a page is such a refusal, that it led nowhere, and that nobody outside heard of it.
    #[track_caller]
    pub(crate) fn is_refused(&self, page: &Page, reason: &str, shown: &str) {
        let expected = (Some(reason.to_owned()), 400);
        assert_eq!(told(page), expected, "{shown:.900}: {}", page.words());
        assert_eq!(page.hops.len(), 1, "{shown:.900}");
        assert_eq!(page.header("set-cookie"), None, "{shown:.900}");
        assert!(!page.text.contains("SAMLResponse"), "{shown:.900}");
        assert!(!page.text.contains("evil"), "{shown:.900}");
        assert!(self.town.provider_heard_of_nobody(), "{shown:.900}");
        assert!(self.town.atlassian_heard_of_nobody(), "{shown:.900}");
    }

    /// The Response that this XML gets from somebody who is signed in. It is for the registered address, whatever the XML says.
    pub(crate) async fn answers(&self, xml: &str) -> Response {
        let page = self.ada.open(&self.address(xml)).await;
        assert_eq!(told(&page), (None, 200), "{xml:.900}: {}", page.words());
        self.response(&page)
    }

    /// The Response that a page posts.
    #[track_caller]
    pub(crate) fn response(&self, page: &Page) -> Response {
        let form = page.form_with("SAMLResponse");
        let acs = self.town.atlassian.acs_url("portal");
        assert_eq!(form.action.as_str(), acs);
        let xml = STANDARD
            .decode(form.field("SAMLResponse").unwrap())
            .unwrap();
        let response = Response(String::from_utf8(xml).unwrap());
        for name in ["Destination", "Recipient"] {
            let said = response.attributes(name);
            assert!(
                said.iter().all(|address| *address == acs),
                "{name}: {said:?}"
            );
        }
        response
    }
}

/// A Response that we gave.
pub(crate) struct Response(pub(crate) String);

impl Response {
    /// The texts of all elements of this name.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let document = Document::parse(&self.0).unwrap();
        let named = document
            .descendants()
            .filter(|node| node.tag_name().name() == name);
        named
            .map(|node| node.text().unwrap_or_default().to_owned())
            .collect()
    }

    /// The values of all attributes of this name.
    pub(crate) fn attributes(&self, name: &str) -> Vec<String> {
        let document = Document::parse(&self.0).unwrap();
        let nodes = document.descendants();
        nodes
            .filter_map(|node| node.attribute(name).map(str::to_owned))
            .collect()
    }
}
