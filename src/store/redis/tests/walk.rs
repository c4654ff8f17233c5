//! Whoever goes over everything meets everything, whatever happens to the servers meanwhile.

use std::collections::BTreeSet;
use std::sync::Arc;

use imitation::redis::TakeOver;

use crate::store::copy::copy;
use crate::store::rows::{Place, Record, Stored};
use crate::store::tests::house::Servers;

use super::*;

/// So many that they take many steps.
const MANY: usize = 3000;

fn record(place: Place) -> Record {
    let stored = Stored::Value(b"value".to_vec());
    Record {
        place,
        stored,
        ends: None,
    }
}

/// Entries, and as many members of one index.
async fn fill(redis: &Redis) -> BTreeSet<Place> {
    let entry = |n| Place::Entry(Key::customer(&format!("{n}")).to_string());
    let member = |n: usize| Place::Member(Key::visitors().to_string(), n.to_string());
    let places = (0..MANY).map(entry).chain((0..MANY).map(member));
    let places: BTreeSet<Place> = places.collect();
    let records = places.iter().cloned().map(record).collect();
    redis.restore(records).await.unwrap();
    places
}

/// Takes up to so many steps. Returns the walk where it is not over.
async fn step(
    redis: &Redis,
    met: &mut BTreeSet<Place>,
    mut walk: Walk,
    steps: usize,
) -> Option<Walk> {
    for _ in 0..steps {
        let (records, next) = redis.walk(walk, 100).await.unwrap();
        met.extend(records.into_iter().map(|record| record.place));
        walk = next?;
    }
    Some(walk)
}

/// A walk in whose middle something happens.
async fn met_though(redis: &Redis, happens: impl AsyncFnOnce()) -> BTreeSet<Place> {
    let mut met = BTreeSet::new();
    let walk = step(redis, &mut met, Walk::Beginning, 12).await.unwrap();
    happens().await;
    let rest = step(redis, &mut met, walk, 1000).await;
    assert!(rest.is_none(), "it comes to an end");
    met
}

/// Asks, as others do meanwhile, until there is an answer.
async fn until_it_answers(redis: &Redis) {
    let begun = Instant::now();
    while redis.get(&key()).await.is_err() {
        assert!(begun.elapsed() < 6 * SOON, "nobody answers");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_meets_everything_though_another_server_takes_over() {
    for (command, count) in [("GET", 700), ("EVALSHA", 12), ("HSCAN", 12)] {
        let pair = TakeOver::new().await;
        let all = fill(&at(&pair.master.address())).await;
        pair.happens_at(command, count);
        let (redis, mut met) = (at(&pair.address()), BTreeSet::new());
        assert!(
            step(&redis, &mut met, Walk::Beginning, 1000)
                .await
                .is_none()
        );
        assert!(pair.has_happened(), "{command}");
        assert_eq!(met.len(), all.len(), "{command}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_meets_everything_though_its_server_is_restarted() {
    let mut server = RedisServer::new();
    let redis = at(&server.address());
    let all = fill(&redis).await;
    let restart = async || {
        server.stop();
        server.start();
        until_it_answers(&redis).await;
    };
    assert!(met_though(&redis, restart).await == all, "not all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_meets_everything_though_the_sentinel_names_another_master() {
    let mut watched = RedisWatched::new();
    let redis = at(&watched.address());
    let all = fill(&redis).await;
    watched.until_replica_has_all();
    let dies = async || {
        watched.master.kill();
        until_it_answers(&redis).await;
    };
    assert!(met_though(&redis, dies).await == all, "not all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_meets_everything_though_a_master_of_the_cluster_dies() {
    let mut cluster = RedisCluster::with_replicas(3);
    let redis = at(&cluster.address());
    let all = fill(&redis).await;
    cluster.until_replicas_have_all();
    // The one that it goes over last.
    let dies = async || {
        cluster.servers[0].kill();
        let begun = Instant::now();
        while redis.ground().await.is_err() {
            assert!(begun.elapsed() < 6 * SOON, "nobody takes its place");
            tokio::task::yield_now().await;
        }
    };
    assert!(met_though(&redis, dies).await == all, "not all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_meets_everything_though_keys_move_behind_it() {
    let cluster = RedisCluster::of(3);
    let redis = at(&cluster.address());
    let all = fill(&redis).await;
    // From the first server, which is gone over last, to the second.
    let slot = |name: &String| {
        let key = format!("{{{name}}}");
        let slot = cluster.servers[0].say(&format!("CLUSTER KEYSLOT {key}"));
        slot.trim()[1..].parse::<usize>().unwrap()
    };
    let names = (0..MANY).map(|n| Key::customer(&n.to_string()).to_string());
    let moved = names
        .into_iter()
        .find(|name| slot(name) < 16_384 / 3)
        .unwrap();
    let move_it = async || {
        let moving = cluster.begin_to_move(&format!("{{{moved}}}"));
        assert!(cluster.go_on_moving(&moving, 10) > 0);
        cluster.end_moving(&moving);
    };
    let mut met = BTreeSet::new();
    let mut walk = Walk::Beginning;
    // Until the first two have been gone over.
    while !matches!(&walk, Walk::At(cursor) if cursor.left() == 1) {
        walk = step(&redis, &mut met, walk, 1).await.unwrap();
    }
    move_it().await;
    assert!(step(&redis, &mut met, walk, 1000).await.is_none());
    assert!(met == all, "not all");
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_change_at_every_step_end_a_walk_with_an_error() {
    let mut server = RedisServer::new();
    let redis = at(&server.address());
    fill(&redis).await;
    let mut walk = Walk::Beginning;
    let refused = loop {
        match redis.walk(walk, 100).await {
            Ok((_, next)) => walk = next.unwrap(),
            refused => break refused,
        }
        server.stop();
        server.start();
    };
    says(refused, "has changed its servers again and again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_has_everything_though_another_server_takes_over() {
    let pair = Arc::new(TakeOver::new().await);
    let house = House::over(&Servers::TakeOver(Arc::clone(&pair)));
    house.open().await;
    let all = fill(&at(&pair.master.address())).await;
    pair.happens_at("GET", 700);
    let to = StoreAddress::Sqlite(house.folder.path().join("copy.sqlite"));
    let copied = copy(&house.address(), &to, &house.clock).await.unwrap();
    assert!(pair.has_happened());
    let naming = 1;
    assert!(copied.entries + copied.members >= all.len() + naming);
}
