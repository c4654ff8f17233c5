//! Step 1 once more: a provider of the wrong kind is taken away, after a question, for one of another kind.
//!
//! The question carries which provider it was about, and a mark of all that was saved for it. The answer to a question that was asked of another one, or
//! before it was changed, takes nothing away: the question is asked again for what is there now.

use askama::Template;
use askama_web::WebTemplate;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Route, post, routes};
use toml::Value;

use crate::admin::change::{Editor, SaveError};
use crate::admin::form::{NamedKind as _, mark_of};
use crate::admin::providers::edit::kind_of;
use crate::admin::providers::kinds::{KINDS, ProviderKind};
use crate::admin::setup::{InSetup, Step};
use crate::admin::wording::{Complaint, complaints};
use crate::admin::{Answer, Frame, Posted};
use crate::settings::{Problems, ProviderName, Saved, Settings};
use crate::web::{Layout, Refusal, Room, Visit};

/// Asks before a provider is taken away for one of another kind.
#[derive(Template, WebTemplate)]
#[template(path = "admin/setup_start_over.html")]
pub(super) struct StartOverPage {
    layout: Frame,
    /// Which provider is there.
    name: String,
    /// What it is called.
    label: String,
    /// What was saved for it when this was asked.
    mark: String,
    /// The kind that is wanted.
    kind: &'static ProviderKind,
    /// Why it stays.
    obstacle: Option<Obstacle>,
    /// Whether the question was answered, and is asked again because it was another one.
    is_again: bool,
}

/// Why a provider cannot be taken away here.
enum Obstacle {
    /// This sets it, which is not the desk.
    Locked(String),
    /// It is of the kind that is wanted.
    SameKind,
    /// Without it the settings would have these mistakes.
    Problems(Vec<Complaint>),
}

/// A provider that is there, the kind that is wanted in its place, and the settings with and without it.
pub(super) struct Question<'a> {
    name: &'a ProviderName,
    wanted: &'static ProviderKind,
    is_that_kind: bool,
    before: Saved,
    after: Saved,
    editor: &'a Editor,
}

impl<'a> Question<'a> {
    /// As things stand now.
    pub(super) async fn about(
        name: &'a ProviderName,
        wanted: &'static ProviderKind,
        editor: &'a Editor,
    ) -> Result<Self, Refusal> {
        let is_that_kind = kind_of(name, editor).await?.name == wanted.name;
        let before = editor.saved().await?;
        let after = before
            .clone()
            .with_value(&["provider", name.as_str()], None);
        let after = wanted.with_groups(without_its_groups(after, name), editor.outside());
        Ok(Self {
            name,
            wanted,
            is_that_kind,
            before,
            after,
            editor,
        })
    }

    /// What was saved for the provider, as a mark.
    fn mark(&self) -> String {
        let key = format!("provider.{}", self.name);
        let saved = self.before.value(&["provider", self.name.as_str()]);
        mark_of(&key, saved, self.editor)
    }

    /// Whether this is what somebody was asked who sends this.
    fn is_answered_by(&self, posted: &Posted) -> bool {
        posted.get("name") == self.name.as_str() && posted.get("was") == self.mark()
    }

    fn obstacle(&self) -> Option<Obstacle> {
        if self.is_that_kind {
            return Some(Obstacle::SameKind);
        }
        let outside = self.editor.outside();
        if let Some(locked) = outside.locked(&format!("provider.{}", self.name)) {
            return Some(Obstacle::Locked(locked.by));
        }
        let judged = self.editor.judge_change(&self.before, &self.after);
        judged.err().map(|problems| self.problems(problems))
    }

    fn problems(&self, Problems(problems): Problems) -> Obstacle {
        let (about, outside) = (self.before.clone(), self.editor.outside());
        let mut complaints = complaints(problems, about, outside);
        for complaint in &mut complaints {
            complaint.address = complaint.address.take().map(within_setup);
        }
        Obstacle::Problems(complaints)
    }

    /// The page that asks it.
    pub(super) fn page(&self, layout: Frame) -> StartOverPage {
        let provider = self.editor.settings().providers.get(self.name);
        StartOverPage {
            layout,
            name: self.name.to_string(),
            label: provider.map_or_else(|| self.name.to_string(), |it| it.label.clone()),
            mark: self.mark(),
            kind: self.wanted,
            obstacle: self.obstacle(),
            is_again: false,
        }
    }

    /// Takes the provider away, unless somebody changed it at this very moment.
    async fn take_away(&self, visit: &Visit, actor: &str) -> Result<(), SaveError> {
        let edits = self.before.edits_to(&self.after);
        if !edits.is_empty() {
            let nothing_more = |_: &Settings| Ok(());
            self.editor.save(&edits, visit, actor, nothing_more).await?;
        }
        Ok(())
    }
}

/// Takes the provider away that was asked about, with what was chosen for it alone, and begins anew with another kind.
#[post("/setup/provider/start-over?<kind>", data = "<posted>")]
async fn start_over(
    kind: &str,
    holder: InSetup<'_>,
    posted: Posted,
    visit: Visit,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<Answer<StartOverPage>, Refusal> {
    let kind = ProviderKind::of_word(kind).unwrap_or(&KINDS[0]);
    let next = format!("{}?kind={}", Step::Provider.address(), kind.name);
    let Some(name) = editor.settings().providers.keys().next() else {
        return Ok(Answer::on(Redirect::to(next)));
    };
    let question = Question::about(name, kind, editor).await?;
    let mut page = question.page(Frame::setup(&holder, layout, Step::Provider));
    if !question.is_answered_by(&posted) {
        page.is_again = true;
        return Ok(Answer::again(Status::Conflict, page));
    }
    if page.obstacle.is_some() {
        return Ok(Answer::again(Status::BadRequest, page));
    }
    match question.take_away(&visit, &holder.actor()).await {
        Ok(()) => Ok(Answer::on(Redirect::to(next))),
        Err(SaveError::Problems(problems)) => {
            page.obstacle = Some(question.problems(problems));
            Ok(Answer::again(Status::BadRequest, page))
        }
        Err(error) => Err(Refusal::from(error).own_path("Go back", Step::Provider.address())),
    }
}

/// The page of the first run in place of this one of the desk, where there is one: what else may name a provider stands at the desk alone.
fn within_setup(address: String) -> String {
    match address.strip_prefix("/admin/links/") {
        Some(slug) => format!("{}/{slug}", Step::Links.address()),
        None => address,
    }
}

/// Administrators' groups that are named with their provider go with it.
fn without_its_groups(saved: Saved, name: &ProviderName) -> Saved {
    const GROUPS: [&str; 2] = ["admin", "groups"];
    let Some(Value::Array(groups)) = saved.value(&GROUPS).cloned() else {
        return saved;
    };
    let its = format!("{name}:");
    let is_its = |group: &Value| group.as_str().is_some_and(|group| group.starts_with(&its));
    let others: Vec<Value> = groups.into_iter().filter(|group| !is_its(group)).collect();
    let others = (!others.is_empty()).then_some(Value::Array(others));
    saved.with_value(&GROUPS, others)
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![start_over]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_changed_within_the_first_run_and_the_rest_at_the_desk() {
        for (desk, here) in [
            ("/admin/links/help", "/setup/links/help"),
            ("/admin/access", "/admin/access"),
        ] {
            assert_eq!(within_setup(desk.to_owned()), here);
        }
    }
}
