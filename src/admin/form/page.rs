//! The way of one form: shown, typed, judged, and on to the review, or saved at once in the first hour.

use askama::Template;
use askama_web::WebTemplate;
use rocket::response::Redirect;

use crate::admin::change::{Editor, SaveError};
use crate::admin::providers::testing::owner;
use crate::admin::{Administrator, Frame, Posted};
use crate::settings::{Conflict, Edit, GivenFor, Problem, Saved};
use crate::web::{Refusal, Visit};

use super::read::{Reading, whole};
use super::shown_with::mark_at;
use super::typed_secret::{NOT_KEPT, TYPE_AGAIN, Typed};
use super::{Form, Kind, Section, Spec, Way};

/// A form over the settings below one key.
pub struct SettingsForm {
    /// The key; empty for those above all tables.
    pub prefix: String,
    /// Its fields.
    pub sections: &'static [Section],
}

/// What came of a posted form.
pub enum Taken {
    /// On to the review, or to the next page.
    On(Redirect),
    /// There is something to mend, or nothing to do: the form again.
    Again(Form),
}

impl SettingsForm {
    /// All of its fields.
    pub(super) fn specs(&self) -> impl Iterator<Item = &'static Spec> + use<> {
        self.sections.iter().flat_map(|section| section.fields)
    }

    /// The form as it is saved, or as it stands in a draft.
    pub async fn show(
        &self,
        editor: &Editor,
        way: &Way,
        administrator: &Administrator<'_>,
    ) -> Result<Form, Refusal> {
        self.show_as(editor, way, administrator, Saved::clone).await
    }

    /// The same of settings that hold more than is saved: `view` says what.
    pub(in crate::admin) async fn show_as(
        &self,
        editor: &Editor,
        way: &Way,
        administrator: &Administrator<'_>,
        view: impl Fn(&Saved) -> Saved,
    ) -> Result<Form, Refusal> {
        let saved = editor.saved().await?;
        let now = view(&saved);
        let mut form = match way.draft(editor).await? {
            Some(draft) => {
                let wanted = view(&saved.clone().with_all(&draft.edits));
                let mut form = self.of_over(&wanted, &now, editor);
                self.clashes(&mut form, (&saved, &now, &wanted), &draft.edits, editor);
                let secrets = self.secrets_of(&now, &wanted, &draft.given_for);
                let owner = owner(administrator);
                self.keep(&mut form, &secrets, (&owner, &wanted), editor)
                    .await?;
                form
            }
            None => self.of(&now, editor),
        };
        form.saved = way.saved(editor, administrator).await?;
        Ok(form)
    }

    /// The form over these.
    #[must_use]
    pub fn of(&self, saved: &Saved, editor: &Editor) -> Form {
        self.of_over(saved, saved, editor)
    }

    /// The form filled in with these, while `now` is saved.
    #[must_use]
    pub fn of_over(&self, shown: &Saved, now: &Saved, editor: &Editor) -> Form {
        Form::of(self, shown, now, editor)
    }

    /// Says at its fields what somebody else has changed since these edits were typed.
    fn clashes(
        &self,
        form: &mut Form,
        (saved, now, wanted): (&Saved, &Saved, &Saved),
        edits: &[Edit],
        editor: &Editor,
    ) {
        let Err(Conflict(theirs)) = saved.edited(edits) else {
            return;
        };
        for spec in self.specs() {
            let key = whole(&self.prefix, spec.key);
            let mark = |of| mark_at(spec, &key, of, editor);
            let is_theirs = theirs.iter().any(|edit| is_below(&edit.key(), &key));
            if is_theirs && mark(now) != mark(wanted) {
                form.clash(&self.prefix, spec.key, now);
            }
        }
    }

    /// The secrets that a draft would set, and what they were given for.
    fn secrets_of(
        &self,
        now: &Saved,
        wanted: &Saved,
        given_for: &GivenFor,
    ) -> Vec<(&'static str, Typed)> {
        let typed = |spec: &'static Spec| {
            let key = whole(&self.prefix, spec.key);
            let path: Vec<&str> = key.split('.').collect();
            let (old, new) = (now.value(&path), wanted.value(&path));
            let value = new.filter(|_| old != new)?.as_str()?.to_owned();
            matches!(spec.kind, Kind::Secret)
                .then(|| (spec.key, Typed::drafted(value, given_for.get(&key))))
        };
        self.specs().filter_map(typed).collect()
    }

    /// Judges what was typed; what may be saved goes to the review, which leads back to `from`. `finish` adds what the form itself cannot know.
    pub async fn take(
        &self,
        editor: &Editor,
        posted: &Posted,
        from: &str,
        finish: impl FnOnce(Saved) -> Saved,
    ) -> Result<Taken, Refusal> {
        let finish = |saved| (finish(saved), Vec::new());
        self.take_unless(editor, posted, from, Saved::clone, finish)
            .await
    }

    /// The same of settings that hold more than is saved (`view` says what), where `finish` may also find mistakes that the settings alone do not show.
    pub async fn take_unless(
        &self,
        editor: &Editor,
        posted: &Posted,
        from: &str,
        view: impl Fn(&Saved) -> Saved,
        finish: impl FnOnce(Saved) -> (Saved, Vec<Problem>),
    ) -> Result<Taken, Refusal> {
        let saved = editor.saved().await?;
        let now = view(&saved);
        let reading = self.read(editor, posted, &now).await?;
        let (after, problems) = judged(editor, &reading, &saved, finish);
        if !problems.is_empty() || reading.clashes() {
            let form = self.again(&reading, editor, &problems).await?;
            return Ok(Taken::Again(form));
        }
        if let Some(review) = editor.review(&saved, &after, from).await? {
            return Ok(Taken::On(review));
        }
        let mut form = self.of(&now, editor);
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
        let finish = |saved| (saved, Vec::new());
        self.save_unless(editor, posted, by, next, (Saved::clone, finish))
            .await
    }

    /// The same of settings that hold more than is saved (the first of the two says what), where the second adds what the form cannot know, and may find
    /// mistakes that the settings alone do not show.
    pub async fn save_unless(
        &self,
        editor: &Editor,
        posted: &Posted,
        by: (&Visit, &str),
        next: &str,
        (view, finish): (
            impl Fn(&Saved) -> Saved,
            impl FnOnce(Saved) -> (Saved, Vec<Problem>),
        ),
    ) -> Result<Taken, Refusal> {
        let saved = editor.saved().await?;
        let now = view(&saved);
        let reading = self.read(editor, posted, &now).await?;
        let (after, mut problems) = judged(editor, &reading, &saved, finish);
        if problems.is_empty() && !reading.clashes() {
            let edits = saved.edits_to(&after);
            let given_for = GivenFor::of(&edits, &after);
            match save(editor, (&edits, &given_for), by).await {
                Ok(()) => return Ok(Taken::On(Redirect::to(next.to_owned()))),
                Err(SaveError::Problems(found)) => problems = found.0,
                Err(SaveError::Conflict(_)) => {
                    let now = view(&editor.saved().await?);
                    let reading = self.read(editor, posted, &now).await?;
                    let form = self.again(&reading, editor, &[]).await?;
                    return Ok(Taken::Again(form));
                }
                Err(error) => return Err(error.into()),
            }
        }
        let form = self.again(&reading, editor, &problems).await?;
        Ok(Taken::Again(form))
    }

    /// What would be saved, where this is saved now.
    pub(in crate::admin) async fn read<'a>(
        &self,
        editor: &Editor,
        posted: &'a Posted,
        now: &'a Saved,
    ) -> Result<Reading<'a>, Refusal> {
        let reading = Reading::of(self, editor, posted, now).await?;
        Ok(reading)
    }

    /// The form as it was typed, with these mistakes.
    pub async fn typed(
        &self,
        editor: &Editor,
        posted: &Posted,
        problems: &[Problem],
    ) -> Result<Form, Refusal> {
        let saved = editor.saved().await?;
        let reading = self.read(editor, posted, &saved).await?;
        self.again(&reading, editor, problems).await
    }

    /// The form as it was typed, with these mistakes and what somebody else has changed meanwhile.
    pub(in crate::admin) async fn again(
        &self,
        reading: &Reading<'_>,
        editor: &Editor,
        problems: &[Problem],
    ) -> Result<Form, Refusal> {
        let mut form = Form::typed(self, reading, editor, problems);
        let whose = (reading.posted.owner(), &reading.after);
        self.keep(&mut form, &reading.secrets, whose, editor)
            .await?;
        Ok(form)
    }

    /// Keeps secrets that were typed, and says so at their fields. One that is a mistake itself is typed again.
    async fn keep(
        &self,
        form: &mut Form,
        secrets: &[(&'static str, Typed)],
        (owner, after): (&str, &Saved),
        editor: &Editor,
    ) -> Result<(), Refusal> {
        for (name, typed) in secrets {
            let Some(field) = form.fields_mut().find(|field| field.spec.key == *name) else {
                continue;
            };
            let is_wrong = field.error.is_some() && !field.is_clash;
            field.typed = match typed {
                Typed::Now(_) if is_wrong => NOT_KEPT.to_owned(),
                typed => typed.keep(self, name, (owner, after), editor).await?,
            };
            if field.typed == NOT_KEPT {
                field.error.get_or_insert_with(|| TYPE_AGAIN.to_owned());
            }
        }
        Ok(())
    }
}

fn is_below(key: &str, above: &str) -> bool {
    let rest = key.strip_prefix(above);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// What would be saved, and everything that is wrong with it.
fn judged(
    editor: &Editor,
    reading: &Reading<'_>,
    saved: &Saved,
    finish: impl FnOnce(Saved) -> (Saved, Vec<Problem>),
) -> (Saved, Vec<Problem>) {
    let (after, found) = finish(reading.after.clone());
    let mut problems = reading.problems();
    problems.extend(found);
    if let Err(more) = editor.judge_change(saved, &after) {
        problems.extend(more.0);
    }
    (after, problems)
}

async fn save(
    editor: &Editor,
    change: (&[Edit], &GivenFor),
    (visit, by): (&Visit, &str),
) -> Result<(), SaveError> {
    if !change.0.is_empty() {
        editor.save_given(change, visit, by, |_| Ok(())).await?;
    }
    Ok(())
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
