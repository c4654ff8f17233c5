//! What several sections read alike: names of tables, and groups of providers.

use super::field::Field;
use super::ground::Ground;
use super::names::{BadName, Group, ProviderName};
use super::reader::Table;

impl Table<'_> {
    /// A table's own name, as the type that names such tables.
    pub(super) fn named<T: std::str::FromStr<Err = BadName>>(&self, name: &str) -> Option<T> {
        name.parse()
            .map_err(|error| self.complain_of_all(format!("has a name that {error}")))
            .ok()
    }

    /// A list of groups.
    pub(super) fn groups(&self, key: &str) -> Vec<Group> {
        self.list(key, group)
    }

    /// A list of configured providers.
    pub(super) fn providers(&self, key: &str) -> Vec<ProviderName> {
        self.list(key, |field| {
            let name: ProviderName = field.parsed()?;
            if field.ground.providers.contains(&name) {
                Ok(name)
            } else {
                Err(format!("names no provider; {}", configured(field.ground)))
            }
        })
    }
}

/// `<provider>:<group>`, or the plain name while there is one provider.
fn group(field: &Field<'_>) -> Result<Group, String> {
    let text = field.line()?;
    let providers = &field.ground.providers;
    let parted = text.split_once(':').filter(|(_, name)| !name.is_empty());
    let known = parted.and_then(|(provider, name)| {
        let provider = providers.iter().find(|known| known.as_str() == provider)?;
        Some((provider, name))
    });
    match (known, parted, providers.as_slice()) {
        (Some((provider, name)), _, _) => Ok(Group {
            provider: provider.clone(),
            name: name.to_owned(),
        }),
        (None, None, [only]) if !text.is_empty() => Ok(Group {
            provider: only.clone(),
            name: text,
        }),
        (None, Some(_), _) => Err(format!(
            "names no provider before its colon; {}",
            configured(field.ground)
        )),
        _ => Err(format!(
            "must be <provider>:<group>; {}",
            configured(field.ground)
        )),
    }
}

fn configured(ground: &Ground) -> String {
    if ground.providers.is_empty() {
        return "no provider is set".to_owned();
    }
    let names: Vec<_> = ground.providers.iter().map(ProviderName::as_str).collect();
    format!("there is {}", names.join(", "))
}
