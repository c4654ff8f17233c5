//! What each kind of person becomes.

use serde_json::{Value, json};

use super::*;
use crate::settings::names::DomainRule;

fn mapping() -> MappingSettings {
    let source = |text: &str| text.parse::<Source>().unwrap();
    MappingSettings {
        email: source("email"),
        first_name: source("given_name"),
        last_name: source("family_name"),
        display_name: source("{given_name} {family_name}"),
        username: source("cognito:username"),
        groups: "cognito:groups".into(),
        update_existing: true,
        details: Vec::new(),
    }
}

fn provider() -> ProviderSettings {
    ProviderSettings {
        enabled: true,
        sign_up: crate::settings::provider::SignUp::Unknown,
        name: "cognito".parse().unwrap(),
        label: "Acme account".into(),
        issuer: "https://idp.test".into(),
        domain: None,
        client_id: "client".into(),
        client_secret: None,
        scopes: vec!["openid".into()],
        timeout: std::time::Duration::from_secs(10),
        email_domains: Vec::new(),
        named_elsewhere: Vec::new(),
        assume_verified: false,
        identity_provider: None,
        logout_url: None,
        sign_out_url: String::new(),
    }
}

fn verified(claims: Value) -> VerifiedClaims {
    VerifiedClaims {
        subject: "s-1".into(),
        claims: serde_json::from_value(claims).unwrap(),
        auth_time: None,
    }
}

fn mapped(claims: Value) -> Result<Identity, MappingError> {
    map(&mapping(), &provider(), verified(claims))
}

fn ann() -> Value {
    json!({"sub": "s-1", "email": "Ann@Corp.test", "email_verified": true, "given_name": "Ann", "family_name": "Lee",
        "cognito:username": "ann", "cognito:groups": ["acme", "a,b"], "custom:company": "Acme"})
}

fn without(mut claims: Value, names: &[&str]) -> Value {
    claims
        .as_object_mut()
        .unwrap()
        .retain(|name, _| !names.contains(&name.as_str()));
    claims
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

#[test]
fn a_person_becomes_an_identity() {
    let identity = mapped(ann()).unwrap();
    assert_eq!(identity.key(), "cognito:s-1");
    assert_eq!(identity.email.as_str(), "ann@corp.test");
    assert_eq!(identity.display_name, "Ann Lee");
    assert_eq!(
        (
            identity.first_name.as_deref(),
            identity.last_name.as_deref()
        ),
        (Some("Ann"), Some("Lee"))
    );
    assert_eq!(identity.username.as_deref(), Some("ann"));
    let groups: Vec<&str> = identity
        .groups
        .iter()
        .map(|group| group.name.as_str())
        .collect();
    assert_eq!(groups, ["acme", "a,b"]);
    assert_eq!(
        identity.claims.text("custom:company").as_deref(),
        Some("Acme")
    );
    assert_eq!(identity.claims.text("sub"), None);
}

#[test]
fn an_identity_survives_the_session() {
    let identity = mapped(ann()).unwrap();
    let text = serde_json::to_string(&identity).unwrap();
    assert_eq!(serde_json::from_str::<Identity>(&text).unwrap(), identity);
}

#[test]
fn the_display_name_falls_back_step_by_step() {
    let name = |claims: Value| mapped(claims).unwrap().display_name;
    let nameless = without(ann(), &["given_name", "family_name"]);
    assert_eq!(name(without(ann(), &["given_name"])), "Lee");
    assert_eq!(
        name(with(nameless.clone(), "name", json!("Dr Ann"))),
        "Dr Ann"
    );
    assert_eq!(
        name(with(nameless.clone(), "name", json!("\u{202e} "))),
        "ann"
    );
    assert_eq!(name(without(nameless, &["cognito:username"])), "ann");
    assert_eq!(
        name(json!({"email": "x.y@corp.test", "email_verified": true})),
        "x.y"
    );
}

#[test]
fn a_missing_or_malformed_address_is_missing() {
    for email in [
        json!(null),
        json!(""),
        json!(" "),
        json!(["ann@corp.test"]),
        json!("ann"),
        json!("ann@corp.test "),
        json!("a@b@corp.test"),
    ] {
        assert_eq!(
            mapped(with(ann(), "email", email.clone())),
            Err(MappingError::EmailMissing),
            "{email}"
        );
    }
}

#[test]
fn only_an_address_that_the_provider_verified_is_believed() {
    for flag in [
        json!(false),
        json!("false"),
        json!(null),
        json!("yes"),
        json!(1),
        json!([true]),
    ] {
        let refused = mapped(with(ann(), "email_verified", flag.clone()));
        assert!(
            matches!(refused, Err(MappingError::EmailUnverified { .. })),
            "{flag}"
        );
    }
    assert!(mapped(with(ann(), "email_verified", json!("true"))).is_ok());
}

#[test]
fn an_unverified_address_is_believed_where_the_settings_say_so() {
    let assuming = ProviderSettings {
        assume_verified: true,
        ..provider()
    };
    let claims = verified(without(ann(), &["email_verified"]));
    assert!(map(&mapping(), &assuming, claims).is_ok());
}

#[test]
fn the_verified_flag_says_nothing_of_an_address_in_another_claim() {
    let elsewhere = MappingSettings {
        email: Source::Claim("custom:mail".into()),
        ..mapping()
    };
    let claims = |mail: &str| verified(with(ann(), "custom:mail", json!(mail)));
    let refused = map(&elsewhere, &provider(), claims("ceo@corp.test"));
    assert!(matches!(refused, Err(MappingError::EmailUnverified { .. })));
    assert!(map(&elsewhere, &provider(), claims("ANN@corp.test")).is_ok());
}

#[test]
fn a_provider_is_believed_about_its_own_domains_alone() {
    let rule = DomainRule {
        domain: "corp.test".into(),
        sub_domains: false,
    };
    let strict = ProviderSettings {
        email_domains: vec![rule],
        ..provider()
    };
    assert!(map(&mapping(), &strict, verified(ann())).is_ok());
    for outside in [
        "ann@evil-corp.test",
        "ann@corp.test.evil.test",
        "ann@sub.corp.test",
    ] {
        let refused = map(
            &mapping(),
            &strict,
            verified(with(ann(), "email", json!(outside))),
        );
        assert!(
            matches!(refused, Err(MappingError::DomainNotAllowed { .. })),
            "{outside}"
        );
    }
}

#[test]
fn groups_that_no_rule_could_name_are_left_out() {
    let groups = json!(["ok", "a\nb", "x".repeat(600), "", "ok"]);
    let identity = mapped(with(ann(), "cognito:groups", groups)).unwrap();
    assert_eq!(identity.groups.len(), 1);
}

#[test]
fn what_is_needed_is_what_the_settings_read() {
    let needed = NeededClaims::new(&mapping(), ["custom:company"]);
    let deciding = ["cognito:groups", "custom:company", "email"];
    assert!(needed.deciding().eq(deciding));
    let describing = ["cognito:username", "family_name", "given_name"];
    let all: BTreeSet<_> = deciding.into_iter().chain(describing).collect();
    assert_eq!(needed.all().collect::<BTreeSet<_>>(), all);
}
