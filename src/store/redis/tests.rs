//! What is Redis's alone: who is let in, what it refuses; and in the files below how it goes away and comes back, what it removes, and what is met in it.

mod away;
mod ends;
mod rights;
mod traces;
mod walk;

use std::time::{Duration, Instant};

use imitation::redis::{Make, RedisCluster, RedisServer, RedisWatched};

use crate::clock::Clock;
use crate::settings::StoreAddress;
use crate::store::tests::house::{House, address_of, over_tls};

use super::super::rows::Walk;
use super::super::{Appended, Head, Key, StoreError, VaultError};
use super::Redis;

/// What the README says that a user needs.
const RIGHTS: &str = "~front-door:* +@read +@write +@connection -@dangerous +eval +evalsha +info +time +cluster|slots +bgrewriteaof";

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
    tells_its_condition_and_no_password(&allowed).await;
    for credentials in ["", "door:hush2@", "hush:door@", ":hush2@"] {
        let refused = put(&with(credentials)).await;
        says(refused, "does not take the user or the password");
    }
}

/// That these rights are enough for `check`, and too few to read the administrator's password.
async fn tells_its_condition_and_no_password(redis: &Redis) {
    let found = redis.condition().await.unwrap();
    assert_eq!((found.evicts, found.persists), (None, Some(true)));
    let mut get = redis::cmd("CONFIG");
    let refused = redis.link.run(get.arg("GET").arg("requirepass")).await;
    let error = refused.unwrap_err();
    assert_eq!(error.code(), Some("NOPERM"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_rights_are_enough_in_a_cluster() {
    let cluster = RedisCluster::of(3);
    let say_all = |words: &str| {
        for server in &cluster.servers {
            assert!(server.say(words).starts_with("+OK"), "{words}");
        }
    };
    say_all(&format!("ACL SETUSER door on >hush {RIGHTS}"));
    let redis = at(&cluster.address().replace("://", "://door:hush@"));
    put(&redis).await.unwrap();
    tells_its_condition_and_no_password(&redis).await;
    say_all("CONFIG SET maxmemory-policy allkeys-lru");
    let evicts = redis.condition().await.unwrap().evicts;
    assert_eq!(evicts.as_deref(), Some("allkeys-lru"));
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
async fn a_master_that_its_replicas_have_left_takes_no_writes_until_one_is_back() {
    let server = RedisServer::new();
    let redis = at(&server.address());
    put(&redis).await.unwrap();
    let _ = server.say("CONFIG SET min-replicas-to-write 1");
    says(put(&redis).await, "too few replicas");
    assert!(redis.get(&key()).await.unwrap().is_some());
    let _ = server.say("CONFIG SET min-replicas-to-write 0");
    put(&redis).await.unwrap();
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
    let snapshots = RedisServer::with(&["--appendonly", "no", "--save", "3600 1"]);
    let found = at(&snapshots.address()).condition().await.unwrap();
    assert_eq!(found.persists, Some(false), "an hour would be lost");
    let cluster = RedisCluster::of(3);
    let redis = at(&cluster.address());
    let found = redis.condition().await.unwrap();
    assert_eq!((found.evicts, found.persists), (None, Some(true)));
    let _ = cluster.servers[1].say("CONFIG SET appendonly no");
    let found = redis.condition().await.unwrap();
    assert_eq!(found.persists, Some(false), "one is enough");
}

#[test]
fn the_readme_gives_a_user_the_rights_that_were_tried() {
    assert!(include_str!("../../../README.md").contains(RIGHTS));
}
