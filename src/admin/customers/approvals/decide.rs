//! The decision: of one by their buttons, or of several by their boxes. It can be changed later, and counts from the next visit on.

use rocket::response::Redirect;
use rocket::{Route, post, routes};

use crate::admission::approvals::{self, Approval, Decision, Outcome};
use crate::audit::EventName;
use crate::web::{Refusal, Room, Visit};

use super::super::{Customers, event};
use super::{PAGE, PATH};
use crate::admin::{Administrator, Posted};

/// What a form says: whose first visits, as they were shown, and whether they may come in.
struct Verdict<'a> {
    shown: Vec<&'a str>,
    is_given: bool,
}

impl<'a> Verdict<'a> {
    fn of(posted: &'a Posted) -> Self {
        let one = |button| Some(posted.get(button)).filter(|name| !name.is_empty());
        if let Some(name) = one("approve") {
            return Self {
                shown: vec![name],
                is_given: true,
            };
        }
        if let Some(name) = one("refuse") {
            return Self {
                shown: vec![name],
                is_given: false,
            };
        }
        // What a browser sends when Enter is pressed in a box or in the note is neither.
        let decides = ["approve", "refuse"].contains(&posted.get("decide"));
        let most = if decides { PAGE } else { 0 };
        Self {
            shown: posted.all("chosen").take(most).collect(),
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
    let (mut decided, mut changed) = (0, 0);
    for shown in &verdict.shown {
        let decision = Decision {
            is_given: verdict.is_given,
            by: administrator.actor(),
            at: customers.now(),
            note: posted.get("note").trim().to_owned(),
        };
        match approvals::decide(&customers.vault, shown, decision).await? {
            Outcome::Decided(approval) => {
                record(customers, &administrator, &visit, &approval).await?;
                decided += 1;
            }
            Outcome::Changed => changed += 1,
            Outcome::AsBefore => {}
        }
    }
    let word = if verdict.is_given { "given" } else { "refused" };
    Ok(customers.on_to(&administrator, PATH, &format!("{word}-{decided}-{changed}")))
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
    let (word, counts) = done.split_once('-')?;
    let (decided, changed) = counts.split_once('-')?;
    let (decided, changed): (usize, usize) = (decided.parse().ok()?, changed.parse().ok()?);
    let what = match word {
        "given" => "approved: the next visit gets in",
        "refused" => "not approved: the next visit is refused",
        _ => return None,
    };
    let done = match (decided, changed) {
        (0, 0) => {
            Some("Nothing was changed: nobody was chosen, or it was decided so already.".to_owned())
        }
        (0, _) => None,
        (1, _) => Some(format!("One first visit was {what}.")),
        (more, _) => Some(format!("{more} first visits were {what}.")),
    };
    let left = match changed {
        0 => None,
        1 => Some("One was not decided of, since it has changed since it was shown".to_owned()),
        more => Some(format!(
            "{more} were not decided of, since they have changed since they were shown"
        )),
    };
    let why =
        ": the account has come with another address, or somebody else has decided. Look again.";
    let left = left.map(|left| format!("{left}{why}"));
    Some(
        [done, left]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" "),
    )
}

/// The address of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![decide]
}
