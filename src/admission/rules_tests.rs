//! The rules as a table: who is let through which link.

use serde_json::json;

use super::disposable::Disposable;
use super::policy::{Circumstances, LinkRules, Objection, judge};
use crate::identity::Identity;
use crate::settings::Settings;
use crate::web::Reason;

const PROVIDERS: &str = r#"
[default.provider.cognito]
issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A"
domain = "acme.auth.eu-west-1.amazoncognito.com"
client_id = "a"
"#;

pub(super) fn settings(more: &str) -> Settings {
    let text = format!("{PROVIDERS}\n{more}");
    Settings::from_toml(&text, std::path::Path::new("."))
        .unwrap()
        .settings
}

/// Somebody at cognito, with these groups and claims.
pub(super) fn person(email: &str, groups: &[&str], claims: &serde_json::Value) -> Identity {
    let groups: Vec<_> = groups
        .iter()
        .map(|group| json!({ "provider": "cognito", "name": group }))
        .collect();
    serde_json::from_value(json!({
        "provider": "cognito", "subject": "1", "email": email, "display_name": "Ada",
        "first_name": null, "last_name": null, "username": null,
        "groups": groups, "claims": claims, "auth_time": null,
    }))
    .unwrap()
}

/// What the link `help` says to somebody.
fn verdict(settings: &Settings, identity: &Identity) -> Option<Reason> {
    verdict_at(settings, identity, "192.0.2.7", "2026-11-20T12:00:00Z")
}

/// The same from this address, at this time.
fn verdict_at(settings: &Settings, identity: &Identity, client: &str, now: &str) -> Option<Reason> {
    let objection = objection(settings, identity, client, now);
    objection.map(|objection| objection.reason())
}

/// What speaks against them.
fn objection(
    settings: &Settings,
    identity: &Identity,
    client: &str,
    now: &str,
) -> Option<Objection> {
    let link = settings.links.values().next().unwrap();
    let rules = LinkRules {
        slug: link.slug.clone(),
        service_desk: None,
        access: link.access.clone(),
        enforce: link.enforce,
        approval: link.approval,
    };
    let verdict = judge(
        identity,
        &rules,
        &settings.access,
        &settings.organizations,
        &Disposable::known(),
        Circumstances {
            client: client.parse().unwrap(),
            now: now.parse().unwrap(),
        },
    );
    verdict.objection
}

/// One letter a verdict, so that a row shows them for everybody.
fn letter(verdict: Option<Reason>) -> char {
    match verdict {
        None => '.',
        Some(Reason::DomainNotAllowed) => 'D',
        Some(Reason::GroupRequired) => 'G',
        Some(Reason::ClaimRequired) => 'C',
        Some(Reason::OrganizationRequired) => 'O',
        Some(Reason::NetworkNotAllowed) => 'N',
        Some(Reason::OutsideHours) => 'H',
        Some(_) => '?',
    }
}

#[test]
fn each_rule_decides_as_it_says() {
    let people = [
        person("ada@acme.example", &["staff"], &json!({})),
        person("eve@mail.acme.example", &[], &json!({})),
        person("bob@other.example", &["partners"], &json!({"tier": "gold"})),
        person(
            "tom@other.example",
            &[],
            &json!({"tier": ["silver", "gold"]}),
        ),
        person("x@mailinator.com", &["staff"], &json!({})),
    ];
    // [access], the link, and the verdicts for ada, eve, bob, tom and x.
    let rows = [
        ("", "", "....D"),
        ("disposable = 'allow'", "", "....."),
        ("disposable_domains = ['other.example']", "", "..DDD"),
        (
            "disposable_domains = ['other.example']",
            "access = 'public'",
            "..DDD",
        ),
        (
            "disposable = 'allow'\ndisposable_domains = ['other.example']",
            "",
            ".....",
        ),
        ("not_disposable = ['mailinator.com']", "", "....."),
        ("not_disposable = ['*.mailinator.com']", "", "....D"),
        (
            "disposable_domains = ['*.acme.example']\nnot_disposable = ['mail.acme.example']",
            "",
            "....D",
        ),
        ("domains = ['acme.example', 'mailinator.com']", "", ".DDD."),
        (
            "domains = ['acme.example']\ndisposable_domains = ['acme.example']",
            "",
            "DDDDD",
        ),
        ("domains = ['acme.example']", "", ".DDDD"),
        ("domains = ['*.acme.example']", "", "D.DDD"),
        ("blocked_domains = ['acme.example']", "", "D...D"),
        (
            "blocked_domains = ['acme.example']",
            "access = 'public'",
            "D...D",
        ),
        ("groups = ['staff']", "", ".GGGD"),
        ("groups = ['staff']", "access = 'public'", "....D"),
        ("claims = { tier = 'gold' }", "", "CC..D"),
        ("claims = { tier = 'gold' }", "access = 'public'", "....D"),
        ("domains = ['acme.example']", "access = 'public'", "....D"),
        ("", "access = 'private'\ngroups = ['partners']", "GG.GD"),
        ("", "access = 'private'\norganizations = ['Acme']", ".OOOD"),
        (
            "",
            "access = 'private'\ngroups = ['partners']\norganizations = ['Acme']",
            ".G.GD",
        ),
        (
            "domains = ['other.example']",
            "access = 'private'\norganizations = ['Acme']",
            "DDOOD",
        ),
        (
            "groups = ['staff']",
            "access = 'private'\ngroups = ['partners']",
            "GGGGD",
        ),
    ];
    for (access, link, expected) in rows {
        let settings = settings(&format!(
            "[default.access]\n{access}\n[default.link.help]\nservice_desk = 'HELP'\n{link}\n[[default.organization]]\nname = 'Acme'\ndomains = ['acme.example']\nmanaged = false\n"
        ));
        let verdicts = people.iter().map(|one| letter(verdict(&settings, one)));
        assert_eq!(
            verdicts.collect::<String>(),
            expected,
            "{access} and {link}"
        );
    }
}

#[test]
fn naming_all_sub_domains_calls_none_of_them_no_throw_away_domain() {
    let eve = person("eve@me.33mail.com", &[], &json!({}));
    for (domains, expected) in [("*.33mail.com", 'D'), ("me.33mail.com", '.')] {
        let settings = settings(&format!(
            "[default.access]\ndomains = ['{domains}']\n[default.link.help]\nservice_desk = 'HELP'\n"
        ));
        assert_eq!(letter(verdict(&settings, &eve)), expected, "{domains}");
    }
}

#[test]
fn networks_and_hours_hold_at_every_link_after_every_other_rule() {
    let office = "networks = ['198.51.100.0/24', '2001:db8::/32', '192.0.2.9']";
    let hours = "hours = 'Mon-Fri 08:00-18:00 Europe/Berlin'";
    let both = format!("{office}\n{hours}");
    let (friday, saturday) = ("2026-11-20T12:00:00Z", "2026-11-21T12:00:00Z");
    let ada = person("ada@acme.example", &[], &json!({}));
    for (access, link, client, now, expected) in [
        (office, "", "198.51.100.255", saturday, '.'),
        (office, "", "2001:db8:1::1", friday, '.'),
        (office, "", "192.0.2.9", friday, '.'),
        (office, "", "192.0.2.8", friday, 'N'),
        (office, "", "2001:db9::1", friday, 'N'),
        (office, "access = 'public'", "192.0.2.8", friday, 'N'),
        (hours, "", "192.0.2.8", friday, '.'),
        (hours, "", "192.0.2.8", saturday, 'H'),
        (hours, "access = 'public'", "192.0.2.8", saturday, 'H'),
        (&both, "", "192.0.2.8", saturday, 'N'),
        (&both, "", "192.0.2.9", saturday, 'H'),
        (
            &both,
            "access = 'private'\ngroups = ['x']",
            "192.0.2.8",
            saturday,
            'G',
        ),
    ] {
        let settings = settings(&format!(
            "[default.access]\n{access}\n[default.link.help]\nservice_desk = 'HELP'\n{link}\n"
        ));
        let verdict = letter(verdict_at(&settings, &ada, client, now));
        assert_eq!(verdict, expected, "{access} {link} {client} {now}");
    }
}

#[test]
fn a_group_counts_only_as_its_own_providers_group() {
    let settings = settings(
        "[default.provider.other]\nissuer = \"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_B\"\ndomain = \"b.auth.eu-west-1.amazoncognito.com\"\nclient_id = \"b\"\nemail_domains = [\"b.example\"]\n[default.access]\ngroups = [\"other:staff\"]\n[default.link.help]\nservice_desk = \"HELP\"\n",
    );
    let ada = person("ada@acme.example", &["staff"], &json!({}));
    assert_eq!(letter(verdict(&settings, &ada)), 'G');
}

#[test]
fn administrators_are_told_what_the_rule_asks_for() {
    let many = (0..8)
        .map(|n| format!("'g{n}'"))
        .collect::<Vec<_>>()
        .join(", ");
    let long = "x".repeat(200);
    let private = "access = 'private'";
    for (access, link, expected) in [
        (
            "domains = ['b.example', '*.c.example']".to_owned(),
            String::new(),
            "the address is of none of the allowed domains: b.example, *.c.example (access.domains)".to_owned(),
        ),
        (
            format!("groups = [{many}]"),
            String::new(),
            "none of the groups that every link asks for: cognito:g0, cognito:g1, cognito:g2, cognito:g3, cognito:g4 and 3 more (access.groups)".to_owned(),
        ),
        (
            format!("claims = {{ tier = '{long}' }}"),
            String::new(),
            format!("the claim tier is absent or not “{}…” (access.claims)", &long[..80]),
        ),
        (
            "networks = ['198.51.100.0/24']".to_owned(),
            String::new(),
            "192.0.2.7 is in none of the networks: 198.51.100.0/24 (access.networks)".to_owned(),
        ),
        (
            String::new(),
            format!("{private}\ngroups = ['staff']"),
            "none of the groups of this private link: cognito:staff".to_owned(),
        ),
        (
            String::new(),
            format!("{private}\norganizations = ['Friends']"),
            "none of the organizations of this private link: Friends".to_owned(),
        ),
        (
            String::new(),
            format!("{private}\ngroups = ['staff']\norganizations = ['Friends']"),
            "none of the groups of this private link: cognito:staff; and none of its organizations: Friends".to_owned(),
        ),
    ] {
        let settings = settings(&format!(
            "[default.access]\n{access}\n[default.link.help]\nservice_desk = 'HELP'\n{link}\n"
        ));
        let ada = person("ada@acme.example", &[], &json!({}));
        let found = objection(&settings, &ada, "192.0.2.7", "2026-11-20T12:00:00Z");
        assert_eq!(found.unwrap().to_string(), expected);
    }
}
