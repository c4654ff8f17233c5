//! Whose account is it that has this address? Found for certain, absent for certain, or not to be told.
//!
//! Atlassian has no exact look-up. It searches by the beginning of names and addresses, may hide addresses, and answers a
//! caller without the permission to browse users with an empty list. So addresses are compared here, and absence is
//! believed only of a caller who may browse.

use serde::Deserialize;

use super::call::Call;
use super::client::Jsm;
use super::deadline::Deadline;
use super::error::JsmError;
use super::ids::{AccountId, ServiceDeskId};
use super::page::{PAGE, Page};

/// What kind of account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountType {
    /// Portal-only.
    Customer,
    /// A real Atlassian account.
    Atlassian,
    /// A bot's.
    App,
    /// Atlassian does not say.
    Unknown,
}

impl AccountType {
    /// By Atlassian's word, and without it by the id.
    pub(super) fn of(id: &AccountId, word: Option<&str>) -> Self {
        match word {
            Some("customer") => Self::Customer,
            Some("atlassian") => Self::Atlassian,
            Some("app") => Self::App,
            _ if id.is_portal_only() => Self::Customer,
            _ => Self::Unknown,
        }
    }
}

/// What a look-up by address found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// The one account with this very address.
    Found {
        /// Its id.
        account_id: AccountId,
        /// Its kind.
        account_type: AccountType,
    },
    /// No active account that this site knows has the address.
    NotFound,
    /// There may be one.
    CannotTell(Obscured),
}

/// Why a look-up can tell nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Obscured {
    /// An empty list means nothing without the permission.
    #[error("the service account may not browse users")]
    NotPermitted,
    /// Somebody was found whose address is hidden.
    #[error("an account that was found hides its address")]
    HiddenAddress,
    /// More were found than are read.
    #[error("too many accounts were found")]
    TooMany,
    /// Two accounts of the same kind have the address.
    #[error("several accounts have the address")]
    Several,
}

/// Whether two addresses are the same: letter case of ASCII apart, byte for byte.
pub(super) fn same_address(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    account_id: AccountId,
    account_type: Option<String>,
    email_address: Option<String>,
    active: Option<bool>,
}

impl User {
    fn account_type(&self) -> AccountType {
        AccountType::of(&self.account_id, self.account_type.as_deref())
    }

    fn hides_address(&self) -> bool {
        self.email_address.as_deref().is_none_or(str::is_empty)
    }

    fn has_address(&self, email: &str) -> bool {
        self.email_address
            .as_deref()
            .is_some_and(|theirs| same_address(theirs, email))
    }
}

impl Jsm {
    /// Looks for the account that has exactly this address. `desk`, when given, is searched for customers too, should the
    /// site's users not tell.
    ///
    /// An Atlassian account is preferred to a portal-only one of the same address: it is what Atlassian's own login prefers.
    pub async fn find_by_address(
        &self,
        email: &str,
        desk: Option<&ServiceDeskId>,
        deadline: Deadline,
    ) -> Result<Lookup, JsmError> {
        let refused = Lookup::CannotTell(Obscured::NotPermitted);
        let users = self.search_users(email, deadline).await?;
        let mut lookup = users.map_or(refused, |users| judge(&users, email));
        if !matches!(lookup, Lookup::Found { .. })
            && let Some(desk) = desk
            && let Some(customers) = self.search_customers(desk, email, deadline).await?
            && let found @ Lookup::Found { .. } = judge(&customers, email)
        {
            lookup = found;
        }
        match lookup {
            Lookup::Found {
                account_id,
                account_type: AccountType::Unknown,
            } => {
                let account_type = self.account_type(&account_id, deadline).await?;
                Ok(Lookup::Found {
                    account_id,
                    account_type,
                })
            }
            Lookup::NotFound if !self.permissions(deadline).await?.browse_users => {
                Ok(Lookup::CannotTell(Obscured::NotPermitted))
            }
            other => Ok(other),
        }
    }

    /// One look among the site's users. Whoever is not found may be there all the same: the service account may not see them.
    pub async fn glance_by_address(
        &self,
        email: &str,
        deadline: Deadline,
    ) -> Result<Option<(AccountId, AccountType)>, JsmError> {
        let users = self.search_users(email, deadline).await?;
        match users.map(|users| judge(&users, email)) {
            Some(Lookup::Found {
                account_id,
                account_type,
            }) if account_type != AccountType::Unknown => Ok(Some((account_id, account_type))),
            _ => Ok(None),
        }
    }

    /// The kind of an account whose id is known.
    pub async fn account_type(
        &self,
        id: &AccountId,
        deadline: Deadline,
    ) -> Result<AccountType, JsmError> {
        Ok(self.user(id, deadline).await?.account_type())
    }

    /// Whether an account may be used. It is taken to be where Atlassian does not say.
    pub async fn is_active(&self, id: &AccountId, deadline: Deadline) -> Result<bool, JsmError> {
        Ok(self.user(id, deadline).await?.active.unwrap_or(true))
    }

    async fn user(&self, id: &AccountId, deadline: Deadline) -> Result<User, JsmError> {
        let call = Call::get("get_user", "rest/api/3/user").query("accountId", id.as_str());
        let user: User = self.ask(&call, deadline).await?;
        if user.account_id != *id {
            return Err(JsmError::Unreadable {
                operation: call.operation,
                why: "it names another account than was asked for".to_owned(),
            });
        }
        Ok(user)
    }

    /// The site's users whose name or address begins with `email`; `None` when the search is refused.
    async fn search_users(
        &self,
        email: &str,
        deadline: Deadline,
    ) -> Result<Option<Vec<User>>, JsmError> {
        let call = Call::get("search_users", "rest/api/3/user/search")
            .query("query", email)
            .query("maxResults", PAGE.to_string());
        list_or_none(self.ask(&call, deadline).await)
    }

    /// The service desk's customers who match `email`; `None` when the search is refused.
    async fn search_customers(
        &self,
        desk: &ServiceDeskId,
        email: &str,
        deadline: Deadline,
    ) -> Result<Option<Vec<User>>, JsmError> {
        let path = format!("rest/servicedeskapi/servicedesk/{desk}/customer");
        let call = Call::get("search_customers", path)
            .query("query", email)
            .query("limit", PAGE.to_string())
            .experimental();
        list_or_none(
            self.ask(&call, deadline)
                .await
                .map(|page: Page<User>| page.values),
        )
    }
}

/// A refused search is no list, and no failure either: there are two, and an experimental one may be gone any day (404, 412).
fn list_or_none(list: Result<Vec<User>, JsmError>) -> Result<Option<Vec<User>>, JsmError> {
    match list {
        Ok(list) => Ok(Some(list)),
        Err(JsmError::Forbidden { .. } | JsmError::NotFound { .. } | JsmError::Refused { .. }) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// What one list tells of the address.
fn judge(users: &[User], email: &str) -> Lookup {
    let mut theirs: Vec<&User> = users
        .iter()
        .filter(|user| user.has_address(email))
        .collect();
    theirs.sort_by_key(|user| user.account_type() != AccountType::Atlassian);
    match theirs.as_slice() {
        [one, rest @ ..]
            if rest
                .iter()
                .all(|other| other.account_type() != one.account_type()) =>
        {
            Lookup::Found {
                account_id: one.account_id.clone(),
                account_type: one.account_type(),
            }
        }
        [_, ..] => Lookup::CannotTell(Obscured::Several),
        [] if users.iter().any(User::hides_address) => Lookup::CannotTell(Obscured::HiddenAddress),
        [] if users.len() >= PAGE => Lookup::CannotTell(Obscured::TooMany),
        [] => Lookup::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: &str, kind: &str, email: Option<&str>) -> User {
        User {
            account_id: id.parse().unwrap(),
            account_type: Some(kind.to_owned()),
            email_address: email.map(str::to_owned),
            active: None,
        }
    }

    fn found(id: &str, account_type: AccountType) -> Lookup {
        Lookup::Found {
            account_id: id.parse().unwrap(),
            account_type,
        }
    }

    const ANA: &str = "ana@acme.example";

    #[test]
    fn only_the_very_address_counts_letter_case_apart() {
        let others = [
            "ana@acme.example.evil.test",
            "ana+tag@acme.example",
            "xana@acme.example",
            "anа@acme.example",
        ];
        let others: Vec<_> = others
            .iter()
            .map(|email| user("qm:1", "customer", Some(email)))
            .collect();
        assert_eq!(judge(&others, ANA), Lookup::NotFound);
        let ana = [user("qm:2", "customer", Some("Ana@ACME.example"))];
        assert_eq!(judge(&ana, ANA), found("qm:2", AccountType::Customer));
    }

    #[test]
    fn an_atlassian_account_comes_before_a_portal_only_one() {
        let both = [
            user("qm:1", "customer", Some(ANA)),
            user("5b10", "atlassian", Some(ANA)),
        ];
        assert_eq!(judge(&both, ANA), found("5b10", AccountType::Atlassian));
    }

    #[test]
    fn two_customers_of_one_address_cannot_be_told_apart() {
        let two = [
            user("qm:1", "customer", Some(ANA)),
            user("qm:2", "customer", Some(ANA)),
        ];
        assert_eq!(judge(&two, ANA), Lookup::CannotTell(Obscured::Several));
    }

    #[test]
    fn somebody_with_a_hidden_address_may_be_the_one() {
        let hidden = [
            user("5b10", "atlassian", None),
            user("5b11", "atlassian", Some("")),
        ];
        for user in hidden {
            assert_eq!(
                judge(&[user], ANA),
                Lookup::CannotTell(Obscured::HiddenAddress)
            );
        }
    }

    #[test]
    fn the_id_tells_a_portal_only_customer_where_nothing_else_does() {
        assert_eq!(
            AccountType::of(&"qm:1".parse().unwrap(), None),
            AccountType::Customer
        );
        assert_eq!(
            AccountType::of(&"5b10".parse().unwrap(), None),
            AccountType::Unknown
        );
        assert_eq!(
            AccountType::of(&"qm:1".parse().unwrap(), Some("atlassian")),
            AccountType::Atlassian
        );
    }
}
