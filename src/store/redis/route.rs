//! How Redis is reached: one server, the master that sentinels name, or a cluster.

use std::time::Duration;

use redis::aio::{ConnectionLike as _, MultiplexedConnection};
use redis::cluster::{ClusterClient, ClusterClientBuilder};
use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{Route as SlotRoute, RoutingInfo, SingleNodeRoutingInfo, SlotAddr};
use redis::sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ErrorKind, IntoConnectionInfo as _,
    RedisConnectionInfo, RedisError, RedisResult, TlsCertificates, TlsMode, Value,
    io::tcp::TcpSettings,
};
use secrecy::ExposeSecret as _;

use crate::settings::{RedisAddress, RedisShape};

/// How long a connection may take to come about. A visitor waits for it.
const CONNECT: Duration = Duration::from_secs(2);

/// How long an answer may take. Every command takes well under a millisecond; the largest answers a few.
const ANSWER: Duration = Duration::from_secs(2);

/// How long a command to a cluster may take with everything that is tried: a server may have moved what it asks for.
const OVERALL: Duration = Duration::from_secs(3);

/// A way to Redis.
pub(super) struct Route {
    address: RedisAddress,
    /// Remembered, since the client learns of further sentinels.
    sentinels: tokio::sync::Mutex<Option<SentinelClient>>,
}

/// A connection, to one server or to all of a cluster. Clones share it.
#[derive(Clone)]
pub(super) enum Connection {
    Single(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Connection {
    pub(super) async fn run(&mut self, command: &Cmd) -> RedisResult<Value> {
        let answer = match self {
            Self::Single(connection) => connection.req_packed_command(command).await,
            Self::Cluster(connection) => connection.req_packed_command(command).await,
        };
        answer?.extract_error()
    }

    /// Runs a command at the server of a cluster that has this slot; without one, wherever it belongs.
    pub(super) async fn run_at(&mut self, slot: Option<u16>, command: &Cmd) -> RedisResult<Value> {
        match (self, slot) {
            (Self::Cluster(connection), Some(slot)) => {
                let at =
                    SingleNodeRoutingInfo::SpecificNode(SlotRoute::new(slot, SlotAddr::Master));
                let answer = connection.route_command(command.clone(), RoutingInfo::SingleNode(at));
                answer.await?.extract_error()
            }
            (connection, _) => connection.run(command).await,
        }
    }
}

impl Route {
    pub(super) fn to(address: RedisAddress) -> Self {
        if address.tls {
            // The client takes what the process has chosen; an error only says that it is chosen already.
            let _chosen = rustls::crypto::aws_lc_rs::default_provider().install_default();
        }
        Self {
            address,
            sentinels: tokio::sync::Mutex::default(),
        }
    }

    /// Makes a connection.
    pub(super) async fn connect(&self) -> RedisResult<Connection> {
        let certificates = self.certificates()?;
        match &self.address.shape {
            RedisShape::Single => self.single(certificates).await.map(Connection::Single),
            RedisShape::Sentinel(master) => self
                .by_sentinel(master, certificates)
                .await
                .map(Connection::Single),
            RedisShape::Cluster => self.cluster(certificates).await.map(Connection::Cluster),
        }
    }

    async fn single(
        &self,
        certificates: Option<TlsCertificates>,
    ) -> RedisResult<MultiplexedConnection> {
        let first = self.addresses().next().ok_or_else(no_server)?;
        let info = first.into_connection_info()?;
        let info = info
            .set_redis_settings(self.settings())
            .set_tcp_settings(at_once());
        let client = match certificates {
            Some(certificates) => Client::build_with_tls(info, certificates)?,
            None => Client::open(info)?,
        };
        client
            .get_multiplexed_async_connection_with_config(&config())
            .await
    }

    /// Asks the sentinels anew each time: another server may have become the master.
    async fn by_sentinel(
        &self,
        master: &str,
        certificates: Option<TlsCertificates>,
    ) -> RedisResult<MultiplexedConnection> {
        let mut sentinels = self.sentinels.lock().await;
        let client = match sentinels.take() {
            Some(client) => sentinels.insert(client),
            None => sentinels.insert(self.sentinel_client(master, certificates)?),
        };
        let config = config();
        let reached = client.get_async_connection_with_config(&config);
        tokio::time::timeout(CONNECT + ANSWER, reached)
            .await
            .map_err(|_| silent())?
    }

    fn sentinel_client(
        &self,
        master: &str,
        certificates: Option<TlsCertificates>,
    ) -> RedisResult<SentinelClient> {
        let kind = SentinelServerType::Master;
        let mut builder = SentinelClientBuilder::new(self.addresses(), master, kind)?
            .set_client_to_redis_db(self.address.database.into())
            .set_client_to_redis_tcp_settings(at_once());
        if let Some(user) = &self.address.user {
            builder = builder.set_client_to_redis_username(user);
        }
        if let Some(password) = &self.address.password {
            builder = builder.set_client_to_redis_password(password.expose_secret());
        }
        let asked = &self.address.extras;
        if let Some(user) = &asked.sentinel_user {
            builder = builder.set_client_to_sentinel_username(user);
        }
        if let Some(password) = &asked.sentinel_password {
            builder = builder.set_client_to_sentinel_password(password.expose_secret());
        }
        if self.address.tls {
            builder = builder
                .set_client_to_redis_tls_mode(TlsMode::Secure)
                .set_client_to_sentinel_tls_mode(TlsMode::Secure);
        }
        if let Some(certificates) = certificates {
            builder = builder
                .set_client_to_redis_certificates(certificates.clone())
                .set_client_to_sentinel_certificates(certificates);
        }
        builder.build()
    }

    async fn cluster(
        &self,
        certificates: Option<TlsCertificates>,
    ) -> RedisResult<ClusterConnection> {
        let mut builder = ClusterClientBuilder::new(self.addresses())
            .connection_timeout(CONNECT)
            .response_timeout(ANSWER)
            .overall_response_timeout(Some(OVERALL))
            .tcp_settings(at_once())
            .retries(3)
            .min_retry_wait(50)
            .max_retry_wait(250);
        if let Some(user) = &self.address.user {
            builder = builder.username(user);
        }
        if let Some(password) = &self.address.password {
            builder = builder.password(password.expose_secret());
        }
        if self.address.tls {
            builder = builder.tls(TlsMode::Secure);
        }
        if let Some(certificates) = certificates {
            builder = builder.certs(certificates);
        }
        let client: ClusterClient = builder.build()?;
        tokio::time::timeout(CONNECT + ANSWER, client.get_async_connection())
            .await
            .map_err(|_| silent())?
    }

    fn settings(&self) -> RedisConnectionInfo {
        let mut settings = RedisConnectionInfo::default().set_db(self.address.database.into());
        if let Some(user) = &self.address.user {
            settings = settings.set_username(user);
        }
        if let Some(password) = &self.address.password {
            settings = settings.set_password(password.expose_secret());
        }
        settings
    }

    fn addresses(&self) -> impl Iterator<Item = ConnectionAddr> + '_ {
        self.address.hosts.iter().map(|(host, port)| {
            if self.address.tls {
                ConnectionAddr::TcpTls {
                    host: host.clone(),
                    port: *port,
                    insecure: false,
                    tls_params: None,
                }
            } else {
                ConnectionAddr::Tcp(host.clone(), *port)
            }
        })
    }

    /// Read anew for each connection: the file may be exchanged while the front door runs.
    fn certificates(&self) -> RedisResult<Option<TlsCertificates>> {
        let Some(path) = &self.address.extras.ca else {
            return Ok(None);
        };
        let pem = std::fs::read(path).map_err(|error| {
            let text = format!("{} cannot be read: {error}", path.display());
            RedisError::from((ErrorKind::InvalidClientConfig, "the ca", text))
        })?;
        Ok(Some(TlsCertificates {
            client_tls: None,
            root_cert: Some(pem),
        }))
    }
}

fn config() -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT))
        .set_response_timeout(Some(ANSWER))
}

/// What is asked at the same time goes out at the same time: otherwise the second command waits on our side until the first is answered (Nagle's algorithm).
fn at_once() -> TcpSettings {
    TcpSettings::default().set_nodelay(true)
}

fn no_server() -> RedisError {
    RedisError::from((ErrorKind::InvalidClientConfig, "no server is named"))
}

fn silent() -> RedisError {
    let error = std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer in time");
    error.into()
}
