//! What becomes of somebody with these claims, link by link: the very functions that a real visit goes through, and nothing is created or recorded.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use crate::admission::Admission;
use crate::admission::approvals::Standing as Approval;
use crate::admission::customer::{Conflict, Customer};
use crate::admission::invitations::Invitation;
use crate::admission::plan::{Destination, Plan, Step};
use crate::identity::{Identity, VerifiedClaims, map};
use crate::jsm::ServiceDeskId;
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::link::follow::rules;
use crate::link::{Link, LinkState};
use crate::login::{Login, mapping_refusal};
use crate::provider::Provider;
use crate::settings::Slug;
use crate::settings::access::CreateCustomers;
use crate::web::bundle::bundle;
use crate::web::pages::for_people;
use crate::web::{ClientAddress, Reason, Refusal, Room};

use super::change::Editor;
use super::closed::Closed;
use super::in_words::{facts, in_words};
use super::remedy::{About, Remedy, remedy};
use super::standing::{Standing, has_account};

/// The most conflicts that are told of.
const MOST_CONFLICTS: usize = 5;

/// What the claims lead to.
pub(super) enum Outcome {
    /// Nobody is signed in.
    Refused {
        reason: &'static str,
        why: String,
        remedy: Remedy,
    },
    /// They are signed in as this, and get so far.
    SignedIn {
        identity: Vec<(&'static str, String)>,
        links: Vec<LinkOutcome>,
        /// Why every link is closed, when it is.
        closed: Option<Closed>,
        /// What an administrator should settle.
        conflicts: Vec<Standing>,
    },
}

/// What judges them: the rooms that a real visit goes through. A guard.
#[derive(Clone, Copy)]
pub(super) struct Judges<'r> {
    pub(super) login: &'r Room<Login>,
    admission: &'r Room<Admission>,
    links: &'r Room<Arc<CatalogueKeeper>>,
    editor: &'r Room<Editor>,
    /// Where the administrator is: the networks of Access are held against it.
    client: ClientAddress,
}

bundle!(Judges {
    login,
    admission,
    links,
    editor,
    client
});

/// What becomes of them at one link.
pub(super) struct LinkOutcome {
    pub(super) name: String,
    pub(super) verdict: String,
    /// What to do about a refusal.
    pub(super) remedy: Option<Remedy>,
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
        client,
    } = *judges;
    let identity = match map(login.mapping(), provider.settings(), claims) {
        Ok(identity) => identity,
        Err(error) => {
            let reason = mapping_refusal(&error).reason();
            return Ok(Outcome::refused(reason, error.to_string(), provider));
        }
    };
    let blocked = admission.is_blocked(&identity).await;
    if blocked? {
        let why = "blocked by an administrator".to_owned();
        return Ok(Outcome::refused(Reason::Blocked, why, provider));
    }
    let known = admission.known(&identity).await?;
    let pending = admission.conflicts_of(&identity).await?;
    let invitations = admission.invitations_of(&identity).await?;
    let account = pending.iter().find(|(_, one)| has_account(one, &identity));
    let catalogue = links.current();
    let on = |link: &&Link| link.state == LinkState::On;
    let approvals = approvals(admission, &identity, catalogue.links()).await?;
    let case = Case {
        approvals,
        account_found: account.map(|(_, one)| for_people(one.at)),
        admission,
        client,
        identity,
        known,
        invitations,
    };
    let at = |link: &Link| case.at(link);
    let is_in = matches!(case.known, Ok(Some(_)));
    let standing = |one| Standing::of(one, &case.identity, is_in, login);
    Ok(Outcome::SignedIn {
        links: catalogue.links().iter().filter(on).map(at).collect(),
        identity: facts(&case.identity),
        closed: Closed::of(editor),
        conflicts: pending
            .into_iter()
            .take(MOST_CONFLICTS)
            .map(standing)
            .collect(),
    })
}

/// How it stands with an approval at the links that ask for one.
async fn approvals(
    admission: &Admission,
    identity: &Identity,
    links: &[Link],
) -> Result<BTreeMap<Slug, Approval>, Refusal> {
    let mut found = BTreeMap::new();
    for link in links {
        if let Some(standing) = admission.approval(identity, &rules(link)).await? {
            found.insert(link.slug.clone(), standing);
        }
    }
    Ok(found)
}

impl Outcome {
    fn refused(reason: Reason, why: String, provider: &Provider) -> Self {
        let about = About {
            why: &why,
            provider: Some(provider.name().as_str()),
            ..About::default()
        };
        Self::Refused {
            remedy: remedy(reason, &about),
            reason: reason.name(),
            why,
        }
    }
}

/// Somebody who is signed in, and goes to one link after the other.
struct Case<'a> {
    admission: &'a Admission,
    client: ClientAddress,
    identity: Identity,
    /// The customer that they are known as, or why they are not recognised.
    known: Result<Option<Customer>, Conflict>,
    /// What they could come in by, by service desk.
    invitations: BTreeMap<ServiceDeskId, Invitation>,
    /// When Jira last said that the address has an Atlassian account, if it did.
    account_found: Option<String>,
    /// How it stands with the links that ask for an approval.
    approvals: BTreeMap<Slug, Approval>,
}

impl Case<'_> {
    fn at(&self, link: &Link) -> LinkOutcome {
        LinkOutcome {
            name: format!("/p/{}", link.slug),
            verdict: self.verdict(link),
            remedy: self.remedy(link),
            steps: self.steps(link),
        }
    }

    /// Why they stop before anything is asked of Jira, if they do: whose customer they are, then what an approval says.
    fn stopped(&self, link: &Link) -> Option<(Reason, String)> {
        if let Err(conflict) = &self.known {
            return Some((Reason::IdentityConflict, conflict.to_string()));
        }
        if !self.plan(link)?.is_first_time() {
            return None;
        }
        let waits = Reason::AwaitingApproval;
        if self.invitation(link).is_some() {
            return None;
        }
        let (reason, why) = match self.approvals.get(&link.slug)? {
            Approval::NotAsked => (waits, "would wait for approval, which the link asks for"),
            Approval::Waiting => (waits, "waits for approval"),
            Approval::Refused => (
                Reason::NotAllowed,
                "an administrator did not approve the first visit",
            ),
            Approval::Given => return None,
        };
        Some((reason, why.to_owned()))
    }

    /// In the order of a visit: the rules of the link, then whose customer it is, then what Jira says of the address.
    fn verdict(&self, link: &Link) -> String {
        let rules = rules(link);
        let verdict = self.admission.verdict(&self.identity, &rules, self.client);
        if let Some(why) = verdict.objection.as_ref().filter(|_| verdict.enforced) {
            return refused(why.reason(), why);
        }
        if let Some((reason, why)) = self.stopped(link) {
            return refused(reason, why);
        }
        if let (Ok(None), Some(at)) = (&self.known, &self.account_found) {
            let why = "Jira said that the address has an Atlassian account";
            return refused(Reason::AtlassianAccount, format_args!("{why}, on {at}"));
        }
        match verdict.objection {
            None => {
                let ground = self.admission.ground(&self.identity, &rules);
                format!("let in: {ground}{}", self.invited(link))
            }
            Some(why) => {
                let otherwise = refused(why.reason(), &why);
                format!("let in, since the link is a pilot; otherwise {otherwise}")
            }
        }
    }

    /// Whether they would be made a customer, by an invitation or without one.
    fn becomes(&self, link: &Link) -> Step {
        Step::BecomeCustomer {
            create: self.admission.creates().creates(self.is_looked_at(link)),
        }
    }

    /// The organizations that an invitation gives, beside those of the rules.
    fn given(&self, link: &Link, plan: &Plan) -> impl Iterator<Item = String> {
        let invitation = self.invitation(link);
        let all = invitation.into_iter().flat_map(|one| &one.organizations);
        let is_ruled = |name: &&String| {
            plan.steps
                .iter()
                .any(|step| matches!(step, Step::JoinOrganization(one) if one.name == **name))
        };
        all.filter(move |name| !is_ruled(name)).map(|name| {
            format!("add the customer to the organization {name}, as the invitation says")
        })
    }

    /// What an invitation does at a link where they would be new.
    fn invited(&self, link: &Link) -> String {
        match self.invitation(link) {
            Some(one) => format!("; by the invitation that {} made", one.by),
            None if self.lacks_an_invitation(link) => format!(
                "; but refused ({}) unless Jira knows a customer of this address already: not invited",
                Reason::NotInvited.name()
            ),
            None => String::new(),
        }
    }

    fn invitation(&self, link: &Link) -> Option<&Invitation> {
        let is_customer =
            |desk| matches!(&self.known, Ok(Some(known)) if known.service_desks.contains(desk));
        let desk = &link.service_desk.as_ref()?.id;
        self.invitations.get(desk).filter(|_| !is_customer(desk))
    }

    /// Whether they would have to be customers at Jira already: neither invited nor approved, where only such become customers.
    fn lacks_an_invitation(&self, link: &Link) -> bool {
        let is_new = matches!(self.known, Ok(None));
        is_new && self.admission.creates() == CreateCustomers::Invited && !self.is_looked_at(link)
    }

    fn is_looked_at(&self, link: &Link) -> bool {
        self.approvals.get(&link.slug) == Some(&Approval::Given) || self.invitation(link).is_some()
    }

    /// In the same order.
    fn remedy(&self, link: &Link) -> Option<Remedy> {
        let verdict = self
            .admission
            .verdict(&self.identity, &rules(link), self.client);
        let has_account = matches!(self.known, Ok(None)) && self.account_found.is_some();
        let (reason, why) = match (&verdict.objection, self.stopped(link)) {
            (Some(why), _) if verdict.enforced => (why.reason(), why.to_string()),
            (_, Some(stopped)) => stopped,
            _ if has_account => (Reason::AtlassianAccount, String::new()),
            (Some(why), None) => (why.reason(), why.to_string()),
            (None, None) if self.lacks_an_invitation(link) => (Reason::NotInvited, String::new()),
            (None, None) => return None,
        };
        let about = About {
            why: &why,
            link: Some(link.slug.as_str()),
            ..About::default()
        };
        Some(remedy(reason, &about))
    }

    /// What would be done at Jira, if it is known whose customer they are.
    fn plan(&self, link: &Link) -> Option<Plan> {
        let (desk, known) = (link.open()?, self.known.as_ref().ok()?);
        let destination = Destination::ServiceDesk {
            id: desk.id.clone(),
        };
        let known = known.as_ref();
        Some(self.admission.plan(&self.identity, &destination, known))
    }

    fn steps(&self, link: &Link) -> Vec<String> {
        let (Some(desk), Some(plan)) = (link.open(), self.plan(link)) else {
            return Vec::new();
        };
        let steps = plan.steps.iter().map(|step| match step {
            Step::BecomeCustomer { .. } => in_words(&self.becomes(link), &desk.name),
            other => in_words(other, &desk.name),
        });
        steps.chain(self.given(link, &plan)).collect()
    }
}

fn refused(reason: Reason, why: impl Display) -> String {
    let verb = match reason {
        Reason::AwaitingApproval => "waits",
        _ => "refused",
    };
    format!("{verb} ({}): {why}", reason.name())
}
