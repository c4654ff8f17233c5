//! xmlsec1 and libxml2 judge a thousand signed Responses with random and hostile values in them.
#![expect(
    clippy::unwrap_used,
    reason = "what cannot be set up has failed the test"
)]

#[path = "support/judges.rs"]
mod judges;

use std::process::Command;

use front_door::clock::Clock;
use front_door::saml::assertion::{Envelope, Statement, new_id, success};
use front_door::saml::attributes::{FORMAT_EMAIL, NameIdentifier};
use front_door::saml::keys::SigningKey;
use front_door::saml::signature::Signer;
use front_door::settings::saml::Sign;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

const DOCUMENTS: usize = 1000;

/// Texts as people and attackers write them: any character that XML can carry, and what XML gives a meaning.
fn text() -> impl Strategy<Value = String> {
    let hostile = prop::sample::select(vec![
        "</saml:AttributeValue><saml:AttributeValue>admin",
        "a&b",
        "]]>",
        "\"'<!-- -->",
        "&lt;",
        "\r\n\t",
        "ü€😀",
        "  ",
    ]);
    prop_oneof![
        hostile.prop_map(str::to_owned),
        "[ -~\u{a0}-\u{2027}\u{1f600}-\u{1f64f}]{0,40}"
    ]
}

fn document(signer: &Signer, values: Vec<String>, name: String, sign: Sign) -> String {
    let now = Clock::system().now();
    let name_id = NameIdentifier {
        format: FORMAT_EMAIL,
        value: name,
    };
    let attributes = vec![
        ("urn:example:one".to_owned(), values),
        ("urn:example:two".to_owned(), vec!["x".to_owned()]),
    ];
    let envelope = Envelope {
        id: &new_id(),
        issuer: "https://sso.example.test/saml/metadata",
        acs_url: "https://sp.example/acs?a=1&b=\"2\"",
        in_response_to: Some("_request"),
        now,
    };
    let statement = Statement {
        id: &new_id(),
        audience: "https://sp.example/saml",
        name_id: &name_id,
        attributes: &attributes,
        session_index: "_session",
        auth_time: now,
        session_end: now,
    };
    signer.sign(success(&envelope, &statement), sign).unwrap()
}

#[test]
fn a_thousand_random_responses_are_canonical_and_verified() {
    let folder = tempfile::tempdir().unwrap();
    let key = SigningKey::generate("sso.example.test", Clock::system().now()).unwrap();
    let signer = Signer::new(&key).unwrap();
    let certificate = folder.path().join("certificate.pem");
    std::fs::write(&certificate, key.certificate().pem()).unwrap();
    let mut runner = TestRunner::deterministic();
    let random = (prop::collection::vec(text(), 0..4), "[ -~]{1,40}");
    for number in 0..DOCUMENTS {
        let (values, name) = random.new_tree(&mut runner).unwrap().current();
        std::fs::write(
            folder.path().join(format!("{number}.xml")),
            document(&signer, values, name, Sign::Both),
        )
        .unwrap();
    }
    let judged = Command::new(judges::python())
        .arg(judges::file("xmlsec/verify.py"))
        .arg(folder.path())
        .arg(&certificate)
        .args(["--signatures", "2"])
        .output()
        .unwrap();
    assert!(
        judged.status.success(),
        "{}{}",
        String::from_utf8_lossy(&judged.stdout),
        String::from_utf8_lossy(&judged.stderr)
    );
}
