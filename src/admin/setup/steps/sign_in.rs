//! Step 6, `/setup/sign-in`: what Atlassian needs of us to sign customers in, what we need of it, and whether it works.

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, get, post, routes};

use crate::admin::change::Editor;
use crate::admin::form::{Adding, Form, Taken, Way};
use crate::admin::service_providers::Ours;
use crate::admin::service_providers::around::Around;
use crate::admin::service_providers::edit::show_clashes;
use crate::admin::service_providers::kinds::{self, SpKind};
use crate::admin::service_providers::test::{Test, TestPage};
use crate::admin::setup::{InSetup, Step};
use crate::admin::{Answer, Frame, Posted};
use crate::settings::Saved;
use crate::settings::saml::ServiceProviderKind;
use crate::web::{Layout, Reason, Refusal, Visit};

const HERE: &str = "/setup/sign-in";
const TEST: &str = "/setup/sign-in/test";

/// The kind that the first hour is about.
const KIND: ServiceProviderKind = ServiceProviderKind::PortalOnly;

/// The page.
#[derive(Template, WebTemplate)]
#[template(path = "admin/setup_sign_in.html")]
struct SignInPage {
    layout: Frame,
    kind: &'static SpKind,
    ours: Ours,
    form: Form,
    action: &'static str,
    button: &'static str,
    /// Whether there is something to test.
    is_set: bool,
}

impl SignInPage {
    async fn of(layout: Frame, around: &Around<'_>, form: Form) -> Result<Self, Refusal> {
        Ok(Self {
            layout,
            kind: kinds::of(KIND),
            ours: around.ours().await?,
            form,
            action: HERE,
            button: "Save and go on to the test",
            is_set: existing(around.editor).is_some(),
        })
    }
}

/// The name of the portal among the service providers, once it is there.
fn existing(editor: &Editor) -> Option<&str> {
    let all = &editor.settings().saml.service_providers;
    let portal = all.iter().find(|(_, one)| one.kind == KIND);
    portal.map(|(name, _)| name.as_str())
}

/// The one that is there, or that is to be made.
fn about(editor: &Editor) -> Adding<SpKind> {
    let free = Adding::of(kinds::of(KIND).word, editor);
    match existing(editor) {
        Some(name) => free.typed(name),
        None => free,
    }
}

#[get("/setup/sign-in?<way..>")]
async fn show(
    way: Way,
    holder: InSetup<'_>,
    layout: Layout,
    around: Around<'_>,
) -> Result<SignInPage, Refusal> {
    let about = about(around.editor);
    let form = about.settings();
    let form = form.show(around.editor, &way, &holder).await?;
    SignInPage::of(Frame::setup(&holder, layout, Step::SignIn), &around, form).await
}

#[post("/setup/sign-in", data = "<posted>")]
async fn save(
    holder: InSetup<'_>,
    posted: Posted,
    visit: Visit,
    layout: Layout,
    around: Around<'_>,
) -> Result<Answer<SignInPage>, Refusal> {
    let (editor, by) = (around.editor, holder.actor());
    let about = about(editor);
    let is_new = existing(editor).is_none();
    let finish = |typed: Saved| {
        let whole = if is_new { about.finish(typed) } else { typed };
        (whole, Vec::new())
    };
    let taken = about
        .settings()
        .save_unless(editor, &posted, (&visit, &by), TEST, (Saved::clone, finish))
        .await?;
    let mut form = match taken {
        Taken::On(redirect) => return Ok(Answer::on(redirect)),
        Taken::Again(form) => form,
    };
    show_clashes(&mut form, &about.name);
    let layout = Frame::setup(&holder, layout, Step::SignIn);
    let status = form.status();
    let page = SignInPage::of(layout, &around, form).await?;
    Ok(Answer::again(status, page))
}

#[get("/setup/sign-in/test?<watch>")]
async fn test(
    watch: Option<u32>,
    holder: InSetup<'_>,
    layout: Layout,
    around: Around<'_>,
) -> Result<Test, Refusal> {
    let nothing = || {
        Refusal::new(Reason::NotFound)
            .because("no portal to test")
            .own_path("Enter what Atlassian shows first", HERE)
    };
    let name = existing(around.editor).and_then(|name| name.parse().ok());
    let name = name.ok_or_else(nothing)?;
    let layout = Frame::setup(&holder, layout, Step::SignIn);
    let page = TestPage {
        address: TEST.to_owned(),
        back: HERE.to_owned(),
        ..around.tested(layout, &name).await?
    };
    Ok(page.watched(watch))
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![show, save, test]
}
