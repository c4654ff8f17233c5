//! A secret goes to the address that it was given for: whoever changes the address types the secret again. Otherwise an administrator could read a secret
//! that the desk never shows, by sending it to a server of their own.

use std::fmt;

use serde::{Deserialize, Serialize};
use toml::Value;

use super::load::Outside;
use super::problem::Problem;
use super::saved::{ORIGIN, Saved};

/// Where a secret is sent, by the settings beside it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct SecretGoes(Vec<Option<Value>>);

impl SecretGoes {
    /// Of the secret at this key, its levels parted by dots.
    #[must_use]
    pub fn of(key: &str, saved: &Saved) -> Self {
        let mut table: Vec<&str> = key.split('.').collect();
        let secret = table.pop().unwrap_or_default();
        let known: &[Goes] = match table.first() {
            Some(&"provider") => &PROVIDER,
            Some(&"atlassian") => &ATLASSIAN,
            _ => &[],
        };
        let goes = known.iter().find(|goes| goes.secret == secret);
        let to = goes.map_or(&[][..], |goes| goes.to).iter();
        let value = |key: &&'static str| {
            let path = [&table[..], &[*key][..]].concat();
            saved.value(&path).cloned()
        };
        Self(to.map(value).collect())
    }

    /// Whether any setting says where.
    #[must_use]
    pub fn is_said(&self) -> bool {
        self.0.iter().any(Option::is_some)
    }
}

/// As text that is another for every other address; nobody reads it.
impl fmt::Display for SecretGoes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// A secret, and the keys beside it that say where it is sent.
struct Goes {
    secret: &'static str,
    to: &'static [&'static str],
}

const PROVIDER: [Goes; 1] = [Goes {
    secret: "client_secret",
    to: &["issuer", "user_pool", "domain"],
}];

const ATLASSIAN: [Goes; 3] = [
    Goes {
        secret: "api_token",
        to: &["site", "gateway"],
    },
    Goes {
        secret: "customer_token",
        to: &["site", "gateway"],
    },
    Goes {
        secret: "client_secret",
        to: &["auth", "gateway"],
    },
];

/// What would send a secret of before to another address than before.
pub(super) fn problems(before: &Saved, after: &Saved, outside: &Outside) -> Vec<Problem> {
    let mut found = Vec::new();
    let providers = after.value(&["provider"]).and_then(toml::Value::as_table);
    let names = providers.into_iter().flat_map(toml::Table::keys);
    for name in names {
        for goes in &PROVIDER {
            found.extend(problem(&["provider", name], goes, before, after, outside));
        }
    }
    for goes in &ATLASSIAN {
        found.extend(problem(&["atlassian"], goes, before, after, outside));
    }
    found
}

fn problem(
    table: &[&str],
    goes: &Goes,
    before: &Saved,
    after: &Saved,
    outside: &Outside,
) -> Option<Problem> {
    let path = |key: &'static str| [table, &[key][..]].concat();
    let locked = |key| outside.locked(&path(key).join("."));
    let moved =
        goes.to.iter().copied().find(|key| {
            locked(key).is_none() && before.value(&path(key)) != after.value(&path(key))
        })?;
    let complain = |key, message: String| {
        Some(Problem {
            key: path(key).join("."),
            origin: ORIGIN.to_owned(),
            message,
        })
    };
    if let Some(locked) = locked(goes.secret) {
        let message = format!(
            "cannot be changed here: the secret that would be sent there is set by {}",
            locked.by
        );
        return complain(moved, message);
    }
    let old = before.value(&path(goes.secret))?;
    (after.value(&path(goes.secret)) == Some(old))
        .then(|| {
            complain(
                goes.secret,
                "must be typed again: it would be sent to another address than before".to_owned(),
            )
        })
        .flatten()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::settings::Settings;

    fn saved(text: &str) -> Saved {
        Saved::from_toml(text, "test").unwrap()
    }

    fn outside(text: &str) -> Outside {
        Settings::from_toml(text, Path::new("")).unwrap().outside
    }

    const BEFORE: &str = "[default.provider.p]\nissuer = \"https://a.example\"\nclient_id = \"id\"\nclient_secret = \"old\"\n[default.atlassian]\nsite = \"https://a.example\"\nemail = \"a@b.example\"\napi_token = \"old\"";

    #[test]
    fn a_secret_is_typed_again_when_its_address_changes() {
        let before = saved(BEFORE);
        for (path, value, expected) in [
            (
                &["provider", "p", "issuer"][..],
                "https://b.example",
                "provider.p.client_secret",
            ),
            (
                &["provider", "p", "domain"],
                "b.example",
                "provider.p.client_secret",
            ),
            (
                &["atlassian", "site"],
                "https://b.example",
                "atlassian.api_token",
            ),
            (
                &["atlassian", "gateway"],
                "https://b.example",
                "atlassian.api_token",
            ),
        ] {
            let after = before.clone().with_value(path, Some(value.into()));
            let found = problems(&before, &after, &outside(""));
            let keys: Vec<&str> = found.iter().map(|one| one.key.as_str()).collect();
            assert_eq!(keys, [expected]);
            let mut secret: Vec<&str> = expected.split('.').collect();
            let typed = after.with_value(&secret, Some("new".into()));
            assert_eq!(problems(&before, &typed, &outside("")), []);
            secret.pop();
        }
        let label = before
            .clone()
            .with_value(&["provider", "p", "label"], Some("P".into()));
        assert_eq!(problems(&before, &label, &outside("")), []);
    }

    #[test]
    fn both_tokens_are_typed_again_when_the_site_changes() {
        let before = saved(&format!("{BEFORE}\ncustomer_token = \"old\""));
        for (key, others) in [
            ("api_token", "customer_token"),
            ("customer_token", "api_token"),
        ] {
            let site = Some("https://b.example".into());
            let after = before.clone().with_value(&["atlassian", "site"], site);
            let after = after.with_value(&["atlassian", key], Some("new".into()));
            let found = problems(&before, &after, &outside(""));
            let keys: Vec<&str> = found.iter().map(|one| one.key.as_str()).collect();
            assert_eq!(keys, [format!("atlassian.{others}")]);
        }
    }

    #[test]
    fn a_secret_of_a_file_is_sent_nowhere_else() {
        let file = "[default]\n[default.provider.p]\nissuer = \"https://a.example\"\nclient_id = \"id\"\nclient_secret = \"file\"";
        let before = Saved::default();
        let after = before
            .clone()
            .with_value(&["provider", "p", "domain"], Some("b.example".into()));
        let found = problems(&before, &after, &outside(file));
        assert_eq!(found[0].key, "provider.p.domain");
        assert!(
            found[0].message.contains("line 5 of settings"),
            "{}",
            found[0]
        );
    }
}
