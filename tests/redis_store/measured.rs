//! How often Redis is asked: once for a session, and how often for a login.

use imitation::browser::Browser;
use imitation::redis::RedisServer;

use crate::support::callbacks::callback;
use crate::support::{Town, arrived};

/// What the front door has asked for since the server started.
fn asked(server: &RedisServer) -> u64 {
    let stats = server.say("INFO commandstats");
    let calls = |line: &str| {
        let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        // What a script does counts with its script; the rest is said by this test or when connecting.
        let counts = ["evalsha", "eval"].contains(&name);
        let calls: u64 = rest.split(',').next()?.parse().ok()?;
        Some((name.to_owned(), calls, counts))
    };
    let all: Vec<_> = stats.lines().filter_map(calls).collect();
    let scripts: u64 = all
        .iter()
        .filter(|(_, _, script)| *script)
        .map(|(_, calls, _)| calls)
        .sum();
    scripts + plain(server)
}

/// Commands that no script says: those of the front door's own reads.
fn plain(server: &RedisServer) -> u64 {
    let stats = server.say("INFO commandstats");
    let gets = ["hget", "hgetall", "zcount"];
    let of = |line: &str| {
        let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        gets.contains(&name)
            .then(|| rest.split(',').next()?.parse::<u64>().ok())?
    };
    stats.lines().filter_map(of).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_checked_in_one_round_trip() {
    let server = RedisServer::new();
    let town = Town::over(&server.address()).await;
    let browser = Browser::new();
    let honest = callback(&town, &browser, "ada").await;
    let before = asked(&server);
    let page = browser.open(honest.as_str()).await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
    println!("a first visit: {}", asked(&server) - before);
}
