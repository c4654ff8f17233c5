//! The way of one form: shown, typed, judged, and on to the review, or saved at once in the first hour.

use askama::Template;
use askama_web::WebTemplate;
use rocket::FromForm;
use rocket::response::Redirect;

use crate::admin::change::{Editor, SaveError};
use crate::admin::{Administrator, Frame, Posted};
use crate::settings::{Outside, Problem, Problems, Saved};
use crate::web::{Refusal, Visit};

use super::read::read;
use super::{Form, Section};

/// A form over the settings below one key.
pub struct SettingsForm {
    /// The key; empty for those above all tables.
    pub prefix: String,
    /// Its fields.
    pub sections: &'static [Section],
}

/// What an address may say of a form: a draft to go on with, or what was saved just now.
#[derive(FromForm)]
pub struct Way {
    pub(in crate::admin) draft: Option<String>,
    saved: Option<String>,
}

/// What came of a posted form.
pub enum Taken {
    /// On to the review, or to the next page.
    On(Redirect),
    /// There is something to mend, or nothing to do: the form again.
    Again(Form),
}

impl Way {
    /// What is saved, or what the draft would make of it.
    pub async fn settings(&self, editor: &Editor) -> Result<Saved, Refusal> {
        let saved = editor.saved().await?;
        if let Some(name) = &self.draft
            && let Some(draft) = editor.drafted(name).await?
        {
            return Ok(saved.edited_as_far_as_possible(&draft.edits));
        }
        Ok(saved)
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

impl SettingsForm {
    /// The form as it is saved, or as it stands in a draft.
    pub async fn show(
        &self,
        editor: &Editor,
        way: &Way,
        administrator: &Administrator<'_>,
    ) -> Result<Form, Refusal> {
        let mut form = self.of(&way.settings(editor).await?, editor.outside());
        if way.draft.is_some() {
            let saved = editor.saved().await?;
            form.ask_again(&self.of(&saved, editor.outside()));
        }
        form.saved = way.saved(editor, administrator).await?;
        Ok(form)
    }

    /// The form over these.
    #[must_use]
    pub fn of(&self, saved: &Saved, outside: &Outside) -> Form {
        Form::of(self.sections, &self.prefix, saved, outside)
    }

    /// Judges what was typed; what may be saved goes to the review, which leads back to `from`. `finish` adds what the form itself cannot know.
    pub async fn take(
        &self,
        editor: &Editor,
        posted: &Posted,
        from: &str,
        finish: impl FnOnce(Saved) -> Saved,
    ) -> Result<Taken, Refusal> {
        self.take_unless(editor, posted, from, |saved| (finish(saved), Vec::new()))
            .await
    }

    /// The same, where `finish` may also find mistakes that the settings alone do not show.
    pub async fn take_unless(
        &self,
        editor: &Editor,
        posted: &Posted,
        from: &str,
        finish: impl FnOnce(Saved) -> (Saved, Vec<Problem>),
    ) -> Result<Taken, Refusal> {
        let saved = editor.saved().await?;
        let (after, problems) = self.judged(editor, posted, &saved, finish);
        if !problems.is_empty() {
            return Ok(Taken::Again(self.wrong(posted, &saved, editor, &problems)));
        }
        if let Some(review) = editor.review(&saved, &after, from).await? {
            return Ok(Taken::On(review));
        }
        let mut form = self.of(&saved, editor.outside());
        form.unchanged = true;
        Ok(Taken::Again(form))
    }

    /// The same, but saves at once and goes on to `next`: in the first hour there is nothing old to compare with.
    pub async fn save(
        &self,
        editor: &Editor,
        posted: &Posted,
        by: (&Visit, &str),
        next: &str,
    ) -> Result<Taken, Refusal> {
        self.save_unless(editor, posted, by, next, |saved| (saved, Vec::new()))
            .await
    }

    /// The same, where `finish` adds what the form cannot know, and may find mistakes that the settings alone do not show.
    pub async fn save_unless(
        &self,
        editor: &Editor,
        posted: &Posted,
        by: (&Visit, &str),
        next: &str,
        finish: impl FnOnce(Saved) -> (Saved, Vec<Problem>),
    ) -> Result<Taken, Refusal> {
        let saved = editor.saved().await?;
        let (after, problems) = self.judged(editor, posted, &saved, finish);
        let edits = saved.edits_to(&after);
        let done = if !problems.is_empty() {
            Err(SaveError::Problems(Problems(problems)))
        } else if edits.is_empty() {
            Ok(())
        } else {
            let saved = editor.save(&edits, by.0, by.1, |_| Ok(()));
            saved.await.map(|_| ())
        };
        match done {
            Ok(()) => Ok(Taken::On(Redirect::to(next.to_owned()))),
            Err(SaveError::Problems(problems)) => Ok(Taken::Again(self.wrong(
                posted,
                &saved,
                editor,
                &problems.0,
            ))),
            Err(error) => Err(error.into()),
        }
    }

    /// What would be saved, and everything that is wrong with it.
    fn judged(
        &self,
        editor: &Editor,
        posted: &Posted,
        saved: &Saved,
        finish: impl FnOnce(Saved) -> (Saved, Vec<Problem>),
    ) -> (Saved, Vec<Problem>) {
        let (after, mut problems) = finish(self.read(posted, saved, editor.outside()));
        if let Err(more) = editor.judge_change(saved, &after) {
            problems.extend(more.0);
        }
        (after, problems)
    }

    /// What would be saved.
    #[must_use]
    pub fn read(&self, posted: &Posted, saved: &Saved, outside: &Outside) -> Saved {
        read(self.sections, &self.prefix, posted, saved, outside)
    }

    /// The form as it was typed, with these mistakes.
    pub async fn typed(
        &self,
        editor: &Editor,
        posted: &Posted,
        problems: &[Problem],
    ) -> Result<Form, Refusal> {
        let saved = editor.saved().await?;
        Ok(self.wrong(posted, &saved, editor, problems))
    }

    fn wrong(&self, posted: &Posted, saved: &Saved, editor: &Editor, problems: &[Problem]) -> Form {
        let outside = editor.outside();
        Form::typed(
            self.sections,
            &self.prefix,
            posted,
            saved,
            outside,
            problems,
        )
    }
}

/// A page that is nothing but a form.
#[derive(Template, WebTemplate)]
#[template(path = "admin/form_page.html")]
pub struct FormPage {
    /// The frame.
    pub layout: Frame,
    /// Title and heading.
    pub title: &'static str,
    /// What the page is about.
    pub lead: &'static str,
    /// Where the form goes.
    pub action: String,
    /// What its button says.
    pub button: &'static str,
    /// The form.
    pub form: Form,
    /// What to look at.
    pub warnings: Vec<String>,
    /// Pages to go on to: address, and what is there.
    pub more: &'static [(&'static str, &'static str)],
}
