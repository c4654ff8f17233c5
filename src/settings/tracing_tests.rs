//! What may be said of the collector, and that its token is shown nowhere.

use std::path::Path;

use super::super::{Problems, Saved, Settings};
use super::TracingSettings;

fn read(lines: &str) -> Result<Option<TracingSettings>, Problems> {
    let text = format!("[default.tracing]\n{lines}");
    Settings::from_toml(&text, Path::new("")).map(|loaded| loaded.settings.tracing)
}

#[track_caller]
fn set(lines: &str) -> TracingSettings {
    let read = read(lines).unwrap_or_else(|problems| panic!("{problems}"));
    read.unwrap()
}

#[test]
fn nothing_is_sent_anywhere_unless_somebody_says_where() {
    assert!(read("").unwrap().is_none());
    let said = read("one_in = 10").unwrap_err().to_string();
    assert!(said.starts_with("tracing.endpoint"), "{said}");
}

#[test]
fn spans_are_posted_below_the_base_address() {
    for (endpoint, address) in [
        ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
        ("http://collector:4318/", "http://collector:4318/v1/traces"),
        (
            "https://otlp.example/otlp",
            "https://otlp.example/otlp/v1/traces",
        ),
    ] {
        let tracing = set(&format!("endpoint = \"{endpoint}\""));
        assert_eq!(tracing.address().as_str(), address);
        assert_eq!((tracing.one_in, tracing.traceparent), (1, false));
    }
}

#[test]
fn the_collectors_token_is_a_secret_and_goes_where_nobody_listens() {
    let headers = "headers = \"Authorization=Bearer%20hush-hush, x-team = acme\"";
    for endpoint in ["http://127.0.0.1:4318", "https://otlp.example"] {
        let tracing = set(&format!("endpoint = \"{endpoint}\"\n{headers}"));
        assert_eq!(tracing.headers["authorization"], "Bearer hush-hush");
        assert_eq!(tracing.headers["x-team"], "acme");
        assert!(!format!("{tracing:?}").contains("hush"), "{tracing:?}");
    }
    let plain = read(&format!("endpoint = \"http://collector:4318\"\n{headers}"));
    let said = plain.unwrap_err().to_string();
    assert!(said.contains("tracing.endpoint") && said.contains("https://"));
    assert!(!said.contains("hush"), "{said}");
}

#[test]
fn whatever_else_is_written_is_a_mistake_that_tells_nobody_the_token() {
    let many = ["a=hush"; 2].join(",");
    let endpoint = "endpoint = \"http://127.0.0.1:4318\"\n";
    for (key, lines) in [
        (
            "tracing.endpoint",
            "endpoint = \"127.0.0.1:4318\"".to_owned(),
        ),
        (
            "tracing.endpoint",
            "endpoint = \"grpc://collector:4317\"".to_owned(),
        ),
        (
            "tracing.endpoint",
            "endpoint = \"https://a:hush@otlp.example\"".to_owned(),
        ),
        (
            "tracing.endpoint",
            "endpoint = \"https://otlp.example/?key=hush\"".to_owned(),
        ),
        (
            "tracing.endpoint",
            "endpoint = \"https://otlp.example/v1/traces\"".to_owned(),
        ),
        ("tracing.endpoint", "endpoint = \"\"".to_owned()),
        ("tracing.headers", format!("{endpoint}headers = \"hush\"")),
        (
            "tracing.headers",
            format!("{endpoint}headers = \"a b=hush\""),
        ),
        (
            "tracing.headers",
            format!("{endpoint}headers = \"a=hush%0Ahush\""),
        ),
        ("tracing.headers", format!("{endpoint}headers = \"{many}\"")),
        ("tracing.headers", format!("{endpoint}headers = \"a=\"")),
        ("tracing.one_in", format!("{endpoint}one_in = 0")),
        ("tracing.one_in", format!("{endpoint}one_in = 100001")),
        (
            "tracing.traceparent",
            format!("{endpoint}traceparent = \"proxy\""),
        ),
        ("tracing.endpiont", format!("{endpoint}endpiont = \"x\"")),
    ] {
        let said = read(&lines).unwrap_err().to_string();
        assert!(said.starts_with(key), "{lines}: {said}");
        assert!(!said.contains("hush"), "{lines}: {said}");
    }
}

#[test]
fn a_believed_header_of_nobody_is_warned_of() {
    let tracing = "[default.tracing]\nendpoint = \"http://127.0.0.1:4318\"\ntraceparent = true";
    for (proxies, warnings) in [("[]", 1), ("[\"10.0.0.0/8\"]", 0)] {
        let text = format!("[default]\ntrusted_proxies = {proxies}\n{tracing}");
        let loaded = Settings::from_toml(&text, Path::new("")).unwrap();
        let about = |key: &str| loaded.warnings.iter().filter(|one| one.key == key).count();
        assert_eq!(about("tracing.traceparent"), warnings, "{proxies}");
    }
}

#[test]
fn nobody_at_the_desk_says_where_spans_go() {
    for line in ["endpoint = \"https://evil.example\"", "one_in = 1"] {
        let text = format!("[default.tracing]\n{line}");
        let said = Saved::from_toml(&text, "typed").unwrap_err().to_string();
        assert!(said.contains("only set in a file or a variable"), "{said}");
    }
}
