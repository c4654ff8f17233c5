//! What is Redis's alone: who is let in, what it refuses, and how it goes away and comes back.

use std::time::{Duration, Instant};

use imitation::redis::{Make, RedisCluster, RedisServer, RedisWatched};

use crate::clock::Clock;
use crate::settings::StoreAddress;
use crate::store::tests::house::{House, address_of, over_tls};

use super::super::rows::Walk;
use super::super::{Appended, Head, Key, StoreError, VaultError};
use super::Redis;

/// What the README says that a user needs.
const RIGHTS: &str = "~front-door:* +@read +@write +@connection -@dangerous +eval +evalsha +info +time +config|get +cluster|slots +bgrewriteaof";

/// What a time-out and everything around it may take at most.
const SOON: Duration = Duration::from_secs(10);

fn at(address: &str) -> Redis {
    let StoreAddress::Redis(address) = address_of(address) else {
        panic!("{address} is a Redis");
    };
    Redis::at(&address, Clock::system())
}

fn key() -> Key {
    Key::customer("a")
}

async fn put(redis: &Redis) -> Result<(), StoreError> {
    redis.put(&key(), b"value".to_vec(), None).await
}

/// That this was not done, and the log says why in these words, and no password.
#[track_caller]
fn says<T: std::fmt::Debug>(done: Result<T, StoreError>, words: &str) {
    let said = done.unwrap_err().to_string();
    assert!(said.contains(words), "{said}");
    assert!(!said.contains("hush"), "{said}");
}

#[tokio::test]
async fn a_secret_key_must_be_given() {
    let opened = House::redis().open_with(None, None).await;
    assert!(matches!(opened, Err(VaultError::KeyMissing)));
}

#[tokio::test]
async fn only_the_right_user_and_password_are_let_in() {
    let mut options = vec!["--requirepass", "other", "--user", "door", "on", ">hush"];
    options.extend(RIGHTS.split(' '));
    let server = RedisServer::with(&options);
    let with = |credentials: &str| {
        let host = format!("127.0.0.1:{}", server.port);
        at(&format!("redis://{credentials}{host}"))
    };
    for credentials in ["door:hush@", ":other@"] {
        put(&with(credentials)).await.unwrap();
    }
    let allowed = with("door:hush@");
    assert_eq!(allowed.condition().await.unwrap().persists, Some(true));
    assert!(!allowed.leave_no_trace().await.unwrap(), "not at once");
    let rewrites = "cmdstat_bgrewriteaof:calls=1,";
    assert!(allowed.walk(Walk::Beginning, 10).await.is_ok());
    let stats = allowed
        .link
        .run(redis::cmd("INFO").arg("commandstats"))
        .await;
    assert!(format!("{stats:?}").contains(rewrites), "{stats:?}");
    for credentials in ["", "door:hush2@", "hush:door@", ":hush2@"] {
        let refused = put(&with(credentials)).await;
        says(refused, "does not take the user or the password");
    }
}

#[tokio::test]
async fn sentinels_have_a_password_of_their_own() {
    let watched = RedisWatched::made(&Make::redis(), "requirepass hush\n");
    let address = watched.address();
    put(&at(&format!("{address}?sentinel_password=hush")))
        .await
        .unwrap();
    for wrong in ["", "?sentinel_password=hush2"] {
        assert!(put(&at(&format!("{address}{wrong}"))).await.is_err());
    }
}

#[tokio::test]
async fn databases_are_apart() {
    let server = RedisServer::new();
    let (one, two) = (server.address() + "/1", server.address() + "/2");
    put(&at(&one)).await.unwrap();
    assert_eq!(at(&two).get(&key()).await.unwrap(), None);
    assert!(at(&one).get(&key()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_server_is_believed_by_the_certificate_that_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let server = RedisServer::made(&over_tls(&folder), &[]);
    let file = |name: &str| folder.path().join(name).display().to_string();
    let address = format!("rediss://localhost:{}", server.port);
    put(&at(&format!("{address}?ca={}", file("cert"))))
        .await
        .unwrap();
    says(put(&at(&address)).await, "Redis");
    let plain = format!("redis://localhost:{}", server.port);
    says(put(&at(&plain)).await, "Redis");
    says(
        put(&at(&format!("{address}?ca={}", file("none")))).await,
        "cannot be read",
    );
}

#[tokio::test]
async fn a_replica_is_read_and_takes_no_writes() {
    let watched = RedisWatched::new();
    let replica = at(&watched.replica.address());
    assert_eq!(replica.get(&key()).await.unwrap(), None);
    says(put(&replica).await, "a replica that takes no writes");
    says(
        replica.takes_writes().await,
        "a replica that takes no writes",
    );
    assert!(replica.is_doubtful());
}

#[tokio::test]
async fn a_full_server_refuses_to_write_and_drops_nothing() {
    let server = RedisServer::new();
    let redis = at(&server.address());
    put(&redis).await.unwrap();
    assert!(!redis.is_doubtful());
    let _ = server.say("CONFIG SET maxmemory 1");
    let log = Key::audit();
    let entries = vec![b"one".to_vec(), b"two".to_vec()];
    says(put(&redis).await, "Redis is full");
    says(
        redis.append(&log, Head::empty(), entries.clone()).await,
        "Redis is full",
    );
    says(redis.takes_writes().await, "Redis is full");
    assert!(redis.is_doubtful());
    assert!(redis.get(&key()).await.unwrap().is_some());
    assert!(
        redis.remove(&key(), None).await.unwrap(),
        "which makes room"
    );
    assert!(redis.is_doubtful(), "removing proves nothing");
    let _ = server.say("CONFIG SET maxmemory 0");
    let done = redis.append(&log, Head::empty(), entries).await;
    assert_eq!(done, Ok(Appended::Done), "nothing of it was written");
    assert!(!redis.is_doubtful());
}

#[tokio::test]
async fn a_server_that_was_away_is_found_again_with_everything() {
    let mut server = RedisServer::new();
    let redis = at(&server.address());
    put(&redis).await.unwrap();
    server.stop();
    for _ in 0..3 {
        says(redis.get(&key()).await, "cannot be reached");
        says(put(&redis).await, "cannot be reached");
    }
    server.start();
    assert!(redis.get(&key()).await.unwrap().is_some());
    put(&redis).await.unwrap();
}

#[tokio::test]
async fn a_restart_is_noticed_by_nobody_who_reads() {
    let mut server = RedisServer::new();
    let redis = at(&server.address());
    put(&redis).await.unwrap();
    server.stop();
    server.start();
    assert!(redis.get(&key()).await.unwrap().is_some());
    assert_eq!(redis.last_of_log(&Key::audit()).await.unwrap(), None);
}

#[tokio::test]
async fn nobody_waits_long_for_a_server_that_is_silent() {
    let server = RedisServer::new();
    let redis = at(&server.address());
    put(&redis).await.unwrap();
    server.hold();
    let begun = Instant::now();
    let waiting: Vec<_> = (0..50)
        .map(|_| {
            let redis = redis.clone();
            tokio::spawn(async move { redis.get(&key()).await })
        })
        .collect();
    for one in waiting {
        says(one.await.unwrap(), "does not answer in time");
    }
    assert!(begun.elapsed() < SOON, "fifty waited one after the other");
    server.go_on();
    assert!(redis.get(&key()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_server_that_has_forgotten_the_scripts_learns_them_again() {
    let server = RedisServer::new();
    let redis = at(&server.address());
    put(&redis).await.unwrap();
    let _ = server.say("SCRIPT FLUSH");
    put(&redis).await.unwrap();
    let stats = server.say("INFO commandstats");
    assert!(stats.contains("cmdstat_eval:calls=2"), "{stats}");
}

#[tokio::test]
async fn when_the_master_dies_the_next_one_is_found_and_nothing_is_lost() {
    let mut watched = RedisWatched::new();
    let redis = at(&watched.address());
    put(&redis).await.unwrap();
    watched.until_replica_has_all();
    watched.master.kill();
    let begun = Instant::now();
    while put(&redis).await.is_err() {
        assert!(begun.elapsed() < 6 * SOON, "no other master");
        tokio::task::yield_now().await;
    }
    let value = redis.get(&key()).await.unwrap();
    assert_eq!(value.as_deref(), Some(&b"value"[..]));
}

#[tokio::test]
async fn a_server_tells_whether_it_can_be_relied_on() {
    let server = RedisServer::new();
    let redis = at(&server.address());
    let good = redis.condition().await.unwrap();
    assert!(!good.is_old && good.clock_apart < 60, "{good:?}");
    assert_eq!((good.evicts, good.persists), (None, Some(true)));
    assert!(!redis.is_begun().await.unwrap());
    let careless = ["--appendonly", "no", "--maxmemory-policy", "allkeys-lru"];
    let careless = RedisServer::with(&careless);
    let found = at(&careless.address()).condition().await.unwrap();
    assert_eq!(found.evicts.as_deref(), Some("allkeys-lru"));
    assert_eq!(found.persists, Some(false));
    let cluster = RedisCluster::of(3);
    let found = at(&cluster.address()).condition().await.unwrap();
    assert_eq!((found.evicts, found.persists), (None, Some(true)));
}

#[test]
fn the_readme_gives_a_user_the_rights_that_were_tried() {
    assert!(include_str!("../../../README.md").contains(RIGHTS));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_is_not_whole_is_away_and_goes_on_when_it_is() {
    let mut cluster = RedisCluster::of(3);
    let redis = at(&cluster.address());
    let keys: Vec<Key> = (0..8).map(|n| Key::customer(&n.to_string())).collect();
    for key in &keys {
        redis.put(key, b"value".to_vec(), None).await.unwrap();
    }
    cluster.servers[1].stop();
    let mut away = 0;
    for key in &keys {
        let begun = Instant::now();
        away += usize::from(redis.get(key).await.is_err());
        assert!(begun.elapsed() < SOON);
    }
    assert!(away > 0, "some of them were there");
    cluster.servers[1].start();
    for key in &keys {
        while redis.get(key).await.is_err() {
            tokio::task::yield_now().await;
        }
        assert!(redis.get(key).await.unwrap().is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_master_of_a_cluster_dies_its_replica_goes_on_and_nothing_is_lost() {
    let mut cluster = RedisCluster::with_replicas(3);
    let redis = at(&cluster.address());
    let keys: Vec<Key> = (0..8).map(|n| Key::customer(&n.to_string())).collect();
    for key in &keys {
        redis.put(key, b"value".to_vec(), None).await.unwrap();
    }
    cluster.until_replicas_have_all();
    cluster.servers[0].kill();
    let begun = Instant::now();
    for key in &keys {
        while redis.put(key, b"other".to_vec(), None).await.is_err() {
            assert!(begun.elapsed() < 6 * SOON, "no other master");
            tokio::task::yield_now().await;
        }
        let value = redis.get(key).await.unwrap();
        assert_eq!(value.as_deref(), Some(&b"other"[..]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_moves_from_one_server_of_a_cluster_to_another_is_followed() {
    let cluster = RedisCluster::of(3);
    let redis = at(&cluster.address());
    let index = Key::customer("list");
    let put = async |n: usize| {
        let (member, value) = (n.to_string(), vec![b'v'; n + 1]);
        redis.index_put(&index, &member, value, None).await
    };
    put(0).await.unwrap();
    let moving = cluster.begin_to_move("{customer:list}");
    put(1).await.unwrap();
    assert_eq!(cluster.go_on_moving(&moving, 1), 1);
    // A script needs both its keys: while they are apart it waits, and is told to try again.
    assert!(put(2).await.is_err());
    assert_eq!(cluster.go_on_moving(&moving, 10), 1);
    put(3).await.unwrap();
    cluster.end_moving(&moving);
    put(4).await.unwrap();
    let all = redis.index_list(&index).await.unwrap();
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["0", "1", "3", "4"]);
}
