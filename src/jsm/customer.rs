//! Customers: made, added to a service desk, removed from it, and from every portal.

use serde::Deserialize;
use serde_json::json;

use super::call::Call;
use super::client::Jsm;
use super::deadline::Deadline;
use super::error::JsmError;
use super::ids::{AccountId, ServiceDeskId};
use super::user::{AccountType, same_address};

/// How making a customer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Creation {
    /// There is an account now.
    Created {
        /// Its id.
        account_id: AccountId,
        /// `Atlassian` when the address turned out to have an account elsewhere; `Unknown` when the answer does not tell.
        account_type: AccountType,
    },
    /// The address has an account already; the answer does not say which.
    Taken,
}

/// How it ended that Atlassian was asked to send its own mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mailed {
    /// There is a customer now, and a mail to them on its way.
    Sent,
    /// The address has an account already, and no mail was sent.
    HasAccount,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    account_id: AccountId,
    account_type: Option<String>,
    email_address: Option<String>,
}

impl Jsm {
    /// Makes a portal-only customer, with the second token where there is one. Atlassian sends no mail. Needs the Jira administrator's global permission.
    ///
    /// After `TooSlow`, `Unavailable` or `Unreadable` the customer may have been made all the same: look it up before the next try.
    pub async fn create_customer(
        &self,
        email: &str,
        display_name: &str,
        deadline: Deadline,
    ) -> Result<Creation, JsmError> {
        let body = json!({ "email": email, "displayName": display_name });
        let call = Call::post("create_customer", "rest/servicedeskapi/customer", body)
            .query("strictConflictStatusCode", "true");
        let made = self.as_creator().ask::<Created>(&call, deadline).await;
        self.creator_met(made.as_ref().err());
        match made {
            Ok(created) => checked(created, email, &call),
            Err(JsmError::Conflict { .. }) => Ok(Creation::Taken),
            Err(error) => Err(error),
        }
    }

    /// Has Atlassian send its own mail, which makes a portal-only customer of the service desk at once, with the second token where there is one. Needs the
    /// Jira administrator's global permission, and that of the service desk's administrator. The operation is an experimental one.
    ///
    /// It is never asked twice: after `TooSlow`, `Unavailable` or `Unreadable` the mail may have been sent all the same.
    pub async fn invite_customer(
        &self,
        desk: &ServiceDeskId,
        email: &str,
        deadline: Deadline,
    ) -> Result<Mailed, JsmError> {
        // Nobody knows their name before they have come.
        let body = json!({ "email": email, "displayName": email });
        let path = format!("{}/invite", customers(desk));
        let call = Call::post("invite_customer", path, body)
            .query("strictConflictStatusCode", "true")
            .experimental();
        let made = self.as_creator().ask::<Created>(&call, deadline).await;
        match made {
            Ok(created) => checked(created, email, &call).map(|_| Mailed::Sent),
            Err(JsmError::Conflict { .. }) => Ok(Mailed::HasAccount),
            Err(error) => Err(error),
        }
    }

    /// Makes `account` a customer of the service desk; no change when it is one.
    pub async fn add_to_service_desk(
        &self,
        desk: &ServiceDeskId,
        account: &AccountId,
        deadline: Deadline,
    ) -> Result<(), JsmError> {
        let call = Call::post(
            "add_to_service_desk",
            customers(desk),
            json!({ "accountIds": [account] }),
        );
        self.tell(&call.harmless_twice(), deadline).await
    }

    /// Takes `account` out of the service desk; no change when it is not in. Refused by Atlassian for desks that are open to all.
    pub async fn remove_from_service_desk(
        &self,
        desk: &ServiceDeskId,
        account: &AccountId,
        deadline: Deadline,
    ) -> Result<(), JsmError> {
        let body = json!({ "accountIds": [account] });
        let call = Call::delete("remove_from_service_desk", customers(desk), body).experimental();
        self.tell(&call, deadline).await
    }

    /// Takes the portal away from a portal-only customer; their requests stay. Only an administrator at Atlassian gives it back. Needs a site administrator's
    /// token: `Forbidden` otherwise.
    pub async fn revoke_portal_access(
        &self,
        account: &AccountId,
        deadline: Deadline,
    ) -> Result<(), JsmError> {
        let path = format!("rest/servicedeskapi/customer/user/{account}/revoke-portal-only-access");
        let call = Call::put_nothing("revoke_portal_access", path);
        self.tell(&call, deadline).await
    }
}

/// An answer that names another address is not believed: its account is another person's.
fn checked(created: Created, email: &str, call: &Call) -> Result<Creation, JsmError> {
    let other = created
        .email_address
        .as_deref()
        .is_some_and(|theirs| !theirs.is_empty() && !same_address(theirs, email));
    if other {
        let why = "it names another address than was asked for".to_owned();
        return Err(JsmError::Unreadable {
            operation: call.operation,
            why,
        });
    }
    let account_type = AccountType::of(&created.account_id, created.account_type.as_deref());
    Ok(Creation::Created {
        account_id: created.account_id,
        account_type,
    })
}

fn customers(desk: &ServiceDeskId) -> String {
    format!("rest/servicedeskapi/servicedesk/{desk}/customer")
}
