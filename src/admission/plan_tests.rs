//! Who belongs to which organization, and what is left to do for whom.

use jiff::Timestamp;
use serde_json::json;

use super::customer::Customer;
use super::membership::{By, Membership, When};
use super::organizations;
use super::plan::{Destination, Step, plan};
use super::rules_tests::{person, settings};
use crate::identity::Identity;
use crate::settings::access::CreateCustomers;

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
