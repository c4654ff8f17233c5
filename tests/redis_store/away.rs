//! Redis away, full, or replaced by another in the middle of a login.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use imitation::browser::Browser;
use imitation::cognito::Endpoint;
use imitation::redis::{RedisServer, RedisWatched};

use crate::says_so;
use crate::support::callbacks::callback;
use crate::support::{Town, arrived, free_port, told};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_in_another_way_and_all_goes_on_when_it_is_back() {
    let mut server = RedisServer::new();
    let town = Town::over(&server.address()).await;
    let (known, new) = (Browser::new(), Browser::new());
    town.arrive(&known, "/p/help", "ada").await;
    let honest = callback(&town, &new, "grace").await;
    server.stop();
    town.cognito.forget_calls();
    for path in ["/", "/me", "/p/help", "/logout"] {
        says_so(&known.open(&town.at(path)).await, path);
    }
    for _ in 0..2 {
        says_so(&new.open(honest.as_str()).await, "a callback");
    }
    assert_eq!(town.cognito.count(Endpoint::Token), 0, "no code was spent");
    let ready = Browser::new().open(&town.at("/health/ready")).await;
    assert_eq!(ready.status, 503);
    assert!(ready.says("does not answer"), "{}", ready.text);
    server.start();
    assert_eq!(known.open(&town.at("/me")).await.status, 200);
    let page = new.open(honest.as_str()).await;
    arrived(&new.post_on(page).await, "grace@helpdesk.example");
    town.wait_until_links_are_read().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_redis_lets_nobody_sign_in_and_says_so_to_whoever_watches() {
    let server = RedisServer::new();
    let town = Town::over(&server.address()).await;
    let known = Browser::new();
    town.arrive(&known, "/p/help", "ada").await;
    let _ = server.say("CONFIG SET maxmemory 1");
    let new = Browser::new();
    let login = new.open(&town.at("/p/help")).await;
    let page = town.cognito.log_in(&new, &login, "grace").await;
    says_so(&page, "a login");
    assert_eq!(
        known.open(&town.at("/me")).await.status,
        200,
        "reading goes on"
    );
    let ready = Browser::new().open(&town.at("/health/ready")).await;
    assert_eq!(ready.status, 503);
    assert!(ready.says("takes no writes"), "{}", ready.text);
    let _ = server.say("CONFIG SET maxmemory 0");
    town.wait_until_links_are_read().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_goes_on_when_another_server_becomes_the_master_in_its_middle() {
    let mut watched = RedisWatched::new();
    let town = Town::over(&watched.address()).await;
    let browser = Browser::new();
    let honest = callback(&town, &browser, "ada").await;
    // A master may confirm what no replica has yet: that is Redis's own bargain, and not what is tested here.
    watched.until_replica_has_all();
    watched.master.kill();
    let page = loop {
        let page = browser.open(honest.as_str()).await;
        if page.status != 503 {
            break page;
        }
        says_so(&page, "until there is another");
    };
    arrived(&browser.post_on(page).await, "ada@customer.example");
    assert_eq!(town.atlassian.customers().len(), 1);
}

/// The program itself, ended with the test.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _already_gone = self.0.kill();
        let _already_gone = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_starts_with_closed_doors_while_redis_is_away_and_opens_them_then() {
    let mut server = RedisServer::new();
    let mut town = Town::over(&server.address()).await;
    town.close().await;
    server.stop();
    let public: u16 = town.public_url.rsplit(':').next().unwrap().parse().unwrap();
    let settings = format!(
        "{}\n[default.shutdown]\ngrace = 0\nmercy = 0\n",
        town.settings
    );
    std::fs::write(town.folder.path().join("Rocket.toml"), settings).unwrap();
    let serving = Command::new(env!("CARGO_BIN_EXE_front-door"))
        .env("ROCKET_PORT", public.to_string())
        .env(
            "FRONT_DOOR_OPERATIONS",
            format!("127.0.0.1:{}", free_port()),
        )
        .current_dir(town.folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _serving = Serving(serving.unwrap());
    let opens = async |path: &str, status: u16| loop {
        match Browser::new().try_open(&town.at(path)).await {
            Ok(page) if page.status == status => return page,
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    opens("/health/live", 200).await;
    for path in [
        "/",
        "/p/help",
        "/login/callback/cognito?code=a&state=b",
        "/admin",
    ] {
        says_so(&Browser::new().open(&town.at(path)).await, path);
    }
    let call = Browser::new().fetch(&town.at("/me")).await;
    assert_eq!(call.status, 503, "{}", call.text);
    let ready = Browser::new().open(&town.at("/health/ready")).await;
    assert_eq!(told(&ready).1, 503);
    assert!(ready.says("does not answer"), "{}", ready.text);
    server.start();
    opens("/health/ready", 200).await;
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}
