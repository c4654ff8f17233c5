//! Blocking one account at a provider, whatever its address is or becomes: for somebody who gives theirs another address again and again.

use std::collections::BTreeSet;

use rocket::{Route, post, routes};

use crate::admission::blocks;
use crate::admission::customer::IdentityKey;
use crate::audit::{Event, EventName};
use crate::login::Login;
use crate::session::Sessions;
use crate::web::{Layout, Refusal, Room, Visit};

use super::super::{Administrator, Frame, Place, Posted};
use super::block::{Blocked, NOT_YOURSELF, page, shortened};
use super::{Customers, end_all};

/// The longest subject that a provider may give anybody.
const LONGEST_SUBJECT: usize = 255;

/// The form, with what was typed into it and what is wrong with that.
#[derive(Default)]
pub(super) struct AccountForm {
    /// Name and label of each provider, and whether it is chosen.
    pub(super) providers: Vec<(String, String, bool)>,
    pub(super) subject: String,
    pub(super) note: String,
    pub(super) problem: Option<&'static str>,
}

impl AccountForm {
    /// The form as it is first shown.
    pub(super) fn empty(login: &Login) -> Self {
        Self::with(login, "")
    }

    fn with(login: &Login, chosen: &str) -> Self {
        let known = login.providers().iter();
        let providers = known.map(|provider| {
            let name = provider.name().to_string();
            let is_chosen = name == chosen;
            (name, provider.settings().label.clone(), is_chosen)
        });
        Self {
            providers: providers.collect(),
            ..Self::default()
        }
    }

    /// An account in words.
    pub(super) fn named(&self, account: &IdentityKey) -> String {
        let IdentityKey { provider, subject } = account;
        let known = self.providers.iter();
        let mut known = known.filter(|(name, ..)| name == provider.as_str());
        let label = known
            .next()
            .map_or(provider.as_str(), |(_, label, _)| label);
        format!("{subject} at {label}")
    }
}

/// The account that was typed, or what is wrong with it.
fn account(posted: &Posted, login: &Login) -> Result<IdentityKey, &'static str> {
    let provider = posted.get("provider").parse().ok();
    let provider = provider.filter(|name| login.providers().get(name).is_some());
    let subject = posted.get("subject").trim();
    let is_subject = (1..=LONGEST_SUBJECT).contains(&subject.len())
        && subject.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    match provider {
        None => Err("Choose the identity provider whose account it is."),
        Some(_) if !is_subject => Err(
            "This is no account: the page of a customer and the audit trail name it, as in 7d0c9a52-3f1e-4b8a-9c55-0a2e6f1b7c3d.",
        ),
        Some(provider) => Ok(IdentityKey {
            provider,
            subject: subject.to_owned(),
        }),
    }
}

#[post("/admin/customers/blocked/account", data = "<posted>")]
async fn block_account(
    administrator: Administrator<'_>,
    posted: Posted,
    layout: Layout,
    visit: Visit,
    customers: &Room<Customers>,
    sessions: &Room<Sessions>,
    login: &Room<Login>,
) -> Result<Blocked, Refusal> {
    let note = posted.get("note").trim();
    let own = administrator.identity().map(IdentityKey::from);
    let problem = match account(&posted, login) {
        Ok(account) if own.as_ref() == Some(&account) => NOT_YOURSELF,
        Ok(account) => {
            let (vault, by) = (&customers.vault, administrator.actor());
            let id = blocks::block_account(vault, &account, note, &by, customers.now()).await?;
            let ended = end_all(&BTreeSet::from([account.clone()]), sessions).await?;
            let changes = serde_json::json!({ "note": shortened(note), "sessions": ended });
            let event = Event::new(EventName::Blocked)
                .reference(&visit.reference)
                .actor(&by);
            customers
                .record(of_account(event, &account, changes))
                .await?;
            let there = customers.back_to(&administrator, &id, "blocked");
            return Ok(Blocked::there(there));
        }
        Err(problem) => problem,
    };
    let form = AccountForm {
        subject: posted.get("subject").to_owned(),
        note: posted.get("note").to_owned(),
        problem: Some(problem),
        ..AccountForm::with(login, posted.get("provider"))
    };
    let layout = Frame::new(&administrator, layout, Place::Customers);
    Ok(Blocked::again(page(layout, customers, "", form).await?))
}

/// The event with whom it is about.
pub(super) fn of_account(event: Event, account: &IdentityKey, changes: serde_json::Value) -> Event {
    event
        .provider(account.provider.as_str())
        .subject(&account.subject)
        .changes_of_the_person(changes)
}

/// The address of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![block_account]
}
