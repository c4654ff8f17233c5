//! `/admin/customers/<id>`: everything that is known about one person.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use askama_web::WebTemplate;
use jiff::Timestamp;
use rocket::{Route, get, routes};

use crate::admission::blocks::{Block, LONGEST_NOTE};
use crate::admission::customer::{Customer, CustomerRecord, IdentityKey};
use crate::admission::person::PersonId;
use crate::audit::{LOOKED_AT, Record};
use crate::identity::EmailAddress;
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::login::Login;
use crate::session::{OpenSession, Sessions};
use crate::web::pages::for_people;
use crate::web::{Layout, Refusal, Room};

use super::super::{Administrator, Frame, Place};
use super::conflict::ConflictLine;
use super::{Customers, identities, is_self, label, unavailable};

/// How many of a person's events are shown.
const EVENTS: usize = 25;

/// The page.
#[derive(Template, WebTemplate)]
#[template(path = "admin/customers/show.html")]
struct PersonPage {
    layout: Frame,
    id: PersonId,
    /// `None`: they were forgotten.
    email: Option<String>,
    name: Option<String>,
    last_visit: Option<Timestamp>,
    identities: Vec<IdentityLine>,
    customer: Option<CustomerLines>,
    /// The address that they come with by now, and its page.
    moved_to: Option<(String, PersonId)>,
    conflicts: Vec<ConflictLine>,
    block: Option<Block>,
    sessions: Vec<SessionLine>,
    events: Vec<EventLine>,
    /// Whether it is the administrator's own.
    is_self: bool,
    done: Option<&'static str>,
}

impl PersonPage {
    fn when(&self, at: &Timestamp) -> String {
        for_people(*at)
    }
}

/// One account at a provider.
pub(super) struct IdentityLine {
    pub(super) provider: String,
    pub(super) subject: String,
}

impl IdentityLine {
    pub(super) fn of(login: &Login, identity: &IdentityKey) -> Self {
        Self {
            provider: label(login, &identity.provider),
            subject: identity.subject.clone(),
        }
    }
}

/// The customer at Jira.
struct CustomerLines {
    customer: Customer,
    since: Timestamp,
    organizations: String,
    service_desks: String,
}

/// One open session.
struct SessionLine {
    provider: String,
    open: OpenSession,
}

/// One event of the trail.
struct EventLine {
    at: Timestamp,
    /// What happened, as the trail calls it.
    name: String,
    /// At which link, why, and by whom, as far as the trail says.
    details: String,
    reference: String,
}

impl EventLine {
    fn of(record: Record) -> Self {
        let name = serde_json::to_value(record.event).unwrap_or_default();
        let link = record.link.map(|slug| format!("/p/{slug}"));
        let by = record.actor.map(|actor| format!("by {actor}"));
        let details: Vec<String> = [link, record.reason, by].into_iter().flatten().collect();
        Self {
            at: record.at,
            name: name.as_str().unwrap_or_default().replace('_', " "),
            details: details.join(", "),
            reference: record.reference.unwrap_or_default(),
        }
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "each is one thing that a handler asks Rocket for"
)]
#[get("/admin/customers/<id>?<done>")]
async fn show(
    administrator: Administrator<'_>,
    id: PersonId,
    done: Option<&str>,
    layout: Layout,
    customers: &Room<Customers>,
    sessions: &Room<Sessions>,
    login: &Room<Login>,
    links: &Room<Arc<CatalogueKeeper>>,
) -> Result<PersonPage, Refusal> {
    let person = customers.find(id).await?;
    let theirs = match &person.email {
        Some(email) => identities(&person, email, sessions).await?,
        None => BTreeSet::new(),
    };
    let email = person.email.as_ref();
    let conflict = |(name, pending)| ConflictLine::of(customers, login, name, pending);
    Ok(PersonPage {
        layout: Frame::new(&administrator, layout, Place::Customers),
        is_self: email.is_some_and(|email| is_self(&administrator, email, &theirs)),
        sessions: open_sessions(sessions, login, &theirs).await?,
        events: events(customers, email).await?,
        identities: theirs
            .iter()
            .map(|one| IdentityLine::of(login, one))
            .collect(),
        email: email.map(ToString::to_string),
        name: person.visit.as_ref().map(|one| one.display_name.clone()),
        last_visit: person.visit.as_ref().map(|one| one.at),
        customer: person.record.map(|record| customer(record, links)),
        moved_to: person.moved_to.map(|address| {
            let id = PersonId::of(&customers.vault, &address);
            (address.to_string(), id)
        }),
        conflicts: person.conflicts.into_iter().map(conflict).collect(),
        block: person.block,
        id: person.id,
        done: done.and_then(said),
    })
}

fn customer(record: CustomerRecord, links: &CatalogueKeeper) -> CustomerLines {
    let catalogue = links.current();
    let customer = record.customer;
    let name = |id: &_| {
        let desks = catalogue.links().iter();
        let mut desks = desks.filter_map(|link| link.service_desk.as_ref());
        let known = desks.find(|desk| desk.id == *id);
        known.map_or_else(|| format!("number {id}"), |desk| desk.name.clone())
    };
    let desks: Vec<String> = customer.service_desks.iter().map(name).collect();
    let organizations: Vec<&str> = customer.joined().collect();
    CustomerLines {
        organizations: organizations.join(", "),
        service_desks: desks.join(", "),
        since: record.since,
        customer,
    }
}

async fn open_sessions(
    sessions: &Sessions,
    login: &Login,
    identities: &BTreeSet<IdentityKey>,
) -> Result<Vec<SessionLine>, Refusal> {
    let mut lines = Vec::new();
    for identity in identities {
        let open = sessions.open_of(identity).await;
        let open = open.map_err(|error| unavailable(&error))?;
        lines.extend(open.into_iter().map(|open| SessionLine {
            provider: label(login, &identity.provider),
            open,
        }));
    }
    Ok(lines)
}

async fn events(
    customers: &Customers,
    email: Option<&EmailAddress>,
) -> Result<Vec<EventLine>, Refusal> {
    let Some(email) = email else {
        return Ok(Vec::new());
    };
    let newest = customers.trail.newest_of(email.as_str(), EVENTS).await;
    let newest = newest.map_err(|error| unavailable(&error))?;
    Ok(newest.into_iter().map(EventLine::of).collect())
}

fn said(done: &str) -> Option<&'static str> {
    match done {
        "sessions" => Some("Their sessions have ended."),
        "blocked" => Some("They are blocked, and their sessions have ended."),
        "unblocked" => Some("They are no longer blocked, and may sign in again."),
        "linked" => Some("The two are linked: at the next visit they come in."),
        "address" => Some("The portal is told the new address from now on."),
        _ => None,
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![show]
}
