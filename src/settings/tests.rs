//! Settings as a whole: what is read, and what is said of mistakes.

use std::path::Path;
use std::time::Duration;

use expect_test::{Expect, expect};
use secrecy::ExposeSecret;

use super::link::LinkAccess;
use super::{Loaded, Settings, StoreAddress};

const COGNITO: &str = r#"
    [default.provider.cognito]
    domain = "acme.auth.eu-west-1.amazoncognito.com/"
    user_pool = "eu-west-1_AbCdEf123"
    client_id = "client"
"#;

/// The settings of a text in `/etc/front-door`.
fn read(text: &str) -> Loaded {
    Settings::from_toml(text, Path::new("/etc/front-door")).unwrap()
}

/// What is said of a text.
fn mistakes(text: &str) -> String {
    Settings::from_toml(text, Path::new(""))
        .unwrap_err()
        .to_string()
}

fn says(text: &str, expected: Expect) {
    expected.assert_eq(&mistakes(text));
}

#[test]
fn nothing_at_all_is_enough() {
    let settings = read("").settings;
    assert_eq!(settings.public_url.origin(), "http://localhost:8000");
    let store = StoreAddress::Sqlite("/etc/front-door/front-door.sqlite".into());
    assert_eq!(settings.store, store);
    assert!(settings.providers.is_empty() && settings.atlassian.is_none());
    assert_eq!(settings.access.attempts_per_minute, 600);
    assert_eq!(settings.session.recheck, Duration::from_mins(15));
    assert_eq!(
        settings.saml.entity_id,
        "http://localhost:8000/saml/metadata"
    );
    assert_eq!(settings.audit_keep, Duration::from_hours(9600));
}

#[test]
fn a_user_pool_gives_the_issuer() {
    let settings = read(COGNITO).settings;
    let provider = settings.providers.values().next().unwrap();
    assert_eq!(
        provider.issuer,
        "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123"
    );
    assert_eq!(
        provider.domain.as_ref().unwrap().as_str(),
        "https://acme.auth.eu-west-1.amazoncognito.com/"
    );
    assert_eq!(provider.scopes, ["openid", "profile", "email"]);
    assert_eq!(provider.sign_out_url, "http://localhost:8000/signed-out");
}

#[test]
fn a_plain_group_belongs_to_the_only_provider() {
    let link = "[default.link.help]\nservice_desk = \"help\"\naccess = \"private\"\ngroups = [\"a\", \"cognito:b\"]";
    let settings = read(&format!("{COGNITO}{link}")).settings;
    let link = settings.links.values().next().unwrap();
    assert_eq!(link.service_desk, "HELP");
    let LinkAccess::Private { groups, .. } = &link.access else {
        panic!("it is private");
    };
    let names: Vec<_> = groups
        .iter()
        .map(|group| (group.provider.as_str(), group.name.as_str()))
        .collect();
    assert_eq!(names, [("cognito", "a"), ("cognito", "b")]);
}

#[test]
fn rocket_is_given_its_own_keys_and_none_of_ours() {
    let key = "QUFB".repeat(21) + "QQ==";
    let loaded = read(&format!("[default]\nport = 4711\nsecret_key = \"{key}\""));
    let rocket: rocket::Config = loaded.rocket.extract().unwrap();
    assert_eq!(rocket.port, 4711);
    assert_eq!(rocket.ip_header, None);
    assert!(loaded.rocket.find_value("secret_key").is_err());
    assert!(!format!("{loaded:?}").contains("QUFB"));
    assert_eq!(
        loaded
            .settings
            .secrets
            .current
            .unwrap()
            .expose_secret()
            .len(),
        64
    );
}

#[test]
fn every_mistake_is_found_at_once() {
    says(
        r#"
        colour = "red"
        [default]
        public_url = "http://sso.example.com"
        port = "eighty"
        link_new = "yes"
        links_refresh = "soon"
        trusted_proxies = ["10.0.0.0/8", "everybody"]
        secret_key = "c2hvcnQ="
        [default.provider.cognito]
        cleint_id = "x"
        user_pool = "AbCdEf123"
        [default.atlassian]
        site = "https://<acme>.atlassian.net"
        token_expires = "tomorrow"
        [default.mapping]
        display_name = "{given_name"
        [default.access]
        domains = ["acme example"]
        attempts_per_minute = 0
        [default.session]
        idle = "2d"
        "#,
        expect![[r#"
            colour (settings): stands above [default]; it belongs under it
            port (settings:5): must be u16
            public_url (settings:4): must begin with https://; http:// is for localhost, 127.0.0.1 and [::1] only
            mapping.display_name (settings:17): has braces that do not pair up around a claim's name
            secret_key (settings:9): must be 64 bytes in base64, as from `openssl rand -base64 64`
            trusted_proxies (settings:8): item 2 must be a network such as 10.0.0.0/8
            link_new (settings:6): must be "off" or "on"
            links_refresh (settings:7): must be a whole number above 0 and ms, s, m, h or d, such as 90s or 12h
            provider.cognito.user_pool (settings:12): must be a user pool's id such as eu-west-1_AbCdEf123
            provider.cognito.client_id (settings:10): is required
            provider.cognito.cleint_id (settings:11): is unknown; did you mean `client_id`?
            atlassian.site (settings:14): holds < or >: put your own in place of what stands between them
            atlassian.email (settings:13): is required
            atlassian.api_token (settings:13): is required, or its file as `api_token_file`
            atlassian.token_expires (settings:15): must be a date such as 2027-06-30
            access.domains (settings:19): item 1 must be a mail domain such as acme.example, or *.acme.example for its sub-domains
            access.attempts_per_minute (settings:20): must be a whole number from 3 to 1000000
            session.idle (settings:22): must not be longer than session.absolute"#]],
    );
}

#[test]
fn what_is_not_built_yet_is_refused() {
    says(
        r#"
        [default.atlassian]
        site = "https://acme.atlassian.net"
        email = "bot@acme.example"
        api_token = "z"
        [default.access]
        hours = ""
        [default.link.help]
        service_desk = "HELP"
        hand_over = "hosted"
        "#,
        expect![[r"
            link.help.hand_over (settings:10): is not in this version yet"]],
    );
}

#[test]
fn each_kind_of_token_has_its_own_credentials() {
    says(
        r#"
        [default.atlassian]
        site = "https://acme.atlassian.net"
        token_kind = "oauth"
        email = "bot@acme.example"
        client_id = "x"
        auth = "auth.example"
        gateway = "https://gateway.example/path"
        "#,
        expect![[r#"
            atlassian.email (settings:5): does not belong to token_kind = "oauth"
            atlassian.client_secret (settings:2): is required, or its file as `client_secret_file`
            atlassian.auth (settings:7): must be an address such as https://example.com
            atlassian.gateway (settings:8): must be scheme, host and port only"#]],
    );
    says(
        r#"
        [default.atlassian]
        site = "https://acme.atlassian.net"
        token_kind = "scoped"
        client_id = "x"
        "#,
        expect![[r#"
            atlassian.client_id (settings:5): belongs to token_kind = "oauth"
            atlassian.email (settings:2): is required
            atlassian.api_token (settings:2): is required, or its file as `api_token_file`"#]],
    );
}

#[test]
fn a_second_token_is_for_api_tokens_and_what_belongs_to_it_needs_it() {
    says(
        r#"
        [default.atlassian]
        site = "https://acme.atlassian.net"
        token_kind = "oauth"
        client_id = "x"
        client_secret = "y"
        customer_token = "z"
        customer_email = "maker@acme.example"
        "#,
        expect![[r#"
            atlassian.customer_token (settings:7): does not belong to token_kind = "oauth": there is one client for everything
            atlassian.customer_email (settings:8): does not belong to token_kind = "oauth": there is one client for everything"#]],
    );
    says(
        r#"
        [default.atlassian]
        site = "https://acme.atlassian.net"
        email = "bot@acme.example"
        api_token = "t"
        customer_email = "maker@acme.example"
        customer_token_expires = "2027-06-30"
        "#,
        expect![[r"
            atlassian.customer_email (settings:6): says nothing without customer_token
            atlassian.customer_token_expires (settings:7): says nothing without customer_token"]],
    );
    says(
        r#"
        [default.atlassian]
        site = "https://acme.atlassian.net"
        email = "bot@acme.example"
        api_token = "t"
        customer_token = ""
        customer_token_expires = "soon"
        "#,
        expect![[r"
            atlassian.customer_token (settings:6): is empty; leave it out when there is none
            atlassian.customer_token_expires (settings:7): must be a date such as 2027-06-30"]],
    );
}

#[test]
fn the_second_token_is_of_the_first_ones_account_unless_an_address_is_named() {
    for (line, expected) in [
        ("", "bot@acme.example"),
        (
            "customer_email = \"maker@acme.example\"",
            "maker@acme.example",
        ),
    ] {
        let text = format!(
            "[default]\npublic_url = \"https://sso.example\"\n[default.atlassian]\nsite = \"https://acme.atlassian.net\"\nemail = \"bot@acme.example\"\napi_token = \"t\"\ncustomer_token = \"u\"\n{line}"
        );
        let loaded = Settings::from_toml(&text, Path::new("")).unwrap();
        let second = loaded.settings.atlassian.unwrap().customer_token.unwrap();
        assert_eq!(second.email, expected);
    }
}

#[test]
fn what_tables_say_together_is_judged() {
    says(
        r#"
        [default.provider.one]
        issuer = "https://one.example"
        client_id = "1"
        [default.provider.two]
        issuer = "https://two.example"
        client_id = "2"
        [default.access]
        groups = ["staff", "three:staff", "one:staff"]
        [default.link.help]
        service_desk = "HELP"
        access = "private"
        aliases = ["support"]
        [default.link.support]
        service_desk = "HELP"
        groups = ["one:staff"]
        [default.saml.service_provider.a]
        kind = "other"
        entity_id = "same"
        acs_url = "https://a.example/acs"
        providers = ["three"]
        [default.saml.service_provider.b]
        kind = "other"
        entity_id = "same"
        acs_url = "http://b.example/acs"
        "#,
        expect![[r#"
            access.groups (settings:9): item 1 must be <provider>:<group>; there is one, two; item 2 names no provider before its colon; there is one, two
            link.help.access (settings:12): is private, but no groups or organizations are named
            link.support.access (settings:14): must be "private" where groups or organizations are named
            saml.service_provider.a.providers (settings:21): item 1 names no provider; there is one, two
            provider.two.email_domains (settings:5): is empty, as it is at provider one; with several providers only one may leave it so
            link.help.aliases (settings:13): holds support, which is a link's own name
            link.support.service_desk (settings:15): has a link already: help; add an alias there instead
            saml.service_provider.b.entity_id (settings:24): is the one of a too"#]],
    );
}

#[test]
fn beside_a_public_front_door_nothing_is_local() {
    says(
        r#"
        [default]
        public_url = "https://sso.example.com"
        [default.provider.here]
        issuer = "https://localhost.:9000"
        domain = "http://acme.example"
        client_id = "1"
        sign_out_url = "http://0.0.0.0/signed-out"
        "#,
        expect![[r"
            provider.here.issuer (settings:5): is on this machine, but public_url is not
            provider.here.domain (settings:6): must begin with https://
            provider.here.sign_out_url (settings:8): is on this machine, but public_url is not"]],
    );
}

#[test]
fn a_text_that_is_not_toml_is_not_quoted() {
    says(
        "[default]\nport = 1\nsecret_key = \"hush",
        expect![[r#"settings:3: is not TOML: invalid basic string, expected `"`"#]],
    );
}

#[test]
fn what_is_set_and_does_nothing_or_believes_everybody_is_warned_of() {
    let assumed = |more: &str| {
        format!(
            "[default.provider.p]\nissuer = \"https://p.example\"\nclient_id = \"p\"\nverified_email = \"assumed\"\n{more}"
        )
    };
    for (text, key) in [
        (assumed("").as_str(), "provider.p.verified_email"),
        ("[default.saml]\nunsolicited = true", "saml.unsolicited"),
        (
            "[default.link.help]\nservice_desk = \"HELP\"\nhand_over = \"gate\"\nhand_over_via = \"login\"",
            "link.help.hand_over_via",
        ),
    ] {
        let warnings: Vec<String> = read(text)
            .warnings
            .iter()
            .map(ToString::to_string)
            .collect();
        assert!(
            matches!(warnings.as_slice(), [only] if only.starts_with(key)),
            "{warnings:?}"
        );
    }
    for text in [
        "[default.mapping]\nupdate = \"new\"",
        &assumed("email_domains = [\"p.example\"]"),
        &assumed("enabled = false"),
    ] {
        assert!(read(text).warnings.is_empty(), "{text}");
    }
}

#[test]
fn the_example_is_read_as_it_is_and_with_everything_in_it() {
    let text = include_str!("../../Rocket.toml");
    assert!(read(text).warnings.is_empty());
    let whole: Vec<_> = text
        .lines()
        .map(|line| {
            line.strip_prefix("# ")
                .filter(|rest| rest.starts_with('[') || rest.contains(" = "))
                .unwrap_or(line)
        })
        .collect();
    let settings = read(&whole.join("\n")).settings;
    assert_eq!((settings.links.len(), settings.organizations.len()), (1, 1));
}
