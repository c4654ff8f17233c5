//! Sessions as attackers try them: changed, cut, planted, tossed, swapped in the store; and nothing of a signed-in page stays in a cache.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use imitation::browser::{Browser, Page};
use support::Town;
use support::raw::{ask, send};

async fn me_with(town: &Town, cookies: &str) -> Page {
    let browser = Browser::new().with_header("Cookie", cookies);
    browser.fetch(&town.at("/me")).await
}

/// Signs this person in; the value of the session's cookie.
async fn session_of(town: &Town, username: &str) -> String {
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", username).await;
    browser.cookie("front-door").unwrap()
}

/// The good session with one character changed at every place, cut at every place, and others that are none.
fn spoiled(good: &str) -> Vec<String> {
    let mut spoiled: Vec<String> = (0..good.len())
        .map(|at| {
            let other = if good.as_bytes()[at] == b'A' {
                "B"
            } else {
                "A"
            };
            format!("{}{other}{}", &good[..at], &good[at + 1..])
        })
        .collect();
    spoiled.extend((0..good.len()).map(|length| good[..length].to_owned()));
    let others = [
        "' OR 1=1 --",
        "*",
        "%",
        "_",
        "../../etc/passwd",
        "%0d%0aFLUSHALL%0d%0a",
        "session:x",
        "undefined",
        "null",
        "<script>alert(1)</script>",
    ];
    spoiled.extend(others.map(str::to_owned));
    // The last character of base64 carries bits that count for nothing: any other spelling is refused too.
    spoiled.extend([
        format!("{good}{good}"),
        format!("{good}="),
        format!("{good}%20"),
        format!("{good}%00"),
        format!("\"{good}\""),
        good.to_lowercase(),
        good.to_uppercase(),
        "A".repeat(good.len()),
        "A".repeat(10_000),
    ]);
    spoiled
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_changed_in_any_way_is_none() {
    let town = Town::new().await;
    let good = session_of(&town, "ada").await;
    let authorize = format!("{}/oauth2/authorize?", town.cognito.base());
    for session in spoiled(&good) {
        let cookie = format!("front-door={session}");
        let call = me_with(&town, &cookie).await;
        assert_eq!(call.status, 401, "{session:.60}");
        let page = ask(&town, "GET /me HTTP/1.1", &format!("Cookie: {cookie}\r\n")).await;
        assert_eq!(page.status(), 303, "{session:.60}");
        let location = page.header("location").unwrap();
        assert!(location.starts_with(&authorize), "{session:.60}");
        assert!(!page.text().contains("alert(1)"));
    }
    let too_long = format!("front-door={}", "A".repeat(100_000));
    assert_eq!(me_with(&town, &too_long).await.status, 413);
    let good = format!("front-door={good}");
    assert_eq!(me_with(&town, &good).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn cookie_lines_that_are_no_cookies_do_no_harm() {
    let town = Town::new().await;
    let pairs = |name: &str| -> Vec<String> { (0..200).map(|n| format!("{name}{n}=v")).collect() };
    let (many, attempts) = (pairs("c").join("; "), pairs("attempt-").join("; "));
    let lines: [&[u8]; 17] = [
        b"",
        b";",
        b"=",
        b"; ;",
        b"front-door",
        b"=front-door",
        b"front-door=",
        b"front-door==",
        b";;;=;a;=b",
        b"a\xff=b",
        b"front-door=\xff\xfe",
        "a\u{2000}=\u{1f36a}".as_bytes(),
        b"front-door=a,front-door=b",
        b"$Version=1; $Path=/; front-door=a",
        b"a=\"; front-door=b; c=\"",
        many.as_bytes(),
        attempts.as_bytes(),
    ];
    for line in lines {
        let shown = String::from_utf8_lossy(line).into_owned();
        for (path, expected) in [
            ("/me", 401),
            ("/health/live", 200),
            ("/login/callback/cognito", 400),
        ] {
            let begun = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: ");
            let answer = send(&town, &[begun.as_bytes(), line, b"\r\n\r\n"].concat()).await;
            assert_eq!(answer.status(), expected, "{shown:.60} at {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_session_stays_worthless_after_its_victim_logs_in() {
    let town = Town::new().await;
    for planted in [
        session_of(&town, "mary").await,
        "A".repeat(43),
        "x".to_owned(),
    ] {
        let victim = Browser::new();
        victim.plant_cookie(&town.at("/"), "front-door", &planted);
        let login = victim.open(&town.at("/login?to=%2Fme")).await;
        let me = town.cognito.log_in(&victim, &login, "ada").await;
        assert!(me.says("ada@customer.example"), "{}", me.words());
        assert_ne!(victim.cookie("front-door").unwrap(), planted);
        let thief = me_with(&town, &format!("front-door={planted}")).await;
        assert_eq!(thief.status, 401, "the session that was replaced has ended");
        assert_eq!(
            me_with(
                &town,
                &format!("front-door={}", victim.cookie("front-door").unwrap())
            )
            .await
            .status,
            200
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_changed_in_the_store_is_none() {
    let town = Town::new().await;
    let sessions = [
        session_of(&town, "ada").await,
        session_of(&town, "mary").await,
    ];
    let change = |statement: &str| {
        let path = town.folder.path().join("front-door.sqlite");
        let store = rusqlite::Connection::open(path).unwrap();
        store.execute_batch(statement).unwrap();
    };
    let sessions_are_none = async |what: &str| {
        for session in &sessions {
            let cookie = format!("front-door={session}");
            let call = me_with(&town, &cookie).await;
            assert_eq!(call.status, 401, "{what}: {}", call.text);
            let page = ask(
                &town,
                "GET /p/help HTTP/1.1",
                &format!("Cookie: {cookie}\r\n"),
            )
            .await;
            assert_eq!(page.status(), 303, "{what}");
        }
    };
    let mine = "name LIKE 'session:%'";
    change(&format!(
        "CREATE TABLE kept AS SELECT name, value FROM entry WHERE {mine}"
    ));
    for (what, value) in [
        (
            "swapped",
            "(SELECT value FROM kept WHERE kept.name <> entry.name)",
        ),
        ("cut", "substr(value, 1, length(value) - 1)"),
        ("longer", "value || x'00'"),
        ("another version", "x'ff' || substr(value, 2)"),
        (
            "its last byte changed",
            "substr(value, 1, length(value) - 1) || x'00'",
        ),
        ("zeroes", "zeroblob(length(value))"),
        ("empty", "x''"),
        ("random", "randomblob(200)"),
        ("text", "'{\"identity\":{}}'"),
    ] {
        change(&format!(
            "UPDATE entry SET value = CAST({value} AS BLOB) WHERE {mine}"
        ));
        sessions_are_none(what).await;
    }
    change(
        "UPDATE entry SET value = (SELECT value FROM kept WHERE kept.name = entry.name) WHERE name IN (SELECT name FROM kept)",
    );
    for session in &sessions {
        assert_eq!(
            me_with(&town, &format!("front-door={session}"))
                .await
                .status,
            200
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_is_kept_by_a_cache() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    for path in [
        "/",
        "/me",
        "/logout",
        "/signed-out",
        "/p/help",
        "/p/help/create/401?summary=x",
        "/p/unknown",
        "/saml/sso",
        "/login?to=%2Fme",
        "/login/callback/cognito?state=x&code=y",
        "/nowhere",
    ] {
        let page = browser.open_once(&town.at(path)).await;
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
        let call = browser.fetch(&town.at(path)).await;
        assert_eq!(call.header("cache-control"), Some("no-store"), "{path}");
    }
    let asked = browser.open(&town.at("/p/help")).await;
    assert_eq!(
        asked.header("cache-control"),
        Some("no-store"),
        "an assertion"
    );
}
