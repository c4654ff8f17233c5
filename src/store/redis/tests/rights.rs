//! The rights that the README names are enough for everything, in every shape.

use crate::store::Traces;
use crate::store::rows::{Exchange, Place, Record, Stored};

use super::*;

/// Lets in a user with no more than these rights.
fn let_in(servers: &[&RedisServer]) {
    for server in servers {
        let answer = server.say(&format!("ACL SETUSER door on >hush {RIGHTS}"));
        assert!(answer.starts_with("+OK"), "{answer}");
    }
}

/// Does everything once as that user.
async fn does_everything(address: &str) {
    let redis = &at(&address.replace("://", "://door:hush@"));
    let (value, key, life) = (|| b"value".to_vec(), key(), Some(SOON));
    redis.takes_writes().await.unwrap();
    assert_eq!(redis.is_begun().await, Ok(false));
    assert!(redis.condition().await.is_ok());
    redis.put(&key, value(), life).await.unwrap();
    assert_eq!(redis.put_if_absent(&key, value(), life).await, Ok(false));
    let done = redis.replace(&key, value(), value(), None).await;
    assert_eq!(done, Ok(true));
    assert_eq!(redis.get(&key).await, Ok(Some(value())));
    let counter = Key::assertions("hash", "portal");
    assert_eq!(redis.count(&counter, SOON).await, Ok(1));
    let session = Key::session("hash");
    redis.put(&session, value(), life).await.unwrap();
    assert_eq!(redis.count_entries(Key::sessions()).await, Ok(1));
    members_and_logs(redis).await;
    let place = || Place::Entry(key.to_string());
    let record = Record {
        place: place(),
        stored: Stored::Value(value()),
        ends: None,
    };
    redis.restore(vec![record]).await.unwrap();
    let exchange = Exchange {
        place: place(),
        old: value(),
        new: value(),
    };
    assert_eq!(redis.exchange(vec![exchange]).await, Ok(1));
    assert!(redis.walk(Walk::Beginning, 10).await.is_ok());
    assert_eq!(redis.remove(&key, None).await, Ok(true));
    assert_eq!(redis.leave_no_trace().await, Ok(Traces::UntilWrittenAnew));
}

async fn members_and_logs(redis: &Redis) {
    let (value, index, log) = (|| b"value".to_vec(), Key::visitors(), Key::audit());
    let put = redis.index_put(&index, "member", value(), Some(SOON));
    put.await.unwrap();
    assert_eq!(redis.index_get(&index, "member").await, Ok(Some(value())));
    assert_eq!(redis.index_list(&index).await.unwrap().len(), 1);
    assert_eq!(redis.index_latest(&index, None, 1).await.unwrap().len(), 1);
    assert_eq!(redis.index_count(&index).await, Ok(1));
    assert_eq!(redis.index_cut(&index, 0).await, Ok(0));
    assert_eq!(redis.index_keep(&index, 1).await, Ok(0));
    assert_eq!(redis.index_remove(&index, "member").await, Ok(true));
    let appended = redis
        .append(&log, Head::empty(), vec![value(), value()])
        .await;
    assert_eq!(appended, Ok(Appended::Done));
    assert_eq!(redis.read_log(&log, 0, 5).await.unwrap().len(), 2);
    assert_eq!(redis.read_log_back(&log, 3, 5).await.unwrap().len(), 2);
    assert!(redis.last_of_log(&log).await.unwrap().is_some());
    redis.trim_log(&log, 1).await.unwrap();
    assert_eq!(redis.restore_log(&log, 2, vec![value()]).await, Ok(true));
}

#[tokio::test]
async fn one_server_lets_the_user_do_everything() {
    let server = RedisServer::new();
    let_in(&[&server]);
    does_everything(&server.address()).await;
}

#[tokio::test]
async fn a_master_that_sentinels_name_lets_the_user_do_everything() {
    let watched = RedisWatched::new();
    let_in(&[&watched.master]);
    does_everything(&watched.address()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_lets_the_user_do_everything() {
    let cluster = RedisCluster::with_replicas(3);
    let servers = cluster.servers.iter().chain(&cluster.replicas);
    let_in(&servers.collect::<Vec<_>>());
    does_everything(&cluster.address()).await;
}
