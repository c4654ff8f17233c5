//! For each secret that a change sets, the address that it was given for. It goes along with the change, however long that waits or lies in the history: a
//! secret is saved for that address alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::edit::Edit;
use super::problem::Problem;
use super::saved::{ORIGIN, Saved, is_secret};
use super::secret_host::SecretGoes;

/// Addresses, by the whole keys of the secrets. A secret that is missing here was given for no address that is known, so it may go to none.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GivenFor(BTreeMap<String, SecretGoes>);

impl GivenFor {
    /// Where these settings send the secrets that are changed.
    #[must_use]
    pub fn of(edits: &[Edit], settings: &Saved) -> Self {
        let of_secrets = edits.iter().filter(|edit| is_of_secret(edit));
        let goes = |edit: &Edit| (edit.key(), SecretGoes::of(&edit.key(), settings));
        Self(of_secrets.map(goes).collect())
    }

    /// Where the secret at this key may go.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&SecretGoes> {
        self.0.get(key)
    }

    /// What would send a secret to another address than it was given for. One that stands there already is given by nobody now.
    #[must_use]
    pub fn problems(&self, edits: &[Edit], before: &Saved, after: &Saved) -> Vec<Problem> {
        let is_given = |edit: &&Edit| {
            let path: Vec<&str> = edit.path().iter().map(String::as_str).collect();
            let given = edit.after();
            is_of_secret(edit) && given.is_some() && before.value(&path) != given
        };
        let keys = edits.iter().filter(is_given).map(Edit::key);
        let goes_elsewhere = |key: &String| self.get(key) != Some(&SecretGoes::of(key, after));
        let problem = |key| Problem {
            key,
            origin: ORIGIN.to_owned(),
            message:
                "must be typed again: it would be sent to another address than it was given for"
                    .to_owned(),
        };
        keys.filter(goes_elsewhere).map(problem).collect()
    }
}

fn is_of_secret(edit: &Edit) -> bool {
    edit.path().last().is_some_and(|key| is_secret(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: [&str; 2] = ["atlassian", "api_token"];
    const SITE: [&str; 2] = ["atlassian", "site"];

    fn at(site: &str) -> Saved {
        Saved::default().with_value(&SITE, Some(site.into()))
    }

    fn with_secret(saved: Saved) -> Saved {
        saved.with_value(&SECRET, Some("secret".into()))
    }

    #[test]
    fn a_secret_is_given_for_one_address() {
        let (here, there) = (at("https://a.example"), at("https://b.example"));
        let edits = here.edits_to(&with_secret(here.clone()));
        let given_for = GivenFor::of(&edits, &with_secret(here.clone()));
        let keys = |given_for: &GivenFor, before: &Saved| {
            let after = with_secret(before.clone());
            let found = given_for.problems(&edits, before, &after);
            found.into_iter().map(|one| one.key).collect::<Vec<_>>()
        };
        assert!(keys(&given_for, &here).is_empty());
        assert_eq!(keys(&given_for, &there), ["atlassian.api_token"]);
        let unknown = GivenFor::default();
        assert_eq!(keys(&unknown, &here), ["atlassian.api_token"]);
        assert!(
            keys(&unknown, &with_secret(here)).is_empty(),
            "it is there already"
        );
    }

    #[test]
    fn to_take_a_secret_away_needs_no_address() {
        let before = with_secret(at("https://a.example"));
        let after = at("https://a.example");
        let edits = before.edits_to(&after);
        assert_eq!(
            GivenFor::default().problems(&edits, &before, &after),
            Vec::new()
        );
    }
}
