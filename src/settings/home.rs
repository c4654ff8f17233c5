//! `home`: what the start page is.

use super::Slug;
use super::field::Field;
use super::reader::Table;

/// Where people begin, and where they end up without a link.
#[derive(Debug, Clone, Default)]
pub struct HomeSettings {
    /// `land`: the link where a login ends that no link began; the start page when not set.
    pub land: Option<Slug>,
    /// `welcome`.
    pub welcome: Welcome,
}

/// What somebody sees at the start page who is not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Welcome {
    /// A page with the ways to sign in.
    #[default]
    Page,
    /// The login at once, where there is one provider.
    Login,
}

/// Reads `home`.
pub(super) fn read(table: Table<'_>) -> HomeSettings {
    let settings = HomeSettings {
        land: table.read_unless_empty("land", Field::parsed),
        welcome: table
            .choice(
                "welcome",
                &[("page", Welcome::Page), ("login", Welcome::Login)],
            )
            .unwrap_or_default(),
    };
    table.finish();
    settings
}
