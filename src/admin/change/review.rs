//! `/admin/changes/<draft>`: a change before it is saved, old and new; and the saving.

use askama::Template;
use askama_web::WebTemplate;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Responder, Route, get, post, routes};

use crate::admin::{Administrator, Frame, Place, Posted, would_lock_out};
use crate::settings::{Change, Conflict, Edit, Problem, Problems, Saved, Settings};
use crate::web::{Layout, Refusal, Room, Visit};

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
    /// Nothing waits here (any more).
    is_gone: bool,
}

/// What comes of saving.
#[derive(Responder)]
enum Review {
    Page(Box<ReviewPage>),
    Refused((Status, Box<ReviewPage>)),
    Saved(Box<Redirect>),
}

#[get("/admin/changes/<name>")]
async fn review(
    name: &str,
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<Review, Refusal> {
    let Some(draft) = find(editor, name).await? else {
        return Ok(gone(&administrator, layout));
    };
    let saved = editor.saved().await?;
    let mut page = page(&administrator, layout, name, &draft);
    match saved.edited(&draft.edits) {
        Err(Conflict(theirs)) => page.conflict = theirs,
        Ok(after) => page.problems = problems(&administrator, editor, (&saved, &after)),
    }
    Ok(Review::Page(Box::new(page)))
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
    let Some(draft) = find(editor, name).await? else {
        return Ok(gone(&administrator, layout));
    };
    let stays = |after: &Settings| stays(&administrator, after);
    let saved = editor
        .save(&draft.edits, &visit, &administrator.actor(), stays)
        .await;
    let mut page = page(&administrator, layout, name, &draft);
    let status = match saved {
        Ok(change) => {
            editor.drop_draft(name).await?;
            let back = with_query(&draft.from, "saved", &change);
            return Ok(Review::Saved(Box::new(Redirect::to(back))));
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
    Ok(Review::Refused((status, Box::new(page))))
}

/// What is wrong with these settings, as far as can be told before they are saved.
fn problems(
    administrator: &Administrator<'_>,
    editor: &Editor,
    (before, after): (&Saved, &Saved),
) -> Vec<Problem> {
    let judged = editor.judge_change(before, after);
    let judged = judged.and_then(|loaded| stays(administrator, &loaded.settings));
    judged.err().map_or_else(Vec::new, |problems| problems.0)
}

/// That whoever saves these settings could come back.
fn stays(administrator: &Administrator<'_>, after: &Settings) -> Result<(), Problems> {
    let locks_out = |identity| would_lock_out(identity, after);
    if !administrator.identity().is_some_and(locks_out) {
        return Ok(());
    }
    Err(Problems(vec![Problem {
        key: "admin.groups".to_owned(),
        origin: String::new(),
        message: "would no longer let you in yourself: another administrator can save this, or a setup code".to_owned(),
    }]))
}

async fn find(editor: &Editor, name: &str) -> Result<Option<Draft>, Refusal> {
    editor.drafted(name).await.map_err(Refusal::from)
}

/// There is nothing to review: it was saved already, or waited too long.
fn gone(administrator: &Administrator<'_>, layout: Layout) -> Review {
    let nothing = Draft {
        edits: Vec::new(),
        from: "/admin/changes".to_owned(),
    };
    let mut page = page(administrator, layout, "", &nothing);
    page.is_gone = true;
    Review::Refused((Status::NotFound, Box::new(page)))
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
        is_gone: false,
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![review, save]
}
