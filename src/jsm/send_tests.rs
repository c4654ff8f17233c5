//! How calls behave on the wire.

use std::time::Duration;

use super::super::customer::Creation;
use super::super::scripted_site::{Reply, ScriptedSite, bare, json, plenty, settings};
use super::super::{AccountId, Deadline, Jsm, JsmError, ServiceAccount, ServiceDeskId};

const DESKS: &str = "/rest/servicedeskapi/servicedesk";
const CUSTOMER: &str = "/rest/servicedeskapi/customer";
const MYSELF: &str = "/rest/api/3/myself";
const ME: &str = r#"{"accountId":"5b10","displayName":"Bot"}"#;
const ANA: &str = "ana+tag@acme.example";

fn desk() -> ServiceDeskId {
    "1".parse().unwrap()
}

fn ana() -> AccountId {
    "qm:1:2".parse().unwrap()
}

async fn myself(replies: Vec<Reply>) -> (Result<ServiceAccount, JsmError>, ScriptedSite) {
    let site = ScriptedSite::open(vec![(MYSELF, replies)]).await;
    (site.client().myself(plenty()).await, site)
}

async fn creation(replies: Vec<Reply>) -> (Result<Creation, JsmError>, ScriptedSite) {
    let site = ScriptedSite::open(vec![(CUSTOMER, replies)]).await;
    (
        site.client().create_customer(ANA, "Ana", plenty()).await,
        site,
    )
}

#[tokio::test]
async fn a_call_is_signed_with_address_and_token() {
    let (account, site) = myself(vec![json("200 OK", ME)]).await;
    assert_eq!(account.unwrap().display_name, "Bot");
    let request = &site.requests()[0];
    assert!(
        request.contains("authorization: Basic Ym90QGFjbWUuZXhhbXBsZTp2ZXJ5LXNlY3JldA=="),
        "{request}"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (account, site) = myself(vec![bare(
        "302 Found",
        "Location: http://evil.test/login\r\n",
    )])
    .await;
    let host = Some("evil.test".to_owned());
    assert_eq!(
        account,
        Err(JsmError::Redirected {
            operation: "get_myself",
            host
        })
    );
    assert_eq!(site.requests().len(), 1);
}

#[tokio::test]
async fn statuses_are_told_apart() {
    let operation = "get_myself";
    let message = || "No way".to_owned();
    for (status, expected) in [
        ("401 Unauthorized", JsmError::Unauthorized { operation }),
        (
            "403 Forbidden",
            JsmError::Forbidden {
                operation,
                message: message(),
            },
        ),
        (
            "404 Not Found",
            JsmError::NotFound {
                operation,
                message: message(),
            },
        ),
        (
            "409 Conflict",
            JsmError::Conflict {
                operation,
                message: message(),
            },
        ),
        (
            "412 Precondition Failed",
            JsmError::Refused {
                operation,
                status: 412,
                message: message(),
            },
        ),
        (
            "501 Not Implemented",
            JsmError::Unavailable {
                operation,
                why: "status 501".to_owned(),
                retry_after: None,
            },
        ),
    ] {
        let (account, site) = myself(vec![json(status, r#"{"errorMessage":"No way"}"#)]).await;
        assert_eq!(account, Err(expected));
        assert_eq!(site.requests().len(), 1, "{status} is not asked again");
    }
}

#[tokio::test]
async fn what_is_not_json_or_not_of_the_shape_or_too_large_cannot_be_read() {
    let html = Reply::Say(
        "200 OK",
        "Content-Type: text/html\r\n".to_owned(),
        ME.to_owned(),
    );
    let huge = format!(
        r#"{{"accountId":"5b10","displayName":"{}"}}"#,
        "x".repeat(3 * 1024 * 1024)
    );
    for reply in [
        html,
        json("200 OK", "{"),
        json("200 OK", r#"{"accountId":""}"#),
        json("200 OK", &huge),
    ] {
        let (account, _) = myself(vec![reply]).await;
        assert!(
            matches!(account, Err(JsmError::Unreadable { .. })),
            "{account:?}"
        );
    }
}

#[tokio::test]
async fn a_burst_is_waited_out() {
    let busy = bare(
        "429 Too Many Requests",
        "Retry-After: 0\r\nRateLimit-Reason: jira-burst-based\r\n",
    );
    let (account, site) = myself(vec![busy.clone(), busy, json("200 OK", ME)]).await;
    assert!(account.is_ok());
    assert_eq!(site.requests().len(), 3);
}

#[tokio::test]
async fn a_spent_quota_or_a_long_wait_fails_at_once() {
    for headers in [
        "Retry-After: 1\r\nRateLimit-Reason: jira-quota-tenant-based\r\n",
        "Retry-After: 3600\r\n",
    ] {
        let (account, site) = myself(vec![bare("429 Too Many Requests", headers)]).await;
        assert!(matches!(
            account,
            Err(JsmError::RateLimited {
                retry_after: Some(_),
                ..
            })
        ));
        assert_eq!(site.requests().len(), 1);
    }
}

#[tokio::test]
async fn tries_end_after_the_fourth() {
    let (account, site) = myself(vec![bare("503 Away", "Retry-After: 0\r\n")]).await;
    assert!(matches!(account, Err(JsmError::Unavailable { .. })));
    assert_eq!(site.requests().len(), 4);
}

#[tokio::test]
async fn a_broken_connection_is_tried_again_for_a_question() {
    let (account, site) = myself(vec![Reply::Drop, json("200 OK", ME)]).await;
    assert!(account.is_ok());
    assert_eq!(site.requests().len(), 2);
}

/// Answers that say nothing of what was asked, or of what was done.
fn odd_answers() -> [Reply; 4] {
    let page = |status| {
        let kind = "Content-Type: text/html\r\n".to_owned();
        Reply::Say(status, kind, "<h1>Oops</h1>".to_owned())
    };
    [
        bare("500 Oops", ""),
        page("500 Oops"),
        page("200 OK"),
        json("200 OK", &ME[..ME.len() / 2]),
    ]
}

#[tokio::test]
async fn a_question_that_gets_no_whole_answer_is_asked_again() {
    for odd in odd_answers() {
        let (account, site) = myself(vec![odd, json("200 OK", ME)]).await;
        assert!(account.is_ok(), "{account:?}");
        assert_eq!(site.requests().len(), 2);
    }
}

#[tokio::test]
async fn what_changes_something_is_not_done_again_for_a_better_answer() {
    for odd in odd_answers() {
        let (creation, site) = creation(vec![odd.clone()]).await;
        assert!(creation.is_err());
        assert_eq!(site.requests().len(), 1);
        let path = format!("{DESKS}/1/customer");
        let site = ScriptedSite::open(vec![(&path, vec![odd])]).await;
        let jsm = site.client();
        let joined = jsm.add_to_service_desk(&desk(), &ana(), plenty()).await;
        assert!(joined.is_err());
        assert_eq!(site.requests().len(), 1);
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_fetched_again() {
    let (account, site) = myself(vec![json("200 OK", &" ".repeat(3 << 20))]).await;
    assert!(matches!(account, Err(JsmError::Unreadable { .. })));
    assert_eq!(site.requests().len(), 1);
}

#[tokio::test]
async fn a_customer_is_never_made_twice_blindly() {
    for reply in [
        Reply::Drop,
        bare("503 Away", "Retry-After: 0\r\n"),
        bare("504 Slow", ""),
    ] {
        let (creation, site) = creation(vec![reply]).await;
        assert!(matches!(creation, Err(JsmError::Unavailable { .. })));
        assert_eq!(site.requests().len(), 1);
    }
    let busy = bare("429 Too Many Requests", "Retry-After: 0\r\n");
    let (creation, _) =
        creation(vec![busy, json("201 Created", r#"{"accountId":"qm:1:2"}"#)]).await;
    assert!(
        creation.is_ok(),
        "what was refused unseen may be asked again"
    );
}

#[tokio::test]
async fn joining_may_be_repeated() {
    let path = format!("{DESKS}/1/customer");
    let site =
        ScriptedSite::open(vec![(&path, vec![Reply::Drop, bare("204 No Content", "")])]).await;
    site.client()
        .add_to_service_desk(&desk(), &ana(), plenty())
        .await
        .unwrap();
    assert_eq!(site.requests().len(), 2);
    assert!(site.requests()[1].ends_with(r#"{"accountIds":["qm:1:2"]}"#));
}

#[tokio::test]
async fn nothing_outlasts_the_deadline() {
    let site = ScriptedSite::open(vec![(MYSELF, vec![Reply::Hang])]).await;
    let begun = std::time::Instant::now();
    let account = site
        .client()
        .myself(Deadline::after(Duration::from_millis(100)))
        .await;
    assert_eq!(
        account,
        Err(JsmError::TooSlow {
            operation: "get_myself"
        })
    );
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_deadline_that_is_over_sends_nothing() {
    let site = ScriptedSite::open(vec![(MYSELF, vec![json("200 OK", ME)])]).await;
    let account = site.client().myself(Deadline::after(Duration::ZERO)).await;
    assert!(matches!(account, Err(JsmError::TooSlow { .. })));
    assert!(site.requests().is_empty());
}

#[tokio::test]
async fn nobody_at_the_address_is_unavailable() {
    // Bound and never listened on: nobody else gets this port meanwhile.
    let held = tokio::net::TcpSocket::new_v4().unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = format!("http://{}", held.local_addr().unwrap());
    let address = address.parse().unwrap();
    let jsm = Jsm::new(
        reqwest::Client::builder().build().unwrap(),
        &settings(&address),
    );
    let account = jsm.myself(plenty()).await;
    assert!(
        matches!(account, Err(JsmError::Unavailable { .. })),
        "{account:?}"
    );
}

#[tokio::test]
async fn lists_are_read_to_their_end_by_their_own_sizes() {
    let page = |ids: &[u8], last: bool| {
        let values: Vec<_> = ids
            .iter()
            .map(|id| {
                format!(r#"{{"id":"{id}","projectId":"9","projectKey":"K{id}","projectName":"n"}}"#)
            })
            .collect();
        json(
            "200 OK",
            &format!(
                r#"{{"size":{},"start":0,"limit":2,"isLastPage":{last},"_links":{{"next":"http://evil.test/"}},"values":[{}]}}"#,
                ids.len(),
                values.join(",")
            ),
        )
    };
    let site = ScriptedSite::open(vec![(
        DESKS,
        vec![page(&[1, 2], false), page(&[2, 3], false), page(&[4], true)],
    )])
    .await;
    let desks = site.client().service_desks(plenty()).await.unwrap();
    assert_eq!(
        desks
            .iter()
            .map(|desk| desk.id.as_str())
            .collect::<Vec<_>>(),
        ["1", "2", "3", "4"]
    );
    let lines = site.lines();
    assert!(
        lines[1].ends_with("?start=2&limit=50") && lines[2].ends_with("?start=4&limit=50"),
        "{lines:?}"
    );
    for (stuck, asked) in [(page(&[], false), 1), (page(&[1], false), 2)] {
        let site = ScriptedSite::open(vec![(DESKS, vec![stuck])]).await;
        let desks = site.client().service_desks(plenty()).await;
        assert!(
            matches!(desks, Err(JsmError::Unreadable { .. })),
            "half a list is none"
        );
        assert_eq!(
            site.requests().len(),
            asked,
            "no page after it is asked for"
        );
    }
}

#[tokio::test]
async fn the_token_is_in_no_error() {
    let (account, _) = myself(vec![json("403 Forbidden", r#"{"errorMessage":"x"}"#)]).await;
    assert!(!format!("{account:?}").contains("secret"));
}
