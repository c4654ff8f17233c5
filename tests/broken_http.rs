//! Broken HTTP, hosts that are none, heads without end, visitors without haste: each is refused by itself, and whoever comes next is served.

mod support;

use imitation::browser::Browser;
use support::raw::{Answer, ask, connect, send};
use support::{Town, arrived};
use tokio::io::AsyncWriteExt as _;

fn told(answer: &Answer) -> (u16, &str) {
    (answer.status(), answer.reason())
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_http_is_refused_and_the_next_visitor_is_served() {
    let town = Town::new().await;
    let usual = "Host: a\r\nConnection: close";
    let post = |headers: &str, body: &str| {
        format!("POST /logout HTTP/1.1\r\n{usual}\r\n{headers}\r\n\r\n{body}").into_bytes()
    };
    let get =
        |headers: &str| format!("GET /me HTTP/1.1\r\n{usual}\r\n{headers}\r\n\r\n").into_bytes();
    let cases: Vec<(&str, Vec<u8>, u16)> = vec![
        (
            "two lengths",
            post("Content-Length: 1\r\nContent-Length: 2", "ab"),
            400,
        ),
        ("lengths in a list", post("Content-Length: 1, 2", "ab"), 400),
        (
            "a length with a sign",
            post("Content-Length: +2", "ab"),
            400,
        ),
        (
            "a length that is none",
            post("Content-Length: two", "ab"),
            400,
        ),
        (
            "a length beyond numbers",
            post("Content-Length: 99999999999999999999999", "ab"),
            400,
        ),
        ("another coding", post("Transfer-Encoding: x", ""), 400),
        (
            "nearly chunked",
            post("Transfer-Encoding: xchunked", "0\r\n\r\n"),
            400,
        ),
        (
            "chunked first",
            post("Transfer-Encoding: chunked, identity", "0\r\n\r\n"),
            400,
        ),
        (
            "chunked in 1.0",
            b"POST /logout HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                .to_vec(),
            400,
        ),
        ("a folded header", get("X: a\r\n b"), 400),
        ("a space before the colon", get("X : a"), 400),
        ("a space in a name", get("X y: a"), 400),
        ("a header without a name", get(": a"), 400),
        ("a header without a colon", get("X"), 400),
        ("NUL in a header", get("X: a\0b"), 400),
        ("CR in a header", get("X: a\rb"), 400),
        (
            "NUL in a path",
            b"GET /me\0 HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
            400,
        ),
        (
            "a space in a path",
            b"GET /me x HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
            400,
        ),
        (
            "a newer version",
            b"GET /me HTTP/9.9\r\nHost: a\r\n\r\n".to_vec(),
            400,
        ),
        ("no version", b"GET /me\r\n\r\n".to_vec(), 400),
        ("no http", b"\x16\x03\x01\x00\xa5\x01\x00\x00".to_vec(), 400),
        (
            "bytes in a cookie",
            [
                b"GET /me HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: front-door=\xff\xfe"
                    .as_slice(),
                b"\r\n\r\n",
            ]
            .concat(),
            401,
        ),
        ("other codings wanted", get("TE: x"), 401),
        (
            "line ends without CR, which may be",
            b"GET /me HTTP/1.1\nHost: a\nConnection: close\n\n".to_vec(),
            401,
        ),
    ];
    for (what, bytes, expected) in cases {
        let answer = send(&town, &bytes).await;
        assert_eq!(answer.status(), expected, "{what}: {}", answer.text());
        assert!(answer.count() <= 1, "{what}");
        let live = Browser::new().open(&town.at("/health/live")).await;
        assert_eq!(live.status, 200, "after {what}");
    }
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_smuggled_behind_a_body_of_two_lengths() {
    let town = Town::new().await;
    let hidden = "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n";
    for (headers, body) in [
        (
            "Transfer-Encoding: chunked\r\nContent-Length: 4",
            "0\r\n\r\n",
        ),
        (
            "Content-Length: 4\r\nTransfer-Encoding: chunked",
            "0\r\n\r\n",
        ),
        (
            "Content-Length: 4\r\ntransfer-encoding:\tchunked",
            "0\r\n\r\n",
        ),
        (
            "Transfer-Encoding: chunked\r\nContent-Length: 0",
            "1\r\na\r\n0\r\n\r\n",
        ),
        ("Transfer-Encoding: chunked", "zz\r\n\r\n"),
        ("Transfer-Encoding: chunked", "-1\r\n\r\n"),
        ("Transfer-Encoding: chunked", "fffffffffffffffff\r\n\r\n"),
    ] {
        let request =
            format!("POST /logout HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n{body}{hidden}");
        let answer = send(&town, request.as_bytes()).await;
        assert_eq!(
            told(&answer),
            (403, "not_allowed"),
            "{headers}: {}",
            answer.text()
        );
        assert_eq!(answer.count(), 1, "{headers}: {}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_names_one_host_that_is_one() {
    let town = Town::new().await;
    for host in [
        "",
        "Host:\r\n",
        "Host: \r\n",
        "Host: a\r\nHost: b\r\n",
        "Host: a\r\nhost: a\r\n",
        "Host: a b\r\n",
        "Host: a, b\r\n",
        "Host: localhost:99999\r\n",
        "Host: localhost:-1\r\n",
        "Host: localhost:x\r\n",
        "Host: user@evil.test\r\n",
        "Host: a:b@evil.test\r\n",
        "Host: http://evil.test\r\n",
        "Host: evil.test/x\r\n",
        "Host: evil.test?x\r\n",
        "Host: evil.test#x\r\n",
        "Host: evil\\test\r\n",
        "Host: \"evil.test\"\r\n",
        "Host: <script>\r\n",
        "Host: [::1\r\n",
        "Host: \u{e4}.test\r\n",
    ] {
        for line in [
            "GET /me HTTP/1.1",
            "GET /me HTTP/1.0",
            "GET /login HTTP/1.1",
            "GET /p/help HTTP/1.1",
            "POST /saml/sso HTTP/1.1",
        ] {
            let request = format!(
                "{line}\r\n{host}Connection: close\r\nSec-Fetch-Mode: navigate\r\nContent-Length: 0\r\n\r\n"
            );
            let answer = send(&town, request.as_bytes()).await;
            assert_eq!(told(&answer), (400, "bad_request"), "{line} {host:?}");
            assert!(!answer.text().contains("evil"), "{line} {host:?}");
        }
    }
    for host in [
        "localhost",
        "localhost:8000",
        "127.0.0.1",
        "[::1]:8000",
        "front_door.internal",
        "SSO.EXAMPLE.TEST.",
    ] {
        let request = format!("GET /me HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = send(&town, request.as_bytes()).await;
        assert_eq!(told(&answer), (401, "login_required"), "{host}");
    }
    let of_old = send(&town, b"GET /health/live HTTP/1.0\r\n\r\n").await;
    assert_eq!(of_old.status(), 200, "a load balancer that speaks HTTP/1.0");
    let two = send(
        &town,
        b"GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
    )
    .await;
    assert_eq!(two.status(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_without_end_is_refused_before_any_work() {
    let town = Town::new().await;
    let line = |bytes: usize| format!("X: {}\r\n", "a".repeat(bytes));
    let cookies = |count: usize| {
        let pairs: Vec<_> = (0..count).map(|n| format!("attempt-{n}=v")).collect();
        format!("Cookie: {}\r\n", pairs.join("; "))
    };
    for (what, headers, expected) in [
        (
            "as much as a browser may bring",
            cookies(400),
            (401, "login_required"),
        ),
        ("a long line", line(33_000), (413, "too_large")),
        (
            "many long lines",
            line(1_000).repeat(40),
            (413, "too_large"),
        ),
        (
            "a session of 64 KiB",
            format!("Cookie: front-door={}\r\n", "a".repeat(65_536)),
            (413, "too_large"),
        ),
        (
            "twenty thousand cookies",
            cookies(20_000),
            (413, "too_large"),
        ),
        (
            "more lines than anybody sends",
            "X: y\r\n".repeat(200),
            (431, ""),
        ),
        (
            "two hundred lines of cookies",
            "Cookie: a=b\r\n".repeat(200),
            (431, ""),
        ),
        ("ten thousand lines", "X: y\r\n".repeat(10_000), (431, "")),
        ("a line of a mebibyte", line(1 << 20), (431, "")),
    ] {
        for path in ["/me", "/login/callback/cognito?state=a&code=b"] {
            let request =
                format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n");
            let answer = send(&town, request.as_bytes()).await;
            let expected = match expected {
                (401, _) if path != "/me" => (400, "login_expired"),
                other => other,
            };
            assert_eq!(told(&answer), expected, "{what} at {path}");
            assert_eq!(answer.header("set-cookie"), None, "{what} at {path}");
        }
    }
    let address = format!("GET /me?{} HTTP/1.1", "a".repeat(65_536));
    assert_eq!(ask(&town, &address, "").await.status(), 414);
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_visitor_who_is_slow() {
    let town = Town::new().await;
    let mut slow = Vec::new();
    for n in 0..100 {
        let mut visitor = connect(&town).await;
        let begun: &[u8] = match n % 4 {
            0 => b"",
            1 => b"GET /me HTTP/1.1\r\nHost: a\r\nX: a",
            2 => b"POST /saml/sso HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nSAMLRequest=",
            _ => b"POST /logout HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ncsr",
        };
        visitor.write_all(begun).await.unwrap();
        slow.push(visitor);
    }
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}
