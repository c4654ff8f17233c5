//! `link.<slug>`: what is said of one link in the file.

use super::field::Field;
use super::names::{Group, Slug};
use super::reader::Table;

/// One link as code.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own"
)]
pub struct LinkSettings {
    /// The table's name.
    pub slug: Slug,
    /// `service_desk`: the project key, upper case.
    pub service_desk: String,
    /// `access`, with what a private link names.
    pub access: LinkAccess,
    /// `hand_over`.
    pub hand_over: HandOver,
    /// `hand_over_via = "login"`: to the portal's login address, with the destination.
    pub via_login: bool,
    /// `enforce = false` is a pilot: rules are judged and recorded but refuse nobody.
    pub enforce: bool,
    /// `approval`: whoever comes for the first time waits for an administrator.
    pub approval: bool,
    /// `enabled`.
    pub enabled: bool,
    /// `aliases`: other slugs that lead here.
    pub aliases: Vec<Slug>,
}

/// Who is let through one link.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkAccess {
    /// `[access]`, and JSM's own rules.
    #[default]
    Default,
    /// Also one of these groups or organizations.
    Private {
        /// `groups`.
        groups: Vec<Group>,
        /// `organizations`, by name.
        organizations: Vec<String>,
    },
    /// Without the domains, groups and claims of `[access]`.
    Public,
}

/// How an admitted customer reaches the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HandOver {
    /// Single sign-on by SAML 2.0, started by the service provider.
    #[default]
    Saml,
    /// The native portal asks for its own login.
    Gate,
}

/// Reads one `link.<slug>`.
pub(super) fn read(name: &str, table: Table<'_>) -> Option<LinkSettings> {
    let slug = table.named(name);
    let service_desk = table.required("service_desk", project_key);
    let flag = |key| table.read(key, Field::flag).unwrap_or(true);
    let (enforce, enabled) = (flag("enforce"), flag("enabled"));
    let hand_over = table.choice(
        "hand_over",
        &[("saml", HandOver::Saml), ("gate", HandOver::Gate)],
    );
    let via_login = table.choice("hand_over_via", &[("direct", false), ("login", true)]);
    if hand_over == Some(HandOver::Gate) && via_login == Some(true) {
        table.warn("hand_over_via", "does nothing where hand_over is \"gate\"");
    }
    let approval = table.read("approval", Field::flag).unwrap_or(false);
    let access = access(&table);
    let aliases = table.parsed_list("aliases");
    table.finish();
    Some(LinkSettings {
        slug: slug?,
        service_desk: service_desk?,
        access,
        hand_over: hand_over.unwrap_or_default(),
        via_login: via_login.unwrap_or(false),
        enforce,
        approval,
        enabled,
        aliases,
    })
}

/// `access`, `groups` and `organizations`, which belong together.
fn access(table: &Table<'_>) -> LinkAccess {
    #[derive(Clone, Copy, PartialEq)]
    enum Word {
        Default,
        Private,
        Public,
    }
    let words = [
        ("default", Word::Default),
        ("private", Word::Private),
        ("public", Word::Public),
    ];
    let word = table.choice("access", &words).unwrap_or(Word::Default);
    let groups = table.groups("groups");
    let organizations = table.list("organizations", Field::line);
    let named = table.has("groups") || table.has("organizations");
    match word {
        Word::Private if !named => table.complain(
            "access",
            "is private, but no groups or organizations are named",
        ),
        Word::Default | Word::Public if named => {
            table.complain(
                "access",
                "must be \"private\" where groups or organizations are named",
            );
        }
        _ => {}
    }
    match word {
        Word::Default => LinkAccess::Default,
        Word::Public => LinkAccess::Public,
        Word::Private => LinkAccess::Private {
            groups,
            organizations,
        },
    }
}

/// A project key, upper case (Atlassian: a letter, then letters, digits and underscores).
fn project_key(field: &Field<'_>) -> Result<String, String> {
    let key = field.line()?.to_ascii_uppercase();
    let first = key.starts_with(|c: char| c.is_ascii_uppercase());
    let rest = key
        .bytes()
        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    if first && rest {
        Ok(key)
    } else {
        Err("must be a project key such as HELP".to_owned())
    }
}
