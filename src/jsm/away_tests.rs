//! How calls to a site that is away behave on the wire.

use std::time::Duration;

use super::super::scripted_site::{Reply, ScriptedSite, bare, json, plenty, settings};
use super::super::{Deadline, Jsm, JsmError, TokenProblem};

const MYSELF: &str = "/rest/api/3/myself";
const CUSTOMER: &str = "/rest/servicedeskapi/customer";
const ME: &str = r#"{"accountId":"5b10","displayName":"Bot"}"#;

/// Of an answer that no call is made again for.
fn away() -> Reply {
    bare("501 Away", "")
}

fn page() -> Reply {
    Reply::Say(
        "200 OK",
        "Content-Type: text/html\r\n".to_owned(),
        "<h1>Maintenance</h1>".to_owned(),
    )
}

/// Asks until no call leaves any more, or ten did.
async fn asked_until_spared(jsm: &Jsm) -> Option<usize> {
    for call in 0..10 {
        if let Err(JsmError::Resting { .. }) = jsm.myself(plenty()).await {
            return Some(call);
        }
    }
    None
}

#[tokio::test]
async fn a_site_that_is_away_is_spared_by_all_clones() {
    for reply in [away(), page(), Reply::Drop] {
        let site = ScriptedSite::open(vec![(MYSELF, vec![reply])]).await;
        let jsm = site.client();
        assert_eq!(asked_until_spared(&jsm).await, Some(5));
        let before = site.requests().len();
        let clone = jsm.clone();
        let creation = clone.create_customer("a@b.example", "A", plenty());
        let Err(error) = creation.await else {
            panic!("nobody was asked")
        };
        assert!(error.passes() && error.wait() > Some(Duration::ZERO));
        assert_eq!(site.requests().len(), before);
        assert!(jsm.away_for().is_some());
    }
}

#[tokio::test]
async fn a_site_that_answers_is_not_away_whatever_it_answers() {
    for reply in [
        json("200 OK", ME),
        json("200 OK", "{}"),
        json("400 Bad Request", "{}"),
        json("401 Unauthorized", "{}"),
        json("403 Forbidden", "{}"),
        json("404 Not Found", "{}"),
        json("409 Conflict", "{}"),
        bare("302 Found", "Location: http://evil.test/\r\n"),
        bare("429 Slow", "RateLimit-Reason: jira-quota-tenant-based\r\n"),
    ] {
        let site = ScriptedSite::open(vec![(MYSELF, vec![reply])]).await;
        assert_eq!(asked_until_spared(&site.client()).await, None);
    }
}

#[tokio::test]
async fn no_answer_is_no_sign_where_there_was_no_time_for_one() {
    let site = ScriptedSite::open(vec![(MYSELF, vec![Reply::Hang])]).await;
    let jsm = site.client();
    for _ in 0..10 {
        let soon = Deadline::after(Duration::from_millis(20));
        assert!(jsm.myself(soon).await.is_err());
    }
    assert_eq!(jsm.away_for(), None);
}

#[tokio::test]
async fn it_is_found_again_by_one_call_once_the_pause_is_over() {
    let mut replies = vec![away(); 5];
    replies.push(json("200 OK", ME));
    let site = ScriptedSite::open(vec![(MYSELF, replies)]).await;
    let jsm = site.client();
    asked_until_spared(&jsm).await;
    while jsm.away_for().is_some() {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let _spared_or_answered = jsm.myself(plenty()).await;
    }
    assert_eq!(site.requests().len(), 6, "nobody asked in between");
    assert!(jsm.myself(plenty()).await.is_ok());
}

#[tokio::test]
async fn an_examination_asks_all_the_same_and_its_answer_counts_for_all() {
    let replies = [vec![away(); 6], vec![json("200 OK", ME)]].concat();
    let info = json("200 OK", r#"{"baseUrl":"http://x.test","serverTitle":"X"}"#);
    let server = vec![away(), info];
    let site =
        ScriptedSite::open(vec![(MYSELF, replies), ("/rest/api/3/serverInfo", server)]).await;
    let jsm = site.client();
    asked_until_spared(&jsm).await;
    let examined = jsm.examine(plenty()).await;
    assert!(
        matches!(
            &examined.problems[..],
            [TokenProblem::Away(JsmError::Unavailable { .. })]
        ),
        "{examined:?}"
    );
    assert!(jsm.away_for().is_some());
    jsm.examine(plenty()).await;
    assert_eq!(jsm.away_for(), None);
}

#[tokio::test]
async fn a_burst_limit_that_one_caller_was_told_holds_for_all_of_that_operation() {
    let limit = "Retry-After: 3600\r\nRateLimit-Reason: jira-burst-based\r\n";
    let site = ScriptedSite::open(vec![
        (CUSTOMER, vec![bare("429 Slow", limit)]),
        (MYSELF, vec![json("200 OK", ME)]),
    ])
    .await;
    let jsm = site.client();
    for asked in [1, 1, 1] {
        let clone = jsm.clone();
        let limited = clone.create_customer("a@b.example", "A", plenty());
        let error = limited.await.map(drop).unwrap_err();
        assert!(matches!(error, JsmError::RateLimited { .. }), "{error}");
        assert!(error.wait() > Some(Duration::from_secs(30)));
        assert_eq!(site.requests().len(), asked);
    }
    assert!(jsm.myself(plenty()).await.is_ok(), "another operation");
}

#[tokio::test]
async fn a_spent_quota_that_one_caller_was_told_holds_for_all_calls_until_one_finds_out() {
    let quota = "Retry-After: 1\r\nRateLimit-Reason: jira-quota-tenant-based\r\n";
    let account = json("201 Created", r#"{"accountId":"qm:1:2"}"#);
    let site = ScriptedSite::open(vec![
        (CUSTOMER, vec![bare("429 Slow", quota), account]),
        (MYSELF, vec![json("200 OK", ME)]),
    ])
    .await;
    let jsm = site.client();
    let soon = || Deadline::after(Duration::from_millis(300));
    let told = jsm.create_customer("a@b.example", "A", soon()).await;
    assert!(matches!(told, Err(JsmError::RateLimited { .. })));
    for _ in 0..20 {
        let error = jsm.clone().myself(soon()).await.unwrap_err();
        assert!(matches!(error, JsmError::RateLimited { .. }), "{error}");
        assert!(error.wait().is_some());
    }
    assert_eq!(site.requests().len(), 1, "nobody else asked");
    let made = jsm.create_customer("a@b.example", "A", plenty()).await;
    assert!(made.is_ok(), "waited for where there is time");
    assert!(jsm.myself(soon()).await.is_ok());
}

#[tokio::test]
async fn an_examination_asks_also_while_the_quota_is_spent_and_its_answer_counts_for_all() {
    let quota = "Retry-After: 3600\r\nRateLimit-Reason: jira-quota-global-based\r\n";
    let site = ScriptedSite::open(vec![
        (MYSELF, vec![bare("429 Slow", quota), json("200 OK", ME)]),
        ("/rest/api/3/serverInfo", vec![json("200 OK", "{}")]),
    ])
    .await;
    let jsm = site.client();
    for _ in 0..2 {
        assert!(jsm.myself(plenty()).await.is_err());
    }
    assert_eq!(site.requests().len(), 1);
    jsm.examine(plenty()).await;
    assert!(jsm.myself(plenty()).await.is_ok());
}

#[tokio::test]
async fn what_is_known_of_a_site_is_kept_for_the_same_site_alone() {
    let site = ScriptedSite::open(vec![(MYSELF, vec![away()])]).await;
    let other = ScriptedSite::open(vec![(MYSELF, vec![json("200 OK", ME)])]).await;
    let before = site.client();
    asked_until_spared(&before).await;
    let http = crate::web::http_client(Duration::from_secs(5)).unwrap();
    let same = Jsm::new(http.clone(), &settings(&site.address)).knowing(Some(&before));
    assert!(same.away_for().is_some());
    let other = Jsm::new(http, &settings(&other.address)).knowing(Some(&before));
    assert!(other.myself(plenty()).await.is_ok());
}
