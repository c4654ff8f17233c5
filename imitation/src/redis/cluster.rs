//! Servers that are one cluster, with replicas or without.

use super::watched::until_it_has_all_of;
use super::{Make, RedisServer};

/// Several servers that are one cluster.
pub struct RedisCluster {
    /// Its masters at first.
    pub servers: Vec<RedisServer>,
    /// One for each master, in the same order; none where there are none.
    pub replicas: Vec<RedisServer>,
}

/// Slots of a cluster.
const SLOTS: usize = 16_384;

impl RedisCluster {
    /// A cluster of this many masters, once all of them know of each other.
    #[must_use]
    pub fn of(count: usize) -> Self {
        Self::made(&Make::redis(), count)
    }

    /// The same, of servers of this make.
    #[must_use]
    pub fn made(make: &Make, count: usize) -> Self {
        let servers: Vec<RedisServer> = (0..count).map(|_| started(make)).collect();
        for (place, server) in servers.iter().enumerate() {
            let (first, behind) = (place * SLOTS / count, (place + 1) * SLOTS / count);
            expect_ok(&server.say(&format!("CLUSTER ADDSLOTSRANGE {first} {}", behind - 1)));
            // Two that begin alike could not tell whose word counts.
            expect_ok(&server.say(&format!("CLUSTER SET-CONFIG-EPOCH {}", place + 1)));
        }
        for server in &servers[1..] {
            expect_ok(&servers[0].say(&format!("CLUSTER MEET 127.0.0.1 {}", server.port)));
        }
        for server in &servers {
            until(server, "CLUSTER INFO", |info| {
                info.contains("cluster_state:ok")
                    && info.contains(&format!("cluster_size:{count}\r"))
            });
        }
        Self {
            servers,
            replicas: Vec::new(),
        }
    }

    /// The same with a replica for each master, once these have all that their masters have.
    #[must_use]
    pub fn with_replicas(count: usize) -> Self {
        let make = Make::redis();
        let mut cluster = Self::made(&make, count);
        for master in &cluster.servers {
            let replica = started(&make);
            expect_ok(&replica.say(&format!("CLUSTER MEET 127.0.0.1 {}", master.port)));
            let id = id_of(master);
            until(&replica, "CLUSTER NODES", |nodes| nodes.contains(&id));
            expect_ok(&replica.say(&format!("CLUSTER REPLICATE {id}")));
            until(&replica, "INFO replication", |info| {
                info.contains("master_link_status:up")
            });
            cluster.replicas.push(replica);
        }
        // Those who vote have to know of whom they vote for.
        for server in &cluster.servers {
            until(server, "CLUSTER NODES", |nodes| {
                nodes.matches(" slave ").count() == count
            });
        }
        cluster
    }

    /// Its address as the setting `store` takes it.
    #[must_use]
    pub fn address(&self) -> String {
        let hosts: Vec<String> = self.servers.iter().map(RedisServer::host).collect();
        let make = &self.servers[0].make;
        format!(
            "redis{}+cluster://{}{}",
            make.s(),
            hosts.join(","),
            make.ca()
        )
    }

    /// Waits until each replica has all that its master has confirmed so far.
    pub fn until_replicas_have_all(&self) {
        for (master, replica) in self.servers.iter().zip(&self.replicas) {
            until_it_has_all_of(replica, master);
        }
    }

    /// Begins to move the slot of this key to another master. Returns from which to which.
    #[must_use]
    pub fn begin_to_move(&self, key: &str) -> Move {
        let slot = self.servers[0].say(&format!("CLUSTER KEYSLOT {key}"));
        let slot: usize = slot.trim_start_matches(':').trim().parse().unwrap_or(0);
        let from = (slot * self.servers.len() + self.servers.len() - 1) / SLOTS;
        let to = (from + 1) % self.servers.len();
        let [owner, heir] = [from, to].map(|place| id_of(&self.servers[place]));
        expect_ok(&self.servers[to].say(&format!("CLUSTER SETSLOT {slot} IMPORTING {owner}")));
        expect_ok(&self.servers[from].say(&format!("CLUSTER SETSLOT {slot} MIGRATING {heir}")));
        Move { slot, from, to }
    }

    /// Moves up to `most` keys of the slot. Returns how many it were.
    #[must_use]
    pub fn go_on_moving(&self, moving: &Move, most: usize) -> usize {
        let (from, to) = (&self.servers[moving.from], &self.servers[moving.to]);
        let keys = from.say(&format!("CLUSTER GETKEYSINSLOT {} {most}", moving.slot));
        let keys: Vec<&str> = keys
            .lines()
            .filter(|line| line.starts_with("front-door"))
            .collect();
        for key in &keys {
            expect_ok(&from.say(&format!("MIGRATE 127.0.0.1 {} {key} 0 5000", to.port)));
        }
        keys.len()
    }

    /// Says to all of them that the slot has moved.
    pub fn end_moving(&self, moving: &Move) {
        let heir = id_of(&self.servers[moving.to]);
        // First to whom it belongs now: in between nobody would have it.
        for place in [moving.to, moving.from] {
            let told = format!("CLUSTER SETSLOT {} NODE {heir}", moving.slot);
            expect_ok(&self.servers[place].say(&told));
        }
    }
}

/// A slot that moves from one master to another.
#[derive(Debug)]
pub struct Move {
    slot: usize,
    from: usize,
    to: usize,
}

fn started(make: &Make) -> RedisServer {
    let options = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"];
    RedisServer::made(make, &options)
}

fn id_of(server: &RedisServer) -> String {
    let answer = server.say("CLUSTER MYID");
    answer.lines().nth(1).unwrap_or_default().to_owned()
}

fn until(server: &RedisServer, question: &str, is_so: impl Fn(&str) -> bool) {
    while !is_so(&server.say(question)) {
        std::thread::yield_now();
    }
}

fn expect_ok(answer: &str) {
    assert!(answer.starts_with("+OK"), "{answer}");
}
