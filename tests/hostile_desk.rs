//! Forms of the admin desk, posted by others: of another site, without the session's token, or not as a form. Every address that takes one is asked.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use imitation::browser::Browser;
use support::Town;
use support::raw::{Answer, send};

const FORM: &str = "application/x-www-form-urlencoded";

/// Whoever is at the desk, and what their browser knows.
struct AtTheDesk {
    town: Town,
    /// The cookie that lets them in.
    cookie: String,
    /// What the forms of their session carry.
    token: String,
}

impl AtTheDesk {
    /// An administrator by group.
    async fn administrator() -> Self {
        let town = Town::new().await;
        let (browser, _) = town.administrator("/admin/preview").await;
        Self::of(town, &browser, "front-door").await
    }

    /// The holder of a desk session.
    async fn holder() -> Self {
        let town = Town::new().await;
        let browser = town.holder().await;
        Self::of(town, &browser, "desk").await
    }

    async fn of(town: Town, browser: &Browser, cookie: &str) -> Self {
        let token = token(&town, browser).await;
        let cookie = format!("{cookie}={}", browser.cookie(cookie).unwrap());
        Self {
            town,
            cookie,
            token,
        }
    }

    /// Where the desk takes a form, the door left out, which has no session yet.
    fn forms(&self) -> Vec<String> {
        let all = self.town.addresses("/admin").into_iter();
        let forms = all.filter(|one| one.verb == "POST" && one.path != "/admin/code");
        let forms: Vec<String> = forms
            .map(|one| one.path)
            .filter(|path| !path.ends_with("no/such/page"))
            .collect();
        assert!(forms.len() >= 25, "{forms:?}");
        forms
    }

    async fn post(&self, path: &str, headers: &str, kind: &str, body: &str) -> Answer {
        let (cookie, length) = (&self.cookie, body.len());
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: {cookie}\r\n{headers}Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        send(&self.town, request.as_bytes()).await
    }

    /// That every form is refused, whatever it is for, and nothing comes of it.
    async fn all_refuse(&self, headers: &str, kind: &str, body: &str) {
        let before = self.town.events().await;
        for path in self.forms() {
            let answer = self.post(&path, headers, kind, body).await;
            let told = (answer.status(), answer.reason());
            assert_eq!(
                told,
                (403, "not_allowed"),
                "{path} {headers:?} {kind} {body:.60}"
            );
        }
        assert_eq!(self.town.events().await, before);
    }

    /// The headers of our own pages.
    fn ours(&self) -> String {
        format!(
            "Origin: {}\r\nSec-Fetch-Site: same-origin\r\n",
            self.town.public_url
        )
    }
}

/// The token of this browser's forms.
async fn token(town: &Town, browser: &Browser) -> String {
    let page = browser.open(&town.at("/admin/preview")).await;
    page.form_with("csrf").field("csrf").unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_is_refused_even_with_the_right_token() {
    for desk in [AtTheDesk::administrator().await, AtTheDesk::holder().await] {
        let (ours, body) = (&desk.town.public_url, format!("csrf={}", desk.token));
        for headers in [
            String::new(),
            "Origin: null\r\n".to_owned(),
            "Origin: https://evil.test\r\n".to_owned(),
            format!("Origin: {ours}.evil.test\r\n"),
            format!("Origin: {ours}\r\nSec-Fetch-Site: cross-site\r\n"),
            format!("Origin: {ours}\r\nSec-Fetch-Site: same-site\r\n"),
            "Sec-Fetch-Site: cross-site\r\n".to_owned(),
            "Sec-Fetch-Site: none\r\n".to_owned(),
            "Sec-Fetch-Site: same-origin\r\nOrigin: null\r\n".to_owned(),
            format!("Referer: {ours}/admin\r\n"),
        ] {
            desk.all_refuse(&headers, FORM, &body).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_its_own_sessions_token_is_refused() {
    let desk = AtTheDesk::administrator().await;
    let other = token(&desk.town, &desk.town.holder().await).await;
    let (cookie, token) = (desk.cookie.split('=').nth(1).unwrap(), &desk.token);
    for body in [
        String::new(),
        "csrf=".to_owned(),
        "csrf=wrong".to_owned(),
        format!("csrf={other}"),
        format!("csrf={cookie}"),
        format!("csrf={}", &token[1..]),
        format!("CSRF={token}"),
        format!("csrf=wrong&csrf={token}"),
        format!("{{\"csrf\":\"{token}\"}}"),
    ] {
        desk.all_refuse(&desk.ours(), FORM, &body).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_sessions_form_takes_no_other_sessions_token() {
    let desk = AtTheDesk::holder().await;
    let browser = Browser::new();
    let login = browser.open(&desk.town.at("/admin/preview")).await;
    desk.town.cognito.log_in(&browser, &login, "grace").await;
    for other in [
        token(&desk.town, &browser).await,
        token(&desk.town, &desk.town.holder().await).await,
    ] {
        desk.all_refuse(&desk.ours(), FORM, &format!("csrf={other}"))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_form_is_refused() {
    let desk = AtTheDesk::administrator().await;
    let (form, json) = (
        format!("csrf={}", desk.token),
        format!("{{\"csrf\":\"{}\"}}", desk.token),
    );
    for kind in [
        "text/plain",
        "application/json",
        "multipart/form-data; boundary=x",
        "text/xml",
        "x",
        "",
    ] {
        for body in [&form, &json] {
            desk.all_refuse(&desk.ours(), kind, body).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_method_in_a_forms_field_changes_what_is_asked_of_it() {
    let desk = AtTheDesk::administrator().await;
    for method in ["PUT", "DELETE", "PATCH"] {
        let body = format!("_method={method}&csrf=wrong");
        for path in desk.forms() {
            let answer = desk.post(&path, &desk.ours(), FORM, &body).await;
            assert!(
                matches!(answer.status(), 403 | 404),
                "{path} {method}: {}",
                answer.status()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_to_others_is_done_for_our_own_page() {
    let desk = AtTheDesk::holder().await;
    let body = format!("csrf={}", desk.token);
    let answer = desk
        .post("/admin/code/end", &desk.ours(), FORM, &body)
        .await;
    assert_eq!(
        (answer.status(), answer.header("location")),
        (303, Some("/setup"))
    );
    let again = desk
        .post("/admin/code/end", &desk.ours(), FORM, &body)
        .await;
    assert_eq!((again.status(), again.reason()), (401, "login_required"));
}
