//! `mapping`: which claim becomes what of the customer.

use super::field::Field;
use super::reader::Table;
use super::template::{Part, Source};

/// From claims to customer.
#[derive(Debug, Clone)]
pub struct MappingSettings {
    /// `email`.
    pub email: Source,
    /// `first_name`.
    pub first_name: Source,
    /// `last_name`.
    pub last_name: Source,
    /// `display_name`.
    pub display_name: Source,
    /// `username`.
    pub username: Source,
    /// `groups`: the name of the claim that lists them.
    pub groups: String,
    /// `update = "always"`: existing customers are changed too.
    pub update_existing: bool,
    /// `details`: customer detail field → source.
    pub details: Vec<(String, Source)>,
}

/// Reads `mapping`.
pub(super) fn read(table: Table<'_>) -> MappingSettings {
    let source = |key, claim: &str| {
        table
            .read(key, Field::parsed)
            .unwrap_or_else(|| Source::Claim(claim.to_owned()))
    };
    let settings = MappingSettings {
        email: source("email", "email"),
        first_name: source("first_name", "given_name"),
        last_name: source("last_name", "family_name"),
        display_name: table
            .read("display_name", Field::parsed)
            .unwrap_or_else(whole_name),
        username: source("username", "cognito:username"),
        groups: table
            .read("groups", Field::line)
            .unwrap_or_else(|| "cognito:groups".to_owned()),
        update_existing: table
            .choice("update", &[("always", true), ("new", false)])
            .unwrap_or(true),
        details: table.pairs("details", Field::parsed),
    };
    table.finish();
    settings
}

/// `{given_name} {family_name}`.
fn whole_name() -> Source {
    Source::Template(vec![
        Part::Claim("given_name".to_owned()),
        Part::Text(" ".to_owned()),
        Part::Claim("family_name".to_owned()),
    ])
}
