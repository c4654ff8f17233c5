//! Letting somebody go: what ends at once, what Jira is asked for, what is left alone, and what is said when Jira does not do it.

mod support;

use std::time::Duration;

use imitation::atlassian::{Account, Failure, Operation, Permission};
use imitation::browser::{Browser, Page};
use imitation::cognito::Person;
use support::people::{ADA, CHARLES, block, grace, is_signed_in, page_of, signs_in};
use support::{Town, arrived, at_portal, reason};

const RULES: &str = r#"
[[default.organization]]
name = "Billing"
groups = ["billing"]
[[default.organization]]
name = "Partners"
groups = ["partners"]
managed = false
"#;

/// Ada comes, who is in these groups, and stays signed in.
async fn with_ada(groups: &[&str]) -> (Town, Browser) {
    let town = Town::with(RULES).await;
    let ada = comes(&town, "ada", groups).await;
    (town, ada)
}

async fn comes(town: &Town, username: &str, groups: &[&str]) -> Browser {
    let groups: Vec<String> = groups.iter().map(ToString::to_string).collect();
    town.cognito
        .change_person(username, |person| person.groups = groups);
    let browser = Browser::new();
    let page = town.arrive(&browser, "/p/help", username).await;
    assert!(at_portal(&page).0.is_some(), "{username}: {}", page.words());
    browser
}

fn is_in(town: &Town, organization: &str) -> bool {
    town.atlassian
        .organization_emails(organization)
        .contains(ADA)
}

/// The page that asks first.
async fn question(town: &Town, grace: &Browser, email: &str) -> Page {
    let page = page_of(town, grace, email).await;
    grace.click(&page, "Let them go").await
}

/// Lets Ada go, with these boxes ticked.
async fn let_go(town: &Town, grace: &Browser, ticked: &[&str]) -> Page {
    let question = question(town, grace, ADA).await;
    let (form, _) = question.button("Let them go");
    let ticked: Vec<(&str, &str)> = ticked.iter().map(|name| (*name, "yes")).collect();
    grace.submit(&form, &ticked).await
}

fn all_said(page: &Page, sentences: &[&str]) {
    for words in sentences {
        assert!(page.says(words), "{words}: {}", page.words());
    }
}

/// The events of one name that are about Ada, as what Grace did.
async fn done_by_grace(town: &Town, name: &str) -> Vec<serde_json::Value> {
    let trail = town.trail().await.into_iter();
    let is = |event: &serde_json::Value| {
        event["event"] == name
            && event["email"] == ADA
            && event["actor"] == "grace@helpdesk.example"
    };
    trail.filter(is).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_let_go_is_signed_out_and_out_of_what_the_front_door_put_them_into() {
    let (town, ada) = with_ada(&["billing", "partners"]).await;
    let grace = grace(&town).await;
    let asked = question(&town, &grace, ADA).await;
    all_said(
        &asked,
        &["put them into: Billing, Partners", "requests stay at Jira"],
    );
    assert!(is_signed_in(&town, &ada).await && is_in(&town, "Billing"));

    let page = let_go(&town, &grace, &[]).await;
    all_said(
        &page,
        &[
            "They were let go",
            "One session of theirs has ended",
            "taken out of 2 organizations",
            "They are not blocked",
        ],
    );
    assert!(!page.says("portal-only access"), "{}", page.words());
    assert!(!is_signed_in(&town, &ada).await);
    assert!(!is_in(&town, "Billing") && !is_in(&town, "Partners"));
    assert_eq!(town.atlassian.count(Operation::RevokePortalAccess), 0);
    assert_eq!(town.atlassian.customers().len(), 1, "the customer stays");

    let ended = done_by_grace(&town, "session_ended").await;
    assert_eq!(ended.len(), 1);
    let left = done_by_grace(&town, "organization_left").await;
    let names: Vec<_> = left
        .iter()
        .map(|event| &event["changes"]["organization"])
        .collect();
    assert_eq!(names, ["Billing", "Partners"]);
    assert!(done_by_grace(&town, "blocked").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_login_goes_by_the_rules_again() {
    let (town, _) = with_ada(&["billing"]).await;
    let_go(&town, &grace(&town).await, &[]).await;
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, ADA);
    assert!(is_in(&town, "Billing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_let_go_and_blocked_does_not_come_back() {
    let (town, ada) = with_ada(&["billing"]).await;
    let grace = grace(&town).await;
    let page = let_go(&town, &grace, &["block"]).await;
    all_said(&page, &["They were let go", "They are blocked"]);
    assert!(!is_signed_in(&town, &ada).await && !is_in(&town, "Billing"));
    let (_, page) = signs_in(&town, "ada").await;
    assert_eq!(reason(&page).as_deref(), Some("blocked"));
    assert_eq!(done_by_grace(&town, "blocked").await.len(), 1);
    let again = question(&town, &grace, ADA).await;
    all_said(&again, &["blocked already", "no organization"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_a_member_before_stays_one() {
    let town = Town::with(RULES).await;
    town.atlassian.add_account(Account::customer(ADA, "Ada"));
    town.atlassian.add_organization("Billing", false);
    town.atlassian.add_member("Billing", ADA);
    comes(&town, "ada", &["billing"]).await;
    let grace = grace(&town).await;
    let asked = question(&town, &grace, ADA).await;
    assert!(
        asked.says("somebody else put them into: Billing"),
        "{}",
        asked.words()
    );
    let page = let_go(&town, &grace, &[]).await;
    assert!(page.says("No organization was left"), "{}", page.words());
    assert!(is_in(&town, "Billing"));
    assert_eq!(town.atlassian.count(Operation::RemoveMembers), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_managed_by_scim_by_now_stays_a_member() {
    let (town, _) = with_ada(&["billing", "partners"]).await;
    town.atlassian.add_organization("Billing", true);
    let page = let_go(&town, &grace(&town).await, &[]).await;
    all_said(
        &page,
        &["taken out of one organization", "stay in one organization"],
    );
    assert!(is_in(&town, "Billing") && !is_in(&town, "Partners"));
}

#[tokio::test(flavor = "multi_thread")]
async fn portal_only_access_is_revoked_by_a_site_administrators_token_alone() {
    let (town, _) = with_ada(&[]).await;
    let grace = grace(&town).await;
    town.atlassian.revoke(Permission::AdministerSite);
    let page = let_go(&town, &grace, &["revoke"]).await;
    all_said(
        &page,
        &[
            "Not everything could be done",
            "One session of theirs has ended",
            "not revoked",
            "(403)",
            "not a site administrator’s",
        ],
    );
    assert!(
        done_by_grace(&town, "customer_updated").await.is_empty(),
        "nothing was changed"
    );
    arrived(&town.arrive(&Browser::new(), "/p/help", "ada").await, ADA);

    town.atlassian.grant(Permission::AdministerSite);
    let page = let_go(&town, &grace, &["revoke"]).await;
    all_said(&page, &["They were let go", "access at Jira is revoked"]);
    let told = done_by_grace(&town, "customer_updated").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["changes"]["portal_access"]["new"], "revoked");
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert_eq!(reason(&page).as_deref(), Some("not_allowed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_atlassian_is_away_the_rest_stands_and_repeating_it_finishes() {
    let (town, ada) = with_ada(&["billing", "partners"]).await;
    let grace = grace(&town).await;
    town.atlassian
        .fail_times(Operation::RemoveMembers, 20, &Failure::status(503));
    let page = let_go(&town, &grace, &["block", "revoke"]).await;
    all_said(
        &page,
        &[
            "Not everything could be done",
            "They still are in 2 organizations",
            "They are blocked",
            "not tried again by itself",
        ],
    );
    assert!(!is_signed_in(&town, &ada).await && is_in(&town, "Billing"));
    assert!(done_by_grace(&town, "organization_left").await.is_empty());

    town.atlassian.behave();
    town.advance(Duration::from_mins(5));
    let asked = grace.click(&page, "let them go once more").await;
    let page = grace.press(&asked, "Let them go").await;
    all_said(&page, &["They were let go", "taken out of 2 organizations"]);
    assert!(!is_in(&town, "Billing") && !is_in(&town, "Partners"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_organization_that_jira_refuses_does_not_keep_them_in_the_others() {
    let (town, _) = with_ada(&["billing", "partners"]).await;
    let grace = grace(&town).await;
    let refused = Failure::status(403);
    town.atlassian.fail_next(Operation::RemoveMembers, refused);
    let page = let_go(&town, &grace, &[]).await;
    all_said(
        &page,
        &[
            "still are in one organization",
            "(403)",
            "taken out of one organization",
        ],
    );
    assert!(is_in(&town, "Billing") && !is_in(&town, "Partners"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_off_does_not_put_them_in_again() {
    let town = Town::with(RULES).await;
    town.atlassian
        .fail_times(Operation::AddMembers, 40, &Failure::status(503));
    comes(&town, "ada", &["billing"]).await;
    comes(&town, "charles", &["billing"]).await;
    let_go(&town, &grace(&town).await, &[]).await;
    town.atlassian.behave();
    town.advance(Duration::from_mins(2));
    // Ada had waited longer, and would have been next.
    let billing = || town.atlassian.organization_emails("Billing");
    town.until(|| billing().contains(CHARLES)).await;
    assert!(!is_in(&town, "Billing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_no_customer_is_signed_out_and_blocked_and_jira_is_asked_nothing() {
    let town = Town::with(RULES).await;
    let (ada, _) = signs_in(&town, "ada").await;
    let grace = grace(&town).await;
    let asked = question(&town, &grace, ADA).await;
    assert!(!asked.says("portal-only access"), "{}", asked.words());
    town.atlassian.forget_calls();
    let page = let_go(&town, &grace, &["block", "revoke"]).await;
    all_said(
        &page,
        &[
            "They were let go",
            "One session of theirs",
            "They are blocked",
        ],
    );
    assert!(!page.says("organization "), "{}", page.words());
    assert!(!is_signed_in(&town, &ada).await);
    assert!(town.atlassian.rest_calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_lets_themself_go() {
    let town = Town::with(RULES).await;
    let own = "grace@helpdesk.example";
    let grace = grace(&town).await;
    let page = page_of(&town, &grace, own).await;
    assert!(
        page.links()
            .iter()
            .all(|link| !link.text.contains("Let them go"))
    );
    let address = format!("{}/let-go", page.url.path());
    let asked = grace.open(&town.at(&address)).await;
    assert_eq!(reason(&asked).as_deref(), Some("not_allowed"));
    let csrf = page
        .form_with("csrf")
        .field("csrf")
        .unwrap_or_default()
        .to_owned();
    let at = town.at(&address);
    let page = grace.post(&at, &[("csrf", &csrf)], Some(&at)).await;
    assert_eq!(reason(&page).as_deref(), Some("not_allowed"));
    assert!(grace.open(&town.at("/admin")).await.says("Admin desk"));
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_let_go_with_every_address_of_theirs() {
    const NEW: &str = "ada@married.example";
    for page_to_use in [ADA, NEW] {
        let (town, _) = with_ada(&["billing"]).await;
        town.cognito
            .change_person("ada", |person| person.email = Some(NEW.to_owned()));
        town.arrive(&Browser::new(), "/p/help", "ada").await;
        let grace = grace(&town).await;
        let conflicts = grace.open(&town.at("/admin/customers/conflicts")).await;
        let linking = grace.click(&conflicts, "Link them").await;
        grace.press(&linking, "Link them").await;
        let ada = comes(&town, "ada", &["billing"]).await;

        let asked = question(&town, &grace, page_to_use).await;
        let page = grace.press(&asked, "Let them go").await;
        assert!(page.says("taken out of one organization"), "{page_to_use}");
        assert!(!is_signed_in(&town, &ada).await, "{page_to_use}");
        assert!(!is_in(&town, "Billing"), "{page_to_use}");
        comes(&town, "ada", &["billing"]).await;
        assert!(
            is_in(&town, "Billing"),
            "known to have ended: {page_to_use}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_let_one_person_go_by_two_addresses_do_not_wait_for_each_other() {
    const NEW: &str = "ada@married.example";
    let (town, _) = with_ada(&["billing"]).await;
    town.cognito
        .change_person("ada", |person| person.email = Some(NEW.to_owned()));
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    let grace = grace(&town).await;
    let conflicts = grace.open(&town.at("/admin/customers/conflicts")).await;
    let linking = grace.click(&conflicts, "Link them").await;
    grace.press(&linking, "Link them").await;
    let (old, _) = question(&town, &grace, ADA).await.button("Let them go");
    let (new, _) = question(&town, &grace, NEW).await.button("Let them go");
    for _ in 0..20 {
        let (one, other) = tokio::join!(grace.submit(&old, &[]), grace.submit(&new, &[]));
        for page in [one, other] {
            assert!(page.says("They were let go"), "{}", page.words());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_is_told_to_whoever_did_it_alone() {
    let (town, _) = with_ada(&["billing"]).await;
    let done = let_go(&town, &grace(&town).await, &[]).await;
    let another = Person {
        groups: vec!["helpdesk-admins".to_owned()],
        ..Person::new("hedy", "Hedy", "Lamarr", "hedy@helpdesk.example")
    };
    town.cognito.add_person(another);
    let hedy = Browser::new();
    let login = hedy.open(done.url.as_str()).await;
    let page = town.cognito.log_in(&hedy, &login, "hedy").await;
    assert!(page.says("When they have left"), "{}", page.words());
    assert!(!page.says("They were let go"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_blocked_before_stays_so_with_their_note() {
    let (town, _) = with_ada(&["billing"]).await;
    let grace = grace(&town).await;
    block(&town, &grace, ADA).await;
    let page = let_go(&town, &grace, &[]).await;
    all_said(
        &page,
        &[
            "They are blocked",
            "keeps sending spam",
            "signed in nowhere",
        ],
    );
    assert_eq!(done_by_grace(&town, "blocked").await.len(), 1);
}
