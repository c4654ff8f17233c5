//! Answers of Atlassian that are none, lead elsewhere or speak of somebody else: whoever is new waits, nobody becomes somebody else, and the token stays where it belongs.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use imitation::atlassian::{Account, Body, Failure, Operation};
use imitation::browser::{Browser, Page};
use imitation::cognito::{Endpoint, Person};
use serde_json::json;
use support::{Town, arrived, told};

/// A town that has little patience with Atlassian.
async fn impatient() -> Town {
    let table = "[default.atlassian]";
    Town::replacing(table, &format!("{table}\nbudget = \"700ms\"")).await
}

/// Somebody new comes while one operation answers so, and once more when it answers as it should; the first page.
async fn somebody_new_comes(
    town: &Town,
    n: usize,
    operation: Operation,
    failure: &Failure,
) -> Page {
    let (username, email) = (format!("new-{n}"), format!("new-{n}@customer.example"));
    town.cognito
        .add_person(Person::new(&username, "New", "Customer", &email));
    town.atlassian.fail_times(operation, 20, failure);
    let before = town.atlassian.customers().len();
    let page = town.arrive(&Browser::new(), "/p/help", &username).await;
    town.atlassian.behave();
    if operation == Operation::CreateCustomer {
        assert_eq!(town.atlassian.customers().len(), before, "{failure:?}");
    }
    let again = town.arrive(&Browser::new(), "/p/help", &username).await;
    arrived(&again, &email);
    assert_eq!(town.atlassian.customers().len(), before + 1, "{failure:?}");
    page
}

#[track_caller]
fn waits_politely(page: &Page, what: &Failure) {
    let expected = (Some("atlassian_unavailable".to_owned()), 503);
    assert_eq!(told(page), expected, "{what:.200?}: {}", page.words());
    let wait: u64 = page.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3_600).contains(&wait), "{what:.200?}: {wait}");
    assert!(
        !page.text.contains("evil") && !page.text.contains("eve@"),
        "{what:.200?}"
    );
}

fn typed(status: u16, kind: &str, text: &str) -> Failure {
    Failure::status(status).with_body(Body::Typed(kind.to_owned(), text.to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_creation_that_names_nobody_for_certain_makes_nobody() {
    let town = impatient().await;
    town.atlassian
        .add_account(Account::customer("eve@evil.test", "Eve"));
    let eve = town.atlassian.account("eve@evil.test").unwrap().id;
    let long = json!({ "accountId": "a".repeat(10_000) }).to_string();
    let of_eve = json!({ "accountId": eve, "emailAddress": "eve@evil.test" }).to_string();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let texts = [
        "",
        "null",
        "7",
        "[]",
        "{}",
        "{\"accountId\":null}",
        "{\"accountId\":7}",
        "{\"accountId\":\"\"}",
        "{\"accountId\":\"a b\"}",
        "{\"accountId\":\"a\\nb\"}",
        "{\"accountId\":\"a\\u0000b\"}",
        "{\"accountId\":[\"qm:1\"]}",
        "{\"accountId\":\"qm:1\",\"accountId\":\"qm:2\"}",
        "{\"accountId\":\"qm:1\"",
        "{\"accountId\":\"qm:1\"}{}",
        "{\"accountId\":\"qm:1\",\"emailAddress\":7}",
        "{\"accountId\":\"qm:1\",\"emailAddress\":\"eve@evil.test\"}",
        &long,
        &of_eve,
        &deep,
    ];
    for (n, text) in texts.into_iter().enumerate() {
        for status in [200, 201] {
            let answer = typed(status, "application/json", text);
            let page = somebody_new_comes(
                &town,
                2 * n + usize::from(status == 201),
                Operation::CreateCustomer,
                &answer,
            )
            .await;
            waits_politely(&page, &answer);
            assert!(!town.atlassian.members("HELP").contains(&eve), "{text:.60}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_status_and_no_content_type_is_taken_for_a_success() {
    let town = impatient().await;
    let good = "{\"accountId\":\"qm:1\"}";
    let mut answers: Vec<Failure> = [
        204, 300, 304, 400, 402, 404, 405, 406, 410, 412, 413, 415, 418, 422, 451, 501, 502, 504,
        505, 599,
    ]
    .into_iter()
    .map(|status| typed(status, "application/json", good))
    .collect();
    answers.extend(
        [
            "text/html",
            "text/plain",
            "application/xml",
            "application/jsonp",
            "",
        ]
        .map(|kind| typed(201, kind, good)),
    );
    for wait in [
        "-1",
        "soon",
        "99999999999999999999999",
        "",
        "0",
        "Wed, 21 Oct 1999 07:28:00 GMT",
        "1e9",
    ] {
        for status in [429, 503] {
            answers.push(Failure::status(status).with_header("Retry-After", wait));
        }
    }
    let in_73_years = "Wed, 21 Oct 2099 07:28:00 GMT";
    answers.push(Failure::status(503).with_header("Retry-After", in_73_years));
    for (n, answer) in answers.into_iter().enumerate() {
        let page = somebody_new_comes(&town, n, Operation::CreateCustomer, &answer).await;
        waits_politely(&page, &answer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_follows_no_redirect() {
    let town = impatient().await;
    let stranger = format!("{}/stolen", town.cognito.base());
    let operations = [Operation::CreateCustomer, Operation::AddCustomers];
    let mut n = 0;
    for operation in operations {
        for status in [301, 302, 303, 307, 308] {
            for to in [
                &stranger,
                "/rest/elsewhere",
                "http://169.254.169.254/",
                "//evil.test/",
                "not an address",
            ] {
                let answer = Failure::redirects(status, to);
                let page = somebody_new_comes(&town, n, operation, &answer).await;
                waits_politely(&page, &answer);
                n += 1;
            }
        }
    }
    assert_eq!(
        town.cognito.count(Endpoint::Unknown),
        0,
        "nobody came there"
    );
    assert_eq!(town.atlassian.count(Operation::UnknownRest), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_address_is_believed_of_nobody_but_its_own_account() {
    let town = impatient().await;
    let user = |id: &str, kind: &str, email: &str| json!({ "accountId": id, "accountType": kind, "emailAddress": email, "active": true });
    let hidden = json!({ "accountId": "qm:hidden", "accountType": "customer", "active": true });
    let eve = |email: &str| user("qm:eve", "customer", email);
    let own = "ada@customer.example";
    let answers = [
        json!([eve("eve@evil.test")]),
        json!([eve("ada@customer.example.evil.test")]),
        json!([eve("ada@customer.example ")]),
        json!([eve("\u{430}da@customer.example")]),
        json!([eve("ada+x@customer.example")]),
        json!([eve("")]),
        json!([hidden]),
        json!([user("qm:1", "customer", own), user("qm:2", "customer", own)]),
        json!([{ "accountId": "", "emailAddress": own }]),
        json!([{ "emailAddress": own }]),
        json!({ "values": [user("qm:1", "customer", own)] }),
        json!(null),
        json!("x"),
    ];
    for answer in answers {
        town.atlassian
            .fail_times(Operation::CreateCustomer, 9, &Failure::status(409));
        town.atlassian.fail_times(
            Operation::SearchUsers,
            9,
            &Failure::text(&answer.to_string()),
        );
        let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
        town.atlassian.behave();
        waits_politely(&page, &Failure::text(&answer.to_string()));
        assert!(town.atlassian.members("HELP").is_empty(), "{answer}");
    }
    for kind in ["atlassian", "app"] {
        town.atlassian
            .fail_next(Operation::CreateCustomer, Failure::status(409));
        let answer = json!([user("557058:1", kind, own)]).to_string();
        town.atlassian
            .fail_next(Operation::SearchUsers, Failure::text(&answer));
        let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
        town.atlassian.behave();
        assert_eq!(
            told(&page),
            (Some("atlassian_account".to_owned()), 409),
            "{kind}"
        );
    }
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn service_desks_that_are_told_oddly_leave_the_links_as_they_were() {
    let mut town = Town::new().await;
    let page = |values: &serde_json::Value, last: bool| json!({ "size": 1, "start": 0, "limit": 50, "isLastPage": last, "values": values });
    let desk = |id: &str, key: &str| json!([{ "id": id, "projectId": "1", "projectKey": key, "projectName": "<script>alert(1)</script>" }]);
    for answer in [
        json!(null),
        json!([]),
        json!({}),
        json!({ "values": null }),
        page(&json!([{}]), true),
        page(&json!([]), false),
        page(&desk("../../x", "HELP"), true),
        page(&desk("1?x=y", "HELP"), true),
        page(&desk("", "HELP"), true),
        page(&desk("99999999999999999999", "HELP"), true),
        page(&desk("4", "../admin"), true),
        page(&desk("4", "help/../me"), true),
        page(&desk("4", ""), true),
    ] {
        town.atlassian.forget_calls();
        let odd = Failure::text(&answer.to_string());
        town.atlassian.fail_times(Operation::ListDesks, 60, &odd);
        town.close().await;
        town.open().await;
        town.atlassian.wait_for(Operation::ListDesks, 1).await;
        for path in ["/p/help", "/p/bill"] {
            let login = Browser::new().open(&town.at(path)).await;
            assert!(
                login.url.as_str().starts_with(&town.cognito.base()),
                "{answer}: {}",
                login.words()
            );
        }
        town.atlassian.behave();
    }
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}
