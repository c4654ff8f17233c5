//! The API gateway: it serves every site below the site's id in the cloud, which the site itself tells to anybody.

use reqwest::header::ACCEPT;
use serde::Deserialize;
use tokio::sync::OnceCell;
use url::Url;

use super::account::below;
use super::answer::Failure;
use super::deadline::Deadline;
use super::error::{JsmError, Operation};
use super::requests::Requests;
use super::send::beforehand;

const OPERATION: Operation = "get_tenant_info";

/// The longest id that is believed. Real ones are UUIDs.
const LONGEST_ID: usize = 64;

/// What a site says of its place in the cloud.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TenantInfo {
    cloud_id: String,
}

impl TenantInfo {
    /// The address under which the gateway serves an API of this site; `None` when the site's id is not of the expected form.
    pub(super) fn base_at(&self, gateway: &Url, api: Api) -> Option<Url> {
        let id = &self.cloud_id;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let is_id = !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(plain);
        is_id.then(|| match api {
            Api::Jira => below(gateway, &format!("ex/jira/{id}")),
            Api::CustomerService => below(gateway, &format!("jsm/csm/cloudid/{id}/api/v1")),
        })
    }
}

/// What the gateway leads to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Api {
    /// Everything that the site itself serves too.
    Jira,
    /// Customer Service Management, which there is behind the gateway alone.
    CustomerService,
}

/// The gateway for one site. The site's id never changes: it is asked for once.
#[derive(Debug)]
pub(super) struct Gateway {
    site: Url,
    address: Url,
    api: Api,
    base: OnceCell<Url>,
}

impl Gateway {
    pub(super) fn new(site: &Url, gateway: &Url, api: Api) -> Self {
        Self {
            site: site.clone(),
            address: gateway.clone(),
            api,
            base: OnceCell::new(),
        }
    }

    /// Where REST calls begin. Of several that ask at once, one asks the site.
    pub(super) async fn base(
        &self,
        http: Requests<'_>,
        deadline: Deadline,
    ) -> Result<Url, Failure> {
        let base = self.base.get_or_try_init(async || {
            let request = http
                .client
                .get(below(&self.site, "_edge/tenant_info"))
                .header(ACCEPT, "application/json");
            let answer = beforehand(http, OPERATION, request, deadline).await?;
            let tenant: TenantInfo = answer.read(OPERATION).map_err(Failure::useless)?;
            tenant.base_at(&self.address, self.api).ok_or_else(|| {
                Failure::useless(JsmError::Unreadable {
                    operation: OPERATION,
                    why: "the site's id in the cloud is not of the expected form".to_owned(),
                })
            })
        });
        base.await.cloned()
    }
}
