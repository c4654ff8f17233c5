//! One call carried out: the only way out to Atlassian.

use std::time::Duration;

use reqwest::RequestBuilder;
use reqwest::header::ACCEPT;
use tokio::time::Instant;

use super::account::Account;
use super::answer::{Again, Answer, Failure, broken, judge};
use super::call::Call;
use super::deadline::Deadline;
use super::error::JsmError;
use super::retry::pause;
use crate::random;

/// The longest that one call may take, its tries and pauses included.
const MOST_TIME: Duration = Duration::from_secs(30);
/// The longest that one try may take.
const MOST_TRY: Duration = Duration::from_secs(10);

/// Makes `call`, again where that is right, until there is an answer or no use in another try. Never longer than `deadline`.
pub(super) async fn send(
    http: &reqwest::Client,
    account: &Account,
    call: &Call,
    deadline: Deadline,
) -> Result<Answer, JsmError> {
    let deadline = deadline.at_most(MOST_TIME);
    for tries in 1.. {
        let failure = match try_once(http, account, call, deadline).await {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        match pause(failure.again, call.repeat, tries, deadline.left(), jitter()) {
            Some(pause) => tokio::time::sleep(pause).await,
            None => return Err(failure.error),
        }
    }
    Err(too_slow(call))
}

/// One request and its answer.
async fn try_once(
    http: &reqwest::Client,
    account: &Account,
    call: &Call,
    deadline: Deadline,
) -> Result<Answer, Failure> {
    let Some(left) = deadline.left() else {
        return Err(Failure {
            error: too_slow(call),
            again: Again::Useless,
        });
    };
    let begun = Instant::now();
    let answer = exchange(http, account, call, left.min(MOST_TRY)).await;
    let outcome = match &answer {
        Ok(_) => "ok".to_owned(),
        Err(failure) => failure.error.to_string(),
    };
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(operation = call.operation, outcome, ms, "called Atlassian");
    answer
}

async fn exchange(
    http: &reqwest::Client,
    account: &Account,
    call: &Call,
    time: Duration,
) -> Result<Answer, Failure> {
    let request = request(http, account, call)
        .timeout(time)
        .build()
        .map_err(|e| broken(call.operation, &e))?;
    let asked = request.url().clone();
    let response = http
        .execute(request)
        .await
        .map_err(|e| broken(call.operation, &e))?;
    judge(call.operation, &asked, response).await
}

fn request(http: &reqwest::Client, account: &Account, call: &Call) -> RequestBuilder {
    let mut request = http
        .request(call.method.clone(), account.address(&call.path))
        .header(ACCEPT, "application/json");
    if !call.query.is_empty() {
        request = request.query(&call.query);
    }
    if let Some(body) = &call.body {
        request = request.json(body);
    }
    if call.experimental {
        request = request.header("X-ExperimentalApi", "opt-in");
    }
    if call.signed {
        account.sign(request)
    } else {
        request
    }
}

fn too_slow(call: &Call) -> JsmError {
    JsmError::TooSlow {
        operation: call.operation,
    }
}

/// A random number from 0 to 1.
fn jitter() -> f64 {
    let [byte] = random::bytes::<1>();
    f64::from(byte) / f64::from(u8::MAX)
}

#[cfg(test)]
#[path = "send_tests.rs"]
mod tests;
