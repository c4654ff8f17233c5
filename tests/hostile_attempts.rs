//! Login attempts as their browsers carry them: changed, swapped, kept too long or begun by the hundred.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::time::Duration;

use imitation::browser::{Browser, Cookie};
use support::callbacks::{begin, callback, is_refused, unlimited};
use support::{Town, arrived};

/// The only attempt of a browser.
fn attempt(browser: &Browser) -> Cookie {
    let mut cookies = browser.cookies().into_iter();
    cookies
        .find(|cookie| cookie.name.starts_with("attempt-"))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_was_changed_in_any_way_is_none() {
    let town = unlimited().await;
    let browser = Browser::new();
    let honest = callback(&town, &browser, "ada").await;
    let query = format!("?{}", honest.query().unwrap());
    let attempt = attempt(&browser);
    let (name, good) = (&attempt.name, &attempt.value);
    let mut changed: Vec<String> = (0..good.len())
        .map(|at| {
            let other = if good.as_bytes()[at] == b'A' {
                "B"
            } else {
                "A"
            };
            format!("{}{other}{}", &good[..at], &good[at + 1..])
        })
        .collect();
    changed.extend(
        (0..good.len())
            .step_by(7)
            .map(|length| good[..length].to_owned()),
    );
    changed.extend([
        format!("{good}A"),
        format!("{good}="),
        format!("{good}{good}"),
        format!("\"{good}\""),
    ]);
    for value in changed {
        let other = Browser::new();
        other.plant_cookie(&town.at("/"), name, &value);
        is_refused(&town, &other, &query, ("login_expired", 400)).await;
    }
    let twice = Browser::new().with_header("Cookie", &format!("{name}={good}; {name}={good}"));
    is_refused(&town, &twice, &query, ("login_expired", 400)).await;
    let page = browser.open(honest.as_str()).await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_opens_under_its_own_name_and_for_its_own_time() {
    let town = unlimited().await;
    let (one, other) = (Browser::new(), Browser::new());
    let first = callback(&town, &one, "ada").await;
    let second = begin(&town, &other).await;
    let (mine, theirs) = (attempt(&one), attempt(&other));
    let query = format!("?{}", first.query().unwrap());
    let swapped = Browser::new();
    swapped.plant_cookie(&town.at("/"), &mine.name, &theirs.value);
    is_refused(&town, &swapped, &query, ("login_expired", 400)).await;
    swapped.plant_cookie(&town.at("/"), &theirs.name, &mine.value);
    let query = format!("?code=stolen&state={second}");
    is_refused(&town, &swapped, &query, ("login_expired", 400)).await;
    town.clock.advance(Duration::from_secs(15 * 60 + 1));
    let query = format!("?{}", first.query().unwrap());
    is_refused(&town, &one, &query, ("login_expired", 400)).await;
}

/// How many things the store holds.
fn stored(town: &Town) -> i64 {
    let store = rusqlite::Connection::open(town.folder.path().join("front-door.sqlite")).unwrap();
    let tables = ["entry", "member", "log"];
    let count = |table: &str| -> i64 {
        let statement = format!("SELECT count(*) FROM {table}");
        store.query_row(&statement, [], |row| row.get(0)).unwrap()
    };
    tables.map(count).iter().sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_that_are_begun_and_never_finished_leave_nothing_in_the_store() {
    let town = unlimited().await;
    let before = stored(&town);
    let logins = 100;
    for _ in 0..logins {
        begin(&town, &Browser::new()).await;
    }
    // What the house keeps for itself (its figures, a lock) may come in between, once; what a login left would be there for each of them.
    let more = stored(&town) - before;
    assert!(more < logins / 10, "{more} more for {logins} logins");
}

#[tokio::test(flavor = "multi_thread")]
async fn made_up_callbacks_leave_no_more_than_the_traces_that_strangers_may_leave() {
    let town = unlimited().await;
    let before = stored(&town);
    let callbacks = 400;
    for _ in 0..callbacks {
        let made_up = town.at("/login/callback/cognito?state=made-up&code=made-up");
        Browser::new().open(&made_up).await;
    }
    // Sixty a minute, written in the background; a minute may begin meanwhile.
    let more = stored(&town) - before;
    assert!(
        more < callbacks / 2,
        "{more} more for {callbacks} callbacks"
    );
}
