//! Starting beside others that accept a connection and never say anything, or never come to an end: the doors open all the same, and close when they are told to.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use imitation::browser::{Browser, Page};
use support::{free_port, told};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

/// Less than any of the others would be waited for.
const SOON: Duration = Duration::from_secs(9);

/// Somebody at an address who never answers, or sends a byte now and then.
async fn slow(trickles: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut held = Vec::new();
        loop {
            let (mut peer, _) = listener.accept().await.unwrap();
            if trickles {
                tokio::spawn(async move {
                    let beginning = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n";
                    let mut sent = peer.write_all(beginning).await;
                    while sent.is_ok() {
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        sent = peer.write_all(b" ").await;
                    }
                });
            } else {
                held.push(peer);
            }
        }
    });
    port
}

/// The program, and where its store and settings are.
struct Program {
    child: Child,
    base: String,
    folder: tempfile::TempDir,
}

impl Program {
    fn start(store: &str, provider: u16, site: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let base = format!("http://localhost:{port}");
        let settings = format!(
            "[default]\npublic_url = {base:?}\noperations = \"off\"\nstore = {store}\n\
             [default.provider.slow]\nissuer = \"http://127.0.0.1:{provider}\"\nclient_id = \"client\"\nclient_secret = \"secret\"\ntimeout = \"30s\"\n\
             [default.atlassian]\nsite = \"http://127.0.0.1:{site}\"\nemail = \"bot@acme.example\"\napi_token = \"token\"\n\
             [default.link.help]\nservice_desk = \"HELP\"\n"
        );
        std::fs::write(folder.path().join("Rocket.toml"), settings).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_front-door"))
            .current_dir(folder.path())
            .env("ROCKET_PORT", port.to_string())
            .env("ROCKET_SHUTDOWN", "{grace=0,mercy=1}")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            child,
            base,
            folder,
        }
    }

    async fn page(&self, path: &str) -> Page {
        let address = format!("{}{path}", self.base);
        loop {
            match Browser::new().try_open(&address).await {
                Ok(page) => return page,
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }

    /// Tells it to stop; it must, and say that all is well.
    async fn stop(mut self) {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(told.unwrap().success());
        let ended = tokio::task::spawn_blocking(move || {
            let ended = self.child.wait();
            drop(self.folder);
            ended
        });
        let ended = tokio::time::timeout(SOON, ended).await.unwrap();
        assert!(ended.unwrap().unwrap().success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_and_a_site_that_never_answer_do_not_delay_the_start() {
    for trickles in [false, true] {
        let (provider, site) = (slow(trickles).await, slow(trickles).await);
        let program = Program::start("\"sqlite:front-door.sqlite\"", provider, site);
        let live = tokio::time::timeout(SOON, program.page("/health/live")).await;
        assert_eq!(live.unwrap().status, 200);
        let ready = tokio::time::timeout(SOON, program.page("/health/ready")).await;
        let ready = ready.unwrap();
        assert_eq!(ready.status, 503);
        assert!(ready.says("never discovered"), "{}", ready.text);
        program.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_never_answers_leaves_the_doors_closed_and_not_missing() {
    let (redis, other) = (slow(false).await, slow(false).await);
    let key = format!("{}AA==", "k".repeat(84));
    let store = format!("\"redis://127.0.0.1:{redis}\"\nsecret_key = {key:?}");
    let program = Program::start(&store, other, other);
    let live = tokio::time::timeout(SOON, program.page("/health/live")).await;
    assert_eq!(live.unwrap().status, 200);
    let page = program.page("/p/help").await;
    assert_eq!(told(&page), (Some("store_unavailable".to_owned()), 503));
    program.stop().await;
}
