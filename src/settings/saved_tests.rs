//! What is saved: below files and variables, and never a reason not to start.

use std::path::Path;

use super::*;
use crate::settings::{Layered, Settings, Slug};

const FILE: &str = r#"
[default.provider.cognito]
issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A"
domain = "acme.auth.eu-west-1.amazoncognito.com"
client_id = "from-the-file"
"#;

fn saved(text: &str) -> Saved {
    Saved::from_toml(text, "test").unwrap_or_else(|problems| panic!("{problems}"))
}

fn layered(file: &str, text: &str) -> Layered {
    let outside = Settings::from_toml(file, Path::new(".")).unwrap().outside;
    outside.with_usable(&saved(text)).unwrap()
}

fn ignored(layered: &Layered) -> Vec<String> {
    layered.ignored.iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_saved_counts_where_nothing_stands_outside() {
    let both = layered(
        FILE,
        "[default.provider.cognito]\nclient_id = \"saved\"\nlabel = \"Acme\"\n[default.access]\ndomains = [\"acme.example\"]",
    );
    let provider = both.settings.providers.values().next().unwrap();
    assert_eq!(provider.client_id, "from-the-file");
    assert_eq!(provider.label, "Acme");
    assert_eq!(both.settings.access.domains.len(), 1);
    assert!(both.ignored.is_empty(), "{:?}", ignored(&both));
}

#[test]
fn what_cannot_be_used_is_left_out_and_told_and_the_rest_counts() {
    for (text, key) in [
        (
            "[default.session]\nidle = \"soon\"\nrecheck = \"5m\"",
            "session.idle (saved settings)",
        ),
        (
            "[default.session]\nunknown = 1\nrecheck = \"5m\"",
            "session.unknown (saved settings)",
        ),
        (
            "[default.session]\nrecheck = \"5m\"\n[default.provider.other]\nlabel = \"x\"",
            "provider.other",
        ),
        (
            "[default.session]\nrecheck = \"5m\"\n[default.link.help]\nenabled = true",
            "link.help.service_desk (saved settings)",
        ),
        (
            "[default.session]\nrecheck = \"5m\"\n[[default.organization]]\nnmae = \"x\"",
            "organization[0]",
        ),
    ] {
        let both = layered(FILE, text);
        assert_eq!(both.settings.session.recheck.as_secs(), 300, "{text}");
        let ignored = ignored(&both);
        assert!(
            ignored.iter().any(|one| one.starts_with(key)),
            "{ignored:?}"
        );
        assert_eq!(both.settings.providers.len(), 1);
    }
}

#[test]
fn what_does_not_go_with_the_file_is_left_out_as_a_whole() {
    let file = format!("{FILE}[default.access]\ngroups = [\"acme\"]\n");
    let second = "[default.provider.other]\nissuer = \"https://idp.example\"\nclient_id = \"a\"\nemail_domains = [\"a.example\"]";
    let both = layered(&file, second);
    assert_eq!(both.settings.providers.len(), 1);
    assert!(both.settings.links_closed, "{:?}", ignored(&both));
}

#[test]
fn a_link_of_the_file_takes_the_place_of_a_saved_one_and_closes_nothing() {
    for slug in ["aaa", "zzz"] {
        let saved_link = &format!(
            "[default.link.{slug}]\nservice_desk = \"HELP\"\n[default.link.bill]\nservice_desk = \"BILL\"\n[default.access]\ndomains = [\"acme.example\"]"
        );
        let file = format!("{FILE}[default.link.help]\nservice_desk = \"help\"\n");
        let both = layered(&file, saved_link);
        let slugs: Vec<_> = both.settings.links.keys().map(Slug::as_str).collect();
        assert_eq!(slugs, ["bill", "help"]);
        assert!(!both.is_shut && !both.settings.links_closed);
        assert_eq!(both.settings.access.domains.len(), 1);
        let told = ignored(&both);
        assert!(
            told.len() == 1 && told[0].contains(&format!("make {slug} an alias")),
            "{told:?}"
        );
        // What is saved can still be changed.
        let outside = Settings::from_toml(&file, Path::new(".")).unwrap().outside;
        assert!(outside.judge(&saved(saved_link)).is_ok(), "{slug}");
    }
}

#[test]
fn what_is_left_out_opens_nothing_to_anybody() {
    let second = "[default.provider.other]\nissuer = \"https://idp.example\"\nclient_id = \"a\"\nemail_domains = [\"a.example\"]\n";
    let rules = "[default.access]\ngroups = [\"staff\"]\n[default.link.help]\nservice_desk = \"HELP\"\naccess = \"private\"\ngroups = [\"staff\"]\n[default.admin]\ngroups = [\"few\"]\n[default.saml.service_provider.x]\nkind = \"guard\"\nentity_id = \"e\"\nacs_url = \"https://x.example/acs\"\ngroups = [\"staff\"]\n";
    let alone = layered(FILE, rules);
    assert!(alone.ignored.is_empty() && !alone.settings.links_closed);
    // A second provider in the file makes the plain names of groups ambiguous.
    let both = layered(&format!("{FILE}{second}"), rules);
    assert!(!both.ignored.is_empty() && both.settings.links_closed);
    assert!(both.settings.saml.service_providers.is_empty());
    assert!(both.settings.admin_groups.is_empty());
    let harmless = layered(FILE, "[default.branding]\nnmae = \"x\"");
    assert!(!harmless.ignored.is_empty() && !harmless.settings.links_closed);
}

#[test]
fn a_secret_of_another_kind_of_token_does_not_come_back() {
    let before = saved(
        "[default.atlassian]\nsite = \"https://a.example\"\nemail = \"a@b.example\"\napi_token = \"hush\"\ncustomer_token = \"hush\"",
    );
    let after = saved(
        "[default.atlassian]\nsite = \"https://a.example\"\ntoken_kind = \"oauth\"\nclient_id = \"c\"\nclient_secret = \"s\"",
    );
    let imported = after.with_secrets_of(&before);
    let outside = Settings::from_toml(FILE, Path::new(".")).unwrap().outside;
    outside.judge(&imported).unwrap();
}

#[test]
fn what_belongs_outside_cannot_be_saved() {
    for text in [
        "[default]\npublic_url = \"https://evil.example\"",
        "[default]\nsecret_key_file = \"/etc/passwd\"",
        "[default]\ntrusted_proxies = [\"0.0.0.0/0\"]",
        "[default]\nport = 1",
        "[default.provider.cognito]\nclient_secret_file = \"/etc/passwd\"",
        "[default.atlassian]\napi_token_file = \"/etc/passwd\"",
        "[default.atlassian]\ncustomer_token_file = \"/etc/passwd\"",
        "[global]\nlink_new = \"on\"",
        "link_new = \"on\"",
    ] {
        assert!(Saved::from_toml(text, "test").is_err(), "{text}");
    }
    let smuggled = Saved(toml::from_str("public_url = \"https://evil.example\"").unwrap());
    let outside = Settings::from_toml(FILE, Path::new(".")).unwrap().outside;
    let both = outside.with_usable(&smuggled).unwrap();
    assert_ne!(both.settings.public_url.origin(), "https://evil.example");
    assert_eq!(both.ignored.len(), 1);
}

#[test]
fn secrets_are_neither_exported_nor_shown_and_survive_an_import_without_them() {
    let before = saved("[default.provider.cognito]\nclient_secret = \"hush\"\nlabel = \"a\"");
    let text = before.to_toml().unwrap();
    assert!(
        !text.contains("hush") && !text.contains("client_secret"),
        "{text}"
    );
    let imported = saved(&text.replace("\"a\"", "\"b\"")).with_secrets_of(&before);
    let changes = imported.changes_since(&before);
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].key, "provider.cognito.label");
    let other = saved("[default.provider.cognito]\nclient_secret = \"new\"\nlabel = \"a\"");
    let shown = format!("{:?}{other:?}", other.changes_since(&before));
    assert!(
        !shown.contains("hush") && !shown.contains("new\""),
        "{shown}"
    );
    assert_eq!(
        other.changes_since(&before)[0].key,
        "provider.cognito.client_secret"
    );
}

#[test]
fn an_empty_secret_takes_the_saved_one_away() {
    let before = saved("[default.provider.cognito]\nclient_secret = \"hush\"");
    let after = saved("[default.provider.cognito]\nclient_secret = \"\"").with_secrets_of(&before);
    assert!(after.changes_since(&before)[0].new.is_none());
    let outside = Settings::from_toml(FILE, Path::new(".")).unwrap().outside;
    let settings = outside.judge(&after).unwrap().settings;
    assert!(
        settings
            .providers
            .values()
            .all(|one| one.client_secret.is_none())
    );
}

#[test]
fn everything_that_is_set_can_be_saved_elsewhere() {
    let outside = Settings::from_toml(
        &format!("[default]\npublic_url = \"http://localhost:1\"\nport = 1\nlink_new = \"on\"\n{FILE}client_secret = \"hush\"\n"),
        Path::new("."),
    )
    .unwrap()
    .outside;
    let text = outside.everything(&Saved::default()).to_toml().unwrap();
    let again = saved(&text);
    assert!(
        text.contains("from-the-file") && text.contains("link_new"),
        "{text}"
    );
    for own in ["public_url", "port", "hush"] {
        assert!(!text.contains(own), "{own}: {text}");
    }
    let elsewhere = Settings::from_toml("", Path::new(".")).unwrap().outside;
    let there = elsewhere.judge(&again).unwrap().settings;
    assert!(there.link_new && there.providers.len() == 1);
}
