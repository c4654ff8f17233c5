//! `/admin/audit/check`: is the trail what was written, and nothing missing?

use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, get, post, routes};

use crate::admin::{Administrator, Frame, Place, Posted};
use crate::audit::{Checked, Fault, Trail};
use crate::web::pages::for_people;
use crate::web::{Layout, Refusal, Room};

/// The longest that somebody waits for it here. The command takes all the time that it needs.
const WITHIN: Duration = Duration::from_secs(10);

#[derive(Template, WebTemplate)]
#[template(path = "admin/audit_check.html")]
struct CheckPage {
    layout: Frame,
    outcome: Option<Outcome>,
}

enum Outcome {
    Empty,
    Holds {
        checked: Checked,
        /// When the last record that was checked happened.
        until: String,
    },
    /// There was no time to check even one record.
    NoTime,
    /// The place of the record that does not follow from the one before it.
    Broken(u64),
}

#[get("/admin/audit/check")]
fn form(administrator: Administrator<'_>, layout: Layout) -> CheckPage {
    CheckPage {
        layout: Frame::new(&administrator, layout, Place::Audit),
        outcome: None,
    }
}

/// Changes nothing, but is work: that is why a form asks for it.
#[post("/admin/audit/check", data = "<_posted>")]
async fn check(
    administrator: Administrator<'_>,
    layout: Layout,
    _posted: Posted,
    trail: &Room<Trail>,
) -> Result<CheckPage, Refusal> {
    let outcome = match trail.check(Some(WITHIN)).await {
        Ok(checked) => match checked.newest {
            Some(at) => Outcome::Holds {
                until: for_people(at),
                checked,
            },
            None if checked.all => Outcome::Empty,
            None => Outcome::NoTime,
        },
        Err(Fault::Broken(place)) => Outcome::Broken(place),
        Err(Fault::Store(error)) => return Err(error.into()),
    };
    Ok(CheckPage {
        layout: Frame::new(&administrator, layout, Place::Audit),
        outcome: Some(outcome),
    })
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![form, check]
}
