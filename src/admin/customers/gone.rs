//! What a person's page says after they were let go: what was done, with counts, and what could not be done, and why.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::admission::offboarding::{Hindrance, Parted, PortalAccess};

/// What this begins with in the address of the page.
const WORD: &str = "gone-";

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Gone {
    /// How many sessions there were.
    pub(super) sessions: usize,
    /// Whether they are blocked by now.
    pub(super) is_blocked: bool,
    /// Whether there was anything at Jira.
    pub(super) was_customer: bool,
    /// What came of it at Jira.
    pub(super) parted: Parted,
}

impl Gone {
    /// As it stands in the address of the page, below the seal.
    pub(super) fn word(&self) -> String {
        let said = serde_json::json!(self).to_string();
        format!("{WORD}{}", URL_SAFE_NO_PAD.encode(said))
    }

    /// What the address of the page says; `None`: it says something else.
    pub(super) fn of(word: &str) -> Option<Self> {
        let said = URL_SAFE_NO_PAD.decode(word.strip_prefix(WORD)?).ok()?;
        serde_json::from_slice(&said).ok()
    }

    /// What was done, sentence by sentence.
    pub(super) fn done(&self) -> Vec<String> {
        let parted = &self.parted;
        let mut done = vec![
            match self.sessions {
                0 => "They were signed in nowhere.".to_owned(),
                1 => "One session of theirs has ended.".to_owned(),
                more => format!("{more} sessions of theirs have ended."),
            },
            self.blocked().to_owned(),
        ];
        let none = parted.still_in.is_none() && parted.managed == 0;
        match parted.left {
            0 if !self.was_customer || !none => {}
            0 => {
                done.push("No organization was left that the front door had put them into.".into());
            }
            count => done.push(format!("They were taken out of {}.", organizations(count))),
        }
        if parted.managed > 0 {
            let stay = organizations(parted.managed);
            done.push(format!(
                "They stay in {stay}, where a directory (SCIM) manages the members by now."
            ));
        }
        if parted.portal == PortalAccess::Revoked {
            done.push("Their portal-only access at Jira is revoked.".to_owned());
        }
        done
    }

    /// What could not be done, and why.
    pub(super) fn undone(&self) -> Vec<String> {
        let still_in = self.parted.still_in.map(|(count, why)| {
            let which = organizations(count);
            format!("They still are in {which}: {}.", why_still_in(why))
        });
        let kept = match self.parted.portal {
            PortalAccess::Kept(why) => Some(format!(
                "Their portal-only access was not revoked: {}.",
                why_kept(why)
            )),
            PortalAccess::AsItWas | PortalAccess::Revoked => None,
        };
        still_in.into_iter().chain(kept).collect()
    }

    fn blocked(&self) -> &'static str {
        if self.is_blocked {
            "They are blocked."
        } else {
            "They are not blocked: when they log in again, they come in by the rules of that day."
        }
    }
}

fn organizations(count: usize) -> String {
    match count {
        1 => "one organization".to_owned(),
        more => format!("{more} organizations"),
    }
}

/// Why they still are in organizations.
fn why_still_in(hindrance: Hindrance) -> &'static str {
    match hindrance {
        Hindrance::NotPermitted => {
            "Jira does not permit it (403): the service account must be an agent of the service desks"
        }
        Hindrance::Unknown => "Jira does not know the organization or the account (404)",
        other => why(other),
    }
}

/// Why they kept their access to the portal.
fn why_kept(hindrance: Hindrance) -> &'static str {
    match hindrance {
        Hindrance::NotPermitted => {
            "Jira does not permit it (403): the service account’s token is not a site administrator’s"
        }
        Hindrance::Unknown => "Jira knows no portal-only customer of this account (404)",
        other => why(other),
    }
}

fn why(hindrance: Hindrance) -> &'static str {
    match hindrance {
        Hindrance::NotSetUp => "no Atlassian site is set up",
        Hindrance::Token => "Atlassian does not accept the service account’s token (401)",
        Hindrance::Away => "Atlassian is away, or too busy",
        Hindrance::NotPermitted | Hindrance::Unknown | Hindrance::Refused => {
            "Atlassian refused it; the log says how"
        }
    }
}
