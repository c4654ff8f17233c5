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
    told_of(&before(), &after(before()))
}

fn before() -> Saved {
    Saved::from_toml(BEFORE, "test").unwrap()
}

fn told_of(before: &Saved, after: &Saved) -> Vec<String> {
    let outside = Settings::from_toml("", Path::new("")).unwrap().outside;
    let edits = before.edits_to(after);
    let mut told = Vec::new();
    for thing in things(&edits, before, &outside) {
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

/// `help`, renamed to `it`.
fn help_by_another_name(saved: Saved) -> Saved {
    let mut link = saved.value(&["link", "help"]).unwrap().clone();
    let table = link.as_table_mut().unwrap();
    table.insert("aliases".to_owned(), vec!["help"].into());
    saved
        .with_value(&["link", "help"], None)
        .with_value(&["link", "it"], Some(link))
}

/// `hr`, which had its name from its project, renamed.
fn people(saved: Saved) -> Saved {
    let link = toml::toml! { service_desk = "HR" aliases = ["hr"] };
    saved.with_value(&["link", "people"], Some(link.into()))
}

#[test]
fn a_link_with_a_new_name_is_told_as_one_thing_both_ways() {
    let on = told(help_by_another_name);
    let words = [
        "Link help is renamed to it; /p/help goes on leading there",
        "Link it → Aliases: not set > help",
    ];
    assert_eq!(on, words);
    let back = told_of(&help_by_another_name(before()), &before());
    let words = [
        "Link it is renamed back to help",
        "Link help → Aliases: help > not set",
    ];
    assert_eq!(back, words);
}

#[test]
fn a_link_that_nothing_was_saved_of_is_told_as_renamed_too() {
    let on = told(people);
    let words = [
        "Link hr is renamed to people; /p/hr goes on leading there",
        "Link people → Aliases: not set > hr",
    ];
    assert_eq!(on, words);
    let back = told_of(&people(before()), &before());
    let words = [
        "Link people is renamed back to hr",
        "Link hr → Aliases: hr > not set",
    ];
    assert_eq!(back, words);
}

#[test]
fn a_first_alias_or_a_loss_of_settings_is_no_rename() {
    let aliased = |saved: Saved| {
        let link = toml::toml! { service_desk = "HR" aliases = ["people"] };
        saved.with_value(&["link", "hr"], Some(link.into()))
    };
    assert_eq!(told(aliased), ["Link hr → Aliases: not set > people"]);
    let of_more = set(&["link", "people", "access"], "\"public\"")(people(before()));
    let lost = told_of(&of_more, &before());
    assert_eq!(lost[0], "Link people loses all settings of its own");
}

#[test]
fn what_a_renamed_link_loses_is_told() {
    let told = told(|saved| {
        let renamed = help_by_another_name(saved);
        renamed.with_value(&["link", "it", "access"], None)
    });
    assert!(
        told.iter()
            .any(|line| line.starts_with("Link it → Access: ")),
        "{told:?}"
    );
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
