//! Requests as no browser sends them: whatever their path or their method is, nothing is opened or changed by it.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use imitation::browser::Browser;
use support::Town;
use support::raw::{Answer, ask, send};

fn told(answer: &Answer) -> (u16, &str) {
    (answer.status(), answer.reason())
}

/// What a person with a session here sends along.
async fn cookie_of(town: &Town, browser: &Browser) -> String {
    town.arrive(browser, "/p/help", "ada").await;
    format!(
        "Cookie: front-door={}\r\n",
        browser.cookie("front-door").unwrap()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn no_spelling_of_a_path_opens_what_is_for_people_who_are_signed_in() {
    let town = Town::new().await;
    let authorize = format!("{}/oauth2/authorize?", town.cognito.base());
    for path in [
        "/me",
        "/me?x=/health/live",
        "/me#/health/live",
        "/me/",
        "//me",
        "///me//",
        "/%6de",
        "/%6D%65?/static/",
    ] {
        let answer = ask(&town, &format!("GET {path} HTTP/1.1"), "").await;
        assert_eq!(answer.status(), 303, "{path}");
        assert!(
            answer.header("location").unwrap().starts_with(&authorize),
            "{path}"
        );
    }
    for path in [
        "/me%23/health/live",
        "/me%3F/health/live",
        "/health/live/../../me",
        "/health/%2e%2e/me",
        "/health/..%2fme",
        "/health//me",
        "/health/live/me",
        "/health/live;/me",
        "/me;/health/live",
        "/me,/health/live",
        "/me.json",
        "/ME",
        "/Me",
        "/me/.",
        "/./me",
        "/me/../me",
        "/me%00",
        "/me%0a",
        "/me%20",
        "/me%2f",
        "/me%5c",
        "/me\\",
        "/%252e%252e/me",
        "/static/../me",
        "/static/%2e%2e%2fme",
        "/static/..\\me",
        "/p/help/../../me",
        "/p/help/%2e%2e/%2e%2e/me",
        "/p/help//evil.test",
        "/p//help",
        "//evil.test/%2e%2e",
        "///evil.test",
        "/\\evil.test/..",
        "/admin%2f",
        "/ADMIN",
        "/metrics",
        "/rest/api",
        "/.git/config",
        "/.env",
        "*",
    ] {
        let answer = ask(&town, &format!("GET {path} HTTP/1.1"), "").await;
        assert_eq!(told(&answer), (404, "not_found"), "{path}");
        assert_eq!(answer.header("location"), None, "{path}");
        assert!(!answer.text().contains("evil"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_and_overrides_change_nothing() {
    let town = Town::new().await;
    let browser = Browser::new();
    let cookie = cookie_of(&town, &browser).await;
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let nothing = format!("{form}Content-Length: 0\r\n");
    let over = "X-HTTP-Method-Override: POST\r\nX-HTTP-Method: POST\r\nX-Method-Override: POST\r\n";
    for (line, more, expected) in [
        (
            "GET /me/sign-out-everywhere?_method=POST HTTP/1.1",
            over,
            (404, "not_found"),
        ),
        (
            "GET /me/sign-out-everywhere HTTP/1.1",
            "",
            (404, "not_found"),
        ),
        ("HEAD /me/sign-out-everywhere HTTP/1.1", "", (404, "")),
        ("POST /logout HTTP/1.1", &nothing, (403, "not_allowed")),
        (
            "POST /me/sign-out-everywhere HTTP/1.1",
            &nothing,
            (403, "not_allowed"),
        ),
        ("POST /me HTTP/1.1", &nothing, (404, "not_found")),
        (
            "POST /me HTTP/1.1",
            "X-HTTP-Method-Override: DELETE\r\nContent-Length: 0\r\n",
            (404, "not_found"),
        ),
        ("POST /p/help HTTP/1.1", &nothing, (404, "not_found")),
        (
            "POST /login/callback/cognito HTTP/1.1",
            &nothing,
            (404, "not_found"),
        ),
        ("POST /saml/metadata HTTP/1.1", &nothing, (404, "not_found")),
        (
            "PUT /p/help HTTP/1.1",
            "Content-Length: 0\r\n",
            (404, "not_found"),
        ),
        (
            "PUT /saml/sso HTTP/1.1",
            "Content-Length: 0\r\n",
            (404, "not_found"),
        ),
        (
            "PATCH /me HTTP/1.1",
            "Content-Length: 0\r\n",
            (404, "not_found"),
        ),
        ("DELETE /me HTTP/1.1", "", (404, "not_found")),
        ("DELETE /logout HTTP/1.1", "", (404, "not_found")),
        ("TRACE /me HTTP/1.1", "", (404, "not_found")),
        ("CONNECT localhost:80 HTTP/1.1", "", (400, "bad_request")),
        ("BREW /me HTTP/1.1", "", (400, "bad_request")),
        ("get /me HTTP/1.1", "", (400, "bad_request")),
    ] {
        let answer = ask(&town, line, &format!("{cookie}{more}")).await;
        assert_eq!(told(&answer), expected, "{line} {more}");
        assert_eq!(answer.header("location"), None, "{line}");
    }
    let question = ask(
        &town,
        "GET /logout?_method=POST HTTP/1.1",
        &format!("{cookie}{over}"),
    )
    .await;
    assert_eq!(question.status(), 200, "a question, and no more");
    assert_eq!(
        browser.fetch(&town.at("/me")).await.status,
        200,
        "still signed in"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_a_form_names_gets_around_no_check() {
    let town = Town::new().await;
    let browser = Browser::new();
    let cookie = cookie_of(&town, &browser).await;
    let page = browser.open(&town.at("/logout")).await;
    let csrf = page.form_with("csrf").field("csrf").unwrap().to_owned();
    for (path, method, origin, expected) in [
        ("/logout", "POST", "https://evil.test", 403),
        ("/logout", "post", "null", 403),
        ("/logout", "DELETE", "https://evil.test", 404),
        ("/logout", "PUT", "ours", 404),
        ("/me/sign-out-everywhere", "POST", "https://evil.test", 403),
        ("/me/sign-out-everywhere", "PATCH", "ours", 404),
        ("/me/sign-out-everywhere", "GET", "ours", 404),
        ("/me", "POST", "ours", 404),
        ("/me", "DELETE", "ours", 404),
        ("/p/help", "DELETE", "ours", 404),
        ("/login/callback/cognito", "GET", "https://evil.test", 400),
    ] {
        let origin = if origin == "ours" {
            &town.public_url
        } else {
            origin
        };
        let body = format!("_method={method}&csrf={csrf}");
        let form = "Content-Type: application/x-www-form-urlencoded";
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nOrigin: {origin}\r\n{cookie}{form}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = send(&town, request.as_bytes()).await;
        assert_eq!(answer.status(), expected, "{path} {method} {origin}");
        assert_eq!(
            browser.fetch(&town.at("/me")).await.status,
            200,
            "{path} {method}"
        );
    }
}
