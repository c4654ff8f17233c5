//! Letting somebody go: the question, with what happens and what does not, and the answer.
//!
//! What is done here comes first and stands whatever Atlassian does: their sessions end, then they are blocked, and only then is Jira asked.

use askama::Template;
use askama_web::WebTemplate;
use rocket::response::Redirect;
use rocket::{Route, get, post, routes};

use crate::admission::Admission;
use crate::admission::blocks::LONGEST_NOTE;
use crate::admission::customer::Customer;
use crate::admission::offboarding::{Order, Parted};
use crate::admission::person::{Person, PersonId};
use crate::identity::EmailAddress;
use crate::session::Sessions;
use crate::web::{Layout, Reason, Refusal, Room};

use super::super::{Administrator, Frame, Place, Posted};
use super::act::Act;
use super::gone::Gone;
use super::{Customers, identities, is_self};

/// The question.
#[derive(Template, WebTemplate)]
#[template(path = "admin/customers/let-go.html")]
struct LetGoPage {
    layout: Frame,
    id: PersonId,
    email: EmailAddress,
    /// `None`: they are no customer, and there is nothing at Jira.
    customer: Option<CustomerLines>,
    is_blocked: bool,
}

impl LetGoPage {
    /// Whether there is anything that may be done besides.
    fn has_choices(&self) -> bool {
        let customer = self.customer.as_ref();
        !self.is_blocked || customer.is_some_and(|known| known.is_portal_only)
    }
}

/// What of it is at Jira.
struct CustomerLines {
    /// The organizations that the front door put them into, and those that it did not.
    given: Vec<String>,
    others: Vec<String>,
    is_portal_only: bool,
}

impl From<&Customer> for CustomerLines {
    fn from(customer: &Customer) -> Self {
        let given: Vec<String> = customer.given().map(|(name, _)| name.to_owned()).collect();
        let joined = customer.joined().map(str::to_owned);
        Self {
            others: joined.filter(|name| !given.contains(name)).collect(),
            given,
            is_portal_only: customer.is_portal_only(),
        }
    }
}

/// Refuses whoever would lock themself out in the middle of it.
async fn not_oneself(
    administrator: &Administrator<'_>,
    (person, email): (&Person, &EmailAddress),
    sessions: &Sessions,
) -> Result<(), Refusal> {
    let theirs = identities(person, email, sessions).await?;
    if is_self(administrator, email, &theirs) {
        let why = "nobody can let themself go; another administrator can";
        return Err(Refusal::new(Reason::NotAllowed).because(why));
    }
    Ok(())
}

#[get("/admin/customers/<id>/let-go")]
async fn question(
    administrator: Administrator<'_>,
    id: PersonId,
    layout: Layout,
    customers: &Room<Customers>,
    sessions: &Room<Sessions>,
) -> Result<LetGoPage, Refusal> {
    let (person, email) = customers.find_by_name(id).await?;
    not_oneself(&administrator, (&person, &email), sessions).await?;
    Ok(LetGoPage {
        layout: Frame::new(&administrator, layout, Place::Customers),
        customer: person
            .record
            .as_ref()
            .map(|record| CustomerLines::from(&record.customer)),
        is_blocked: person.block.is_some(),
        id: person.id,
        email,
    })
}

#[post("/admin/customers/<id>/let-go", data = "<posted>")]
async fn answer(
    act: Act<'_>,
    posted: Posted,
    id: PersonId,
    admission: &Room<Admission>,
) -> Result<Redirect, Refusal> {
    let (person, email) = act.customers.find_by_name(id).await?;
    not_oneself(&act.administrator, (&person, &email), act.sessions).await?;
    let mut ended = act.end_sessions(&person, &email).await?;
    let is_blocked = posted.has("block");
    if is_blocked {
        let blocked = act.block(&email, posted.get("note").trim()).await?;
        ended += blocked.map_err(|why| Refusal::new(Reason::NotAllowed).because(why))?;
    }
    let order = Order {
        reference: &act.visit.reference,
        actor: &act.administrator.actor(),
        revoke: posted.has("revoke"),
    };
    let parted: Parted = admission.part(&email, order).await?;
    let gone = Gone {
        sessions: ended,
        is_blocked: is_blocked || person.block.is_some(),
        was_customer: person.record.is_some(),
        parted,
    };
    Ok(act.back_to(&person.id, &gone.word()))
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![question, answer]
}
