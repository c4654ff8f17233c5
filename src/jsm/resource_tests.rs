//! What each resource asks, and what it makes of the answers.

use super::customer::{Creation, Mailed};
use super::scripted_site::{Reply, ScriptedSite, json, plenty};
use super::user::{AccountType, Lookup, Obscured};
use super::{AccountId, JsmError, PortalId, ServiceDeskId};

const DESKS: &str = "/rest/servicedeskapi/servicedesk";
const CUSTOMER: &str = "/rest/servicedeskapi/customer";
const SEARCH: &str = "/rest/api/3/user/search";
const PERMISSIONS: &str = "/rest/api/3/mypermissions";
const ANA: &str = "ana+tag@acme.example";

fn desk() -> ServiceDeskId {
    "1".parse().unwrap()
}

fn ana() -> AccountId {
    "qm:1:2".parse().unwrap()
}

async fn creation(reply: Reply) -> (Result<Creation, JsmError>, ScriptedSite) {
    let site = ScriptedSite::open(vec![(CUSTOMER, vec![reply])]).await;
    let creation = site.client().create_customer(ANA, "Ana", plenty()).await;
    (creation, site)
}

#[tokio::test]
async fn a_portal_is_told_by_any_request_type() {
    let path = format!("{DESKS}/1/requesttype");
    for (values, expected) in [(r#"[{"id":"5","portalId":"7"}]"#, Some("7")), ("[]", None)] {
        let body = format!(r#"{{"size":1,"isLastPage":false,"values":{values}}}"#);
        let site = ScriptedSite::open(vec![(&path, vec![json("200 OK", &body)])]).await;
        let portal = site.client().portal_id(&desk(), plenty()).await.unwrap();
        assert_eq!(portal.as_ref().map(PortalId::as_str), expected);
    }
}

#[tokio::test]
async fn a_customer_is_made_with_the_strict_flag() {
    let body = r#"{"accountId":"qm:1:2","emailAddress":"Ana+Tag@acme.example"}"#;
    let (creation, site) = creation(json("201 Created", body)).await;
    let account_type = AccountType::Customer;
    assert_eq!(
        creation,
        Ok(Creation::Created {
            account_id: ana(),
            account_type
        })
    );
    assert_eq!(
        site.lines(),
        ["POST /rest/servicedeskapi/customer?strictConflictStatusCode=true"]
    );
    assert!(
        site.requests()[0].ends_with(r#"{"displayName":"Ana","email":"ana+tag@acme.example"}"#)
    );
}

#[tokio::test]
async fn a_taken_address_is_no_error_and_another_persons_account_is_none() {
    let (taken, _) = creation(json("409 Conflict", r#"{"errorMessage":"exists"}"#)).await;
    assert_eq!(taken, Ok(Creation::Taken));
    let body = r#"{"accountId":"qm:9","emailAddress":"bob@acme.example"}"#;
    let (other, _) = creation(json("201 Created", body)).await;
    assert!(matches!(other, Err(JsmError::Unreadable { .. })));
}

#[tokio::test]
async fn a_mail_is_asked_for_once_with_the_opt_in_and_whatever_is_in_doubt_is_not_asked_for_again()
{
    let path = format!("{DESKS}/1/customer/invite");
    let made = r#"{"accountId":"qm:1:2","emailAddress":"ana+tag@acme.example"}"#;
    let others = r#"{"accountId":"qm:9","emailAddress":"bob@acme.example"}"#;
    for (reply, expected) in [
        (json("201 Created", made), Ok(Mailed::Sent)),
        (
            json("409 Conflict", r#"{"errorMessage":"exists"}"#),
            Ok(Mailed::HasAccount),
        ),
        (json("201 Created", others), Err(true)),
        (json("500 Internal Server Error", "{}"), Err(true)),
        (json("403 Forbidden", "{}"), Err(false)),
    ] {
        let site = ScriptedSite::open(vec![(path.as_str(), vec![reply])]).await;
        let mailed = site.client().invite_customer(&desk(), ANA, plenty()).await;
        assert_eq!(mailed.map_err(|error| error.may_have_worked()), expected);
        assert_eq!(
            site.lines(),
            [format!("POST {path}?strictConflictStatusCode=true")]
        );
        let asked = site.requests()[0].to_lowercase();
        assert!(
            asked.contains("x-experimentalapi: opt-in")
                && asked.contains(&format!("\"email\":\"{ANA}\""))
        );
    }
}

/// What a look-up finds when the site's users, the service desk's customers and the permissions answer so.
async fn lookup(users: Reply, customers: Reply, may_browse: bool) -> (Lookup, ScriptedSite) {
    let permissions =
        format!(r#"{{"permissions":{{"USER_PICKER":{{"havePermission":{may_browse}}}}}}}"#);
    let path = format!("{DESKS}/1/customer");
    let script = vec![
        (SEARCH, vec![users]),
        (path.as_str(), vec![customers]),
        (PERMISSIONS, vec![json("200 OK", &permissions)]),
    ];
    let site = ScriptedSite::open(script).await;
    let lookup = site
        .client()
        .find_by_address(ANA, Some(&desk()), plenty())
        .await
        .unwrap();
    (lookup, site)
}

fn customers(values: &str) -> Reply {
    json(
        "200 OK",
        &format!(r#"{{"size":1,"isLastPage":true,"values":{values}}}"#),
    )
}

#[tokio::test]
async fn an_exact_address_is_found_at_the_first_asking() {
    let users = r#"[{"accountId":"5b1","accountType":"atlassian","emailAddress":"ana+tag@acme.example.test"},
                    {"accountId":"qm:1:2","accountType":"customer","emailAddress":"ana+tag@acme.example"}]"#;
    let (lookup, site) = lookup(json("200 OK", users), customers("[]"), true).await;
    assert_eq!(
        lookup,
        Lookup::Found {
            account_id: ana(),
            account_type: AccountType::Customer
        }
    );
    assert_eq!(
        site.lines(),
        ["GET /rest/api/3/user/search?query=ana%2Btag%40acme.example&maxResults=50"]
    );
}

#[tokio::test]
async fn the_service_desks_customers_are_asked_next_with_the_opt_in() {
    let found = r#"[{"accountId":"qm:1:2","emailAddress":"ana+tag@acme.example"}]"#;
    let (lookup, site) = lookup(json("200 OK", "[]"), customers(found), false).await;
    assert_eq!(
        lookup,
        Lookup::Found {
            account_id: ana(),
            account_type: AccountType::Customer
        }
    );
    assert!(
        site.requests()[1]
            .to_lowercase()
            .contains("x-experimentalapi: opt-in")
    );
}

#[tokio::test]
async fn absence_is_believed_only_of_who_may_browse() {
    let (absent, _) = lookup(json("200 OK", "[]"), customers("[]"), true).await;
    assert_eq!(absent, Lookup::NotFound);
    let (unknown, _) = lookup(json("200 OK", "[]"), json("403 Forbidden", "{}"), false).await;
    assert_eq!(unknown, Lookup::CannotTell(Obscured::NotPermitted));
}

#[tokio::test]
async fn a_refused_search_proves_no_absence() {
    for refusal in ["403 Forbidden", "400 Bad Request"] {
        let (unknown, _) = lookup(json(refusal, "{}"), customers("[]"), true).await;
        assert_eq!(unknown, Lookup::CannotTell(Obscured::NotPermitted));
    }
}
