//! Each trouble of site, token and account is told from the others.

use super::super::scripted_site::{Reply, ScriptedSite, bare, json, plenty};
use super::*;
use crate::jsm::ProjectKey;

const INFO: &str = "/rest/api/3/serverInfo";
const MYSELF: &str = "/rest/api/3/myself";
const PERMISSIONS: &str = "/rest/api/3/mypermissions";
const DESKS: &str = "/rest/servicedeskapi/servicedesk";
const TENANT: &str = "/_edge/tenant_info";
const GATEWAY: &str = "/ex/jira/1324a887/rest/api/3/myself";

/// A site where all is well.
fn well() -> Vec<(&'static str, Vec<Reply>)> {
    let desks = r#"{"size":1,"isLastPage":true,"values":[{"id":"1","projectKey":"HELP","projectName":"Help"}]}"#;
    vec![
        (
            INFO,
            vec![json(
                "200 OK",
                r#"{"baseUrl":"https://acme.atlassian.net","serverTitle":"Acme"}"#,
            )],
        ),
        (
            MYSELF,
            vec![json(
                "200 OK",
                r#"{"accountId":"5b10","displayName":"Bot"}"#,
            )],
        ),
        (PERMISSIONS, vec![permissions(true, true)]),
        (DESKS, vec![json("200 OK", desks)]),
    ]
}

fn permissions(administer: bool, browse: bool) -> Reply {
    let body = format!(
        r#"{{"permissions":{{"ADMINISTER":{{"havePermission":{administer}}},"USER_PICKER":{{"havePermission":{browse}}}}}}}"#
    );
    json("200 OK", &body)
}

/// What is found where all is well but for these.
async fn problems(changes: Vec<(&'static str, Reply)>) -> Vec<TokenProblem> {
    let mut script = well();
    for (path, reply) in changes {
        script.retain(|(known, _)| *known != path);
        script.push((path, vec![reply]));
    }
    let site = ScriptedSite::open(script).await;
    site.client().examine(plenty()).await.problems
}

#[tokio::test]
async fn a_site_where_all_is_well_has_no_problem() {
    let site = ScriptedSite::open(well()).await;
    let found = site.client().examine(plenty()).await;
    assert_eq!(found.problems, []);
    assert_eq!(found.account.unwrap().display_name, "Bot");
    assert_eq!(found.service_desks.len(), 1);
    assert!(
        !site.requests()[0].to_lowercase().contains("authorization"),
        "anybody may ask what site it is"
    );
}

#[tokio::test]
async fn a_lacking_permission_is_named() {
    let found = problems(vec![(PERMISSIONS, permissions(false, false))]).await;
    assert_eq!(
        found,
        [TokenProblem::MayNotAdminister, TokenProblem::MayNotBrowse]
    );
}

#[tokio::test]
async fn a_token_that_sees_no_service_desk_is_told() {
    let none = json("200 OK", r#"{"size":0,"isLastPage":true,"values":[]}"#);
    assert_eq!(
        problems(vec![(DESKS, none)]).await,
        [TokenProblem::NoServiceDesk]
    );
}

#[tokio::test]
async fn a_rejected_token_is_told_from_a_scoped_one() {
    let refused = || (MYSELF, json("401 Unauthorized", "{}"));
    assert_eq!(problems(vec![refused()]).await, [TokenProblem::Rejected]);
    let tenant = || (TENANT, json("200 OK", r#"{"cloudId":"1324a887"}"#));
    assert_eq!(
        problems(vec![refused(), tenant()]).await,
        [TokenProblem::Rejected]
    );
    let accepted = || (GATEWAY, json("200 OK", r#"{"accountId":"5b10"}"#));
    for misleading in [
        refused(),
        (MYSELF, json("403 Forbidden", "{}")),
        (MYSELF, json("404 Not Found", "{}")),
    ] {
        assert_eq!(
            problems(vec![misleading, tenant(), accepted()]).await,
            [TokenProblem::Scoped]
        );
    }
}

#[tokio::test]
async fn a_site_that_is_none_is_told() {
    let html = Reply::Say(
        "200 OK",
        "Content-Type: text/html\r\n".to_owned(),
        "<html>".to_owned(),
    );
    for other in [
        html,
        json("404 Not Found", "{}"),
        json("401 Unauthorized", "{}"),
    ] {
        let found = problems(vec![(INFO, other)]).await;
        assert!(
            matches!(found.as_slice(), [TokenProblem::NotAtlassian(_)]),
            "{found:?}"
        );
    }
    let moved = bare("301 Moved", "Location: https://new.atlassian.net/\r\n");
    assert_eq!(
        problems(vec![(INFO, moved)]).await,
        [TokenProblem::Moved(Some("new.atlassian.net".to_owned()))]
    );
    let away = problems(vec![(INFO, bare("500 Oops", ""))]).await;
    assert!(
        matches!(away.as_slice(), [TokenProblem::Away(_)]),
        "{away:?}"
    );
}

#[tokio::test]
async fn each_permission_is_had_or_lacking_or_could_not_be_told() {
    let held = |found: &Examination| {
        let held = found.permissions.iter().map(|one| (one.needed, one.held));
        held.collect::<Vec<_>>()
    };
    let all = r#"{"permissions":{"ADMINISTER":{"havePermission":true},"USER_PICKER":{"havePermission":false},
        "ADMINISTER_PROJECTS":{"havePermission":false}}}"#;
    let mut script = well();
    script.retain(|(path, _)| *path != PERMISSIONS);
    script.push((PERMISSIONS, vec![json("200 OK", all)]));
    let site = ScriptedSite::open(script).await;
    let found = site.client().examine(plenty()).await;
    assert_eq!(
        held(&found),
        [
            (Needed::AdministerJira, Held::Yes),
            (Needed::BrowseUsers, Held::No),
            (Needed::AdministerProjects, Held::No),
            (Needed::Agent, Held::Unknown),
        ]
    );
    let lacking: Vec<&str> = found.permissions[2]
        .lacking_in
        .iter()
        .map(ProjectKey::as_str)
        .collect();
    assert_eq!(lacking, ["HELP"]);
    let asked = site
        .lines()
        .into_iter()
        .filter(|line| line.contains("projectKey=HELP"));
    assert_eq!(asked.count(), 1, "{:?}", site.lines());
    let silent = ScriptedSite::open(vec![well().remove(0), well().remove(1)]).await;
    let found = silent.client().examine(plenty()).await;
    assert!(held(&found).iter().all(|(_, held)| *held == Held::Unknown));
    assert_eq!(found.permissions.len(), 4);
}

#[test]
fn credentials_of_this_machine_do_not_go_to_the_internet() {
    let url = |text| Url::parse(text).unwrap();
    assert!(!belong_together(
        &url("http://127.0.0.1:9"),
        &url("https://api.atlassian.com")
    ));
    assert!(!belong_together(
        &url("https://acme.atlassian.net"),
        &url("http://127.0.0.1:9")
    ));
    assert!(belong_together(
        &url("https://acme.atlassian.net"),
        &url("https://api.atlassian.com")
    ));
}
