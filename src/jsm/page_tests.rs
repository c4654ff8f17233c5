//! Long lists, and lists that never end.

use super::super::JsmError;
use super::super::scripted_site::{Reply, ScriptedSite, json, plenty};
use super::{MOST_PAGES, PAGE};

const ORGANIZATIONS: &str = "/rest/servicedeskapi/organization";
const DESKS: &str = "/rest/servicedeskapi/servicedesk";

/// So many full pages of things that are both a service desk and an organization.
fn pages(count: usize, ends: bool) -> Vec<Reply> {
    let page = |page: usize| {
        let ids = page * PAGE + 1..=(page + 1) * PAGE;
        let one = |id: usize| serde_json::json!({ "id": id.to_string(), "name": "n", "projectId": "9", "projectKey": format!("K{id}"), "projectName": "n" });
        let values: Vec<_> = ids.map(one).collect();
        let last = ends && page + 1 == count;
        let body = serde_json::json!({ "size": PAGE, "isLastPage": last, "values": values });
        json("200 OK", &body.to_string())
    };
    (0..count).map(page).collect()
}

#[tokio::test]
async fn a_thousand_service_desks_and_five_thousand_organizations_are_read_by_fifties() {
    let desks = ScriptedSite::open(vec![(DESKS, pages(20, true))]).await;
    let read = desks.client().service_desks(plenty()).await.unwrap();
    assert_eq!((read.len(), desks.requests().len()), (1_000, 20));
    let site = ScriptedSite::open(vec![(ORGANIZATIONS, pages(100, true))]).await;
    let read = site.client().organizations(plenty()).await.unwrap();
    assert_eq!((read.len(), site.requests().len()), (5_000, 100));
}

#[tokio::test]
async fn a_list_that_never_ends_is_given_up() {
    let replies = pages(MOST_PAGES + 50, false);
    let site = ScriptedSite::open(vec![(ORGANIZATIONS, replies)]).await;
    let read = site.client().organizations(plenty()).await;
    assert!(matches!(read, Err(JsmError::Unreadable { .. })), "{read:?}");
    assert_eq!(site.requests().len(), MOST_PAGES);
}
