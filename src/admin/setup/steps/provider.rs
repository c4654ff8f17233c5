//! Step 1, `/setup/provider`: where people prove who they are. Once there is a provider, the page is that one's, until somebody starts over with another.

use rocket::{Responder, Route, State, get, post, routes};

use crate::admin::change::Editor;
use crate::admin::form::{Adding, Form, NamedKind as _, Taken, Way};
use crate::admin::providers::Addresses;
use crate::admin::providers::edit::{
    ProviderPage, believes_anything, is_open_to_all, kind_of, with_what_counts,
};
use crate::admin::providers::kinds::{KINDS, ProviderKind};
use crate::admin::setup::begun::begun;
use crate::admin::setup::{InSetup, Step};
use crate::admin::{Answer, Frame, Posted};
use crate::settings::{ProviderName, PublicUrl, Saved};
use crate::web::{Layout, Refusal, Room, Visit};

use super::start_over::{Question, StartOverPage};

/// What the step is about: a provider that is there, or one of a kind that is to be made.
enum About {
    One(ProviderName, &'static ProviderKind),
    New(Adding<ProviderKind>),
}

impl About {
    /// The first provider there is; else one of this kind, under the name that was typed.
    async fn of(kind: Option<&str>, name: Option<&str>, editor: &Editor) -> Result<Self, Refusal> {
        if let Some(name) = editor.settings().providers.keys().next() {
            let kind = kind_of(name, editor).await?;
            return Ok(Self::One(name.clone(), kind));
        }
        let free = Adding::of(kind.unwrap_or_default(), editor);
        Ok(Self::New(match name {
            Some(name) => free.typed(name),
            None => free,
        }))
    }

    /// What is there, if it is of another kind than was asked for.
    fn other_than(&self, kind: Option<&str>) -> Option<(&ProviderName, &'static ProviderKind)> {
        let wanted = kind.and_then(ProviderKind::of_word)?;
        match self {
            Self::One(name, kind) if kind.name != wanted.name => Some((name, wanted)),
            _ => None,
        }
    }

    fn page(
        &self,
        layout: Frame,
        mut form: Form,
        editor: &Editor,
        public_url: &PublicUrl,
    ) -> ProviderPage {
        let (name, kind) = match self {
            Self::One(name, kind) => (name.as_str(), *kind),
            Self::New(adding) => (adding.name.as_str(), adding.kind),
        };
        with_what_counts(&mut form, name, editor, public_url);
        ProviderPage {
            layout,
            title: "Identity provider".to_owned(),
            kind,
            addresses: Addresses::of(name, public_url),
            form,
            action: format!("/setup/provider?kind={}", kind.name),
            button: "Save and go on",
            existing: None,
            is_open_to_all: name
                .parse()
                .is_ok_and(|name| is_open_to_all(&name, editor.settings())),
            believes_anything: name
                .parse()
                .is_ok_and(|name| believes_anything(&name, editor.settings())),
            is_there: matches!(self, Self::One(..)),
            groups: match self {
                Self::One(..) => kind.groups_elsewhere(editor.settings()),
                // Saving looks for them there.
                Self::New(_) => None,
            },
            others: &KINDS,
        }
    }
}

/// What the step shows.
#[derive(Responder)]
enum Shown {
    Provider(Box<ProviderPage>),
    StartOver(Box<StartOverPage>),
}

#[get("/setup/provider?<kind>&<way..>")]
async fn show(
    kind: Option<&str>,
    way: Way,
    holder: InSetup<'_>,
    layout: Layout,
    editor: &Room<Editor>,
    public_url: &State<PublicUrl>,
) -> Result<Shown, Refusal> {
    let about = About::of(kind, None, editor).await?;
    if let Some((name, wanted)) = about.other_than(kind) {
        let layout = Frame::setup(&holder, layout, Step::Provider);
        let question = Question::about(name, wanted, editor).await?;
        return Ok(Shown::StartOver(Box::new(question.page(layout))));
    }
    let form = match &about {
        About::One(name, kind) => {
            let settings = kind.settings(name.as_str());
            settings.show(editor, &way, &holder).await?
        }
        About::New(adding) => adding.form(editor, &way, &holder).await?,
    };
    let layout = Frame::setup(&holder, layout, Step::Provider);
    let page = about.page(layout, form, editor, public_url);
    Ok(Shown::Provider(Box::new(page)))
}

#[post("/setup/provider?<kind>", data = "<posted>")]
async fn save(
    kind: Option<&str>,
    holder: InSetup<'_>,
    posted: Posted,
    visit: Visit,
    layout: Layout,
    editor: &Room<Editor>,
    public_url: &State<PublicUrl>,
) -> Result<Answer<ProviderPage>, Refusal> {
    let about = About::of(kind, Some(posted.get("name")), editor).await?;
    let (name, kind, fault) = match &about {
        About::One(name, kind) => (name.as_str(), *kind, None),
        About::New(adding) => (adding.name.as_str(), adding.kind, adding.fault(editor)),
    };
    let settings = kind.settings(name);
    let mut form = if fault.is_some() {
        settings.typed(editor, &posted, &[]).await?
    } else {
        let by = (&visit, holder.actor());
        let next = Step::Test.address();
        let is_new = matches!(about, About::New(_));
        let whole = |typed| {
            let typed = begun(
                &["provider", name],
                ("verified_email", "required"),
                typed,
                editor,
            );
            let typed = if is_new {
                kind.with_groups(typed, editor.outside())
            } else {
                typed
            };
            (typed, Vec::new())
        };
        let both = (Saved::clone, whole);
        let saved = settings.save_unless(editor, &posted, (by.0, &by.1), next, both);
        match saved.await? {
            Taken::On(redirect) => return Ok(Answer::on(redirect)),
            Taken::Again(form) => form,
        }
    };
    if let About::New(adding) = &about {
        form.naming = Some(adding.naming(fault));
    }
    let layout = Frame::setup(&holder, layout, Step::Provider);
    let status = form.status();
    let page = about.page(layout, form, editor, public_url);
    Ok(Answer::again(status, page))
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![show, save]
}
