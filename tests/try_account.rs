//! The test of the service account: who its token is, what it may and what it sees, with each trouble in words.

mod support;

use imitation::atlassian::{Atlassian, Failure, Operation, Permission};
use imitation::browser::{Browser, Page};
use support::Town;

const TEST: &str = "/admin/account/test";

/// What an administrator sees.
async fn tested(town: &Town) -> Page {
    let (browser, ready) = town.administrator(TEST).await;
    browser.press(&ready, "Test now").await
}

#[track_caller]
fn says(page: &Page, words: &[&str]) {
    for words in words {
        assert!(page.says(words), "{words}: {}", page.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_account_is_shown_with_all_it_may_and_sees_and_nothing_is_changed() {
    let town = Town::new().await;
    let page = tested(&town).await;
    says(
        &page,
        &[
            "The service account works.",
            "The token is Service account",
            "E-mail address bot@helpdesk.example",
            "Account id 712020:00000000-0000-4000-a000-00000000b0b0",
            "Administer Jira everywhere has it",
            "Browse users and groups everywhere has it",
            "Administer Projects in each service project has it",
            "Service Project Agent in each service project has it",
            "HELP Help Desk",
            "When the token ends is not set",
        ],
    );
    assert!(!page.text.contains(&town.atlassian.api_token()));
    assert!(
        town.atlassian
            .calls()
            .iter()
            .all(|call| call.method == "GET")
    );
    assert_eq!(town.events().await, ["signed_in"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_lacking_permission_is_named_with_what_it_breaks_and_where_to_give_it() {
    for (permission, lacking, remedy) in [
        (
            Permission::Administer,
            "Administer Jira everywhere lacks it Without it no customer can be created",
            "Make the service account a Jira administrator",
        ),
        (
            Permission::BrowseUsers,
            "Browse users and groups everywhere lacks it",
            "Settings, System, Global permissions",
        ),
        (
            Permission::AdministerDesks,
            "Administer Projects in each service project lacks it",
            "It is lacking in HELP",
        ),
        (
            Permission::Agent,
            "Service Project Agent in each service project lacks it",
            "Service Desk Team",
        ),
    ] {
        let town = Town::new().await;
        town.atlassian.revoke(permission);
        says(&tested(&town).await, &[lacking, remedy]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_trouble_of_the_token_is_told_from_the_others() {
    let unanswered = |atlassian: &Atlassian| {
        atlassian.fail_times(Operation::MyPermissions, 10, &Failure::status(403));
    };
    for (trouble, words) in [
        (
            (|atlassian| atlassian.set_token_expired(true)) as fn(&Atlassian),
            "Atlassian does not accept the token: it has expired",
        ),
        (
            |atlassian| atlassian.set_blind(true),
            "sees no service desk",
        ),
        (
            |atlassian| atlassian.set_unavailable(true),
            "Atlassian cannot be reached",
        ),
        (unanswered, "Administer Jira everywhere could not be told"),
    ] {
        let town = Town::new().await;
        trouble(&town.atlassian);
        says(
            &tested(&town).await,
            &["Something is wrong", words, "What to do:"],
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_kind_than_it_is_used_as_is_told() {
    for (used_as, is_scoped, words) in [
        ("classic", true, "the token is a scoped one"),
        ("scoped", false, "the token is one without scopes"),
    ] {
        let mut town = Town::new().await;
        town.close().await;
        let (site, old) = (town.atlassian.site(), "api_token =");
        let new = format!("token_kind = {used_as:?}\ngateway = {site:?}\n{old}");
        town.settings = town.settings.replace(old, &new);
        town.open().await;
        town.atlassian.set_token_scoped(is_scoped);
        says(&tested(&town).await, &[words, "as the kind of token"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_test_is_begun_by_our_own_form_alone() {
    let town = Town::new().await;
    let browser = Browser::new();
    let login = browser.open(&town.at(TEST)).await;
    town.cognito.log_in(&browser, &login, "grace").await;
    town.atlassian.forget_calls();
    for from in [
        Some(town.at(TEST)),
        Some("https://evil.test/".to_owned()),
        None,
    ] {
        let page = browser
            .post(&town.at(TEST), &[("csrf", "x")], from.as_deref())
            .await;
        assert!(
            matches!(page.status, 401 | 403),
            "{from:?}: {}",
            page.status
        );
    }
    assert_eq!(town.atlassian.count(Operation::Myself), 0);
}
