//! Sessions as attackers try them: changed, cut, planted, tossed; and nothing of a signed-in page stays in a cache.

mod support;

use imitation::browser::Browser;
use support::Town;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_changed_in_any_way_is_none() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    let good = browser.cookie("front-door").unwrap_or_default();
    let mut changed: Vec<String> = (0..good.len())
        .map(|at| {
            let mut bytes = good.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            String::from_utf8(bytes).unwrap_or_default()
        })
        .collect();
    changed.extend((0..good.len()).map(|length| good[..length].to_owned()));
    changed.extend(
        [
            "' OR 1=1 --",
            "*",
            "../../etc/passwd",
            "%0d%0aFLUSHALL%0d%0a",
            "undefined",
            "null",
        ]
        .map(str::to_owned),
    );
    changed.push(format!("{good}{good}"));
    changed.push("A".repeat(100_000));
    // The last character of base64 carries bits that count for nothing: any other spelling is refused too.
    for session in changed {
        let cookie = format!("front-door={session}");
        let page = Browser::new()
            .with_header("Cookie", &cookie)
            .fetch(&town.at("/me"))
            .await;
        assert!(
            matches!(page.status, 401 | 413 | 431),
            "{} bytes: {}",
            session.len(),
            page.status
        );
    }
    assert_eq!(browser.fetch(&town.at("/me")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn cookie_lines_that_are_no_cookies_do_no_harm() {
    let town = Town::new().await;
    let pairs = |name: &str| -> Vec<String> { (0..200).map(|n| format!("{name}{n}=v")).collect() };
    let (many, attempts) = (pairs("c").join("; "), pairs("attempt-").join("; "));
    for line in [
        ";",
        "=",
        "; ;",
        "front-door",
        "=front-door",
        ";;;=;a;=b",
        "a\u{ff}=b",
        &many,
        &attempts,
    ] {
        let page = Browser::new()
            .with_header("Cookie", line)
            .fetch(&town.at("/me"))
            .await;
        assert_eq!(page.status, 401, "{line:.40}");
        let live = Browser::new()
            .with_header("Cookie", line)
            .fetch(&town.at("/health/live"))
            .await;
        assert_eq!(live.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_session_stays_worthless_after_its_victim_logs_in() {
    let town = Town::new().await;
    let attacker = Browser::new();
    town.arrive(&attacker, "/p/help", "mary").await;
    let planted = attacker.cookie("front-door").unwrap_or_default();
    for planted in [planted, "A".repeat(43)] {
        let victim = Browser::new();
        victim.plant_cookie(&town.at("/"), "front-door", &planted);
        let login = victim.open(&town.at("/login?to=%2Fme")).await;
        let me = town.cognito.log_in(&victim, &login, "ada").await;
        assert!(me.says("ada@customer.example"), "{}", me.words());
        assert_ne!(
            victim.cookie("front-door").as_deref(),
            Some(planted.as_str())
        );
        let cookie = format!("front-door={planted}");
        let page = Browser::new()
            .with_header("Cookie", &cookie)
            .fetch(&town.at("/me"))
            .await;
        assert!(!page.text.contains("ada@customer.example"));
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
        "/p/help",
        "/p/unknown",
        "/saml/sso",
        "/login?to=%2Fme",
    ] {
        let page = browser.open_once(&town.at(path)).await;
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
    }
}
