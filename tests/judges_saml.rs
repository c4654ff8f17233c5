//! Two SAML toolkits by others, as strict service providers, judge the Responses of real logins: good ones pass at both, bad ones at neither, each
//! refused for its own reason.
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
use jiff::{SignedDuration, Timestamp};
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

    /// What is asked about it, but for these fields.
    fn with(&self, fields: Value) -> Value {
        let mut question = self.question.clone();
        let different = fields.as_object().unwrap().clone();
        question.as_object_mut().unwrap().extend(different);
        question
    }

    /// What is asked about it so long after it was made.
    fn hours_later(&self, hours: i64) -> Value {
        let issued = attribute(self.text("saml_response"), "IssueInstant");
        let now = issued.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours);
        self.with(json!({ "now": now.strftime("%FT%T+00:00").to_string() }))
    }

    /// The same Response with the first such text in it changed.
    fn tampered(&self, from: &str, to: &str) -> String {
        let xml = STANDARD.decode(self.text("saml_response")).unwrap();
        let xml = String::from_utf8(xml).unwrap();
        assert!(xml.contains(from), "{from}");
        STANDARD.encode(xml.replacen(from, to, 1))
    }

    fn text(&self, field: &str) -> &str {
        self.question[field].as_str().unwrap()
    }
}

fn attribute(response: &str, name: &str) -> String {
    let xml = String::from_utf8(STANDARD.decode(response).unwrap()).unwrap();
    let start = xml.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
    xml[start..].split('"').next().unwrap().to_owned()
}

fn certificate(metadata: &str) -> &str {
    let (_, rest) = metadata.split_once("<ds:X509Certificate>").unwrap();
    rest.split_once('<').unwrap().0
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
        for verdict in verdicts(&mut judge, &sent.with(json!({ "signed": signed })), true) {
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

/// Both refuse it; python3-saml and pysaml2 each say these words among others.
#[track_caller]
fn refused(judge: &mut Judge, question: &Value, reasons: [&str; 2]) {
    for (verdict, reason) in verdicts(judge, question, false).iter().zip(reasons) {
        let said = verdict["error"].to_string();
        assert_eq!(verdict["accepted"], json!(false), "{reason}");
        assert!(said.contains(reason), "{reason}: {said}");
    }
}

const OTHER: &str = "https://other.example/saml";
const SIGNATURE: [&str; 2] = ["Signature validation failed", "Failed to verify signature"];

#[tokio::test(flavor = "multi_thread")]
async fn both_refuse_what_was_changed_or_is_signed_by_another_key() {
    let mut judge = Judge::of_saml();
    let sent = Sent::to(&Town::new().await).await;
    let tampered = sent.tampered(">ada@customer.example<", ">eve@customer.example<");
    let question = sent.with(json!({ "saml_response": tampered }));
    refused(&mut judge, &question, SIGNATURE);
    let metadata = sent.text("idp_metadata");
    let other = Sent::to(&Town::new().await).await;
    let other_key = metadata.replace(
        certificate(metadata),
        certificate(other.text("idp_metadata")),
    );
    let question = sent.with(json!({ "idp_metadata": other_key }));
    refused(&mut judge, &question, SIGNATURE);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_refuse_what_comes_too_late_too_early_or_was_meant_for_others() {
    let mut judge = Judge::of_saml();
    let sent = Sent::to(&Town::new().await).await;
    let bad = [
        (
            sent.hours_later(1),
            ["timestamp: expired", "ResponseLifetimeExceed"],
        ),
        (
            sent.hours_later(-1),
            ["timestamp: not yet valid", "ToEarly"],
        ),
        (
            sent.with(json!({ "sp_entity_id": OTHER })),
            [
                "is not a valid audience",
                "AudienceRestrictions conditions not satisfied",
            ],
        ),
        (
            sent.with(json!({ "acs_url": OTHER })),
            ["The response was received at", "not in return addresses"],
        ),
        (
            sent.with(json!({ "request_id": "_another-request" })),
            [
                "does not match the ID of the AuthNRequest",
                "UnsolicitedResponse",
            ],
        ),
    ];
    for (question, reasons) in bad {
        refused(&mut judge, &question, reasons);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_refuse_an_assertion_that_is_posted_to_another_recipient() {
    let mut judge = Judge::of_saml();
    let sent = Sent::to(&Town::with("sign = \"assertion\"").await).await;
    let destination = format!("Destination=\"{}\"", sent.text("acs_url"));
    // Nobody signed the Response around it, so that a thief can address it anew.
    let readdressed = sent.tampered(&destination, &format!("Destination=\"{OTHER}\""));
    let question = sent.with(json!({
        "signed": "assertion",
        "acs_url": OTHER,
        "saml_response": readdressed,
    }));
    let reasons = [
        "A valid SubjectConfirmation was not found",
        "No valid recipient",
    ];
    refused(&mut judge, &question, reasons);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_refuse_what_is_not_signed_where_they_want_it() {
    let mut judge = Judge::of_saml();
    for (signed, reasons) in [
        (
            "assertion",
            [
                "The Message of the Response is not signed",
                "Signature missing for response",
            ],
        ),
        (
            "response",
            [
                "The Assertion of the Response is not signed",
                "for assertion",
            ],
        ),
    ] {
        let town = Town::with(&format!("sign = {signed:?}")).await;
        let sent = Sent::to(&town).await;
        refused(&mut judge, &sent.with(json!({ "signed": "both" })), reasons);
    }
}
