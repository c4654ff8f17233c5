//! What somebody typed into a form of the desk and nobody has read yet, in the words of that form; secrets masked.

use crate::admin::form::{Kind, Section};
use crate::admin::{links, organizations, pages, providers, service_providers};
use crate::settings::{MASK, masked, names_a_secret};

use super::lookup::sheets;

/// The label of a field of the form that is posted to this page, and what its value means.
pub(in crate::admin) fn typed(page: &str, name: &str, value: &str) -> (String, String) {
    let sections = sections(page);
    let mut specs = sections
        .into_iter()
        .flatten()
        .flat_map(|section| section.fields);
    match specs.find(|spec| spec.key == name) {
        Some(spec) => {
            let label = spec.label.trim_end_matches('?').to_owned();
            (label, meaning(spec.kind, name, value))
        }
        None => (from_name(name), plain(name, value)),
    }
}

/// Every section that may be in that form.
fn sections(page: &str) -> Vec<&'static [Section]> {
    let path = page.split('?').next().unwrap_or(page);
    let Some(below) = path
        .strip_prefix("/admin/")
        .or_else(|| path.strip_prefix("/setup/"))
    else {
        return Vec::new();
    };
    let address = format!("/admin/{below}");
    if let Some(sheet) = sheets().find(|sheet| sheet.address == address) {
        return vec![sheet.sections];
    }
    match below.split('/').next().unwrap_or_default() {
        "links" => vec![links::fields::SECTIONS],
        "organizations" => vec![organizations::SECTIONS],
        "provider" | "providers" => {
            let kinds = providers::kinds::KINDS.iter();
            named_first(page, kinds.map(|kind| (kind.name, kind.sections)))
        }
        "service-providers" => {
            let kinds = service_providers::kinds::KINDS.iter();
            named_first(page, kinds.map(|kind| (kind.word, kind.sections)))
        }
        "account" => vec![pages::account::PAGE.sheet().sections],
        _ => Vec::new(),
    }
}

/// Of these kinds, one that the address names is first.
fn named_first(
    page: &str,
    kinds: impl Iterator<Item = (&'static str, &'static [Section])>,
) -> Vec<&'static [Section]> {
    let (mut named, others): (Vec<_>, Vec<_>) = kinds.partition(|(word, _)| page.contains(word));
    named.extend(others);
    named.into_iter().map(|(_, sections)| sections).collect()
}

fn meaning(kind: Kind, name: &str, value: &str) -> String {
    let meant = match kind {
        Kind::Choice(words) => words.iter().find(|(word, _)| *word == value),
        Kind::Flag(_, yes, no) => {
            return match value {
                "true" => yes.to_owned(),
                "false" => no.to_owned(),
                _ => plain(name, value),
            };
        }
        _ => None,
    };
    meant.map_or_else(|| plain(name, value), |(_, meaning)| (*meaning).to_owned())
}

fn plain(name: &str, value: &str) -> String {
    if !value.is_empty() && names_a_secret(name) {
        MASK.to_owned()
    } else {
        masked(value)
    }
}

/// A field that is no setting: its name tells enough.
fn from_name(name: &str) -> String {
    let words = name.replace(['_', '-'], " ");
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_called_as_their_form_calls_them_and_secrets_are_masked() {
        for (page, name, value, label, shown) in [
            (
                "/admin/organizations/new",
                "create",
                "true",
                "When Jira has none of this name",
                "Create it",
            ),
            ("/admin/account", "api_token", "x1", "API token", MASK),
            ("/setup/account", "api_token", "x1", "API token", MASK),
            ("/admin/account", "api_token", "", "API token", ""),
            (
                "/admin/providers/okta",
                "issuer",
                "https://a.test",
                "Issuer",
                "https://a.test",
            ),
            (
                "/setup/provider?kind=okta",
                "client_secret",
                "x1",
                "Client secret",
                MASK,
            ),
            ("/admin/links/help", "aliases", "a\nb", "Aliases", "a\nb"),
            ("/admin/else", "Pass_word", "x1", "Pass word", "x1"),
            ("/admin/else", "Password", "x1", "Password", MASK),
            (
                "/admin/transfer",
                "settings",
                "api_token = \"\"\"\nx1\"\"\"\ntoken_kind = \"classic\"",
                "Settings",
                "api_token = ••••••••\ntoken_kind = \"classic\"",
            ),
            (
                "/admin/preview",
                "claims",
                "{\"token_use\": 1}",
                "Claims",
                "{\"token_use\": 1}",
            ),
        ] {
            let told = typed(page, name, value);
            assert_eq!(told, (label.to_owned(), shown.to_owned()), "{page} {name}");
        }
    }

    #[test]
    fn what_is_no_secret_is_shown() {
        for (name, value) in [("token_kind", "other"), ("token_expires", "2027-01-01")] {
            assert_eq!(typed("/admin/account", name, value).1, value);
        }
        let (_, kind) = typed("/admin/account", "token_kind", "classic");
        assert_ne!(kind, MASK);
    }
}
