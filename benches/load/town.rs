//! The neighbourhood of a load run: both imitations in this process, the front door in its own.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use front_door::settings::{Loaded, Settings};
use imitation::atlassian::{Atlassian, AtlassianConfig};
use imitation::browser::Browser;
use imitation::cognito::{Cognito, CognitoConfig, Person};
use tempfile::TempDir;

use super::process::Process;

/// Customers who come again and again.
pub(crate) const CUSTOMERS: usize = 500;

/// Login attempts a minute: as many as can be set.
const ATTEMPTS: u32 = 1_000_000;

/// All of a storm come for the first time within the hour.
const NEWCOMERS: u32 = 1_000_000;

/// The front door and its surroundings.
pub(crate) struct Town {
    pub(crate) cognito: Cognito,
    pub(crate) atlassian: Atlassian,
    pub(crate) settings: String,
    pub(crate) folder: TempDir,
    port: u16,
    door: Option<Process>,
}

impl Town {
    /// Everything but the front door, which is not open yet.
    pub(crate) async fn new() -> Self {
        let cognito = Cognito::start(CognitoConfig {
            parallel_tabs: true,
            ..CognitoConfig::default()
        })
        .await;
        for n in 0..CUSTOMERS {
            let email = format!("{}@acme.example", username(n));
            cognito.add_person(Person::new(&username(n), "Load", "Customer", &email));
        }
        let atlassian = Atlassian::start(AtlassianConfig::default()).await;
        let port = free_port();
        let public_url = format!("http://localhost:{port}");
        cognito.register_callback(format!("{public_url}/login/callback/cognito"));
        let base = imitation::front_door_settings(
            &public_url,
            "sqlite:front-door.sqlite",
            &cognito,
            &atlassian,
        );
        let settings = base.replace("[default.access]", &format!(
            "[default.link.bill]\nservice_desk = \"BILL\"\nhand_over = \"gate\"\n\n[default.access]\nattempts_per_minute = {ATTEMPTS}\nfirst_time_per_hour = {NEWCOMERS}",
        ));
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Rocket.toml"), &settings).unwrap();
        Self {
            cognito,
            atlassian,
            settings,
            folder,
            port,
            door: None,
        }
    }

    /// The settings, as the front door reads them.
    pub(crate) fn loaded(&self) -> Loaded {
        Settings::from_toml(&self.settings, self.folder.path()).unwrap()
    }

    /// Opens the front door: how long until it listened.
    pub(crate) async fn open(&mut self) -> Duration {
        let file = self.folder.path().join("Rocket.toml");
        let variables = [
            ("ROCKET_PORT", self.port.to_string()),
            ("ROCKET_CONFIG", file.to_str().unwrap().to_owned()),
        ];
        let began = Instant::now();
        let mut door = Process::start(env!("CARGO_BIN_EXE_front-door"), &[], &variables);
        let took = door.listening(self.port, began);
        self.door = Some(door);
        let browser = Browser::new();
        while !browser
            .open(&self.at("/health/ready"))
            .await
            .says("\"atlassian\":\"ok\"")
        {
            tokio::task::yield_now().await;
        }
        let metadata = browser.open(&self.at("/saml/metadata")).await.text;
        self.atlassian.trust_metadata(&metadata);
        took
    }

    /// The front door's process.
    pub(crate) fn door(&self) -> &Process {
        self.door.as_ref().unwrap()
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
