//! Who belongs where and what is known of them: organizations, invitations, portal access, details, and how fast one may ask.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/caller.rs"]
mod caller;

use std::time::Duration;

use caller::{ADA, Caller};
use imitation::atlassian::{Operation, Permission};
use serde_json::{Value, json};

const ORGANIZATIONS: &str = "/rest/servicedeskapi/organization";

async fn created(caller: &Caller, email: &str) -> String {
    let (_, made) = caller.create(email).await;
    made["accountId"].as_str().unwrap().to_owned()
}

fn names(page: &Value) -> Vec<&str> {
    let values = page["values"].as_array().unwrap().iter();
    values.map(|one| one["name"].as_str().unwrap()).collect()
}

#[rocket::async_test]
async fn the_organizations_of_one_account_are_told_in_pages() {
    let caller = Caller::new().await;
    let ada = created(&caller, ADA).await;
    for (id, name) in ["Acme", "Beta", "Ceti", "Dune", "Echo"]
        .into_iter()
        .enumerate()
    {
        caller.site.add_organization(name, name == "Ceti");
        if name != "Beta" {
            let path = format!("{ORGANIZATIONS}/{}/user", id + 1);
            caller
                .call("POST", &path, json!({"accountIds": [ada]}))
                .await;
        }
    }
    let path = format!("{ORGANIZATIONS}?accountId={ada}&limit=50");
    let (_, first) = caller.get(&path).await;
    assert_eq!(
        (names(&first), &first["isLastPage"]),
        (vec!["Acme", "Dune"], &json!(false))
    );
    let (_, last) = caller.get(&format!("{path}&start=2")).await;
    assert_eq!(
        (names(&last), &last["isLastPage"]),
        (vec!["Echo"], &json!(true))
    );
    let (_, ceti) = caller.get(&format!("{ORGANIZATIONS}/3")).await;
    assert_eq!(
        (&ceti["name"], &ceti["scimManaged"]),
        (&json!("Ceti"), &json!(true))
    );
    assert_eq!(caller.site.organizations_of(ADA).len(), 3);
    let gone = json!({"accountIds": [ada]});
    let (status, _) = caller
        .call("DELETE", &format!("{ORGANIZATIONS}/1/user"), gone)
        .await;
    assert_eq!(
        (status, names(&caller.get(&path).await.1)),
        (204, vec!["Dune", "Echo"])
    );
}

#[rocket::async_test]
async fn who_is_unknown_or_no_agent_learns_nothing_of_organizations() {
    let caller = Caller::new().await;
    let ada = created(&caller, ADA).await;
    let unknown = caller
        .get(&format!("{ORGANIZATIONS}?accountId=qm:nobody"))
        .await;
    assert_eq!(unknown.0, 404);
    assert_eq!(caller.get(&format!("{ORGANIZATIONS}/1")).await.0, 404);
    caller.site.revoke(Permission::Agent);
    assert_eq!(
        caller
            .get(&format!("{ORGANIZATIONS}?accountId={ada}"))
            .await
            .0,
        403
    );
    assert_eq!(caller.get(ORGANIZATIONS).await.0, 200);
}

#[rocket::async_test]
async fn an_invitation_makes_a_customer_of_the_desk_and_is_mailed_once() {
    let caller = Caller::new().await;
    let path = "/rest/servicedeskapi/servicedesk/2/customer/invite?strictConflictStatusCode=true";
    let body = json!({"email": ADA, "displayName": "Ada"});
    assert_eq!(caller.call("POST", path, body.clone()).await.0, 201);
    assert_eq!(caller.call("POST", path, body.clone()).await.0, 409);
    assert!(caller.site.member_emails("BILL").contains(ADA));
    assert_eq!(
        caller.site.invitations(),
        [(ADA.to_owned(), "BILL".to_owned())]
    );
    caller.site.revoke(Permission::Administer);
    assert_eq!(caller.call("POST", path, body).await.0, 403);
}

#[rocket::async_test]
async fn a_site_administrator_takes_a_customers_access_away() {
    let caller = Caller::new().await;
    let ada = created(&caller, ADA).await;
    let path =
        |id: &str| format!("/rest/servicedeskapi/customer/user/{id}/revoke-portal-only-access");
    caller.site.revoke(Permission::AdministerSite);
    assert_eq!(caller.call("PUT", &path(&ada), Value::Null).await.0, 403);
    caller.site.grant(Permission::AdministerSite);
    assert_eq!(
        caller.call("PUT", &path("qm:nobody"), Value::Null).await.0,
        404
    );
    assert_eq!(caller.call("PUT", &path(&ada), Value::Null).await.0, 204);
    assert!(!caller.site.account(ADA).unwrap().active);
}

#[rocket::async_test]
async fn details_are_written_only_where_there_is_such_a_field() {
    let caller = Caller::new().await;
    let ada = created(&caller, ADA).await;
    caller.site.add_detail_field("Department", &[]);
    caller.site.add_detail_field("Region", &["EU", "US"]);
    let cloud = "/jsm/csm/cloudid/11111111-2222-4333-a444-555555555555/api/v1/customer";
    let put = async |customer: &str, field: &str, values: Value| {
        let path = format!("{cloud}/{customer}/details?fieldName={field}");
        caller.call("PUT", &path, json!({"values": values})).await
    };
    let (status, told) = put(&ada, "Region", json!(["EU"])).await;
    assert_eq!(
        (status, &told["values"], &told["type"]["name"]),
        (200, &json!(["EU"]), &json!("SELECT"))
    );
    let faults = [
        put(&ada, "Region", json!(["Mars"])).await,
        put(&ada, "Shoe%20size", json!(["44"])).await,
        put(&ada, "Department", json!([7])).await,
        put("qm:nobody", "Department", json!(["IT"])).await,
    ];
    assert_eq!(faults.map(|(status, _)| status), [400, 400, 400, 404]);
    assert_eq!(caller.site.details(ADA)["Region"], ["EU"]);
    let name = json!({"displayName": "Ada L."});
    assert_eq!(
        caller
            .call("PUT", &format!("{cloud}/account/{ada}"), name)
            .await
            .0,
        200
    );
    assert_eq!(caller.site.account(ADA).unwrap().display_name, "Ada L.");
    caller.site.set_without_customer_service(true);
    assert_eq!(put(&ada, "Department", json!(["IT"])).await.0, 404);
    assert_eq!(caller.site.counts()[&Operation::SetCustomerDetail], 6);
}

#[rocket::async_test]
async fn more_calls_in_a_second_than_the_burst_limit_are_told_to_wait() {
    let caller = Caller::new().await;
    caller.site.set_burst_limit(Some(1));
    let path = "/rest/servicedeskapi/servicedesk";
    let refused = loop {
        let answer = caller
            .request("GET", path, Value::Null)
            .send()
            .await
            .unwrap();
        if answer.status().as_u16() == 429 {
            break answer;
        }
    };
    assert_eq!(
        (
            &refused.headers()["Retry-After"],
            &refused.headers()["RateLimit-Reason"]
        ),
        (&"1".parse().unwrap(), &"jira-burst-based".parse().unwrap())
    );
    let reset = refused.headers()["X-RateLimit-Reset"].to_str().unwrap();
    assert_eq!(
        (reset.len(), reset.ends_with('Z')),
        ("2026-11-21T17:00Z".len(), true)
    );
    assert_eq!(caller.get("/rest/api/3/myself").await.0, 200);
    caller.site.advance(Duration::from_secs(2));
    assert_eq!(caller.get(path).await.0, 200);
    assert!(caller.site.burst_refusals() > 0);
}
