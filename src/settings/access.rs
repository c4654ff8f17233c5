//! `access`: the rules that hold at every link.

use ipnet::IpNet;

use super::field::Field;
use super::hours::Hours;
use super::names::{DomainRule, Group};
use super::network::network;
use super::reader::Table;

/// Whoever logs in with another account needs two, and may mistype once.
const LEAST_ATTEMPTS: u32 = 3;

/// More attempts a minute than any server answers: no limit at all.
const MOST_ATTEMPTS: u32 = 1_000_000;

/// More new customers an hour than any site takes: no limit at all.
const MOST_FIRST_TIMES: u32 = 1_000_000;

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
    /// `networks`: where people must come from; empty is anywhere.
    pub networks: Vec<IpNet>,
    /// `hours`: when they may come; `None` is always.
    pub hours: Option<Hours>,
    /// `disposable = "allow"`.
    pub allow_disposable: bool,
    /// `disposable_domains`: throw-away domains beside those that are known.
    pub disposable_domains: Vec<DomainRule>,
    /// `not_disposable`: domains that are none, whatever is known of them.
    pub not_disposable: Vec<DomainRule>,
    /// `create_customers`.
    pub create_customers: CreateCustomers,
    /// `first_time_per_hour`: new customers, a link.
    pub first_time_per_hour: u32,
    /// `attempts_per_minute`: login attempts, an address.
    pub attempts_per_minute: u32,
}

/// Whether people who are no customers yet may become ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CreateCustomers {
    /// Everybody whom the rules admit.
    #[default]
    Always,
    /// Those who have an invitation.
    Invited,
    /// Nobody, invited or not: only existing customers come in.
    Never,
}

impl CreateCustomers {
    /// Whether somebody may become one, invited or not.
    #[must_use]
    pub fn creates(self, is_invited: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Invited => is_invited,
            Self::Never => false,
        }
    }
}

/// Reads `access`.
pub(super) fn read(table: Table<'_>) -> AccessSettings {
    let settings = AccessSettings {
        domains: table.parsed_list("domains"),
        blocked_domains: table.parsed_list("blocked_domains"),
        groups: table.groups("groups"),
        claims: table.pairs("claims", Field::line),
        networks: table.list("networks", network),
        hours: table.read_unless_empty("hours", Field::parsed),
        allow_disposable: table
            .choice("disposable", &[("refuse", false), ("allow", true)])
            .unwrap_or(false),
        disposable_domains: table.parsed_list("disposable_domains"),
        not_disposable: table.parsed_list("not_disposable"),
        create_customers: table
            .choice(
                "create_customers",
                &[
                    ("always", CreateCustomers::Always),
                    ("invited", CreateCustomers::Invited),
                    ("never", CreateCustomers::Never),
                ],
            )
            .unwrap_or_default(),
        first_time_per_hour: table
            .read("first_time_per_hour", |field| {
                field.count(1, MOST_FIRST_TIMES)
            })
            .unwrap_or(200),
        // A whole office may share one address.
        attempts_per_minute: table
            .read("attempts_per_minute", |field| {
                field.count(LEAST_ATTEMPTS, MOST_ATTEMPTS)
            })
            .unwrap_or(600),
    };
    table.finish();
    settings
}
