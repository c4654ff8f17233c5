//! Examines the second token, which makes customers: whose it is, whether it may do that, and whether the first may it too for no use.

use super::client::Jsm;
use super::deadline::Deadline;
use super::examine::{Examination, TokenProblem};
use super::permission::{Held, Needed, PermissionFinding, Token};

/// What the first token's account may although the second token is there to do it. Nothing fails because of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Excess {
    /// It is a Jira administrator.
    #[error(
        "the service account has the global permission \"Administer Jira\", which is more than it needs: customers are made with customer_token"
    )]
    Administers,
    /// It is the same account.
    #[error("both tokens are of the same account, so each may do all that this account may")]
    SameAccount,
}

impl Excess {
    /// What an administrator can do about it.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Administers => {
                "Take the service account out of the groups of Jira administrators: Settings, System, Global permissions, \"Administer Jira\"."
            }
            Self::SameAccount => {
                "Make customer_token with another account, a Jira administrator's, and set that account's address as customer_email; the first account then needs no administrator's rights."
            }
        }
    }
}

impl TokenProblem {
    /// What can be done about the second token.
    pub(super) fn remedy_of_customer_token(&self) -> &'static str {
        match self {
            Self::Rejected => {
                "Check the address of its account (atlassian.customer_email); make a new API token without scopes for that account at id.atlassian.com, and enter it with its end (atlassian.customer_token, customer_token_expires)."
            }
            Self::Scoped => {
                "Both tokens have to be of one kind (atlassian.token_kind): make this one without scopes at id.atlassian.com."
            }
            Self::Unscoped => {
                "Both tokens have to be of one kind (atlassian.token_kind): make this one with scopes at id.atlassian.com."
            }
            Self::ScopedRejected => {
                "Make a token with the scopes manage:servicedesk-customer, read:jira-user and read:jira-work (the last two let this test see whose it is and what it may do), and enter it with its end (atlassian.customer_token, customer_token_expires)."
            }
            problem => problem.remedy(),
        }
    }
}

impl Jsm {
    /// What the first token's account needs for the whole site.
    pub(super) fn needed(&self) -> &'static [Needed] {
        match self.creator {
            Some(_) => &[Needed::BrowseUsers],
            None => &Needed::GLOBAL,
        }
    }

    /// What it has of the other account's.
    pub(super) fn excess(&self, global: &[PermissionFinding]) -> Option<Excess> {
        let is_spare = |one: &&PermissionFinding| !self.needed().contains(&one.needed);
        let mut spare = global.iter().filter(is_spare);
        spare
            .any(|one| one.held == Held::Yes)
            .then_some(Excess::Administers)
    }

    /// Whose the second token is, and whether it may make customers.
    pub(super) async fn examine_creator(&self, found: &mut Examination, deadline: Deadline) {
        let second = self.as_creator();
        let mut needed = PermissionFinding {
            token: Token::Customer,
            ..PermissionFinding::global(Needed::AdministerJira, Held::Unknown)
        };
        match second.may_create(found, deadline).await {
            Ok(held) => needed.held = held,
            Err(problem) => {
                let problem = TokenProblem::CustomerToken(Box::new(problem));
                found.problems.push(problem);
            }
        }
        if needed.held == Held::No {
            found
                .problems
                .push(TokenProblem::CustomerTokenMayNotAdminister);
        }
        if needed.held != Held::Unknown {
            self.creator_is_refused(needed.held == Held::No);
        }
        found.permissions.insert(0, needed);
    }

    async fn may_create(
        &self,
        found: &mut Examination,
        deadline: Deadline,
    ) -> Result<Held, TokenProblem> {
        let account = match self.myself(deadline).await {
            Ok(account) => account,
            Err(error) => return Err(self.why_not_signed_in(error, deadline).await),
        };
        let first = found.account.as_ref();
        if first.is_some_and(|first| first.account_id == account.account_id) {
            found.excess = Some(Excess::SameAccount);
        }
        found.customer_account = Some(account);
        let held = self.held(&[Needed::AdministerJira], None, deadline).await;
        let held = held.map_err(TokenProblem::of)?;
        Ok(held.first().copied().unwrap_or(Held::Unknown))
    }
}
