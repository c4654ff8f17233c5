//! People whose names and addresses look like something else: like somebody else's, like a query, like markup. They are text, and each is one person.

mod support;

use std::collections::BTreeSet;

use imitation::atlassian::Account;
use imitation::browser::Browser;
use imitation::cognito::{Fault, Person};
use serde_json::json;
use support::{Town, arrived, told};

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_look_alike_are_other_people() {
    let town = Town::new().await;
    let known = [
        "ada@customer.example.org",
        "ada@customer.exampl",
        "ada.@customer.example",
        "ada+help@customer.example",
        "ADA@Customer.Example",
        "xada@customer.example",
    ];
    for email in known {
        town.atlassian
            .add_account(Account::customer(email, "Ada Lovelace"));
    }
    let own = town.atlassian.account("ada@customer.example").unwrap().id;
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert_eq!(told(&page).1, 200, "{}", page.words());
    assert_eq!(town.atlassian.members("HELP"), [own].into());
    town.cognito.change_person("mary", |person| {
        person.email = Some("ada+other@customer.example".to_owned());
    });
    let page = town.arrive(&Browser::new(), "/p/help", "mary").await;
    arrived(&page, "ada+other@customer.example");
    assert_eq!(town.atlassian.customers().len(), known.len() + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_addresses_reach_atlassian_as_text_and_as_nothing_else() {
    let town = Town::new().await;
    let paths = || -> Vec<String> {
        town.atlassian
            .rest_calls()
            .into_iter()
            .map(|call| call.path)
            .collect()
    };
    town.arrive(&Browser::new(), "/p/help", "charles").await;
    let usual: BTreeSet<String> = paths().into_iter().collect();
    // The look-up of an account, and where a name is changed: there the path ends in the account's id.
    let is_below = |path: &str| {
        let name = path.split_once("/customer/account/qm:");
        path.starts_with("/rest/api/3/")
            || path == "/_edge/tenant_info"
            || name.is_some_and(|(_, id)| !id.contains(['/', '%', '?', ' ']))
    };
    let names = [
        "\" OR 1=1 --",
        "Ada\",\"accountId\":\"qm:eve",
        "/../../admin",
        "%2e%2e/%2e%2e",
        "?expand=all&accountId=1#x",
        "</name><admin/>",
        "{{7*7}} ${jndi:ldap://evil.test}",
        "\u{1f511} \u{738b}\u{5c0f}\u{660e}",
    ];
    let locals = ["a+b", "a&b=c", "a?b", "a/b", "a#b", "a%20b", "a'b", "a{b}"];
    for (n, (name, local)) in names.into_iter().zip(locals).enumerate() {
        let (username, email) = (format!("odd-{n}"), format!("{local}@customer.example"));
        let mut person = Person::new(&username, "x", "y", &email);
        (person.given_name, person.family_name) = (Some(name.to_owned()), Some("L".to_owned()));
        town.cognito.add_person(person);
        if n % 2 == 1 {
            town.atlassian
                .add_account(Account::customer(&email, "Known"));
        }
        town.atlassian.forget_calls();
        let page = town.arrive(&Browser::new(), "/p/help", &username).await;
        arrived(&page, &email);
        let account = town.atlassian.account(&email).unwrap();
        if n % 2 == 0 {
            assert_eq!(account.display_name, format!("{name} L"));
        }
        let odd = paths()
            .into_iter()
            .find(|path| !usual.contains(path) && !is_below(path));
        assert_eq!(odd, None, "{name} {email}");
        let me = Browser::new();
        let login = me.open(&town.at("/login?to=%2Fme")).await;
        let me = town.cognito.log_in(&me, &login, &username).await;
        assert!(
            me.says(&email) && !me.text.contains("<admin/>"),
            "{}",
            me.text
        );
    }
    town.cognito.misbehave(Fault::Claim(
        "given_name".to_owned(),
        Some(json!("a".repeat(50_000))),
    ));
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    let name = town
        .atlassian
        .account("ada@customer.example")
        .unwrap()
        .display_name;
    assert!(name.len() <= 255, "{}", name.len());
}
