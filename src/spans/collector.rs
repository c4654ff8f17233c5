//! The way to the collector: OTLP over HTTP, as protobuf (opentelemetry.io/docs/specs/otlp, "OTLP/HTTP").

use std::error::Error;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message as _;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Response};
use url::Url;

use crate::settings::TracingSettings;

use super::otlp;

/// How long the collector may take.
const WITHIN: Duration = Duration::from_secs(5);

/// The most bytes of an answer that are read: it holds a number and a sentence.
const MOST_BYTES: usize = 64 * 1024;

/// Where spans go.
pub(super) struct Collector {
    http: Client,
    address: Url,
    headers: HeaderMap,
}

/// Why spans were not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// No answer, or none in time.
    #[error("no answer: {0}")]
    Away(String),
    /// Another answer than that all is well.
    #[error("it answered {0}")]
    Answered(u16),
}

impl Collector {
    pub(super) fn new(settings: &TracingSettings, http: &Client) -> Self {
        Self {
            http: http.clone(),
            address: settings.address(),
            headers: settings.headers.clone(),
        }
    }

    /// Posts a message. Returns how many of its spans the collector refused.
    pub(super) async fn post(&self, message: Vec<u8>) -> Result<u64, NotTaken> {
        let request = self
            .http
            .post(self.address.clone())
            .headers(self.headers.clone())
            .header(CONTENT_TYPE, "application/x-protobuf")
            .timeout(WITHIN)
            .body(message);
        let answer = request.send().await.map_err(away)?;
        if !answer.status().is_success() {
            return Err(NotTaken::Answered(answer.status().as_u16()));
        }
        Ok(refused(answer).await.unwrap_or(0))
    }
}

/// The error with its causes, which alone say what happened; without the address.
fn away(error: reqwest::Error) -> NotTaken {
    let error = error.without_url();
    let causes = std::iter::successors(Some(&error as &dyn Error), |&error| error.source());
    let said: Vec<String> = causes.map(ToString::to_string).collect();
    NotTaken::Away(said.join(": "))
}

/// Sends no spans there, which says whether something would be taken.
pub async fn try_collector(settings: &TracingSettings, http: &Client) -> Result<(), NotTaken> {
    let message = otlp::message(&otlp::resource("check"), Vec::new());
    let sent = Collector::new(settings, http).post(message).await;
    sent.map(|_| ())
}

/// How many were refused, if the answer says so in a way that is understood.
async fn refused(mut answer: Response) -> Option<u64> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        if body.len() + chunk.len() > MOST_BYTES {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    let answer = ExportTraceServiceResponse::decode(body.as_slice()).ok()?;
    u64::try_from(answer.partial_success?.rejected_spans).ok()
}
