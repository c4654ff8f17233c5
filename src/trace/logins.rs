//! What a provider said of somebody at their login: kept for as long as the trace of that visit, so that an administrator can preview what becomes of them.
//!
//! Here, and nowhere else in a trace, it says who it was: the newest logins alone, sealed like everything, and removed when the person is forgotten. What
//! came of a login at the links stands apart from it and names nobody, so that writing it down late brings nobody back who was forgotten meanwhile.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::identity::{Claims, EmailAddress};
use crate::settings::ProviderName;
use crate::store::{Key, StoreError, Vault};

use super::keep::LIFE;
use super::record::Over;

/// How many logins are kept, the newest.
pub const MOST_LOGINS: usize = 100;

/// How many of their outcomes at links.
const MOST_OUTCOMES: usize = 5 * MOST_LOGINS;

/// The largest claims that are kept, as JSON in bytes.
const LARGEST: usize = 16 * 1024;

/// Somebody as a provider described them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// The provider.
    pub provider: ProviderName,
    /// Its own name for the person.
    pub subject: String,
    /// Their address, as far as the mapping found one.
    pub email: Option<EmailAddress>,
    /// What they are called, when they were signed in.
    pub name: Option<String>,
    /// What was said of the person. No member of a token, and nothing that looks like one, is among it.
    pub claims: Claims,
}

impl Said {
    /// Whether it is little enough to be kept.
    pub(super) fn fits(&self) -> bool {
        serde_json::to_vec(&self.claims).is_ok_and(|json| json.len() <= LARGEST)
    }
}

/// A login that is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecentLogin {
    /// The reference of the visit.
    pub reference: String,
    /// When it was.
    pub at: Timestamp,
    /// Why they were not signed in, if so.
    pub refused: Option<String>,
    /// Who came.
    pub said: Said,
}

/// What came of a login at one link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtLink {
    /// The reference of the login.
    pub login: String,
    /// The link.
    pub link: String,
    /// Why they were not let in, if so.
    pub refused: Option<String>,
}

/// Writes down what these visits tell of logins.
pub(super) async fn write(vault: &Vault, visits: &[Over]) -> Result<(), StoreError> {
    let mut written = false;
    for over in visits {
        if let Some(login) = &over.login {
            let index = Key::recent_logins();
            let put = vault.index_put(&index, &login.reference, login, Some(LIFE));
            put.await?;
            written = true;
        }
        if let Some(link) = &over.link {
            written |= write_outcome(vault, over, link).await?;
        }
    }
    if written {
        vault.index_keep(&Key::recent_logins(), MOST_LOGINS).await?;
        let outcomes = Key::login_outcomes();
        vault.index_keep(&outcomes, MOST_OUTCOMES).await?;
    }
    Ok(())
}

/// Of the login itself, or of the newest one that led to this visit. `false`: none is kept.
async fn write_outcome(vault: &Vault, over: &Over, link: &str) -> Result<bool, StoreError> {
    // Whoever was signed in is not yet at the link.
    if over.login.is_some() && over.refused.is_none() {
        return Ok(false);
    }
    let trace = &over.trace;
    for reference in std::iter::once(&trace.reference).chain(trace.before.iter().rev()) {
        if find(vault, reference).await?.is_some() {
            let outcome = AtLink {
                login: reference.clone(),
                link: link.to_owned(),
                refused: over.refused.clone(),
            };
            let member = format!("{reference} {link}");
            let index = Key::login_outcomes();
            let put = vault.index_put(&index, &member, &outcome, Some(LIFE));
            return put.await.map(|()| true);
        }
    }
    Ok(false)
}

/// The login of this reference.
pub(super) async fn find(
    vault: &Vault,
    reference: &str,
) -> Result<Option<RecentLogin>, StoreError> {
    vault.index_get(&Key::recent_logins(), reference).await
}

/// All that are kept, newest first, each with what came of it at links.
pub(super) async fn all(vault: &Vault) -> Result<Vec<(RecentLogin, Vec<AtLink>)>, StoreError> {
    let index = Key::recent_logins();
    let mut logins: Vec<(_, RecentLogin)> = vault.index_latest(&index, None, MOST_LOGINS).await?;
    // Those that were written together end at one time.
    logins.sort_by_key(|(_, login)| std::cmp::Reverse(login.at));
    let outcomes = vault.index_readable(&Key::login_outcomes()).await?;
    let outcomes: Vec<AtLink> = outcomes.into_iter().map(|(_, one)| one).collect();
    let with_outcomes = |(_, login)| {
        let of_it = of(&outcomes, &login);
        (login, of_it)
    };
    Ok(logins.into_iter().map(with_outcomes).collect())
}

fn of(outcomes: &[AtLink], login: &RecentLogin) -> Vec<AtLink> {
    let of_it = outcomes.iter().filter(|one| one.login == login.reference);
    of_it.cloned().collect()
}

/// Removes the logins of somebody who is forgotten.
pub async fn forget(vault: &Vault, is_theirs: impl Fn(&Said) -> bool) -> Result<(), StoreError> {
    let index = Key::recent_logins();
    let every: Vec<(String, RecentLogin)> = vault.index_list(&index).await?;
    for (reference, login) in every {
        if is_theirs(&login.said) {
            vault.index_remove(&index, &reference).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::clock::Clock;
    use crate::trace::{Answered, Steps, Traces};

    use super::*;

    async fn house() -> (tempfile::TempDir, Vault, Clock) {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::system();
        let vault = Vault::in_folder(folder.path(), &clock).await;
        (folder, vault, clock)
    }

    fn said(subject: &str, claims: serde_json::Value) -> Said {
        Said {
            provider: "cognito".parse().unwrap(),
            subject: subject.to_owned(),
            email: None,
            name: None,
            claims: serde_json::from_value(claims).unwrap(),
        }
    }

    async fn visit(traces: &Traces, reference: &str, steps: &Steps) {
        steps.vouched();
        steps.completed();
        let answered = Answered {
            reference,
            route: Some("/login/callback/<provider>"),
            status: 303,
        };
        traces.keep(&answered, steps);
        traces.write_rest().await;
    }

    #[tokio::test]
    async fn the_newest_hundred_are_kept_for_three_days() {
        let (_folder, vault, clock) = house().await;
        for n in 0..MOST_LOGINS + 20 {
            // Each of a process of its own, so that none is too many at once.
            let traces = Traces::new(vault.clone(), clock.clone());
            let steps = Steps::default();
            steps.said(said(&n.to_string(), json!({"email": "ann@corp.test"})));
            visit(&traces, &format!("R{n}"), &steps).await;
            clock.advance(std::time::Duration::from_secs(1));
        }
        let kept = all(&vault).await.unwrap();
        let of: Vec<&str> = kept
            .iter()
            .map(|(login, _)| login.reference.as_str())
            .collect();
        assert_eq!((of.len(), of[0], of[99]), (MOST_LOGINS, "R119", "R20"));
        clock.advance(LIFE);
        assert!(all(&vault).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn claims_without_end_are_not_kept() {
        let (_folder, vault, clock) = house().await;
        let traces = Traces::new(vault.clone(), clock);
        for (size, kept) in [(LARGEST - 100, true), (LARGEST, false)] {
            let steps = Steps::default();
            steps.said(said("1", json!({ "a": "x".repeat(size) })));
            visit(&traces, &size.to_string(), &steps).await;
            let found = find(&vault, &size.to_string()).await.unwrap();
            assert_eq!(found.is_some(), kept, "{size}");
        }
    }

    #[tokio::test]
    async fn what_came_of_a_login_later_brings_back_nobody_who_was_forgotten() {
        let (_folder, vault, clock) = house().await;
        let traces = Traces::new(vault.clone(), clock);
        let login = Steps::default();
        login.said(said("1", json!({})));
        visit(&traces, "LOGIN", &login).await;
        forget(&vault, |said| said.subject == "1").await.unwrap();
        let at_link = Steps::default();
        at_link.follows(&["LOGIN".to_owned()]);
        at_link.link("help");
        at_link.refused("group_required", "");
        visit(&traces, "LATER", &at_link).await;
        assert_eq!(all(&vault).await.unwrap(), []);
    }

    #[tokio::test]
    async fn a_login_tells_what_came_of_it_at_each_link_last() {
        let (_folder, vault, clock) = house().await;
        let traces = Traces::new(vault.clone(), clock);
        let login = Steps::default();
        login.said(said("1", json!({})));
        login.link("help");
        visit(&traces, "LOGIN", &login).await;
        for (n, (link, refused)) in [("help", true), ("bill", true), ("help", false)]
            .into_iter()
            .enumerate()
        {
            let steps = Steps::default();
            steps.follows(&["BEFORE".to_owned(), "LOGIN".to_owned()]);
            steps.link(link);
            if refused {
                steps.refused("group_required", "");
            }
            visit(&traces, &n.to_string(), &steps).await;
        }
        let kept = all(&vault).await.unwrap();
        let at_links = kept[0].1.iter();
        let mut ends: Vec<_> = at_links
            .map(|one| (one.link.as_str(), one.refused.is_some()))
            .collect();
        ends.sort_unstable();
        assert_eq!(ends, [("bill", true), ("help", false)]);
    }
}
