//! Customers' display names and details, by the Customer Service Management API: behind the gateway, and only where the site has it.
//!
//! Documented are the addresses, the body and the answer of a detail (JSON, unlike the answers to other changes), and that Basic authentication and OAuth
//! are taken alike. Not verified against a live site: the body of a display name and the answer to it, and what a site without the API or an unknown field
//! answers; 400, 403, 404 and 412 are all taken for "not there".

use serde_json::json;

use super::call::Call;
use super::client::Jsm;
use super::deadline::Deadline;
use super::error::JsmError;
use super::ids::AccountId;

impl Jsm {
    /// Changes what a customer is called.
    pub async fn set_customer_name(
        &self,
        account: &AccountId,
        name: &str,
        deadline: Deadline,
    ) -> Result<(), JsmError> {
        let path = format!("customer/account/{account}");
        let call = Call::put("set_customer_name", path, json!({ "displayName": name }));
        self.at_customer_service().change(&call, deadline).await
    }

    /// Puts these values in the place of what a detail field of a customer says.
    pub async fn set_customer_detail(
        &self,
        account: &AccountId,
        field: &str,
        values: &[String],
        deadline: Deadline,
    ) -> Result<(), JsmError> {
        let path = format!("customer/{account}/details");
        let call = Call::put("set_customer_detail", path, json!({ "values": values }));
        let call = call.query("fieldName", field);
        self.at_customer_service().change(&call, deadline).await
    }
}
