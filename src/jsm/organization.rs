//! Organizations: found or made, joined, left, and let into service desks.

use serde::Deserialize;
use serde_json::json;

use super::call::Call;
use super::client::Jsm;
use super::deadline::Deadline;
use super::error::JsmError;
use super::ids::{AccountId, OrganizationId, ServiceDeskId};

/// One organization.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
    /// Whether a directory manages its members: those are then left alone.
    #[serde(default)]
    pub scim_managed: bool,
}

impl Jsm {
    /// All organizations that the service account can see.
    pub async fn organizations(&self, deadline: Deadline) -> Result<Vec<Organization>, JsmError> {
        let call = Call::get("list_organizations", ORGANIZATIONS);
        self.all(&call, deadline, |organization: &Organization| {
            organization.id.clone()
        })
        .await
    }

    /// The organizations that `account` is a member of.
    pub async fn organizations_of(
        &self,
        account: &AccountId,
        deadline: Deadline,
    ) -> Result<Vec<Organization>, JsmError> {
        let call =
            Call::get("list_organizations_of", ORGANIZATIONS).query("accountId", account.as_str());
        self.all(&call, deadline, |organization: &Organization| {
            organization.id.clone()
        })
        .await
    }

    /// One organization.
    pub async fn organization(
        &self,
        id: &OrganizationId,
        deadline: Deadline,
    ) -> Result<Organization, JsmError> {
        let call = Call::get("get_organization", format!("{ORGANIZATIONS}/{id}"));
        let found: Organization = self.ask(&call, deadline).await?;
        meant(found, &call, |found| found.id == *id)
    }

    /// The organization of this name (1 to 200 characters), made when there is none.
    pub async fn create_or_get_organization(
        &self,
        name: &str,
        deadline: Deadline,
    ) -> Result<Organization, JsmError> {
        let call = Call::post(
            "create_or_get_organization",
            ORGANIZATIONS,
            json!({ "name": name }),
        );
        let call = call.harmless_twice();
        let found: Organization = self.ask(&call, deadline).await?;
        meant(found, &call, |found| same_name(&found.name, name))
    }

    /// Makes `account` a member; no change when it is one.
    pub async fn add_to_organization(
        &self,
        organization: &OrganizationId,
        account: &AccountId,
        deadline: Deadline,
    ) -> Result<(), JsmError> {
        let body = json!({ "accountIds": [account] });
        let call = Call::post("add_to_organization", members(organization), body);
        self.tell(&call.harmless_twice(), deadline).await
    }

    /// Ends `account`'s membership; no change when it is no member.
    pub async fn remove_from_organization(
        &self,
        organization: &OrganizationId,
        account: &AccountId,
        deadline: Deadline,
    ) -> Result<(), JsmError> {
        let body = json!({ "accountIds": [account] });
        let call = Call::delete("remove_from_organization", members(organization), body);
        self.tell(&call, deadline).await
    }

    /// Lets the organization into the service desk; no change when it is in.
    pub async fn add_organization_to_service_desk(
        &self,
        desk: &ServiceDeskId,
        organization: &OrganizationId,
        deadline: Deadline,
    ) -> Result<(), JsmError> {
        let path = format!("rest/servicedeskapi/servicedesk/{desk}/organization");
        let body = json!({ "organizationId": organization.number() });
        let call = Call::post("add_organization_to_service_desk", path, body);
        self.tell(&call.harmless_twice(), deadline).await
    }
}

/// An answer that speaks of another organization is not believed: nobody may be put into that one.
fn meant(
    found: Organization,
    call: &Call,
    is_meant: impl FnOnce(&Organization) -> bool,
) -> Result<Organization, JsmError> {
    if is_meant(&found) {
        return Ok(found);
    }
    let why = "it names another organization than was asked for".to_owned();
    Err(JsmError::Unreadable {
        operation: call.operation,
        why,
    })
}

/// Whether two names are the same, letter case and spaces apart: which of these Jira tells apart is not documented.
fn same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.to_lowercase().split_whitespace().collect::<String>();
    plain(one) == plain(other)
}

const ORGANIZATIONS: &str = "rest/servicedeskapi/organization";

fn members(organization: &OrganizationId) -> String {
    format!("{ORGANIZATIONS}/{organization}/user")
}
