//! `access`: the rules that hold at every link.

use super::names::{DomainRule, Group};

/// Who may come in.
#[derive(Debug, Clone, Default)]
pub struct AccessSettings {
    /// `domains`: empty is any.
    pub domains: Vec<DomainRule>,
    /// `blocked_domains`.
    pub blocked_domains: Vec<DomainRule>,
    /// `groups`: one of these; empty is any.
    pub groups: Vec<Group>,
    /// `claims`: each of these, by name and exact value.
    pub claims: Vec<(String, String)>,
    /// `disposable = "allow"`.
    pub allow_disposable: bool,
    /// `create_customers`.
    pub create_customers: CreateCustomers,
    /// `attempts_per_minute`: login attempts, an address.
    pub attempts_per_minute: u32,
}

/// Whether people who are no customers yet may become ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CreateCustomers {
    /// Everybody whom the rules admit.
    #[default]
    Always,
    /// Nobody: only existing customers come in.
    Never,
}
