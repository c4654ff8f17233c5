//! `[[organization]]`: who belongs to which JSM organization.

use super::field::Field;
use super::names::{DomainRule, Group};
use super::reader::Table;

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
    /// `managed`: whoever leaves the rule is taken out of the organization, if the front door put them in.
    pub managed: bool,
    /// `default_for`: who belongs to it by no rule but this.
    pub default_for: Option<DefaultFor>,
}

/// Who belongs to an organization when no other rule gives them one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultFor {
    /// Every customer.
    All,
    /// Customers whom the front door makes.
    New,
}

impl OrganizationSettings {
    /// Whether the rule gives an organization that a claim names.
    #[must_use]
    pub fn is_named_by(&self, claim: &str) -> bool {
        matches!(&self.claim, Some((name, None)) if name == claim)
    }
}

/// Reads one `[[organization]]`.
pub(super) fn read(table: Table<'_>) -> OrganizationSettings {
    let settings = OrganizationSettings {
        name: table
            .read_unless_empty("name", Field::line)
            .unwrap_or_default(),
        domains: table.parsed_list("domains"),
        groups: table.groups("groups"),
        claim: table.read_unless_empty("claim", claim),
        create: table.read("create", Field::flag).unwrap_or(true),
        managed: table.read("managed", Field::flag).unwrap_or(true),
        default_for: table.read_unless_empty("default_for", default_for),
    };
    complain_of_shape(&table, &settings);
    table.finish();
    settings
}

fn default_for(field: &Field<'_>) -> Result<DefaultFor, String> {
    match field.line()?.as_str() {
        "all" => Ok(DefaultFor::All),
        "new" => Ok(DefaultFor::New),
        _ => Err("must be \"all\", \"new\" or empty".to_owned()),
    }
}

/// `name`, or `name = value`.
fn claim(field: &Field<'_>) -> Result<(String, Option<String>), String> {
    let text = field.line()?;
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name.trim(), Some(value.trim())),
        None => (text.trim(), None),
    };
    if name.is_empty() || value.is_some_and(str::is_empty) {
        return Err("must be a claim's name, or `name = value`".to_owned());
    }
    Ok((name.to_owned(), value.map(str::to_owned)))
}

fn complain_of_shape(table: &Table<'_>, settings: &OrganizationSettings) {
    let names_it = matches!(settings.claim, Some((_, None)));
    let has_rule = settings.claim.is_some()
        || !settings.domains.is_empty()
        || !settings.groups.is_empty()
        || settings.default_for.is_some();
    if settings.name.is_empty() && !names_it {
        table.complain(
            "name",
            "is required, unless a claim without a value names the organization",
        );
    } else if !settings.name.is_empty() && names_it {
        table.complain(
            "claim",
            "names the organization, and so does `name`; give the claim a value or remove `name`",
        );
    }
    if names_it && !(settings.domains.is_empty() && settings.groups.is_empty()) {
        table.complain(
            "claim",
            "names the organization by itself; domains and groups belong to a rule of their own, with a `name`",
        );
    }
    if names_it && settings.default_for.is_some() {
        table.complain(
            "default_for",
            "needs an organization with a `name`: whoever comes under no rule has no claim that names one",
        );
    }
    if !has_rule {
        table.complain_of_all(
            "says nobody belongs to it: set domains, groups, claim or default_for",
        );
    }
}
