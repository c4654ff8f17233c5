//! Prism judges every request of our client and every answer of the imitation, by a description of Atlassian's API.

use std::collections::BTreeSet;
use std::time::Duration;

use front_door::jsm::{AccountId, Creation, Deadline, Jsm, JsmError, Lookup, Mailed};
use imitation::atlassian::{Account, Atlassian, Failure, Operation, Permission};
use serde_json::{Value, json};

use crate::judges::Judge;
use crate::passage::{Passage, accepted, refused, through};
use crate::support::{Town, arrived};

const ADA: &str = "ada@customer.example";

fn soon() -> Deadline {
    Deadline::after(Duration::from_mins(1))
}

fn says(error: Result<(), JsmError>, words: &str) {
    let said = error.unwrap_err().to_string();
    assert!(said.contains(words), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_of_the_client_is_as_atlassian_describes_it() {
    let mut passage = Passage::new().await;
    let jsm = passage.client(&passage.settings);
    let ada = customers(&jsm, &passage.atlassian).await;
    organizations(&jsm, &passage.atlassian, &ada).await;
    details(&jsm, &passage.atlassian, &ada).await;
    credentials(&jsm, &passage).await;
    let seen = accepted(&mut passage.prism);
    let unseen: Vec<_> = operations_of_the_client()
        .into_iter()
        .filter(|operation| !seen.contains(operation))
        .collect();
    assert!(
        unseen.is_empty(),
        "to be described in openapi.json, and called here: {unseen:?}"
    );
}

/// Found, made, found again, added to a desk and taken out; and each refusal.
async fn customers(jsm: &Jsm, atlassian: &Atlassian) -> AccountId {
    let desks = jsm.service_desks(soon()).await.unwrap();
    assert_eq!(desks.len(), 3, "in two pages");
    let desk = &desks[0].id;
    assert!(jsm.portal_id(desk, soon()).await.unwrap().is_some());
    let nobody = jsm.find_by_address(ADA, Some(desk), soon()).await.unwrap();
    assert_eq!(nobody, Lookup::NotFound);
    let made = jsm.create_customer(ADA, "Ada Lovelace", soon()).await;
    let Creation::Created { account_id, .. } = made.unwrap() else {
        panic!("the address is free");
    };
    let again = jsm.create_customer(ADA, "Ada Lovelace", soon()).await;
    assert_eq!(again.unwrap(), Creation::Taken);
    jsm.account_type(&account_id, soon()).await.unwrap();
    for _ in 0..2 {
        let added = jsm.add_to_service_desk(desk, &account_id, soon()).await;
        added.unwrap();
    }
    assert_eq!(atlassian.member_emails("HELP").len(), 1);
    let unknown = "qm:nobody".parse().unwrap();
    let refused = jsm.add_to_service_desk(desk, &unknown, soon()).await;
    says(refused, "(400)");
    let elsewhere = "99".parse().unwrap();
    let missing = jsm.add_to_service_desk(&elsewhere, &account_id, soon());
    says(missing.await, "(404)");
    atlassian.revoke(Permission::AdministerDesks);
    let forbidden = jsm.add_to_service_desk(desk, &account_id, soon()).await;
    says(forbidden, "(403)");
    atlassian.grant(Permission::AdministerDesks);
    let removed = jsm.remove_from_service_desk(desk, &account_id, soon());
    removed.await.unwrap();
    let departing = Account::customer("ben@customer.example", "Ben");
    let ben = departing.id.parse().unwrap();
    atlassian.add_account(departing);
    atlassian.revoke(Permission::AdministerSite);
    says(jsm.revoke_portal_access(&ben, soon()).await, "(403)");
    atlassian.grant(Permission::AdministerSite);
    jsm.revoke_portal_access(&ben, soon()).await.unwrap();
    let nobody = jsm.revoke_portal_access(&unknown, soon()).await;
    says(nobody, "(404)");
    account_id
}

/// Made, listed in pages, joined, let into a desk and left; and each refusal.
async fn organizations(jsm: &Jsm, atlassian: &Atlassian, ada: &AccountId) {
    for name in ["Acme", "Beta", "Ceti"] {
        atlassian.add_organization(name, false);
    }
    assert_eq!(jsm.organizations(soon()).await.unwrap().len(), 3);
    let acme = jsm.create_or_get_organization("Acme", soon()).await;
    let acme = acme.unwrap().id;
    let desk = "1".parse().unwrap();
    let let_in = jsm.add_organization_to_service_desk(&desk, &acme, soon());
    let_in.await.unwrap();
    jsm.add_to_organization(&acme, ada, soon()).await.unwrap();
    let unknown = "qm:nobody".parse().unwrap();
    let refused = jsm.add_to_organization(&acme, &unknown, soon()).await;
    says(refused, "(400)");
    let theirs = jsm.organizations_of(ada, soon()).await.unwrap();
    assert_eq!(theirs[0].name, "Acme");
    let known = jsm.organization(&acme, soon()).await.unwrap();
    assert!(!known.scim_managed);
    let left = jsm.remove_from_organization(&acme, ada, soon()).await;
    left.unwrap();
    let elsewhere = "99".parse().unwrap();
    let missing = jsm.add_to_organization(&elsewhere, ada, soon()).await;
    says(missing, "(404)");
}

/// What is told of a customer, and the invitation of another one; and each refusal.
async fn details(jsm: &Jsm, atlassian: &Atlassian, ada: &AccountId) {
    let named = jsm.set_customer_name(ada, "Ada", soon()).await;
    named.unwrap();
    let region = ["EU".to_owned()];
    let unknown = jsm.set_customer_detail(ada, "Region", &region, soon());
    says(unknown.await, "(400)");
    atlassian.add_detail_field("Region", &["EU"]);
    for values in [&region[..], &[]] {
        let told = jsm.set_customer_detail(ada, "Region", values, soon());
        told.await.unwrap();
    }
    let desk = "1".parse().unwrap();
    for expected in [Mailed::Sent, Mailed::HasAccount] {
        let mailed = jsm.invite_customer(&desk, "cy@customer.example", soon());
        assert_eq!(mailed.await.unwrap(), expected);
    }
}

/// Each kind of token: good, ended, and looked for at the gateway.
async fn credentials(jsm: &Jsm, passage: &Passage) {
    let found = jsm.examine(soon()).await;
    assert_eq!(found.problems, []);
    passage.atlassian.set_token_expired(true);
    assert_eq!(jsm.examine(soon()).await.problems.len(), 1);
    passage.atlassian.set_token_expired(false);
    let oauth = passage.with_an_oauth_client();
    oauth.myself(soon()).await.unwrap();
}

/// The names of the calls in the client's source.
fn operations_of_the_client() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/jsm");
    let mut names = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.ends_with("_tests.rs") || name == "scripted_site.rs" {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]\nmod tests").next().unwrap();
        for start in [
            "Call::get(",
            "Call::post(",
            "Call::put(",
            "Call::put_nothing(",
            "Call::delete(",
            "OPERATION: Operation = ",
        ] {
            let after = source.split(start).skip(1).map(str::trim_start);
            let quoted = after.filter_map(|after| after.strip_prefix('"')?.split('"').next());
            names.extend(quoted.map(str::to_owned));
        }
    }
    assert!(names.len() >= 17, "{names:?}");
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_visit_asks_nothing_else_of_atlassian() {
    let mut town = Town::new().await;
    town.close().await;
    let (mut prism, address) = Judge::prism(&town.atlassian.site());
    town.settings = through(&town.settings, &town.atlassian, &address);
    town.open().await;
    town.wait_until_links_are_read().await;
    let browser = town.browser();
    arrived(&town.arrive(&browser, "/p/help", "ada").await, ADA);
    let seen = accepted(&mut prism);
    assert!(seen.contains("create_customer"), "{seen:?}");
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_imitation_knows_besides_is_as_atlassian_describes_it() {
    let mut passage = Passage::new().await;
    passage.atlassian.add_organization("Acme", true);
    passage.atlassian.add_detail_field("Region", &["EU"]);
    let ada = Account::customer(ADA, "Ada Lovelace");
    passage.atlassian.add_account(ada.clone());
    let (id, name) = (ada.id, json!({"displayName": "Ada"}));
    let ben = json!({"email": "ben@customer.example", "displayName": "Ben"});
    let api = "rest/servicedeskapi";
    let csm = "jsm/csm/cloudid/11111111-2222-4333-a444-555555555555/api/v1/customer";
    let calls = [
        (
            "GET",
            format!("{api}/organization?accountId={id}"),
            Value::Null,
            200,
        ),
        (
            "GET",
            format!("{api}/organization?accountId=qm:nobody"),
            Value::Null,
            404,
        ),
        ("GET", format!("{api}/organization/1"), Value::Null, 200),
        (
            "GET",
            format!("{api}/organization/1/user"),
            Value::Null,
            200,
        ),
        (
            "POST",
            format!("{api}/servicedesk/1/customer/invite"),
            ben.clone(),
            201,
        ),
        (
            "POST",
            format!("{api}/servicedesk/1/customer/invite"),
            ben,
            400,
        ),
        (
            "PUT",
            format!("{csm}/{id}/details?fieldName=Region"),
            json!({"values": ["EU"]}),
            200,
        ),
        (
            "PUT",
            format!("{csm}/{id}/details?fieldName=Shoes"),
            json!({"values": ["44"]}),
            400,
        ),
        ("PUT", format!("{csm}/account/{id}"), name.clone(), 200),
        ("PUT", format!("{csm}/account/qm:nobody"), name, 404),
        (
            "PUT",
            format!("{api}/customer/user/{id}/revoke-portal-only-access"),
            Value::Null,
            204,
        ),
    ];
    for (method, path, body, status) in calls {
        let opted_in = passage.request(method, &path, &body);
        let opted_in = opted_in.header("X-ExperimentalApi", "opt-in");
        let answer = opted_in.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{method} {path}");
        accepted(&mut passage.prism);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_as_described_is_found() {
    let mut passage = Passage::new().await;
    let customers = "rest/servicedeskapi/servicedesk/1/customer";
    let accounts = json!({"accountIds": ["qm:1"]});
    let requests = [
        (
            "POST",
            "rest/servicedeskapi/customer",
            json!({"email": ADA}),
        ),
        (
            "POST",
            "rest/servicedeskapi/customer",
            json!({"email": 7, "displayName": "Ada"}),
        ),
        ("POST", customers, json!({"accountIds": "qm:1"})),
        ("POST", customers, json!({"accounts": ["qm:1"]})),
        ("DELETE", customers, accounts.clone()),
        ("PUT", customers, accounts),
        (
            "GET",
            "rest/servicedeskapi/servicedesk?start=one",
            Value::Null,
        ),
        ("GET", "rest/api/3/user/search", Value::Null),
        ("GET", "rest/servicedeskapi/portals", Value::Null),
    ];
    for (method, path, body) in requests {
        let request = passage.request(method, path, &body);
        request.send().await.unwrap();
        refused(&mut passage.prism, path);
    }
    let answers = [
        r#"{"size":"two","start":0,"limit":50,"isLastPage":true,"_links":{},"values":[]}"#,
        r#"{"size":0,"start":0,"limit":50,"_links":{},"values":[]}"#,
        r#"{"size":0,"start":0,"limit":50,"isLastPage":true,"_links":{},"values":[],"total":0}"#,
        r#"{"size":1,"start":0,"limit":50,"isLastPage":true,"_links":{},"values":[{"id":1,"projectId":"1","projectKey":"HELP","projectName":"Help"}]}"#,
        "[]",
    ];
    let jsm = passage.client(&passage.settings);
    for answer in answers {
        passage
            .atlassian
            .fail_next(Operation::ListDesks, Failure::text(answer));
        let _whatever_the_client_makes_of_it = jsm.service_desks(soon()).await;
        refused(&mut passage.prism, answer);
    }
}
