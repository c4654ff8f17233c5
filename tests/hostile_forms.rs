//! Forms that change something, posted by others: of another site, without the session's token, or not as a form. Only our own button does anything.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use imitation::browser::Browser;
use support::raw::{Answer, ask, send};
use support::{Town, reason};

const FORM: &str = "application/x-www-form-urlencoded";

/// What changes something for whoever is signed in.
const CHANGES: [&str; 2] = ["/logout", "/me/sign-out-everywhere"];

/// Ada, signed in, and what her browser knows.
struct Ada {
    town: Town,
    browser: Browser,
    session: String,
    /// What the forms of her session carry.
    token: String,
}

impl Ada {
    async fn new() -> Self {
        let town = Town::new().await;
        let (browser, token) = signed_in(&town, "ada").await;
        let session = browser.cookie("front-door").unwrap();
        Self {
            town,
            browser,
            session,
            token,
        }
    }

    /// Posts a body with her session, as a page that sends these headers would.
    async fn post(&self, path: &str, headers: &str, kind: &str, body: &str) -> Answer {
        let session = &self.session;
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: front-door={session}\r\n{headers}Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        send(&self.town, request.as_bytes()).await
    }

    async fn is_signed_in(&self) -> bool {
        self.browser.fetch(&self.town.at("/me")).await.status == 200
    }

    /// The headers of our own pages.
    fn ours(&self) -> String {
        format!("Origin: {}\r\n", self.town.public_url)
    }
}

/// A browser in which this person is signed in, and the token of its forms.
async fn signed_in(town: &Town, username: &str) -> (Browser, String) {
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", username).await;
    let form = browser.open(&town.at("/logout")).await.form_with("csrf");
    let token = form.field("csrf").unwrap().to_owned();
    (browser, token)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_changes_nothing_even_with_the_right_token() {
    let ada = Ada::new().await;
    let ours = &ada.town.public_url;
    let body = format!("csrf={}", ada.token);
    for headers in [
        String::new(),
        "Origin: null\r\n".to_owned(),
        "Origin: \r\n".to_owned(),
        "Origin: https://evil.test\r\n".to_owned(),
        format!("Origin: {ours}.evil.test\r\n"),
        format!("Origin: {ours}/\r\n"),
        format!("Origin: {}\r\n", ours.replace("http", "https")),
        "Origin: http://localhost\r\n".to_owned(),
        format!("Origin: {ours}\r\nSec-Fetch-Site: cross-site\r\n"),
        format!("Origin: {ours}\r\nSec-Fetch-Site: same-site\r\n"),
        format!("Origin: {ours}\r\nSec-Fetch-Site: none\r\n"),
        "Sec-Fetch-Site: none\r\n".to_owned(),
        "Sec-Fetch-Site: SAME-ORIGIN\r\n".to_owned(),
        "Sec-Fetch-Site: same-origin\r\nOrigin: null\r\n".to_owned(),
        "Sec-Fetch-Site: same-origin\r\nOrigin: https://evil.test\r\n".to_owned(),
        format!("Referer: {ours}/logout\r\n"),
        format!("X-Forwarded-Host: evil.test\r\nOrigin: https://evil.test\r\nReferer: {ours}/\r\n"),
    ] {
        for path in CHANGES {
            let answer = ada.post(path, &headers, FORM, &body).await;
            assert_eq!(
                (answer.status(), answer.reason()),
                (403, "not_allowed"),
                "{path} {headers}"
            );
            assert!(ada.is_signed_in().await, "{path} {headers}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_ours_without_its_sessions_token_changes_nothing() {
    let ada = Ada::new().await;
    let (_, of_mary) = signed_in(&ada.town, "mary").await;
    let token = &ada.token;
    for (body, expected) in [
        (String::new(), (400, "bad_request")),
        (format!("CSRF={token}"), (400, "bad_request")),
        ("csrf=".to_owned(), (403, "not_allowed")),
        ("csrf=wrong".to_owned(), (403, "not_allowed")),
        (format!("csrf={of_mary}"), (403, "not_allowed")),
        (format!("csrf={}", &token[1..]), (403, "not_allowed")),
        (format!("csrf={token}x"), (403, "not_allowed")),
        (
            format!("csrf={}", token.to_lowercase()),
            (403, "not_allowed"),
        ),
        (format!("csrf={}", ada.session), (403, "not_allowed")),
        (format!("csrf={}", "a".repeat(10_000)), (403, "not_allowed")),
    ] {
        for path in CHANGES {
            let answer = ada.post(path, &ada.ours(), FORM, &body).await;
            assert_eq!(
                (answer.status(), answer.reason()),
                expected,
                "{path} {body:.60}"
            );
            assert!(ada.is_signed_in().await, "{path} {body:.60}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_form_changes_nothing() {
    let ada = Ada::new().await;
    let form = format!("csrf={}", ada.token);
    let json = format!("{{\"csrf\":\"{}\"}}", ada.token);
    let kinds = [
        "text/plain",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "text/xml",
        "",
        "x",
    ];
    for kind in kinds {
        for body in [&form, &json] {
            for path in CHANGES {
                let answer = ada.post(path, &ada.ours(), kind, body).await;
                let told = (answer.status(), answer.reason());
                assert_eq!(told, (400, "bad_request"), "{path} {kind}");
                assert!(ada.is_signed_in().await, "{path} {kind} {body:.30}");
            }
        }
    }
    let large = format!("{form}&x={}", "a".repeat(100_000));
    let answer = ada.post("/logout", &ada.ours(), FORM, &large).await;
    assert_eq!((answer.status(), answer.reason()), (413, "too_large"));
    assert!(ada.is_signed_in().await, "too large");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_or_a_link_on_another_site_signs_nobody_out() {
    let ada = Ada::new().await;
    for headers in [
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Dest: image\r\n",
        "Sec-Fetch-Site: cross-site\r\nReferer: https://evil.test/\r\n",
        "Purpose: prefetch\r\nSec-Purpose: prefetch\r\n",
    ] {
        let cookie = format!("Cookie: front-door={}\r\n{headers}", ada.session);
        for (path, expected) in [
            ("/logout", 200),
            ("/logout?csrf=x", 200),
            ("/signed-out", 303),
            ("/login?another=yes", 303),
        ] {
            let answer = ask(&ada.town, &format!("GET {path} HTTP/1.1"), &cookie).await;
            assert_eq!(answer.status(), expected, "{path} {headers}");
            assert!(ada.is_signed_in().await, "{path} {headers}");
        }
    }
    let page = ada.browser.open(&ada.town.at("/logout")).await;
    let done = ada.browser.press(&page, "Sign out").await;
    assert_eq!((done.status, reason(&done)), (200, None), "the button does");
    assert!(!ada.is_signed_in().await);
}
