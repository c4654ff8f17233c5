//! The desk's pages that are nothing but a form over settings, one table each.

mod access;
pub(super) mod account;
mod settings;
mod texts;

use rocket::request::FromParam;
use rocket::{Route, get, post, routes};

use crate::web::{Layout, Refusal, Room};

use super::change::Editor;
use super::form::{Form, FormPage, Section, SettingsForm, Taken, Way};
use super::providers::edit::open_to_all;
use super::wording::Sheet;
use super::{Administrator, Answer, Frame, Place, Posted};

/// One such page.
#[derive(Clone, Copy)]
pub(super) struct FormOnly {
    place: Place,
    path: &'static str,
    title: &'static str,
    lead: &'static str,
    /// The key above all of its fields; may be empty.
    prefix: &'static str,
    sections: &'static [Section],
    /// Pages to go on to: address, and what is there.
    more: &'static [(&'static str, &'static str)],
}

/// All of them.
const ALL: [FormOnly; 5] = [
    access::PAGE,
    account::PAGE,
    settings::PAGE,
    texts::ENGLISH,
    texts::GERMAN,
];

impl FromParam<'_> for FormOnly {
    type Error = ();

    fn from_param(name: &str) -> Result<Self, ()> {
        let address = format!("/admin/{name}");
        let named = |page: &Self| page.path == address;
        ALL.into_iter().find(named).ok_or(())
    }
}

/// Where each stands in the desk.
pub(super) fn sheets() -> impl Iterator<Item = Sheet> {
    ALL.into_iter().map(|page| page.sheet())
}

impl FormOnly {
    pub(super) const fn sheet(&self) -> Sheet {
        Sheet {
            page: self.title,
            address: self.path,
            prefix: self.prefix,
            sections: self.sections,
        }
    }

    fn settings(&self) -> SettingsForm {
        SettingsForm {
            prefix: self.prefix.to_owned(),
            sections: self.sections,
        }
    }

    async fn page(
        &self,
        administrator: &Administrator<'_>,
        layout: Layout,
        form: Form,
        editor: &Editor,
    ) -> Result<FormPage, Refusal> {
        let warnings = match self.path {
            path if path == access::PAGE.path => open_to_all(editor.settings()),
            path if path == settings::PAGE.path => {
                editor.kept_for_longer().await?.into_iter().collect()
            }
            _ => Vec::new(),
        };
        Ok(FormPage {
            layout: Frame::new(administrator, layout, self.place),
            title: self.title,
            lead: self.lead,
            action: self.path.to_owned(),
            button: "Review the change",
            form,
            warnings,
            more: self.more,
        })
    }
}

#[get("/admin/<page>?<way..>")]
async fn show(
    page: FormOnly,
    way: Way,
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<FormPage, Refusal> {
    let form = page.settings();
    let form = form.show(editor, &way, &administrator).await?;
    page.page(&administrator, layout, form, editor).await
}

#[post("/admin/<page>", data = "<posted>")]
async fn change(
    page: FormOnly,
    administrator: Administrator<'_>,
    posted: Posted,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<Answer<FormPage>, Refusal> {
    let from = page.path;
    let settings = page.settings();
    let taken = settings.take(editor, &posted, from, |saved| saved).await?;
    Ok(match taken {
        Taken::On(redirect) => Answer::on(redirect),
        Taken::Again(form) => {
            let status = form.status();
            let page = page.page(&administrator, layout, form, editor).await?;
            Answer::again(status, page)
        }
    })
}

/// The addresses of this folder.
pub(super) fn routes() -> Vec<Route> {
    routes![show, change]
}
