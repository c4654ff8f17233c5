//! A site, and somebody who calls its REST API.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use imitation::atlassian::{Atlassian, AtlassianConfig};
use serde_json::{Value, json};

pub(crate) const ADA: &str = "ada@customer.example";

/// A site and somebody who calls it.
pub(crate) struct Caller {
    pub(crate) site: Atlassian,
    pub(crate) client: reqwest::Client,
}

impl Caller {
    pub(crate) async fn new() -> Self {
        Self {
            site: Atlassian::start(AtlassianConfig::default()).await,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let answer = self.request(method, path, body).send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.call("GET", path, Value::Null).await
    }

    pub(crate) fn request(&self, method: &str, path: &str, body: Value) -> reqwest::RequestBuilder {
        let token = format!("{}:{}", self.site.email(), self.site.api_token());
        let request = self
            .client
            .request(
                method.parse().unwrap(),
                format!("{}{path}", self.site.site()),
            )
            .header("Authorization", format!("Basic {}", STANDARD.encode(token)))
            .header("X-ExperimentalApi", "opt-in");
        if body.is_null() {
            request
        } else {
            request.json(&body)
        }
    }

    pub(crate) async fn create(&self, email: &str) -> (u16, Value) {
        let path = "/rest/servicedeskapi/customer?strictConflictStatusCode=true";
        let body = json!({"email": email, "displayName": "Ada Lovelace"});
        self.call("POST", path, body).await
    }
}
