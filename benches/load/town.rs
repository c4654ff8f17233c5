//! The neighbourhood of a load run: both imitations in this process, the front door in its own.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use front_door::settings::{Loaded, Settings};
use imitation::atlassian::{Atlassian, AtlassianConfig, ServiceDesk};
use imitation::browser::Browser;
use imitation::cognito::{Cognito, CognitoConfig, Fault, Person};
use imitation::redis::RedisServer;
use tempfile::TempDir;

use super::entrance::Entrance;
use super::options;
use super::process::{CORE, Process, keep_on_cores};
use super::service_provider::{ACS_URL, ENTITY_ID, ServiceProvider};
use super::usage::Watched;

/// Customers who come again and again.
pub(crate) const CUSTOMERS: usize = 500;

/// Login attempts a minute: as many as can be set.
const ATTEMPTS: u32 = 1_000_000;

/// All of a storm come for the first time within the hour.
const NEWCOMERS: u32 = 1_000_000;

/// The core of the store, where that is a server of its own.
const CORE_OF_STORE: &str = "1";

/// Service desks that the site tells of at once, where it has many.
const DESKS_A_PAGE: usize = 100;

/// Where the front door keeps what lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    /// In a file.
    #[default]
    Sqlite,
    /// At a server of its own, which is asked over the network.
    Redis,
}

/// The argument that takes userInfo from what the provider says it offers: `mod_auth_openidc` asks it at each login where it is offered.
const NO_USER_INFO: &str = "--no-user-info";

/// What is special about a town.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) store: Kind,
    /// Service desks besides the usual ones; each gets a link by itself.
    pub(crate) more_desks: u64,
    /// Settings besides the usual ones.
    pub(crate) more_settings: String,
}

/// The front door and its surroundings.
pub(crate) struct Town {
    pub(crate) cognito: Cognito,
    pub(crate) atlassian: Atlassian,
    pub(crate) settings: String,
    pub(crate) folder: TempDir,
    redis: Option<RedisServer>,
    port: u16,
    doors: Vec<(u16, Process)>,
}

impl Town {
    /// Everything but the front door, which is not open yet, and keeps what lasts in a file.
    pub(crate) async fn new() -> Self {
        Self::with(Plan::default()).await
    }

    /// The same with this kind of store.
    pub(crate) async fn over(store: Kind) -> Self {
        Self::with(Plan {
            store,
            ..Plan::default()
        })
        .await
    }

    /// The same by this plan.
    pub(crate) async fn with(plan: Plan) -> Self {
        let cognito = cognito().await;
        let atlassian = atlassian(plan.more_desks).await;
        let redis = (plan.store == Kind::Redis).then(redis);
        let port = free_port();
        let public_url = format!("http://localhost:{port}");
        cognito.register_callback(format!("{public_url}/login/callback/cognito"));
        let address = redis.as_ref().map(RedisServer::address);
        let address = address.unwrap_or_else(|| "sqlite:front-door.sqlite".to_owned());
        let base = imitation::front_door_settings(&public_url, &address, &cognito, &atlassian);
        let key = format!("{}AA==", "k".repeat(84));
        let store = format!("{address:?}\nsecret_key = {key:?}");
        let base = base.replacen(&format!("{address:?}"), &store, 1);
        let settings = base.replace("[default.access]", &format!(
            "[default.link.bill]\nservice_desk = \"BILL\"\nhand_over = \"gate\"\n\n[default.access]\nattempts_per_minute = {ATTEMPTS}\nfirst_time_per_hour = {NEWCOMERS}",
        ));
        let settings = format!(
            "{settings}\n[default.saml.service_provider.bench]\nkind = \"other\"\ndomains = [\"acme.example\"]\nentity_id = {ENTITY_ID:?}\nacs_url = {ACS_URL:?}\n{}",
            plan.more_settings
        );
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Rocket.toml"), &settings).unwrap();
        Self {
            cognito,
            atlassian,
            settings,
            folder,
            redis,
            port,
            doors: Vec::new(),
        }
    }

    /// The settings, as the front door reads them.
    pub(crate) fn loaded(&self) -> Loaded {
        Settings::from_toml(&self.settings, self.folder.path()).unwrap()
    }

    /// Opens the front door: how long until it listened.
    pub(crate) async fn open(&mut self) -> Duration {
        self.open_on(&[CORE]).await
    }

    /// Opens so many instances, each on these cores: how long until the last one listened.
    pub(crate) async fn open_on(&mut self, cores: &[&str]) -> Duration {
        self.doors.clear();
        let mut took = Duration::ZERO;
        for (n, cores) in cores.iter().enumerate() {
            let port = if n == 0 { self.port } else { free_port() };
            let (door, listening) = self.instance(port, cores).await;
            took = listening;
            self.doors.push((port, door));
        }
        let metadata = Browser::new().open(&self.at("/saml/metadata")).await.text;
        self.atlassian.trust_metadata(&metadata);
        took
    }

    async fn instance(&self, port: u16, cores: &str) -> (Process, Duration) {
        let file = self.folder.path().join("Rocket.toml");
        let variables = [
            ("ROCKET_PORT", port.to_string()),
            ("ROCKET_CONFIG", file.to_str().unwrap().to_owned()),
        ];
        let began = Instant::now();
        let program = env!("CARGO_BIN_EXE_front-door");
        let mut door = Process::start_on(cores, program, &[], &variables);
        let took = door.listening(port, began);
        let browser = Browser::new();
        let ready = format!("http://localhost:{port}/health/ready");
        while !browser.open(&ready).await.says("\"atlassian\":\"ok\"") {
            tokio::task::yield_now().await;
        }
        (door, took)
    }

    /// Ends all instances.
    pub(crate) fn close(&mut self) {
        self.doors.clear();
    }

    /// The front door's processes.
    pub(crate) fn door(&self) -> Watched {
        let all = self.doors.iter().map(|(_, door)| door.watched());
        all.reduce(Watched::and).unwrap()
    }

    /// The store's process, where it has one.
    pub(crate) fn store(&self) -> Option<Watched> {
        Some(Watched::all_of(vec![self.redis_process()?]))
    }

    /// Redis itself, where there is one.
    pub(crate) fn redis_process(&self) -> Option<u32> {
        Some(process_of(self.redis.as_ref()?))
    }

    /// Where Redis listens, where there is one.
    pub(crate) fn redis_port(&self) -> Option<u16> {
        Some(self.redis.as_ref()?.port)
    }

    /// The way in by a link, at each instance in turn.
    pub(crate) fn entrance(&self, link: &str) -> Entrance {
        let mut entrance = Entrance::page(&self.at(""), link, &self.cognito.base());
        entrance.doors = self.origins();
        entrance
    }

    /// The way by a link that ends before the Response to the portal's request.
    pub(crate) fn entrance_to_portal(&self, link: &str) -> Entrance {
        let mut entrance = self.entrance(link);
        entrance.followed.push(self.atlassian.site());
        entrance.ends_with = "SAMLResponse";
        entrance
    }

    /// The way in by a service provider's request.
    pub(crate) async fn entrance_by_request(&self) -> Entrance {
        let metadata = Browser::new().open(&self.at("/saml/metadata")).await.text;
        let provider = ServiceProvider::trusting(&metadata);
        Entrance::assertion(provider, &self.at(""), &self.cognito.base())
    }

    fn origins(&self) -> Vec<String> {
        let ports = self.doors.iter();
        ports
            .map(|(port, _)| format!("http://localhost:{port}"))
            .collect()
    }

    /// One of the front door's addresses.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// What both imitations were asked until now no longer counts.
    pub(crate) fn forget_calls(&self) {
        self.cognito.forget_calls();
        self.atlassian.forget_calls();
    }

    /// REST calls since then.
    pub(crate) fn atlassian_calls(&self) -> usize {
        self.atlassian.rest_calls().len()
    }
}

/// What the pool calls one of them.
pub(crate) fn username(n: usize) -> String {
    format!("load-{n}")
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// A pool with all customers, as cheap as it can be: it must not be what is measured.
async fn cognito() -> Cognito {
    let cognito = Cognito::start(CognitoConfig {
        parallel_tabs: true,
        opaque_access_tokens: true,
        ..CognitoConfig::default()
    })
    .await;
    if options::given(NO_USER_INFO) {
        cognito.misbehave(Fault::Discovery("userinfo_endpoint".to_owned(), None));
    }
    for n in 0..CUSTOMERS {
        let email = format!("{}@acme.example", username(n));
        cognito.add_person(Person::new(&username(n), "Load", "Customer", &email));
    }
    cognito
}

async fn atlassian(more_desks: u64) -> Atlassian {
    let mut config = AtlassianConfig::default();
    for n in 1_000..1_000 + more_desks {
        let desk = ServiceDesk::new(n, n, &format!("MORE{n}"), &format!("Desk {n}"));
        config.desks.push(desk);
        config.page_cap = DESKS_A_PAGE;
    }
    Atlassian::start(config).await
}

fn redis() -> RedisServer {
    let server = RedisServer::new();
    keep_on_cores(CORE_OF_STORE, process_of(&server));
    server
}

fn process_of(redis: &RedisServer) -> u32 {
    let info = redis.say("INFO server");
    let line = info
        .lines()
        .find_map(|line| line.strip_prefix("process_id:"));
    line.unwrap().trim().parse().unwrap()
}
