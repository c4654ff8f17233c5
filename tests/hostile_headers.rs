//! Headers and parameters that claim to speak for somebody: for a person, for a proxy, for us. None of them does.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::collections::BTreeMap;

use imitation::browser::Browser;
use support::Town;
use support::raw::{Answer, ask, send};
use url::Url;

/// Headers by which proxies, gateways and servers elsewhere say who somebody is, or that no login is needed.
const IDENTITIES: &[&str] = &[
    "X-Forwarded-User: admin",
    "X-Forwarded-Email: ada@customer.example",
    "X-Forwarded-Preferred-Username: ada",
    "X-Forwarded-Groups: helpdesk-admins",
    "X-Forwarded-Access-Token: eyJhbGciOiJub25lIn0.e30.",
    "Remote-User: admin",
    "REMOTE_USER: admin",
    "Remote_User: admin",
    "X-Remote-User: admin",
    "X-Auth-Request-User: admin",
    "X-Auth-Request-Email: ada@customer.example",
    "OIDC_CLAIM_sub: 1",
    "OIDC_CLAIM_email: ada@customer.example",
    "X_Forwarded_User: admin",
    "x_FORWARDED-user: admin",
    "X-Forwarded.User: admin",
    "X-WEBAUTH-USER: admin",
    "X-Goog-Authenticated-User-Email: ada@customer.example",
    "Cf-Access-Authenticated-User-Email: ada@customer.example",
    "X-MS-CLIENT-PRINCIPAL-NAME: ada@customer.example",
    "X-SSL-Client-S-DN: CN=ada",
    "X-Amzn-Oidc-Data: eyJhbGciOiJub25lIn0.e30.",
    "X-Amzn-Oidc-Data: eyJhbGciOiJFUzI1NiIsInNpZ25lciI6ImFybjphd3M6eCJ9.e30.AAAA",
    "X-Amzn-Oidc-Identity: 1",
    "X-Amzn-Oidc-Accesstoken: a.b.c",
    "Authorization: Bearer eyJhbGciOiJub25lIn0.e30.",
    "Authorization: Basic YWRtaW46YWRtaW4=",
    "Proxy-Authorization: Basic YWRtaW46YWRtaW4=",
    "User-Agent: GoogleHC/1.0",
    "User-Agent: kube-probe/1.0",
    "User-Agent: ELB-HealthChecker/2.0",
    "X-Original-URL: /health/live",
    "X-Rewrite-URL: /health/live",
    "X-Forwarded-Uri: /health/live",
    "X-Forwarded-For: 127.0.0.1",
    "X-Real-IP: 127.0.0.1",
    "X-HTTP-Method-Override: OPTIONS",
    "PAOS: ver=\"urn:liberty:paos:2003-08\"",
    "Accept: text/html, application/vnd.paos+xml",
    "Cookie: front-door=admin",
    "Cookie: __Host-front-door=admin",
];

/// Headers by which somebody says under which address we are.
const ADDRESSES: &[&str] = &[
    "X-Forwarded-Host: evil.test",
    "X-Forwarded-Host: evil.test\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Port: 443",
    "X-Forwarded-Proto: http",
    "X-Forwarded-Scheme: evil",
    "X-Forwarded-Server: evil.test",
    "X-Forwarded-Uri: //evil.test",
    "X-Forwarded-Prefix: //evil.test",
    "X-Forwarded-Path: //evil.test",
    "X-Original-URL: //evil.test",
    "X-Original-Host: evil.test",
    "X-Rewrite-URL: //evil.test",
    "X-Host: evil.test",
    "X-HTTP-Host-Override: evil.test",
    "X-Script-Name: //evil.test",
    "Forwarded: for=1.2.3.4;host=evil.test;proto=http",
    "Forwarded: host=\"evil.test\"",
    "Front-End-Https: off",
    "Origin: https://evil.test",
    "Referer: https://evil.test/",
];

fn to_login(town: &Town, answer: &Answer) -> bool {
    let authorize = format!("{}/oauth2/authorize?", town.cognito.base());
    let location = answer.header("location");
    answer.status() == 303 && location.is_some_and(|to| to.starts_with(&authorize))
}

/// What the provider is told, without what is different each time.
fn told(answer: &Answer) -> BTreeMap<String, String> {
    let location = Url::parse(answer.header("location").unwrap()).unwrap();
    let pairs = location.query_pairs().into_owned();
    let mut told: BTreeMap<_, _> = pairs.collect();
    assert_eq!(told.len(), location.query_pairs().count(), "none twice");
    for random in ["state", "nonce", "code_challenge"] {
        assert_eq!(told.remove(random).unwrap().len(), 43, "{random}");
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn no_header_makes_somebody_signed_in() {
    let town = Town::new().await;
    for header in IDENTITIES {
        let page = ask(&town, "GET /me HTTP/1.1", &format!("{header}\r\n")).await;
        assert!(to_login(&town, &page), "{header}: {}", page.head());
        let call = format!(
            "GET /me HTTP/1.1\r\nHost: a\r\nConnection: close\r\nSec-Fetch-Mode: cors\r\n{header}\r\n\r\n"
        );
        let call = send(&town, call.as_bytes()).await;
        assert_eq!(
            (call.status(), call.reason()),
            (401, "login_required"),
            "{header}"
        );
        for text in [page.text(), call.text()] {
            assert!(!text.contains("ada@customer"), "{header}");
        }
    }
    let spaced = ask(&town, "GET /me HTTP/1.1", "X-Forwarded-User : admin\r\n").await;
    assert_eq!(spaced.status(), 400, "a name with a space is none");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_header_makes_somebody_another_person() {
    let town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "mary").await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    let cookie = format!(
        "Cookie: front-door={}",
        browser.cookie("front-door").unwrap()
    );
    let named = [
        "X-Forwarded-User: mary",
        "X-Forwarded-Email: mary@acme.example",
        "X_Forwarded_Email: mary@acme.example",
        "Remote-User: mary",
        "Authorization: Bearer mary",
        "Connection: close, Cookie",
        "Connection: X-Forwarded-User, Cookie, Host",
        "X-Amzn-Oidc-Identity: mary",
    ];
    for header in named {
        let me = ask(
            &town,
            "GET /me HTTP/1.1",
            &format!("{cookie}\r\n{header}\r\n"),
        )
        .await;
        assert_eq!(me.status(), 200, "{header}");
        assert!(me.text().contains("ada@customer.example"), "{header}");
        assert!(!me.text().contains("mary@"), "{header}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_header_moves_our_own_addresses() {
    let town = Town::new().await;
    let paths = [
        "/p/help",
        "/login?to=%2Fme",
        "/me",
        "/",
        "/logout",
        "/saml/metadata",
        "/saml/sso?SAMLRequest=x",
        "/p/nowhere",
    ];
    for path in paths {
        let line = format!("GET {path} HTTP/1.1");
        let plain = ask(&town, &line, "").await;
        for header in ADDRESSES {
            let answer = ask(&town, &line, &format!("{header}\r\n")).await;
            assert_eq!(answer.status(), plain.status(), "{path} {header}");
            assert!(!answer.text().contains("evil"), "{path} {header}");
            if answer.status() == 303 {
                assert_eq!(told(&answer), told(&plain), "{path} {header}");
            }
            if path == "/saml/metadata" {
                assert!(answer.text().contains(&town.at("/saml/sso")), "{header}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_host_moves_our_own_addresses() {
    let town = Town::new().await;
    let ours = town.at("/login/callback/cognito");
    for (line, host) in [
        ("GET /p/help HTTP/1.1", "evil.test"),
        ("GET /p/help HTTP/1.1", "evil.test:443"),
        ("GET /p/help HTTP/1.1", "localhost.evil.test"),
        ("GET /login HTTP/1.1", "evil.test"),
        ("GET /me HTTP/1.1", "[::1]:8000"),
        ("GET http://evil.test/p/help HTTP/1.1", "localhost"),
        ("GET https://evil.test/login HTTP/1.1", "evil.test"),
        ("GET http://a:b@evil.test/me HTTP/1.1", "localhost"),
    ] {
        let request = format!(
            "{line}\r\nHost: {host}\r\nConnection: close\r\nSec-Fetch-Mode: navigate\r\n\r\n"
        );
        let answer = send(&town, request.as_bytes()).await;
        assert!(to_login(&town, &answer), "{line} {host}: {}", answer.head());
        assert!(!answer.text().contains("evil"), "{line} {host}");
        assert_eq!(told(&answer)["redirect_uri"], ours, "{line} {host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_parameter_speaks_for_us_at_the_provider() {
    let town = Town::new().await;
    let plain = told(&ask(&town, "GET /login HTTP/1.1", "").await);
    let names = [
        "redirect_uri",
        "client_id",
        "scope",
        "response_type",
        "response_mode",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "max_age",
        "login_hint",
        "identity_provider",
        "idp_identifier",
        "acr_values",
        "claims",
        "request_uri",
        "resource",
        "ui_locales",
    ];
    for path in ["/login", "/p/help", "/me"] {
        for name in names {
            for value in ["evil", "https%3A%2F%2Fevil.test", "none", ""] {
                let line = format!("GET {path}?{name}={value} HTTP/1.1");
                let answer = ask(&town, &line, "").await;
                assert!(to_login(&town, &answer), "{line}: {}", answer.head());
                assert_eq!(told(&answer), plain, "{line}");
            }
        }
        let line = format!("GET {path}?state=evil&state=evil HTTP/1.1");
        assert_eq!(told(&ask(&town, &line, "").await), plain, "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preflight_is_told_nothing() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    let cookie = format!(
        "Cookie: front-door={}\r\n",
        browser.cookie("front-door").unwrap()
    );
    for path in [
        "/",
        "/me",
        "/p/help",
        "/logout",
        "/me/sign-out-everywhere",
        "/saml/sso",
        "/login",
        "*",
    ] {
        for origin in [
            "https://evil.test",
            "null",
            "https://evil.test\r\nAccess-Control-Request-Private-Network: true",
        ] {
            let line = format!("OPTIONS {path} HTTP/1.1");
            let asked = format!(
                "{cookie}Origin: {origin}\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x\r\n"
            );
            let answer = ask(&town, &line, &asked).await;
            assert_eq!(
                (answer.status(), answer.reason()),
                (404, "not_found"),
                "{path} {origin}"
            );
            let head = answer.head().to_ascii_lowercase();
            assert!(!head.contains("access-control-allow"), "{path}: {head}");
            assert!(
                !answer.text().contains("ada@") && !answer.text().contains("evil"),
                "{path}"
            );
        }
    }
}
