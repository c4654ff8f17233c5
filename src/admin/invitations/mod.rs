//! `/admin/invitations`: who may become a customer of which service desk, as administrators said beforehand; making such invitations, sending word of them,
//! and taking them back.

mod list;
mod mail;
mod new;
mod send;
mod show;
mod warnings;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use rocket::{Route, State};

use crate::admission::invitations::{Invitation, JiraMail, Stage, State as Standing, all};
use crate::admission::person::PersonId;
use crate::audit::Trail;
use crate::clock::Clock;
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::link::{Catalogue, Link};
use crate::settings::PublicUrl;
use crate::store::{StoreError, Vault};
use crate::web::bundle::bundle;
use crate::web::pages::for_people;
use crate::web::{Reason, Refusal, Room};

use super::ServiceAccount;
use super::change::Editor;
use super::notice::Notices;

pub(crate) use warnings::warnings;

/// Where the list is.
const LIST: &str = "/admin/invitations";

/// What these pages need of the house; a guard.
#[derive(Clone, Copy)]
struct Rooms<'r> {
    vault: &'r State<Vault>,
    trail: &'r Room<Trail>,
    clock: &'r Room<Clock>,
    links: &'r Room<Arc<CatalogueKeeper>>,
    account: &'r Room<ServiceAccount>,
    editor: &'r Room<Editor>,
    notices: &'r State<Notices>,
    public_url: &'r State<PublicUrl>,
}

bundle!(Rooms {
    vault,
    trail,
    clock,
    links,
    account,
    editor,
    notices,
    public_url
});

impl Rooms<'_> {
    fn now(self) -> Timestamp {
        self.clock.now()
    }

    /// One invitation as the pages show it.
    async fn line(self, one: &Invitation, catalogue: &Catalogue) -> Result<Line, StoreError> {
        let link = link_of(one, catalogue);
        let warnings = if one.is_pending(self.now()) {
            warnings(self.editor.settings(), self.vault, one, link).await?
        } else {
            Vec::new()
        };
        Ok(Line {
            warnings,
            ..Line::of(one, link, self.vault, self.now())
        })
    }
}

/// One invitation, in words.
pub(super) struct Line {
    pub(super) address: String,
    email: String,
    person: PersonId,
    /// What its link is called by now, and the page of that.
    pub(super) link: (String, Option<String>),
    pub(super) state: String,
    is_pending: bool,
    organizations: String,
    by: String,
    at: Timestamp,
    /// What is known beforehand to keep them out, or may.
    warnings: Vec<String>,
    /// What became of Jira's mail.
    mail: String,
    /// Whether Jira can be asked for one.
    may_be_mailed: bool,
}

impl Line {
    /// Without warnings.
    pub(super) fn of(one: &Invitation, link: Option<&Link>, vault: &Vault, now: Timestamp) -> Self {
        let organizations: Vec<&str> = one.organizations.iter().map(String::as_str).collect();
        let is_pending = one.is_pending(now);
        let untold = !matches!(
            one.mail,
            JiraMail::Sent { .. } | JiraMail::HasAccount { .. }
        );
        Self {
            address: address(one, vault),
            email: one.email.to_string(),
            person: PersonId::of(vault, &one.email),
            link: match link {
                Some(link) => (name_of(link), Some(format!("/admin/links/{}", link.slug))),
                None => (one.slug.to_string(), None),
            },
            state: state(one, now),
            is_pending,
            organizations: organizations.join(", "),
            by: one.by.clone(),
            at: one.at,
            warnings: Vec::new(),
            mail: send::told(&one.mail),
            may_be_mailed: is_pending && untold,
        }
    }

    fn when(&self) -> String {
        for_people(self.at)
    }
}

/// How many people may still come in by an invitation.
pub(super) async fn pending(vault: &Vault, now: Timestamp) -> Result<usize, StoreError> {
    let all = all(vault).await?;
    Ok(all.iter().filter(|one| one.is_pending(now)).count())
}

/// The link that an invitation is for, whatever its name is by now.
pub(super) fn link_of<'a>(one: &Invitation, catalogue: &'a Catalogue) -> Option<&'a Link> {
    catalogue.of_desk(&one.desk)
}

/// What customers know a link as.
fn name_of(link: &Link) -> String {
    let desk = link.service_desk.as_ref();
    desk.map_or_else(|| link.project_key.clone(), |desk| desk.name.clone())
}

/// How an invitation stands.
fn state(one: &Invitation, now: Timestamp) -> String {
    let until = for_people(one.expires);
    match (&one.stage, one.state(now)) {
        (Stage::Taken { at, .. }, _) => {
            format!(
                "somebody came by it on {}, and is not let in yet",
                for_people(*at)
            )
        }
        (Stage::Used { at, .. }, _) => format!("used on {}", for_people(*at)),
        (Stage::Withdrawn { at, by }, _) => format!("withdrawn on {} by {by}", for_people(*at)),
        (Stage::Open, Standing::Expired) => format!("expired on {until}"),
        (Stage::Open, _) => format!("open until {until}"),
    }
}

/// The page of one invitation.
fn address(one: &Invitation, vault: &Vault) -> String {
    format!("{LIST}/{}", one.id(vault))
}

/// The page of those that were made together.
fn address_of_all(reference: &str) -> String {
    format!("{LIST}/made/{reference}")
}

fn none() -> Refusal {
    Refusal::new(Reason::NotFound)
        .because("no invitation of this id")
        .own_path("All invitations", LIST)
}

/// The parts of a text, one a line, each once.
fn lines(text: &str) -> BTreeSet<&str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).collect()
}

/// The addresses of this folder.
pub(super) fn routes() -> Vec<Route> {
    [list::routes(), new::routes(), show::routes()].concat()
}
