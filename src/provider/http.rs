//! The one way out to a provider: no redirects, one time-out for the whole answer, a bound on its size.

use std::pin::Pin;
use std::time::{Duration, Instant};

use openidconnect::http::HeaderValue;
use openidconnect::http::header::ACCEPT_ENCODING;
use openidconnect::http::{Request, Response};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

use crate::metrics::{Answered, Metrics, ProviderCall};
use crate::settings::{ProviderName, ProviderSettings};

/// The most bytes of an answer that are read. A hundred groups and fifty long attributes fit into each of the three tokens.
const MOST_BYTES: usize = 512 * 1024;

/// Sends requests to one provider.
#[derive(Debug, Clone)]
pub(super) struct Http {
    client: reqwest::Client,
    name: ProviderName,
    timeout: Duration,
    metrics: Metrics,
}

/// The same for one kind of call, which is timed as such.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calling<'a> {
    http: &'a Http,
    call: ProviderCall,
}

/// Why there is no answer to look at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum HttpFault {
    /// No connection, or it broke off.
    #[error("no answer: {0}")]
    Away(String),
    /// Not the whole answer within the time-out.
    #[error("no complete answer within {0:?}")]
    Slow(Duration),
    /// A status that says that the provider itself is unwell or overrun.
    #[error("it answered {0}")]
    Unwell(u16),
    /// Too large to be what was asked for.
    #[error("the answer is larger than {MOST_BYTES} bytes")]
    TooLarge,
}

impl HttpFault {
    fn answered(&self) -> Answered {
        match self {
            Self::Unwell(status) => Answered::Status(*status),
            Self::Slow(_) => Answered::TooSlow,
            Self::Away(_) | Self::TooLarge => Answered::NotAtAll,
        }
    }
}

impl Http {
    /// `client` must follow no redirects.
    pub(super) fn new(
        client: reqwest::Client,
        settings: &ProviderSettings,
        metrics: &Metrics,
    ) -> Self {
        Self {
            client,
            name: settings.name.clone(),
            timeout: settings.timeout,
            metrics: metrics.clone(),
        }
    }

    pub(super) fn calling(&self, call: ProviderCall) -> Calling<'_> {
        Calling { http: self, call }
    }

    /// Sends a request and reads the answer whole. 429 and 5xx are faults; any other status is the caller's to judge.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFault> {
        let mut request = reqwest::Request::try_from(request).map_err(|error| self.fault(error))?;
        *request.timeout_mut() = Some(self.timeout);
        // Without it any coding would be allowed (RFC 9110, section 12.5.3), and we unpack none.
        let as_it_is = HeaderValue::from_static("identity");
        request.headers_mut().insert(ACCEPT_ENCODING, as_it_is);
        let mut answer = self
            .client
            .execute(request)
            .await
            .map_err(|error| self.fault(error))?;
        let status = answer.status();
        if status.is_server_error() || status.as_u16() == 429 {
            return Err(HttpFault::Unwell(status.as_u16()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.fault(error))? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(HttpFault::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }

    fn fault(&self, error: reqwest::Error) -> HttpFault {
        if error.is_timeout() {
            return HttpFault::Slow(self.timeout);
        }
        let error = error.without_url();
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(next) = cause {
            text = format!("{text}: {next}");
            cause = next.source();
        }
        HttpFault::Away(text)
    }
}

impl Calling<'_> {
    /// A plain GET of JSON; `bearer` goes into the `Authorization` header.
    pub(super) async fn get(
        &self,
        address: &url::Url,
        bearer: Option<&str>,
    ) -> Result<HttpResponse, HttpFault> {
        let mut request = Request::get(address.as_str()).header("Accept", "application/json");
        if let Some(token) = bearer {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let request = request
            .body(Vec::new())
            .map_err(|error| HttpFault::Away(error.to_string()))?;
        self.send(request).await
    }

    /// Sends a request, whose time is noted whatever comes of it.
    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFault> {
        let begun = Instant::now();
        let answer = self.http.send(request).await;
        let (metrics, name) = (&self.http.metrics, &self.http.name);
        let answered = match &answer {
            Ok(answer) => Answered::Status(answer.status().as_u16()),
            Err(fault) => fault.answered(),
        };
        metrics.provider(name, self.call, answered, begun.elapsed());
        answer
    }
}

/// What the library sends goes the same way.
impl<'c> AsyncHttpClient<'c> for Calling<'_> {
    type Error = HttpFault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpFault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// Whether an answer says that it is JSON (`application/json`, whatever its parameters).
pub(super) fn is_json(answer: &HttpResponse) -> bool {
    let content_type = answer
        .headers()
        .get("content-type")
        .and_then(|value| value.to_str().ok());
    content_type
        .and_then(|text| text.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}
