//! `/admin/customers/<id>`: everything that is known about one person.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use jiff::Timestamp;
use rocket::{Route, State, get, routes};

use crate::admission::blocks::{Block, LONGEST_NOTE};
use crate::admission::customer::{Customer, CustomerRecord, IdentityKey};
use crate::admission::later;
use crate::admission::person::PersonId;
use crate::audit::{Bounds, Found, Older};
use crate::identity::EmailAddress;
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::login::Login;
use crate::session::{OpenSession, Sessions};
use crate::trace::{Said, Traces};
use crate::web::pages::for_people;
use crate::web::{Layout, Refusal, Room};

use super::super::audit::line::Line;
use super::super::invitations::{Line as InvitationLine, link_of};
use super::super::recent::LoginLine;
use super::super::{Administrator, Frame, Place};
use super::approvals::{ApprovalLine, Rooms};
use super::block_account::AccountForm;
use super::conflict::ConflictLine;
use super::gone::Gone;
use super::{Customers, address, identities, is_self, label};

/// How far the trail is searched for a person's events; the audit page goes further.
const EVENTS: Bounds = Bounds {
    found: 25,
    looked_at: 50_000,
    within: Duration::from_secs(1),
};

/// The page.
#[derive(Template, WebTemplate)]
#[template(path = "admin/customers/show.html")]
struct PersonPage {
    layout: Frame,
    id: PersonId,
    /// `None`: they were forgotten, or one account alone is blocked.
    email: Option<String>,
    /// What they are called.
    title: String,
    name: Option<String>,
    last_visit: Option<Timestamp>,
    identities: Vec<IdentityLine>,
    customer: Option<CustomerLines>,
    /// The address that they come with by now, and its page.
    moved_to: Option<(String, PersonId)>,
    approvals: Vec<ApprovalLine>,
    conflicts: Vec<ConflictLine>,
    block: Option<Block>,
    invitations: Vec<InvitationLine>,
    sessions: Vec<SessionLine>,
    /// The newest logins, of which is kept what was said.
    logins: Vec<LoginLine>,
    events: Vec<Line>,
    /// Whether the trail may say more.
    more_events: bool,
    /// Whether it is the administrator's own.
    is_self: bool,
    done: Option<&'static str>,
    /// What was done when they were let go just now.
    gone: Option<Gone>,
}

impl PersonPage {
    fn when(at: &Timestamp) -> String {
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
    /// Since when Atlassian failed at something for them.
    waits_since: Option<Timestamp>,
}

/// One open session.
struct SessionLine {
    provider: String,
    open: OpenSession,
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
    traces: &State<Traces>,
    rooms: Rooms<'_>,
) -> Result<PersonPage, Refusal> {
    let person = customers.find(id).await?;
    let theirs = match &person.email {
        Some(email) => identities(&person, email, sessions).await?,
        None => BTreeSet::new(),
    };
    let email = person.email.as_ref();
    let found = events(customers, email).await?;
    let logins = LoginLine::all(traces, login, |said: &Said| {
        let is = |one: &IdentityKey| one.provider == said.provider && one.subject == said.subject;
        email.is_some() && (said.email.as_ref() == email || theirs.iter().any(is))
    });
    let logins = logins.await?;
    let waits_since = later::since(&customers.vault, &person.id).await?;
    let event = |(_, record)| Line::of(record, customers);
    let conflict = |(name, pending)| ConflictLine::of(customers, login, name, pending);
    let (catalogue, now) = (links.current(), customers.now());
    let invitation = |one| InvitationLine::of(one, link_of(one, &catalogue), &customers.vault, now);
    let done = customers
        .notices()
        .told(&administrator, &address(&person.id), done);
    let title = title(email, person.block.as_ref(), login);
    Ok(PersonPage {
        title,
        layout: Frame::new(&administrator, layout, Place::Customers),
        logins,
        is_self: email.is_some_and(|email| is_self(&administrator, email, &theirs)),
        sessions: open_sessions(sessions, login, &theirs).await?,
        more_events: found.older != Older::None,
        events: found.records.into_iter().map(event).collect(),
        identities: theirs
            .iter()
            .map(|one| IdentityLine::of(login, one))
            .collect(),
        email: email.map(ToString::to_string),
        name: person.visit.as_ref().map(|one| one.display_name.clone()),
        last_visit: person.visit.as_ref().map(|one| one.at),
        customer: person
            .record
            .map(|record| customer(record, links, waits_since)),
        invitations: person.invitations.iter().map(invitation).collect(),
        moved_to: person.moved_to.map(|address| {
            let id = PersonId::of(&customers.vault, &address);
            (address.to_string(), id)
        }),
        approvals: rooms.lines(person.approvals).await?,
        conflicts: person.conflicts.into_iter().map(conflict).collect(),
        block: person.block,
        id: person.id,
        done: done.and_then(said),
        gone: done.and_then(Gone::of),
    })
}

fn title(email: Option<&EmailAddress>, block: Option<&Block>, login: &Login) -> String {
    let account = block.and_then(|block| block.account.as_ref());
    match (email, account) {
        (Some(email), _) => email.to_string(),
        (None, Some(account)) => AccountForm::empty(login).named(account),
        (None, None) => "Somebody who was forgotten".to_owned(),
    }
}

fn customer(
    record: CustomerRecord,
    links: &CatalogueKeeper,
    waits_since: Option<Timestamp>,
) -> CustomerLines {
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
        waits_since,
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
        let open = sessions.open_of(identity).await?;
        lines.extend(open.into_iter().map(|open| SessionLine {
            provider: label(login, &identity.provider),
            open,
        }));
    }
    Ok(lines)
}

async fn events(customers: &Customers, email: Option<&EmailAddress>) -> Result<Found, Refusal> {
    let Some(email) = email else {
        return Ok(Found::default());
    };
    let found = customers.trail.of_person(email.as_str(), &EVENTS).await;
    found.map_err(Refusal::from)
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
