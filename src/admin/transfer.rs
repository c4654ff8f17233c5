//! `/admin/transfer`: all settings as a file, and a file as settings; what would change is shown before anything is saved.

use askama::Template;
use askama_web::WebTemplate;
use rocket::http::{ContentType, Header};
use rocket::{Responder, Route, get, post, routes};

use crate::settings::{MASK, Problems, Saved, masked};
use crate::web::{Layout, Reason, Refusal, Room};

use super::change::Editor;
use super::form::Way;
use super::wording::{Complaint, complaints};
use super::{Administrator, Answer, Frame, Place, Posted};

/// What messages call a text that was pasted.
const PASTED: &str = "the pasted text";

#[derive(Template, WebTemplate)]
#[template(path = "admin/transfer.html")]
struct TransferPage {
    layout: Frame,
    text: String,
    /// Whether secrets that were typed are masked in it.
    is_masked: bool,
    problems: Vec<Complaint>,
    unchanged: bool,
    /// An import that was saved just now, by its name in the history.
    saved: Option<String>,
}

/// A file to keep.
#[derive(Responder)]
struct Export {
    text: (ContentType, String),
    disposition: Header<'static>,
    cache: Header<'static>,
}

/// The page; with what a draft would make of the settings, for somebody who comes back from its review.
#[get("/admin/transfer?<way..>")]
async fn transfer(
    way: Way,
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<TransferPage, Refusal> {
    let mut page = page(&administrator, layout, "");
    if way.draft.is_some() {
        page.text = as_text(&way.settings(editor).await?)?;
    }
    page.saved = way.saved(editor, &administrator).await?;
    Ok(page)
}

fn as_text(settings: &Saved) -> Result<String, Refusal> {
    settings
        .to_toml()
        .map_err(|error| Refusal::new(Reason::Internal).because(error))
}

#[get("/admin/transfer/front-door.toml")]
async fn export(
    _administrator: Administrator<'_>,
    editor: &Room<Editor>,
) -> Result<Export, Refusal> {
    let saved = editor.saved().await?;
    let everything = editor.outside().everything(&saved);
    let text = as_text(&everything)?;
    let disposition = "attachment; filename=\"front-door.toml\"";
    Ok(Export {
        text: (ContentType::Plain, text),
        disposition: Header::new("Content-Disposition", disposition),
        cache: Header::new("Cache-Control", "no-store"),
    })
}

#[post("/admin/transfer", data = "<posted>")]
async fn import(
    administrator: Administrator<'_>,
    posted: Posted,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<Answer<TransferPage>, Refusal> {
    let text = posted.get("settings");
    let mut page = page(&administrator, layout, text);
    let saved = editor.saved().await?;
    match read(text, &saved, editor) {
        Err(Problems(problems)) => {
            let about = Saved::from_toml(text, PASTED).unwrap_or_default();
            page.problems = complaints(problems, about, editor.outside());
        }
        Ok(after) => {
            let review = editor.review(&saved, &after, "/admin/transfer").await?;
            if let Some(review) = review {
                return Ok(Answer::on(review));
            }
            page.unchanged = true;
        }
    }
    Ok(Answer::page(page))
}

/// What the text would make of the saved settings: it replaces them whole, but for secrets, which no file carries.
fn read(text: &str, saved: &Saved, editor: &Editor) -> Result<Saved, Problems> {
    let given = Saved::from_toml(text, PASTED)?.with_secrets_of(saved);
    editor.judge_change(saved, &given)?;
    Ok(given)
}

/// With what was typed, but for secrets: those go to no page.
fn page(administrator: &Administrator<'_>, layout: Layout, typed: &str) -> TransferPage {
    let text = masked(typed);
    TransferPage {
        layout: Frame::new(administrator, layout, Place::Settings),
        is_masked: text.contains(MASK),
        text,
        problems: Vec::new(),
        unchanged: false,
        saved: None,
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![transfer, export, import]
}
