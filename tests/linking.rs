//! Linking two that are one person: nobody is linked but by an administrator who was shown both, and nobody is made a customer twice by it.

mod support;

use imitation::browser::{Browser, Page};
use imitation::cognito::{Cognito, CognitoConfig, Person};
use support::{Town, arrived, reason};

const ADA: &str = "ada@customer.example";
const NEW: &str = "ada@married.example";

/// Ada is a customer, and another account of hers meets the conflict.
async fn with_a_second_account() -> Town {
    let town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    let twin = Person::new("ada-again", "Ada", "King", ADA);
    town.cognito.add_person(twin);
    refused(&town, "ada-again", "identity_conflict").await;
    town
}

/// Ada is a customer whose address has changed at the provider.
async fn with_a_new_address() -> Town {
    let town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.cognito
        .change_person("ada", |person| person.email = Some(NEW.to_owned()));
    refused(&town, "ada", "identity_conflict").await;
    town
}

async fn refused(town: &Town, username: &str, expected: &str) {
    let page = town.arrive(&Browser::new(), "/p/help", username).await;
    assert_eq!(reason(&page).as_deref(), Some(expected), "{username}");
}

async fn arrives(town: &Town, username: &str, as_whom: &str) {
    let page = town.arrive(&Browser::new(), "/p/help", username).await;
    arrived(&page, as_whom);
}

/// The only conflict, as the administrator is asked about it.
async fn question(town: &Town) -> (Browser, Page) {
    let (grace, conflicts) = town.administrator("/admin/customers/conflicts").await;
    let question = grace.click(&conflicts, "Link them").await;
    (grace, question)
}

async fn link(town: &Town) -> Page {
    let (grace, question) = question(town).await;
    grace.press(&question, "Link them").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_linked_second_account_is_the_same_customer() {
    let town = with_a_second_account().await;
    let (grace, question) = question(&town).await;
    let account = town.atlassian.customers().pop().map(|account| account.id);
    let account = account.unwrap_or_default();
    for words in [ADA, "Ada King", &account, "belong to the same person"] {
        assert!(question.says(words), "{words}: {}", question.words());
    }
    assert!(!question.says("different identity providers"));
    let page = grace.press(&question, "Link them").await;
    assert!(page.says("The two are linked"), "{}", page.words());

    for username in ["ada-again", "ada"] {
        arrives(&town, username, ADA).await;
    }
    assert_eq!(town.atlassian.customers().len(), 1);
    let trail = town.trail().await;
    let linked: Vec<_> = trail
        .iter()
        .filter(|event| event["event"] == "customer_linked")
        .collect();
    assert_eq!(linked.len(), 1);
    assert_eq!(linked[0]["actor"], "grace@helpdesk.example");
    assert_eq!(linked[0]["customer"], account);
    let conflicts = grace.open(&town.at("/admin/customers/conflicts")).await;
    assert!(conflicts.says("There are none"));
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_of_two_providers_are_linked_only_after_a_warning() {
    let pool = Cognito::start(CognitoConfig {
        pool: "eu-west-1_Partner".to_owned(),
        client_id: "partner-client".to_owned(),
        people: vec![Person::new("eve", "Eve", "Partner", ADA)],
        ..CognitoConfig::default()
    })
    .await;
    let mut town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    pool.register_callback(town.at("/login/callback/partner"));
    let settings = format!(
        "\n[default.provider.partner]\nlabel = \"Partner account\"\ndomain = {:?}\nissuer = {:?}\nclient_id = {:?}\nclient_secret = {:?}\nemail_domains = [\"customer.example\"]",
        pool.base(),
        pool.issuer(),
        pool.client_id(),
        pool.client_secret().unwrap_or_default(),
    );
    town.reopen_with(&settings).await;
    let eve = |town: &Town| {
        let login = town.at("/login?provider=partner&to=/p/help");
        let pool = &pool;
        async move {
            let browser = Browser::new();
            let page = browser.open(&login).await;
            let page = pool.log_in(&browser, &page, "eve").await;
            browser.post_on(page).await
        }
    };
    assert_eq!(
        reason(&eve(&town).await).as_deref(),
        Some("identity_conflict")
    );

    let grace = Browser::new();
    let login = grace
        .open(&town.at("/login?provider=cognito&to=/admin/customers/conflicts"))
        .await;
    let conflicts = town.cognito.log_in(&grace, &login, "grace").await;
    let question = grace.click(&conflicts, "Link them").await;
    for words in [
        "different identity providers",
        "Partner account",
        "Customer account",
    ] {
        assert!(question.says(words), "{words}: {}", question.words());
    }
    assert_eq!(
        reason(&eve(&town).await).as_deref(),
        Some("identity_conflict"),
        "asking links nobody"
    );
    grace.press(&question, "Link them").await;
    arrived(&eve(&town).await, ADA);
    assert_eq!(town.atlassian.customers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_customer_keeps_their_account_under_a_new_address() {
    let town = with_a_new_address().await;
    let (grace, question) = question(&town).await;
    assert!(question.says(ADA) && question.says(NEW));
    let page = grace.press(&question, "Link them").await;
    assert!(page.says(NEW) && page.says(ADA), "{}", page.words());

    // The portal knows the account by the former address until somebody changes it there.
    let ada = Browser::new();
    arrived(&town.arrive(&ada, "/p/help", "ada").await, ADA);
    town.atlassian
        .change_account(ADA, |account| account.email = NEW.to_owned());
    let page = grace.press(&page, "Jira has the new address now").await;
    assert!(page.says("told the new address"), "{}", page.words());
    town.atlassian.end_sessions();
    let page = ada.open(&town.at("/p/help")).await;
    arrived(&ada.post_on(page).await, NEW);
    assert_eq!(town.atlassian.customers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_becomes_a_customer_by_an_address_that_was_theirs() {
    let town = with_a_new_address().await;
    link(&town).await;
    town.cognito
        .add_person(Person::new("heir", "An", "Heir", ADA));
    refused(&town, "heir", "identity_conflict").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forgetting_a_linked_customer_forgets_every_account_and_address_of_theirs() {
    let town = with_a_new_address().await;
    let page = link(&town).await;
    let grace = Browser::new();
    let login = grace.open(page.url.as_str()).await;
    let page = town.cognito.log_in(&grace, &login, "grace").await;
    let question = grace.click(&page, "Forget this person").await;
    let form = question.form_with("address");
    grace.submit(&form, &[("address", NEW)]).await;
    for email in [ADA, NEW] {
        let found = grace
            .open(&town.at(&format!("/admin/customers?q={email}")))
            .await;
        assert!(found.says("Nobody was found"), "{email}: {}", found.words());
        let said = town.trail().await;
        assert!(!said.iter().any(|event| event["email"] == email), "{email}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_atlassian_account_serves_as_the_customer_and_nobody_is_signed_in_to_it() {
    let town = Town::new().await;
    refused(&town, "anna", "atlassian_account").await;
    let (grace, question) = question(&town).await;
    assert!(question.says("Single sign-on stays impossible"));
    grace.press(&question, "Link them").await;

    let asked = town.arrive(&Browser::new(), "/p/help", "anna").await;
    assert!(
        town.atlassian
            .member_emails("HELP")
            .contains("anna@acme.example")
    );
    assert!(town.atlassian.customers().is_empty(), "no second account");
    assert!(town.events().await.contains(&"handed_over".to_owned()));
    assert_eq!(
        reason(&asked).as_deref(),
        Some("atlassian_account"),
        "a portal that asks us for her gets no assertion"
    );
    assert!(!town.events().await.contains(&"assertion_sent".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_atlassian_account_that_no_longer_has_the_address_is_not_linked() {
    let town = Town::new().await;
    refused(&town, "anna", "atlassian_account").await;
    let (grace, question) = question(&town).await;
    town.atlassian
        .change_account("anna@acme.example", |account| {
            account.email = "anna@elsewhere.example".to_owned();
        });
    let page = grace.press(&question, "Link them").await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("conflict"), 409)
    );
    assert!(!town.events().await.contains(&"customer_linked".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_changed_since_it_was_shown_is_not_linked() {
    for (way, account) in [
        ("moves", ""),
        ("joins", "qm:1:1"),
        ("account", "712020:1"),
        ("", ""),
    ] {
        let town = with_a_second_account().await;
        let (grace, question) = question(&town).await;
        let form = question.form_with("way");
        let shown = form.field("account").unwrap_or_default().to_owned();
        let account = if account.is_empty() { &shown } else { account };
        let page = grace
            .submit(&form, &[("way", way), ("account", account)])
            .await;
        assert_eq!(
            reason(&page).as_deref(),
            Some("conflict"),
            "{way} {account}"
        );
        refused(&town, "ada-again", "identity_conflict").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_press_changes_nothing_more() {
    let town = with_a_second_account().await;
    let (grace, question) = question(&town).await;
    grace.press(&question, "Link them").await;
    let before = town.events().await.len();
    let page = grace.press(&question, "Link them").await;
    assert_eq!(reason(&page).as_deref(), Some("not_found"));
    assert_eq!(town.events().await.len(), before);
}
