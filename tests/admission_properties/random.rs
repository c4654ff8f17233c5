//! Random rules, people and records.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use front_door::admission::customer::Customer;
use front_door::admission::membership::{By, Membership};
use front_door::identity::Identity;
use front_door::settings::{OrganizationSettings, Settings};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::json;

/// Names of organizations: few, so that rules, claims and records meet.
pub(crate) const NAMES: [&str; 5] = ["Acme", "Billing", "Partners", "Staff", "Guests"];

/// Groups and domains are as few.
pub(crate) const GROUPS: [&str; 2] = ["billing", "staff"];

pub(crate) const DOMAINS: [&str; 2] = ["acme.example", "other.example"];

/// The text of one `[[organization]]`.
fn rule() -> impl Strategy<Value = String> {
    let reason = prop_oneof![
        prop::sample::select(&DOMAINS[..]).prop_map(|domain| format!("domains = [{domain:?}]")),
        prop::sample::select(&GROUPS[..]).prop_map(|group| format!("groups = [{group:?}]")),
        Just("claim = \"custom:tier = gold\"".to_owned()),
        Just("default_for = \"all\"".to_owned()),
        Just("default_for = \"new\"".to_owned()),
    ];
    let named = (prop::sample::select(&NAMES[..]), reason)
        .prop_map(|(name, reason)| format!("name = {name:?}\n{reason}"));
    let by_claim = Just("claim = \"custom:company\"".to_owned());
    let what = prop_oneof![4 => named, 1 => by_claim];
    (what, any::<bool>(), any::<bool>()).prop_map(|(what, create, managed)| {
        format!("[[default.organization]]\n{what}\ncreate = {create}\nmanaged = {managed}\n")
    })
}

/// The text of all rules.
pub(crate) fn rules() -> impl Strategy<Value = String> {
    prop::collection::vec(rule(), 0..6).prop_map(|all| all.concat())
}

/// The same as they are read.
pub(crate) fn read(rules: &str) -> Vec<OrganizationSettings> {
    let mut text = rules.to_owned();
    writeln!(text, "[default.provider.cognito]\nissuer = \"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A\"\ndomain = \"acme.auth.eu-west-1.amazoncognito.com\"\nclient_id = \"a\"").unwrap();
    let read = Settings::from_toml(&text, std::path::Path::new("."));
    let read = read.unwrap_or_else(|problems| panic!("{problems}\n{text}"));
    read.settings.organizations
}

/// What the provider says of somebody.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) domain: &'static str,
    pub(crate) groups: Vec<&'static str>,
    pub(crate) custom: BTreeMap<&'static str, &'static str>,
}

pub(crate) fn said() -> impl Strategy<Value = Said> {
    let groups = prop::sample::subsequence(&GROUPS[..], 0..=GROUPS.len());
    let domain = prop::sample::select(&DOMAINS[..]);
    let company = prop::option::of(prop::sample::select(&NAMES[..]));
    (domain, groups, company, any::<bool>()).prop_map(|(domain, groups, company, is_gold)| {
        let tier = is_gold.then_some(("tier", "gold"));
        let company = company.map(|company| ("company", company));
        Said {
            domain,
            groups,
            custom: tier.into_iter().chain(company).collect(),
        }
    })
}

impl Said {
    pub(crate) fn identity(&self) -> Identity {
        let groups: Vec<_> = self
            .groups
            .iter()
            .map(|group| json!({ "provider": "cognito", "name": group }))
            .collect();
        let claims: BTreeMap<String, &str> = self
            .custom
            .iter()
            .map(|(name, value)| (format!("custom:{name}"), *value))
            .collect();
        serde_json::from_value(json!({
            "provider": "cognito", "subject": "1", "email": format!("ada@{}", self.domain), "display_name": "Ada",
            "first_name": null, "last_name": null, "username": null,
            "groups": groups, "claims": claims, "auth_time": null,
        }))
        .unwrap()
    }
}

/// The time of all plans.
pub(crate) fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn membership() -> impl Strategy<Value = Membership> {
    let id = (1_u8..9).prop_map(|id| id.to_string().parse().unwrap());
    let by = prop_oneof![
        Just(By::Rule),
        Just(By::Claim("custom:company".to_owned())),
        Just(By::Default),
        Just(By::Invitation),
    ];
    let ago = (0_i64..48).prop_map(|hours| now() - SignedDuration::from_hours(hours));
    let failed = prop::option::of(ago.clone());
    (0_u8..5, id, by, ago, failed).prop_map(|(kind, id, by, at, failed)| match kind {
        0 => Membership::Joined(id),
        1 => Membership::Giving { id, by, failed },
        2 => Membership::Given {
            id,
            by,
            kept: failed,
        },
        3 => Membership::NotPossible { found: at },
        _ => Membership::PutOff { at },
    })
}

/// What is kept of somebody, if anything is.
pub(crate) fn known() -> impl Strategy<Value = Option<Customer>> {
    let names = prop::sample::select(&NAMES[..]).prop_map(str::to_owned);
    let organizations = prop::collection::btree_map(names.clone(), membership(), 0..5);
    let invited = prop::collection::btree_set(names, 0..2);
    let customer = (organizations, invited, any::<[bool; 3]>()).prop_map(
        |(organizations, invited, [came_in, new, has_desk])| {
            let id = "qm:1".parse().unwrap();
            let service_desks = has_desk.then(|| "4".parse().unwrap());
            Customer {
                organizations,
                invited,
                came_in,
                new,
                service_desks: service_desks.into_iter().collect(),
                ..Customer::new(id)
            }
        },
    );
    prop::option::of(customer)
}
