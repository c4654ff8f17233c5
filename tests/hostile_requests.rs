//! Requests as no browser sends them: forged headers, other hosts, tricks with paths and methods, broken HTTP. None of them is let in, or breaks anything.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use imitation::browser::Browser;
use support::{Town, at_portal};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends bytes as they are; what comes back until the connection ends.
async fn raw(town: &Town, bytes: &[u8]) -> String {
    let port: u16 = town.public_url.rsplit(':').next().unwrap().parse().unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let _refused = stream.write_all(bytes).await;
    if !bytes
        .windows(17)
        .any(|window| window == b"Connection: close")
    {
        // Whatever is still missing will not come.
        let _ = stream.shutdown().await;
    }
    let mut answer = Vec::new();
    let _cut = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> u16 {
    let second = answer.split(' ').nth(1);
    second.and_then(|code| code.parse().ok()).unwrap_or(0)
}

/// A request with these lines behind the usual ones.
fn request(line: &str, headers: &str) -> Vec<u8> {
    format!("{line}\r\nHost: localhost\r\nConnection: close\r\nAccept: text/html\r\n{headers}\r\n")
        .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_header_makes_somebody_signed_in() {
    let town = Town::new().await;
    for header in [
        "X-Forwarded-User: admin",
        "X-Forwarded-Email: ada@customer.example",
        "Remote-User: admin",
        "REMOTE_USER: admin",
        "X-Auth-Request-User: admin",
        "OIDC_CLAIM_sub: 1",
        "X_Forwarded_User: admin",
        "X-Forwarded.User: admin",
        "Connection: close, X-Forwarded-User",
        "X-Amzn-Oidc-Data: eyJhbGciOiJub25lIn0.e30.",
        "X-Amzn-Oidc-Identity: 1",
        "Authorization: Bearer eyJhbGciOiJub25lIn0.e30.",
        "Authorization: Basic YWRtaW46YWRtaW4=",
        "User-Agent: GoogleHC/1.0",
        "User-Agent: kube-probe/1.0",
        "X-Original-URL: /health/live",
        "X-Rewrite-URL: /health/live",
        "PAOS: ver=\"urn:liberty:paos:2003-08\"",
        "Cookie: front-door=admin",
        "Cookie: __Host-front-door=admin",
    ] {
        let answer = raw(
            &town,
            &request("GET /me HTTP/1.1", &format!("{header}\r\n")),
        )
        .await;
        assert!(
            matches!(status(&answer), 303 | 401 | 400),
            "{header}: {}",
            status(&answer)
        );
        assert!(!answer.contains("ada@customer"), "{header}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_header_and_no_request_line_moves_our_own_addresses() {
    let town = Town::new().await;
    for (line, headers) in [
        (
            "GET /p/help HTTP/1.1",
            "X-Forwarded-Host: evil.test\r\nX-Forwarded-Proto: http\r\n",
        ),
        (
            "GET /p/help HTTP/1.1",
            "Forwarded: for=1.2.3.4;host=evil.test;proto=http\r\n",
        ),
        (
            "GET /p/help HTTP/1.1",
            "X-Forwarded-Uri: //evil.test\r\nX-Original-URL: //evil.test\r\n",
        ),
        (
            "GET /p/help HTTP/1.1",
            "X-Forwarded-Prefix: //evil.test\r\n",
        ),
        ("GET http://evil.test/p/help HTTP/1.1", ""),
        ("GET //evil.test/%2e%2e HTTP/1.1", ""),
        ("GET /\\evil.test/.. HTTP/1.1", ""),
        ("GET ///evil.test HTTP/1.1", ""),
        ("GET /p/help//evil.test HTTP/1.1", ""),
        (
            "GET /login?to=//evil.test&redirect_uri=https://evil.test&client_id=x&scope=admin HTTP/1.1",
            "",
        ),
    ] {
        let answer = raw(
            &town,
            &request(line, &format!("Sec-Fetch-Mode: navigate\r\n{headers}")),
        )
        .await;
        let head = answer.split("\r\n\r\n").next().unwrap_or_default();
        assert!(!head.contains("evil"), "{line} {headers}: {head}");
        assert!(
            !matches!(status(&answer), 0 | 500..),
            "{line}: {}",
            status(&answer)
        );
        if head.contains("response_type=code") {
            let ours = format!(
                "redirect_uri=http%3A%2F%2F{}",
                town.public_url
                    .trim_start_matches("http://")
                    .replace(':', "%3A")
            );
            assert!(
                head.contains(&ours) && head.contains("scope=openid"),
                "{line}: {head}"
            );
        }
    }
    let other_host = raw(&town, b"GET /p/help HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\nSec-Fetch-Mode: navigate\r\n\r\n").await;
    assert!(!other_host.contains("evil.test"), "{other_host}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_spelling_of_a_path_opens_what_is_for_people_who_are_signed_in() {
    let town = Town::new().await;
    for path in [
        "/me",
        "/me#/health/live",
        "/me%23/health/live",
        "/me?x=/health/live",
        "/health/live/../../me",
        "/health/%2e%2e/me",
        "/health//me",
        "/me;/health/live",
        "/ME",
        "/me/.",
        "/me%00",
        "/me/",
        "//me",
        "/./me",
        "/%6de",
        "/me%2f",
        "/static/../me",
        "/static/%2e%2e%2fme",
        "/p/help/../../me",
        "/p/help/%2e%2e/%2e%2e/me",
        "/admin",
        "/admin/links",
        "/setup",
    ] {
        let answer = raw(
            &town,
            &request(
                &format!("GET {path} HTTP/1.1"),
                "Sec-Fetch-Mode: navigate\r\n",
            ),
        )
        .await;
        assert!(
            matches!(status(&answer), 303 | 400..=499),
            "{path}: {}",
            status(&answer)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_and_overrides_change_nothing() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    let cookie = format!(
        "Cookie: front-door={}\r\n",
        browser.cookie("front-door").unwrap()
    );
    for (line, more) in [
        (
            "GET /logout?_method=POST HTTP/1.1",
            "X-HTTP-Method-Override: POST\r\n",
        ),
        (
            "POST /logout HTTP/1.1",
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n",
        ),
        (
            "POST /me HTTP/1.1",
            "X-HTTP-Method-Override: DELETE\r\nContent-Length: 0\r\n",
        ),
        ("DELETE /me HTTP/1.1", ""),
        ("PUT /p/help HTTP/1.1", "Content-Length: 0\r\n"),
        (
            "OPTIONS /me HTTP/1.1",
            "Origin: https://evil.test\r\nAccess-Control-Request-Method: POST\r\n",
        ),
        ("TRACE /me HTTP/1.1", ""),
        ("CONNECT localhost:80 HTTP/1.1", ""),
        (
            "POST /login/callback/cognito HTTP/1.1",
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n",
        ),
        (
            "POST /me/sign-out-everywhere HTTP/1.1",
            "Origin: null\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n",
        ),
    ] {
        let answer = raw(&town, &request(line, &format!("{cookie}{more}"))).await;
        let head = answer
            .split("\r\n\r\n")
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        assert!(!head.contains("access-control-allow"), "{line}");
        let page_to_confirm = line.starts_with("GET /logout");
        assert!(
            page_to_confirm || matches!(status(&answer), 400..=499),
            "{line}: {}",
            status(&answer)
        );
    }
    let me = browser.fetch(&town.at("/me")).await;
    assert_eq!(me.status, 200, "still signed in");
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_http_is_refused_and_the_next_visitor_is_served() {
    let town = Town::new().await;
    let long_header = format!(
        "GET /me HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
        "a".repeat(1024 * 1024)
    );
    let many_headers = format!(
        "GET /me HTTP/1.1\r\nHost: a\r\n{}\r\n",
        "X: y\r\n".repeat(10_000)
    );
    let long_code = format!(
        "GET /login/callback/cognito?state=a&code={} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "a".repeat(65_536)
    );
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("both lengths", b"POST /logout HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nGET /me HTTP/1.1\r\n\r\n".to_vec()),
        ("two lengths", b"POST /logout HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab".to_vec()),
        ("another encoding", b"POST /logout HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n".to_vec()),
        ("folded header", b"GET /me HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n".to_vec()),
        ("space before colon", b"GET /me HTTP/1.1\r\nHost : a\r\n\r\n".to_vec()),
        ("no request", b"\r\n\r\n\r\n".to_vec()),
        ("not http", b"\x16\x03\x01\x00\xa5\x01\x00\x00".to_vec()),
        ("nul in path", b"GET /me\0 HTTP/1.1\r\nHost: a\r\n\r\n".to_vec()),
        ("old version", b"GET /me HTTP/1.0\r\n\r\n".to_vec()),
        ("bad host", b"GET /me HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n".to_vec()),
        ("bad port", b"GET /me HTTP/1.1\r\nHost: localhost:99999\r\nConnection: close\r\n\r\n".to_vec()),
        ("no host", b"GET /me HTTP/1.1\r\nConnection: close\r\n\r\n".to_vec()),
        ("long header", long_header.into_bytes()),
        ("many headers", many_headers.into_bytes()),
        ("long code", long_code.into_bytes()),
        ("code that is no text", b"GET /login/callback/cognito?state=a&code=%ff%00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_vec()),
    ];
    for (what, bytes) in cases {
        let answer = raw(&town, &bytes).await;
        let refused = answer.is_empty() || matches!(status(&answer), 303 | 400..=499);
        assert!(refused, "{what}: {}", status(&answer));
        let live = Browser::new().open(&town.at("/health/live")).await;
        assert_eq!(live.status, 200, "after {what}");
    }
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert!(at_portal(&page).0.is_some());
}
