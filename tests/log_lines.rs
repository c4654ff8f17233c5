//! The log when visitors write into it: each line is one JSON object, whatever names, addresses and headers hold, and says no more than it should.

mod support;

use std::fs::{self, File};
use std::process::{Command, Stdio};

use imitation::browser::Browser;
use imitation::cognito::Fault;
use serde_json::{Value, json};
use support::Town;
use support::raw::{ask, send};

/// What would be a line of its own, and what would change a terminal, if it were let.
const FORGED: &str = "x\n{\"event\":\"forged\",\"level\":\"INFO\"}\r\nlevel=info user=root\u{1b}[31m\u{202e}\u{2028}\"}{\"event\":\"forged\"}";

/// A visit of somebody whose names, groups and address's words are all such.
async fn forged_visit(town: &Town) {
    let browser = Browser::new().with_header("User-Agent", "x\t{\"event\":\"forged\"} \u{202e}");
    let login = browser.open(&town.at("/p/help")).await;
    for claim in [
        "name",
        "given_name",
        "family_name",
        "cognito:username",
        "cognito:groups",
        "custom:company",
    ] {
        let value: Value = json!(FORGED);
        town.cognito
            .misbehave(Fault::Claim(claim.to_owned(), Some(value)));
    }
    let page = town.cognito.log_in(&browser, &login, "ada").await;
    town.cognito.behave();
    browser.post_on(page).await;
    browser.open(&town.at("/me")).await;
}

/// Requests with the like in addresses, parameters and headers.
async fn forged_requests(town: &Town) {
    let encoded: String = url::form_urlencoded::byte_serialize(FORGED.as_bytes()).collect();
    for path in ["/", "/p/", "/login/callback/", "/static/"] {
        ask(town, &format!("GET {path}{encoded} HTTP/1.1"), "").await;
    }
    for query in [
        "/login?to=",
        "/login?provider=",
        "/login/callback/cognito?error=",
        "/login/callback/cognito?code=x&state=",
        "/saml/sso?SAMLRequest=",
        "/saml/sso?resume=",
        "/?address=",
    ] {
        ask(town, &format!("GET {query}{encoded} HTTP/1.1"), "").await;
    }
    for name in [
        "X-Forwarded-For",
        "Referer",
        "Origin",
        "Accept-Language",
        "Cookie",
        "X-Request-Id",
        "Traceparent",
    ] {
        let header = format!("{name}: {{\"event\":\"forged\"}}\u{202e}\"}}\r\n");
        ask(town, "GET /me HTTP/1.1", &header).await;
    }
    send(
        town,
        b"GET /\x1b[31m\xff{\"event\":\"forged\"} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    )
    .await;
    send(town, b"\x1b[31m{\"event\":\"forged\"}\r\n\r\n").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_visitor_writes_a_line_of_the_log() {
    let mut town = Town::new().await;
    town.close().await;
    fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap();
    let words = town.folder.path().join("words.log");
    let mut program = Command::new(env!("CARGO_BIN_EXE_front-door"))
        .current_dir(town.folder.path())
        .env("ROCKET_PORT", town.public_url.rsplit(':').next().unwrap())
        .env("ROCKET_LOG_LEVEL", "debug")
        .stdout(File::create(&words).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    town.wait_until_links_are_read().await;
    forged_visit(&town).await;
    forged_requests(&town).await;
    program.kill().unwrap();
    program.wait().unwrap();

    let log = fs::read_to_string(&words).unwrap();
    assert!(
        !log.contains(['\u{1b}', '\u{202e}', '\u{2028}', '\0']),
        "nothing changes a terminal"
    );
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines.len() > 30, "{} lines", lines.len());
    let named = |event: &str| lines.iter().filter(|line| line["event"] == event).count();
    assert_eq!((named("forged"), named("signed_in")), (0, 1));
    assert_eq!(
        named("redirect_rejected"),
        1,
        "a return address that was not ours"
    );
    for (place, line) in lines.iter().enumerate() {
        let line = line.as_object().unwrap();
        assert!(!line.contains_key("user"), "line {place}");
        let text = serde_json::to_string(line).unwrap();
        for said in ["SAMLRequest=", "resume=", "?code=", "&state="] {
            assert!(!text.contains(said), "{said} in line {place}");
        }
    }
    let untrusted = lines.iter().filter(|line| {
        let message = line["message"].as_str();
        message.is_some_and(|message| message.contains("trusted_proxies"))
    });
    assert_eq!(untrusted.count(), 1, "said once a minute");
}
