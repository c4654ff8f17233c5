//! How long, how many and how much: every setting has bounds, and says which.

use std::path::Path;

use super::{Problem, Saved, Settings};

/// What is said of a text.
fn mistakes(text: &str) -> Vec<Problem> {
    let read = Settings::from_toml(text, Path::new(""));
    read.map_or_else(|problems| problems.0, |_| Vec::new())
}

/// That this key's mistake says so, whatever else is wrong.
#[track_caller]
fn says(text: &str, key: &str, expected: &str) {
    let mistakes = mistakes(text);
    let found = mistakes.iter().find(|mistake| mistake.key == key);
    let said = found.map_or("nothing", |mistake| mistake.message.as_str());
    let text: String = text.chars().take(100).collect();
    assert!(said.contains(expected), "{text}: {said:?} {mistakes:?}");
}

/// Every duration, and the table that it stands in.
const DURATIONS: [(&str, &str); 8] = [
    ("session", "idle"),
    ("session", "absolute"),
    ("session", "recheck"),
    ("provider.p", "timeout"),
    ("atlassian", "budget"),
    ("admin", "login_within"),
    ("audit", "keep"),
    ("", "links_refresh"),
];

fn stands_in(table: &str, line: &str) -> String {
    let dot = if table.is_empty() { "" } else { "." };
    format!("[default{dot}{table}]\n{line}")
}

fn whole(table: &str, key: &str) -> String {
    format!("{table}.{key}").trim_start_matches('.').to_owned()
}

#[test]
fn no_duration_is_so_short_or_so_long_that_nothing_works_any_more() {
    for (table, key) in DURATIONS {
        for (value, said) in [
            ("0s", "whole number above 0"),
            ("10000 years", "whole number above 0"),
            ("1ms", " or more"),
            ("36501d", " or less"),
            ("99999999999999999999d", " or less"),
        ] {
            let text = stands_in(table, &format!("{key} = \"{value}\""));
            says(&text, &whole(table, key), said);
        }
    }
}

#[test]
fn the_bounds_themselves_are_within() {
    for (table, key, least, most) in [
        ("session", "recheck", "1m", "400d"),
        ("admin", "login_within", "1m", "400d"),
        ("audit", "keep", "30d", "36500d"),
        ("", "links_refresh", "5s", "1d"),
    ] {
        for value in [least, most] {
            let text = stands_in(table, &format!("{key} = \"{value}\""));
            assert_eq!(mistakes(&text), [], "{text}");
        }
    }
    for value in ["5m", "400d"] {
        let text = format!("[default.session]\nidle = \"{value}\"\nabsolute = \"{value}\"");
        assert_eq!(mistakes(&text), [], "{text}");
    }
    says(
        "[default.audit]\nkeep = \"29d\"",
        "audit.keep",
        "must be 30d or more",
    );
    says(
        "[default.session]\nidle = \"4m\"",
        "session.idle",
        "must be 5m or more",
    );
}

#[test]
fn a_number_is_within_its_bounds() {
    for value in ["0", "2", "-1", "1.5", "1000001", "4294967296", "\"many\""] {
        says(
            &format!("[default.access]\nattempts_per_minute = {value}"),
            "access.attempts_per_minute",
            "must be a whole number from 3 to 1000000",
        );
    }
}

#[test]
fn at_least_one_newcomer_an_hour_comes_in() {
    for value in ["0", "-1", "1.5", "1000001", "\"many\""] {
        says(
            &format!("[default.access]\nfirst_time_per_hour = {value}"),
            "access.first_time_per_hour",
            "must be a whole number from 1 to 1000000",
        );
    }
}

/// Every text of one line: the table, how it is written, and the key that its mistakes name.
const LINES: [(&str, &str, &str); 41] = [
    ("branding", "name = {}", "branding.name"),
    ("branding", "support = {}", "branding.support"),
    ("provider.p", "label = {}", "provider.p.label"),
    ("provider.p", "client_id = {}", "provider.p.client_id"),
    (
        "provider.p",
        "identity_provider = {}",
        "provider.p.identity_provider",
    ),
    ("provider.p", "issuer = {}", "provider.p.issuer"),
    ("provider.p", "domain = {}", "provider.p.domain"),
    ("provider.p", "user_pool = {}", "provider.p.user_pool"),
    ("provider.p", "logout_url = {}", "provider.p.logout_url"),
    ("provider.p", "sign_out_url = {}", "provider.p.sign_out_url"),
    ("provider.p", "scopes = [{}]", "provider.p.scopes"),
    (
        "provider.p",
        "email_domains = [{}]",
        "provider.p.email_domains",
    ),
    ("atlassian", "site = {}", "atlassian.site"),
    ("atlassian", "portal = {}", "atlassian.portal"),
    ("atlassian", "gateway = {}", "atlassian.gateway"),
    ("atlassian", "email = {}", "atlassian.email"),
    ("atlassian", "token_expires = {}", "atlassian.token_expires"),
    (
        "atlassian",
        "customer_email = {}",
        "atlassian.customer_email",
    ),
    (
        "atlassian",
        "customer_token_expires = {}",
        "atlassian.customer_token_expires",
    ),
    (
        "atlassian",
        "token_kind = \"oauth\"\nclient_id = {}",
        "atlassian.client_id",
    ),
    (
        "atlassian",
        "token_kind = \"oauth\"\nauth = {}",
        "atlassian.auth",
    ),
    ("mapping", "email = {}", "mapping.email"),
    ("mapping", "first_name = {}", "mapping.first_name"),
    ("mapping", "last_name = {}", "mapping.last_name"),
    ("mapping", "display_name = {}", "mapping.display_name"),
    ("mapping", "username = {}", "mapping.username"),
    ("mapping", "groups = {}", "mapping.groups"),
    ("access", "domains = [{}]", "access.domains"),
    ("access", "groups = [{}]", "access.groups"),
    ("access.claims", "company = {}", "access.claims.company"),
    ("access.claims", "{} = \"yes\"", "access.claims"),
    ("admin", "groups = [{}]", "admin.groups"),
    ("link.help", "service_desk = {}", "link.help.service_desk"),
    (
        "link.help",
        "organizations = [{}]",
        "link.help.organizations",
    ),
    ("link.help", "aliases = [{}]", "link.help.aliases"),
    ("saml", "entity_id = {}", "saml.entity_id"),
    (
        "saml.service_provider.x",
        "entity_id = {}",
        "saml.service_provider.x.entity_id",
    ),
    (
        "saml.service_provider.x",
        "acs_url = {}",
        "saml.service_provider.x.acs_url",
    ),
    (
        "saml.service_provider.x.attributes",
        "mail = {}",
        "saml.service_provider.x.attributes.mail",
    ),
    ("home", "land = {}", "home.land"),
    ("texts.de", "button_home = {}", "texts.de.button_home"),
];

#[test]
fn a_text_of_one_line_is_short_and_shows_everything_that_it_says() {
    let long = format!("\"{}\"", "a".repeat(200_000));
    for (value, said) in [
        (long.as_str(), "200000 characters long; at most"),
        (r#""a\nb""#, "must be one line"),
        (r#""a\u2028b""#, "one line"),
        (r#""a\u0007b""#, "control characters"),
        (r#""a\u202eb""#, "turn the direction of other text around"),
        (r#""a\u2066b""#, "turn the direction of other text around"),
        (r#""  ""#, "nothing but spaces"),
    ] {
        for (table, line, key) in LINES {
            // A button's text tells two of these apart in its own words.
            if !(table == "texts.de" && value.contains("2028")) {
                says(&stands_in(table, &line.replace("{}", value)), key, said);
            }
        }
        for line in ["name = {}", "claim = {}"] {
            let text = format!("[[default.organization]]\n{}", line.replace("{}", value));
            let key = line.split(' ').next().unwrap_or_default();
            says(&text, &format!("organization[0].{key}"), said);
        }
    }
}

#[test]
fn a_name_in_any_script_is_within_the_bounds() {
    let longest = "ä".repeat(255);
    for name in ["Acme & Söhne", "שלום\u{200f}", "王小明", &longest] {
        let text = format!("[default.branding]\nname = \"{name}\"");
        assert_eq!(mistakes(&text), [], "{name}");
    }
}

#[test]
fn a_secret_and_a_list_have_an_end_too() {
    let secret = format!("client_secret = \"{}\"", "x".repeat(4097));
    says(
        &stands_in("provider.p", &secret),
        "provider.p.client_secret",
        "longer than 4096",
    );
    let domains = "\"a.example\",".repeat(5001);
    says(
        &format!("[default.access]\ndomains = [{domains}]"),
        "access.domains",
        "holds 5001 entries; at most 5000 are taken",
    );
    let claims: Vec<String> = (0..5001).map(|n| format!("c{n} = \"x\"")).collect();
    says(
        &format!("[default.access.claims]\n{}", claims.join("\n")),
        "access.claims",
        "holds 5001 entries",
    );
}

#[test]
fn no_more_is_saved_in_all_than_a_megabyte() {
    let outside = Settings::from_toml("", Path::new("")).unwrap().outside;
    let label = "a".repeat(60);
    let domains = |count: usize| {
        let domain = |n| toml::Value::from(format!("{label}.{label}.{label}.d{n}.example"));
        toml::Value::Array((0..count).map(domain).collect())
    };
    let saved = |count| {
        Saved::default()
            .with_value(&["access", "domains"], Some(domains(count)))
            .with_value(&["access", "blocked_domains"], Some(domains(count)))
    };
    assert!(outside.judge(&saved(2000)).is_ok());
    let said = outside.judge(&saved(4000)).unwrap_err().to_string();
    assert!(said.contains("at most 1024 KiB can be saved"), "{said}");
}

#[test]
fn a_claim_has_a_name_and_one_value() {
    for (line, key, said) in [
        (
            "\"\" = \"x\"",
            "access.claims",
            "has a name that holds nothing",
        ),
        (
            "company = [\"1\", \"2\"]",
            "access.claims.company",
            "takes one value, and has several",
        ),
        ("company = \"\"", "access.claims.company", "is empty"),
    ] {
        says(&stands_in("access.claims", line), key, said);
    }
}

#[test]
fn an_example_that_was_left_as_it_is_is_no_address() {
    for (table, key) in [
        ("provider.p", "issuer"),
        ("provider.p", "domain"),
        ("provider.p", "sign_out_url"),
        ("atlassian", "site"),
        ("atlassian", "gateway"),
        ("saml.service_provider.x", "acs_url"),
    ] {
        let line = format!("{key} = \"https://login.example/<tenant id>/v2.0\"");
        let line = line.replace("<tenant id>", "<tenant>");
        says(&stands_in(table, &line), &whole(table, key), "holds < or >");
    }
}

#[test]
fn a_site_is_understood_from_any_page_of_it() {
    for (written, expected, told) in [
        (
            "https://acme.atlassian.net",
            "https://acme.atlassian.net/",
            false,
        ),
        (
            "https://acme.atlassian.net/",
            "https://acme.atlassian.net/",
            false,
        ),
        ("acme.atlassian.net", "https://acme.atlassian.net/", true),
        ("ACME.atlassian.net/", "https://acme.atlassian.net/", true),
        (
            "https://acme.atlassian.net/jira/servicedesk?x=1#y",
            "https://acme.atlassian.net/",
            true,
        ),
        (
            "jira.acme.example:8443/x",
            "https://jira.acme.example:8443/",
            true,
        ),
    ] {
        let text = format!(
            "[default]\npublic_url = \"https://sso.example\"\n[default.atlassian]\nsite = \"{written}\"\nemail = \"bot@acme.example\"\napi_token = \"t\""
        );
        let loaded = Settings::from_toml(&text, Path::new("")).unwrap();
        let site = loaded.settings.atlassian.unwrap().site;
        assert_eq!(site.as_str(), expected, "{written}");
        let warned = loaded.warnings.iter().any(|warning| {
            let origin = expected.trim_end_matches('/');
            warning.key == "atlassian.site"
                && warning.message == format!("is understood as {origin}")
        });
        assert_eq!(warned, told, "{written}");
    }
    for (written, said) in [
        ("http://acme.atlassian.net/jira", "must begin with https://"),
        ("https://ada:pw@acme.atlassian.net/", "user or password"),
        ("localhost/jira", "on this machine"),
        ("file:///etc/passwd", "must be an address such as"),
        ("not a site", "spaces"),
    ] {
        let text = format!(
            "[default]\npublic_url = \"https://sso.example\"\n[default.atlassian]\nsite = \"{written}\""
        );
        says(&text, "atlassian.site", said);
    }
}
