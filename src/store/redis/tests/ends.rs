//! Redis itself removes what has ended: otherwise a server that evicts nothing fills up.

use crate::store::rows::{Exchange, Place, Record, Stored};

use super::super::{LINGER, names};
use super::*;

const LIFE: Duration = Duration::from_hours(1);

/// A server, and what is written there.
struct Written {
    server: RedisServer,
    redis: Redis,
}

impl Written {
    fn new() -> Self {
        let server = RedisServer::new();
        let redis = at(&server.address());
        Self { server, redis }
    }

    /// In how many milliseconds Redis removes this; a negative number: never.
    fn left(&self, key: &str) -> i64 {
        let answer = self.server.say(&format!("PTTL {key}"));
        answer.trim().trim_start_matches(':').parse().unwrap()
    }

    /// That Redis removes these not before their end, and soon after it.
    #[track_caller]
    fn end(&self, keys: &[String], what: &str) {
        for key in keys {
            let left = Duration::from_millis(self.left(key).try_into().expect(what));
            let spent = Duration::from_mins(1);
            assert!(
                left <= LIFE + LINGER && left + spent > LIFE + LINGER,
                "{what}: {left:?}"
            );
        }
    }
}

fn end() -> i64 {
    let life = i64::try_from(LIFE.as_millis()).unwrap();
    Clock::system().now().as_millisecond() + life
}

#[tokio::test]
async fn entries_are_removed_however_they_were_written() {
    let written = Written::new();
    let redis = &written.redis;
    let (value, key) = (|| b"value".to_vec(), key());
    let keys = names::entry(&key);
    redis.put(&key, value(), Some(LIFE)).await.unwrap();
    written.end(&keys, "put");
    let exchange = |place, new: &[u8]| Exchange {
        place,
        old: value(),
        new: new.to_vec(),
    };
    let place = Place::Entry(key.to_string());
    let done = redis.exchange(vec![exchange(place.clone(), b"new")]).await;
    assert_eq!(done, Ok(1));
    written.end(&keys, "exchange");
    let done = redis.replace(&key, b"new".to_vec(), value(), Some(LIFE));
    assert_eq!(done.await, Ok(true));
    written.end(&keys, "replace");
    redis.remove(&key, None).await.unwrap();
    let done = redis.put_if_absent(&key, value(), Some(LIFE)).await;
    assert_eq!(done, Ok(true));
    written.end(&keys, "put if absent");
    redis.put(&key, value(), None).await.unwrap();
    assert_eq!(written.left(&keys[0]), -1, "it has no end any more");
    let stored = Stored::Value(value());
    let record = Record {
        place,
        stored,
        ends: Some(end()),
    };
    redis.restore(vec![record]).await.unwrap();
    written.end(&keys, "restore");
}

#[tokio::test]
async fn counters_are_removed_however_often_they_are_counted() {
    let written = Written::new();
    let (redis, key) = (&written.redis, Key::assertions("hash", "portal"));
    for count in 1..4 {
        assert_eq!(redis.count(&key, LIFE).await, Ok(count));
        written.end(&names::entry(&key), "count");
    }
    redis.remove(&key, None).await.unwrap();
    let record = Record {
        place: Place::Entry(key.to_string()),
        stored: Stored::Count(7),
        ends: Some(end()),
    };
    redis.restore(vec![record]).await.unwrap();
    assert_eq!(redis.count(&key, LIFE).await, Ok(8));
    written.end(&names::entry(&key), "restore");
}

#[tokio::test]
async fn an_index_is_removed_with_the_last_of_its_members() {
    let written = Written::new();
    let (redis, index, value) = (&written.redis, Key::visitors(), || b"value".to_vec());
    let keys = names::index(&index);
    let put = async |member: &str, life| redis.index_put(&index, member, value(), life).await;
    for (member, life) in [("short", LIFE / 2), ("long", LIFE), ("other", LIFE / 2)] {
        put(member, Some(life)).await.unwrap();
        if member != "short" {
            written.end(&keys, member);
        }
    }
    let exchange = Exchange {
        place: Place::Member(index.to_string(), "long".to_owned()),
        old: value(),
        new: b"new".to_vec(),
    };
    assert_eq!(redis.exchange(vec![exchange]).await, Ok(1));
    written.end(&keys, "exchange");
    put("stays", None).await.unwrap();
    assert!(keys.iter().all(|key| written.left(key) == -1));
    redis.index_remove(&index, "stays").await.unwrap();
    put("long", Some(LIFE)).await.unwrap();
    written.end(&keys, "again with an end");
    let record = Record {
        place: Place::Member(Key::audit().to_string(), "member".to_owned()),
        stored: Stored::Value(value()),
        ends: Some(end()),
    };
    redis.restore(vec![record]).await.unwrap();
    written.end(&names::index(&Key::audit()), "restore");
}
