//! The REST API: shapes, permissions, and failures put in the way.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/caller.rs"]
mod caller;

use caller::{ADA, Caller};
use imitation::atlassian::{Access, Account, Body, Failure, Operation, Permission};
use serde_json::{Value, json};

#[rocket::async_test]
async fn service_desks_come_in_small_pages() {
    let caller = Caller::new().await;
    let path = "/rest/servicedeskapi/servicedesk?limit=100";
    let (_, first) = caller.get(path).await;
    assert_eq!((&first["size"], &first["limit"]), (&json!(2), &json!(2)));
    assert_eq!(first["isLastPage"], false);
    assert_eq!(first["values"][0]["projectKey"], "HELP");
    let (_, last) = caller.get(&format!("{path}&start=2")).await;
    assert_eq!(
        (&last["size"], &last["isLastPage"]),
        (&json!(1), &json!(true))
    );
    let kinds = caller
        .get("/rest/servicedeskapi/servicedesk/1/requesttype")
        .await
        .1;
    assert_eq!(kinds["values"][0]["portalId"], "4");
}

#[rocket::async_test]
async fn a_customer_is_created_once() {
    let caller = Caller::new().await;
    let (status, made) = caller.create(ADA).await;
    assert_eq!(status, 201);
    assert!(made["accountId"].as_str().unwrap().starts_with("qm:"));
    let (status, taken) = caller.create("ADA@customer.example").await;
    assert_eq!((status, taken.get("accountId")), (409, None));
    let body = json!({"email": ADA, "displayName": "Ada"});
    let lax = caller
        .call("POST", "/rest/servicedeskapi/customer", body)
        .await;
    assert_eq!(lax.0, 400);
    assert_eq!(caller.site.customers().len(), 1);
}

#[rocket::async_test]
async fn an_account_elsewhere_comes_to_light_when_a_customer_is_created() {
    let caller = Caller::new().await;
    caller
        .site
        .add_account_elsewhere(Account::atlassian(ADA, "Ada"));
    let found = caller.get("/rest/api/3/user/search?query=ada").await.1;
    assert_eq!(found, json!([]));
    let (status, made) = caller.create(ADA).await;
    assert_eq!(status, 201);
    assert!(!made["accountId"].as_str().unwrap().starts_with("qm:"));
}

#[rocket::async_test]
async fn a_search_finds_whoever_begins_so() {
    let caller = Caller::new().await;
    caller.create(ADA).await;
    caller.create("ada@customer.example.org").await;
    let found = caller
        .get("/rest/api/3/user/search?query=ada@customer.example")
        .await
        .1;
    assert_eq!(found.as_array().unwrap().len(), 2);
    caller
        .site
        .change_account(ADA, |account| account.email_hidden = true);
    let found = caller
        .get("/rest/api/3/user/search?query=ada@customer.example")
        .await
        .1;
    assert_eq!(found[0].get("emailAddress"), None);
    assert_eq!(found[0]["accountType"], "customer");
}

#[rocket::async_test]
async fn a_missing_permission_is_told_in_atlassians_ways() {
    let caller = Caller::new().await;
    caller.create(ADA).await;
    caller.site.revoke(Permission::BrowseUsers);
    caller.site.revoke(Permission::Administer);
    let nobody = (200, json!([]));
    assert_eq!(
        caller.get("/rest/api/3/user/search?query=ada").await,
        nobody
    );
    assert_eq!(caller.create("new@customer.example").await.0, 403);
    let told = caller
        .get("/rest/api/3/mypermissions?permissions=ADMINISTER,USER_PICKER")
        .await;
    assert_eq!(told.1["permissions"]["ADMINISTER"]["havePermission"], false);
    caller.site.set_blind(true);
    assert_eq!(
        caller.get("/rest/servicedeskapi/servicedesk").await.1["size"],
        0
    );
}

#[rocket::async_test]
async fn an_ended_token_is_401_and_some_answers_need_none() {
    let caller = Caller::new().await;
    caller.site.set_token_expired(true);
    let (status, answer) = caller.get("/rest/servicedeskapi/servicedesk").await;
    assert_eq!(status, 401);
    assert!(answer["i18nErrorMessage"]["i18nKey"].is_string());
    assert!(caller.get("/rest/api/3/myself").await.1["errorMessages"].is_array());
    assert_eq!(caller.get("/rest/api/3/serverInfo").await.0, 200);
    assert!(caller.get("/_edge/tenant_info").await.1["cloudId"].is_string());
}

#[rocket::async_test]
async fn experimental_operations_need_to_be_opted_into() {
    let caller = Caller::new().await;
    let path = "/rest/servicedeskapi/servicedesk/1/customer";
    assert_eq!(caller.get(path).await.0, 200);
    let plain = caller.request("GET", path, Value::Null);
    let plain = plain.header("X-ExperimentalApi", "no").build().unwrap();
    let mut plain = plain;
    plain.headers_mut().remove("X-ExperimentalApi");
    let answer = caller.client.execute(plain).await.unwrap();
    assert_eq!(answer.status(), 412);
}

#[rocket::async_test]
async fn customers_are_added_and_removed_by_their_ids() {
    let caller = Caller::new().await;
    let id = caller.create(ADA).await.1["accountId"].clone();
    let path = "/rest/servicedeskapi/servicedesk/1/customer";
    let both = json!({"accountIds": [id, "qm:nobody"]});
    assert_eq!(caller.call("POST", path, both).await.0, 400);
    assert_eq!(caller.site.member_emails("HELP"), [ADA.to_owned()].into());
    let one = json!({"accountIds": [id]});
    assert_eq!(caller.call("POST", path, one.clone()).await.0, 204);
    assert_eq!(caller.call("DELETE", path, one.clone()).await.0, 204);
    assert!(caller.site.members("HELP").is_empty());
    caller
        .site
        .change_desk("HELP", |desk| desk.access = Access::Open);
    assert_eq!(caller.call("DELETE", path, one).await.0, 400);
}

#[rocket::async_test]
async fn an_organization_is_made_once_and_has_members_and_desks() {
    let caller = Caller::new().await;
    let id = caller.create(ADA).await.1["accountId"].clone();
    let name = json!({"name": "Acme GmbH"});
    let path = "/rest/servicedeskapi/organization";
    let (status, made) = caller.call("POST", path, name.clone()).await;
    assert_eq!(status, 201);
    assert_eq!(caller.call("POST", path, name).await, (201, made.clone()));
    let number: u64 = made["id"].as_str().unwrap().parse().unwrap();
    let users = format!("{path}/{number}/user");
    let one = json!({"accountIds": [id]});
    assert_eq!(caller.call("POST", &users, one.clone()).await.0, 204);
    assert_eq!(caller.get(&users).await.1["values"][0]["accountId"], id);
    let desk = "/rest/servicedeskapi/servicedesk/1/organization";
    let body = json!({"organizationId": number});
    assert_eq!(caller.call("POST", desk, body).await.0, 204);
    assert_eq!(caller.get(desk).await.1["size"], 1);
    assert_eq!(caller.call("DELETE", &users, one).await.0, 204);
    assert!(caller.site.organization_emails("Acme GmbH").is_empty());
}

#[rocket::async_test]
async fn failures_wait_in_line_and_end() {
    let caller = Caller::new().await;
    let path = "/rest/servicedeskapi/servicedesk";
    let limited = Failure::rate_limited(7, "jira-burst-based");
    caller.site.fail_next(Operation::ListDesks, limited);
    caller.site.fail_next(
        Operation::ListDesks,
        Failure::status(502).with_body(Body::Html),
    );
    caller.site.fail_next(
        Operation::ListDesks,
        Failure::status(200).with_body(Body::Half),
    );
    let answer = caller
        .request("GET", path, Value::Null)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["retry-after"]),
        (429, &"7".parse().unwrap())
    );
    assert_eq!(caller.get(path).await, (502, Value::Null));
    assert_eq!(caller.get(path).await, (200, Value::Null));
    assert_eq!(caller.get(path).await.0, 200);
    assert_eq!(caller.site.count(Operation::ListDesks), 4);
}

#[rocket::async_test]
async fn a_connection_may_be_cut_before_the_end() {
    let caller = Caller::new().await;
    let cut = Failure::status(200).with_body(Body::Cut);
    caller.site.fail_next(Operation::Myself, cut);
    let request = caller.request("GET", "/rest/api/3/myself", Value::Null);
    let read = match request.send().await {
        Ok(answer) => answer.text().await,
        Err(error) => Err(error),
    };
    assert!(read.is_err());
}

#[rocket::async_test]
async fn an_answer_may_be_lost_though_the_work_is_done() {
    let caller = Caller::new().await;
    let lost = Failure::status(503).after_doing_it();
    caller.site.fail_next(Operation::CreateCustomer, lost);
    assert_eq!(caller.create(ADA).await.0, 503);
    assert_eq!(caller.site.customers().len(), 1);
}

#[rocket::async_test]
async fn an_answer_may_hang_until_it_is_let_go() {
    let caller = Caller::new().await;
    caller.site.fail_next(Operation::Myself, Failure::hangs());
    let release = async {
        caller.site.wait_for(Operation::Myself, 1).await;
        caller.site.behave();
    };
    let asked = caller.get("/rest/api/3/myself");
    let (answer, ()) = rocket::futures::future::join(asked, release).await;
    assert_eq!(answer.0, 504);
}
