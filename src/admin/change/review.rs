//! `/admin/changes/<draft>`: a change before it is saved, old and new; and the saving.

use askama::Template;
use askama_web::WebTemplate;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Responder, Route, get, post, routes};

use crate::admin::{Administrator, Frame, Place, Posted};
use crate::settings::{Change, Conflict, Edit, Problem};
use crate::web::{Layout, Reason, Refusal, Room, Visit};

use super::history::unavailable;
use super::{Draft, Editor, SaveError};

#[derive(Template, WebTemplate)]
#[template(path = "admin/review.html")]
struct ReviewPage {
    layout: Frame,
    name: String,
    from: String,
    changes: Vec<Change>,
    /// What somebody else changed meanwhile: what stands there now, and what was wanted.
    conflict: Vec<Change>,
    problems: Vec<Problem>,
}

/// What comes of saving.
#[derive(Responder)]
enum Review {
    Refused((Status, ReviewPage)),
    Saved(Redirect),
}

#[get("/admin/changes/<name>")]
async fn review(
    name: &str,
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<ReviewPage, Refusal> {
    let draft = find(editor, name).await?;
    let saved = editor.saved().await.map_err(unavailable)?;
    let mut page = page(&administrator, layout, name, &draft);
    match saved.edited(&draft.edits) {
        Err(Conflict(theirs)) => page.conflict = theirs,
        Ok(after) => {
            if let Err(problems) = editor.judge(&after) {
                page.problems = problems.0;
            }
        }
    }
    Ok(page)
}

#[post("/admin/changes/<name>", data = "<_posted>", rank = 2)]
async fn save(
    name: &str,
    administrator: Administrator<'_>,
    _posted: Posted,
    visit: Visit,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<Review, Refusal> {
    let draft = find(editor, name).await?;
    let saved = editor
        .save(&draft.edits, &visit, &administrator.actor())
        .await;
    let mut page = page(&administrator, layout, name, &draft);
    let status = match saved {
        Ok(change) => {
            editor.drop_draft(name).await.map_err(unavailable)?;
            let back = with_query(&draft.from, "saved", &change);
            return Ok(Review::Saved(Redirect::to(back)));
        }
        Err(SaveError::Conflict(Conflict(theirs))) => {
            page.conflict = theirs;
            Status::Conflict
        }
        Err(SaveError::Problems(problems)) => {
            page.problems = problems.0;
            Status::BadRequest
        }
        Err(error @ SaveError::Store(_)) => return Err(error.into()),
    };
    Ok(Review::Refused((status, page)))
}

async fn find(editor: &Editor, name: &str) -> Result<Draft, Refusal> {
    let draft = editor.drafted(name).await.map_err(unavailable)?;
    draft.ok_or_else(|| {
        Refusal::new(Reason::NotFound)
            .because("no draft of this name, or an old one")
            .own_path("See all changes", "/admin/changes")
    })
}

fn with_query(path: &str, name: &str, value: &str) -> String {
    let mark = if path.contains('?') { '&' } else { '?' };
    format!("{path}{mark}{name}={value}")
}

fn page(
    administrator: &Administrator<'_>,
    layout: Layout,
    name: &str,
    draft: &Draft,
) -> ReviewPage {
    ReviewPage {
        layout: Frame::new(administrator, layout, Place::Changes),
        name: name.to_owned(),
        from: with_query(&draft.from, "draft", name),
        changes: draft.edits.iter().map(Edit::change).collect(),
        conflict: Vec::new(),
        problems: Vec::new(),
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![review, save]
}
