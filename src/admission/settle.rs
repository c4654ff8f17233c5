//! What the record of a customer says once nothing more is to be done now: what nobody wants any more is waited for no longer. Pure.

use crate::settings::OrganizationSettings;

use super::cause::Scope;
use super::customer::Customer;
use super::details::Fact;
use super::membership::{By, Membership};
use super::organizations::Belonging;

/// What is wanted of a customer now.
pub(super) struct Wanted<'a> {
    pub(super) rules: &'a [OrganizationSettings],
    pub(super) organizations: &'a [Belonging],
    pub(super) facts: &'a [(Fact, Vec<String>)],
    /// What of it may be done, where it is not the customer who is there.
    pub(super) scope: Option<&'a Scope>,
}

impl Customer {
    /// The same without what no longer waits or counts.
    pub(super) fn settled(&self, wanted: &Wanted<'_>) -> Self {
        let mut settled = self.clone();
        settled.settle_organizations(wanted);
        settled.settle_facts(wanted);
        match wanted.scope {
            None => settled.came_in |= !settled.has_come_in(),
            Some(Scope::Desks(desks)) => settled.desks_put_off.retain(|id, _| desks.contains(id)),
            Some(Scope::LeavesAlone) => settled.desks_put_off.clear(),
        }
        settled.new &= settled.waits() || !settled.has_its_defaults(wanted.organizations);
        settled
    }

    fn settle_organizations(&mut self, wanted: &Wanted<'_>) {
        let by_name = |name: &str| wanted.organizations.iter().find(|one| one.name == name);
        let before = self.organizations.clone();
        let is_kept_by_another_name = |membership: &Membership| {
            let mut others = before.iter();
            membership.id().is_some()
                && others.any(|(name, other)| {
                    by_name(name).is_some() && other.is_member() && other.id() == membership.id()
                })
        };
        let leaves_alone = wanted.scope == Some(&Scope::LeavesAlone);
        self.organizations.retain(|name, membership| {
            if by_name(name).is_none() && is_kept_by_another_name(membership) {
                return false;
            }
            !membership.is_open() || (by_name(name).is_some() && !leaves_alone)
        });
        for (name, membership) in &mut self.organizations {
            if let Some(one) = by_name(name) {
                membership.is_given_by(&one.by);
            }
            let is_wanted = by_name(name).is_some();
            membership.settle(is_wanted, wanted.rules, name);
            if is_wanted && leaves_alone {
                membership.wait_no_more();
            }
        }
    }

    /// What could not be told and is not to be told any more.
    fn settle_facts(&mut self, wanted: &Wanted<'_>) {
        let leaves_alone = wanted.scope == Some(&Scope::LeavesAlone);
        for told in &mut self.told {
            let still = wanted
                .facts
                .iter()
                .any(|(fact, values)| *fact == told.fact && *values != told.values);
            if leaves_alone || !still {
                told.failed = None;
            }
        }
        // What was never told and never will be.
        self.told
            .retain(|told| told.failed.is_some() || !told.values.is_empty());
    }

    /// Whether a new customer has what new customers get, or gets nothing by default.
    fn has_its_defaults(&self, wanted: &[Belonging]) -> bool {
        let has = |name: &str| {
            let membership = self.organizations.get(name);
            membership.is_some_and(Membership::is_member)
        };
        let mut defaults = wanted.iter().filter(|one| one.by == By::Default);
        defaults.all(|one| has(&one.name))
    }
}
