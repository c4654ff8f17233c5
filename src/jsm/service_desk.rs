//! Service desks: those that the service account can see.

use serde::Deserialize;

use super::call::Call;
use super::client::Jsm;
use super::deadline::Deadline;
use super::error::JsmError;
use super::ids::{ProjectKey, ServiceDeskId};

/// One service desk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ServiceDesk {
    /// Its id.
    pub id: ServiceDeskId,
    /// Its project's key.
    #[serde(rename = "projectKey")]
    pub key: ProjectKey,
    /// Its project's name.
    #[serde(rename = "projectName")]
    pub name: String,
}

impl Jsm {
    /// All service desks that the token can see, in Atlassian's order.
    pub async fn service_desks(&self, deadline: Deadline) -> Result<Vec<ServiceDesk>, JsmError> {
        let call = Call::get("list_service_desks", "rest/servicedeskapi/servicedesk");
        self.all(&call, deadline, |desk: &ServiceDesk| desk.id.clone())
            .await
    }
}
