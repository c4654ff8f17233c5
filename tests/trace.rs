//! Traces: the reference of an error page leads an administrator to each step of that visit, and to no secret.

mod support;

use std::time::Duration;

use imitation::atlassian::{Failure, Operation};
use imitation::browser::Browser;
use imitation::cognito::{Fault, Person};
use imitation::saml::{AuthnRequest, redirect_url};
use support::traces::{Desk, impatient, reference, stored};
use support::{Town, arrived, reason};

/// Three days and an hour.
const TOO_LONG: Duration = Duration::from_hours(73);

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_leads_to_the_page_where_its_rule_is_changed() {
    let mut desk = Desk::new().await;
    let (_, page) = desk.visit("/p/help", "boris", &[]).await;
    let told = [
        "the mail domain may not come in",
        "domain_not_allowed: refused at help: the address falls under the blocked domain",
        "The lists of domains decide.",
        "Access → Blocked domains",
    ];
    desk.shows(&page, &told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_did_wrong_is_the_step_that_failed() {
    let mut desk = Desk::new().await;
    for (fault, expected) in [
        (
            Fault::TokenRefused,
            "Failed: the provider no longer accepts the code",
        ),
        (
            Fault::TokenEndpointFails,
            "the token endpoint: it answered 500",
        ),
        (
            Fault::TokenEndpointHtml,
            "the token endpoint's answer cannot be read",
        ),
        (Fault::TokenEndpointHangs, "no complete answer within 1s"),
        (
            Fault::NonceWrong,
            "Failed: the ID token belongs to another login attempt (nonce)",
        ),
        (
            Fault::SignedByStranger,
            "Failed: the ID token has a signature that does not hold",
        ),
        (
            Fault::AlgNone,
            "Failed: the ID token is not signed with RS256",
        ),
        (
            Fault::IssuerWrong,
            "Failed: the ID token is from another issuer",
        ),
        (
            Fault::AudienceForeign,
            "Failed: the ID token is for another client",
        ),
        (Fault::Expired, "Failed: the ID token has expired"),
    ] {
        let (_, page) = desk.visit("/p/help/create/10", "ada", &[fault]).await;
        let steps = ["Login attempt", "s ago at cognito", "Endpoints", expected];
        desk.shows(&page, &steps).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_client_secret_is_told_from_the_persons_fault() {
    let mut town = impatient().await;
    town.close().await;
    let secret = town.cognito.client_secret().unwrap();
    town.settings = town
        .settings
        .replace(&secret, "the-wrong-canary-of-a-secret");
    town.open().await;
    let browser = Browser::new();
    let login = browser.open(&town.at("/p/help")).await;
    let page = town.cognito.log_in(&browser, &login, "ada").await;
    assert_eq!(reason(&page).as_deref(), Some("provider_unavailable"));
    while stored(&town, &reference(&page)).await.is_none() {
        tokio::task::yield_now().await;
    }
    town.close().await;
    town.settings = town
        .settings
        .replace("the-wrong-canary-of-a-secret", &secret);
    town.open().await;
    let mut desk = Desk::of(town).await;
    desk.secrets.push("the-wrong-canary-of-a-secret".to_owned());
    let expected = "the token endpoint refuses client id, secret or redirect address";
    desk.shows(&page, &["Token endpoint", expected]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_said_and_the_rule_that_decided_are_there() {
    let town = impatient().await;
    let mut desk = Desk::of(town).await;
    let checks = "signature, issuer, audience, times, nonce and access token hold";
    for (username, expected) in [
        (
            "ulf",
            [
                "email_unverified: the provider has not verified the mail address (an address)",
                checks,
            ],
        ),
        (
            "boris",
            ["Rules", "no: the address falls under the blocked domain"],
        ),
        (
            "anna",
            [
                "Plan",
                "atlassian_account: the address belongs to an Atlassian account",
            ],
        ),
    ] {
        let (_, page) = desk.visit("/p/bill", username, &[]).await;
        desk.shows(&page, &expected).await;
        let claims = ["Claims of the ID token", "email_verified"];
        desk.shows(&page, &claims).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_try_at_atlassian_is_there_with_its_time() {
    let mut desk = Desk::new().await;
    for (n, (fault, expected)) in [
        (Failure::status(500), "Failed: create_customer"),
        (Failure::status(503), "try 1"),
        (Failure::status(403), "not permitted (403)"),
        (Failure::hangs(), "no answer in time"),
        (
            Failure::rate_limited(3_600, "jira-quota-tenant-based"),
            "too many requests (429)",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let person = Person::new(
            &format!("new-{n}"),
            "New",
            "Lovelace",
            &format!("new-{n}@customer.example"),
        );
        desk.town.cognito.add_person(person);
        desk.town
            .atlassian
            .fail_times(Operation::CreateCustomer, 50, &fault);
        let (_, page) = desk.visit("/p/help", &format!("new-{n}"), &[]).await;
        desk.town.atlassian.behave();
        let plan = "find or create the customer, add it to the service desk";
        desk.shows(&page, &[plan, "create_customer", "ms are left", expected])
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_visits_that_led_to_a_refusal_stand_below_it() {
    let mut desk = Desk::new().await;
    let failure = Failure::status(403);
    desk.town
        .atlassian
        .fail_times(Operation::CreateCustomer, 50, &failure);
    let (_, page) = desk.visit("/p/help", "ada", &[]).await;
    let steps = [
        "A substitute link (/p/<slug>/<_..>)",
        "Session found",
        "In the audit trail",
        "ada@customer.example",
        "What led to it",
        "Its steps are not kept: nobody was refused on it.",
        "The way back from the identity provider",
        "its address is believed",
    ];
    desk.shows(&page, &steps).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_breaks_a_rule_leads_back_to_the_login_and_the_hand_over() {
    let mut desk = Desk::new().await;
    let (browser, page) = desk.visit("/p/help", "ada", &[]).await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
    let town = &desk.town;
    let mut request = AuthnRequest::new(
        &town.atlassian.entity_id("portal"),
        &town.atlassian.acs_url("portal"),
        &town.at("/saml/sso"),
        town.clock.now(),
    );
    request.destination = Some("https://elsewhere.example/saml/sso".to_owned());
    let address = redirect_url(&town.at("/saml/sso"), &request.xml(), None);
    let page = browser.open(address.as_str()).await;
    desk.met(&page, &browser);
    let steps = [
        "saml_request_invalid: its Destination is not our address",
        "A service provider’s question who it is",
        "What led to it",
        "to the portal, which will ask us who it is",
        "create_customer: ok; try 1",
    ];
    desk.shows(&page, &steps).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_completed_can_be_found_by_the_reference_of_the_audit_trail() {
    let mut desk = Desk::new().await;
    let (browser, page) = desk.visit("/p/help", "ada", &[]).await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
    for (event, expected) in [
        ("signed_in", "Claims of the ID token"),
        ("handed_over", "nothing speaks against it"),
        ("assertion_sent", "signed, for portal"),
    ] {
        let all = desk.town.trail().await;
        let of_ada = |one: &&serde_json::Value| {
            one["event"] == event && one["email"] == "ada@customer.example"
        };
        let reference = all.iter().find(of_ada).unwrap()["reference"].clone();
        let page = desk.look_up(reference.as_str().unwrap()).await;
        assert!(page.says(expected), "{event}: {}", page.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_is_taken_as_it_was_pasted_and_anything_else_is_told_from_one() {
    let mut desk = Desk::new().await;
    let (_, page) = desk.visit("/p/help", "ada", &[Fault::NonceWrong]).await;
    let reference = reference(&page);
    for typed in [
        format!("Reference: {reference}"),
        format!("  {}\n", reference.to_lowercase()),
        format!("{} {}", &reference[..5], &reference[5..]),
    ] {
        let page = desk.look_up(&typed).await;
        assert!(page.says("Token endpoint"), "{typed}: {}", page.words());
    }
    for typed in ["short", "<script>alert(1)</script>", "7Q2XK0M9TD7Q2XK0M9TD"] {
        let page = desk.look_up(typed).await;
        assert!(
            page.says("A reference has ten letters and digits"),
            "{typed}"
        );
        assert_eq!(page.form_with("reference").field("reference"), Some(typed));
    }
    let page = desk.look_up("").await;
    assert!(!page.says("cannot be looked up"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_refused_or_too_long_ago_is_said_to_be_gone() {
    let mut desk = Desk::new().await;
    let page = desk.look_up("7Q2XK0M9TD").await;
    assert!(
        page.says("Nothing is kept under 7Q2XK0M9TD"),
        "{}",
        page.words()
    );
    let (_, refused) = desk.visit("/p/help", "ada", &[Fault::NonceWrong]).await;
    let reference = reference(&refused);
    assert!(desk.look_up(&reference).await.says("Token endpoint"));
    desk.town.advance(TOO_LONG);
    let desk = Desk::of(desk.town).await;
    let page = desk.look_up(&reference).await;
    assert!(
        page.says("The steps of this visit are not kept"),
        "{}",
        page.words()
    );
    assert!(page.says("In the audit trail"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_without_end_are_not_all_kept_and_hide_nobody_who_is_known() {
    let mut desk = Desk::new().await;
    let stranger = Browser::new();
    let mut last = None;
    for _ in 0..100 {
        last = Some(
            stranger
                .open(&desk.town.at("/login/callback/cognito"))
                .await,
        );
    }
    let page = desk.look_up(&reference(&last.unwrap())).await;
    assert!(page.says("Nothing is kept under"), "{}", page.words());
    assert!(page.says("visits were not kept"), "{}", page.words());
    let (_, page) = desk.visit("/p/bill", "boris", &[]).await;
    desk.shows(&page, &["no: the address falls under the blocked domain"])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_only_looked_at_leaves_no_trace() {
    let mut desk = Desk::of(
        Town::with("[default.link.bill]\nservice_desk = \"BILL\"\nhand_over = \"gate\"\n").await,
    )
    .await;
    let (browser, _) = desk.visit("/p/bill", "ada", &[]).await;
    let before = desk.town.trail().await.len();
    browser.open_once(&desk.town.at("/p/bill")).await;
    let reference = loop {
        let events = desk.town.trail().await;
        if let Some(event) = events.get(before) {
            break event["reference"].as_str().unwrap().to_owned();
        }
    };
    let page = desk.look_up(&reference).await;
    assert!(
        page.says("The steps of this visit are not kept"),
        "{}",
        page.words()
    );
}
