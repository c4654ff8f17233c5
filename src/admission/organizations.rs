//! Which JSM organizations an identity belongs to, by the `[[organization]]` rules. Pure.

use crate::identity::Identity;
use crate::settings::OrganizationSettings;

use super::policy::says;

/// The longest organization name that JSM takes.
const LONGEST_NAME: usize = 200;

/// One organization that a rule gives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Belonging {
    /// The organization's name at JSM.
    pub name: String,
    /// Whether it may be made when JSM has none of this name.
    pub create: bool,
}

/// Every organization of this identity, each once, in the order of the rules.
#[must_use]
pub fn of(identity: &Identity, rules: &[OrganizationSettings]) -> Vec<Belonging> {
    let mut found: Vec<Belonging> = Vec::new();
    for rule in rules {
        for name in names(identity, rule) {
            if !found.iter().any(|one| one.name == name) {
                found.push(Belonging {
                    name,
                    create: rule.create,
                });
            }
        }
    }
    found
}

fn names(identity: &Identity, rule: &OrganizationSettings) -> Vec<String> {
    let by_domain = rule
        .domains
        .iter()
        .any(|domain| domain.holds(identity.email.domain()));
    let by_group = rule
        .groups
        .iter()
        .any(|group| identity.groups.contains(group));
    let (by_claim, mut names) = match &rule.claim {
        Some((claim, Some(value))) => (says(&identity.claims, claim, value), Vec::new()),
        Some((claim, None)) => (false, named_by(identity, claim)),
        None => (false, Vec::new()),
    };
    if by_domain || by_group || by_claim {
        names.push(rule.name.clone());
    }
    names
}

/// A claim that names the organization itself. Names that JSM would not take are left out.
fn named_by(identity: &Identity, claim: &str) -> Vec<String> {
    identity
        .claims
        .list(claim)
        .into_iter()
        .map(|name| name.trim().to_owned())
        .filter(|name| is_a_name(name))
        .collect()
}

/// Whether JSM would take it as an organization's name.
pub(super) fn is_a_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= LONGEST_NAME
        && !name.chars().any(char::is_control)
}
