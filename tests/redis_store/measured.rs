//! How often Redis is asked: once for a session, and how often for a login.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use imitation::browser::Browser;
use imitation::redis::{RedisServer, Turns};

use crate::support::callbacks::callback;
use crate::support::{Town, arrived};

/// Somebody who hears every command that Redis is sent; what a script does inside is no command.
struct Listener {
    heard: Arc<Mutex<Vec<String>>>,
}

/// What the front door does by itself every few seconds, whoever comes: looks for changed settings and other front doors, writes down traces, figures and logins.
const BY_ITSELF: [&str; 12] = [
    "{settings}",
    "{instances}",
    "{caretaker}",
    "{catalogue}",
    "lock:duty:",
    "{trace:",
    "{figures}",
    "{recent-logins}",
    "{login-outcomes}",
    "{forgotten}",
    "{naming-key}",
    "{probe}",
];

impl Listener {
    fn to(server: &RedisServer) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        stream.write_all(b"MONITOR\r\n").unwrap();
        let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
        assert_eq!(lines.next().as_deref(), Some("+OK"));
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let all = Arc::clone(&heard);
        std::thread::spawn(move || lines.for_each(|line| all.lock().unwrap().push(line)));
        Self { heard }
    }

    /// What was asked during this for whoever did it, each by its command and its key.
    async fn during(&self, server: &RedisServer, doing: impl Future<Output = ()>) -> Vec<String> {
        self.all(server, "begun");
        doing.await;
        let all = self.all(server, "done");
        let of_ours = all.iter().filter(|line| {
            !line.contains(" lua]")
                && line.contains("front-door:")
                && !BY_ITSELF.iter().any(|name| line.contains(name))
        });
        of_ours.map(|line| key(line)).collect()
    }

    /// What was heard until this word, which is said now.
    fn all(&self, server: &RedisServer, word: &str) -> Vec<String> {
        let _ = server.say(&format!("ECHO {word}"));
        loop {
            let mut heard = self.heard.lock().unwrap();
            if heard
                .iter()
                .any(|line| line.contains("\"ECHO\"") && line.contains(word))
            {
                return std::mem::take(&mut heard);
            }
            drop(heard);
            std::thread::yield_now();
        }
    }
}

/// The command and the first key of a line, without what is anybody's own.
fn key(line: &str) -> String {
    let words: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
    let key = words.iter().find(|word| word.starts_with("front-door:"));
    let kind = key.unwrap_or(&"").split('}').next().unwrap_or_default();
    format!("{} {kind}", words[0])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_checked_in_one_round_trip() {
    let server = RedisServer::new();
    let town = Town::over(&server.address()).await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    let listener = Listener::to(&server);
    let check = async {
        assert_eq!(browser.open(&town.at("/logout")).await.status, 200);
    };
    let asked = listener.during(&server, check).await;
    assert_eq!(asked.len(), 1, "{asked:#?}");
    assert!(
        asked[0].starts_with("GET front-door:entry:{session:"),
        "{asked:#?}"
    );
}

/// What a login asks now; whoever adds to it changes this number on purpose.
const LOGIN: usize = 12;

/// The same of a known customer's way from a link to the portal, with the assertion.
const VISIT: usize = 13;

#[tokio::test(flavor = "multi_thread")]
async fn a_login_asks_no_more_often_than_it_did() {
    let server = RedisServer::new();
    let town = Town::over(&server.address()).await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    let browser = Browser::new();
    let listener = Listener::to(&server);
    let begun = async {
        browser.open(&town.at("/login?to=%2Fme")).await;
    };
    let before = listener.during(&server, begun).await;
    let honest = callback(&town, &browser, "ada").await;
    let login = async {
        let page = browser.open_once(honest.as_str()).await;
        assert_eq!(page.status, 303, "{}", page.words());
    };
    let asked = listener.during(&server, login).await;
    assert!(before.is_empty(), "strangers write nothing: {before:#?}");
    assert!(asked.len() <= LOGIN, "{asked:#?}");
    let visit = async {
        let page = browser.open(&town.at("/p/help")).await;
        arrived(&browser.post_on(page).await, "ada@customer.example");
    };
    let asked = listener.during(&server, visit).await;
    assert!(asked.len() <= VISIT, "{asked:#?}");
}

/// How often somebody who comes waits for Redis, without what the front door does by itself: what each turn asked for.
fn turns(way: &Turns) -> Vec<Vec<String>> {
    let is_ours = |key: &String| !BY_ITSELF.iter().any(|one| format!("{key}}}").contains(one));
    let keys = |turn: &String| {
        let all = turn.split("front-door:").skip(1);
        let all = all.map(|rest| rest.split('}').next().unwrap_or_default().to_owned());
        all.filter(is_ours).collect::<Vec<String>>()
    };
    let all = way.taken();
    let all = all.iter().map(keys);
    all.filter(|keys| !keys.is_empty()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_waits_for_redis_four_times_and_a_known_customers_visit_three_times() {
    let server = RedisServer::new();
    let way = Turns::to(server.port).await;
    let mut town = Town::over(&format!("redis://127.0.0.1:{}", way.port)).await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    // A front door that was just started has nothing of her at hand.
    town.close().await;
    town.open().await;
    town.wait_until_links_are_read().await;
    // The first event finds out where the audit trail ends.
    town.arrive(&Browser::new(), "/p/help", "charles").await;
    town.arrive(&Browser::new(), "/p/help", "charles").await;
    for (browser, username, what) in [
        (Browser::new(), "ada", "after a restart"),
        (Browser::new(), "ada", "a customer"),
        (Browser::new(), "grace", "somebody new"),
    ] {
        let honest = callback(&town, &browser, username).await;
        let _before = way.taken();
        let page = browser.open_once(honest.as_str()).await;
        assert_eq!(page.status, 303, "{what}: {}", page.words());
        let login = turns(&way);
        assert!(login.len() <= 4, "{what}: {login:#?}");
        if username == "ada" {
            browser.open_once(page.location().unwrap().as_str()).await;
            let visit = turns(&way);
            assert!(visit.len() <= 3, "{what}: {visit:#?}");
        }
        // An assertion is recorded behind everything before it: nothing of it is written while the next is measured.
        town.arrive(&Browser::new(), "/p/help", "ada").await;
    }
}
