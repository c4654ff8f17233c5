//! A panic is the end of one answer: its visitor gets a page with a reference, the log says where it was and nothing else, and everybody goes on.
//!
//! No handler of the front door panics, so two are planted in the real house.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use front_door::clock::Clock;
use front_door::settings::Settings;
use front_door::web;
use imitation::browser::Browser;
use rocket::config::LogLevel;
use rocket::request::{FromRequest, Outcome};
use rocket::{Request, get, routes};
use support::{free_port, told, traces};

/// What nobody may find in the log.
const CANARY: &str = "canary-in-a-panic";

/// A guard that panics, with what it was asked for.
struct Bursts;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Bursts {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        panic!("bad query: {:?}", request.uri().query());
    }
}

#[get("/planted/guard")]
fn guarded(_guard: Bursts) {}

#[get("/planted/handler")]
async fn handled() -> &'static str {
    tokio::task::yield_now().await;
    let secret = String::from(CANARY);
    panic!("bad secret: {secret}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_ends_one_answer_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("words.log");
    web::log::start_at(LogLevel::Normal, Arc::new(File::create(&log).unwrap())).unwrap();
    let base = format!("http://localhost:{}", free_port());
    let (house, shutdown) = planted(&base, folder.path().to_owned()).await;
    let browser = Browser::new().with_header("Accept-Language", "de");
    while browser
        .try_open(&format!("{base}/health/live"))
        .await
        .is_err()
    {
        tokio::task::yield_now().await;
    }
    for _ in 0..3 {
        for path in ["/planted/guard", "/planted/handler"] {
            let page = browser.open(&format!("{base}{path}?{CANARY}")).await;
            assert_eq!(told(&page), (Some("internal".to_owned()), 500), "{path}");
            assert!(page.text.contains("lang=\"de\""), "{}", page.text);
            assert!(!page.text.contains(CANARY) && !page.text.contains("panic"));
            says_where(&log, &traces::reference(&page));
            let next = browser.open(&format!("{base}/health/live")).await;
            assert_eq!(next.status, 200);
        }
    }
    let words = std::fs::read_to_string(&log).unwrap();
    assert!(!words.contains(CANARY), "{words}");
    assert_eq!(
        words.matches("\"message\":\"panicked\"").count(),
        6,
        "{words}"
    );
    let other = browser.open(&format!("{base}/nowhere")).await;
    assert_eq!(told(&other).1, 404);
    shutdown.notify();
    house.await.unwrap();
}

/// The real house with what is planted in it.
async fn planted(base: &str, folder: PathBuf) -> (tokio::task::JoinHandle<()>, rocket::Shutdown) {
    let port: u16 = base.rsplit(':').next().unwrap().parse().unwrap();
    let settings = format!(
        "[default]\npublic_url = {base:?}\noperations = \"off\"\nstore = \"sqlite:front-door.sqlite\"\n"
    );
    let loaded = Settings::from_toml(&settings, &folder).unwrap();
    let figment = loaded
        .rocket
        .clone()
        .merge(("port", port))
        .merge(("address", "127.0.0.1"))
        .merge(("shutdown.grace", 0))
        .merge(("shutdown.mercy", 0));
    let house = front_door::front_door(&loaded, figment, Clock::system());
    let house = house.await.unwrap().mount("/", routes![guarded, handled]);
    let house = house.ignite().await.unwrap();
    let shutdown = house.shutdown();
    let task = tokio::spawn(async move {
        house.launch().await.map(|_| ()).unwrap();
    });
    (task, shutdown)
}

/// That a line of the log has this reference, and tells where the panic was.
#[track_caller]
fn says_where(log: &PathBuf, reference: &str) {
    let words = std::fs::read_to_string(log).unwrap();
    let mut lines = words.lines().filter(|line| line.contains(reference));
    assert!(
        lines.any(|line| line.contains("\"ERROR\"") && line.contains("panicked at tests/panics.rs:")),
        "{words}"
    );
}
