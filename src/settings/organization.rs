//! `[[organization]]`: who belongs to which JSM organization.

use super::field::Field;
use super::names::{DomainRule, Group};
use super::not_yet;
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
    };
    if table.read("managed", Field::flag) != Some(false) {
        table.complain("managed", not_yet::MANAGED);
    }
    complain_of_shape(&table, &settings);
    table.finish();
    settings
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
    let has_rule =
        settings.claim.is_some() || !settings.domains.is_empty() || !settings.groups.is_empty();
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
    if !has_rule {
        table.complain_of_all("says nobody belongs to it: set domains, groups or claim");
    }
}
