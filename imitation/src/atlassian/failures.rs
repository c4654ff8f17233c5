//! Failures that a test puts in the way.

use crate::http::{Answer, Ticket};
use serde_json::{Value, json};

/// What stands in the body of a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// An error envelope.
    Json,
    /// A page, as a proxy in front would send.
    Html,
    /// JSON that ends in the middle.
    Half,
    /// The connection is cut before all that was promised has come.
    Cut,
    /// Nothing, until [`super::Atlassian::behave`].
    Hang,
    /// More than anybody should read: 8 MiB.
    Huge,
    /// This text, called JSON.
    Text(String),
    /// This text, called by this content type.
    Typed(String, String),
}

/// One failure of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The status.
    pub status: u16,
    /// More headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// Whether the operation is done all the same: the answer alone is lost.
    pub done: bool,
}

impl Failure {
    /// This status with an error envelope.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Body::Json,
            done: false,
        }
    }

    /// 200 with this text, called JSON.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::status(200).with_body(Body::Text(text.to_owned()))
    }

    /// 429; `reason` is `jira-burst-based` or the name of a quota.
    #[must_use]
    pub fn rate_limited(retry_after: u64, reason: &str) -> Self {
        Self::status(429)
            .with_header("Retry-After", &retry_after.to_string())
            .with_header("RateLimit-Reason", reason)
            .with_header("X-RateLimit-Reset", "2030-01-01T00:00Z")
    }

    /// A redirect to this address.
    #[must_use]
    pub fn redirects(status: u16, to: &str) -> Self {
        Self::status(status).with_header("Location", to)
    }

    /// No answer until it is let go.
    #[must_use]
    pub fn hangs() -> Self {
        Self::status(504).with_body(Body::Hang)
    }

    /// Another body.
    #[must_use]
    pub fn with_body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// One more header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The operation is done; only its answer is lost.
    #[must_use]
    pub fn after_doing_it(mut self) -> Self {
        self.done = true;
        self
    }

    pub(super) async fn answer(self, ticket: Ticket) -> Answer {
        let json = json!({"errorMessage": "An error as asked for", "i18nErrorMessage": {"i18nKey": "imitated.failure", "parameters": []}});
        let answer = match self.body {
            Body::Json => Answer::json(self.status, &json),
            Body::Html => Answer::page(self.status, "<h1>Oops, an error</h1>".to_owned()),
            Body::Half => Answer::text(self.status, "application/json", half(&json)),
            Body::Cut => Answer::json(self.status, &json).cut(),
            Body::Huge => Answer::json(self.status, &json!("x".repeat(8 << 20))),
            Body::Text(text) => Answer::text(self.status, "application/json", text),
            Body::Typed(kind, text) => Answer::text(self.status, &kind, text),
            Body::Hang => {
                ticket.wait().await;
                Answer::json(self.status, &json)
            }
        };
        self.headers
            .into_iter()
            .fold(answer, |answer, (name, value)| answer.with(&name, value))
    }
}

fn half(json: &Value) -> String {
    let mut text = json.to_string();
    text.truncate(text.len() / 2);
    text
}
