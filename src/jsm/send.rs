//! One call carried out: the only way out to Atlassian.

use std::time::Duration;

use reqwest::RequestBuilder;
use tokio::time::Instant;

use super::account::Account;
use super::answer::{Again, Answer, Failure};
use super::breaker::{Breaker, Pass, Sign};
use super::call::{Call, Repeat};
use super::deadline::Deadline;
use super::error::{JsmError, Operation};
use super::limits::Turn;
use super::requests::Requests;
use super::retry::{lengthened, pause};
use crate::random;
use crate::trace::Steps;

/// The longest that one call may take, its tries and pauses included.
const MOST_TIME: Duration = Duration::from_secs(30);
/// The longest that one try may take.
const MOST_TRY: Duration = Duration::from_secs(10);
/// No answer within less than this tells nothing of the site: the time was used up by what came before.
const TELLING: Duration = Duration::from_millis(500);

/// How calls of one client leave.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exit<'a> {
    pub(super) http: Requests<'a>,
    pub(super) account: &'a Account,
    pub(super) breaker: &'a Breaker,
    /// Whether they go past the breaker.
    pub(super) anyway: bool,
    pub(super) steps: Option<&'a Steps>,
}

impl<'a> Exit<'a> {
    fn pass(self, operation: Operation) -> Result<Pass<'a>, JsmError> {
        if self.anyway {
            return Ok(self.breaker.enter_anyway());
        }
        self.breaker.enter(operation).inspect_err(|error| {
            if let Some(steps) = self.steps {
                steps.failed("Atlassian", error);
            }
        })
    }
}

/// Makes `call`, again where that is right, until there is an answer or no use in another try. Never longer than `deadline`. Each try is one of the steps.
pub(super) async fn send(
    exit: Exit<'_>,
    call: &Call,
    deadline: Deadline,
) -> Result<Answer, JsmError> {
    let Exit {
        http,
        account,
        breaker,
        steps,
        ..
    } = exit;
    let deadline = deadline.at_most(MOST_TIME);
    let mut pass = exit.pass(call.operation)?;
    for tries in 1.. {
        let scouts = wait_for_turn(exit, call.operation, deadline).await?;
        let (begun, time) = (Instant::now(), deadline.left());
        let answer = try_once(http, account, call, deadline).await;
        let sign = sign(&answer, time);
        pass.saw(sign);
        tell_limits(breaker, call.operation, &answer);
        if scouts && sign == Sign::There && !is_quota(&answer) {
            breaker.quota_is_back();
        }
        let answer = answer.and_then(|answer| whole(call, answer));
        if let Some(steps) = steps {
            let error = answer.as_ref().err().map(|failure| &failure.error);
            note(steps, call, error, tries, begun.elapsed(), deadline);
        }
        let failure = match answer {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        if !pass.may_go_on() {
            return Err(failure.error);
        }
        match pause(
            failure.again,
            call.repeat,
            tries,
            deadline.left(),
            random::fraction(),
        ) {
            Some(pause) => tokio::time::sleep(pause).await,
            None => return Err(failure.error),
        }
    }
    Err(too_slow(call))
}

/// What was asked is answered whole or not at all; of what was done the status alone tells.
fn whole(call: &Call, answer: Answer) -> Result<Answer, Failure> {
    match call.repeat {
        Repeat::Question => answer.whole(call.operation),
        Repeat::Harmless | Repeat::OnlyUndone => Ok(answer),
    }
}

/// What a try tells of the site; `time` is what was left for it.
fn sign(answer: &Result<Answer, Failure>, time: Option<Duration>) -> Sign {
    let Some(time) = time else {
        return Sign::Nothing; // nothing was sent
    };
    match answer.as_ref().map_err(|failure| &failure.error) {
        Ok(answer) if answer.is_foreign() => Sign::Away,
        Err(JsmError::TooSlow { .. }) if time < TELLING => Sign::Nothing,
        Err(JsmError::Unavailable { .. } | JsmError::TooSlow { .. }) => Sign::Away,
        Ok(_) | Err(_) => Sign::There,
    }
}

/// A burst that was too much holds for all callers of the operation, a spent quota for all.
fn tell_limits(breaker: &Breaker, operation: Operation, answer: &Result<Answer, Failure>) {
    let Err(Failure { error, again }) = answer else {
        return;
    };
    let JsmError::RateLimited { retry_after, .. } = error else {
        return;
    };
    match (again, retry_after) {
        (Again::Useless, wait) => breaker.spent(*wait, Instant::now()),
        (_, Some(wait)) => breaker.burst(operation, *wait, Instant::now()),
        (_, None) => {}
    }
}

/// No other call that was too much is useless to make again.
fn is_quota(answer: &Result<Answer, Failure>) -> bool {
    matches!(
        answer,
        Err(Failure {
            error: JsmError::RateLimited { .. },
            again: Again::Useless
        })
    )
}

/// Waits as long as Atlassian asked, whoever was told; a wait that the time does not allow is not begun. Returns whether this call finds out for all others
/// if there is a quota again: who asks whatever is known always does.
async fn wait_for_turn(
    exit: Exit<'_>,
    operation: Operation,
    deadline: Deadline,
) -> Result<bool, JsmError> {
    loop {
        let wait = match exit.breaker.turn(operation, Instant::now()) {
            Turn::Now => return Ok(false),
            Turn::Scout => return Ok(true),
            Turn::Spent(_) if exit.anyway => return Ok(true),
            Turn::In(wait) | Turn::Spent(wait) => wait,
        };
        let whole = lengthened(wait, random::fraction());
        if deadline.left().is_none_or(|left| whole >= left) {
            return Err(JsmError::RateLimited {
                operation,
                retry_after: Some(wait),
            });
        }
        tokio::time::sleep(whole).await;
    }
}

/// One request and its answer.
async fn try_once(
    http: Requests<'_>,
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
        Ok(request) => {
            http.exchange(call.operation, request, left.min(MOST_TRY))
                .await
        }
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
    http: Requests<'_>,
    operation: Operation,
    request: RequestBuilder,
    deadline: Deadline,
) -> Result<Answer, Failure> {
    let Some(left) = deadline.left() else {
        return Err(Failure::useless(JsmError::TooSlow { operation }));
    };
    http.exchange(operation, request, left.min(MOST_TRY))
        .await
        .map_err(|failure| Failure {
            again: match failure.again {
                Again::Unsure(wait) | Again::Odd(wait) => Again::Undone(wait),
                other => other,
            },
            ..failure
        })
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

#[cfg(test)]
#[path = "send_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "away_tests.rs"]
mod away_tests;
