//! Forgetting somebody: the question, with what is lost, and the answer, which is given by typing their address.

use askama::Template;
use askama_web::WebTemplate;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Responder, Route, State, get, post, routes};

use crate::admission::person::PersonId;
use crate::identity::EmailAddress;
use crate::session::Sessions;
use crate::trace::Traces;
use crate::web::{Layout, Refusal, Room};

use super::super::erase::erase;
use super::super::{Administrator, Frame, Place, Posted};
use super::{Customers, list};

/// The question.
#[derive(Template, WebTemplate)]
#[template(path = "admin/customers/forget.html")]
struct ForgetPage {
    layout: Frame,
    id: PersonId,
    email: EmailAddress,
    is_customer: bool,
    is_blocked: bool,
    typed: String,
    /// Whether another address was typed.
    wrong: bool,
}

/// The question again, or done.
#[derive(Responder)]
enum Forgotten {
    Done(Box<Redirect>),
    Again((Status, Box<ForgetPage>)),
}

#[get("/admin/customers/<id>/forget")]
async fn question(
    administrator: Administrator<'_>,
    id: PersonId,
    layout: Layout,
    customers: &Room<Customers>,
) -> Result<ForgetPage, Refusal> {
    let layout = Frame::new(&administrator, layout, Place::Customers);
    page(layout, customers, id).await
}

async fn page(layout: Frame, customers: &Customers, id: PersonId) -> Result<ForgetPage, Refusal> {
    let (person, email) = customers.find_by_name(id).await?;
    Ok(ForgetPage {
        layout,
        id: person.id,
        email,
        is_customer: person.record.is_some(),
        is_blocked: person.block.is_some(),
        typed: String::new(),
        wrong: false,
    })
}

#[post("/admin/customers/<id>/forget", data = "<posted>")]
async fn answer(
    administrator: Administrator<'_>,
    posted: Posted,
    id: PersonId,
    layout: Layout,
    customers: &Room<Customers>,
    sessions: &Room<Sessions>,
    traces: &State<Traces>,
) -> Result<Forgotten, Refusal> {
    let layout = Frame::new(&administrator, layout, Place::Customers);
    let mut page = page(layout, customers, id).await?;
    posted.get("address").clone_into(&mut page.typed);
    page.wrong = page.typed.trim().parse() != Ok(page.email.clone());
    if page.wrong {
        return Ok(Forgotten::Again((
            Status::UnprocessableEntity,
            Box::new(page),
        )));
    }
    // So that nothing of theirs still waits to be written.
    traces.written().await;
    let rooms = (&customers.vault, &customers.trail, &**sessions);
    let done = erase(rooms, &page.email, &administrator.actor()).await?;
    let said = if done.still_blocked {
        "still-blocked"
    } else {
        "forgotten"
    };
    let on = customers.on_to(&administrator, list::PATH, said);
    Ok(Forgotten::Done(Box::new(on)))
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![question, answer]
}
