//! Tokens that are signed as they should be and say something odd: for somebody else, of another time, in a shape that readers disagree about.

mod support;

use imitation::browser::Browser;
use imitation::cognito::Fault;
use serde_json::{Value, json};
use support::tokens::{are_refused, is_refused, log_in};
use support::{Town, arrived, reason};

fn claim(name: &str, value: impl Into<Value>) -> Fault {
    Fault::Claim(name.to_owned(), Some(value.into()))
}

fn payload(from: &str, to: &str) -> Fault {
    Fault::Payload(from.to_owned(), to.to_owned())
}

fn between(before: &str, after: &str) -> Fault {
    Fault::IdTokenBetween(before.to_owned(), after.to_owned())
}

/// The same claim with each of these values.
fn each(name: &str, values: impl IntoIterator<Item = Value>) -> Vec<Fault> {
    let values = values.into_iter();
    values.map(|value| claim(name, value)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_issuer_or_for_another_client_signs_nobody_in() {
    let town = Town::new().await;
    let (issuer, client) = (town.cognito.issuer(), town.cognito.client_id());
    let issuers = [
        json!(format!("{issuer}/")),
        json!(format!("{issuer} ")),
        json!(issuer.to_uppercase()),
        json!(issuer.replace("http:", "https:")),
        json!([issuer]),
        json!("https://evil.test"),
        json!(""),
        json!(null),
    ];
    let audiences = [
        json!("another"),
        json!(format!("{client} another")),
        json!(client.to_uppercase()),
        json!(["another"]),
        json!([client, "another"]),
        json!(["another", client]),
        json!([client, 7]),
        json!([[client]]),
        json!({ client.clone(): true }),
        json!([]),
        json!(""),
        json!(null),
    ];
    let parties = [
        json!("another"),
        json!([client]),
        json!(""),
        json!(null),
        json!(7),
    ];
    let mut faults = each("iss", issuers);
    faults.extend(each("aud", audiences));
    faults.extend(each("azp", parties));
    for fault in faults {
        is_refused(&town, &[fault]).await;
    }
    let shared = claim("aud", json!([client, "another"]));
    is_refused(&town, &[shared.clone(), claim("azp", "another")]).await;
    let (_, page) = log_in(&town, &[shared, claim("azp", client)]).await;
    assert_eq!(reason(&page), None, "shared, and issued to us");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_of_anything_but_this_attempt_signs_nobody_in() {
    let town = Town::new().await;
    let earlier = Browser::new().open_once(&town.at("/p/help")).await;
    let earlier = earlier.location().unwrap();
    let mut pairs = earlier.query_pairs();
    let (_, nonce) = pairs.find(|(name, _)| name == "nonce").unwrap();
    let nonces = [
        json!(nonce),
        json!([nonce]),
        json!(""),
        json!(null),
        json!(0),
        json!(true),
        json!("a".repeat(43)),
        json!("a".repeat(100_000)),
    ];
    for fault in each("nonce", nonces) {
        is_refused(&town, &[fault]).await;
    }
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_time_or_of_none_signs_nobody_in() {
    let none = || {
        [
            json!("soon"),
            json!("1900000000"),
            json!(null),
            json!(true),
            json!([1_900_000_000]),
            json!(1e300),
            json!(-1e300),
            json!(i64::MAX),
            json!(i64::MIN),
            json!(u64::MAX),
        ]
    };
    let mut faults = each("exp", none());
    faults.extend(each("iat", none()));
    faults.extend(each("nbf", none()));
    faults.extend(each("exp", [json!(0), json!(-1), json!(1_000_000_000.5)]));
    faults.extend(["exp", "iat"].map(|name| Fault::Claim(name.to_owned(), None)));
    faults.extend(["exp", "iat", "nbf"].map(|name| payload("{", &format!("{{\"{name}\":1e400,"))));
    are_refused(faults).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_may_differ_by_a_minute_and_by_no_more() {
    let town = Town::new().await;
    let now = || town.clock.now().as_second();
    for (name, ahead) in [("exp", -50), ("iat", 50), ("nbf", 50)] {
        let (_, page) = log_in(&town, &[claim(name, now() + ahead)]).await;
        assert_eq!(reason(&page), None, "{name} {ahead}");
    }
    for (name, ahead) in [("exp", -70), ("iat", 70), ("nbf", 70)] {
        is_refused(&town, &[claim(name, now() + ahead)]).await;
    }
    let ten_minutes = std::time::Duration::from_mins(10);
    town.cognito.advance(ten_minutes);
    is_refused(&town, &[]).await;
    town.clock.advance(ten_minutes);
    town.atlassian.advance(ten_minutes);
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_kind_signs_nobody_in() {
    let kinds = [
        json!("access"),
        json!("refresh"),
        json!("ID"),
        json!("id "),
        json!(["id"]),
        json!(true),
        json!(""),
        json!(null),
    ];
    let mut faults = each("token_use", kinds);
    faults.extend([
        Fault::Claim("token_use".to_owned(), None),
        Fault::IdTokenIsAccessToken,
    ]);
    faults.extend(each(
        "at_hash",
        [json!(""), json!(null), json!(7), json!("A".repeat(22))],
    ));
    are_refused(faults).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_that_is_none_signs_nobody_in() {
    let subjects = [
        json!(""),
        json!(null),
        json!(7),
        json!(["a"]),
        json!("a\u{0}b"),
        json!("a\nb"),
        json!("\u{e4}"),
        json!("a".repeat(256)),
        json!("a".repeat(100_000)),
    ];
    let mut faults = each("sub", subjects);
    faults.push(Fault::Claim("sub".to_owned(), None));
    are_refused(faults).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_stands_twice_is_read_by_nobody() {
    let names = [
        "sub",
        "iss",
        "aud",
        "exp",
        "nonce",
        "email",
        "email_verified",
        "anything",
    ];
    let mut faults: Vec<_> = names
        .map(|name| {
            payload(
                "{",
                &format!("{{\"{name}\":\"other\",\"{name}\":\"another\","),
            )
        })
        .into();
    faults.extend([
        payload("{", "{\"email\":\"mary@acme.example\","),
        payload("{", "{\"\\u0065mail\":\"mary@acme.example\","),
        payload("{", "{\"sub\":\"admin\","),
        payload(
            "\"email_verified\":true",
            "\"email_verified\":false,\"email_verified\":true",
        ),
    ]);
    are_refused(faults).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_a_shape_of_its_own_signs_nobody_in() {
    let mut faults: Vec<_> = [
        "",
        ".",
        "..",
        "...",
        "a",
        "a.b",
        "a.b.c",
        "a.b.c.d.e",
        "e30.e30.",
        "e30.e30.e30",
        "null",
        "{}",
        "\u{0}",
        "\u{e4}.\u{e4}.\u{e4}",
    ]
    .map(|text| Fault::IdTokenIs(text.to_owned()))
    .into();
    faults.push(Fault::IdTokenIs(".".repeat(100_000)));
    faults.push(Fault::IdTokenIs("a".repeat(1 << 20)));
    faults.extend([
        between("", "="),
        between("", "=="),
        between("", "\n"),
        between("", " "),
        between(" ", ""),
        between("", "."),
        between(".", ""),
        between("", ".e30"),
        between("e30.", ""),
        between("\u{feff}", ""),
        between("Bearer ", ""),
        between("", "\u{0}"),
        payload("{", "["),
        payload("{", ""),
        payload("{", "{\"a\":\"\\ud800\","),
        payload("{", "\u{feff}{"),
        payload(
            "{",
            &format!("{{\"a\":{}1{},", "[".repeat(10_000), "]".repeat(10_000)),
        ),
        payload("{", &format!("{{\"a\":\"{}\",", "a".repeat(200_000))),
    ]);
    are_refused(faults).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_nobody_vouches_for_belongs_to_nobody() {
    let town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.cognito.change_person("mary", |person| {
        person.email = Some("ada@customer.example".to_owned());
        person.email_verified = false;
    });
    town.atlassian.forget_calls();
    let unsaid = Fault::Claim("email_verified".to_owned(), None);
    for faults in [vec![], vec![unsaid], vec![claim("email_verified", "false")]] {
        for fault in &faults {
            town.cognito.misbehave(fault.clone());
        }
        let page = town.arrive(&Browser::new(), "/p/help", "mary").await;
        town.cognito.behave();
        assert_eq!(
            (reason(&page).as_deref(), page.status),
            (Some("email_unverified"), 403),
            "{faults:?}: {}",
            page.words()
        );
    }
    assert!(town.atlassian.rest_calls().is_empty());
    assert_eq!(town.atlassian.customers().len(), 1);
}
