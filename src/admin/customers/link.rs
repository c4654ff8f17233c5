//! Linking two that are one person: the question with both of them named, and the answer.

use std::collections::BTreeSet;

use askama::Template;
use askama_web::WebTemplate;
use rocket::response::Redirect;
use rocket::{Route, get, post, routes};

use crate::admission::Admission;
use crate::admission::conflicts::{self, Pending};
use crate::admission::customer::CustomerRecord;
use crate::admission::linking::{LinkError, Way, link};
use crate::admission::person::PersonId;
use crate::audit::EventName;
use crate::login::Login;
use crate::web::pages::for_people;
use crate::web::{Layout, Reason, Refusal, Room, Visit};

use super::super::{Administrator, Frame, Place, Posted};
use super::show::IdentityLine;
use super::{Customers, address, event};

/// The question.
#[derive(Template, WebTemplate)]
#[template(path = "admin/customers/link.html")]
struct LinkPage {
    layout: Frame,
    id: PersonId,
    /// What the conflict is called.
    name: String,
    /// Who came.
    came: IdentityLine,
    pending: Pending,
    /// The customer that it is to be, and its identities.
    way: Way,
    others: Vec<IdentityLine>,
    /// Whether the two are of different providers.
    across_providers: bool,
}

impl LinkPage {
    fn when(&self) -> String {
        for_people(self.pending.at)
    }
}

#[get("/admin/customers/<id>/link/<name>")]
async fn question(
    administrator: Administrator<'_>,
    id: PersonId,
    name: &str,
    layout: Layout,
    customers: &Room<Customers>,
    login: &Room<Login>,
) -> Result<LinkPage, Refusal> {
    let pending = pending(customers, &id, name).await?;
    let way = Way::of(&customers.vault, &pending).await;
    let way = way?.ok_or_else(|| changed(&id))?;
    let known = known(&way).map(|record| &record.identities);
    let empty = BTreeSet::new();
    let known = known.unwrap_or(&empty).iter();
    let mut others = known.filter(|other| **other != pending.identity).peekable();
    Ok(LinkPage {
        layout: Frame::new(&administrator, layout, Place::Customers),
        across_providers: others
            .clone()
            .any(|other| other.provider != pending.identity.provider),
        others: others
            .by_ref()
            .map(|other| IdentityLine::of(login, other))
            .collect(),
        came: IdentityLine::of(login, &pending.identity),
        name: name.to_owned(),
        pending,
        way,
        id,
    })
}

fn known(way: &Way) -> Option<&CustomerRecord> {
    match way {
        Way::Joins(record) | Way::Moves { record, .. } => Some(record),
        Way::Account(_) => None,
    }
}

#[post("/admin/customers/<id>/link/<name>", data = "<posted>")]
async fn answer(
    administrator: Administrator<'_>,
    posted: Posted,
    id: PersonId,
    name: &str,
    visit: Visit,
    customers: &Room<Customers>,
    admission: &Room<Admission>,
) -> Result<Redirect, Refusal> {
    let pending = pending(customers, &id, name).await?;
    still_theirs(admission, &pending, posted.get("way")).await?;
    let shown = (posted.get("way"), posted.get("account"));
    let account = link(&customers.vault, &pending, shown, customers.now())
        .await
        .map_err(|error| match error {
            LinkError::Changed => changed(&id),
            LinkError::Store(error) => error.into(),
        })?;
    let changes = serde_json::json!({ "how": posted.get("way"), "known_as": pending.known_as });
    let event = event(
        EventName::CustomerLinked,
        &visit,
        &administrator,
        &pending.email,
    )
    .provider(pending.identity.provider.as_str())
    .subject(&pending.identity.subject)
    .customer(account.as_str())
    .changes_of_the_person(changes);
    customers.record(event).await?;
    let linked = PersonId::of(&customers.vault, &pending.email);
    Ok(customers.back_to(&administrator, &linked, "linked"))
}

/// An Atlassian account was found some time ago: whether it still has the address, Jira is asked again.
async fn still_theirs(admission: &Admission, pending: &Pending, way: &str) -> Result<(), Refusal> {
    let Some(account) = pending.account.as_ref().filter(|_| way == "account") else {
        return Ok(());
    };
    if admission.is_account_of(&pending.email, account).await? {
        return Ok(());
    }
    Err(Refusal::new(Reason::Conflict).because("the address no longer belongs to this account"))
}

/// The conflict of this name, if it is about this person.
async fn pending(customers: &Customers, id: &PersonId, name: &str) -> Result<Pending, Refusal> {
    let found = conflicts::find(&customers.vault, name).await?;
    let about = |pending: &Pending| {
        let mut addresses = pending.addresses();
        addresses.any(|address| PersonId::of(&customers.vault, address) == *id)
    };
    found.filter(about).ok_or_else(|| {
        Refusal::new(Reason::NotFound)
            .because("no such conflict")
            .own_path("All conflicts", "/admin/customers/conflicts")
    })
}

fn changed(id: &PersonId) -> Refusal {
    Refusal::new(Reason::Conflict)
        .because("the conflict has been settled or changed meanwhile")
        .own_path("Look again", &address(id))
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![question, answer]
}
