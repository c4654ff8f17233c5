//! A provider that misbehaves on purpose, in all that is not the ID token itself: endpoints, redirects, userInfo, the way back.

mod support;

use imitation::browser::{Browser, Page};
use imitation::cognito::{Endpoint, Fault};
use serde_json::{Value, json};
use support::{Town, arrived, at_portal, reason, told};

/// A town whose front door does not wait long for its provider.
async fn impatient() -> Town {
    Town::replacing(
        "label = \"Customer account\"",
        "label = \"Customer account\"\ntimeout = \"1s\"",
    )
    .await
}

/// Logs in while the provider misbehaves so.
async fn with(town: &Town, faults: &[Fault]) -> Page {
    let browser = Browser::new();
    let login = browser.open(&town.at("/p/help")).await;
    for fault in faults {
        town.cognito.misbehave(fault.clone());
    }
    let page = town.cognito.log_in(&browser, &login, "ada").await;
    town.cognito.behave();
    let me = browser.fetch(&town.at("/me")).await;
    assert_eq!(me.status == 200, reason(&page).is_none(), "{faults:?}");
    page
}

fn carries(name: &str, value: &str) -> Fault {
    Fault::CallbackAlsoCarries(name.to_owned(), value.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_misbehaviour_ends_as_it_should_and_makes_nobody_a_customer() {
    let town = impatient().await;
    let elsewhere = |path: &str| format!("{}{path}", town.atlassian.site());
    let cases = [
        (Fault::AlgHs256WithPublicKey, "login_invalid", 400),
        (Fault::TokenEndpointHangs, "provider_unavailable", 503),
        (
            Fault::TokenEndpointRedirects(elsewhere("/oauth2/token")),
            "login_invalid",
            400,
        ),
        (
            Fault::TokenEndpointRedirects("http://169.254.169.254/".to_owned()),
            "login_invalid",
            400,
        ),
        (carries("iss", "https://evil.test"), "login_invalid", 400),
        (carries("error", "access_denied"), "login_refused", 403),
        (
            carries("error", "server_error"),
            "provider_unavailable",
            503,
        ),
        (carries("code", "another"), "login_invalid", 400),
        (carries("state", "another"), "login_invalid", 400),
        (Fault::IdTokenIs("a".repeat(1 << 20)), "login_invalid", 400),
        (Fault::IdTokenIs(String::new()), "login_invalid", 400),
        (
            Fault::IdTokenIs("a.b.c.d.e".to_owned()),
            "login_invalid",
            400,
        ),
    ];
    for (fault, expected, status) in cases {
        let shown = format!("{fault:.60?}");
        town.atlassian.forget_calls();
        let page = with(&town, &[fault]).await;
        assert_eq!(
            told(&page),
            (Some(expected.to_owned()), status),
            "{shown}: {}",
            page.words()
        );
        assert!(town.atlassian_heard_of_nobody(), "{shown}");
        assert!(
            !page
                .hops
                .iter()
                .any(|hop| hop.url.as_str().contains("169.254"))
        );
    }
    assert!(town.atlassian.customers().is_empty());
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert!(at_portal(&page).0.is_some(), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_decides_itself_before_the_code_spends_no_code() {
    let town = impatient().await;
    town.cognito.forget_calls();
    for fault in [
        carries("iss", "https://evil.test"),
        carries("error", "access_denied"),
        carries("code", "another"),
        carries("state", "another"),
    ] {
        with(&town, &[fault]).await;
    }
    assert_eq!(town.cognito.count(Endpoint::Token), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_the_provider_are_never_words_of_ours() {
    let town = impatient().await;
    let script = "<script>alert(1)</script>";
    let page = with(
        &town,
        &[
            carries("error", "access_denied"),
            carries("error_description", script),
        ],
    )
    .await;
    assert_eq!(page.status, 403);
    assert!(!page.text.contains("alert(1)"), "{}", page.text);
    let page = with(&town, &[carries("error", script)]).await;
    assert_eq!(page.status, 403);
    assert!(!page.text.contains("alert(1)"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_that_user_info_contradicts_is_not_believed() {
    let town = impatient().await;
    let page = with(&town, &[Fault::EmailMissing, Fault::UserInfoOtherSubject]).await;
    assert_eq!(
        told(&page),
        (Some("login_invalid".to_owned()), 400),
        "{}",
        page.words()
    );
    let page = with(&town, &[Fault::EmailMissing, Fault::UserInfoAway]).await;
    assert_eq!(
        told(&page),
        (Some("provider_unavailable".to_owned()), 503),
        "{}",
        page.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_were_never_had_stop_logins_until_they_come() {
    let mut town = Town::new().await;
    town.close().await;
    town.cognito.misbehave(Fault::KeysAway);
    town.open().await;
    let browser = Browser::new();
    let login = browser.open(&town.at("/p/help")).await;
    let page = town.cognito.log_in(&browser, &login, "ada").await;
    assert_eq!(told(&page), (Some("provider_unavailable".to_owned()), 503));
    town.cognito.behave();
    town.advance(std::time::Duration::from_mins(1));
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert!(at_portal(&page).0.is_some(), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_are_none_or_could_be_read_as_two_are_missing() {
    let town = impatient().await;
    let addresses: [Value; 30] = [
        json!("a@b@corp.test"),
        json!("victim@corp.test@evil.test"),
        json!("ADM\u{130}N@corp.test"),
        json!("a\u{0}@corp.test"),
        json!("a@corp.test\n"),
        json!("a@corp.test "),
        json!(" a@corp.test"),
        json!("a@corp.test\u{0}"),
        json!("a@corp.test\u{a0}"),
        json!("a\u{200b}@corp.test"),
        json!("\u{430}da@corp.test"),
        json!("a@corp.test,b@evil.test"),
        json!("a@corp.test;b@evil.test"),
        json!("<a@corp.test>"),
        json!("Ada <a@corp.test>"),
        json!("victim@corp.test<!-- -->.evil.test"),
        json!("victim@corp.test</saml:NameID><!--"),
        json!("a@corp.test%00.evil.test"),
        json!("a@[127.0.0.1]"),
        json!("a@localhost"),
        json!({ "address": "a@corp.test" }),
        json!("a@corp.test\r\nBcc: b@evil.test"),
        json!("a(b)@corp.test"),
        json!("\"a b\"@corp.test"),
        json!("@corp.test"),
        json!("a@"),
        json!("a"),
        json!(7),
        json!(["a@corp.test", "b@corp.test"]),
        json!(format!("{}@corp.test", "a".repeat(300))),
    ];
    for address in addresses {
        let shown = address.to_string();
        let page = with(&town, &[Fault::Claim("email".to_owned(), Some(address))]).await;
        assert_eq!(
            told(&page),
            (Some("email_missing".to_owned()), 403),
            "{shown:.80}: {}",
            page.words()
        );
    }
    for verified in [
        json!(false),
        json!("false"),
        json!(0),
        json!("yes"),
        json!([true]),
    ] {
        let shown = verified.to_string();
        let page = with(
            &town,
            &[Fault::Claim("email_verified".to_owned(), Some(verified))],
        )
        .await;
        assert_eq!(
            told(&page),
            (Some("email_unverified".to_owned()), 403),
            "{shown}"
        );
    }
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_shapes_of_groups_are_read_as_what_they_say() {
    let town = Town::with(
        "[default.link.bill]\nservice_desk = \"BILL\"\naccess = \"private\"\ngroups = [\"acme\"]\n",
    )
    .await;
    let many: Vec<String> = (0..5_000).map(|n| format!("group-{n}")).collect();
    for (groups, comes_in) in [
        (json!("acme"), true),
        (json!(["acme"]), true),
        (json!(["other", "acme"]), true),
        (json!("acme,other"), false),
        (json!("\"acme\""), false),
        (json!(["acme,other"]), false),
        (json!([["acme"]]), true),
        (json!({"acme": true}), false),
        (json!(["Acme"]), false),
        (json!(["acme "]), false),
        (json!(["acme\u{0}"]), false),
        (json!(["acme\n"]), false),
        (json!(["cognito:acme"]), false),
        (json!("other acme"), false),
        (json!("[acme]"), false),
        (json!(true), false),
        (json!(many), false),
        (json!(null), false),
    ] {
        let browser = Browser::new();
        let login = browser.open(&town.at("/p/bill")).await;
        let shown = groups.to_string();
        town.cognito
            .misbehave(Fault::Claim("cognito:groups".to_owned(), Some(groups)));
        let page = town.cognito.log_in(&browser, &login, "ada").await;
        town.cognito.behave();
        let expected = if comes_in {
            None
        } else {
            Some("group_required")
        };
        assert_eq!(
            reason(&page).as_deref(),
            expected,
            "{shown:.80}: {}",
            page.words()
        );
    }
}

/// What the front door asks on its way to an identity.
const ASKED: [Endpoint; 4] = [
    Endpoint::Discovery,
    Endpoint::Keys,
    Endpoint::Token,
    Endpoint::UserInfo,
];

/// More than a sender's and a receiver's system hold between them, far less than can be sent in a second.
const HELD_BY_SYSTEMS: u64 = 16 << 20;

/// The first login at a front door that was opened while its provider misbehaves so ends in this reason, and the next one, when it behaves, in the
/// portal. Gives how much was taken of an answer without end before it was hung up on.
async fn first_login_ends(fault: Fault, (expected, status): (&str, u16)) -> u64 {
    let mut town = impatient().await;
    town.close().await;
    town.cognito.misbehave(Fault::EmailMissing);
    town.cognito.misbehave(fault.clone());
    town.open().await;
    let browser = Browser::new();
    let mut page = browser.open(&town.at("/p/help")).await;
    if reason(&page).is_none() {
        page = town.cognito.log_in(&browser, &page, "ada").await;
    }
    let expected = (Some(expected.to_owned()), status);
    assert_eq!(told(&page), expected, "{fault:?}: {}", page.words());
    town.cognito.until_none_is_taken().await;
    town.cognito.behave();
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    town.cognito.most_taken()
}

/// What an answer that cannot be read ends in: without endpoints and keys nobody can log in, without the others this login is not believed.
fn unreadable(endpoint: Endpoint) -> (&'static str, u16) {
    match endpoint {
        Endpoint::Token | Endpoint::UserInfo => ("login_invalid", 400),
        _ => ("provider_unavailable", 503),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_end_is_hung_up_on_when_it_grows_too_large() {
    for endpoint in ASKED {
        let taken = first_login_ends(Fault::Endless(endpoint), unreadable(endpoint)).await;
        let bounded = (1..HELD_BY_SYSTEMS).contains(&taken);
        assert!(bounded, "{endpoint:?}: {taken}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_trickles_without_end_is_hung_up_on_when_its_time_is_over() {
    for endpoint in ASKED {
        let slow = ("provider_unavailable", 503);
        let taken = first_login_ends(Fault::Trickles(endpoint), slow).await;
        assert!(taken > 0, "{endpoint:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gzip_that_nobody_asked_for_is_not_unpacked_be_it_a_bomb_or_not() {
    for endpoint in ASKED {
        for fault in [Fault::Gzip(endpoint), Fault::GzipBomb(endpoint)] {
            first_login_ends(fault, unreadable(endpoint)).await;
        }
    }
}
