//! The overview of the desk: is everything well, who came in, who was stopped and why.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::time::Duration;

use front_door::audit::{Event, EventName, Trail};
use front_door::settings::Settings;
use imitation::browser::{Browser, Page};
use support::{Town, raw};

/// The trail, as another process writes it.
async fn trail(town: &Town) -> Trail {
    let loaded = Settings::from_toml(&town.settings, town.folder.path()).unwrap();
    let house = front_door::House::open(&loaded, &town.clock).await.unwrap();
    house.trail
}

#[track_caller]
fn says(page: &Page, words: &str) {
    assert!(page.says(words), "{words}: {}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_there_at_once_with_its_reason_its_person_and_the_way_to_its_trace() {
    let town = Town::new().await;
    let refused = town.arrive(&Browser::new(), "/p/help", "boris").await;
    let reference = refused.attribute("data-reference").unwrap();
    let (browser, page) = town.administrator("/admin").await;
    says(
        &page,
        "In the last 30 days 1 visit was stopped: 1 × the mail domain may not come in.",
    );
    says(
        &page,
        "Refused: the mail domain may not come in Details rule: access.blocked_domains why: the address falls under the blocked domain blocked.example",
    );
    says(&page, "2 logins 1 refusal ");
    let trace = page.link(&reference);
    assert_eq!(
        (trace.path(), trace.query()),
        (
            "/admin/trace",
            Some(format!("reference={reference}").as_str())
        )
    );
    let traced = browser.open(trace.as_str()).await;
    assert_eq!(traced.status, 200);
    says(&traced, &reference);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_tells_how_many_came_and_were_refused_in_seven_days() {
    let town = Town::new().await;
    let trail = trail(&town).await;
    let at = |name, link: &str| Event::new(name).link(link);
    for _ in 0..3 {
        trail
            .record(at(EventName::HandedOver, "help"))
            .await
            .unwrap();
    }
    let refused = at(EventName::Refused, "help").reason("group_required");
    trail.record(refused).await.unwrap();
    let events = town.trail().await;
    let used = events.iter().rfind(|event| event["event"] == "handed_over");
    let used: jiff::Timestamp = used.unwrap()["at"].as_str().unwrap().parse().unwrap();
    let used = used.strftime("%Y-%m-%d %H:%M UTC");
    let (_, page) = town.administrator("/admin").await;
    let row = format!("they arrive signed in 3 1 {used}");
    says(&page, &row);
    town.advance(Duration::from_hours(24 * 8));
    let (_, page) = town.administrator("/admin").await;
    says(&page, &format!("they arrive signed in 0 0 {used}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_picture_has_a_name_a_description_and_the_same_numbers_as_text() {
    let town = Town::new().await;
    let trail = trail(&town).await;
    for reason in ["blocked", "blocked", "not_invited"] {
        let event = Event::new(EventName::Refused).reason(reason);
        trail.record(event).await.unwrap();
    }
    let hour = town.clock.now().strftime("%H:00").to_string();
    let (_, page) = town.administrator("/admin").await;
    assert_eq!(page.text.matches("role=\"img\"").count(), 2);
    for id in ["hours", "days"] {
        let named = format!("aria-labelledby=\"{id}-title {id}-words\"");
        assert!(page.text.contains(&named), "{named}");
        for part in [
            format!("<title id=\"{id}-title\">"),
            format!("<desc id=\"{id}-words\">"),
        ] {
            assert!(page.text.contains(&part), "{part}");
        }
    }
    says(&page, "1 login and 3 refusals in all; 4 in the highest bar");
    let as_text = "1 3 2 × blocked by an administrator; 1 × not a customer yet, and not invited";
    let this_hour = page.says(&format!("{hour} {as_text}"));
    assert!(
        this_hour || page.words().matches(as_text).count() == 2,
        "{}",
        page.words()
    );
    for forbidden in ["style=", "<script", "onload="] {
        assert!(!page.text.contains(forbidden), "{forbidden}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_ten_newest_refusals_are_shown_and_the_others_are_a_click_away() {
    let town = Town::new().await;
    let trail = trail(&town).await;
    for number in 0..13 {
        let event = Event::new(EventName::Refused).reason("not_allowed");
        let event = event.reference(&format!("R{number}"));
        trail.record(event).await.unwrap();
    }
    let (browser, page) = town.administrator("/admin").await;
    let shown = |page: &Page| -> Vec<String> {
        let links = page.links().into_iter();
        let traces =
            links.filter(|link| link.url.path() == "/admin/trace" && link.url.query().is_some());
        traces.map(|link| link.text).collect()
    };
    let expected = |numbers: std::ops::Range<usize>| -> Vec<String> {
        numbers.rev().map(|number| format!("R{number}")).collect()
    };
    assert_eq!(shown(&page), expected(3..13));
    let all = browser.click(&page, "All refusals").await;
    assert_eq!(shown(&all), expected(0..13));
}

#[tokio::test(flavor = "multi_thread")]
async fn hand_overs_that_atlassian_never_answered_are_counted_and_shown() {
    let town = Town::new().await;
    let trail = trail(&town).await;
    for number in 0..5 {
        let email = format!("p{number}@acme.example");
        let event = |name| Event::new(name).email(&email).link("help");
        trail.record(event(EventName::HandedOver)).await.unwrap();
        if number % 2 == 0 {
            let late = event(EventName::HandOverUnanswered);
            trail.record(late).await.unwrap();
        }
    }
    let (_, page) = town.administrator("/admin").await;
    says(
        &page,
        "Sent to the portal in the last 24 hours: 5. Of these, Atlassian never asked the front door for 3 within",
    );
    says(&page, "Atlassian never asked for them p4@acme.example");
    says(&page, "By way of the portal’s login page");
    town.advance(Duration::from_hours(25));
    let (_, page) = town.administrator("/admin").await;
    says(
        &page,
        "Sent to the portal in the last 24 hours: 0. Of these, Atlassian never asked the front door for 0 within",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_counted_is_there_again_after_a_restart() {
    let mut town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "boris").await;
    town.close().await;
    town.open().await;
    town.wait_until_links_are_read().await;
    let (_, page) = town.administrator("/admin").await;
    says(&page, "2 logins 1 refusal ");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_all_is_well_it_says_so_and_asks_for_what_nobody_has_told() {
    let town = Town::new().await;
    let (_, page) = town.administrator("/admin").await;
    for words in [
        "Is everything well? Yes.",
        "Store well",
        "Identity provider cognito well",
        "Atlassian well",
        "Signing certificate",
        "Atlassian token its end is not known Enter the day on which the API token ends",
        "In the last 30 days nobody was stopped.",
        "Nobody was refused.",
    ] {
        says(&page, words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_leads_nowhere_is_something_to_look_at() {
    let mut town = Town::new().await;
    town.close().await;
    town.atlassian.remove_desk("HELP");
    town.open().await;
    town.wait_until_links_are_read().await;
    let (_, page) = town.administrator("/admin").await;
    says(&page, "Everything works; there is something to look at.");
    says(&page, "The link help leads nowhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_amiss_comes_first_with_what_to_do() {
    let mut town = Town::new().await;
    let (browser, _) = town.administrator("/admin").await;
    town.close().await;
    let well = town.settings.clone();
    for (old, new, words, remedy) in [
        (
            "api_token = \"".to_owned(),
            "token_expires = \"2020-01-01\"\napi_token = \"".to_owned(),
            "the token expired",
            "new ones have to wait",
        ),
        (
            "api_token = \"".to_owned(),
            "token_expires = \"2020-01-01\"\napi_token = \"".to_owned(),
            "Atlassian token Not well: ended",
            "Make a new API token",
        ),
        (
            town.cognito.base(),
            "http://127.0.0.1:9".to_owned(),
            "Identity provider cognito Not well: never discovered",
            "Test the provider",
        ),
    ] {
        town.settings = well.replace(&old, &new);
        assert_ne!(town.settings, well, "{old}");
        town.open().await;
        let page = browser.open(&town.at("/admin")).await;
        says(&page, "Is everything well? No: see what is marked.");
        says(&page, words);
        says(&page, remedy);
        let (bad, good) = (page.words().find(words), page.words().find("Store well"));
        assert!(bad < good, "what is amiss comes first");
        town.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_is_there_while_atlassian_is_not_set_up() {
    let mut town = Town::new().await;
    town.close().await;
    let begins = town.settings.find("[default.atlassian]").unwrap();
    let rest = &town.settings[begins + 1..];
    let ends = rest
        .find("\n[")
        .map_or(town.settings.len(), |at| begins + 1 + at);
    town.settings.replace_range(begins..ends, "");
    town.open().await;
    let (_, page) = town.administrator("/admin").await;
    says(
        &page,
        "Atlassian Not well: not set up No link leads anywhere",
    );
    assert!(!page.says("Atlassian token"), "there is none");
}

/// Waits until the overview says that so many were stopped for this reason in a day, a week and a month.
async fn until_stopped(town: &Town, browser: &Browser, words: &str, times: u64) {
    town.advance(Duration::from_mins(1));
    let row = format!("{words} {times} {times} {times} ");
    let mut page = browser.open(&town.at("/admin")).await;
    let told = async {
        while !page.says(&row) {
            tokio::time::sleep(Duration::from_millis(50)).await;
            page = browser.open(&town.at("/admin")).await;
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(30), told).await;
    assert!(told.is_ok(), "{row}");
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_that_were_too_many_are_among_what_was_stopped() {
    let town = Town::replacing(
        "[default.access]",
        "[default.access]\nattempts_per_minute = 60",
    )
    .await;
    let (browser, _) = town.administrator("/admin").await;
    let mut refused = 0;
    while refused < 25 {
        let line = "GET /login?provider=cognito HTTP/1.1";
        refused += u64::from(raw::ask(&town, line, "").await.status() == 429);
    }
    let records = town.trail().await.len();
    let reason = "too many logins from one network, or too many new customers at one link";
    until_stopped(&town, &browser, reason, refused).await;
    let trail = town.trail().await;
    let told: Vec<_> = trail[records..]
        .iter()
        .filter(|event| event["event"] == "refused")
        .collect();
    assert_eq!(told.len(), 1, "one record for all of them");
    assert_eq!(
        told[0]["changes"],
        serde_json::json!({ "counted": { "too_many_requests": refused } })
    );
    assert_eq!(
        (&told[0]["email"], &told[0]["client"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
    let page = browser.open(&town.at("/admin/audit")).await;
    says(&page, "Refused, without a record of each: too many at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_flood_of_strangers_few_are_recorded_and_all_are_counted() {
    let town = Town::replacing(
        "[default.access]",
        "[default.access]\nattempts_per_minute = 100000",
    )
    .await;
    let (browser, _) = town.administrator("/admin").await;
    for _ in 0..200 {
        raw::ask(&town, "GET /saml/sso?SAMLRequest=x HTTP/1.1", "").await;
    }
    let reason = "the service provider’s request broke a rule";
    until_stopped(&town, &browser, reason, 200).await;
    let events = town.events().await;
    let recorded = events.iter().filter(|event| *event == "saml_refused");
    assert!(recorded.count() < 150, "60 a minute");
}
