//! Two SAML toolkits by others, as strict service providers, judge the Responses of real logins: good ones pass at both, bad ones at neither.
#![expect(
    clippy::unwrap_used,
    reason = "what cannot be set up has failed the test"
)]

#[path = "support/judges.rs"]
mod judges;
mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use imitation::browser::Browser;
use judges::Judge;
use serde_json::{Value, json};
use support::Town;

const TOOLKITS: [&str; 2] = ["python3-saml", "pysaml2"];

/// A Response as the browser was about to post it, and what its service provider knows.
struct Sent {
    question: Value,
}

impl Sent {
    async fn to(town: &Town) -> Self {
        let browser = Browser::new();
        let login = browser.open(&town.at("/p/help")).await;
        let page = town.cognito.log_in(&browser, &login, "ada").await;
        let form = page.form_with("SAMLResponse");
        let response = form.field("SAMLResponse").unwrap().to_owned();
        let metadata = browser.open(&town.at("/saml/metadata")).await.text;
        let question = json!({
            "sp_entity_id": town.atlassian.entity_id("portal"),
            "acs_url": town.atlassian.acs_url("portal"),
            "idp_metadata": metadata,
            "request_id": attribute(&response, "InResponseTo"),
            "saml_response": response,
        });
        Self { question }
    }

    fn with(&self, field: &str, value: impl Into<Value>) -> Value {
        let mut question = self.question.clone();
        question[field] = value.into();
        question
    }

    /// The same Response with one text in it changed.
    fn tampered(&self, from: &str, to: &str) -> Value {
        let xml = String::from_utf8(
            STANDARD
                .decode(self.question["saml_response"].as_str().unwrap())
                .unwrap(),
        )
        .unwrap();
        assert!(xml.contains(from), "{from}");
        self.with("saml_response", STANDARD.encode(xml.replace(from, to)))
    }
}

fn attribute(response: &str, name: &str) -> String {
    let xml = String::from_utf8(STANDARD.decode(response).unwrap()).unwrap();
    let start = xml.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
    xml[start..].split('"').next().unwrap().to_owned()
}

fn verdicts(judge: &mut Judge, question: &Value, expected: bool) -> Vec<Value> {
    let ask = |toolkit| {
        let mut question = question.clone();
        question["toolkit"] = json!(toolkit);
        question["expected"] = json!(expected);
        judge.ask(&question)
    };
    TOOLKITS.map(ask).to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_accept_the_response_of_a_real_login_however_it_is_signed() {
    let mut judge = Judge::of_saml();
    for signed in ["both", "assertion", "response"] {
        let town = Town::with(&format!("sign = {signed:?}")).await;
        let sent = Sent::to(&town).await;
        for verdict in verdicts(&mut judge, &sent.with("signed", signed), true) {
            assert_eq!(
                verdict["accepted"],
                json!(true),
                "{signed}: {}",
                verdict["error"]
            );
            assert_eq!(verdict["name_id"], json!("ada@customer.example"));
            assert_eq!(
                verdict["name_id_format"],
                json!("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress")
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_refuse_what_was_changed_or_was_meant_for_others() {
    let mut judge = Judge::of_saml();
    let town = Town::new().await;
    let sent = Sent::to(&town).await;
    let bad = [
        (
            "tampered",
            sent.tampered(">ada@customer.example<", ">eve@customer.example<"),
        ),
        ("expired", sent.with("now", "2099-01-01T00:00:00+00:00")),
        ("too early", sent.with("now", "2001-01-01T00:00:00+00:00")),
        (
            "another audience",
            sent.with("sp_entity_id", "https://other.example/saml"),
        ),
        (
            "another recipient",
            sent.with("acs_url", "https://other.example/acs"),
        ),
        (
            "another request",
            sent.with("request_id", "_another-request"),
        ),
    ];
    for (what, question) in bad {
        for verdict in verdicts(&mut judge, &question, false) {
            assert_eq!(verdict["accepted"], json!(false), "{what}");
        }
    }
}
