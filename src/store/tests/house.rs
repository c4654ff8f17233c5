//! Where the suite lives: a clock, and a store of each kind. Redis is real.

use std::sync::Arc;

use imitation::redis::{Make, RedisCluster, RedisServer, RedisWatched, TakeOver};
use secrecy::SecretSlice;
use tempfile::TempDir;

use crate::clock::Clock;
use crate::settings::{SecretKeys, Settings, StoreAddress};

use super::super::backend::Backend;
use super::super::{Key, Redis, Sqlite, Vault, VaultError};

/// The key that is given where a test says nothing of keys and the store cannot make one.
const USUAL: u8 = 7;

/// A store, and the clock of those who open it.
pub(in crate::store) struct House {
    pub(in crate::store) folder: TempDir,
    pub(in crate::store) clock: Clock,
    redis: Option<(String, Servers)>,
}

/// Who has to run for as long as the house stands.
#[derive(Clone)]
pub(in crate::store) enum Servers {
    Single(Arc<RedisServer>),
    Sentinel(Arc<RedisWatched>),
    Cluster(Arc<RedisCluster>),
    TakeOver(Arc<TakeOver>),
}

impl House {
    pub(in crate::store) fn sqlite() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Clock::system(),
            redis: None,
        }
    }

    /// One server of its own.
    pub(in crate::store) fn redis() -> Self {
        Self::over(&Servers::Single(Arc::new(RedisServer::new())))
    }

    /// On servers that have to be empty first.
    pub(in crate::store) fn over(servers: &Servers) -> Self {
        let address = servers.emptied();
        Self {
            redis: Some((address, servers.clone())),
            ..Self::sqlite()
        }
    }

    pub(in crate::store) fn address(&self) -> StoreAddress {
        match &self.redis {
            None => StoreAddress::Sqlite(self.folder.path().join("store.sqlite")),
            Some((address, _)) => address_of(address),
        }
    }

    pub(in crate::store) async fn open_with(
        &self,
        current: Option<u8>,
        previous: Option<u8>,
    ) -> Result<Vault, VaultError> {
        self.open_by(&self.clock, current, previous).await
    }

    /// The same on a machine that has this clock.
    pub(in crate::store) async fn open_by(
        &self,
        clock: &Clock,
        current: Option<u8>,
        previous: Option<u8>,
    ) -> Result<Vault, VaultError> {
        let key = |byte: u8| SecretSlice::from(vec![byte; 64]);
        let secrets = SecretKeys {
            current: current.map(key),
            previous: previous.map(key),
        };
        Vault::open(&self.address(), &secrets, clock.clone()).await
    }

    pub(in crate::store) async fn open(&self) -> Vault {
        let current = self.redis.as_ref().map(|_| USUAL);
        self.open_with(current, None).await.unwrap()
    }

    /// Puts the value of one entry in the place of another, behind the vault's back.
    pub(in crate::store) async fn copy_entry(&self, from: &Key, to: &Key) {
        let store = match self.address() {
            StoreAddress::Sqlite(path) => {
                Backend::Sqlite(Sqlite::open(&path, self.clock.clone()).unwrap())
            }
            StoreAddress::Redis(address) => Backend::Redis(Redis::at(&address, self.clock.clone())),
        };
        let value = store.get(from).await.unwrap().unwrap();
        store.put(to, value, None).await.unwrap();
    }
}

impl Servers {
    pub(in crate::store) fn single(make: &Make) -> Self {
        Self::Single(Arc::new(RedisServer::made(make, &[])))
    }

    pub(in crate::store) fn sentinel(make: &Make) -> Self {
        Self::Sentinel(Arc::new(RedisWatched::made(make, "")))
    }

    pub(in crate::store) fn cluster(make: &Make) -> Self {
        Self::Cluster(Arc::new(RedisCluster::made(make, 3)))
    }

    /// Takes everything out of them. Returns their address.
    fn emptied(&self) -> String {
        let (masters, address) = match self {
            Self::Single(server) => (vec![server.as_ref()], server.address()),
            Self::Sentinel(watched) => (vec![&watched.master], watched.address()),
            Self::Cluster(cluster) => (cluster.servers.iter().collect(), cluster.address()),
            Self::TakeOver(pair) => (vec![&pair.master], pair.address()),
        };
        for master in masters {
            assert!(master.say("FLUSHALL").starts_with("+OK"));
        }
        address
    }
}

/// Servers that are spoken to through TLS, with a certificate of their own in this folder.
pub(in crate::store) fn over_tls(folder: &TempDir) -> Make {
    let file = |name: &str| folder.path().join(name).display().to_string();
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    std::fs::write(file("cert"), made.cert.pem()).unwrap();
    std::fs::write(file("key"), made.signing_key.serialize_pem()).unwrap();
    Make::redis().over_tls(&file("cert"), &file("key"))
}

/// An address as the setting gives it.
pub(in crate::store) fn address_of(text: &str) -> StoreAddress {
    let key = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [0; 64]);
    let set = format!("[default]\nstore = {text:?}\nsecret_key = {key:?}");
    let loaded = Settings::from_toml(&set, std::path::Path::new("")).unwrap();
    loaded.settings.store
}
