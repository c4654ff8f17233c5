//! Front doors in this process, on one Redis and behind a balancer: they share the town's clock, and each is opened with the settings that the town has then.

use std::time::{Duration, Instant};

use imitation::redis::RedisServer;

use crate::balancer::Balancer;
use crate::support::{Running, Town, free_port};

/// Within this time everything has to count everywhere.
const SOON: Duration = Duration::from_secs(5);

/// Some of them.
pub(crate) struct Houses {
    pub(crate) town: Town,
    pub(crate) balancer: Balancer,
    ports: Vec<u16>,
    running: Vec<Option<Running>>,
    _redis: RedisServer,
}

impl Houses {
    pub(crate) async fn of(count: usize, set: impl Fn(&str) -> String) -> Self {
        let redis = RedisServer::new();
        let mut town = Town::over(&redis.address()).await;
        town.close().await;
        town.settings = set(&town.settings);
        town.atlassian.forget_calls();
        let ports: Vec<u16> = (0..count).map(|_| free_port()).collect();
        let public = town.public_url.rsplit(':').next().unwrap();
        let balancer = Balancer::at(public.parse().unwrap(), &ports).await;
        let mut houses = Self {
            running: (0..count).map(|_| None).collect(),
            town,
            balancer,
            ports,
            _redis: redis,
        };
        for which in 0..count {
            houses.open(which).await;
        }
        houses
    }

    /// Opens one, and waits until visitors come to it.
    pub(crate) async fn open(&mut self, which: usize) {
        self.running[which] = Some(self.town.launch(self.ports[which]).await);
        self.balancer.until_ready(which, true).await;
    }

    /// Closes one.
    pub(crate) async fn close(&mut self, which: usize) {
        if let Some(running) = self.running[which].take() {
            running.close().await;
        }
        self.balancer.until_ready(which, false).await;
    }

    /// The address of one of them alone.
    pub(crate) fn at(&self, which: usize, path: &str) -> String {
        format!("http://localhost:{}{path}", self.ports[which])
    }

    /// That something becomes so at each of them, within the time that is promised.
    pub(crate) async fn soon_at_all(&self, what: &str, is_so: impl AsyncFn(usize) -> bool) {
        let begun = Instant::now();
        for which in 0..self.ports.len() {
            while !is_so(which).await {
                assert!(begun.elapsed() < SOON, "{what} at front door {which}");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
}
