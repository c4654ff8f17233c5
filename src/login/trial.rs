//! Test logins: what is kept of one, for an hour, for the administrator who began it and for nobody else.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use rocket::request::FromParam;
use serde::{Deserialize, Serialize};

use crate::provider::{Diagnosis, Finding, Told};
use crate::random;
use crate::settings::ProviderName;
use crate::store::{Key, StoreError, Vault};

/// How long a test and its result are kept, counted from the last that happened to it.
const LIFE: Duration = Duration::from_hours(1);

/// The name of one test. It cannot be guessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialId(String);

/// A text that names no test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a test")]
pub struct NoTrial;

impl TrialId {
    fn key(&self, vault: &Vault) -> Key {
        Key::trial(&vault.pseudonym("trial", &self.0))
    }
}

impl fmt::Display for TrialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TrialId {
    type Err = NoTrial;

    fn from_str(text: &str) -> Result<Self, NoTrial> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let ours = text.len() == 43 && text.bytes().all(plain);
        ours.then(|| Self(text.to_owned())).ok_or(NoTrial)
    }
}

impl<'a> FromParam<'a> for TrialId {
    type Error = NoTrial;

    fn from_param(param: &'a str) -> Result<Self, NoTrial> {
        param.parse()
    }
}

/// One test of a provider.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Trial {
    /// Whose it is: a pseudonym.
    owner: String,
    /// The provider that is tested.
    pub provider: ProviderName,
    /// When it began.
    pub begun: Timestamp,
    /// What was found without a login.
    pub findings: Vec<Finding>,
    /// How the login ended, once it has.
    pub ended: Option<Ended>,
}

/// How a test login ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Ended {
    /// Somebody logged in, and everything held that a login checks.
    Told(Box<Told>),
    /// Something went wrong.
    Failed(Diagnosis),
}

/// The tests that are kept.
#[derive(Debug, Clone)]
pub struct Trials<'a>(pub(super) &'a Vault);

impl Trials<'_> {
    /// Keeps a new test of this provider.
    pub async fn begin(
        &self,
        owner: &str,
        provider: &ProviderName,
        findings: Vec<Finding>,
        now: Timestamp,
    ) -> Result<TrialId, StoreError> {
        let id = TrialId(random::token::<32>());
        let trial = Trial {
            owner: self.pseudonym(owner),
            provider: provider.clone(),
            begun: now,
            findings,
            ended: None,
        };
        self.put(&id, &trial).await?;
        Ok(id)
    }

    /// A test, for the one who began it.
    pub async fn of(&self, owner: &str, id: &TrialId) -> Result<Option<Trial>, StoreError> {
        let trial: Option<Trial> = self.0.get(&id.key(self.0)).await?;
        let owner = self.pseudonym(owner);
        Ok(trial.filter(|trial| trial.owner == owner))
    }

    /// Keeps how it ended; the last time counts. A test that is no longer kept stays forgotten.
    pub(super) async fn end(&self, id: &TrialId, ended: Ended) -> Result<(), StoreError> {
        let trial: Option<Trial> = self.0.get(&id.key(self.0)).await?;
        let Some(trial) = trial else {
            return Ok(());
        };
        if matches!(ended, Ended::Told(_)) {
            let last = Key::last_trial(&trial.owner);
            self.0.put(&last, id, Some(LIFE)).await?;
        }
        let ended = Some(ended);
        self.put(id, &Trial { ended, ..trial }).await
    }

    /// What the last login told that this one tried, at which provider.
    pub async fn last_told(
        &self,
        owner: &str,
    ) -> Result<Option<(ProviderName, Box<Told>)>, StoreError> {
        let last = Key::last_trial(&self.pseudonym(owner));
        let id: Option<TrialId> = self.0.get(&last).await?;
        let Some(id) = id else {
            return Ok(None);
        };
        let trial = self.of(owner, &id).await?;
        Ok(trial.and_then(|trial| match trial.ended {
            Some(Ended::Told(told)) => Some((trial.provider, told)),
            _ => None,
        }))
    }

    async fn put(&self, id: &TrialId, trial: &Trial) -> Result<(), StoreError> {
        self.0.put(&id.key(self.0), trial, Some(LIFE)).await
    }

    fn pseudonym(&self, owner: &str) -> String {
        self.0.pseudonym("trial-owner", owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_of_ours_names_a_test() {
        assert!(random::token::<32>().parse::<TrialId>().is_ok());
        for text in ["", "a", &"a".repeat(44), &"/".repeat(43), &"ä".repeat(43)] {
            assert_eq!(text.parse::<TrialId>(), Err(NoTrial), "{text}");
        }
    }
}
