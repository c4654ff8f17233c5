//! Checks of the store before it is opened: whether it is there at all, and what a Redis is like.

use crate::clock::Clock;
use crate::settings::{RedisAddress, StoreAddress};
use crate::store::{Condition, Redis, StoreError};

use super::report::{Check, Outcome};

/// Seconds by which the clocks of Redis and of this machine may be apart without a word.
const APART: i64 = 60;

/// The name of all these checks.
const NAME: &str = "store";

/// Where the store is, without user and password.
pub(super) fn place(address: &StoreAddress) -> String {
    match address {
        StoreAddress::Sqlite(path) => path.display().to_string(),
        StoreAddress::Redis(address) => address.to_string(),
    }
}

/// Whether a front door has begun to keep its things there, and what there is to say. Nothing is made.
pub(super) async fn look(address: &StoreAddress, clock: &Clock) -> (bool, Vec<Check>) {
    let StoreAddress::Redis(redis) = address else {
        return of_file(address);
    };
    match of_redis(redis, clock).await {
        Ok(found) => found,
        Err(error) => {
            let remedy =
                "See whether Redis runs where store says, lets this user in, and takes writes.";
            let failed = Check::new(NAME, Outcome::Failed, error.to_string(), remedy);
            (false, vec![failed])
        }
    }
}

fn of_file(address: &StoreAddress) -> (bool, Vec<Check>) {
    match address {
        StoreAddress::Sqlite(path) if path.exists() => (true, Vec::new()),
        _ => (false, vec![not_begun(&place(address))]),
    }
}

fn not_begun(place: &str) -> Check {
    let detail = format!(
        "{place} does not exist yet; it will be made at the first start, and the signing key with it"
    );
    let remedy = "Start the front door once, then check again.";
    Check::new(NAME, Outcome::Warning, detail, remedy)
}

async fn of_redis(address: &RedisAddress, clock: &Clock) -> Result<(bool, Vec<Check>), StoreError> {
    let redis = Redis::at(address, clock.clone());
    let condition = redis.condition().await?;
    redis.takes_writes().await?;
    let mut checks = judged(&condition);
    let is_begun = redis.is_begun().await?;
    if !is_begun {
        let detail = format!("{address} holds nothing of a front door yet");
        let remedy = "Start the front door once, then check again.";
        checks.push(Check::new(NAME, Outcome::Warning, detail, remedy));
    }
    Ok((is_begun, checks))
}

fn judged(condition: &Condition) -> Vec<Check> {
    let versions = condition.versions.join(", ");
    let mut checks = vec![if condition.is_old {
        let remedy = "Use Redis 7 or later, or Valkey.";
        Check::new(
            NAME,
            Outcome::Failed,
            format!("{versions} is too old"),
            remedy,
        )
    } else {
        Check::ok(NAME, format!("{versions} answers and takes writes"))
    }];
    let mut warn = |detail: String, remedy: &str| {
        checks.push(Check::new(NAME, Outcome::Warning, detail, remedy));
    };
    if let Some(policy) = &condition.evicts {
        warn(
            format!(
                "maxmemory-policy is {policy}: when Redis is full it drops sessions, blocks or the signing key"
            ),
            "Set maxmemory-policy noeviction.",
        );
    }
    match condition.persists {
        Some(true) => {}
        Some(false) => warn(
            "appendonly is off: at a restart Redis loses what was written since its last snapshot, or everything where it makes none: blocks, sign-outs, signing keys, audit records"
                .to_owned(),
            "Set appendonly yes, at every server.",
        ),
        None => warn(
            "Redis does not tell whether appendonly is on".to_owned(),
            "See to it that it is: otherwise a restart loses what was written since the last snapshot.",
        ),
    }
    if condition.clock_apart > APART {
        warn(
            format!(
                "the clocks of Redis and of this machine are {} seconds apart",
                condition.clock_apart
            ),
            "Set both by a time server.",
        );
    }
    checks
}
