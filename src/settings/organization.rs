//! `[[organization]]`: who belongs to which JSM organization.

use super::names::{DomainRule, Group};

/// One rule.
#[derive(Debug, Clone)]
pub struct OrganizationSettings {
    /// `name`; empty when the claim names the organization.
    pub name: String,
    /// `domains`.
    pub domains: Vec<DomainRule>,
    /// `groups`.
    pub groups: Vec<Group>,
    /// `claim`: its name, and the value it must have (`None`: the value is the organization's name).
    pub claim: Option<(String, Option<String>)>,
    /// `create`: made when it does not exist.
    pub create: bool,
}
