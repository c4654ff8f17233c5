//! Real `redis-server` processes, each on a free port with a folder of its own; they end when they are dropped.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// How often another port is tried, where somebody else took it first.
const ATTEMPTS: usize = 20;

/// A server.
pub struct RedisServer {
    process: Option<Child>,
    folder: TempDir,
    /// Where it listens on `127.0.0.1`.
    pub port: u16,
    file: Option<String>,
    tls: bool,
    options: Vec<String>,
}

impl Default for RedisServer {
    fn default() -> Self {
        Self::new()
    }
}

impl RedisServer {
    /// A server that keeps an append-only file.
    #[must_use]
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// A server with these options on its command line.
    #[must_use]
    pub fn with(options: &[&str]) -> Self {
        Self::started_as(None, options)
    }

    /// A server that is spoken to through TLS alone, with a certificate and its key in these files.
    #[must_use]
    pub fn over_tls(certificate: &str, key: &str) -> Self {
        let files = ["--tls-cert-file", certificate, "--tls-key-file", key];
        let more = [
            "--tls-ca-cert-file",
            certificate,
            "--tls-auth-clients",
            "no",
        ];
        Self::started_as(None, &[files, more].concat())
    }

    fn started_as(file: Option<&str>, options: &[&str]) -> Self {
        let mut server = Self {
            tls: options.contains(&"--tls-cert-file"),
            file: file.map(ToOwned::to_owned),
            process: None,
            folder: TempDir::new().unwrap_or_else(|error| panic!("a folder for Redis: {error}")),
            port: 0,
            options: options.iter().map(ToString::to_string).collect(),
        };
        for _ in 0..ATTEMPTS {
            server.port = free_port();
            if server.try_start() {
                return server;
            }
        }
        panic!("redis-server did not start on {ATTEMPTS} ports, one after the other");
    }

    /// Starts it again where it was, with what it had kept.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start(&mut self) {
        assert!(self.try_start(), "redis-server starts again");
    }

    /// Ends it as an operator would: it writes what it has not written yet.
    pub fn stop(&mut self) {
        self.signal("-TERM");
        if let Some(mut process) = self.process.take() {
            let _ended = process.wait();
        }
    }

    /// Ends it at once. With `appendfsync everysec` it may have confirmed what it has not written yet.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _already_gone = process.kill();
            let _already_gone = process.wait();
        }
    }

    /// Holds it, so that it is silent while its port stays open.
    pub fn hold(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn go_on(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let Some(process) = &self.process else {
            return;
        };
        let id = process.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill {signal}");
    }

    /// Its address as the setting `store` takes it.
    #[must_use]
    pub fn address(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Where it keeps its files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Says something to it, words parted by spaces, and gives the raw answer.
    #[must_use]
    pub fn say(&self, words: &str) -> String {
        say(self.port, words)
    }

    fn try_start(&mut self) -> bool {
        self.kill();
        let keep: &[&str] = match self.file {
            Some(_) => &[], // a sentinel keeps its file
            None => &["--save", "", "--appendonly", "yes"],
        };
        let port = if self.tls { "--tls-port" } else { "--port" };
        let mut process = Command::new("redis-server")
            .args(&self.file)
            .args(["--port", "0"].iter().filter(|_| self.tls))
            .args([port, &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(keep)
            .arg("--dir")
            .arg(self.folder.path())
            .args(&self.options)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("redis-server is needed (Debian: redis-server): {error}")
            });
        let output = process.stdout.take();
        self.process = Some(process);
        let Some(output) = output else {
            return false;
        };
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let ready = ["Ready to accept connections", "Sentinel ID is"];
        let is_ready = lines.any(|line| ready.iter().any(|word| line.contains(word)));
        if is_ready {
            // Whoever stops reading stops the writer.
            std::thread::spawn(move || lines.for_each(drop));
        } else {
            self.kill();
        }
        is_ready
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Several servers that are one cluster.
pub struct RedisCluster {
    /// Its servers, each a master.
    pub servers: Vec<RedisServer>,
}

/// Slots of a cluster.
const SLOTS: usize = 16_384;

impl RedisCluster {
    /// A cluster of this many masters, once all of them know of each other.
    #[must_use]
    pub fn of(count: usize, options: &[&str]) -> Self {
        let mut all = vec!["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"];
        all.extend(options);
        let servers: Vec<RedisServer> = (0..count).map(|_| RedisServer::with(&all)).collect();
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
            while !knows_all(server, count) {
                std::thread::yield_now();
            }
        }
        Self { servers }
    }

    /// Its address as the setting `store` takes it.
    #[must_use]
    pub fn address(&self) -> String {
        let host = |server: &RedisServer| format!("127.0.0.1:{}", server.port);
        let hosts: Vec<String> = self.servers.iter().map(host).collect();
        format!("redis+cluster://{}", hosts.join(","))
    }
}

fn knows_all(server: &RedisServer, count: usize) -> bool {
    let info = server.say("CLUSTER INFO");
    info.contains("cluster_state:ok") && info.contains(&format!("cluster_size:{count}\r"))
}

fn expect_ok(answer: &str) {
    assert!(answer.starts_with("+OK"), "{answer}");
}

/// A master, a replica, and a sentinel that watches over them under the name `main`.
pub struct RedisWatched {
    /// The master at first.
    pub master: RedisServer,
    /// Who takes its place.
    pub replica: RedisServer,
    /// Who sees to that.
    pub sentinel: RedisServer,
    _configuration: TempDir,
}

impl Default for RedisWatched {
    fn default() -> Self {
        Self::new()
    }
}

impl RedisWatched {
    /// Starts them, until the replica has all that the master has.
    ///
    /// # Panics
    ///
    /// When one of them does not start.
    #[must_use]
    pub fn new() -> Self {
        let master = RedisServer::new();
        let of = format!("127.0.0.1 {}", master.port);
        let replica = RedisServer::with(&["--replicaof", &of, "--repl-diskless-sync-delay", "0"]);
        while !replica
            .say("INFO replication")
            .contains("master_link_status:up")
        {
            std::thread::yield_now();
        }
        let folder = TempDir::new().unwrap_or_else(|error| panic!("a folder: {error}"));
        let file = folder.path().join("sentinel.conf");
        let watch = format!(
            "sentinel monitor main 127.0.0.1 {} 1\nsentinel down-after-milliseconds main 500\nsentinel failover-timeout main 5000\n",
            master.port
        );
        std::fs::write(&file, watch).unwrap_or_else(|error| panic!("{error}"));
        let sentinel = RedisServer::started_as(Some(&file.display().to_string()), &["--sentinel"]);
        while !sentinel.say("SENTINEL REPLICAS main").starts_with("*1") {
            std::thread::yield_now();
        }
        Self {
            master,
            replica,
            sentinel,
            _configuration: folder,
        }
    }

    /// Waits until the replica has all that the master has confirmed so far.
    pub fn until_replica_has_all(&self) {
        let offset = |server: &RedisServer| {
            let info = server.say("INFO replication");
            let line = |line: &str| {
                line.strip_prefix("master_repl_offset:")?
                    .parse::<u64>()
                    .ok()
            };
            info.lines().find_map(line)
        };
        let confirmed = offset(&self.master);
        while offset(&self.replica) < confirmed {
            std::thread::yield_now();
        }
    }

    /// Its address as the setting `store` takes it.
    #[must_use]
    pub fn address(&self) -> String {
        format!("redis+sentinel://127.0.0.1:{}/main", self.sentinel.port)
    }
}

/// Says something to a server on this machine, words parted by spaces, and gives the raw answer.
///
/// # Panics
///
/// When it does not answer.
#[must_use]
pub fn say(port: u16, words: &str) -> String {
    let asked = TcpStream::connect(("127.0.0.1", port)).and_then(|mut stream| {
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(format!("{words}\r\n").as_bytes())?;
        // It answers, and ends when it sees that nothing more is said.
        stream.shutdown(Shutdown::Write)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    });
    asked.unwrap_or_else(|error| panic!("{words}: {error}"))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0));
    let address = listener.and_then(|listener| listener.local_addr());
    // A cluster's servers speak to each other ten thousand ports above.
    address.map_or_else(
        |error| panic!("{error}"),
        |address| 10_000 + address.port() % 40_000,
    )
}
