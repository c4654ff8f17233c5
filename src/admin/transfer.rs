//! `/admin/transfer`: all settings as a file, and a file as settings; what would change is shown before anything is saved.

use askama::Template;
use askama_web::WebTemplate;
use rocket::http::{ContentType, Header};
use rocket::{Responder, Route, get, post, routes};

use crate::settings::{Problem, Problems, Saved};
use crate::web::{Layout, Reason, Refusal, Room};

use super::change::Editor;
use super::{Administrator, Answer, Frame, Place, Posted};

/// What messages call a text that was pasted.
const PASTED: &str = "the pasted text";

#[derive(Template, WebTemplate)]
#[template(path = "admin/transfer.html")]
struct TransferPage {
    layout: Frame,
    text: String,
    problems: Vec<Problem>,
    unchanged: bool,
}

/// A file to keep.
#[derive(Responder)]
struct Export {
    text: (ContentType, String),
    disposition: Header<'static>,
    cache: Header<'static>,
}

#[get("/admin/transfer")]
fn transfer(administrator: Administrator<'_>, layout: Layout) -> TransferPage {
    page(&administrator, layout, "")
}

#[get("/admin/transfer/front-door.toml")]
async fn export(
    _administrator: Administrator<'_>,
    editor: &Room<Editor>,
) -> Result<Export, Refusal> {
    let saved = editor.saved().await?;
    let everything = editor.outside().everything(&saved);
    let text = everything
        .to_toml()
        .map_err(|error| Refusal::new(Reason::Internal).because(error))?;
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
        Err(Problems(problems)) => page.problems = problems,
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

fn page(administrator: &Administrator<'_>, layout: Layout, text: &str) -> TransferPage {
    TransferPage {
        layout: Frame::new(administrator, layout, Place::Settings),
        text: text.to_owned(),
        problems: Vec::new(),
        unchanged: false,
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![transfer, export, import]
}
