//! The audit page of the desk: searched by every field, paged while new events come, exported whole, and checked.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use front_door::audit::{Event, EventName, Trail};
use front_door::settings::Settings;
use imitation::browser::{Browser, Page};
use rusqlite::Connection;
use support::{Town, reason};

/// A town, its administrator's browser, and the trail as another process writes it.
struct Desk {
    town: Town,
    browser: Browser,
    trail: Trail,
}

impl Desk {
    async fn new() -> Self {
        let town = Town::new().await;
        let loaded = Settings::from_toml(&town.settings, town.folder.path()).unwrap();
        let house = front_door::House::open(&loaded, &town.clock).await.unwrap();
        let desk = Self {
            town,
            browser: Browser::new(),
            trail: house.trail,
        };
        desk.log_in().await;
        desk
    }

    async fn log_in(&self) {
        let login = self.open("/admin/audit").await;
        let cognito = &self.town.cognito;
        cognito.log_in(&self.browser, &login, "grace").await;
    }

    async fn record(&self, event: Event) {
        self.trail.record(event).await.unwrap();
    }

    /// So many hand-overs, told apart by their references.
    async fn hand_overs(&self, numbers: std::ops::Range<usize>) {
        for number in numbers {
            let event = Event::new(EventName::HandedOver).reference(&format!("R{number}"));
            self.trail.record_soon(event).await.unwrap();
        }
        self.trail.flush().await.unwrap();
    }

    async fn open(&self, path: &str) -> Page {
        self.browser.open(&self.town.at(path)).await
    }

    fn store(&self) -> Connection {
        Connection::open(self.town.folder.path().join("front-door.sqlite")).unwrap()
    }
}

/// The references on a page, from its first to its last line.
fn references(page: &Page) -> Vec<String> {
    let links = page.links().into_iter();
    links
        .filter(|link| link.url.path() == "/admin/trace" && link.url.query().is_some())
        .map(|link| link.text)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_can_be_read_from_its_newest_event_to_its_first() {
    let desk = Desk::new().await;
    desk.town.arrive(&Browser::new(), "/p/help", "ada").await;
    desk.town.arrive(&Browser::new(), "/p/help", "boris").await;
    let page = desk.open("/admin/audit").await;
    let words = page.words();
    let places = [
        "Refused: the mail domain may not come in Details rule: access.blocked_domains why: the address falls under the blocked domain blocked.example",
        "Signed in at a service provider Details service_provider: portal ada@customer.example",
        "Let through and sent to the portal ada@customer.example",
        "Customer added to a service desk ada@customer.example",
        "Customer created in Jira ada@customer.example",
        "Signed in ada@customer.example",
        "Signed in grace@helpdesk.example",
    ]
    .map(|line| {
        words
            .rfind(line)
            .unwrap_or_else(|| panic!("{line}: {words}"))
    });
    assert!(places.is_sorted(), "newest first: {words}");
    let reference = references(&page).remove(0);
    let trace = page.link(&reference);
    assert_eq!(
        trace.query(),
        Some(format!("reference={reference}").as_str())
    );
    assert_eq!(page.header("cache-control"), Some("no-store"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_narrows_the_search_and_stays_filled_in() {
    let desk = Desk::new().await;
    let early = desk.town.clock.now();
    let event = |name, reference: &str| Event::new(name).reference(reference);
    desk.record(
        event(EventName::SignedIn, "A")
            .email("eve@acme.example")
            .customer("qm:77"),
    )
    .await;
    desk.record(
        event(EventName::Refused, "B")
            .email("bob@acme.example")
            .link("help"),
    )
    .await;
    desk.town.advance(std::time::Duration::from_hours(48));
    desk.record(
        event(EventName::Blocked, "C")
            .actor("eve@acme.example")
            .link("bill"),
    )
    .await;
    desk.log_in().await;
    let day = early.strftime("%Y-%m-%d").to_string();
    let tomorrow = (early + jiff::SignedDuration::from_hours(24)).strftime("%Y-%m-%d");
    for (query, expected) in [
        ("person=eve%40acme.example".to_owned(), vec!["C", "A"]),
        ("person=ACME".to_owned(), vec!["C", "B", "A"]),
        ("person=qm:77".to_owned(), vec!["A"]),
        ("person=nobody".to_owned(), vec![]),
        ("event=refused&event=blocked".to_owned(), vec!["C", "B"]),
        ("link=help".to_owned(), vec!["B"]),
        ("link=HELP".to_owned(), vec!["B"]),
        (format!("person=acme&to={tomorrow}"), vec!["B", "A"]),
        (format!("person=acme&from={tomorrow}T23:59"), vec!["C"]),
        (
            format!("person=eve&event=blocked&from={day}&link=bill"),
            vec!["C"],
        ),
    ] {
        let page = desk.open(&format!("/admin/audit?{query}")).await;
        assert_eq!(references(&page), expected, "{query}: {}", page.words());
        let form = page.form_with("person");
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let kept = form
                .fields
                .contains(&(name.clone().into(), value.clone().into()));
            assert!(kept, "{name}={value} is kept");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_searched_for_is_said_at_its_field_and_kept() {
    let desk = Desk::new().await;
    desk.record(Event::new(EventName::Blocked).reference("A"))
        .await;
    for (query, field, typed, words) in [
        ("from=yesterday", "from", "yesterday", "Give a time such as"),
        ("to=%22%3E%3Cb%3E", "to", "\"><b>", "Give a time such as"),
        (
            "from=2026-02-01&to=2026-01-01",
            "to",
            "2026-01-01",
            "lies before the beginning",
        ),
    ] {
        let page = desk.open(&format!("/admin/audit?{query}")).await;
        assert!(page.says(words), "{}", page.words());
        assert!(
            page.links()
                .iter()
                .any(|link| link.url.fragment() == Some(field))
        );
        assert_eq!(page.form_with("person").field(field), Some(typed));
        assert!(references(&page).is_empty());
        let file = desk.open(&format!("/admin/audit/export.csv?{query}")).await;
        assert_eq!(
            (file.status, reason(&file).as_deref()),
            (400, Some("bad_request"))
        );
    }
    for odd in ["before=x", "before=-1", "page=2", "person=%FF%00", "&&=&"] {
        let page = desk.open(&format!("/admin/audit?{odd}")).await;
        assert_eq!(page.status, 200, "{odd}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn older_pages_hold_every_event_once_while_new_ones_come() {
    let desk = Desk::new().await;
    desk.hand_overs(0..120).await;
    let mut page = desk.open("/admin/audit?event=handed_over").await;
    let mut all = references(&page);
    for (more, expected) in [(120..130, 100), (130..140, 120)] {
        desk.hand_overs(more).await;
        page = desk.browser.click(&page, "Older events").await;
        all.extend(references(&page));
        assert_eq!(all.len(), expected);
    }
    let expected: Vec<String> = (0..120).rev().map(|number| format!("R{number}")).collect();
    assert_eq!(all, expected);
    assert!(!page.says("Older events"));
    let newest = desk.browser.click(&page, "Back to the newest").await;
    assert_eq!(references(&newest)[0], "R139");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_is_shown_old_and_new_and_markup_is_text() {
    let desk = Desk::new().await;
    let changes = serde_json::json!([
        { "key": "access.domains", "old": "<script>alert(1)</script>", "new": "b.example" },
    ]);
    let event = Event::new(EventName::SettingsChanged)
        .actor("<img src=x>@acme.example")
        .reference("\"&reference=<b>")
        .link("<i>")
        .changes(changes);
    desk.record(event).await;
    let page = desk.open("/admin/audit?event=settings_changed").await;
    assert!(page.says("access.domains: <script>alert(1)</script> is now b.example"));
    assert!(page.says("by <img src=x>@acme.example"), "{}", page.words());
    for markup in ["<script>", "<img", "<i>", "<b>"] {
        assert!(!page.text.contains(markup), "{markup}");
    }
    let trace = page.link("\"&reference=<b>");
    let asked: Vec<_> = trace.query_pairs().collect();
    assert_eq!(asked, [("reference".into(), "\"&reference=<b>".into())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_what_the_search_finds_oldest_first() {
    let desk = Desk::new().await;
    desk.hand_overs(0..1_234).await;
    desk.record(Event::new(EventName::Blocked).actor("=cmd|' /C calc'!A0"))
        .await;
    let page = desk
        .open("/admin/audit?event=handed_over&event=blocked")
        .await;
    let csv = desk.browser.click(&page, "as CSV").await;
    let json = desk.browser.click(&page, "as JSON lines").await;
    for (file, kind, extension) in [
        (&csv, "text/csv; charset=utf-8", ".csv\""),
        (&json, "application/x-ndjson", ".jsonl\""),
    ] {
        assert_eq!(file.header("content-type"), Some(kind));
        assert_eq!(file.header("cache-control"), Some("no-store"));
        let disposition = file.header("content-disposition").unwrap();
        assert!(
            disposition.starts_with("attachment; filename=\"audit-20")
                && disposition.ends_with(extension),
            "{disposition}"
        );
    }
    let expected: Vec<String> = (0..1_234).map(|number| format!("R{number}")).collect();
    let lines: Vec<&str> = csv.text.lines().collect();
    assert!(lines[0].starts_with("at,event,reference,"));
    let of_csv = lines[1..=1_234]
        .iter()
        .map(|line| line.split(',').nth(2).unwrap());
    assert!(of_csv.eq(expected.iter().map(String::as_str)));
    assert!(
        lines[1_235].contains(",'=cmd|' /C calc'!A0,"),
        "{}",
        lines[1_235]
    );
    let events: Vec<serde_json::Value> = json
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of_json = events[..1_234]
        .iter()
        .map(|event| event["reference"].as_str().unwrap());
    assert!(of_json.eq(expected.iter().map(String::as_str)));
    assert_eq!((lines.len(), events.len()), (1_236, 1_235));
    assert_eq!(events[1_234]["actor"], "=cmd|' /C calc'!A0");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_a_trail_that_was_changed_says_so_in_its_last_line() {
    let desk = Desk::new().await;
    desk.hand_overs(0..3).await;
    let broken = desk.store().execute(
        "UPDATE log SET value = x'00' WHERE name = 'audit' AND position = 3",
        [],
    );
    assert_eq!(broken, Ok(1));
    for path in ["/admin/audit/export.csv", "/admin/audit/export.jsonl"] {
        let file = desk.open(path).await;
        let last = file.text.lines().last().unwrap();
        assert!(
            last.contains("Records on the way that cannot be read: 1"),
            "{last}"
        );
        assert!(
            file.text.contains("R0") && file.text.contains("R2"),
            "{path}"
        );
    }
    let page = desk.open("/admin/audit").await;
    assert!(
        page.says("Records on the way that cannot be read: 1"),
        "{}",
        page.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chain_is_checked_by_a_button_and_a_break_is_told_with_its_place() {
    let desk = Desk::new().await;
    desk.hand_overs(0..600).await;
    let page = desk.open("/admin/audit").await;
    let whole = desk.browser.press(&page, "Check the chain").await;
    assert!(
        whole.says("The chain holds. All 601 records"),
        "{}",
        whole.words()
    );
    let taken = desk
        .store()
        .execute("DELETE FROM log WHERE position = 300", []);
    assert_eq!(taken, Ok(1));
    let broken = desk.browser.press(&whole, "Check again").await;
    assert!(
        broken.says("The chain is broken at record 301"),
        "{}",
        broken.words()
    );
    let forged = [("csrf", "wrong")];
    let address = desk.town.at("/admin/audit/check");
    let refused = desk.browser.post(&address, &forged, Some(&address)).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_person_is_found_by_nothing() {
    let desk = Desk::new().await;
    let event = |name| Event::new(name).email("eve@acme.example").reference("A");
    desk.record(event(EventName::SignedIn)).await;
    let found = desk.open("/admin/audit?person=eve").await;
    assert_eq!(references(&found), ["A"]);
    let forgotten = desk
        .trail
        .forget(
            std::iter::once("eve@acme.example"),
            std::iter::empty(),
            "command line",
        )
        .await;
    assert_eq!(forgotten, Ok(()));
    // A running server drops the keys that it has at hand within two seconds.
    while !references(&desk.open("/admin/audit?person=eve").await).is_empty() {}
    let all = desk.open("/admin/audit?event=signed_in").await;
    assert!(
        references(&all).contains(&"A".to_owned()),
        "the event stays"
    );
    assert!(!all.says("eve@acme.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_whose_session_has_ended_gets_the_file_after_the_login() {
    let town = Town::new().await;
    let browser = Browser::new();
    let login = browser
        .open(&town.at("/admin/audit/export.csv?event=signed_in"))
        .await;
    let file = town.cognito.log_in(&browser, &login, "grace").await;
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    assert!(
        file.text.contains("grace@helpdesk.example"),
        "{}",
        file.text
    );
    let script = browser.clone_cookies();
    script.forget_cookies("front-door");
    let refused = script.fetch(&town.at("/admin/audit/export.csv")).await;
    assert_eq!(refused.status, 401);
}
