//! Canaries: secrets with a known song go through everything, and none of them is heard in a log, a page, a header, the audit trail, the store or a span.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

#[path = "support/collector.rs"]
mod collector;
mod support;

use std::fs::File;
use std::process::{Child, Command};

use collector::Collector;
use imitation::browser::{Browser, Page};
use imitation::cognito::Fault;
use support::{Town, traces};

/// What is no secret and still of nobody's concern who looks after a collector.
const PERSONAL: [&str; 4] = [
    "@customer.example",
    "Lovelace",
    "canary-of-a-text",
    "summary=",
];

/// The program at its most talkative, its words kept in a file.
fn start(town: &Town) -> Child {
    let words = File::create(town.folder.path().join("words.log")).unwrap();
    Command::new(env!("CARGO_BIN_EXE_front-door"))
        .current_dir(town.folder.path())
        .env("ROCKET_PORT", town.public_url.rsplit(':').next().unwrap())
        .env("ROCKET_LOG_LEVEL", "debug")
        .stdout(words.try_clone().unwrap())
        .stderr(words)
        .spawn()
        .unwrap()
}

/// Everything secret that a visit has met: what its addresses carried, and its cookies.
fn met(page: &Page, browser: &Browser, secrets: &mut Vec<String>) {
    for hop in &page.hops {
        let pairs = hop.url.query_pairs().chain(page.url.query_pairs());
        let carried = pairs.filter(|(name, _)| {
            ["code", "state", "nonce", "resume", "SAMLRequest"].contains(&&**name)
        });
        secrets.extend(carried.map(|(_, value)| value.into_owned()));
    }
    let fields = page.forms().into_iter();
    secrets.extend(fields.filter_map(|form| form.field("SAMLResponse").map(str::to_owned)));
    secrets.extend(browser.cookies().into_iter().map(|cookie| cookie.value));
}

/// What this browser holds, and the tokens that the provider gave.
fn held(browser: &Browser, town: &Town) -> Vec<String> {
    let cookies = browser.cookies().into_iter().map(|cookie| cookie.value);
    let refresh = town.cognito.refresh_tokens();
    assert!(!refresh.is_empty(), "a session is kept with each");
    let tokens = refresh.into_iter().chain(town.cognito.access_tokens());
    cookies.chain(tokens).collect()
}

/// A collector of the town's spans, which wants to see this.
fn collector_of(town: &mut Town, token: &str) -> Collector {
    let collector = Collector::start();
    town.settings.push_str(&collector.settings());
    let headers = format!("headers = \"authorization={token}\"\n");
    town.settings.push_str(&headers);
    collector
}

/// Waits until everything up to the request of this reference has come; nothing that anybody sent is said in it.
async fn says_nothing_of_anybody(collector: &mut Collector, last: &str) {
    let is_last = |span: &collector::Span| span.says("front_door.reference") == last;
    let came = collector.until(|came| came.spans.iter().any(is_last)).await;
    assert!(came.spans.len() > 500, "{} spans", came.spans.len());
    for said in came.spans.iter().flat_map(|span| span.says.values()) {
        let said = said.to_string();
        assert!(!said.contains(['?', '@', '&', '=']), "{said} is in a span");
    }
    let personal = PERSONAL.map(str::to_owned);
    assert_eq!(collector.heard(&personal), [0; 0], "somebody is in a span");
    assert_eq!(collector.heard(&[last.to_owned()]), [0]);
}

/// Those of the town's settings that are secrets.
fn secrets_of(town: &Town, customer_token: &str) -> Vec<String> {
    let client_secret = town.cognito.client_secret().unwrap();
    vec![
        client_secret,
        town.atlassian.api_token(),
        customer_token.to_owned(),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_written_or_shown_anywhere() {
    let mut town = Town::new().await;
    town.close().await;
    town.take_a_new_store();
    let (maker, customer_token) = town.atlassian.customer_account();
    let second =
        format!("customer_email = {maker:?}\ncustomer_token = {customer_token:?}\napi_token =");
    town.settings = town.settings.replace("api_token =", &second);
    let of_collector = "canary-of-the-collector".to_owned();
    let mut collector = collector_of(&mut town, &of_collector);
    std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap();
    let mut program = start(&town);
    town.wait_until_links_are_read().await;
    let lasting = secrets_of(&town, &customer_token);
    let mut secrets = lasting.clone();
    secrets.push(imitation::cognito::PASSWORD.to_owned());
    let metadata = Browser::new().open(&town.at("/saml/metadata")).await.text;
    town.atlassian.trust_metadata(&metadata);
    let mut shown = Vec::new();
    let faults = [
        None,
        Some(Fault::TokenRefused),
        Some(Fault::TokenEndpointHtml),
        Some(Fault::NonceWrong),
        Some(Fault::AlgNone),
        Some(Fault::UserInfoAway),
        Some(Fault::KeysAway),
    ];
    for fault in faults {
        if let Some(fault) = fault {
            town.cognito.misbehave(fault);
        }
        for username in ["ada", "ulf", "boris", "anna"] {
            let browser = Browser::new();
            let login = browser
                .open(&town.at("/p/help?summary=canary-of-a-text"))
                .await;
            met(&login, &browser, &mut secrets);
            let page = town.cognito.log_in(&browser, &login, username).await;
            met(&page, &browser, &mut secrets);
            let me = browser.open(&town.at("/me")).await;
            let logout = browser.open(&town.at("/logout")).await;
            shown.extend([page.clone(), me, logout]);
            browser.post_on(page).await;
        }
        town.cognito.behave();
    }
    let browser = Browser::new();
    let (wrong, right) = ("AAAAA-BBBBB-CCCCC-DDDDD", town.setup_code());
    shown.push(town.enter_code(&browser, "/admin/code", wrong).await);
    shown.push(town.enter_code(&browser, "/admin/code", &right).await);
    secrets.extend(held(&browser, &town));
    secrets.extend([
        wrong.to_owned(),
        wrong.replace('-', ""),
        right.replace('-', ""),
        right,
    ]);
    town.atlassian.set_customer_token_expired(true);
    let page = town.arrive(&Browser::new(), "/p/help", "charles").await;
    assert_eq!(page.status, 503, "{}", page.words());
    shown.push(page);
    town.atlassian.set_token_expired(true);
    let page = town.arrive(&Browser::new(), "/p/bill", "mary").await;
    let last = traces::reference(&page);
    shown.push(page);
    says_nothing_of_anybody(&mut collector, &last).await;
    let audit = Command::new(env!("CARGO_BIN_EXE_front-door"))
        .arg("audit")
        .current_dir(town.folder.path())
        .output()
        .unwrap();
    program.kill().unwrap();
    program.wait().unwrap();

    secrets.retain(|secret| secret.len() >= 16);
    assert!(secrets.len() > 60, "{} canaries", secrets.len());
    assert_eq!(collector.heard(&secrets), [0; 0], "canaries in a span");
    secrets.push(of_collector);
    let everywhere = std::fs::read_dir(town.folder.path()).unwrap();
    for file in everywhere.map(|entry| entry.unwrap().path()) {
        let is_settings =
            file.ends_with("Rocket.toml") || file.extension().is_some_and(|kind| kind == "key");
        if !is_settings {
            let bytes = std::fs::read(&file).unwrap();
            silent(&bytes, &secrets, &file.display().to_string());
            silent(&bytes, &["canary-of-a-text".to_owned()], "texts of tickets");
        }
    }
    let words = std::fs::read_to_string(town.folder.path().join("words.log")).unwrap();
    for event in ["signed_in", "refused", "customer_created", "handed_over"] {
        let line = format!("\"event\":\"{event}\"");
        assert!(words.contains(&line), "{event} is a line of the log");
    }
    silent(&audit.stdout, &secrets, "the audit trail");
    for page in shown {
        let headers = format!("{:?}", page.headers);
        silent(headers.as_bytes(), &lasting, "a header");
        silent(page.text.as_bytes(), &lasting, "a page");
    }
}

/// None of the canaries sings here. The canary itself is not printed.
fn silent(bytes: &[u8], secrets: &[String], place: &str) {
    let text = String::from_utf8_lossy(bytes);
    for (n, secret) in secrets.iter().enumerate() {
        let heard = text.contains(secret.as_str());
        assert!(!heard, "canary {n}, of {} bytes, in {place}", secret.len());
    }
}
