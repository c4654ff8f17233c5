//! How Redis goes away and comes back, and how long anybody waits for it.

use tokio::net::{TcpSocket, TcpStream};

use super::*;

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

/// A port that takes no connection and refuses none: as many wait there to be let in as there is room for.
async fn swallowing() -> (u16, Vec<TcpStream>, tokio::net::TcpListener) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut waiting = Vec::new();
    let soon = Duration::from_millis(200);
    while let Ok(connected) =
        tokio::time::timeout(soon, TcpStream::connect(("127.0.0.1", port))).await
    {
        waiting.push(connected.unwrap());
    }
    (port, waiting, listener)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_long_for_a_connection_that_does_not_come_about() {
    let (port, _waiting, _listener) = swallowing().await;
    for shape in [
        "redis://HOST",
        "redis+sentinel://HOST/main",
        "redis+cluster://HOST",
    ] {
        let redis = at(&shape.replace("HOST", &format!("127.0.0.1:{port}")));
        let asked = tokio::time::timeout(SOON, redis.get(&key())).await;
        assert!(asked.expect(shape).is_err());
    }
}

#[tokio::test]
async fn only_the_connection_that_broke_is_thrown_away() {
    let server = RedisServer::new();
    let redis = at(&server.address());
    let number = async || redis.link.connection().await.unwrap().0;
    assert_eq!(number().await, 1);
    // Two notice one after the other that it broke; in between somebody has made another.
    redis.link.throw_away(1);
    assert_eq!(number().await, 2);
    redis.link.throw_away(1);
    assert_eq!(number().await, 2);
    redis.link.throw_away(2);
    assert_eq!(number().await, 3);
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
