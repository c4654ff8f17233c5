//! Return addresses, judged by another reader: whatever we let through, a browser's own URL parser (Node's WHATWG `URL`) keeps on our origin.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::io::Write as _;
use std::process::{Command, Stdio};

use front_door::login::ReturnTo;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use support::addresses::{HOSTILE, OURS};

const ORIGIN: &str = "https://sso.example.test";

/// How Node reads each line against our origin: whether it stays there, and how it is spelled afterwards.
const NODE: &str = r"
const lines = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(lines.map((text) => {
  try {
    const url = new URL(text, process.argv[1]);
    return [url.origin === process.argv[1], url.href.slice(url.origin.length)];
  } catch { return [false, '']; }
})));
";

/// Every hostile class in many spellings.
fn variants() -> Vec<String> {
    let wraps: [fn(&str) -> String; 8] = [
        str::to_owned,
        |text| text.replace("evil.test", "EVIL.test:443"),
        |text| text.replace('/', "/\t"),
        |text| text.replace("//", "/\\"),
        |text| format!("{text}?x=1#y"),
        |text| format!("/p/help{text}"),
        |text| format!("{text}\u{a0}"),
        |text| text.replace("evil.test", "user:pass@evil.test"),
    ];
    let all = HOSTILE
        .iter()
        .flat_map(|text| wraps.iter().map(|wrap| wrap(text)));
    all.chain([
        format!("/{}", "a".repeat(10_000)),
        format!("/p/{}", "a".repeat(2_048)),
    ])
    .collect()
}

/// How Node reads them.
fn by_node(texts: &[String]) -> Vec<(bool, String)> {
    let mut node = Command::new("node")
        .args(["-e", NODE, ORIGIN])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("node, which this test needs: {error}"));
    let json = serde_json::to_vec(texts).unwrap();
    node.stdin.take().unwrap().write_all(&json).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn let_through(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let ours = |text: &String| text.parse::<ReturnTo>().is_ok();
    texts.into_iter().filter(ours).collect()
}

#[test]
fn no_hostile_address_is_ours_and_all_of_ours_are() {
    for text in HOSTILE {
        assert!(text.parse::<ReturnTo>().is_err(), "{text:?}");
    }
    for text in OURS {
        let read = text.parse::<ReturnTo>();
        assert_eq!(read.as_ref().map(ReturnTo::as_str), Ok(*text));
    }
}

#[test]
fn a_browser_keeps_whatever_we_let_through_on_our_origin_as_it_is_spelled() {
    let mut texts = let_through(variants());
    texts.extend(OURS.iter().map(|&text| text.to_owned()));
    for (text, (stays, spelled)) in texts.iter().zip(by_node(&texts)) {
        assert!(
            stays && spelled == *text,
            "{text:?} is {spelled:?} to a browser"
        );
    }
}

#[test]
fn a_browser_agrees_about_random_addresses_too() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let piece = prop_oneof![
        Just("/".to_owned()),
        Just("\\".to_owned()),
        Just(".".to_owned()),
        Just("%2e".to_owned()),
        Just("%2F".to_owned()),
        Just("?".to_owned()),
        Just("#".to_owned()),
        Just("@".to_owned()),
        Just(":".to_owned()),
        Just("evil.test".to_owned()),
        Just("p/help".to_owned()),
        Just("me".to_owned()),
        Just("\t".to_owned()),
        "[ -~]{1,3}",
        "\\PC{1,2}",
    ];
    let address =
        prop::collection::vec(piece, 0..8).prop_map(|pieces| format!("/{}", pieces.concat()));
    let texts = (0..20_000).map(|_| address.new_tree(&mut runner).unwrap().current());
    let more = (0..20_000).map(|n: u32| format!("/p/help/{}", char::from_u32(n).unwrap_or('a')));
    let texts = let_through(texts.chain(more));
    assert!(texts.len() > 100, "some are let through: {}", texts.len());
    for (text, (stays, spelled)) in texts.iter().zip(by_node(&texts)) {
        assert!(
            stays && spelled == *text,
            "{text:?} is {spelled:?} to a browser"
        );
    }
}
