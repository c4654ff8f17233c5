//! Desk sessions, which setup codes open: an hour at the desk, and nowhere else.

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use imitation::browser::{Browser, Page};
use support::{Town, reason};

const MINUTE: Duration = Duration::from_mins(1);

#[track_caller]
fn is_in(page: &Page) {
    let told = (page.status, page.url.path());
    assert_eq!(told, (200, "/admin"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_session_lasts_an_hour_however_busy_it_is() {
    let town = Town::new().await;
    let browser = town.holder().await;
    for _ in 0..5 {
        town.advance(MINUTE * 11);
        assert_eq!(browser.fetch(&town.at("/admin")).await.status, 200);
    }
    town.advance(MINUTE * 5);
    assert_eq!(browser.fetch(&town.at("/admin")).await.status, 401);
    browser.advance(MINUTE * 60 * 12);
    assert_eq!(browser.cookie("desk"), None, "the browser forgets it too");
}

/// What a browser meets at an address: the status, the reason, and where it is sent.
async fn met(town: &Town, browser: &Browser, path: &str) -> (u16, Option<String>, Option<String>) {
    let page = browser.open_once(&town.at(path)).await;
    let sent_to = page.location().map(|to| to.path().to_owned());
    (page.status, reason(&page), sent_to)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_session_opens_no_page_of_customers() {
    let town = Town::new().await;
    let (holder, stranger) = (town.holder().await, Browser::new());
    let mut paths: BTreeSet<String> = town.addresses("").into_iter().map(|one| one.path).collect();
    paths.retain(|path| !path.starts_with("/admin") && !path.starts_with("/setup"));
    for path in [
        "/",
        "/login",
        "/logout",
        "/me",
        "/p/help/no/such/page",
        "/saml/sso",
    ] {
        assert!(paths.contains(path), "{path}: {paths:?}");
    }
    for path in &paths {
        let expected = met(&town, &stranger, path).await;
        assert_eq!(met(&town, &holder, path).await, expected, "{path}");
    }
    assert!(holder.open(&town.at("/")).await.says("Sign in with"));
    let portal = town.atlassian.login_url("portal");
    for address in [town.at("/me"), town.at("/p/help"), portal] {
        let asked = holder.open(&address).await;
        let at_the_provider = asked.url.as_str().starts_with(&town.cognito.base());
        assert!(at_the_provider, "{address}: {}", asked.words());
    }
    for path in ["/me", "/p/help"] {
        assert_eq!(holder.fetch(&town.at(path)).await.status, 401, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_in_and_no_administrator_comes_in_by_a_code() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    assert_eq!(browser.open(&town.at("/admin")).await.status, 403);
    is_in(
        &town
            .enter_code(&browser, "/admin/code", &town.setup_code())
            .await,
    );
    assert_eq!(
        browser.fetch(&town.at("/me")).await.status,
        200,
        "and is still Ada"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_ends_a_desk_session_wherever_its_cookie_is() {
    let town = Town::new().await;
    let browser = town.holder().await;
    let copy = browser.clone_cookies();
    let desk = browser.open(&town.at("/admin")).await;
    let left = browser.press(&desk, "Leave the desk").await;
    assert_eq!((left.status, browser.cookie("desk")), (200, None));
    assert!(left.form_with("code").is_post);
    assert_eq!(copy.fetch(&town.at("/admin")).await.status, 401);
    assert_eq!(
        town.events().await.last().map(String::as_str),
        Some("signed_out")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_code_in_the_same_browser_ends_the_desk_session_before() {
    let town = Town::new().await;
    let browser = town.holder().await;
    let (before, code) = (browser.clone_cookies(), town.setup_code());
    let address = town.at("/admin/code");
    let page = browser
        .post(&address, &[("code", &code)], Some(&address))
        .await;
    is_in(&page);
    assert_eq!(before.fetch(&town.at("/admin")).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_session_that_was_made_up_or_changed_is_none() {
    let town = Town::new().await;
    let browser = town.holder().await;
    let desk = browser.cookie("desk").unwrap();
    let session = "A".repeat(43);
    for value in [
        &desk[1..],
        &desk.to_lowercase(),
        &format!("{desk}A"),
        &session,
        "",
    ] {
        let thief = Browser::new();
        thief.plant_cookie(&town.public_url, "desk", value);
        assert_eq!(thief.fetch(&town.at("/admin")).await.status, 401, "{value}");
    }
    let thief = Browser::new();
    thief.plant_cookie(&town.public_url, "front-door", &desk);
    assert_eq!(
        thief.fetch(&town.at("/me")).await.status,
        401,
        "another's place"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_the_cookie_is_a_host_cookie() {
    let town = Town::over_tls().await;
    let browser = town.browser();
    let page = browser.open(&town.at("/admin/code")).await;
    let form = page.form_with("code");
    let entered = browser
        .submit_once(&form, &[("code", &town.setup_code())])
        .await;
    let cookie = entered.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-desk="));
    for flag in [
        "Secure",
        "HttpOnly",
        "SameSite=Lax",
        "Path=/",
        "Max-Age=43200",
    ] {
        assert!(cookie.split("; ").any(|part| part == flag), "{flag}");
    }
    let stolen = cookie.split(['=', ';']).nth(1).unwrap();
    let thief = town.browser();
    thief.plant_cookie(&town.public_url, "desk", stolen);
    assert_eq!(
        thief.fetch(&town.at("/admin")).await.status,
        401,
        "no other name"
    );
}
