//! Which JSM organizations an identity belongs to, by the `[[organization]]` rules. Pure.

use crate::identity::{EmailAddress, Identity};
use crate::settings::OrganizationSettings;
use crate::settings::organization::DefaultFor;

use super::customer::{Customer, IdentityKey};
use super::membership::{By, Membership};
use super::policy::says;

/// The longest organization name that JSM takes.
const LONGEST_NAME: usize = 200;

/// One organization that somebody belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Belonging {
    /// The organization's name at JSM.
    pub name: String,
    /// Whether it may be made when JSM has none of this name.
    pub create: bool,
    /// What gives it.
    pub by: By,
    /// Whether it is taken away when nothing gives it any more.
    pub managed: bool,
}

/// Every organization that a rule gives this identity, each once, in the order of the rules. Those of [`DefaultFor`] are no part of it: what everybody
/// has who comes under no rule opens no private link.
#[must_use]
pub fn of(identity: &Identity, rules: &[OrganizationSettings]) -> Vec<Belonging> {
    let mut found = Vec::new();
    for rule in rules {
        for (name, by) in names(identity, rule) {
            add(&mut found, name, by, rule);
        }
    }
    found
}

/// The organizations that rules give whoever has this address, before anybody has come with it.
pub fn of_address<'a>(
    email: &EmailAddress,
    rules: &'a [OrganizationSettings],
) -> impl Iterator<Item = &'a str> {
    let domain = email.domain().to_owned();
    let given = rules
        .iter()
        .filter(move |rule| rule.domains.iter().any(|one| one.holds(&domain)));
    given.map(|rule| rule.name.as_str())
}

/// Every organization that a customer is to be in: by rules, by default and by invitation. Who is not `known` is taken to be new.
#[must_use]
pub fn wanted(
    identity: &Identity,
    rules: &[OrganizationSettings],
    known: Option<&Customer>,
) -> Vec<Belonging> {
    let mut found = of(identity, rules);
    by_others(&mut found, identity, rules, known);
    if found.is_empty() {
        for rule in rules.iter().filter(|rule| is_default(rule, known)) {
            add(&mut found, rule.name.clone(), By::Default, rule);
        }
    }
    let invited = known.into_iter().flat_map(|customer| &customer.invited);
    for name in invited {
        if !found.iter().any(|one| one.name == *name) {
            found.push(Belonging {
                name: name.clone(),
                create: true,
                by: By::Invitation,
                managed: false,
            });
        }
    }
    found
}

/// What rules gave the other identities of the same customer when these were last seen.
fn by_others(
    found: &mut Vec<Belonging>,
    identity: &Identity,
    rules: &[OrganizationSettings],
    known: Option<&Customer>,
) {
    let own = IdentityKey::from(identity).name();
    let others = known.into_iter().flat_map(|known| &known.by_identity);
    for (name, by) in others
        .filter(|(who, _)| **who != own)
        .flat_map(|(_, all)| all)
    {
        if !found.iter().any(|one| one.name == *name) {
            let rule = rules.iter().find(|rule| gives(rule, name, by));
            found.extend(rule.map(|rule| Belonging {
                name: name.clone(),
                create: rule.create,
                by: by.clone(),
                managed: rule.managed,
            }));
        }
    }
}

/// Whether the rule can give an organization for this reason at all.
fn gives(rule: &OrganizationSettings, name: &str, by: &By) -> bool {
    match by {
        By::Rule => rule.name == name,
        By::Claim(claim) => rule.is_named_by(claim),
        By::Default | By::Invitation => false,
    }
}

/// Whether some rule takes away what the front door once gave for this reason.
#[must_use]
pub fn takes_away(rules: &[OrganizationSettings], name: &str, by: &By) -> bool {
    let mut managed = rules.iter().filter(|rule| rule.managed);
    match by {
        By::Rule | By::Default => managed.any(|rule| rule.name == name),
        By::Claim(claim) => managed.any(|rule| rule.is_named_by(claim)),
        By::Invitation => false,
    }
}

/// Whether Jira has to be asked if somebody whom it had before is in this organization: it may be taken away again, and is not for new customers alone.
pub(super) fn is_asked_about(rules: &[OrganizationSettings], one: &Belonging) -> bool {
    let is_for_new = |rule: &OrganizationSettings| {
        rule.name == one.name && rule.default_for == Some(DefaultFor::New)
    };
    let is_for_new_alone = one.by == By::Default && rules.iter().any(is_for_new);
    !is_for_new_alone && takes_away(rules, &one.name, &one.by)
}

fn add(found: &mut Vec<Belonging>, name: String, by: By, rule: &OrganizationSettings) {
    if !found.iter().any(|one| one.name == name) {
        found.push(Belonging {
            name,
            create: rule.create,
            by,
            managed: rule.managed,
        });
    }
}

/// Whether the rule gives its organization to this customer by default. Who once got one as a new customer keeps it for as long as no rule gives another.
fn is_default(rule: &OrganizationSettings, known: Option<&Customer>) -> bool {
    let has_it = |customer: &Customer| {
        let membership = customer.organizations.get(&rule.name);
        matches!(
            membership,
            Some(Membership::Given {
                by: By::Default,
                ..
            })
        )
    };
    match rule.default_for {
        Some(DefaultFor::All) => true,
        Some(DefaultFor::New) => known.is_none_or(|customer| customer.new || has_it(customer)),
        None => false,
    }
}

fn names(identity: &Identity, rule: &OrganizationSettings) -> Vec<(String, By)> {
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
        names.push((rule.name.clone(), By::Rule));
    }
    names
}

/// A claim that names the organization itself. Names that JSM would not take are left out.
fn named_by(identity: &Identity, claim: &str) -> Vec<(String, By)> {
    identity
        .claims
        .list(claim)
        .into_iter()
        .map(|name| name.trim().to_owned())
        .filter(|name| is_a_name(name))
        .map(|name| (name, By::Claim(claim.to_owned())))
        .collect()
}

/// Whether JSM would take it as an organization's name.
pub(super) fn is_a_name(name: &str) -> bool {
    !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control)
}
