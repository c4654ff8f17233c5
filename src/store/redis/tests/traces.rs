//! What was removed is to go from the files of every server that has a part of the keys.

use crate::store::Traces;
use crate::store::rows::{Place, Record, Stored};

use super::*;

/// How often this server was asked to write its files anew, and how often it refused.
fn asked(server: &RedisServer) -> (usize, usize) {
    let stats = server.say("INFO commandstats");
    let line = stats
        .lines()
        .find_map(|line| line.strip_prefix("cmdstat_bgrewriteaof:"));
    let number = |name: &str| {
        let mut fields = line.unwrap_or_default().split(',');
        let value = fields.find_map(|field| field.strip_prefix(name));
        value.map_or(0, |value| value.parse().unwrap())
    };
    (number("calls="), number("failed_calls="))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_master_is_asked_to_write_its_files_anew() {
    let server = RedisServer::new();
    let done = at(&server.address()).leave_no_trace().await;
    assert_eq!(
        (done.unwrap(), asked(&server)),
        (Traces::UntilWrittenAnew, (1, 0))
    );
    let cluster = RedisCluster::of(3);
    let done = at(&cluster.address()).leave_no_trace().await;
    assert_eq!(done.unwrap(), Traces::UntilWrittenAnew);
    for server in &cluster.servers {
        assert_eq!(asked(server), (1, 0));
    }
}

#[tokio::test]
async fn a_server_that_was_writing_before_the_removal_is_asked_again() {
    let server = RedisServer::new();
    let redis = at(&server.address());
    let record = |n: usize| Record {
        place: Place::Entry(format!("customer:{n}")),
        stored: Stored::Value(Vec::new()),
        ends: None,
    };
    redis.restore((0..500).map(record).collect()).await.unwrap();
    // It takes half a second, a millisecond for each key.
    let _ = server.say("CONFIG SET rdb-key-save-delay 1000");
    assert!(server.say("BGREWRITEAOF").contains("started"));
    let done = redis.leave_no_trace().await;
    assert_eq!(done.unwrap(), Traces::UntilWrittenAnew);
    let (calls, refused) = asked(&server);
    assert!(refused > 0 && calls == refused + 2, "{calls} {refused}");
}

#[tokio::test]
async fn whoever_may_not_ask_is_told_that_something_is_left() {
    let server = RedisServer::with(&[
        "--user",
        "default",
        "on",
        "nopass",
        "~*",
        "+@all",
        "-bgrewriteaof",
    ]);
    let done = at(&server.address()).leave_no_trace().await;
    assert_eq!(done.unwrap(), Traces::Left);
}
