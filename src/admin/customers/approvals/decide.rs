//! The decision: of one by their buttons, or of several by their boxes. It can be changed later, and counts from the next visit on.

use rocket::response::Redirect;
use rocket::{Route, post, routes};

use crate::admission::approvals::{self, Approval, Decision};
use crate::audit::EventName;
use crate::web::{Refusal, Room, Visit};

use super::super::{Customers, event};
use super::{PAGE, PATH};
use crate::admin::{Administrator, Posted};

/// What a form says: whose first visits, and whether they may come in.
struct Verdict<'a> {
    names: Vec<&'a str>,
    is_given: bool,
}

impl<'a> Verdict<'a> {
    fn of(posted: &'a Posted) -> Self {
        let one = |button| Some(posted.get(button)).filter(|name| !name.is_empty());
        if let Some(name) = one("approve") {
            return Self {
                names: vec![name],
                is_given: true,
            };
        }
        if let Some(name) = one("refuse") {
            return Self {
                names: vec![name],
                is_given: false,
            };
        }
        // What a browser sends when Enter is pressed in a box or in the note is neither.
        let decides = ["approve", "refuse"].contains(&posted.get("decide"));
        let most = if decides { PAGE } else { 0 };
        Self {
            names: posted.all("chosen").take(most).collect(),
            is_given: posted.get("decide") == "approve",
        }
    }
}

#[post("/admin/approvals", data = "<posted>")]
async fn decide(
    administrator: Administrator<'_>,
    posted: Posted,
    visit: Visit,
    customers: &Room<Customers>,
) -> Result<Redirect, Refusal> {
    let verdict = Verdict::of(&posted);
    let mut decided = 0;
    for name in &verdict.names {
        let decision = Decision {
            is_given: verdict.is_given,
            by: administrator.actor(),
            at: customers.now(),
            note: posted.get("note").trim().to_owned(),
        };
        let found = approvals::decide(&customers.vault, name, decision).await?;
        if let Some(approval) = found {
            record(customers, &administrator, &visit, &approval).await?;
            decided += 1;
        }
    }
    let word = if verdict.is_given { "given" } else { "refused" };
    Ok(customers.on_to(&administrator, PATH, &format!("{word}-{decided}")))
}

async fn record(
    customers: &Customers,
    administrator: &Administrator<'_>,
    visit: &Visit,
    approval: &Approval,
) -> Result<(), Refusal> {
    let Some(decision) = &approval.decision else {
        return Ok(());
    };
    let name = if decision.is_given {
        EventName::ApprovalGiven
    } else {
        EventName::ApprovalRefused
    };
    let identity = &approval.identity;
    let event = event(name, visit, administrator, &identity.email)
        .provider(identity.provider.as_str())
        .subject(&identity.subject)
        .link(approval.link.as_str());
    let event = if decision.note.is_empty() {
        event
    } else {
        event.changes_of_the_person(serde_json::json!({ "note": decision.note }))
    };
    customers.record(event).await
}

/// What was done, in words.
pub(super) fn said(done: &str) -> Option<String> {
    let (word, count) = done.split_once('-')?;
    let count: usize = count.parse().ok()?;
    let what = match word {
        "given" => "approved: the next visit gets in",
        "refused" => "not approved: the next visit is refused",
        _ => return None,
    };
    Some(match count {
        0 => "Nothing was changed: nobody was chosen, or it was decided so already.".to_owned(),
        1 => format!("One first visit was {what}."),
        more => format!("{more} first visits were {what}."),
    })
}

/// The address of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![decide]
}
