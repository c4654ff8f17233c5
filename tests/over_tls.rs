//! Over real TLS: the cookies are `__Host-` cookies, and a whole login works with them.

mod support;

use support::{Town, arrived};

#[tokio::test(flavor = "multi_thread")]
async fn a_login_works_with_host_cookies_that_are_secure_and_lax() {
    let town = Town::over_tls().await;
    let browser = town.browser();
    let begun = browser.open_once(&town.at("/p/help")).await;
    let attempt = begun.header("set-cookie").unwrap_or_default().to_owned();
    assert!(
        attempt.starts_with("__Host-attempt-"),
        "a login attempt's cookie"
    );
    for flag in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(attempt.contains(flag), "{flag}");
    }
    assert!(!attempt.contains("Domain"));
    assert!(begun.header("strict-transport-security").is_some());
    let page = town.arrive(&browser, "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    assert!(browser.cookie("__Host-front-door").is_some());
}
