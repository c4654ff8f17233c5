//! The service account's token: as whom it signs in, what that account may, how long it lasts.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use url::Url;

use super::call::Call;
use super::client::Jsm;
use super::deadline::Deadline;
use super::error::JsmError;
use super::gateway::{Api, TenantInfo};
use super::ids::AccountId;

/// As whom the token signs in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccount {
    /// Its id.
    pub account_id: AccountId,
    /// Its name.
    #[serde(default)]
    pub display_name: String,
    /// Its address, where Atlassian tells.
    #[serde(default)]
    pub email_address: Option<String>,
}

/// The global permissions that the front door needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions {
    /// `ADMINISTER`: makes customers.
    pub administer_jira: bool,
    /// `USER_PICKER`: tells whether an address has an account.
    pub browse_users: bool,
}

/// What a site says of itself to anybody.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SiteInfo {
    /// Its own address.
    pub base_url: String,
    /// Its name.
    #[serde(default)]
    pub server_title: String,
}

#[derive(Deserialize)]
struct PermissionList {
    permissions: BTreeMap<String, Permission>,
}

#[derive(Deserialize)]
struct Permission {
    #[serde(rename = "havePermission")]
    held: bool,
}

impl Jsm {
    /// As whom the token signs in.
    pub async fn myself(&self, deadline: Deadline) -> Result<ServiceAccount, JsmError> {
        self.ask(&Call::get("get_myself", "rest/api/3/myself"), deadline)
            .await
    }

    /// What the service account may.
    pub async fn permissions(&self, deadline: Deadline) -> Result<Permissions, JsmError> {
        let call = Call::get("get_my_permissions", "rest/api/3/mypermissions")
            .query("permissions", "ADMINISTER,USER_PICKER");
        let list: PermissionList = self.ask(&call, deadline).await?;
        let held = |key| {
            list.permissions
                .get(key)
                .is_some_and(|permission| permission.held)
        };
        Ok(Permissions {
            administer_jira: held("ADMINISTER"),
            browse_users: held("USER_PICKER"),
        })
    }

    /// What the site says of itself; asked without the token.
    pub async fn site_info(&self, deadline: Deadline) -> Result<SiteInfo, JsmError> {
        let call = Call::get("get_server_info", "rest/api/3/serverInfo").unsigned();
        self.ask(&call, deadline).await
    }

    /// The address under which the API gateway serves this site; `None` when the site's id is not of the expected form.
    pub(super) async fn gateway_base(&self, deadline: Deadline) -> Result<Option<Url>, JsmError> {
        let call = Call::get("get_tenant_info", "_edge/tenant_info").unsigned();
        let tenant: TenantInfo = self.ask(&call, deadline).await?;
        Ok(tenant.base_at(&self.gateway, Api::Jira))
    }
}

/// Whole days until a token that expires on `expires` stops working; negative when it has.
#[must_use]
pub fn days_left(expires: Date, today: Date) -> i32 {
    expires.since(today).map_or(0, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_are_counted_across_months_and_below_zero() {
        assert_eq!(days_left(date(2027, 6, 30), date(2026, 11, 1)), 241);
        assert_eq!(days_left(date(2026, 11, 1), date(2026, 11, 1)), 0);
        assert_eq!(days_left(date(2026, 10, 30), date(2026, 11, 1)), -2);
    }
}
