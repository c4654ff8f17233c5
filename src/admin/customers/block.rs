//! Blocking and unblocking: somebody who was here, by their page; somebody who never was, by their address at `/admin/customers/blocked`, or by their
//! account there.

use std::collections::BTreeSet;

use askama::Template;
use askama_web::WebTemplate;
use jiff::Timestamp;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Responder, Route, get, post, routes};

use crate::admission::blocks::{self, Block, LONGEST_NOTE};
use crate::admission::customer::IdentityKey;
use crate::admission::person::PersonId;
use crate::audit::{Event, EventName};
use crate::identity::EmailAddress;
use crate::login::Login;
use crate::web::pages::for_people;
use crate::web::{Layout, Reason, Refusal, Room, Visit};

use super::super::{Administrator, Frame, Place, Posted};
use super::act::Act;
use super::block_account::{AccountForm, of_account};
use super::{Customers, end_all, event, identities, is_self};

/// How many blocked people are shown at once; a search narrows them down.
const SHOWN: usize = 200;

/// What somebody who tries to block themself is told.
pub(super) const NOT_YOURSELF: &str =
    "This is your own address: nobody can block themself. Another administrator can.";

/// The page of blocked people.
#[derive(Template, WebTemplate)]
#[template(path = "admin/customers/blocked.html")]
pub(super) struct BlockedPage {
    layout: Frame,
    /// What was searched for; empty: all.
    text: String,
    blocks: Vec<(String, Block)>,
    cut: bool,
    /// What was typed into the form, and what is wrong with it.
    typed: String,
    note: String,
    problem: Option<&'static str>,
    account: AccountForm,
}

impl BlockedPage {
    /// Who an entry is about, where it is no address.
    fn nameless(&self, block: &Block) -> String {
        block.account.as_ref().map_or_else(
            || "Somebody who was forgotten".to_owned(),
            |account| self.account.named(account),
        )
    }

    fn when(at: &Timestamp) -> String {
        for_people(*at)
    }
}

/// The page again, or on to the person.
#[derive(Responder)]
pub(super) enum Blocked {
    There(Box<Redirect>),
    Again((Status, Box<BlockedPage>)),
}

impl Blocked {
    /// On to the page of whoever was blocked.
    pub(super) fn there(redirect: Redirect) -> Self {
        Self::There(Box::new(redirect))
    }

    /// The page again, with what is wrong.
    pub(super) fn again(page: BlockedPage) -> Self {
        Self::Again((Status::UnprocessableEntity, Box::new(page)))
    }
}

impl Act<'_> {
    /// Blocks, and ends every session that there is: in this order, so that one that is opened meanwhile is found by one or the other.
    /// Returns how many there were.
    pub(super) async fn block(
        &self,
        email: &EmailAddress,
        note: &str,
    ) -> Result<Result<usize, &'static str>, Refusal> {
        let id = PersonId::of(&self.customers.vault, email);
        let theirs = self.identities(&id, email).await?;
        if is_self(&self.administrator, email, &theirs) {
            return Ok(Err(NOT_YOURSELF));
        }
        let (vault, now) = (&self.customers.vault, self.customers.now());
        let by = self.administrator.actor();
        blocks::block(vault, email, &theirs, note, &by, now).await?;
        let theirs = self.identities(&id, email).await?;
        let ended = end_all(&theirs, self.sessions).await?;
        let changes = serde_json::json!({ "note": shortened(note), "sessions": ended });
        let event = self.event(EventName::Blocked, email);
        self.customers
            .record(event.changes_of_the_person(changes))
            .await?;
        Ok(Ok(ended))
    }

    async fn identities(
        &self,
        id: &PersonId,
        email: &EmailAddress,
    ) -> Result<BTreeSet<IdentityKey>, Refusal> {
        match self.customers.find(id.clone()).await {
            Ok(person) => identities(&person, email, self.sessions).await,
            Err(nobody) if nobody.reason() == Reason::NotFound => Ok(BTreeSet::new()),
            Err(error) => Err(error),
        }
    }
}

pub(super) fn shortened(note: &str) -> String {
    note.chars().take(LONGEST_NOTE).collect()
}

#[post("/admin/customers/<id>/block", data = "<posted>")]
async fn block(act: Act<'_>, posted: Posted, id: PersonId) -> Result<Redirect, Refusal> {
    let (person, email) = act.customers.find_by_name(id).await?;
    let blocked = act.block(&email, posted.get("note").trim()).await?;
    blocked.map_err(|why| Refusal::new(Reason::NotAllowed).because(why))?;
    Ok(act.back_to(&person.id, "blocked"))
}

#[post("/admin/customers/<id>/unblock", data = "<_posted>")]
async fn unblock(
    administrator: Administrator<'_>,
    _posted: Posted,
    id: PersonId,
    visit: Visit,
    customers: &Room<Customers>,
) -> Result<Redirect, Refusal> {
    let ended = blocks::unblock(&customers.vault, &id).await;
    let Some(block) = ended? else {
        return Ok(Redirect::to("/admin/customers/blocked"));
    };
    let Some(email) = block.email else {
        // Of somebody who was forgotten nobody can say who it was.
        let event = Event::new(EventName::Unblocked)
            .reference(&visit.reference)
            .actor(&administrator.actor());
        let event = match &block.account {
            Some(account) => of_account(event, account, serde_json::json!({ "note": block.note })),
            None => event,
        };
        customers.record(event).await?;
        return Ok(Redirect::to("/admin/customers/blocked"));
    };
    let event = event(EventName::Unblocked, &visit, &administrator, &email);
    customers
        .record(event.changes_of_the_person(serde_json::json!({ "note": block.note })))
        .await?;
    Ok(customers.back_to(&administrator, &id, "unblocked"))
}

#[get("/admin/customers/blocked?<q>")]
async fn blocked(
    administrator: Administrator<'_>,
    q: Option<&str>,
    layout: Layout,
    customers: &Room<Customers>,
    login: &Room<Login>,
) -> Result<BlockedPage, Refusal> {
    let layout = Frame::new(&administrator, layout, Place::Customers);
    let account = AccountForm::empty(login);
    page(layout, customers, q.unwrap_or_default().trim(), account).await
}

pub(super) async fn page(
    layout: Frame,
    customers: &Customers,
    text: &str,
    account: AccountForm,
) -> Result<BlockedPage, Refusal> {
    let mut blocks = blocks::all(&customers.vault).await?;
    blocks.retain(|(_, block)| holds(block, &text.to_lowercase()));
    let cut = blocks.len() > SHOWN;
    blocks.truncate(SHOWN);
    Ok(BlockedPage {
        layout,
        text: text.to_owned(),
        blocks,
        cut,
        typed: String::new(),
        note: String::new(),
        problem: None,
        account,
    })
}

/// Whether the address or the note of a block holds this text.
fn holds(block: &Block, text: &str) -> bool {
    let (email, account) = (block.email.as_ref(), block.account.as_ref());
    email.is_some_and(|email| email.as_str().contains(text))
        || account.is_some_and(|account| account.subject.to_lowercase().contains(text))
        || block.note.to_lowercase().contains(text)
}

#[post("/admin/customers/blocked", data = "<posted>")]
async fn block_address(
    act: Act<'_>,
    posted: Posted,
    layout: Layout,
    login: &Room<Login>,
) -> Result<Blocked, Refusal> {
    let note = posted.get("note").trim();
    let problem = match posted.get("address").trim().parse::<EmailAddress>() {
        Ok(email) => match act.block(&email, note).await? {
            Ok(_) => {
                let id = PersonId::of(&act.customers.vault, &email);
                return Ok(Blocked::there(act.back_to(&id, "blocked")));
            }
            Err(why) => why,
        },
        Err(_) => "This is not an e-mail address such as ada@customer.example.",
    };
    let layout = Frame::new(&act.administrator, layout, Place::Customers);
    let page = BlockedPage {
        typed: posted.get("address").to_owned(),
        note: posted.get("note").to_owned(),
        problem: Some(problem),
        ..page(layout, act.customers, "", AccountForm::empty(login)).await?
    };
    Ok(Blocked::again(page))
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![blocked, block_address, block, unblock]
}
