//! Step 4, `/setup/account`: the Atlassian site and the service account; once both are set, what the account is and may do stands below.

use askama::Template;
use askama_web::WebTemplate;
use jiff::tz::TimeZone;
use rocket::{Route, get, post, routes};

use crate::admin::account_test::AccountReport;
use crate::admin::change::Editor;
use crate::admin::form::{Form, SettingsForm, Taken, Way};
use crate::admin::pages::account;
use crate::admin::setup::begun::begun;
use crate::admin::setup::{InSetup, Step};
use crate::admin::{Answer, Frame, Posted, ServiceAccount};
use crate::jsm::MOST_PROJECTS;
use crate::login::Login;
use crate::settings::Saved;
use crate::web::{Layout, Refusal, Room, Visit};

/// The page.
#[derive(Template, WebTemplate)]
#[template(path = "admin/setup_account.html")]
struct AccountPage {
    layout: Frame,
    form: Form,
    action: &'static str,
    button: &'static str,
    /// What Atlassian says of the account that is set.
    report: Option<AccountReport>,
}

impl AccountPage {
    fn new(holder: &InSetup<'_>, layout: Layout, form: Form) -> Self {
        Self {
            layout: Frame::setup(holder, layout, Step::Account),
            form,
            action: Step::Account.address(),
            button: "Save and test",
            report: None,
        }
    }
}

fn settings() -> SettingsForm {
    SettingsForm {
        prefix: account::PREFIX.to_owned(),
        sections: account::FIRST,
    }
}

#[get("/setup/account?<way..>")]
async fn show(
    way: Way,
    holder: InSetup<'_>,
    layout: Layout,
    editor: &Room<Editor>,
    account: &Room<ServiceAccount>,
    login: &Room<Login>,
) -> Result<AccountPage, Refusal> {
    let form = settings().show(editor, &way, &holder).await?;
    let mut page = AccountPage::new(&holder, layout, form);
    let set = editor.settings().atlassian.as_ref();
    if let Some((jsm, set)) = account.0.as_ref().zip(set) {
        let today = login.now().to_zoned(TimeZone::UTC).date();
        page.report = Some(AccountReport::ask(jsm, set, today).await);
    }
    Ok(page)
}

#[post("/setup/account", data = "<posted>")]
async fn save(
    holder: InSetup<'_>,
    posted: Posted,
    visit: Visit,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<Answer<AccountPage>, Refusal> {
    let by = holder.actor();
    let here = Step::Account.address();
    let form = settings();
    let whole = |typed| {
        let usual = ("token_kind", "classic");
        (begun(&[account::PREFIX], usual, typed, editor), Vec::new())
    };
    let both = (Saved::clone, whole);
    let saved = form.save_unless(editor, &posted, (&visit, &by), here, both);
    Ok(match saved.await? {
        Taken::On(redirect) => Answer::on(redirect),
        Taken::Again(form) => Answer::again(form.status(), AccountPage::new(&holder, layout, form)),
    })
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![show, save]
}
