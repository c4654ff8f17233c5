//! A secret that was typed into a form which has to be shown again: it never goes back to the browser, so it waits in the store meanwhile, sealed, for
//! whoever typed it, for that field, and for the address that it was typed for.

use serde::{Deserialize, Serialize};

use crate::admin::Posted;
use crate::admin::change::Editor;
use crate::login::attempt::LIFE;
use crate::random;
use crate::settings::{Problem, Saved, SecretGoes};
use crate::store::{Key, StoreError};

use super::read::whole;
use super::{SettingsForm, Spec};

/// In place of a name: one was typed, and does not wait.
pub(super) const NOT_KEPT: &str = "-";

/// What is said of one that does not wait.
pub(super) const TYPE_AGAIN: &str = "must be typed again: the one that you typed was not saved";

/// A secret that waits.
#[derive(Serialize, Deserialize)]
struct Waiting {
    value: String,
    goes: SecretGoes,
}

/// A secret that somebody typed, now or before.
pub(super) enum Typed {
    /// Now.
    Now(String),
    /// Before, and it waited under this name, or in a draft.
    Before {
        name: Option<String>,
        value: String,
        goes: SecretGoes,
    },
    /// Before, and it is gone.
    Lost,
}

/// How the name of the hidden field ends which says that a secret was typed.
pub(super) const SUFFIX: &str = "-typed";

/// The name of that hidden field.
pub(super) fn name_of(field: &str) -> String {
    format!("{field}{SUFFIX}")
}

/// Where it waits: its name goes with the form, and is good for who typed it and for that field.
fn key_of(name: &str, owner: &str, form: &SettingsForm, field: &str, editor: &Editor) -> Key {
    let table = form.prefix.split('.').next().unwrap_or_default();
    let whose = format!("{name}\0{owner}\0{table}\0{field}");
    Key::typed_secret(&editor.vault().pseudonym("typed secret", &whose))
}

impl Typed {
    /// What was typed into this field; `None` when nothing ever was.
    pub(super) async fn of(
        form: &SettingsForm,
        spec: &Spec,
        posted: &Posted,
        editor: &Editor,
    ) -> Result<Option<Self>, StoreError> {
        let now = posted.get(spec.key).trim();
        if !now.is_empty() {
            return Ok(Some(Self::Now(now.to_owned())));
        }
        let name = posted.get(&name_of(spec.key));
        if name.is_empty() {
            return Ok(None);
        }
        let key = key_of(name, posted.owner(), form, spec.key, editor);
        let waiting: Option<Waiting> = editor.vault().get(&key).await?;
        Ok(Some(match waiting {
            Some(Waiting { value, goes }) => Self::Before {
                name: Some(name.to_owned()),
                value,
                goes,
            },
            None => Self::Lost,
        }))
    }

    /// What a draft would set, for the address that it was given for, where that is known.
    pub(super) fn drafted(value: String, goes: Option<&SecretGoes>) -> Self {
        match goes.cloned() {
            Some(goes) => Self::Before {
                name: None,
                value,
                goes,
            },
            None => Self::Lost,
        }
    }

    pub(super) fn value(&self) -> Option<&str> {
        match self {
            Self::Now(value) | Self::Before { value, .. } => Some(value),
            Self::Lost => None,
        }
    }

    /// Why it is to be typed once more, if it is.
    pub(super) fn fault(&self, key: &str, after: &Saved) -> Option<Problem> {
        let message = match self {
            Self::Now(_) => return None,
            Self::Before { goes, .. } if *goes == SecretGoes::of(key, after) => return None,
            Self::Before { .. } => {
                "must be typed again: it would be sent to another address than the one you typed it for"
            }
            Self::Lost => TYPE_AGAIN,
        };
        Some(Problem {
            key: key.to_owned(),
            origin: "what was typed".to_owned(),
            message: message.to_owned(),
        })
    }

    /// Keeps it for the form that is shown again, whose hidden field says this.
    pub(super) async fn keep(
        &self,
        form: &SettingsForm,
        field: &str,
        (owner, after): (&str, &Saved),
        editor: &Editor,
    ) -> Result<String, StoreError> {
        let goes_now = || SecretGoes::of(&whole(&form.prefix, field), after);
        let (value, goes) = match self {
            Self::Now(value) => (value.clone(), goes_now()),
            Self::Before {
                name: Some(name), ..
            } => return Ok(name.clone()),
            Self::Before { value, goes, .. } => (value.clone(), goes.clone()),
            Self::Lost => return Ok(NOT_KEPT.to_owned()),
        };
        let name = random::token::<32>();
        let waiting = Waiting { value, goes };
        let key = key_of(&name, owner, form, field, editor);
        match editor.vault().put(&key, &waiting, Some(LIFE)).await {
            Ok(()) => Ok(name),
            Err(StoreError::TooLarge(_)) => Ok(NOT_KEPT.to_owned()),
            Err(error) => Err(error),
        }
    }
}
