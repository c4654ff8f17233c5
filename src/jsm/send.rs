//! One call carried out: the only way out to Atlassian.

use std::time::Duration;

use reqwest::RequestBuilder;
use tokio::time::Instant;

use super::account::Account;
use super::answer::{Again, Answer, Failure, broken, judge};
use super::call::Call;
use super::deadline::Deadline;
use super::error::{JsmError, Operation};
use super::retry::pause;
use crate::random;
use crate::trace::Steps;

/// The longest that one call may take, its tries and pauses included.
const MOST_TIME: Duration = Duration::from_secs(30);
/// The longest that one try may take.
const MOST_TRY: Duration = Duration::from_secs(10);

/// Makes `call`, again where that is right, until there is an answer or no use in another try. Never longer than `deadline`. Each try is one of the `steps`.
pub(super) async fn send(
    http: &reqwest::Client,
    account: &Account,
    call: &Call,
    deadline: Deadline,
    steps: Option<&Steps>,
) -> Result<Answer, JsmError> {
    let deadline = deadline.at_most(MOST_TIME);
    for tries in 1.. {
        let begun = Instant::now();
        let answer = try_once(http, account, call, deadline).await;
        if let Some(steps) = steps {
            let error = answer.as_ref().err().map(|failure| &failure.error);
            note(steps, call, error, tries, begun.elapsed(), deadline);
        }
        let failure = match answer {
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
    let mut answer = match account.request(http, call, deadline).await {
        Ok(request) => exchange(http, call.operation, request, left.min(MOST_TRY)).await,
        Err(failure) => Err(failure),
    };
    if let Err(failure) = &mut answer
        && matches!(failure.error, JsmError::Unauthorized { .. })
        && account.refused().await
    {
        failure.again = Again::Undone(None);
    }
    let answer = answer.map_err(|failure| Failure {
        error: account.named(failure.error),
        ..failure
    });
    let outcome = match &answer {
        Ok(_) => "ok".to_owned(),
        Err(failure) => failure.error.to_string(),
    };
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(operation = call.operation, outcome, ms, "called Atlassian");
    answer
}

/// A request that has to come before a call: whatever comes of it, the call itself was not made.
pub(super) async fn beforehand(
    http: &reqwest::Client,
    operation: Operation,
    request: RequestBuilder,
    deadline: Deadline,
) -> Result<Answer, Failure> {
    let Some(left) = deadline.left() else {
        return Err(Failure::useless(JsmError::TooSlow { operation }));
    };
    exchange(http, operation, request, left.min(MOST_TRY))
        .await
        .map_err(|failure| Failure {
            again: match failure.again {
                Again::Unsure(wait) => Again::Undone(wait),
                other => other,
            },
            ..failure
        })
}

async fn exchange(
    http: &reqwest::Client,
    operation: Operation,
    request: RequestBuilder,
    time: Duration,
) -> Result<Answer, Failure> {
    let request = request
        .timeout(time)
        .build()
        .map_err(|e| broken(operation, &e))?;
    let asked = request.url().clone();
    let response = http
        .execute(request)
        .await
        .map_err(|e| broken(operation, &e))?;
    judge(operation, &asked, response).await
}

fn note(
    steps: &Steps,
    call: &Call,
    error: Option<&JsmError>,
    tries: u32,
    took: Duration,
    deadline: Deadline,
) {
    let (took, left) = (took.as_millis(), deadline.left().unwrap_or_default());
    let time = format!("try {tries}, {took} ms; {} ms are left", left.as_millis());
    match error {
        None => steps.note("Atlassian", format!("{}: ok; {time}", call.operation)),
        Some(error) => steps.failed("Atlassian", format_args!("{error}; {time}")),
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
