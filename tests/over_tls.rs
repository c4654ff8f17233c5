//! Over real TLS: the cookies are `__Host-` cookies, a whole login works with them, and no other name is taken for theirs.

mod support;

use imitation::browser::{Browser, Page};
use support::{Town, arrived};

/// That a `Set-Cookie` line promises all that it can.
#[track_caller]
fn is_a_host_cookie(line: &str) {
    assert!(line.starts_with("__Host-"), "{line:.30}");
    let flags: Vec<&str> = line.split("; ").skip(1).collect();
    for flag in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(flags.contains(&flag), "{flag} of {line:.30}");
    }
    assert!(!line.to_ascii_lowercase().contains("domain"), "{line:.30}");
}

fn set_cookies(page: &Page) -> Vec<&str> {
    let headers = page.headers.iter();
    headers
        .filter(|(name, _)| name == "set-cookie")
        .map(|(_, line)| line.as_str())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_works_with_host_cookies_that_are_secure_and_lax() {
    let town = Town::over_tls().await;
    let browser = town.browser();
    let begun = browser.open_once(&town.at("/p/help")).await;
    assert_eq!(set_cookies(&begun).len(), 1, "a login attempt's cookie");
    is_a_host_cookie(set_cookies(&begun)[0]);
    assert!(begun.header("strict-transport-security").is_some());
    let login = browser.open(begun.location().unwrap().as_str()).await;
    let form = login.form_with("password");
    let fields = [
        ("username", "ada"),
        ("password", imitation::cognito::PASSWORD),
    ];
    let callback = browser.submit_once(&form, &fields).await;
    let back = browser
        .open_once(callback.location().unwrap().as_str())
        .await;
    assert_eq!(
        set_cookies(&back).len(),
        2,
        "the session, and the spent attempt"
    );
    for line in set_cookies(&back) {
        is_a_host_cookie(line);
    }
    let session = set_cookies(&back)
        .into_iter()
        .find(|line| line.starts_with("__Host-front-door="));
    let session = session.unwrap();
    assert!(
        !session.contains("Max-Age") && !session.contains("Expires"),
        "it ends with the browser"
    );
    let page = browser.open(&town.at("/p/help")).await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
    let question = browser.open(&town.at("/logout")).await;
    let done = browser.submit_once(&question.form_with("csrf"), &[]).await;
    let ended = set_cookies(&done);
    assert!(ended[0].starts_with("__Host-front-door=;") && ended[0].contains("Max-Age=0"));
    is_a_host_cookie(ended[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_name_is_taken_for_a_host_cookies() {
    let town = Town::over_tls().await;
    let browser = town.browser();
    town.arrive(&browser, "/p/help", "ada").await;
    let session = browser.cookie("__Host-front-door").unwrap();
    let with = async |lines: &[&str]| {
        let tossed = lines.iter().fold(town.browser(), |browser: Browser, line| {
            browser.with_header("Cookie", line)
        });
        tossed.fetch(&town.at("/me")).await.status
    };
    let good = format!("__Host-front-door={session}");
    assert_eq!(with(&[&good]).await, 200);
    for line in [
        format!("front-door={session}"),
        format!("__Secure-front-door={session}"),
        format!("__host-front-door={session}"),
        format!("__HOST-FRONT-DOOR={session}"),
        format!("\u{2000}__Host-front-door={session}"),
        format!("\u{a0}__Host-front-door={session}"),
        format!("a=b;  __Host-front-door={session}"),
        format!("a=b; \t__Host-front-door={session}"),
        format!("__Host-front-door ={session}"),
        format!("%5F%5FHost-front-door={session}"),
        format!("__Host-front%2Ddoor={session}"),
        format!("__Host-front-door[]={session}"),
        format!("$__Host-front-door={session}"),
        format!("$Version=1; __Host-front-door={session}"),
        format!("$Version=1; x=\"; __Host-front-door={session}; y=\""),
        format!("__Host-front-door=\"{session}\""),
        format!("__Host-front-door={session}, __Host-front-door=x"),
        format!("{good}; {good}"),
        format!("{good}; __Host-front-door=evil"),
        format!("__Host-front-door=evil; {good}"),
        format!("__Host-front-door; {good}; __Host-front-door="),
    ] {
        assert_eq!(with(&[&line]).await, 401, "{}", line.replace(&session, "…"));
    }
    assert_eq!(
        with(&[&good, "__Host-front-door=evil"]).await,
        401,
        "two lines"
    );
    assert_eq!(
        with(&["__Host-front-door=evil", &good]).await,
        401,
        "two lines"
    );
    assert_eq!(with(&["a=b", &good]).await, 200, "as HTTP/2 may split it");
}
