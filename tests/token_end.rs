//! The day on which the Atlassian token ends: a running server warns of it in time, once each, and readiness in the last week.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::time::Duration;

use imitation::browser::Browser;
use jiff::civil::time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan as _};
use serde_json::Value;
use support::Town;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

const DAY: Duration = Duration::from_hours(24);

/// Hears the log lines that tell the days left.
struct Listener(UnboundedSender<i64>);

impl<S: tracing::Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        event.record(&mut Line(&self.0));
    }
}

struct Line<'a>(&'a UnboundedSender<i64>);

impl Visit for Line<'_> {
    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}

    fn record_i64(&mut self, field: &Field, value: i64) {
        if field.name() == "days_left" {
            self.0.send(value).unwrap();
        }
    }
}

fn listen() -> UnboundedReceiver<i64> {
    let (heard, lines) = unbounded_channel();
    let subscriber = tracing_subscriber::registry().with(Listener(heard));
    tracing::subscriber::set_global_default(subscriber).unwrap();
    lines
}

/// A town at noon, so that no midnight comes between, whose token ends in so many days.
async fn town_whose_token_ends_in(days: i64) -> Town {
    let mut town = Town::new().await;
    town.close().await;
    let now = town.clock.now().to_zoned(TimeZone::UTC);
    let noon = now
        .date()
        .tomorrow()
        .unwrap()
        .to_datetime(time(12, 0, 0, 0));
    let noon = noon.to_zoned(TimeZone::UTC).unwrap();
    let ahead: SignedDuration = noon.duration_since(&now);
    town.advance(Duration::try_from(ahead).unwrap());
    let expires = noon.date().checked_add(days.days()).unwrap();
    let table = "[default.atlassian]\n";
    assert!(town.settings.contains(table));
    let with_end = format!("{table}token_expires = \"{expires}\"\n");
    town.settings = town.settings.replace(table, &with_end);
    town.open().await;
    town
}

/// The days left in the next such line.
async fn next(lines: &mut UnboundedReceiver<i64>) -> i64 {
    let line = tokio::time::timeout(Duration::from_mins(1), lines.recv());
    line.await.expect("the log says nothing").unwrap()
}

/// What readiness says of Atlassian.
async fn readiness(town: &Town) -> String {
    let page = Browser::new().fetch(&town.at("/health/ready")).await;
    let health: Value = serde_json::from_str(&page.text).unwrap();
    assert_eq!(page.status, 200, "{health}");
    health["checks"]["atlassian"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_warns_once_at_each_step_and_readiness_in_the_last_week() {
    let mut lines = listen();
    let mut left = 31;
    let mut town = town_whose_token_ends_in(left).await;
    for (days, warns, expected) in [
        (31, false, "ok"),
        (30, true, "ok"),
        (29, false, "ok"),
        (14, true, "ok"),
        (8, false, "ok"),
        (7, true, "the token expires in 7 days"),
        (6, false, "the token expires in 6 days"),
        (1, true, "the token expires in 1 day"),
        (0, true, "the token expires today, 0 days left"),
        (-1, true, "the token expired 1 day ago"),
        (-2, true, "the token expired 2 days ago"),
    ] {
        while left > days {
            town.advance(DAY);
            left -= 1;
        }
        if warns {
            assert_eq!(next(&mut lines).await, days);
        }
        assert_eq!(readiness(&town).await, expected);
    }
    town.close().await;
    town.open().await;
    assert_eq!(next(&mut lines).await, left, "said at the start");
}
