//! The actors of the behaviour tests: a front door between an imitation of Cognito and an imitation of an Atlassian site, and browsers.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

pub(crate) mod addresses;
pub(crate) mod callbacks;
pub(crate) mod desk;
pub(crate) mod first_hour;
pub(crate) mod nginx;
pub(crate) mod people;
pub(crate) mod raw;
pub(crate) mod redis;
pub(crate) mod saml;
pub(crate) mod testing;
pub(crate) mod tokens;
pub(crate) mod traces;
pub(crate) mod twins;

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use front_door::clock::Clock;
use front_door::operations::OperationsAddress;
use front_door::settings::Settings;
use imitation::atlassian::{Atlassian, AtlassianConfig, Operation};
use imitation::browser::{Browser, Page};
use imitation::cognito::{Cognito, CognitoConfig, Endpoint};
use rocket::Shutdown;
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// The whole neighbourhood.
pub(crate) struct Town {
    pub(crate) cognito: Cognito,
    pub(crate) atlassian: Atlassian,
    pub(crate) clock: Clock,
    pub(crate) public_url: String,
    pub(crate) folder: TempDir,
    pub(crate) settings: String,
    /// How far apart first visits begin, where it is not as usual.
    pub(crate) first_visits_apart: Option<Duration>,
    /// Where the metrics are, while it is open.
    pub(crate) operations: Option<SocketAddr>,
    certificate: Option<String>,
    running: Option<Running>,
}

/// A front door that is open.
pub(crate) struct Running {
    addresses: Vec<desk::Address>,
    operations: Option<SocketAddr>,
    shutdown: Shutdown,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn close(self) {
        self.shutdown.notify();
        self.task.await.unwrap();
    }
}

impl Town {
    /// A front door with the settings of the demo.
    pub(crate) async fn new() -> Self {
        Self::with("").await
    }

    /// A front door with more settings behind those of the demo.
    pub(crate) async fn with(more: &str) -> Self {
        Self::of(
            more,
            CognitoConfig {
                parallel_tabs: true,
                ..CognitoConfig::default()
            },
        )
        .await
    }

    /// A front door with another text in its settings.
    pub(crate) async fn replacing(old: &str, new: &str) -> Self {
        let mut town = Self::new().await;
        town.close().await;
        assert!(town.settings.contains(old), "{old}");
        town.settings = town.settings.replace(old, new);
        town.open().await;
        town.wait_until_links_are_read().await;
        town
    }

    /// The same with a pool of its own.
    pub(crate) async fn of(more: &str, config: CognitoConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::build(more, config, folder, None).await
    }

    /// A front door behind real TLS, with a certificate for `localhost` that its browsers trust.
    pub(crate) async fn over_tls() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(folder.path().join("tls.pem"), made.cert.pem()).unwrap();
        std::fs::write(
            folder.path().join("tls.key"),
            made.signing_key.serialize_pem(),
        )
        .unwrap();
        let config = CognitoConfig {
            parallel_tabs: true,
            ..CognitoConfig::default()
        };
        Self::build("", config, folder, Some(made.cert.pem())).await
    }

    async fn build(
        more: &str,
        config: CognitoConfig,
        folder: TempDir,
        certificate: Option<String>,
    ) -> Self {
        let cognito = Cognito::start(config).await;
        let atlassian = Atlassian::start(AtlassianConfig::default()).await;
        let scheme = if certificate.is_some() {
            "https"
        } else {
            "http"
        };
        let public_url = format!("{scheme}://localhost:{}", free_port());
        let base = imitation::front_door_settings(
            &public_url,
            "sqlite:front-door.sqlite",
            &cognito,
            &atlassian,
        );
        let settings = format!("{base}\n{more}");
        let clock = Clock::system();
        let mut town = Self {
            cognito,
            atlassian,
            clock,
            public_url,
            folder,
            settings,
            first_visits_apart: None,
            operations: None,
            certificate,
            running: None,
        };
        town.cognito
            .register_callback(town.at("/login/callback/cognito"));
        town.cognito.register_sign_out(town.at("/signed-out"));
        town.open().await;
        town.wait_until_links_are_read().await;
        let metadata = town.browser().open(&town.at("/saml/metadata")).await.text;
        town.atlassian.trust_metadata(&metadata);
        town
    }

    /// A private window that trusts what it has to.
    pub(crate) fn browser(&self) -> Browser {
        self.certificate
            .as_deref()
            .map_or_else(Browser::new, Browser::trusting)
    }

    /// Opens the front door, on the store as it is.
    pub(crate) async fn open(&mut self) {
        let port: u16 = self.public_url.rsplit(':').next().unwrap().parse().unwrap();
        let running = self.launch(port).await;
        self.operations = running.operations;
        self.running = Some(running);
        self.wait_until_open().await;
    }

    /// Opens a front door of these settings at a port, beside any other.
    pub(crate) async fn launch(&self, port: u16) -> Running {
        let mut loaded = Settings::from_toml(&self.settings, self.folder.path())
            .unwrap_or_else(|problems| panic!("{problems}"));
        loaded.first_visits_apart = self.first_visits_apart;
        // The usual address is one for the whole machine, and here are many front doors.
        if let Some(usual) = loaded
            .settings
            .operations
            .as_mut()
            .filter(|at| at.port() == 9464)
        {
            usual.set_port(0);
        }
        let figment = loaded
            .rocket
            .clone()
            .merge(("port", port))
            .merge(("address", "127.0.0.1"))
            .merge(("log_level", "off"))
            .merge(("shutdown.grace", 0))
            .merge(("shutdown.mercy", 0));
        let figment = match self.certificate {
            Some(_) => figment
                .merge(("tls.certs", self.folder.path().join("tls.pem")))
                .merge(("tls.key", self.folder.path().join("tls.key"))),
            None => figment,
        };
        let house = front_door::front_door(&loaded, figment, self.clock.clone())
            .await
            .unwrap();
        let house = house.ignite().await.unwrap();
        let operations = house.state::<OperationsAddress>();
        let operations = operations.map(|address| address.0);
        let shutdown = house.shutdown();
        let addresses = house.routes().map(desk::address).collect();
        let task = tokio::spawn(async move {
            house.launch().await.map(|_| ()).unwrap();
        });
        Running {
            addresses,
            operations,
            shutdown,
            task,
        }
    }

    /// Closes it. The store stays.
    pub(crate) async fn close(&mut self) {
        if let Some(running) = self.running.take() {
            running.close().await;
        }
    }

    /// What was stored so far is not there when it is opened the next time.
    pub(crate) fn take_a_new_store(&mut self) {
        self.settings = self.settings.replace("front-door.sqlite", "new.sqlite");
    }

    /// Closes it and opens it again with more settings.
    pub(crate) async fn reopen_with(&mut self, more: &str) {
        self.close().await;
        self.settings.push_str(more);
        self.open().await;
        self.wait_until_links_are_read().await;
    }

    async fn wait_until_open(&self) {
        let live = self.at("/health/live");
        let waiting = async {
            while self.browser().try_open(&live).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        in_time("the front door to open", waiting).await;
    }

    /// Lets time pass for everybody.
    pub(crate) fn advance(&self, by: std::time::Duration) {
        self.clock.advance(by);
        self.cognito.advance(by);
        self.atlassian.advance(by);
    }

    /// Waits until something that goes on in the background has happened.
    pub(crate) async fn until(&self, mut happened: impl FnMut() -> bool) {
        let waiting = async {
            while !happened() {
                tokio::task::yield_now().await;
            }
        };
        in_time("something in the background", waiting).await;
    }

    /// Waits until whoever serves the front door's address has read the service desks.
    pub(crate) async fn wait_until_links_are_read(&self) {
        let (browser, ready) = (self.browser(), self.at("/health/ready"));
        let waiting = async {
            loop {
                match browser.try_open(&ready).await {
                    Ok(page) if page.says("\"atlassian\":\"ok\"") => return,
                    _ => tokio::task::yield_now().await,
                }
            }
        };
        in_time("the service desks to be read", waiting).await;
    }

    /// One of our own addresses.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// Opens a link in this browser, logs in as this person and goes on to the end.
    pub(crate) async fn arrive(&self, browser: &Browser, path: &str, username: &str) -> Page {
        let login = browser.open(&self.at(path)).await;
        assert!(
            login.url.as_str().starts_with(&self.cognito.base()),
            "the login page, not {}: {}",
            login.url,
            login.words()
        );
        let page = self.cognito.log_in(browser, &login, username).await;
        browser.post_on(page).await
    }

    /// Whether the provider was asked for nothing but its documents, which the front door reads by itself.
    pub(crate) fn provider_heard_of_nobody(&self) -> bool {
        let by_itself = [Endpoint::Discovery, Endpoint::Keys];
        let calls = self.cognito.calls();
        calls.iter().all(|call| by_itself.contains(&call.operation))
    }

    /// Whether Atlassian was asked for nothing but the service desks, which the front door reads by itself every few minutes.
    pub(crate) fn atlassian_heard_of_nobody(&self) -> bool {
        let by_itself = [
            Operation::ListDesks,
            Operation::GetDesk,
            Operation::ListRequestTypes,
            Operation::ListRequestTypeGroups,
        ];
        let calls = self.atlassian.calls();
        calls.iter().all(|call| by_itself.contains(&call.operation))
    }

    /// The audit trail's events, oldest first.
    pub(crate) async fn trail(&self) -> Vec<serde_json::Value> {
        let loaded = Settings::from_toml(&self.settings, self.folder.path()).unwrap();
        let house = front_door::House::open(&loaded, &self.clock).await.unwrap();
        let (mut export, mut events) = (house.trail.export(), Vec::new());
        loop {
            let page = export.next(None).await.unwrap();
            if page.is_empty() {
                return events;
            }
            events.extend(
                page.iter()
                    .map(|record| serde_json::to_value(record).unwrap()),
            );
        }
    }

    /// The names of the audit trail's events.
    pub(crate) async fn events(&self) -> Vec<String> {
        self.trail()
            .await
            .iter()
            .map(|event| event["event"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// How long a test waits for anything: what has not happened after so long never will.
const PATIENCE: Duration = Duration::from_mins(2);

/// Waits for something, and says what it was should it never come.
pub(crate) async fn in_time<T>(what: &str, waiting: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(PATIENCE, waiting).await;
    done.unwrap_or_else(|elapsed| panic!("waited {PATIENCE:?} in vain for {what}: {elapsed}"))
}

/// That a page is the portal's, where this person is signed in.
#[track_caller]
pub(crate) fn arrived(page: &Page, email: &str) {
    let (who, _) = at_portal(page);
    assert_eq!(
        who.as_deref(),
        Some(email),
        "{}: {}",
        page.url,
        page.words()
    );
}

/// The reason that a page gives for a refusal.
pub(crate) fn reason(page: &Page) -> Option<String> {
    page.attribute("data-reason")
}

/// What a page says of a refusal: its reason and its status.
pub(crate) fn told(page: &Page) -> (Option<String>, u16) {
    (reason(page), page.status)
}

/// Who is signed in at the portal, and at which of its addresses.
pub(crate) fn at_portal(page: &Page) -> (Option<String>, Option<String>) {
    (
        page.attribute("data-signed-in-as"),
        page.attribute("data-path"),
    )
}

/// The claims of this process to its ports.
static CLAIMS: Mutex<Vec<UdpSocket>> = Mutex::new(Vec::new());

/// A port that nobody else takes: below those that the system gives to outgoing connections, each once in a process. Whoever listens there comes later, and
/// may go and come again; so that no other process takes it meanwhile, the port of the same number for datagrams, which nothing here needs, is held until
/// this process ends.
pub(crate) fn free_port() -> u16 {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let first = 12_000 + std::process::id() % 200 * 100;
    loop {
        let next = first + u32::from(GIVEN.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(next).unwrap();
        if let Ok(claim) = UdpSocket::bind(("127.0.0.1", port))
            && TcpListener::bind(("127.0.0.1", port)).is_ok()
        {
            CLAIMS.lock().unwrap().push(claim);
            return port;
        }
    }
}
