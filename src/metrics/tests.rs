//! Which series there are, and for how long.

use super::*;

fn named(providers: &[&str], links: &[&str]) -> Named {
    let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    Named {
        providers: set(providers),
        links: set(links),
        service_providers: set(&["portal"]),
    }
}

fn provider(name: &str) -> ProviderName {
    name.parse().unwrap()
}

fn slug(name: &str) -> Slug {
    name.parse().unwrap()
}

#[track_caller]
fn says(metrics: &Metrics, line: &str) {
    let text = metrics.text().unwrap();
    assert!(text.lines().any(|one| one == line), "{line}\n{text}");
}

#[test]
fn what_is_gone_takes_its_series_along_and_everything_else_counts_on() {
    let metrics = Metrics::new(["blocked"].into_iter()).unwrap();
    metrics.rename(&named(&["one", "two"], &["help"]));
    for name in ["one", "two"] {
        metrics.login(&provider(name), LoginOutcome::SignedIn);
        let answered = Answered::Status(200);
        metrics.provider(
            &provider(name),
            ProviderCall::Token,
            answered,
            Duration::ZERO,
        );
    }
    for link in ["help", "seen-later"] {
        metrics.hand_over(&slug(link), HandOver::Saml);
    }
    metrics.assertion("portal");
    metrics.rename(&named(&["two"], &["seen-later"]));
    says(
        &metrics,
        "front_door_logins_total{outcome=\"signed_in\",provider=\"two\"} 1",
    );
    says(
        &metrics,
        "front_door_hand_overs_total{kind=\"saml\",link=\"seen-later\"} 1",
    );
    says(
        &metrics,
        "front_door_assertions_total{service_provider=\"portal\"} 1",
    );
    let text = metrics.text().unwrap();
    assert!(
        !text.contains("\"one\"") && !text.contains("\"help\""),
        "{text}"
    );
}

#[test]
fn names_that_come_without_end_count_together() {
    let metrics = Metrics::new([].into_iter()).unwrap();
    for number in 0..MOST_LINKS + 10 {
        metrics.hand_over(&slug(&format!("link-{number}")), HandOver::Gate);
    }
    says(
        &metrics,
        "front_door_hand_overs_total{kind=\"gate\",link=\"(other)\"} 10",
    );
    let text = metrics.text().unwrap();
    assert_eq!(
        text.matches("front_door_hand_overs_total{").count(),
        MOST_LINKS + 1
    );
}

#[test]
fn what_nobody_knows_is_left_out() {
    let metrics = Metrics::new([].into_iter()).unwrap();
    metrics.sessions(Some(3));
    says(&metrics, "front_door_sessions 3");
    metrics.sessions(None);
    assert!(!metrics.text().unwrap().contains("front_door_sessions"));
}

#[test]
fn whoever_counts_nothing_says_nothing() {
    let metrics = Metrics::default();
    metrics.refusal("blocked");
    metrics.sessions(Some(3));
    assert_eq!(metrics.text().unwrap(), "");
}
