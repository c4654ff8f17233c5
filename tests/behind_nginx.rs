//! Behind Debian's nginx with the settings in `deploy/nginx`: a whole login, whose address counts, the largest heads, slow answers, and a restart.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use imitation::browser::{Browser, Page};
use imitation::saml::{AuthnRequest, redirect_url};
use support::nginx::BehindNginx;
use support::{arrived, raw, told};

/// The names of the cookies that an answer sets.
fn cookies_set(page: &Page) -> Vec<&str> {
    let lines = page.headers.iter().filter(|(name, _)| name == "set-cookie");
    let names = lines.map(|(_, line)| line.split('=').next().unwrap());
    names.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_login_works_with_host_cookies_and_nothing_of_it_is_logged() {
    let behind = BehindNginx::new(&[]).await;
    let town = &behind.town;
    let browser = town.browser();
    let begun = browser.open_once(&town.at("/p/help")).await;
    assert!(cookies_set(&begun)[0].starts_with("__Host-attempt-"));
    assert!(begun.header("strict-transport-security").is_some());
    let page = town.arrive(&browser, "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    assert!(browser.cookie("__Host-front-door").is_some());
    let page = browser
        .open(&town.at("/p/help/create/401?summary=private"))
        .await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
    let question = browser.open(&town.at("/logout")).await;
    browser.submit(&question.form_with("csrf"), &[]).await;
    assert_eq!(browser.open_once(&town.at("/me")).await.status, 303);
    let logs = behind.logs();
    let lines = [
        "\"/p/help\" 303",
        "\"/login/callback/cognito\" 303",
        "\"/saml/sso\" 200",
    ];
    for line in lines {
        assert!(logs.contains(line), "{line}: {logs}");
    }
    for secret in ["code=", "state=", "SAMLRe", "RelayState", "private", "?"] {
        assert!(!logs.contains(secret), "{secret}: {logs}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_in_the_trail_is_that_of_the_connection_whatever_a_visitor_says() {
    let behind = BehindNginx::new(&[]).await;
    let town = &behind.town;
    let liar = behind
        .browser_at([127, 0, 0, 2])
        .with_header("X-Forwarded-For", "203.0.113.7")
        .with_header("X-Real-IP", "203.0.113.7")
        .with_header("Forwarded", "for=203.0.113.7")
        .with_header("X-Forwarded-Host", "evil.example");
    town.arrive(&liar, "/p/help", "ada").await;
    let trail = town.trail().await;
    let came = trail.iter().filter(|event| event["client"].is_string());
    let clients: Vec<&str> = came
        .map(|event| event["client"].as_str().unwrap())
        .collect();
    assert!(clients.len() >= 3, "{trail:?}");
    assert!(
        clients.iter().all(|client| *client == "127.0.0.2"),
        "{clients:?}"
    );
    assert!(behind.logs().contains("127.0.0.2 ["));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_heads_pass_and_larger_ones_are_refused_in_words() {
    let behind = BehindNginx::new(&[]).await;
    let town = &behind.town;
    let browser = town.browser();
    for _ in 0..40 {
        browser.open_once(&town.at("/p/help")).await;
    }
    let long = format!("/p/help/create/401?description={}", "a".repeat(1_700));
    let begun = browser.open_once(&town.at(&long)).await;
    let lines = begun.headers.iter();
    let head: usize = lines
        .map(|(name, value)| name.len() + value.len() + 4)
        .sum();
    assert!(
        begun.status == 303 && head > 4_096,
        "{} {head}",
        begun.status
    );
    let page = town.arrive(&browser, "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    let answer = async |bytes: usize| {
        let cookie = format!("a={}", "b".repeat(bytes));
        let stranger = town.browser().with_header("Cookie", &cookie);
        stranger.fetch(&town.at("/me")).await
    };
    let largest = answer(30_000).await;
    assert_eq!(largest.status, 401, "{}", largest.text);
    assert!(largest.says("login_required"), "{}", largest.text);
    let larger = answer(34_000).await;
    assert_eq!(larger.status, 400);
    assert!(larger.says("Request Header Or Cookie Too Large"));
    let opened = async |state: usize| {
        let path = format!("/login/callback/cognito?state={}&code=b", "a".repeat(state));
        browser.open_once(&town.at(&path)).await
    };
    let ours = opened(30_000).await;
    assert_eq!(told(&ours), (Some("login_invalid".to_owned()), 400));
    let longer = opened(34_000).await;
    assert_eq!(longer.status, 414);
    assert!(longer.says("Request-URI Too Large"));
    let large = "a".repeat(2 << 20);
    let form = [("SAMLRequest", large.as_str())];
    let large = browser.post(&town.at("/saml/sso"), &form, None).await;
    assert_eq!(large.status, 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_saml_request_in_an_address_is_answered() {
    let behind = BehindNginx::new(&[]).await;
    let town = &behind.town;
    let browser = town.browser();
    town.arrive(&browser, "/p/help", "ada").await;
    let request = AuthnRequest::new(
        &town.atlassian.entity_id("portal"),
        &town.atlassian.acs_url("portal"),
        &town.at("/saml/sso"),
        town.clock.now(),
    );
    let state = "%".repeat(2_000);
    let address = redirect_url(&town.at("/saml/sso"), &request.xml(), Some(&state));
    assert!(address.as_str().len() > 6_000);
    let page = browser.open(address.as_str()).await;
    let form = page.form_with("SAMLResponse");
    assert_eq!(form.field("RelayState"), Some(state.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_used_again_and_a_restart_is_no_bad_gateway() {
    let mut behind = BehindNginx::new(&[]).await;
    let browser = behind.town.browser();
    let page = behind.town.arrive(&browser, "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    let before = behind.pipe.connections();
    for _ in 0..20 {
        assert_eq!(browser.open(&behind.town.at("/me")).await.status, 200);
    }
    let more = behind.pipe.connections() - before;
    assert!(
        more <= 1,
        "one for all of them, renewed now and then: {more}"
    );
    let question = browser.open(&behind.town.at("/logout")).await;
    behind.town.close().await;
    let away = behind.town.at("/login/callback/cognito?code=private");
    let away = browser.open(&away).await;
    assert_eq!((away.status, away.header("retry-after")), (503, Some("10")));
    assert!(away.says("try again shortly"), "{}", away.text);
    assert!(!behind.logs().contains("private"), "{}", behind.logs());
    behind.open().await;
    let done = browser.submit_once(&question.form_with("csrf"), &[]).await;
    assert_eq!(done.status, 303, "a form from before: {}", done.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_never_comes_is_given_up_and_not_asked_for_twice() {
    let behind = BehindNginx::new(&[("proxy_read_timeout 60s", "proxy_read_timeout 1s")]).await;
    behind.pipe.hold().await;
    let before = behind.pipe.connections();
    let page = behind
        .browser_at([127, 0, 0, 3])
        .open(&behind.town.at("/me"))
        .await;
    assert_eq!((page.status, page.header("retry-after")), (503, Some("10")));
    assert_eq!(behind.pipe.connections(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_is_away_is_passed_over_with_forms_too() {
    // Nothing listens at port 9; nginx asks it again at every second request.
    let away = "server 127.0.0.1:9 fail_timeout=0; keepalive 32;";
    let behind = BehindNginx::new(&[("keepalive 32;", away)]).await;
    let browser = behind.town.browser();
    let page = behind.town.arrive(&browser, "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    for _ in 0..4 {
        let out = behind.town.at("/me/sign-out-everywhere");
        let refused = browser.post(&out, &[("csrf", "x")], None).await;
        assert_eq!(refused.status, 403, "{}", refused.text);
    }
    assert!(behind.logs().contains("127.0.0.1:9, 127.0.0.1:"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_connects_and_says_nothing_is_let_go() {
    let shorter = ("client_header_timeout 10s", "client_header_timeout 1s");
    let behind = BehindNginx::new(&[shorter]).await;
    let silent = raw::read(raw::connect(&behind.town).await).await;
    assert_eq!(silent.text(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_not_compressed() {
    let behind = BehindNginx::new(&[]).await;
    let asking = Browser::with_header(behind.town.browser(), "Accept-Encoding", "gzip");
    let page = asking.open(&behind.town.at("/")).await;
    assert_eq!((page.status, page.header("content-encoding")), (200, None));
}
