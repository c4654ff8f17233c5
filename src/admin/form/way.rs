//! What an address says of a form beside its page: where somebody comes from.

use rocket::FromForm;

use crate::admin::Administrator;
use crate::admin::change::{Draft, Editor};
use crate::settings::Saved;
use crate::web::Refusal;

/// What an address may say of a form: a draft to go on with, or what was saved just now.
#[derive(FromForm)]
pub struct Way {
    pub(in crate::admin) draft: Option<String>,
    saved: Option<String>,
}

impl Way {
    /// What is saved, or what the draft would make of it.
    pub async fn settings(&self, editor: &Editor) -> Result<Saved, Refusal> {
        let saved = editor.saved().await?;
        Ok(match self.draft(editor).await? {
            Some(draft) => saved.edited_as_far_as_possible(&draft.edits),
            None => saved,
        })
    }

    /// The draft to go on with.
    pub(super) async fn draft(&self, editor: &Editor) -> Result<Option<Draft>, Refusal> {
        Ok(match &self.draft {
            Some(name) => editor.drafted(name).await?,
            None => None,
        })
    }

    /// The change that this administrator saved just now, by its name in the history. An address that names any other says nothing.
    pub async fn saved(
        &self,
        editor: &Editor,
        administrator: &Administrator<'_>,
    ) -> Result<Option<String>, Refusal> {
        editor.news(self.claimed(), administrator).await
    }

    /// What the address names as saved, whatever it is: to be passed on, not to be shown.
    pub(in crate::admin) fn claimed(&self) -> Option<&str> {
        self.saved.as_deref()
    }
}
