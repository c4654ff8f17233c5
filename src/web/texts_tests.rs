//! The files of texts, held against each other and against everything that uses them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;
use crate::web::Reason;

const FILES: [(Language, &str); 2] = [
    (
        Language::English,
        include_str!("../../templates/texts/en.ftl"),
    ),
    (
        Language::German,
        include_str!("../../templates/texts/de.ftl"),
    ),
];

/// Every text of a file by its name (`name`, `name.part`, `-term`), and the variables that stand in it.
fn variables(file: &'static str) -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut texts: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let (mut message, mut open) = ("", String::new());
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        let head = line.split_once(" =").map(|(head, _)| head);
        match head.filter(|head| !head.trim().contains(['{', ' ', '['])) {
            Some(part) if line.starts_with("    .") => open = format!("{message}{}", part.trim()),
            Some(name) if !line.starts_with(' ') => {
                message = name;
                open = name.to_owned();
            }
            _ => {}
        }
        let found = texts.entry(open.clone()).or_default();
        for after in line.split('$').skip(1) {
            let end = after.find(|c: char| !c.is_ascii_lowercase());
            found.insert(&after[..end.unwrap_or(after.len())]);
        }
    }
    texts.remove("");
    texts
}

fn names(file: &'static str) -> BTreeSet<String> {
    variables(file).into_keys().collect()
}

/// Every file below this folder, as text.
fn files(folder: &str) -> Vec<String> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|kind| kind == "rs" || kind == "html")
            {
                files.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    files
}

/// What stands in quotation marks behind one of these, anywhere in a folder.
fn quoted_behind(befores: &[&str], folder: &str) -> BTreeSet<String> {
    let files = files(folder);
    let found = files.iter().flat_map(|file| {
        let each = befores
            .iter()
            .flat_map(|before| file.split(*before).skip(1));
        each.map(|rest| rest.split('"').next().unwrap().to_owned())
    });
    found.collect()
}

#[test]
fn every_language_has_every_text_with_the_same_variables() {
    let (english, german) = (variables(FILES[0].1), variables(FILES[1].1));
    assert!(english.len() > 150, "{}", english.len());
    for (name, variables) in &english {
        assert_eq!(german.get(name), Some(variables), "{name}");
    }
    assert_eq!(names(FILES[0].1), names(FILES[1].1));
    assert_eq!(
        english["home-signed-in-as"],
        BTreeSet::from(["name", "email"])
    );
    assert_eq!(
        english["date"],
        BTreeSet::from(["day", "month", "year", "time"])
    );
}

#[test]
fn every_text_is_there_once_and_is_shown_as_it_stands() {
    for (language, file) in FILES {
        let resource = FluentResource::try_new(file.to_owned()).expect("no line is unreadable");
        let mut texts = Texts::new_concurrent(Vec::new());
        texts.add_resource(resource).expect("no text stands twice");
        let shown = variables(file);
        for (name, variables) in shown.iter().filter(|(name, _)| !name.starts_with('-')) {
            let mut args = FluentArgs::new();
            for variable in variables {
                args.set(*variable, "VALUE");
            }
            let (message, part) = match name.split_once('.') {
                Some((message, part)) => (message, Some(part)),
                None => (name.as_str(), None),
            };
            let shown = filled(language, message, part, Some(&args)).expect(name);
            assert!(!shown.contains(['{', '$']), "{name}: {shown}");
            assert_eq!(shown.trim(), shown, "{name}");
            assert_eq!(
                shown.contains("VALUE"),
                !variables.is_empty(),
                "{name}: {shown}"
            );
        }
    }
}

#[test]
fn every_name_that_a_page_uses_is_a_text_and_every_text_is_used() {
    let texts = names(FILES[0].1);
    let ways = [".text(\"", ".text_with(\"", ".button(\"", ".button_with(\""];
    let mut used = quoted_behind(&ways, "templates");
    used.extend(quoted_behind(&[" Key(\"", "(Key(\""], "src"));
    for name in &used {
        assert!(texts.contains(name), "{name} is no text");
    }
    for reason in Reason::ALL {
        for part in ["", ".happened", ".kept", ".next"] {
            let name = format!("{}{part}", reason.name());
            assert!(texts.contains(&name), "{name}");
        }
    }
    let of_reasons = |name: &str| Reason::ALL.iter().any(|reason| reason.name() == name);
    let spare: Vec<_> = texts
        .iter()
        .filter(|name| !name.starts_with('-') && !name.contains('.'))
        .filter(|name| !used.contains(*name) && !of_reasons(name))
        .collect();
    assert_eq!(spare, Vec::<&String>::new());
    for term in texts.iter().filter(|name| name.starts_with('-')) {
        assert!(FILES[0].1.contains(&format!("{{ {term} }}")), "{term}");
    }
}

#[test]
fn operators_can_say_every_text_of_their_own_that_a_page_asks_for() {
    let mut asked_for = quoted_behind(&[".own(\""], "templates");
    let reasons = Reason::ALL.iter().map(|reason| reason.name().to_owned());
    asked_for.extend(reasons.chain(["links_closed".to_owned()]));
    let settings = crate::settings::texts::KEYS.map(str::to_owned);
    assert_eq!(asked_for, BTreeSet::from(settings));
}

#[test]
fn operators_can_name_every_button_of_their_own_with_the_values_that_ours_have() {
    let texts = variables(FILES[0].1);
    let ours = texts.iter().filter(|(name, _)| name.starts_with("button-"));
    let ours = ours.map(|(name, values)| (name.replace('-', "_"), values.contains("provider")));
    let settings = crate::settings::texts::BUTTONS;
    let settings = settings.map(|(key, names_provider)| (key.to_owned(), names_provider));
    assert_eq!(ours.collect::<BTreeSet<_>>(), BTreeSet::from(settings));
}

/// What is left of a template without its code and its tags.
fn bare_words(template: &str) -> String {
    let mut rest = template.to_owned();
    let attributes = ("{% block marks %}", "{% endblock %}");
    for (begin, end) in [attributes, ("{{", "}}"), ("{%", "%}"), ("<", ">")] {
        while let Some((before, after)) = rest.split_once(begin) {
            rest = format!("{before} {}", after.split_once(end).unwrap().1);
        }
    }
    rest.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn no_page_of_customers_says_anything_that_is_no_text() {
    let pages = files("templates/web");
    assert!(pages.len() >= 10);
    for page in pages {
        let words = bare_words(&page);
        assert!(!words.contains(char::is_alphabetic), "{words}: {page}");
        for attribute in [" alt=\"", " aria-label=\"", " title=\"", " placeholder=\""] {
            let values = page.split(attribute).skip(1);
            for value in values.filter(|value| !value.starts_with('"')) {
                assert!(value.starts_with("{{"), "{attribute}{value:.40}");
            }
        }
    }
    assert_eq!(bare_words("<p a=\"b\">{{ c }} d</p>"), "d");
}

#[test]
fn german_is_written_with_german_marks() {
    let file = FILES[1].1;
    assert!(!file.contains(['"', '\'', '’']) && !file.contains("..."));
    assert_eq!(file.matches('„').count(), file.matches('“').count());
}

#[test]
fn what_stands_in_a_text_is_text() {
    let hostile = "{ $email } <b> { skip }";
    let values = &[("name", hostile), ("email", "a@b.example")];
    let shown = text_with(Language::English, "home-signed-in-as", values);
    assert_eq!(
        shown,
        format!("You are signed in as {hostile} (a@b.example).")
    );
}

#[test]
fn a_time_is_written_as_the_language_writes_it() {
    let time: Timestamp = "2026-03-01T09:05:59Z".parse().unwrap();
    assert_eq!(date(Language::English, time), "1 March 2026, 09:05 UTC");
    assert_eq!(
        date(Language::German, time),
        "1. März 2026, 09:05 Uhr (UTC)"
    );
    let time: Timestamp = "2026-12-31T23:59:59Z".parse().unwrap();
    assert_eq!(date(Language::English, time), "31 December 2026, 23:59 UTC");
}
