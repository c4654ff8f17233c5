//! What must hold for any input, one function a target. The fuzz targets call them with what the fuzzer makes up, the tests with the kept corpus.
#![allow(
    dead_code,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "each target uses one of them, and a panic is how it tells"
)]

use std::path::Path;

use front_door::identity::{Claims, VerifiedClaims, map, object};
use front_door::link::DeepLink;
use front_door::login::ReturnTo;
use front_door::saml::{binding, request};
use front_door::settings::Settings;
use front_door::web::RawCookies;
use jiff::Timestamp;
use url::Url;

const SETTINGS: &str = "[default.provider.cognito]\nissuer = \"https://idp.example/pool\"\nclient_id = \"ours\"\n[default.saml.service_provider.portal]\nkind = \"portal-only\"\nentity_id = \"https://sp.example/saml\"\nacs_url = \"https://sp.example/acs\"\n";

fn known() -> Settings {
    match Settings::from_toml(SETTINGS, Path::new(".")) {
        Ok(loaded) => loaded.settings,
        Err(problems) => panic!("{problems}"),
    }
}

fn text(data: &[u8]) -> String {
    String::from_utf8_lossy(data).into_owned()
}

pub(crate) fn return_address(data: &[u8]) {
    let text = text(data);
    let Ok(read) = text.parse::<ReturnTo>() else {
        return;
    };
    let origin = Url::parse("https://sso.example.test").expect("an origin");
    let resolved = origin.join(read.as_str()).expect("an address");
    assert_eq!(resolved.origin(), origin.origin());
    assert_eq!(resolved.as_str(), format!("https://sso.example.test{text}"));
}

pub(crate) fn authn_request(data: &[u8]) {
    let (text, settings) = (text(data), known());
    let messages = [
        binding::from_redirect(&text).ok(),
        binding::from_post(&text).ok(),
        Some(binding::Message {
            xml: text.clone(),
            relay_state: None,
            signed: false,
        }),
    ];
    for message in messages.into_iter().flatten() {
        let now = Timestamp::UNIX_EPOCH;
        if let Ok(read) = request::read(
            &message,
            &settings.saml,
            "https://sso.example.test/saml/sso",
            now,
        ) {
            assert_eq!(read.service_provider.name, "portal");
            assert!(read.id.len() <= 128 && read.id.is_ascii());
        }
    }
}

pub(crate) fn claims(data: &[u8]) {
    let Ok(claims) = object(data) else { return };
    let settings = known();
    let provider = settings.providers.values().next().expect("a provider");
    let verified = VerifiedClaims {
        subject: "1".to_owned(),
        claims: Claims::new(claims),
        auth_time: None,
    };
    if let Ok(identity) = map(&settings.mapping, provider, verified) {
        let email = identity.email.as_str();
        assert_eq!(email.matches('@').count(), 1);
        assert!(email.bytes().all(|byte| byte.is_ascii_graphic()));
        assert!(!identity.display_name.is_empty());
    }
}

pub(crate) fn id_token(data: &[u8]) {
    let jwk = serde_json::json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "k", "n": "r".repeat(342), "e": "AQAB" });
    let judged = front_door::provider::judge(
        &text(data),
        &jwk,
        "https://idp.example/pool",
        "ours",
        "n",
        Timestamp::UNIX_EPOCH,
    );
    assert!(judged.is_err(), "nobody has the key");
}

pub(crate) fn cookies(data: &[u8]) {
    let text = text(data);
    let cookies = RawCookies::read(text.lines());
    for name in ["front-door", "__Host-front-door"] {
        if let Some(value) = cookies.get(name) {
            let pair = format!("{name}={value}");
            assert!(text.contains(&pair), "nothing is decoded or repaired");
        }
    }
    assert!(cookies.with_prefix("attempt-").count() <= text.len());
}

pub(crate) fn settings(data: &[u8]) {
    if let Err(problems) = Settings::from_toml(&text(data), Path::new(".")) {
        assert!(!problems.to_string().is_empty());
    }
}

pub(crate) fn deep_link(data: &[u8]) {
    let text = text(data);
    let (path, query) = text
        .split_once('?')
        .map_or((text.as_str(), None), |(path, query)| (path, Some(query)));
    let project = "HELP".parse().expect("a project key");
    if let Ok(link) = DeepLink::parse(path, query, &project) {
        let address = format!(
            "https://help.example/servicedesk/customer/portal/4/{}",
            link.path_and_query()
        );
        let url = Url::parse(&address).expect("an address");
        assert_eq!(url.host_str(), Some("help.example"));
        assert!(
            url.path().starts_with("/servicedesk/customer/portal/4"),
            "{url}"
        );
    }
}

pub(crate) fn atlassian_answer(data: &[u8]) {
    assert!(front_door::jsm::understood(data).len() <= 4);
}
