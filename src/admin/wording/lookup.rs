//! From a setting's key to its page and its field.

use crate::admin::form::{Kind, Section, Spec};
use crate::admin::{links, logo, mapping, organizations, pages, providers, service_providers};
use crate::settings::{Edit, Outside, ProviderName, Saved, Slug};

use super::Sheet;

/// Settings without a field: an import alone brings them.
const ACCOUNT_WITHOUT_FIELDS: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[
        Spec {
            key: "gateway",
            label: "Address of Atlassian’s API gateway",
            hint: "",
            kind: Kind::Text(""),
        },
        Spec {
            key: "auth",
            label: "Address where Atlassian gives out tokens",
            hint: "",
            kind: Kind::Text(""),
        },
    ],
}];

/// Where a setting stands in the desk.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::admin) struct Spot {
    /// The page, with the name of what it is about.
    pub(in crate::admin) page: String,
    pub(in crate::admin) address: String,
    /// The field.
    pub(in crate::admin) label: String,
}

/// What the keys of some settings are called.
pub(in crate::admin) struct Lookup<'a> {
    /// What says of which kind a provider or service provider is.
    about: Saved,
    outside: &'a Outside,
}

/// A page with its fields.
struct Page {
    name: String,
    address: String,
    sections: Vec<&'static [Section]>,
}

impl<'a> Lookup<'a> {
    /// For these settings.
    pub(in crate::admin) fn of(about: Saved, outside: &'a Outside) -> Self {
        Self { about, outside }
    }

    /// For these edits too, of which nothing may be saved (any more).
    pub(super) fn with(mut self, edits: &[Edit]) -> Self {
        for edit in edits {
            let path: Vec<&str> = edit.path().iter().map(String::as_str).collect();
            let value = edit.after().or(edit.before()).cloned();
            self.about = self.about.with_value(&path, value);
        }
        self
    }

    /// What a mistake is about, by the key that it names.
    pub(in crate::admin) fn spot_of(&self, key: &str) -> Option<Spot> {
        let plain: Vec<&str> = key.split('.').map(without_index).collect();
        self.spot(&plain).map(|(spot, _)| spot)
    }

    /// Where a setting stands, and what it holds.
    pub(super) fn spot(&self, path: &[&str]) -> Option<(Spot, Kind)> {
        let (page, rest) = self.page(path)?;
        let mut all = page.sections.iter().copied().flatten();
        let (label, kind) = all.find_map(|section| field(section, &rest))?;
        let spot = Spot {
            page: page.name,
            address: page.address,
            label,
        };
        Some((spot, kind))
    }

    /// What a table with a name is called, with its page.
    pub(super) fn named(&self, table: &str, name: &str) -> Option<(String, String)> {
        let path = match table {
            "saml" => vec![table, "service_provider", name, ""],
            _ => vec![table, name, ""],
        };
        self.page(&path).map(|(page, _)| (page.name, page.address))
    }

    fn page(&self, path: &[&str]) -> Option<(Page, String)> {
        let (page, rest) = match path {
            ["provider", name, rest @ ..] => (self.provider(name), rest),
            ["saml", "service_provider", name, rest @ ..] => (self.service_provider(name), rest),
            ["link", slug, rest @ ..] => (link(slug), rest),
            ["organization", rest @ ..] => (organization(), rest),
            _ => return sheet(&path.join(".")),
        };
        Some((page, rest.join(".")))
    }

    fn provider(&self, name: &str) -> Page {
        let key = |key| format!("provider.{name}.{key}");
        let set = |one| self.outside.locked(&key(one)).is_some();
        let own = providers::kinds::of(name, &self.about, set("domain") || set("user_pool"));
        let others = providers::kinds::KINDS.iter().map(|kind| kind.sections);
        Page {
            name: format!("Identity provider {name}"),
            address: below("/admin/providers", name.parse::<ProviderName>().ok()),
            sections: std::iter::once(own.sections).chain(others).collect(),
        }
    }

    fn service_provider(&self, name: &str) -> Page {
        let path = ["saml", "service_provider", name, "kind"];
        let kind = self.about.value(&path).and_then(toml::Value::as_str);
        let all = &service_providers::kinds::KINDS;
        let own = all.iter().find(|one| Some(one.word) == kind);
        let sections = own.into_iter().chain(all).map(|kind| kind.sections);
        Page {
            name: format!("Service provider {name}"),
            address: below("/admin/service-providers", name.parse::<Slug>().ok()),
            sections: std::iter::once(service_providers::kinds::FIXED)
                .chain(sections)
                .collect(),
        }
    }
}

fn link(slug: &str) -> Page {
    Page {
        name: format!("Link {slug}"),
        address: below("/admin/links", slug.parse::<Slug>().ok()),
        sections: vec![links::fields::SECTIONS, links::fields::FIXED],
    }
}

fn organization() -> Page {
    Page {
        name: "Organizations".to_owned(),
        address: organizations::ADDRESS.to_owned(),
        sections: vec![organizations::SECTIONS],
    }
}

/// A name that is none has no page of its own.
fn below(list: &str, name: Option<impl std::fmt::Display>) -> String {
    name.map_or_else(|| list.to_owned(), |name| format!("{list}/{name}"))
}

/// Every page that is one form.
pub(super) fn sheets() -> impl Iterator<Item = Sheet> {
    let without_fields = Sheet {
        sections: ACCOUNT_WITHOUT_FIELDS,
        ..pages::account::PAGE.sheet()
    };
    let others = [
        mapping::SHEET,
        service_providers::general::SHEET,
        logo::SHEET,
        without_fields,
    ];
    pages::sheets().chain(others)
}

/// The page with a field for this key, and the key below the page's own.
fn sheet(key: &str) -> Option<(Page, String)> {
    sheets().find_map(|sheet| {
        let rest = match sheet.prefix {
            "" => key,
            prefix => key.strip_prefix(prefix)?.strip_prefix('.')?,
        };
        let mut sections = sheet.sections.iter();
        sections.find_map(|section| field(section, rest))?;
        let page = Page {
            name: sheet.page.to_owned(),
            address: sheet.address.to_owned(),
            sections: vec![sheet.sections],
        };
        Some((page, rest.to_owned()))
    })
}

/// What the field of this key is called. Of pairs each is a key of its own, and its field is named with it.
fn field(section: &Section, key: &str) -> Option<(String, Kind)> {
    section.fields.iter().find_map(|spec| {
        let label = spec.label.trim_end_matches('?');
        if spec.key == key {
            return Some((label.to_owned(), spec.kind));
        }
        let one = key.strip_prefix(spec.key)?.strip_prefix('.')?;
        matches!(spec.kind, Kind::Pairs(_)).then(|| (format!("{label}: {one}"), Kind::Text("")))
    })
}

/// `organization[2]` is a part of `organization`.
fn without_index(part: &str) -> &str {
    part.split('[').next().unwrap_or(part)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::settings::Settings;

    const ALL: &str = include_str!("every_setting.toml");

    fn outside() -> Outside {
        Settings::from_toml("", Path::new("")).unwrap().outside
    }

    #[test]
    fn every_setting_that_the_desk_can_write_has_a_page_and_a_label() {
        let outside = outside();
        let all = Saved::from_toml(ALL, "test").unwrap();
        let lookup = Lookup::of(all, &outside);
        let mut known = crate::settings::keys_read(ALL);
        let other_token = ALL
            .replace("email = ", "token_kind = \"oauth\"\nclient_id = ")
            .replace("api_token", "client_secret");
        known.extend(crate::settings::keys_read(&other_token));
        assert!(known.len() > 120, "{known:?}");
        let nameless: Vec<&String> = known
            .iter()
            .filter(|key| lookup.spot_of(key).is_none())
            .collect();
        assert!(nameless.is_empty(), "{nameless:?}");
    }

    #[test]
    fn a_setting_is_called_as_its_form_calls_it() {
        let outside = outside();
        let lookup = Lookup::of(Saved::from_toml(ALL, "test").unwrap(), &outside);
        for (key, page, label) in [
            ("access.domains", "Access", "Allowed domains"),
            (
                "access.claims.custom:customer",
                "Access",
                "Claims: custom:customer",
            ),
            ("link.help.access", "Link help", "Access"),
            ("link.help.service_desk", "Link help", "Service desk"),
            (
                "provider.cognito.issuer",
                "Identity provider cognito",
                "Issuer, instead of the user pool ID",
            ),
            ("provider.okta.issuer", "Identity provider okta", "Issuer"),
            (
                "saml.service_provider.wiki.entity_id",
                "Service provider wiki",
                "Audience (entity ID)",
            ),
            ("saml.unsolicited", "All service providers", "Who begins"),
            ("organization[2].domains", "Organizations", "Domains"),
            ("branding.logo", "Logo", "Picture"),
        ] {
            let spot = lookup.spot_of(key).unwrap();
            assert_eq!((spot.page.as_str(), spot.label.as_str()), (page, label));
        }
    }

    #[test]
    fn a_name_that_is_none_leads_to_the_list() {
        let outside = outside();
        let lookup = Lookup::of(Saved::default(), &outside);
        let spot = lookup.spot_of("link.//evil.access").unwrap();
        assert_eq!(spot.address, "/admin/links");
    }
}
