//! The desk's pages about people: who came, when and by which provider; what is known of them; and what an administrator can do about them.
//!
//! Whatever is done to somebody is done by a form that says what comes of it, and is recorded with the administrator's name.

mod act;
mod approvals;
mod block;
mod block_account;
mod conflict;
mod forget;
mod gone;
mod let_go;
mod link;
mod list;
mod show;

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use rocket::Route;
use rocket::response::Redirect;

use crate::admission::customer::IdentityKey;
use crate::admission::person::{Person, PersonId};
use crate::admission::visits;
use crate::audit::{Event, EventName, Trail};
use crate::clock::Clock;
use crate::identity::EmailAddress;
use crate::login::Login;
use crate::session::Sessions;
use crate::settings::ProviderName;
use crate::store::Vault;
use crate::web::{Reason, Refusal, Visit};

use super::Administrator;
use super::notice::Notices;

/// What these pages need of the house.
pub struct Customers {
    vault: Vault,
    trail: Trail,
    clock: Clock,
    keep: Duration,
}

impl Customers {
    /// People whose visits are shown for as long as `keep`.
    #[must_use]
    pub fn new(vault: Vault, trail: Trail, clock: Clock, keep: Duration) -> Self {
        Self {
            vault,
            trail,
            clock,
            keep,
        }
    }

    /// What the desk calls whoever has this address; `None`: it is no address.
    pub(super) fn id_of(&self, email: Option<&str>) -> Option<PersonId> {
        let email: EmailAddress = email?.parse().ok()?;
        Some(PersonId::of(&self.vault, &email))
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Since when visits are shown.
    fn since(&self) -> Timestamp {
        visits::oldest(self.now(), self.keep)
    }

    fn notices(&self) -> Notices {
        Notices::new(self.vault.clone(), self.clock.clone())
    }

    /// To a page of these that says what was done.
    fn on_to(&self, administrator: &Administrator<'_>, path: &str, done: &str) -> Redirect {
        Redirect::to(self.notices().telling(administrator, path, done))
    }

    /// The same to a person's page.
    fn back_to(&self, administrator: &Administrator<'_>, id: &PersonId, done: &str) -> Redirect {
        self.on_to(administrator, &address(id), done)
    }

    /// Whoever this is.
    async fn find(&self, id: PersonId) -> Result<Person, Refusal> {
        let found = Person::find(&self.vault, id).await;
        found?.ok_or_else(nobody)
    }

    /// The same, with an address: nobody who was forgotten.
    async fn find_by_name(&self, id: PersonId) -> Result<(Person, EmailAddress), Refusal> {
        let person = self.find(id).await?;
        let email = person.email.clone().ok_or_else(nobody)?;
        Ok((person, email))
    }

    async fn record(&self, event: Event) -> Result<(), Refusal> {
        let recorded = self.trail.record(event).await;
        recorded.map_err(Refusal::from)
    }
}

/// Every identity that is known to have come with somebody's address.
async fn identities(
    person: &Person,
    email: &EmailAddress,
    sessions: &Sessions,
) -> Result<BTreeSet<IdentityKey>, Refusal> {
    let mut all = sessions.identities_of(email).await?;
    all.extend(person.visit.iter().map(|visit| visit.identity.clone()));
    all.extend(person.record.iter().flat_map(|one| one.identities.clone()));
    Ok(all)
}

/// Ends every session of these identities. Returns how many there were.
async fn end_all(
    identities: &BTreeSet<IdentityKey>,
    sessions: &Sessions,
) -> Result<usize, Refusal> {
    let mut ended = 0;
    for identity in identities {
        ended += sessions.end_all_of(identity).await?;
    }
    Ok(ended)
}

/// Whether the administrator would be doing it to themself.
fn is_self(
    administrator: &Administrator<'_>,
    email: &EmailAddress,
    identities: &BTreeSet<IdentityKey>,
) -> bool {
    administrator
        .identity()
        .is_some_and(|own| own.email == *email || identities.contains(&IdentityKey::from(own)))
}

/// An event about somebody, done by an administrator; without the address of the browser, which was not that person's.
fn event(
    name: EventName,
    visit: &Visit,
    administrator: &Administrator<'_>,
    email: &EmailAddress,
) -> Event {
    Event::new(name)
        .reference(&visit.reference)
        .actor(&administrator.actor())
        .email(email.as_str())
}

/// What a provider is called.
fn label(login: &Login, provider: &ProviderName) -> String {
    let known = login.providers().get(provider);
    known.map_or_else(
        || provider.to_string(),
        |provider| provider.settings().label.clone(),
    )
}

/// The address of a person's page.
fn address(id: &PersonId) -> String {
    format!("/admin/customers/{id}")
}

fn nobody() -> Refusal {
    Refusal::new(Reason::NotFound)
        .because("nobody of this id")
        .own_path("All customers", "/admin/customers")
}

/// The addresses of these pages.
pub(super) fn routes() -> Vec<Route> {
    [
        list::routes(),
        approvals::routes(),
        conflict::routes(),
        show::routes(),
        act::routes(),
        block::routes(),
        block_account::routes(),
        link::routes(),
        let_go::routes(),
        forget::routes(),
    ]
    .concat()
}
