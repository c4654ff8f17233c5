//! Request types: read for the one thing that only they tell, a portal's id.

use serde::Deserialize;

use super::call::Call;
use super::client::Jsm;
use super::deadline::Deadline;
use super::error::JsmError;
use super::ids::{PortalId, ServiceDeskId};
use super::page::Page;

#[derive(Deserialize)]
struct RequestType {
    #[serde(rename = "portalId")]
    portal_id: Option<PortalId>,
}

impl Jsm {
    /// The portal of a service desk; `None` when it shows no request type that tells. One is enough.
    pub async fn portal_id(
        &self,
        desk: &ServiceDeskId,
        deadline: Deadline,
    ) -> Result<Option<PortalId>, JsmError> {
        let path = format!("rest/servicedeskapi/servicedesk/{desk}/requesttype");
        let call = Call::get("list_request_types", path)
            .query("start", "0")
            .query("limit", "1");
        let page: Page<RequestType> = self.ask(&call, deadline).await?;
        Ok(page.values.into_iter().find_map(|kind| kind.portal_id))
    }
}
