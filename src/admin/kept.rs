//! Forms that wait for a login or a setup code: sealed, each under a name of its own, for as long as that may take, and good for one sending.
//!
//! The name goes with the browser that sent the form, in the address that its login leads back to: whoever else is signed in as the same person cannot put
//! another form in its place. A desk session that has ended has one name, and so one form: the last.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use rocket::request::FromParam;
use serde::{Deserialize, Serialize};

use crate::admin::form::is_hidden;
use crate::admin::wording::typed;
use crate::random;
use crate::store::{Key, StoreError, Vault};
use crate::web::CsrfToken;

/// The field that stands for everything that waits.
pub(super) const FIELD: &str = "kept-form";

/// Where they are found again.
pub(super) const ADDRESS: &str = "/admin/again/";

/// The name of a form that waits. It cannot be guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeptName(String);

/// A text that names no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a form that waits")]
pub(super) struct NoForm;

impl KeptName {
    /// Where the form is found again.
    pub(super) fn address(&self) -> String {
        format!("{ADDRESS}{}", self.0)
    }

    /// A new one.
    pub(super) fn fresh() -> Self {
        Self(random::token::<32>())
    }

    /// The one of a desk session whose forms carry this token.
    pub(super) fn of_session(csrf: &CsrfToken, vault: &Vault) -> Self {
        Self(vault.pseudonym("kept form of a desk session", csrf.as_str()))
    }

    fn key(&self, vault: &Vault, whose: &str) -> Key {
        let whose = format!("{} {whose}", self.0);
        Key::kept_form(&vault.pseudonym("kept form", &whose))
    }
}

impl fmt::Display for KeptName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KeptName {
    type Err = NoForm;

    fn from_str(text: &str) -> Result<Self, NoForm> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let ours = text.len() == 43 && text.bytes().all(plain);
        ours.then(|| Self(text.to_owned())).ok_or(NoForm)
    }
}

impl<'a> FromParam<'a> for KeptName {
    type Error = NoForm;

    fn from_param(param: &'a str) -> Result<Self, NoForm> {
        param.parse()
    }
}

/// A form that waits.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    /// Where it was posted to.
    pub(super) page: String,
    /// What was typed.
    pub(super) fields: Vec<(String, String)>,
}

impl Kept {
    /// Keeps it under this name, for whom it is; whether it was not too much.
    pub(super) async fn keep(
        &self,
        name: &KeptName,
        vault: &Vault,
        whose: &str,
        life: Duration,
    ) -> Result<bool, StoreError> {
        match vault.put(&name.key(vault, whose), self, Some(life)).await {
            Ok(()) => Ok(true),
            Err(StoreError::TooLarge(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Hands the form of one desk session to the one that came after it in the same browser.
    pub(super) async fn hand_over(
        vault: &Vault,
        from: &CsrfToken,
        to: &CsrfToken,
        life: Duration,
    ) -> Result<Option<KeptName>, StoreError> {
        let (was, name) = (
            KeptName::of_session(from, vault),
            KeptName::of_session(to, vault),
        );
        let Some(form) = Self::of(&was, vault, from.as_str()).await? else {
            return Ok(None);
        };
        let kept = form.keep(&name, vault, to.as_str(), life).await?;
        vault.remove(&was.key(vault, from.as_str())).await?;
        Ok(kept.then_some(name))
    }

    /// The form of this name, for whom it waits.
    pub(super) async fn of(
        name: &KeptName,
        vault: &Vault,
        whose: &str,
    ) -> Result<Option<Self>, StoreError> {
        vault.get(&name.key(vault, whose)).await
    }

    /// The form of this name that was posted to `page`, for the first who takes it.
    pub(super) async fn take(
        name: &KeptName,
        page: &str,
        vault: &Vault,
        whose: &str,
    ) -> Result<Option<Self>, StoreError> {
        let kept = Self::of(name, vault, whose).await?;
        let Some(kept) = kept.filter(|kept| kept.page == page) else {
            return Ok(None);
        };
        let first = vault.remove(&name.key(vault, whose)).await?;
        Ok(first.then_some(kept))
    }

    /// Every field by its label, with what it holds; secrets masked.
    pub(super) fn shown(&self) -> Vec<(String, String)> {
        let fields = self.fields.iter();
        fields
            .filter(|(name, _)| !is_hidden(name))
            .map(|(name, value)| typed(&self.page, name, value))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_of_ours_names_a_form() {
        assert!(random::token::<32>().parse::<KeptName>().is_ok());
        for text in ["", "a", &"a".repeat(44), &"/".repeat(43), &"ä".repeat(43)] {
            assert_eq!(text.parse::<KeptName>(), Err(NoForm), "{text}");
        }
    }
}
