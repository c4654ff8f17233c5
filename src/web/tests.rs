//! How the room behaves as a whole, asked over HTTP.

mod come_back;
mod logged;
mod written;

use std::time::Duration;

use rocket::http::{Accept, ContentType, CookieJar, Header, Status};
use rocket::local::asynchronous::{Client, LocalResponse};
use rocket::{Build, Rocket, get, post, routes};

use super::*;

#[path = "sample_pages.rs"]
mod sample_pages;

use crate::settings::{BrandingSettings, TextSettings};
use sample_pages::sample;

const HOSTILE: &str = "\"'><script>alert(1)</script><!-- {{7*7}}";

#[get("/page/<name>")]
fn page(name: &str, layout: Layout) -> Option<sample_pages::AnyPage> {
    sample(name, layout, HOSTILE)
}

#[get("/refuse/<place>?<code>")]
fn refuse(
    place: usize,
    code: Option<&str>,
    jar: &CookieJar<'_>,
    names: &rocket::State<CookieNames>,
) -> Result<(), Refusal> {
    jar.add(names.expired(names.session().to_owned()));
    Err(Refusal::new(Reason::ALL[place]).because(format_args!("detail {}", code.is_some())))
}

#[get("/panic")]
fn panic() {
    let secrets: Vec<u8> = Vec::new();
    let _ = secrets[1];
}

#[post("/change")]
fn change(_ours: SameOrigin) -> &'static str {
    "changed"
}

#[get("/slow-down")]
fn slow_down() -> Refusal {
    Refusal::new(Reason::TooManyRequests).retry_after(Duration::from_millis(1500))
}

fn house(public_url: &str) -> Rocket<Build> {
    let quiet = rocket::Config {
        log_level: rocket::config::LogLevel::Off,
        ..rocket::Config::debug_default()
    };
    let branding = BrandingSettings {
        name: HOSTILE.to_owned(),
        support: "help@acme.example".to_owned(),
        ..BrandingSettings::default()
    };
    let branding = Branding::new(&branding, &TextSettings::default());
    furnish_site(
        rocket::custom(quiet),
        &public_url.parse().unwrap(),
        Live::new(Rooms::default().with(branding)),
    )
    .mount("/", routes![page, refuse, panic, change, slow_down])
}

async fn client() -> Client {
    Client::untracked(house("https://sso.example.test"))
        .await
        .unwrap()
}

async fn visit<'c>(client: &'c Client, address: &'c str) -> LocalResponse<'c> {
    client.get(address).header(Accept::HTML).dispatch().await
}

fn header<'a>(response: &'a LocalResponse<'_>, name: &str) -> &'a str {
    response.headers().get_one(name).unwrap_or_default()
}

/// What stands between `before` and the next quotation mark.
fn quoted<'a>(page: &'a str, before: &str) -> &'a str {
    let start = page.find(before).unwrap() + before.len();
    page[start..].split('"').next().unwrap()
}

#[tokio::test]
async fn every_refusal_is_a_page_for_people() {
    let client = client().await;
    for (place, reason) in Reason::ALL.iter().enumerate() {
        let address = format!("/refuse/{place}");
        let response = visit(&client, &address).await;
        assert_eq!(response.status(), reason.status());
        assert_eq!(header(&response, "Cache-Control"), "no-store");
        let page = response.into_string().await.unwrap();
        assert_eq!(quoted(&page, "data-reason=\""), reason.name());
        let reference = quoted(&page, "data-reference=\"");
        assert_eq!(page.matches(reference).count(), 2, "shown, to be quoted");
        assert!(page.contains("mailto:help@acme.example"));
        assert!(!page.contains("detail"), "the detail is for the log");
        assert_eq!(page.matches("<h1>").count(), 1);
    }
}

#[tokio::test]
async fn every_refusal_is_json_for_programs() {
    let client = client().await;
    for (place, reason) in Reason::ALL.iter().enumerate() {
        let response = client.get(format!("/refuse/{place}")).dispatch().await;
        assert_eq!(response.status(), reason.status());
        assert_eq!(response.content_type(), Some(ContentType::JSON));
        assert!(!response.headers().contains("WWW-Authenticate"));
        let json: serde_json::Value = response.into_json().await.unwrap();
        assert_eq!(json["reason"], reason.name());
        assert_eq!(json["reference"].as_str().map(str::len), Some(10));
        assert!(
            json["message"]
                .as_str()
                .is_some_and(|text| text.ends_with('.'))
        );
    }
}

#[tokio::test]
async fn fetch_metadata_decides_over_accept() {
    let client = client().await;
    for (mode, is_page) in [("navigate", true), ("cors", false), ("no-cors", false)] {
        let request = client.get("/nowhere").header(Accept::HTML);
        let response = request
            .header(Header::new("Sec-Fetch-Mode", mode))
            .dispatch()
            .await;
        assert_eq!(response.status(), Status::NotFound);
        assert_eq!(
            response.content_type() == Some(ContentType::HTML),
            is_page,
            "{mode}"
        );
    }
}

#[tokio::test]
async fn a_refusal_keeps_the_cookies_that_its_handler_set() {
    let client = client().await;
    let response = visit(&client, "/refuse/0").await;
    assert!(header(&response, "Set-Cookie").starts_with("__Host-front-door=; "));
}

#[tokio::test]
async fn waiting_is_told_in_seconds() {
    let client = client().await;
    assert_eq!(
        header(&visit(&client, "/slow-down").await, "Retry-After"),
        "2"
    );
    let away = Reason::ALL
        .iter()
        .position(|reason| *reason == Reason::StoreUnavailable);
    let address = format!("/refuse/{}", away.unwrap());
    assert_eq!(header(&visit(&client, &address).await, "Retry-After"), "30");
    assert!(
        !visit(&client, "/refuse/0")
            .await
            .headers()
            .contains("Retry-After")
    );
}

#[tokio::test]
async fn what_rocket_refuses_is_refused_in_our_words() {
    let client = client().await;
    for (address, status, reason) in [
        ("/nowhere", 404, "not_found"),
        ("/page/nothing", 404, "not_found"),
        ("/static/0/..%2f..%2fCargo.toml", 404, "not_found"),
        ("/panic", 500, "internal"),
    ] {
        let response = visit(&client, address).await;
        assert_eq!(response.status().code, status, "{address}");
        assert_eq!(header(&response, "X-Content-Type-Options"), "nosniff");
        let page = response.into_string().await.unwrap();
        assert_eq!(quoted(&page, "data-reason=\""), reason);
        assert!(!page.contains("index out of bounds"));
    }
}

#[tokio::test]
async fn only_our_own_pages_change_things_whatever_the_method_says() {
    let client = client().await;
    let origin = |value: &'static str| Header::new("Origin", value);
    let ours = client
        .post("/change")
        .header(origin("https://sso.example.test"));
    assert_eq!(ours.dispatch().await.status(), Status::Ok);
    let theirs = client.post("/change").header(origin("https://evil.test"));
    let refused = theirs.header(Accept::HTML).dispatch().await;
    assert_eq!(refused.status(), Status::Forbidden);
    let page = refused.into_string().await.unwrap();
    assert_eq!(quoted(&page, "data-reason=\""), "not_allowed");
    assert!(page.contains("did not come from one of our pages"));
    let disguised = client
        .get("/change")
        .header(ContentType::Form)
        .body("_method=post");
    assert_eq!(disguised.dispatch().await.status(), Status::NotFound);
}

#[tokio::test]
async fn forms_stay_with_us_except_where_nobody_knows_where_they_end() {
    let client = client().await;
    for (name, anywhere) in [
        ("welcome", false),
        ("chooser", true),
        ("home", true),
        ("me", true),
        ("logout", true),
        ("not_signed_in", false),
        ("signed_out", false),
        ("hand_over", true),
    ] {
        let address = format!("/page/{name}");
        let response = visit(&client, &address).await;
        assert_eq!(response.status(), Status::Ok, "{name}");
        let policy = header(&response, "Content-Security-Policy");
        for directive in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(directive), "{name}: {policy}");
        }
        assert_eq!(!policy.contains("form-action 'self'"), anywhere, "{name}");
        assert!(!policy.contains("unsafe"));
        assert_eq!(header(&response, "Cache-Control"), "no-store");
    }
}

#[tokio::test]
async fn every_answer_carries_its_protection() {
    let client = client().await;
    for address in [
        "/page/home",
        "/refuse/0",
        "/nowhere",
        "/health/live",
        "/favicon.ico",
    ] {
        let response = visit(&client, address).await;
        assert_eq!(header(&response, "X-Frame-Options"), "DENY");
        assert_eq!(header(&response, "Referrer-Policy"), "strict-origin");
        assert_eq!(
            header(&response, "Strict-Transport-Security"),
            "max-age=31536000"
        );
        assert!(response.headers().contains("Permissions-Policy"));
        assert!(!response.headers().contains("Server"));
    }
    let loopback = Client::untracked(house("http://localhost:8000"))
        .await
        .unwrap();
    let response = visit(&loopback, "/page/home").await;
    assert!(!response.headers().contains("Strict-Transport-Security"));
}

#[tokio::test]
async fn hostile_text_is_text_on_every_page() {
    let client = client().await;
    for name in sample_pages::NAMES {
        let address = format!("/page/{name}");
        let page = visit(&client, &address).await.into_string().await.unwrap();
        assert!(page.contains("&#60;script&#62;alert(1)"), "{name} shows it");
        assert!(page.contains("{{7*7}}"), "{name} takes it literally");
        assert!(!page.contains("<script>"), "{name}");
        assert!(!page.contains("<!--"), "{name}");
        assert!(!page.contains("\"'>"), "{name}");
        assert_eq!(page.matches("<h1>").count(), 1, "{name}");
    }
}

#[tokio::test]
async fn files_are_kept_for_ever_under_the_address_of_their_content() {
    let client = client().await;
    let address = assets::Asset::Stylesheet.address();
    let current = visit(&client, &address).await;
    assert_eq!(current.content_type(), Some(ContentType::CSS));
    assert!(header(&current, "Cache-Control").contains("immutable"));
    let other = visit(&client, "/static/0000000000000000/front-door.css").await;
    assert_eq!(header(&other, "Cache-Control"), "no-cache");
}

#[tokio::test]
async fn alive_is_told_in_json() {
    let client = client().await;
    let response = client.get("/health/live").dispatch().await;
    assert_eq!(response.status(), Status::Ok);
    assert_eq!(header(&response, "Cache-Control"), "no-store");
    assert_eq!(
        response.into_string().await.unwrap(),
        r#"{"status":"ok","checks":{}}"#
    );
}
