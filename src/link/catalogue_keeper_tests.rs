//! How the catalogue is kept, over a real store and a scripted site.

use super::*;
use crate::jsm::scripted_site::{Reply, ScriptedSite, bare, json};

const DESKS: &str = "/rest/servicedeskapi/servicedesk";
const TYPES: &str = "/rest/servicedeskapi/servicedesk/1/requesttype";

fn desks(keys: &[&str]) -> Reply {
    let desk = |(index, key): (usize, &&str)| {
        format!(
            r#"{{"id":"{}","projectKey":"{key}","projectName":"{key}"}}"#,
            index + 1
        )
    };
    let values: Vec<_> = keys.iter().enumerate().map(desk).collect();
    let size = values.len();
    let values = values.join(",");
    json(
        "200 OK",
        &format!(r#"{{"size":{size},"isLastPage":true,"values":[{values}]}}"#),
    )
}

fn portal() -> Reply {
    json(
        "200 OK",
        r#"{"size":1,"isLastPage":true,"values":[{"portalId":"7"}]}"#,
    )
}

/// A keeper over the store in `folder`, with all links on.
async fn keeper(folder: &tempfile::TempDir, site: Option<&ScriptedSite>) -> CatalogueKeeper {
    let vault = Vault::in_folder(folder.path(), &Clock::system()).await;
    let rules = Rules {
        links: BTreeMap::new(),
        link_new: true,
        refresh: Duration::from_mins(5),
        patience: Duration::from_millis(1),
        closed: false,
        land: None,
    };
    CatalogueKeeper::with(
        site.map(ScriptedSite::client),
        vault,
        Clock::system(),
        rules,
    )
    .await
}

fn slugs(catalogue: &Catalogue) -> Vec<&str> {
    catalogue
        .links()
        .iter()
        .map(|link| link.slug.as_str())
        .collect()
}

#[tokio::test]
async fn links_outlive_a_restart_while_atlassian_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let site = ScriptedSite::open(vec![
        (DESKS, vec![desks(&["HELP"])]),
        (TYPES, vec![portal()]),
    ])
    .await;
    keeper(&folder, Some(&site)).await.refresh().await.unwrap();
    let again = keeper(&folder, None).await;
    assert!(again.refresh().await.is_err());
    let catalogue = again.current();
    assert_eq!(slugs(&catalogue), ["help"]);
    assert_eq!(catalogue.links()[0].open().unwrap().portal_id.as_str(), "7");
}

#[tokio::test]
async fn a_failed_reading_changes_nothing_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let good = ScriptedSite::open(vec![
        (DESKS, vec![desks(&["HELP"])]),
        (TYPES, vec![portal()]),
    ])
    .await;
    keeper(&folder, Some(&good)).await.refresh().await.unwrap();
    let bad = ScriptedSite::open(vec![(DESKS, vec![bare("401 Unauthorized", "")])]).await;
    let keeper = keeper(&folder, Some(&bad)).await;
    assert!(matches!(
        *keeper.refresh().await.unwrap_err(),
        RefreshError::Jsm(JsmError::Unauthorized { .. })
    ));
    assert_eq!(slugs(&keeper.current()), ["help"]);
    assert!(keeper.status().trouble.is_some());
}

#[tokio::test]
async fn many_who_ask_at_once_share_one_reading() {
    let folder = tempfile::tempdir().unwrap();
    let site = ScriptedSite::open(vec![
        (DESKS, vec![desks(&["HELP"])]),
        (TYPES, vec![portal()]),
    ])
    .await;
    let keeper = keeper(&folder, Some(&site)).await;
    let (one, other, third) = tokio::join!(keeper.refresh(), keeper.refresh(), keeper.refresh());
    assert!(one.is_ok() && other.is_ok() && third.is_ok());
    assert_eq!(
        site.requests().len(),
        2,
        "the service desks, and one portal"
    );
}

#[tokio::test]
async fn a_portal_is_asked_for_once() {
    let folder = tempfile::tempdir().unwrap();
    let site = ScriptedSite::open(vec![
        (DESKS, vec![desks(&["HELP"])]),
        (TYPES, vec![portal()]),
    ])
    .await;
    for _ in 0..2 {
        keeper(&folder, Some(&site)).await.refresh().await.unwrap();
    }
    assert_eq!(site.requests().len(), 3);
}

#[tokio::test]
async fn a_portal_that_cannot_be_read_now_is_not_guessed() {
    let folder = tempfile::tempdir().unwrap();
    let site = ScriptedSite::open(vec![
        (DESKS, vec![desks(&["HELP"])]),
        (TYPES, vec![bare("500 Oops", "")]),
    ])
    .await;
    let keeper = keeper(&folder, Some(&site)).await;
    assert!(keeper.refresh().await.is_err());
    assert!(keeper.current().links().is_empty());
}

#[tokio::test]
async fn a_service_desk_that_cannot_be_read_now_hides_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let others = "/rest/servicedeskapi/servicedesk/2/requesttype";
    let site = ScriptedSite::open(vec![
        (DESKS, vec![desks(&["HELP", "SHOP"])]),
        (TYPES, vec![bare("500 Oops", "")]),
        (others, vec![portal()]),
    ])
    .await;
    let keeper = keeper(&folder, Some(&site)).await;
    assert!(matches!(
        *keeper.refresh().await.unwrap_err(),
        RefreshError::LeftOut(_)
    ));
    assert_eq!(slugs(&keeper.current()), ["shop"]);
    let well = ScriptedSite::open(vec![
        (DESKS, vec![desks(&["HELP", "SHOP"])]),
        (TYPES, vec![portal()]),
        (others, vec![bare("500 Oops", "")]),
    ])
    .await;
    let keeper = self::keeper(&folder, Some(&well)).await;
    keeper.refresh().await.unwrap();
    assert_eq!(slugs(&keeper.current()), ["help", "shop"]);
}

#[tokio::test]
async fn nobody_waits_longer_for_a_reading_than_the_budget_says() {
    let folder = tempfile::tempdir().unwrap();
    let site = ScriptedSite::open(vec![(DESKS, vec![Reply::Hang])]).await;
    let keeper = Arc::new(keeper(&folder, Some(&site)).await);
    for _ in 0..2 * MOST_WAITING {
        assert_eq!(keeper.refreshed().await.read_at(), None);
    }
    assert_eq!(keeper.waiting.available_permits(), 0, "no more than those");
    while site.requests().is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_look_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let site = ScriptedSite::open(vec![
        (DESKS, vec![desks(&["HELP"])]),
        (TYPES, vec![portal()]),
    ])
    .await;
    let looked = keeper(&folder, Some(&site)).await.look().await.unwrap();
    assert_eq!(slugs(&looked), ["help"]);
    assert_eq!(keeper(&folder, None).await.current().read_at(), None);
}

#[tokio::test]
async fn the_background_ends_with_the_shutdown() {
    let folder = tempfile::tempdir().unwrap();
    let site = ScriptedSite::open(vec![
        (DESKS, vec![desks(&["HELP"])]),
        (TYPES, vec![portal()]),
    ])
    .await;
    let keeper = Arc::new(keeper(&folder, Some(&site)).await);
    Arc::clone(&keeper).keep_fresh(std::future::ready(())).await;
    assert_eq!(slugs(&keeper.current()), ["help"]);
}
