//! The rules as tables: who is let through which link, who belongs to which organization, and what is left to do for whom.

use serde_json::json;

use super::customer::Customer;
use super::disposable::Disposable;
use super::membership::{By, Membership, When};
use super::plan::{Destination, Step, plan};
use super::policy::{Circumstances, LinkRules, judge};
use super::{Timestamp, organizations};
use crate::identity::Identity;
use crate::settings::Settings;
use crate::settings::access::CreateCustomers;
use crate::web::Reason;

const PROVIDERS: &str = r#"
[default.provider.cognito]
issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A"
domain = "acme.auth.eu-west-1.amazoncognito.com"
client_id = "a"
"#;

fn settings(more: &str) -> Settings {
    let text = format!("{PROVIDERS}\n{more}");
    Settings::from_toml(&text, std::path::Path::new("."))
        .unwrap()
        .settings
}

/// Somebody at cognito, with these groups and claims.
fn person(email: &str, groups: &[&str], claims: &serde_json::Value) -> Identity {
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
    verdict.objection.map(|objection| objection.reason())
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
fn organizations_come_by_domain_group_and_claim_each_once() {
    let rules = settings(
        r#"
[[default.organization]]
name = "Acme"
domains = ["acme.example"]
groups = ["staff"]
managed = false
[[default.organization]]
name = "Gold"
claim = "tier = gold"
managed = false
[[default.organization]]
claim = "company"
managed = false
[[default.organization]]
name = "Everybody of Acme"
domains = ["acme.example"]
claim = "tier = gold"
managed = false
"#,
    )
    .organizations;
    let long = "x".repeat(201);
    let of = |email, groups: &[&str], claims: serde_json::Value| -> Vec<String> {
        organizations::of(&person(email, groups, &claims), &rules)
            .into_iter()
            .map(|one| one.name)
            .collect()
    };
    let nobody: [&str; 0] = [];
    assert_eq!(
        of("a@acme.example", &["staff"], json!({})),
        ["Acme", "Everybody of Acme"]
    );
    assert_eq!(
        of("a@x.example", &["staff"], json!({"tier": "gold"})),
        ["Acme", "Gold", "Everybody of Acme"]
    );
    assert_eq!(
        of("a@x.example", &[], json!({"company": " Northwind "})),
        ["Northwind"]
    );
    assert_eq!(
        of(
            "a@acme.example",
            &[],
            json!({"company": ["Acme", "South, West"]})
        ),
        ["Acme", "South, West", "Everybody of Acme"]
    );
    assert_eq!(
        of("a@x.example", &["other"], json!({"tier": "Gold"})),
        nobody
    );
    assert_eq!(
        of("a@x.example", &[], json!({"company": ["", "a\nb", long]})),
        nobody
    );
}

const NOW: &str = "2026-11-21T10:00:00Z";

/// The organizations that somebody is to be in, and those that they are to leave.
fn belonging(rules: &str, ada: &Identity, known: &Customer) -> (Vec<String>, Vec<String>) {
    let rules = settings(rules).organizations;
    let wanted = organizations::wanted(ada, &rules, Some(known));
    let always = CreateCustomers::Always;
    let when = When::visit(NOW.parse().unwrap());
    let plan = plan(ada, &Destination::Portal, &rules, always, Some(known), when);
    let left = plan.steps.into_iter().filter_map(|step| match step {
        Step::LeaveOrganization { name, .. } => Some(name),
        _ => None,
    });
    let names = wanted.into_iter().map(|one| one.name);
    (names.collect(), left.collect())
}

fn given(by: By) -> Membership {
    Membership::Given {
        id: "5".parse().unwrap(),
        by,
        kept: None,
    }
}

#[test]
fn whoever_comes_under_no_rule_belongs_to_what_is_the_default() {
    let rules = "[[default.organization]]\nname = \"Acme\"\ndomains = [\"acme.example\"]\n\
                 [[default.organization]]\nname = \"Everybody\"\ndefault_for = \"all\"\n\
                 [[default.organization]]\nname = \"Newcomers\"\ndefault_for = \"new\"\n";
    let (ada, eve) = (
        person("ada@acme.example", &[], &json!({})),
        person("eve@else.example", &[], &json!({})),
    );
    let id = || "qm:1:1".parse().unwrap();
    let (made, found) = (Customer::made(id(), "Ada"), Customer::new(id()));
    let of = |person: &Identity, known: &Customer| belonging(rules, person, known).0;
    assert_eq!(of(&ada, &made), ["Acme"]);
    assert_eq!(of(&eve, &made), ["Everybody", "Newcomers"]);
    assert_eq!(of(&eve, &found), ["Everybody"]);
    let settled = Customer {
        new: false,
        organizations: [("Newcomers".to_owned(), given(By::Default))].into(),
        ..made
    };
    assert_eq!(
        of(&eve, &settled),
        ["Everybody", "Newcomers"],
        "it keeps it"
    );
    assert_eq!(
        belonging(rules, &ada, &settled),
        (vec!["Acme".to_owned()], vec!["Newcomers".to_owned()]),
        "until a rule gives another one"
    );
}

#[test]
fn only_what_the_front_door_gave_and_a_managed_rule_no_longer_gives_is_taken_away() {
    const MANAGED: &str =
        "[[default.organization]]\nname = \"Acme\"\ndomains = [\"acme.example\"]\n";
    let unmanaged = format!("{MANAGED}managed = false\n");
    let named = "[[default.organization]]\nclaim = \"company\"\n";
    let now: Timestamp = NOW.parse().unwrap();
    let (by_rule, by_claim) = (given(By::Rule), given(By::Claim("company".to_owned())));
    let kept = |at: &str| Membership::Given {
        id: "5".parse().unwrap(),
        by: By::Rule,
        kept: Some(at.parse().unwrap()),
    };
    let giving = Membership::Giving {
        id: "5".parse().unwrap(),
        by: By::Rule,
        failed: None,
    };
    for (rules, membership, is_taken) in [
        (MANAGED, by_rule.clone(), true),
        (MANAGED, giving, true),
        (MANAGED, Membership::Joined("5".parse().unwrap()), false),
        (MANAGED, Membership::NotPossible { found: now }, false),
        (MANAGED, given(By::Invitation), false),
        (MANAGED, by_claim.clone(), false),
        (named, by_claim, true),
        (named, by_rule.clone(), false),
        (&unmanaged, by_rule.clone(), false),
        ("", by_rule, false),
        (MANAGED, kept("2026-11-21T09:50:00Z"), false),
        (MANAGED, kept("2026-11-21T09:45:00Z"), true),
    ] {
        let eve = person("eve@else.example", &[], &json!({}));
        let known = customer(&[], Some(membership.clone()));
        let (_, left) = belonging(rules, &eve, &known);
        assert_eq!(!left.is_empty(), is_taken, "{membership:?} by {rules}");
        let ada = person("ada@acme.example", &[], &json!({"company": "Acme"}));
        let (_, left) = belonging(rules, &ada, &known);
        assert!(
            left.is_empty() || rules.is_empty(),
            "{membership:?} by {rules}"
        );
    }
}

fn steps(known: Option<&Customer>, now: &str, create: CreateCustomers) -> Vec<String> {
    let rules = settings(
        "[[default.organization]]\nname = \"Acme\"\ndomains = [\"acme.example\"]\nmanaged = false\n",
    )
    .organizations;
    let destination = Destination::ServiceDesk {
        id: "7".parse().unwrap(),
    };
    let ada = person("ada@acme.example", &[], &json!({}));
    let now: Timestamp = now.parse().unwrap();
    let plan = plan(&ada, &destination, &rules, create, known, When::visit(now));
    let word = |step| match step {
        Step::BecomeCustomer { create } => format!("become a customer, create: {create}"),
        Step::JoinServiceDesk { id } => format!("service desk {id}"),
        Step::JoinOrganization(one) => format!("organization {}", one.name),
        Step::LeaveOrganization { name, .. } => format!("out of {name}"),
        Step::Tell { fact, .. } => format!("tell {fact:?}"),
    };
    plan.steps.into_iter().map(word).collect()
}

fn customer(desks: &[&str], organization: Option<Membership>) -> Customer {
    Customer {
        service_desks: desks.iter().map(|id| id.parse().unwrap()).collect(),
        organizations: organization
            .map(|membership| ("Acme".to_owned(), membership))
            .into_iter()
            .collect(),
        ..Customer::new("qm:1:1".parse().unwrap())
    }
}

#[test]
fn a_plan_holds_what_is_missing_and_nothing_else() {
    let found: Timestamp = NOW.parse().unwrap();
    let joined = || Some(Membership::Joined("5".parse().unwrap()));
    let not_possible = || Some(Membership::NotPossible { found });
    let always = CreateCustomers::Always;
    assert_eq!(
        steps(None, NOW, always),
        [
            "become a customer, create: true",
            "service desk 7",
            "organization Acme"
        ]
    );
    assert_eq!(
        steps(None, NOW, CreateCustomers::Never)[0],
        "become a customer, create: false"
    );
    let done: [&str; 0] = [];
    assert_eq!(steps(Some(&customer(&["7"], joined())), NOW, always), done);
    assert_eq!(
        steps(Some(&customer(&["8"], joined())), NOW, always),
        ["service desk 7"]
    );
    assert_eq!(
        steps(Some(&customer(&["7"], None)), NOW, always),
        ["organization Acme"]
    );
    let known = customer(&["7"], not_possible());
    assert_eq!(steps(Some(&known), "2026-11-22T09:59:59Z", always), done);
    assert_eq!(
        steps(Some(&known), "2026-11-22T10:00:00Z", always),
        ["organization Acme"],
        "a day later it is looked for again"
    );
}
