//! `/admin/customers`: who came, newest first, and a search.

use std::collections::BTreeSet;

use askama::Template;
use askama_web::WebTemplate;
use jiff::Timestamp;
use rocket::{Route, get, routes};

use crate::admission::person::{Person, PersonId};
use crate::admission::visits::{self, SEARCHED, Visit as LastVisit, Visits};
use crate::admission::{blocks, conflicts};
use crate::identity::EmailAddress;
use crate::login::Login;
use crate::store::{Mark, StoreError};
use crate::web::pages::for_people;
use crate::web::{Layout, Refusal, Room};

use super::super::{Administrator, Frame, Place};
use super::{Customers, label};

pub(super) const PATH: &str = "/admin/customers";

/// How many people are on one page.
const PAGE: usize = 50;

/// The longest text that is searched for: as long as an address.
const LONGEST: usize = 254;

/// The page of everybody.
#[derive(Template, WebTemplate)]
#[template(path = "admin/customers/list.html")]
struct ListPage {
    layout: Frame,
    /// What was searched for; empty: everybody.
    text: String,
    lines: Vec<Line>,
    /// Whether the search found more, or did not look at everybody.
    cut: bool,
    /// Where the next page begins.
    more: Option<String>,
    /// Whether it is not the first page.
    further: bool,
    /// What was just done.
    done: Option<&'static str>,
}

/// One person.
struct Line {
    id: PersonId,
    email: String,
    name: String,
    provider: String,
    at: Option<Timestamp>,
    is_blocked: bool,
    in_conflict: bool,
}

impl Line {
    fn when(&self) -> String {
        self.at.map(for_people).unwrap_or_default()
    }
}

#[get("/admin/customers?<q>&<behind>&<done>")]
async fn list(
    administrator: Administrator<'_>,
    q: Option<&str>,
    behind: Option<&str>,
    done: Option<&str>,
    layout: Layout,
    customers: &Room<Customers>,
    login: &Room<Login>,
) -> Result<ListPage, Refusal> {
    let text: String = q.unwrap_or_default().trim().chars().take(LONGEST).collect();
    let behind = behind.and_then(mark);
    let further = behind.is_some();
    let found = found(customers, &text, behind).await?;
    let mut lines = lines(customers, login, &found).await?;
    if let Ok(email) = text.parse::<EmailAddress>()
        && !lines.iter().any(|line| line.email == email.as_str())
    {
        lines.extend(never_listed(customers, &email).await?);
    }
    Ok(ListPage {
        layout: Frame::new(&administrator, layout, Place::Customers),
        lines,
        cut: found.cut,
        more: found.more.filter(|_| text.is_empty()).map(written),
        further,
        done: customers
            .notices()
            .told(&administrator, PATH, done)
            .and_then(said),
        text,
    })
}

async fn found(
    customers: &Customers,
    text: &str,
    behind: Option<Mark>,
) -> Result<Visits, StoreError> {
    let (vault, since) = (&customers.vault, customers.since());
    if text.is_empty() {
        visits::page(vault, since, behind, PAGE).await
    } else {
        visits::search(vault, since, text, PAGE).await
    }
}

async fn lines(customers: &Customers, login: &Login, found: &Visits) -> Result<Vec<Line>, Refusal> {
    let vault = &customers.vault;
    let conflicts = conflicts::all(vault).await?;
    let in_conflict: BTreeSet<PersonId> = conflicts
        .iter()
        .flat_map(|(_, pending)| pending.addresses())
        .map(|address| PersonId::of(vault, address))
        .collect();
    let mut lines = Vec::with_capacity(found.visits.len());
    for (id, visit) in &found.visits {
        let block = blocks::of(vault, id).await;
        lines.push(Line {
            is_blocked: block?.is_some(),
            in_conflict: in_conflict.contains(id),
            ..line(login, id, visit)
        });
    }
    Ok(lines)
}

fn line(login: &Login, id: &PersonId, visit: &LastVisit) -> Line {
    Line {
        id: id.clone(),
        email: visit.email.to_string(),
        name: visit.display_name.clone(),
        provider: label(login, &visit.identity.provider),
        at: Some(visit.at),
        is_blocked: false,
        in_conflict: false,
    }
}

/// Somebody who is searched for by their whole address, and is known although no visit of theirs is.
async fn never_listed(
    customers: &Customers,
    email: &EmailAddress,
) -> Result<Option<Line>, Refusal> {
    let id = PersonId::of(&customers.vault, email);
    let found = Person::find(&customers.vault, id).await?;
    Ok(found.map(|person| Line {
        email: email.to_string(),
        name: String::new(),
        provider: String::new(),
        at: None,
        is_blocked: person.block.is_some(),
        in_conflict: !person.conflicts.is_empty(),
        id: person.id,
    }))
}

fn said(done: &str) -> Option<&'static str> {
    match done {
        "forgotten" => Some("The person was forgotten."),
        "still-blocked" => Some(
            "The person was forgotten. They stay blocked, without a name: the block is among the blocked people.",
        ),
        _ => None,
    }
}

/// A place in the list, as it stands in an address.
fn written(mark: Mark) -> String {
    format!("{}.{}", mark.ends, mark.member)
}

fn mark(text: &str) -> Option<Mark> {
    let (ends, member) = text.split_once('.')?;
    Some(Mark {
        ends: ends.parse().ok()?,
        member: member.to_owned(),
    })
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![list]
}
