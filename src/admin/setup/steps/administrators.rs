//! Step 7, `/setup/administrators`: which group may come to the desk, and the login that closes the first run.

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, get, post, routes};

use crate::admin::change::Editor;
use crate::admin::form::{Form, Kind, Section, SettingsForm, Spec, Taken, Way};
use crate::admin::setup::{InSetup, Step};
use crate::admin::{Answer, Frame, Posted};
use crate::session::Visitor;
use crate::web::{Layout, Refusal, Room, Visit};

/// The most groups of somebody that are named.
const MOST_GROUPS: usize = 50;

const SECTIONS: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[Spec {
        key: "groups",
        label: "Groups of administrators",
        hint: "One a line: a group at your identity provider, such as a group of the Cognito user pool. Whoever is in one of them may use the admin desk; they need not be customers. With several identity providers: provider:group.",
        kind: Kind::Lines("helpdesk-admins"),
    }],
}];

#[derive(Template, WebTemplate)]
#[template(path = "admin/setup_administrators.html")]
struct AdministratorsPage {
    layout: Frame,
    form: Form,
    action: &'static str,
    button: &'static str,
    /// The groups that count now.
    groups: Vec<String>,
    /// The claim that lists somebody's groups.
    claim: String,
    /// Who signed in, and is in none of them.
    stranger: Option<Stranger>,
}

/// Somebody who is no administrator.
struct Stranger {
    email: String,
    groups: String,
    /// Whether the login told of groups at all.
    has_claim: bool,
}

impl Stranger {
    /// Whoever is signed in beside a setup code: an administrator would be at the desk by now.
    fn of(visitor: &Visitor<'_>, claim: &str) -> Result<Option<Self>, Refusal> {
        Ok(visitor.session()?.map(|session| {
            let identity = &session.data.identity;
            let names = identity.groups.iter().map(|group| group.name.as_str());
            Self {
                email: identity.email.to_string(),
                groups: names.take(MOST_GROUPS).collect::<Vec<_>>().join(", "),
                has_claim: identity.claims.has(claim),
            }
        }))
    }
}

fn settings() -> SettingsForm {
    SettingsForm {
        prefix: "admin".to_owned(),
        sections: SECTIONS,
    }
}

fn page(holder: &InSetup<'_>, layout: Layout, form: Form, editor: &Editor) -> AdministratorsPage {
    let groups = editor.settings().admin_groups.iter();
    AdministratorsPage {
        layout: Frame::setup(holder, layout, Step::Administrators),
        form,
        action: Step::Administrators.address(),
        button: "Save",
        groups: groups
            .map(|group| format!("{}:{}", group.provider, group.name))
            .collect(),
        claim: editor.settings().mapping.groups.clone(),
        stranger: None,
    }
}

#[get("/setup/administrators?<way..>")]
async fn show(
    way: Way,
    holder: InSetup<'_>,
    visitor: Visitor<'_>,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<AdministratorsPage, Refusal> {
    let form = settings().show(editor, &way, &holder).await?;
    let stranger = Stranger::of(&visitor, &editor.settings().mapping.groups)?;
    Ok(AdministratorsPage {
        stranger,
        ..page(&holder, layout, form, editor)
    })
}

#[post("/setup/administrators", data = "<posted>")]
async fn save(
    holder: InSetup<'_>,
    posted: Posted,
    visit: Visit,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<Answer<AdministratorsPage>, Refusal> {
    let actor = holder.actor();
    let next = Step::Administrators.address();
    let taken = settings()
        .save(editor, &posted, (&visit, &actor), next)
        .await?;
    Ok(match taken {
        Taken::On(redirect) => Answer::on(redirect),
        Taken::Again(form) => Answer::again(form.status(), page(&holder, layout, form, editor)),
    })
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![show, save]
}
