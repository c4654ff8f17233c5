//! What came back: bounded while it is read, judged by its status, parsed once.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, LOCATION, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use url::Url;

use super::error::{JsmError, Operation};

/// The largest answer read, in bytes: fifty service desks are about 30 KiB.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// The longest wait that is believed to be meant.
const LONGEST_WAIT: Duration = Duration::from_hours(24);
/// How much of Atlassian's error message is kept, in characters.
const MOST_MESSAGE: usize = 200;

/// An answer of success.
#[derive(Debug)]
pub(super) struct Answer {
    is_json: bool,
    body: Vec<u8>,
}

/// A try that failed, and what that tells about another.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: JsmError,
    pub(super) again: Again,
}

/// Whether another try is worth it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// It would end the same way.
    Useless,
    /// The call was certainly not carried out; wait as long as asked.
    Undone(Option<Duration>),
    /// It may have been carried out; wait as long as asked.
    Unsure(Option<Duration>),
    /// It came to its end and the answer says nothing; a question may well get a better one. Wait as long as asked.
    Odd(Option<Duration>),
}

impl Failure {
    pub(super) fn useless(error: JsmError) -> Self {
        Self {
            error,
            again: Again::Useless,
        }
    }
}

impl Answer {
    /// That there is nothing to read: such calls are answered with 204. A body with a success is somebody else's, a proxy's page for one, and says
    /// nothing of what was done.
    pub(super) fn nothing(&self, operation: Operation) -> Result<(), JsmError> {
        if self.body.is_empty() {
            return Ok(());
        }
        let why = "there should be no body; did something in between answer?".to_owned();
        Err(JsmError::Unreadable { operation, why })
    }

    /// That it is a JSON object, or that there is nothing to read.
    pub(super) fn object_or_nothing(&self, operation: Operation) -> Result<(), JsmError> {
        if self.body.is_empty() {
            return Ok(());
        }
        self.read::<serde_json::Map<_, _>>(operation).map(|_| ())
    }

    /// The answer to a question, if it is one: a page of something in between, or half an answer, is worth another try.
    pub(super) fn whole(self, operation: Operation) -> Result<Self, Failure> {
        match self.read::<IgnoredAny>(operation) {
            Ok(IgnoredAny) => Ok(self),
            Err(error) => Err(Failure {
                error,
                again: Again::Odd(None),
            }),
        }
    }

    /// Whether something else than Atlassian gave it: a proxy's page, say.
    pub(super) fn is_foreign(&self) -> bool {
        !self.is_json && !self.body.is_empty()
    }

    /// Parses the body.
    pub(super) fn read<T: DeserializeOwned>(&self, operation: Operation) -> Result<T, JsmError> {
        let unreadable = |why: String| JsmError::Unreadable { operation, why };
        if !self.is_json {
            return Err(unreadable(
                "it is not JSON; is this an Atlassian site?".to_owned(),
            ));
        }
        // serde's own words may quote the answer: only where it stopped is told.
        serde_json::from_slice(&self.body).map_err(|e| {
            unreadable(format!(
                "{:?} error at line {}, column {}",
                e.classify(),
                e.line(),
                e.column()
            ))
        })
    }
}

/// Reads and judges a response.
pub(super) async fn judge(
    operation: Operation,
    asked: &Url,
    mut response: Response,
) -> Result<Answer, Failure> {
    if response.status().is_redirection() || response.url() != asked {
        return Err(Failure::useless(redirected(operation, &response)));
    }
    let is_json = is_json(response.headers());
    let body = read_bounded(operation, &mut response).await?;
    if response.status().is_success() {
        return Ok(Answer { is_json, body });
    }
    let message = if is_json {
        message(&body)
    } else {
        "(no JSON)".to_owned()
    };
    Err(failure(
        operation,
        response.status(),
        response.headers(),
        message,
    ))
}

/// The failure that a status other than success stands for.
fn failure(
    operation: Operation,
    status: StatusCode,
    headers: &HeaderMap,
    message: String,
) -> Failure {
    let retry_after = retry_after(headers);
    match status.as_u16() {
        401 => Failure::useless(JsmError::Unauthorized { operation }),
        403 => Failure::useless(JsmError::Forbidden { operation, message }),
        404 => Failure::useless(JsmError::NotFound { operation, message }),
        409 => Failure::useless(JsmError::Conflict { operation, message }),
        429 => Failure {
            error: JsmError::RateLimited {
                operation,
                retry_after,
            },
            again: if is_quota(headers) {
                Again::Useless
            } else {
                Again::Undone(retry_after)
            },
        },
        502..=504 => Failure {
            error: away(operation, status, retry_after),
            again: Again::Unsure(retry_after),
        },
        // Not implemented, or not in this version of HTTP: that stays so.
        501 | 505 => Failure::useless(away(operation, status, retry_after)),
        500.. => Failure {
            error: away(operation, status, retry_after),
            again: Again::Odd(retry_after),
        },
        status => Failure::useless(JsmError::Refused {
            operation,
            status,
            message,
        }),
    }
}

fn away(operation: Operation, status: StatusCode, retry_after: Option<Duration>) -> JsmError {
    JsmError::Unavailable {
        operation,
        why: format!("status {}", status.as_u16()),
        retry_after,
    }
}

fn redirected(operation: Operation, response: &Response) -> JsmError {
    let location = response
        .headers()
        .get(LOCATION)
        .and_then(|value| value.to_str().ok());
    let target = location.and_then(|location| response.url().join(location).ok());
    let host = target.and_then(|target| target.host_str().map(str::to_owned));
    JsmError::Redirected { operation, host }
}

async fn read_bounded(operation: Operation, response: &mut Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| broken(operation, &e))? {
        if body.len() + chunk.len() > MOST_BYTES {
            let why = format!("it is larger than {MOST_BYTES} bytes");
            return Err(Failure::useless(JsmError::Unreadable { operation, why }));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A connection that failed, or a time that ran out. The words of the HTTP library are not used: they hold the address.
pub(super) fn broken(operation: Operation, error: &reqwest::Error) -> Failure {
    if error.is_connect() {
        let why = "no connection".to_owned();
        return Failure {
            error: JsmError::Unavailable {
                operation,
                why,
                retry_after: None,
            },
            again: Again::Undone(None),
        };
    }
    let error = if error.is_timeout() {
        JsmError::TooSlow { operation }
    } else {
        JsmError::Unavailable {
            operation,
            why: "the connection broke".to_owned(),
            retry_after: None,
        }
    };
    Failure {
        error,
        again: Again::Unsure(None),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// `Retry-After` in seconds, the form that Atlassian sends, or as a date, which something in between may send (RFC 9110, 10.2.3): how long that is from
/// when the answer was made, by the same clock.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = text(headers, &RETRY_AFTER)?;
    let wait = if let Ok(seconds) = text.parse() {
        Duration::from_secs(seconds)
    } else {
        let wait = date(text)?.duration_since(date(self::text(headers, &DATE)?)?);
        Duration::try_from(wait).unwrap_or_default() // over already
    };
    Some(wait.min(LONGEST_WAIT))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// A date of HTTP, which is one of mail headers too.
fn date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

/// A spent quota does not come back within a call's time; a burst passes.
fn is_quota(headers: &HeaderMap) -> bool {
    headers
        .get("RateLimit-Reason")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|reason| reason.contains("quota"))
}

/// The shapes of an error: `errorMessage` in the service desk API, `errorMessages` in the platform's.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ErrorBody {
    error_message: Option<String>,
    #[serde(default)]
    error_messages: Vec<String>,
}

/// Atlassian's own words, on one line, bounded, without mail addresses.
fn message(body: &[u8]) -> String {
    let Ok(body) = serde_json::from_slice::<ErrorBody>(body) else {
        return "(no message)".to_owned();
    };
    let text = body
        .error_message
        .or_else(|| body.error_messages.into_iter().next())
        .unwrap_or_default();
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(|word| {
            if word.contains('@') {
                "(address)"
            } else {
                word
            }
        })
        .collect();
    words.join(" ").chars().take(MOST_MESSAGE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_message_is_one_bounded_line_without_addresses() {
        let body = serde_json::json!({ "errorMessage": "An account\nfor ana@acme.example \u{1b}[31m exists" });
        assert_eq!(
            message(body.to_string().as_bytes()),
            "An account for (address) [31m exists"
        );
        let body = serde_json::json!({ "errorMessages": ["x".repeat(5000)] });
        assert_eq!(message(body.to_string().as_bytes()).len(), MOST_MESSAGE);
        assert_eq!(message(b"[]"), "(no message)");
    }

    #[test]
    fn retry_after_is_read_in_seconds_or_as_a_date_by_the_answers_own_clock() {
        const DAY: u64 = 24 * 3600;
        let now = "Wed, 21 Oct 2026 07:28:00 GMT";
        for (asked, made, wait) in [
            ("7", "", Some(7)),
            ("99999999", "", Some(DAY)),
            ("Wed, 21 Oct 2026 07:28:30 GMT", now, Some(30)),
            ("Wed, 21 Oct 2026 07:27:00 GMT", now, Some(0)),
            ("Fri, 01 Jan 2100 00:00:00 GMT", now, Some(DAY)),
            ("Wed, 21 Oct 2026 07:28:30 GMT", "", None),
            ("Wed, 21 Oct 2026 07:28:30 GMT", "noon", None),
            ("soon", now, None),
            ("-1", now, None),
        ] {
            let headers = [(RETRY_AFTER, asked), (DATE, made)];
            let headers = headers.map(|(name, value)| (name, value.parse().unwrap()));
            let wait = wait.map(Duration::from_secs);
            assert_eq!(retry_after(&HeaderMap::from_iter(headers)), wait, "{asked}");
        }
    }
}
