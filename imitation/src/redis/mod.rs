//! Real `redis-server` processes, each on a free port with a folder of its own; they end when they are dropped.

mod cluster;
mod make;
mod take_over;
mod turns;
mod watched;

pub use cluster::RedisCluster;
pub use make::Make;
pub use take_over::TakeOver;
pub use turns::Turns;
pub use watched::RedisWatched;

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
    /// Where tests can look into it without TLS; the same where there is none.
    plain: u16,
    make: Make,
    file: Option<String>,
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
        Self::made(&Make::redis(), options)
    }

    /// A server of this make, with these options on its command line.
    #[must_use]
    pub fn made(make: &Make, options: &[&str]) -> Self {
        Self::started_as(make, None, options)
    }

    fn started_as(make: &Make, file: Option<&str>, options: &[&str]) -> Self {
        let mut server = Self {
            make: make.clone(),
            plain: 0,
            file: file.map(ToOwned::to_owned),
            process: None,
            folder: TempDir::new().unwrap_or_else(|error| panic!("a folder for Redis: {error}")),
            port: 0,
            options: options.iter().map(ToString::to_string).collect(),
        };
        for _ in 0..ATTEMPTS {
            server.port = free_port();
            server.plain = match &server.make.tls {
                Some(_) => free_port(),
                None => server.port,
            };
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
        format!("redis{}://{}{}", self.make.s(), self.host(), self.make.ca())
    }

    fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Where it keeps its files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Says something to it, words parted by spaces, and gives the raw answer.
    #[must_use]
    pub fn say(&self, words: &str) -> String {
        say(self.plain, words)
    }

    fn try_start(&mut self) -> bool {
        self.kill();
        let keep: &[&str] = match self.file {
            Some(_) => &[], // a sentinel keeps its file
            None => &["--save", "", "--appendonly", "yes"],
        };
        let mut process = Command::new(&self.make.program)
            .args(&self.file)
            .args(self.make.options(self.port, self.plain))
            .args(["--bind", "127.0.0.1"])
            .args(keep)
            .arg("--dir")
            .arg(self.folder.path())
            .args(&self.options)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                let program = self.make.program.display();
                panic!("{program} does not start ({error}): tests/run installs what the tests need")
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
