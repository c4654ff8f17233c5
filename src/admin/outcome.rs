//! What becomes of somebody with these claims, link by link: the very functions that a real visit goes through, and nothing is created or recorded.

use std::sync::Arc;

use crate::admission::Admission;
use crate::admission::conflicts::Pending;
use crate::admission::person::PersonId;
use crate::admission::plan::{Destination, Step};
use crate::identity::{Identity, VerifiedClaims, map};
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::link::follow::rules;
use crate::link::{Link, LinkState};
use crate::login::{Login, mapping_refusal};
use crate::provider::Provider;
use crate::web::bundle::bundle;
use crate::web::pages::for_people;
use crate::web::{Reason, Refusal, Room};

use super::change::Editor;
use super::closed::Closed;

/// The most groups that are named.
const MOST_GROUPS: usize = 50;

/// What no rule of ours can tell beforehand.
const LAST_WORD: &str =
    "Jira has the last word: an address with an Atlassian account is refused (atlassian_account)";

/// What the claims lead to.
pub(super) enum Outcome {
    /// Nobody is signed in.
    Refused {
        reason: &'static str,
        why: String,
        conflict: Option<Standing>,
    },
    /// They are signed in as this, and get so far.
    SignedIn {
        identity: Vec<(&'static str, String)>,
        links: Vec<LinkOutcome>,
        /// Why every link is closed, when it is.
        closed: Option<Closed>,
        conflict: Option<Standing>,
    },
}

/// That they stand under Conflicts.
pub(super) struct Standing {
    pub(super) reason: &'static str,
    /// When they were refused last.
    pub(super) at: String,
    /// The page of the person whose address it is.
    pub(super) page: String,
}

impl Standing {
    fn of((id, pending): (PersonId, Pending)) -> Self {
        let reason = match pending.account {
            Some(_) => Reason::AtlassianAccount,
            None => Reason::IdentityConflict,
        };
        Self {
            reason: reason.name(),
            at: for_people(pending.at),
            page: format!("/admin/customers/{id}"),
        }
    }
}

/// What judges them: the rooms that a real visit goes through. A guard.
#[derive(Clone, Copy)]
pub(super) struct Judges<'r> {
    pub(super) login: &'r Room<Login>,
    admission: &'r Room<Admission>,
    links: &'r Room<Arc<CatalogueKeeper>>,
    editor: &'r Room<Editor>,
}

bundle!(Judges {
    login,
    admission,
    links,
    editor
});

/// What becomes of them at one link.
pub(super) struct LinkOutcome {
    pub(super) name: String,
    pub(super) verdict: String,
    pub(super) steps: Vec<String>,
}

/// Goes as far as a visit would, and changes nothing.
pub(super) async fn outcome(
    provider: &Provider,
    claims: VerifiedClaims,
    judges: &Judges<'_>,
) -> Result<Outcome, Refusal> {
    let Judges {
        login,
        admission,
        links,
        editor,
    } = *judges;
    let identity = match map(login.mapping(), provider.settings(), claims) {
        Ok(identity) => identity,
        Err(error) => {
            let refusal = mapping_refusal(&error);
            return Ok(Outcome::Refused {
                reason: refusal.reason().name(),
                why: error.to_string(),
                conflict: None,
            });
        }
    };
    let blocked = admission.is_blocked(&identity).await;
    if blocked? {
        return Ok(Outcome::Refused {
            reason: Reason::Blocked.name(),
            why: "blocked by an administrator".to_owned(),
            conflict: None,
        });
    }
    let conflict = admission.conflict_of(&identity).await;
    let conflict = conflict?.map(Standing::of);
    let known = admission.known(&identity).await?;
    let known = match known {
        Ok(known) => known,
        Err(refused) => {
            return Ok(Outcome::Refused {
                reason: Reason::IdentityConflict.name(),
                why: refused.to_string(),
                conflict,
            });
        }
    };
    let catalogue = links.current();
    let on = |link: &&Link| link.state == LinkState::On;
    let at = |link: &Link| LinkOutcome {
        name: format!("/p/{}", link.slug),
        verdict: verdict(admission, &identity, link),
        steps: link
            .open()
            .map(|desk| {
                let destination = Destination::ServiceDesk {
                    id: desk.id.clone(),
                };
                let plan = admission.plan(&identity, &destination, known.as_ref());
                plan.steps
                    .iter()
                    .map(|step| in_words(step, &desk.name))
                    .collect()
            })
            .unwrap_or_default(),
    };
    Ok(Outcome::SignedIn {
        links: catalogue.links().iter().filter(on).map(at).collect(),
        identity: facts(&identity),
        closed: Closed::of(editor),
        conflict,
    })
}

fn verdict(admission: &Admission, identity: &Identity, link: &Link) -> String {
    let rules = rules(link);
    let verdict = admission.verdict(identity, &rules);
    match verdict.objection {
        None => format!("let in: {}", admission.ground(identity, &rules)),
        Some(why) if verdict.enforced => format!("refused ({}): {why}", why.reason().name()),
        Some(why) => format!(
            "let in, since the link is a pilot; otherwise refused ({}): {why}",
            why.reason().name()
        ),
    }
}

/// Somebody as the mapping makes them.
pub(super) fn facts(identity: &Identity) -> Vec<(&'static str, String)> {
    let names = identity.groups.iter().map(|group| group.name.as_str());
    let mut groups = names.take(MOST_GROUPS).collect::<Vec<_>>().join(", ");
    if let Some(more @ 1..) = identity.groups.len().checked_sub(MOST_GROUPS) {
        groups = format!("{groups} and {more} more");
    }
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    vec![
        ("E-mail address", identity.email.to_string()),
        ("Display name", identity.display_name.clone()),
        ("First name", text(&identity.first_name)),
        ("Last name", text(&identity.last_name)),
        ("User name", text(&identity.username)),
        (
            "Groups",
            if groups.is_empty() {
                "none".to_owned()
            } else {
                groups
            },
        ),
    ]
}

fn in_words(step: &Step, service_desk: &str) -> String {
    match step {
        Step::BecomeCustomer { create: true } => {
            format!("find the customer of this address at Jira, or create it. {LAST_WORD}")
        }
        Step::BecomeCustomer { create: false } => {
            format!(
                "find the customer of this address at Jira; none is created (access.create_customers). {LAST_WORD}"
            )
        }
        Step::JoinServiceDesk { .. } => format!("add the customer to {service_desk}"),
        Step::JoinOrganization(one) if one.create => {
            format!(
                "add the customer to the organization {}, made if need be",
                one.name
            )
        }
        Step::JoinOrganization(one) => format!("add the customer to the organization {}", one.name),
    }
}
