//! Whose a membership is: the front door takes away what it gave, by whatever reason and under whatever name, and nothing else.

mod support;

use imitation::atlassian::{Account, Failure, Operation};
use imitation::browser::Browser;
use imitation::cognito::Person;
use support::people::{ADA, page_of};
use support::{Town, at_portal};

const BY_CLAIM: &str = "[[default.organization]]\nclaim = \"custom:company\"\n";

async fn comes(town: &Town, username: &str) {
    let page = town.arrive(&Browser::new(), "/p/help", username).await;
    assert!(at_portal(&page).0.is_some(), "{username}: {}", page.words());
}

fn set_groups(town: &Town, groups: &[&str]) {
    let groups: Vec<String> = groups.iter().map(ToString::to_string).collect();
    town.cognito
        .change_person("ada", |person| person.groups = groups);
}

fn set_company(town: &Town, company: Option<&str>) {
    town.cognito.change_person("ada", |person| {
        person.custom.remove("company");
        let company = company.map(|company| ("company".to_owned(), company.to_owned()));
        person.custom.extend(company);
    });
}

fn is_in(town: &Town, organization: &str) -> bool {
    town.atlassian
        .organization_emails(organization)
        .contains(ADA)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_gave_to_a_customer_whom_the_front_door_made_stays_when_a_rule_comes_and_goes()
 {
    let town =
        Town::with("[[default.organization]]\nname = \"Billing\"\ngroups = [\"billing\"]\n").await;
    comes(&town, "ada").await;
    town.atlassian.add_organization("Billing", false);
    town.atlassian.add_member("Billing", ADA);
    for groups in [&["billing"][..], &[]] {
        set_groups(&town, groups);
        comes(&town, "ada").await;
    }
    assert!(is_in(&town, "Billing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_by_another_spelling_of_its_name_is_not_left() {
    let town = Town::with(BY_CLAIM).await;
    set_company(&town, Some("Acme"));
    comes(&town, "ada").await;
    let id = town.atlassian.organizations()[0].id;
    // A Jira that does not tell letter case apart.
    let body = serde_json::json!({ "id": id.to_string(), "name": "Acme", "scimManaged": false });
    let same = Failure::text(&body.to_string());
    town.atlassian
        .fail_next(Operation::CreateOrganization, same);
    set_company(&town, Some("ACME"));
    comes(&town, "ada").await;
    assert!(is_in(&town, "Acme"));
    assert_eq!(town.atlassian.count(Operation::RemoveMembers), 0);
    set_company(&town, None);
    comes(&town, "ada").await;
    assert!(
        !is_in(&town, "Acme"),
        "it was of the front door's giving all the time"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_membership_ends_with_whatever_gives_it_now_not_with_what_gave_it_first() {
    let by_domain = "[[default.organization]]\nname = \"Acme\"\ndomains = [\"customer.example\"]\n";
    let mut town = Town::with(&format!("{by_domain}{BY_CLAIM}")).await;
    set_company(&town, Some("Acme"));
    comes(&town, "ada").await;
    town.close().await;
    town.settings = town.settings.replace(by_domain, "");
    town.open().await;
    town.wait_until_links_are_read().await;
    comes(&town, "ada").await;
    assert!(is_in(&town, "Acme"), "by the claim");
    set_company(&town, None);
    comes(&town, "ada").await;
    assert!(!is_in(&town, "Acme"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_jira_had_is_no_new_customer_also_when_making_them_fails_first() {
    let for_new = "[[default.organization]]\nname = \"Guests\"\ndefault_for = \"new\"\n[default.mapping]\nupdate = \"new\"\n";
    for failure in [
        Failure::status(503),
        Failure::status(503).after_doing_it(),
        Failure::status(401),
    ] {
        let town = Town::with(for_new).await;
        let years = "A customer for years";
        town.atlassian.add_account(Account::customer(ADA, years));
        town.atlassian
            .fail_next(Operation::SearchUsers, failure.clone());
        town.atlassian.fail_next(Operation::CreateCustomer, failure);
        town.arrive(&Browser::new(), "/p/help", "ada").await;
        comes(&town, "ada").await;
        assert!(town.atlassian.organizations_of(ADA).is_empty());
        let account = town.atlassian.account(ADA).map(|one| one.display_name);
        assert_eq!(account.as_deref(), Some(years));
    }
}

/// Ada with two accounts that are linked, of which the first alone is in the group of an organization; and an administrator.
async fn with_two_accounts() -> (Town, Browser) {
    let rule = "[[default.organization]]\nname = \"Billing\"\ngroups = [\"billing\"]\n";
    let town = Town::with(rule).await;
    set_groups(&town, &["billing"]);
    comes(&town, "ada").await;
    let again = Person::new("ada-again", "Ada", "King", ADA);
    town.cognito.add_person(again);
    town.arrive(&Browser::new(), "/p/help", "ada-again").await;
    let (grace, conflicts) = town.administrator("/admin/customers/conflicts").await;
    let question = grace.click(&conflicts, "Link them").await;
    grace.press(&question, "Link them").await;
    (town, grace)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_accounts_of_one_person_do_not_take_away_what_the_other_gives() {
    let (town, _) = with_two_accounts().await;
    for username in ["ada", "ada-again"] {
        comes(&town, username).await;
        assert!(is_in(&town, "Billing"), "{username}");
    }
    set_groups(&town, &[]);
    comes(&town, "ada").await;
    assert!(!is_in(&town, "Billing"), "nothing gives it any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_account_gave_to_somebody_let_go_comes_back_with_that_account_alone() {
    let (town, grace) = with_two_accounts().await;
    comes(&town, "ada").await;
    let page = page_of(&town, &grace, ADA).await;
    let question = grace.click(&page, "Let them go").await;
    grace.press(&question, "Let them go").await;
    for (username, expected) in [("ada-again", false), ("ada", true)] {
        comes(&town, username).await;
        assert_eq!(is_in(&town, "Billing"), expected, "{username}");
    }
}
