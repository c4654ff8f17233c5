//! `/admin/changes/<draft>`: a change before it is saved, old and new; and the saving.

use askama::Template;
use askama_web::WebTemplate;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Responder, Route, get, post, routes};

use crate::admin::enter::Door;
use crate::admin::wording::{Complaint, Thing, complaints, things};
use crate::admin::{Administrator, Frame, Place, Posted, would_lock_out};
use crate::settings::{Conflict, Edit, Loaded, Problem, Problems, Saved, Settings};
use crate::web::{Layout, Refusal, Room, Visit};

use super::{Draft, Editor, SaveError, beyond};

/// What is wrong with a change that only others, or a setup code, can save.
const SHUTS_OUT: &str =
    "would no longer let you in yourself: another administrator can save this, or a setup code";

#[derive(Template, WebTemplate)]
#[template(path = "admin/review.html")]
struct ReviewPage {
    layout: Frame,
    name: String,
    from: String,
    things: Vec<Thing>,
    /// What was changed meanwhile: what stands there now, and what was wanted.
    conflict: Vec<Thing>,
    problems: Vec<Complaint>,
    /// Where a setup code is entered that can save what would shut this administrator out.
    code: Option<String>,
    /// Whether it takes back what was saved: nobody typed it.
    takes_back: bool,
    /// What is deleted for good.
    deleted: Option<String>,
    /// What to look at before it is saved.
    notes: Vec<Complaint>,
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
    let review = Reviewed {
        editor,
        saved: &saved,
        draft: &draft,
    };
    let mut page = review.page(&administrator, layout, name);
    match saved.edited(&draft.edits) {
        Err(Conflict(theirs)) => {
            page.conflict = review.things(&theirs);
            return Ok(Review::Refused((Status::Conflict, Box::new(page))));
        }
        Ok(after) => match judged(&administrator, &review, &after) {
            Err(Problems(problems)) => review.refuse(&mut page, problems),
            Ok(loaded) => {
                page.deleted = editor.deleted(&loaded.settings).await?;
                page.notes = review.complaints(beyond::notes(&draft.edits, loaded.warnings));
            }
        },
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
    let done = editor
        .save_given(draft.change(), &visit, &administrator.actor(), stays)
        .await;
    let saved = editor.saved().await?;
    let review = Reviewed {
        editor,
        saved: &saved,
        draft: &draft,
    };
    let mut page = review.page(&administrator, layout, name);
    let status = match done {
        Ok(change) => {
            editor.drop_draft(name).await?;
            let back = with_query(&draft.from, "saved", &change);
            return Ok(Review::Saved(Box::new(Redirect::to(back))));
        }
        Err(SaveError::Conflict(Conflict(theirs))) => {
            page.conflict = review.things(&theirs);
            Status::Conflict
        }
        Err(SaveError::Problems(problems)) => {
            review.refuse(&mut page, problems.0);
            Status::BadRequest
        }
        Err(error @ SaveError::Store(_)) => return Err(error.into()),
    };
    Ok(Review::Refused((status, Box::new(page))))
}

/// These settings, unless something is wrong with them, as far as can be told before they are saved.
fn judged(
    administrator: &Administrator<'_>,
    review: &Reviewed<'_>,
    after: &Saved,
) -> Result<Loaded, Problems> {
    let change = review.draft.change();
    let loaded = review.editor.judge_edits(change, review.saved, after)?;
    stays(administrator, &loaded.settings)?;
    Ok(loaded)
}

/// That whoever saves these settings could come back. Whoever is there by a setup code can, by another.
fn stays(administrator: &Administrator<'_>, after: &Settings) -> Result<(), Problems> {
    let locks_out = |identity| would_lock_out(identity, after);
    if !administrator.identity().is_some_and(locks_out) {
        return Ok(());
    }
    Err(Problems(vec![Problem {
        key: "admin.groups".to_owned(),
        origin: String::new(),
        message: SHUTS_OUT.to_owned(),
    }]))
}

async fn find(editor: &Editor, name: &str) -> Result<Option<Draft>, Refusal> {
    editor.drafted(name).await.map_err(Refusal::from)
}

/// There is nothing to review: it was saved already, or waited too long.
fn gone(administrator: &Administrator<'_>, layout: Layout) -> Review {
    let page = ReviewPage {
        is_gone: true,
        ..ReviewPage::empty(administrator, layout)
    };
    Review::Refused((Status::NotFound, Box::new(page)))
}

fn with_query(path: &str, name: &str, value: &str) -> String {
    let mark = if path.contains('?') { '&' } else { '?' };
    format!("{path}{mark}{name}={value}")
}

/// A draft, and what it is above.
struct Reviewed<'a> {
    editor: &'a Editor,
    saved: &'a Saved,
    draft: &'a Draft,
}

impl Reviewed<'_> {
    fn things(&self, edits: &[Edit]) -> Vec<Thing> {
        things(edits, self.saved, self.editor.outside())
    }

    fn complaints(&self, problems: Vec<Problem>) -> Vec<Complaint> {
        let after = self.saved.edited_as_far_as_possible(&self.draft.edits);
        complaints(problems, after, self.editor.outside())
    }

    /// Says on the page what is wrong, and who could save it all the same.
    fn refuse(&self, page: &mut ReviewPage, problems: Vec<Problem>) {
        if problems.iter().all(|problem| problem.message == SHUTS_OUT) {
            let here = format!("/admin/changes/{}", page.name);
            page.code = Some(Door::Desk.on_the_way_to(&here));
        }
        page.problems = self.complaints(problems);
    }

    fn page(&self, administrator: &Administrator<'_>, layout: Layout, name: &str) -> ReviewPage {
        ReviewPage {
            name: name.to_owned(),
            from: with_query(&self.draft.from, "draft", name),
            takes_back: self.draft.takes_back(),
            things: self.things(&self.draft.edits),
            ..ReviewPage::empty(administrator, layout)
        }
    }
}

impl ReviewPage {
    /// What is called what a conflict is about.
    fn wanted(&self) -> &'static str {
        if self.takes_back {
            "Before the change"
        } else {
            "You wanted"
        }
    }

    fn empty(administrator: &Administrator<'_>, layout: Layout) -> Self {
        Self {
            layout: Frame::new(administrator, layout, Place::Changes),
            name: String::new(),
            from: String::new(),
            things: Vec::new(),
            conflict: Vec::new(),
            takes_back: false,
            problems: Vec::new(),
            code: None,
            deleted: None,
            notes: Vec::new(),
            is_gone: false,
        }
    }
}

impl Draft {
    /// Whether it is the way back from a change: those begin at the list of changes, and nothing else does.
    fn takes_back(&self) -> bool {
        self.from == Place::Changes.address()
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![review, save]
}
