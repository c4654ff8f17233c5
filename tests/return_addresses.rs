//! Return addresses, judged by another reader: whatever we let through, a browser's own URL parser (Node's WHATWG `URL`) keeps on our origin.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::io::Write as _;
use std::process::{Command, Stdio};

use front_door::login::ReturnTo;
use imitation::browser::Browser;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use support::Town;

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

/// What must never be a return address: one of every class, and variants of each are made below.
const HOSTILE: &[&str] = &[
    "//evil.test",
    "///evil.test/logout.html",
    "////evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/\t/evil.test",
    "/\n/evil.test",
    "/\r/evil.test",
    "/\u{b}/evil.test",
    "/ /evil.test",
    "/ \\evil.test",
    "/\t\t/\t\t\\evil.test",
    "/./\\evil.test",
    "/./../../\\evil.test",
    "/.//evil.test",
    "/..//evil.test",
    "\t//evil.test",
    " //evil.test",
    "\0//evil.test",
    "https:evil.test",
    "https:/evil.test",
    "https:\\\\evil.test/",
    "http:///evil.test",
    "https:////evil.test",
    "https://sso.example.test@evil.test/",
    "https://evil.test\\@sso.example.test/",
    "https://evil.test#@sso.example.test/",
    "https://sso.example.test:@evil.test/",
    "https://sso.example.test.evil.test/",
    "https://evilsso.example.test/",
    "https://evil.test/?sso.example.test",
    "https://sso.example.test:8443/",
    "http://sso.example.test/",
    "https://sso.example.test./",
    "https://\u{455}so.example.test/",
    "https://sso\u{3002}example\u{3002}test/",
    "/\u{3031}evil.test",
    "/\u{30fc}evil.test",
    "/%09/evil.test",
    "/%5cevil.test",
    "/%2f%2fevil.test",
    "/%2F%5C%2F%67",
    "/%252f%252fevil.test",
    "/https://evil.test/%2f..",
    "/http://evil.test",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "blob:x",
    "file:///etc/passwd",
    "ftp://evil.test",
    "/javascript:alert(1)",
    "/<>//evil.test",
    "/ok\r\nSet-Cookie: x=y",
    "",
    "ok",
    "foo.bar/redirect",
    ".evil.test",
    "@evil.test",
    ":80",
    "?next",
    "#x",
    "/login",
    "/login?to=//evil.test",
    "/logout",
    "/login/callback/cognito",
    "/saml/sso",
    "/p/",
    "/p/../logout",
    "/p/%2e%2e/logout",
    "/p/.%2e/logout",
    "/p//help",
    "/p/help/%5c",
    "/p/help/\u{e4}",
    "/p/help?\\",
    "/ME",
    "/setup",
];

/// What must come back byte for byte.
const OURS: &[&str] = &[
    "/",
    "/me",
    "/p/help",
    "/p/help/create/401",
    "/p/help/HELP-1",
    "/p/help?x=https://evil.test",
    "/p/help/create/1?summary=a%2Fb&c=d+e",
    "/p/help?a=b#c",
    "/p/help?//evil.test",
    "/admin",
    "/admin/links?q=%2F",
];

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

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_was_asked_to_end_elsewhere_ends_at_home() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    for text in HOSTILE.iter().filter(|text| !text.contains('\0')) {
        town.advance(std::time::Duration::from_secs(16));
        let query: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let address = format!("/login?to={}", query.replace('+', "%20"));
        let page = browser.open(&town.at(&address)).await;
        assert_eq!(page.url.as_str(), town.at("/"), "{text:?}");
        let away = page.hops.iter().filter_map(|hop| hop.location.as_deref());
        assert!(
            away.filter(|to| to.contains("evil")).count() == 0,
            "{text:?}"
        );
    }
}
