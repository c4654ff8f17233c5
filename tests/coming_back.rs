//! Coming back after an administrator let somebody go: what is not given again, what is asked again, and the way back in where the access was revoked.

mod support;

use front_door::admission::customer::CustomerRecord;
use front_door::settings::Settings;
use front_door::store::{Key, Vault};
use imitation::browser::{Browser, Page};
use support::people::{ADA, grace, page_of};
use support::{Town, arrived, reason};

const APPROVAL: &str = "[default.link.help]\nservice_desk = \"HELP\"\napproval = true\n";

/// Comes by the link, in a new browser.
async fn comes(town: &Town) -> Page {
    town.arrive(&Browser::new(), "/p/help", "ada").await
}

async fn let_go(town: &Town, grace: &Browser, ticked: &[&str]) {
    let page = page_of(town, grace, ADA).await;
    let question = grace.click(&page, "Let them go").await;
    let (form, _) = question.button("Let them go");
    let ticked: Vec<(&str, &str)> = ticked.iter().map(|name| (*name, "yes")).collect();
    let page = grace.submit(&form, &ticked).await;
    assert!(page.says("They were let go"), "{}", page.words());
}

/// An administrator at Atlassian has given the access back.
fn give_back(town: &Town) {
    town.atlassian
        .change_account(ADA, |account| account.active = true);
}

#[track_caller]
fn refused(page: &Page, expected: &str) {
    assert_eq!(
        reason(page).as_deref(),
        Some(expected),
        "{} {}",
        page.url,
        page.words()
    );
}

async fn approve(town: &Town, grace: &Browser) {
    let queue = grace.open(&town.at("/admin/approvals")).await;
    grace.press(&queue, "Approve").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_invitation_gave_is_not_given_again() {
    let town = Town::with("").await;
    let grace = grace(&town).await;
    let form = grace.open(&town.at("/admin/invitations/new")).await;
    let fields = [
        ("addresses", ADA),
        ("link", "help"),
        ("organizations", "Friends"),
    ];
    grace.submit(&form.form_with("addresses"), &fields).await;
    arrived(&comes(&town).await, ADA);
    let is_in = || town.atlassian.organization_emails("Friends").contains(ADA);
    assert!(is_in());
    let_go(&town, &grace, &[]).await;
    arrived(&comes(&town).await, ADA);
    assert!(!is_in());
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_access_was_revoked_is_approved_anew_and_told_by_us_until_it_is_given_back() {
    let town = Town::with(APPROVAL).await;
    let grace = grace(&town).await;
    refused(&comes(&town).await, "awaiting_approval");
    approve(&town, &grace).await;
    arrived(&comes(&town).await, ADA);
    let_go(&town, &grace, &["revoke"]).await;
    refused(&comes(&town).await, "awaiting_approval");
    approve(&town, &grace).await;
    let page = comes(&town).await;
    refused(&page, "not_allowed");
    assert!(page.says("ask them to add you"), "{}", page.words());
    give_back(&town);
    arrived(&comes(&town).await, ADA);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_invited_and_revoked_is_approved_before_the_next_visit() {
    let town = Town::with(APPROVAL).await;
    let grace = grace(&town).await;
    let form = grace.open(&town.at("/admin/invitations/new")).await;
    let fields = [("addresses", ADA), ("link", "help")];
    grace.submit(&form.form_with("addresses"), &fields).await;
    arrived(&comes(&town).await, ADA);
    let_go(&town, &grace, &["revoke"]).await;
    give_back(&town);
    refused(&comes(&town).await, "awaiting_approval");
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_access_was_revoked_is_approved_anew_at_the_portal_too_where_every_link_asks() {
    let link = |slug: &str, key: &str| {
        format!("[default.link.{slug}]\nservice_desk = \"{key}\"\napproval = true\n")
    };
    let all = [("help", "HELP"), ("bill", "BILL"), ("hr", "HR")];
    let town = Town::with(&all.map(|(slug, key)| link(slug, key)).concat()).await;
    let grace = grace(&town).await;
    comes(&town).await;
    approve(&town, &grace).await;
    arrived(&comes(&town).await, ADA);
    let_go(&town, &grace, &["revoke"]).await;
    give_back(&town);
    let ada = Browser::new();
    let login = ada.open(&town.atlassian.login_url("portal")).await;
    let page = town.cognito.log_in(&ada, &login, "ada").await;
    refused(&page, "awaiting_approval");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_unblocked_after_a_revocation_finds_a_way_back_in() {
    let town = Town::with("").await;
    let grace = grace(&town).await;
    arrived(&comes(&town).await, ADA);
    let_go(&town, &grace, &["block", "revoke"]).await;
    refused(&comes(&town).await, "blocked");
    let person = page_of(&town, &grace, ADA).await;
    assert!(
        person.says("Revoked from here on") && person.says("gives it back"),
        "{}",
        person.words()
    );
    grace.press(&person, "Unblock").await;
    refused(&comes(&town).await, "not_allowed");
    give_back(&town);
    arrived(&comes(&town).await, ADA);
    assert!(town.atlassian.member_emails("HELP").contains(ADA));
    let person = page_of(&town, &grace, ADA).await;
    assert!(!person.says("Revoked from here"), "{}", person.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_jira_has_forgotten_since_becomes_a_new_customer() {
    let town = Town::with("").await;
    let grace = grace(&town).await;
    arrived(&comes(&town).await, ADA);
    let_go(&town, &grace, &["revoke"]).await;
    town.atlassian.remove_account(ADA);
    arrived(&comes(&town).await, ADA);
    assert!(town.atlassian.member_emails("HELP").contains(ADA));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_says_how_often_somebody_was_let_go() {
    let town = Town::with("").await;
    let grace = grace(&town).await;
    arrived(&comes(&town).await, ADA);
    let settings = Settings::from_toml(&town.settings, town.folder.path());
    let settings = settings.unwrap().settings;
    let vault = Vault::open(&settings.store, &settings.secrets, town.clock.clone());
    let vault = vault.await.unwrap();
    let key = Key::customer(&vault.pseudonym("customer", ADA));
    for count in [0, 1, 2] {
        let record: CustomerRecord = vault.get(&key).await.unwrap().unwrap();
        assert_eq!(record.partings, count);
        let_go(&town, &grace, &[]).await;
    }
}
