//! One person, one customer: whatever happens to their address, their account and an administrator's mind while they come in.

mod support;

use imitation::atlassian::{Failure, Operation};
use imitation::browser::{Browser, Page};
use support::people::{ADA, block, grace, signs_in};
use support::{Town, at_portal, reason};

async fn follows(town: &Town, browser: &Browser) -> Page {
    let page = browser.open(&town.at("/p/help")).await;
    browser.post_on(page).await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_addresses_of_one_identity_one_becomes_a_customer() {
    let town = Town::new().await;
    let old = signs_in(&town, "ada").await.0;
    town.cognito.change_person("ada", |person| {
        person.email = Some("ada@new.example".to_owned());
    });
    let new = signs_in(&town, "ada").await.0;
    let slow = Failure::hangs().after_doing_it();
    town.atlassian.fail_next(Operation::CreateCustomer, slow);
    let second = async {
        town.atlassian.wait_for(Operation::CreateCustomer, 1).await;
        let page = follows(&town, &new).await;
        town.atlassian.behave();
        page
    };
    let (first, second) = tokio::join!(follows(&town, &old), second);
    assert_eq!(reason(&second).as_deref(), Some("identity_conflict"));
    assert!(at_portal(&second).0.is_none(), "{}", first.words());
    assert_eq!(town.atlassian.customers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_at_which_nothing_came_of_a_first_visit_is_no_conflict_later() {
    let town = Town::new().await;
    town.atlassian
        .fail_next(Operation::CreateCustomer, Failure::status(403));
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.cognito.change_person("ada", |person| {
        person.email = Some("ada@new.example".to_owned());
    });
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert_eq!(at_portal(&page).0.as_deref(), Some("ada@new.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_blocked_while_atlassian_is_asked_comes_no_further() {
    let town = Town::new().await;
    let (ada, grace) = (signs_in(&town, "ada").await.0, grace(&town).await);
    let slow = Failure::hangs().after_doing_it();
    town.atlassian.fail_next(Operation::CreateCustomer, slow);
    let blocking = async {
        town.atlassian.wait_for(Operation::CreateCustomer, 1).await;
        block(&town, &grace, ADA).await;
        town.atlassian.behave();
    };
    let (page, ()) = tokio::join!(follows(&town, &ada), blocking);
    assert!(at_portal(&page).0.is_none(), "{}", page.words());
    assert!(town.atlassian.member_emails("HELP").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_let_in_at_the_portal_as_a_whole_is_a_known_customer_everywhere() {
    let town = Town::new().await;
    let browser = Browser::new();
    let login = browser.open(&town.atlassian.login_url("portal")).await;
    let page = town.cognito.log_in(&browser, &login, "ada").await;
    let page = browser.post_on(page).await;
    assert_eq!(at_portal(&page).0.as_deref(), Some(ADA), "{}", page.words());
    town.atlassian.set_unavailable(true);
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert!(reason(&page).is_none(), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_deleted_at_jira_is_made_anew_as_soon_as_that_is_seen() {
    let town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.atlassian.remove_account(ADA);
    let page = town.arrive(&Browser::new(), "/p/bill", "ada").await;
    assert_eq!(at_portal(&page).0.as_deref(), Some(ADA), "{}", page.words());
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert_eq!(at_portal(&page).0.as_deref(), Some(ADA), "{}", page.words());
    assert!(town.atlassian.member_emails("HELP").contains(ADA));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_of_an_account_that_could_not_be_seen_for_once_is_kept() {
    let town =
        Town::with("[[default.organization]]\nname = \"Billing\"\ngroups = [\"billing\"]\n").await;
    let set_groups = |groups: &[&str]| {
        let groups: Vec<String> = groups.iter().map(ToString::to_string).collect();
        town.cognito
            .change_person("ada", |person| person.groups = groups);
    };
    set_groups(&["billing"]);
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    for call in [Operation::AddCustomers, Operation::GetUser] {
        town.atlassian.fail_times(call, 50, &Failure::status(404));
    }
    town.arrive(&Browser::new(), "/p/bill", "ada").await;
    town.atlassian.behave();
    set_groups(&[]);
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert!(
        town.atlassian.organization_emails("Billing").is_empty(),
        "that the front door gave it is not forgotten"
    );
}
