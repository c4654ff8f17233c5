//! What an administrator does to one person at once: ending their sessions, and saying that Jira has their new address.

use rocket::response::Redirect;
use rocket::{Route, post, routes};

use crate::admission::linking;
use crate::admission::person::{Person, PersonId};
use crate::audit::{Event, EventName};
use crate::identity::EmailAddress;
use crate::session::Sessions;
use crate::web::bundle::bundle;
use crate::web::{Refusal, Room, Visit};

use super::super::{Administrator, Posted};
use super::{Customers, end_all, event, identities};

/// What an administrator does to somebody, and what is needed for it. A guard.
pub(super) struct Act<'r> {
    pub(super) administrator: Administrator<'r>,
    pub(super) customers: &'r Room<Customers>,
    pub(super) sessions: &'r Room<Sessions>,
    pub(super) visit: Visit,
}

bundle!(Act {
    administrator,
    customers,
    sessions,
    visit
});

impl Act<'_> {
    /// Ends every session of somebody. Returns how many there were.
    pub(super) async fn end_sessions(
        &self,
        person: &Person,
        email: &EmailAddress,
    ) -> Result<usize, Refusal> {
        let theirs = identities(person, email, self.sessions).await?;
        let ended = end_all(&theirs, self.sessions).await?;
        if ended > 0 {
            let event = self.event(EventName::SessionEnded, email);
            let event = event.changes(serde_json::json!({ "sessions": ended }));
            self.customers.record(event).await?;
        }
        Ok(ended)
    }

    /// Back to the person's page, which says what was done.
    pub(super) fn back_to(&self, id: &PersonId, done: &str) -> Redirect {
        self.customers.back_to(&self.administrator, id, done)
    }

    pub(super) fn event(&self, name: EventName, email: &EmailAddress) -> Event {
        event(name, &self.visit, &self.administrator, email)
    }
}

#[post("/admin/customers/<id>/end-sessions", data = "<_posted>")]
async fn end_sessions(act: Act<'_>, _posted: Posted, id: PersonId) -> Result<Redirect, Refusal> {
    let (person, email) = act.customers.find_by_name(id).await?;
    act.end_sessions(&person, &email).await?;
    Ok(act.back_to(&person.id, "sessions"))
}

#[post("/admin/customers/<id>/address", data = "<_posted>")]
async fn address_changed(
    administrator: Administrator<'_>,
    _posted: Posted,
    id: PersonId,
    visit: Visit,
    customers: &Room<Customers>,
) -> Result<Redirect, Refusal> {
    let (person, email) = customers.find_by_name(id).await?;
    let former = linking::address_changed_at_jira(&customers.vault, &email).await;
    if let Some(former) = former? {
        let changes = serde_json::json!({ "address_at_jira": { "old": former, "new": email } });
        let event = event(EventName::CustomerUpdated, &visit, &administrator, &email)
            .changes_of_the_person(changes);
        customers.record(event).await?;
    }
    Ok(customers.back_to(&administrator, &person.id, "address"))
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![end_sessions, address_changed]
}
