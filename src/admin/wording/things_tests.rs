//! How changes are told.

use std::path::Path;

use super::*;
use crate::settings::Settings;

const BEFORE: &str = r#"
    [default.access]
    domains = ["a.example"]
    [default.provider.okta]
    issuer = "https://acme.okta.com"
    client_id = "id"
    client_secret = "hush"
    [default.link.help]
    service_desk = "HELP"
    access = "public"
    [[default.organization]]
    name = "Acme"
    domains = ["acme.example"]
    managed = false
    [[default.organization]]
    name = "Beta"
    groups = ["beta"]
    managed = false
"#;

/// What is told of the change from `BEFORE` to this.
fn told(after: impl FnOnce(Saved) -> Saved) -> Vec<String> {
    let outside = Settings::from_toml("", Path::new("")).unwrap().outside;
    let before = Saved::from_toml(BEFORE, "test").unwrap();
    let edits = before.edits_to(&after(before.clone()));
    let mut told = Vec::new();
    for thing in things(&edits, &before, &outside) {
        told.extend(thing.headline);
        for line in thing.lines {
            let (old, new) = (line.old.lines.join("|"), line.new.lines.join("|"));
            told.push(format!("{} → {}: {old} > {new}", thing.page, line.label));
        }
    }
    told
}

fn set(path: &'static [&'static str], value: &str) -> impl FnOnce(Saved) -> Saved {
    let text = format!("[default]\nvalue = {value}");
    let value = Saved::from_toml(&text, "test").unwrap();
    move |saved| saved.with_value(path, value.value(&["value"]).cloned())
}

#[test]
fn a_change_is_told_in_the_words_of_its_form() {
    for (after, words) in [
        (
            set(&["access", "domains"], "[\"a.example\", \"b.example\"]"),
            "Access → Allowed domains: a.example > a.example|b.example",
        ),
        (
            set(&["session", "idle"], "\"90m\""),
            "Settings → Without a visit: not set > 90m",
        ),
        (
            set(&["links_closed"], "true"),
            "Settings → All links: not set: Open, each by its own rules > Closed, with a message",
        ),
        (
            set(&["provider", "okta", "enabled"], "false"),
            "Identity provider okta → In use: not set: On > Off",
        ),
        (
            set(&["provider", "okta", "client_secret"], "\"new\""),
            "Identity provider okta → Client secret: set > replaced",
        ),
        (
            set(&["link", "help", "enforce"], "false"),
            "Link help → Rules: not set: Enforced: whoever does not pass is refused > \
             Pilot: whoever would be refused is written down, and comes in",
        ),
        (
            set(&["odd"], "1"),
            "Unknown settings → without a field: not set > 1",
        ),
    ] {
        assert_eq!(told(after), [words]);
    }
}

#[test]
fn what_is_deleted_or_added_is_told_first_and_without_its_secret() {
    let gone = told(|saved| saved.with_value(&["provider", "okta"], None));
    assert_eq!(gone[0], "Identity provider okta is deleted");
    assert!(gone.contains(&"Identity provider okta → Client secret: set > –".to_owned()));
    let new = told(|saved| {
        let path = ["provider", "keycloak"];
        let okta = saved.value(&["provider", "okta"]).cloned();
        saved.with_value(&path, okta)
    });
    assert_eq!(new[0], "Identity provider keycloak is added");
    assert!(!format!("{gone:?}{new:?}").contains("hush"));
    let link = told(|saved| saved.with_value(&["link", "help"], None));
    assert_eq!(link[0], "Link help loses all settings of its own");
}

#[test]
fn a_link_with_a_new_name_is_told_as_one_thing() {
    let told = told(|saved| {
        let mut link = saved.value(&["link", "help"]).unwrap().clone();
        let table = link.as_table_mut().unwrap();
        table.insert("aliases".to_owned(), vec!["help"].into());
        saved
            .with_value(&["link", "help"], None)
            .with_value(&["link", "it"], Some(link))
    });
    assert_eq!(told[0], "Link help is renamed to it, with all its settings");
    assert_eq!(told[1..], ["Link it → Aliases: not set > help"]);
}

#[test]
fn what_makes_no_sense_is_told_as_it_is() {
    let odd = told(|saved| saved.with_value(&["link"], Some(3.into())));
    assert!(
        odd.contains(&"Unknown settings → without a field: not set > 3".to_owned()),
        "{odd:?}"
    );
}

#[test]
fn rules_about_organizations_are_told_one_by_one() {
    let rules = |saved: &Saved| {
        let rules = saved.value(&["organization"]).unwrap().as_array();
        rules.unwrap().clone()
    };
    let put = |saved: Saved, rules: Vec<toml::Value>| {
        saved.with_value(&["organization"], Some(rules.into()))
    };
    let deleted = told(|saved| {
        let kept = rules(&saved)[1..].to_vec();
        put(saved, kept)
    });
    assert_eq!(deleted[0], "Organization Acme: the rule is deleted");
    assert_eq!(
        deleted.last().unwrap(),
        "Organization Acme → Domains: acme.example > –"
    );
    let turned = told(|saved| {
        let turned = rules(&saved).into_iter().rev().collect();
        put(saved, turned)
    });
    let words = "Organizations → Order of the rules: \
        Organization Acme|Organization Beta > Organization Beta|Organization Acme";
    assert_eq!(turned, [words]);
    let changed = told(|saved| {
        let mut all = rules(&saved);
        all[1]
            .as_table_mut()
            .unwrap()
            .insert("create".to_owned(), false.into());
        put(saved, all)
    });
    let words = "Organization Beta → When Jira has none of this name: \
        not set: Create it > Leave it: nobody is added";
    assert_eq!(changed, [words]);
}
