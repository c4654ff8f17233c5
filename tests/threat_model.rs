//! The threat model names what stands against each threat: a test that is there, by its name.

use std::path::Path;

const MODEL: &str = include_str!("../docs/threat-model.md");

/// The program that judges dependencies, by the rules of a file of ours.
const BY_PROGRAM: (&str, &str) = ("cargo deny check", "deny.toml");

/// Each threat, with what is named against it.
fn threats() -> Vec<(&'static str, Vec<&'static str>)> {
    let table = MODEL.split("| threat | defence | tests |").nth(1);
    let rows = table.unwrap_or_default().lines().skip(2);
    rows.take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
            let named = cells.last().copied().unwrap_or_default();
            (
                cells[0].trim(),
                named.split('`').skip(1).step_by(2).collect(),
            )
        })
        .collect()
}

/// Whether what is named is there: a test in its file, a file or folder, or the program's rules.
fn is_there(name: &str) -> bool {
    let ours = |path: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    match name.split_once("::") {
        Some((file, test)) => std::fs::read_to_string(ours(file)).is_ok_and(|text| {
            let begins = |line: &str| {
                let line = line.trim_start().trim_start_matches("async ");
                // What is tried over every kind of store is given a house with one.
                let given = ["", "house: House"];
                given
                    .iter()
                    .any(|given| line.starts_with(&format!("fn {test}({given})")))
            };
            text.lines().any(begins)
        }),
        None if name == BY_PROGRAM.0 => ours(BY_PROGRAM.1).is_file(),
        None => ours(name).exists(),
    }
}

#[test]
fn what_stands_against_each_threat_is_there() {
    let threats = threats();
    assert!(threats.len() > 25, "{} threats", threats.len());
    for (threat, named) in threats {
        let by_test = |name: &&str| name.contains("::") || *name == BY_PROGRAM.0;
        assert!(named.iter().any(by_test), "no test against: {threat}");
        for name in named {
            assert!(is_there(name), "{name}, against: {threat}");
        }
    }
}

#[test]
fn a_test_that_is_not_there_would_be_missed() {
    for missing in [
        "tests/threat_model.rs::a_test_of_another_name",
        "tests/threat_model.rs::what_stands_against_each_threat_is",
        "tests/no_such_file.rs::what_stands_against_each_threat_is_there",
        "tests/no_such_folder",
    ] {
        assert!(!is_there(missing), "{missing}");
    }
}
