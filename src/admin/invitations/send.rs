//! Having Jira send its own mail. That makes a customer there at once; whatever comes of it, the invitation stays.

use std::time::Duration;

use tokio::time::Instant;

use crate::admission::invitations::{Invitation, JiraMail, note_mail};
use crate::jsm::{Deadline, Jsm, JsmError, Mailed};
use crate::web::Refusal;
use crate::web::pages::for_people;

use super::Rooms;

/// How long an administrator waits for all mails of one form. What is not asked for by then is asked for by another click.
const ALL: Duration = Duration::from_secs(20);

/// How long Jira may take for one.
const ONE: Duration = Duration::from_secs(8);

/// Asks for the mail of each, one after the other, and notes what came of it.
pub(super) async fn send(rooms: Rooms<'_>, invitations: &[Invitation]) -> Result<(), Refusal> {
    let end = Instant::now() + ALL;
    for one in invitations {
        if Instant::now() >= end {
            break;
        }
        let mail = ask(rooms, one).await;
        let noted = note_mail(rooms.vault, one, mail, rooms.now()).await;
        noted?;
    }
    Ok(())
}

async fn ask(rooms: Rooms<'_>, one: &Invitation) -> JiraMail {
    let Some(jsm) = rooms.account.0.as_ref() else {
        return JiraMail::Failed {
            at: rooms.now(),
            why: "no Atlassian site is set up".to_owned(),
            in_doubt: false,
        };
    };
    let answer = asked(jsm, one).await;
    let at = rooms.now();
    match answer {
        Ok(Mailed::Sent) => JiraMail::Sent { at },
        Ok(Mailed::HasAccount) => JiraMail::HasAccount { at },
        Err(error) => JiraMail::Failed {
            at,
            why: error.to_string(),
            in_doubt: error.may_have_worked(),
        },
    }
}

async fn asked(jsm: &Jsm, one: &Invitation) -> Result<Mailed, JsmError> {
    let answer = jsm
        .invite_customer(&one.desk, one.email.as_str(), Deadline::after(ONE))
        .await;
    answer.inspect_err(|error| tracing::warn!(%error, "Jira did not send its invitation mail"))
}

/// What became of it, in words; empty: it was not wanted.
pub(super) fn told(mail: &JiraMail) -> String {
    match mail {
        JiraMail::NotWanted => String::new(),
        JiraMail::Due => "Jira was not asked for its mail yet.".to_owned(),
        JiraMail::Sent { at } => format!("Jira sent its own mail on {}.", for_people(*at)),
        JiraMail::HasAccount { .. } => {
            "Jira sent no mail, since it has an account of this address already. Send the link yourself.".to_owned()
        }
        JiraMail::Failed { at, why, in_doubt } => {
            let doubt = if *in_doubt {
                " The mail may have been sent all the same: look at Jira before you ask again."
            } else {
                ""
            };
            format!("Jira’s mail failed on {}: {why}. The invitation itself holds.{doubt}", for_people(*at))
        }
    }
}
