//! `/admin/customers/conflicts`: who was kept out until an administrator has looked at it.

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, get, routes};

use crate::admission::conflicts::{self, MOST, Pending};
use crate::admission::person::PersonId;
use crate::login::Login;
use crate::web::pages::for_people;
use crate::web::{Layout, Refusal, Room};

use super::super::{Administrator, Frame, Place};
use super::{Customers, label};

/// The page.
#[derive(Template, WebTemplate)]
#[template(path = "admin/customers/conflicts.html")]
struct ConflictsPage {
    layout: Frame,
    conflicts: Vec<ConflictLine>,
    cut: bool,
}

/// One conflict, as lists show it.
pub(super) struct ConflictLine {
    /// Whom it is about.
    pub(super) id: PersonId,
    /// What it is called.
    pub(super) name: String,
    pub(super) pending: Pending,
    pub(super) provider: String,
}

impl ConflictLine {
    pub(super) fn of(customers: &Customers, login: &Login, name: String, pending: Pending) -> Self {
        Self {
            id: PersonId::of(&customers.vault, &pending.email),
            provider: label(login, &pending.identity.provider),
            name,
            pending,
        }
    }

    pub(super) fn when(&self) -> String {
        for_people(self.pending.at)
    }
}

#[get("/admin/customers/conflicts")]
async fn all(
    administrator: Administrator<'_>,
    layout: Layout,
    customers: &Room<Customers>,
    login: &Room<Login>,
) -> Result<ConflictsPage, Refusal> {
    let all = conflicts::all(&customers.vault).await?;
    let line = |(name, pending)| ConflictLine::of(customers, login, name, pending);
    Ok(ConflictsPage {
        layout: Frame::new(&administrator, layout, Place::Customers),
        cut: all.len() >= MOST,
        conflicts: all.into_iter().map(line).collect(),
    })
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![all]
}
