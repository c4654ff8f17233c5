//! The desk's pages about people: who came, what is known of them, how their sessions end and how they are forgotten.

mod support;

use std::time::Duration;

use front_door::admission::visits;
use front_door::settings::Settings;
use imitation::browser::Browser;
use imitation::cognito::Person;
use support::people::{ADA, CHARLES, block, grace, is_signed_in, listed, page_of, signs_in};
use support::{Town, arrived, reason};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_came_last_is_first_and_is_found_by_a_part_of_address_or_name() {
    let town = Town::new().await;
    for username in ["ada", "charles", "ada"] {
        town.advance(Duration::from_secs(1));
        signs_in(&town, username).await;
    }
    town.advance(Duration::from_secs(1));
    let grace = grace(&town).await;
    for (query, expected) in [
        ("", vec!["grace@helpdesk.example", ADA, CHARLES]),
        ("?q=ACME", vec![CHARLES]),
        ("?q=+lovelace", vec![ADA]),
        ("?q=nobody", vec![]),
        ("?q=Ada@Customer.example", vec![ADA]),
        ("?q=nobody@customer.example", vec![]),
        (
            "?behind=nonsense",
            vec!["grace@helpdesk.example", ADA, CHARLES],
        ),
    ] {
        let page = grace
            .open(&town.at(&format!("/admin/customers{query}")))
            .await;
        assert_eq!(listed(&page), expected, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_read_page_by_page_and_not_longer_than_the_trail_is_kept() {
    let town = Town::with("[default.audit]\nkeep = \"30d\"").await;
    let loaded = Settings::from_toml(&town.settings, town.folder.path()).unwrap();
    let house = front_door::House::open(&loaded, &town.clock).await.unwrap();
    for n in 0..70 {
        town.clock.advance(Duration::from_millis(10));
        let identity = serde_json::from_value(serde_json::json!({
            "provider": "cognito", "subject": n.to_string(), "email": format!("p{n}@many.example"), "display_name": "P",
            "first_name": null, "last_name": null, "username": null, "groups": [], "claims": {}, "auth_time": null,
        }));
        visits::note(&house.vault, &identity.unwrap(), town.clock.now())
            .await
            .unwrap();
    }
    let grace = grace(&town).await;
    let first = grace.open(&town.at("/admin/customers")).await;
    let second = grace.click(&first, "Show earlier ones").await;
    let all = [listed(&first), listed(&second)].concat();
    let expected = (0..70).rev().map(|n| format!("p{n}@many.example"));
    assert_eq!(all[1..], expected.collect::<Vec<_>>());
    assert!(!second.says("Show earlier ones"));
    town.advance(Duration::from_hours(24 * 31));
    let grace = self::grace(&town).await;
    let page = grace.open(&town.at("/admin/customers")).await;
    assert_eq!(listed(&page), ["grace@helpdesk.example"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_page_says_what_is_known_of_them() {
    let town = Town::with(
        "[[default.organization]]\nname = \"Acme GmbH\"\ndomains = [\"acme.example\"]\nmanaged = false",
    )
    .await;
    let browser = Browser::new().with_header("User-Agent", "A browser of <Charles>");
    town.arrive(&browser, "/p/help", "charles").await;
    let page = page_of(&town, &grace(&town).await, CHARLES).await;
    let account = town.atlassian.account(CHARLES).unwrap().id;
    for words in [
        "Charles Babbage",
        "Customer account",
        &account,
        "Acme GmbH",
        &town.atlassian.desk("HELP").name,
        "A browser of <Charles>",
        "Signed in",
        "Customer created in Jira",
        "Let through and sent to the portal",
    ] {
        assert!(page.says(words), "{words}: {}", page.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_of_an_unknown_id_has_a_page() {
    let town = Town::new().await;
    let grace = grace(&town).await;
    let id = "A".repeat(43);
    for path in [
        id.clone(),
        "x".to_owned(),
        format!("{id}/forget"),
        format!("{id}/link/x"),
    ] {
        let page = grace
            .open(&town.at(&format!("/admin/customers/{path}")))
            .await;
        assert_eq!(
            (reason(&page).as_deref(), page.status),
            (Some("not_found"), 404),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ending_somebodys_sessions_signs_them_out_everywhere_and_nobody_else() {
    let town = Town::new().await;
    let (ada, _) = signs_in(&town, "ada").await;
    let (again, _) = signs_in(&town, "ada").await;
    let (charles, _) = signs_in(&town, "charles").await;
    let grace = grace(&town).await;
    let page = page_of(&town, &grace, ADA).await;
    let page = grace.press(&page, "End their sessions").await;
    assert!(page.says("Their sessions have ended"), "{}", page.words());
    for (browser, still) in [(ada, false), (again, false), (charles, true)] {
        assert_eq!(is_signed_in(&town, &browser).await, still);
    }
    let ended = town.trail().await.pop().unwrap();
    assert_eq!(ended["event"], "session_ended");
    assert_eq!(ended["actor"], "grace@helpdesk.example");
    assert_eq!(
        (&ended["email"], &ended["changes"]["sessions"]),
        (&ADA.into(), &2.into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_forgotten_is_in_no_list_and_stays_blocked_without_a_name() {
    let town = Town::new().await;
    let ada = Browser::new();
    town.arrive(&ada, "/p/help", "ada").await;
    let twin = Person::new("ada-again", "Ada", "Lovelace", ADA);
    town.cognito.add_person(twin);
    town.arrive(&Browser::new(), "/p/help", "ada-again").await;
    let grace = grace(&town).await;
    block(&town, &grace, ADA).await;
    let page = page_of(&town, &grace, ADA).await;
    let question = grace.click(&page, "Forget this person").await;
    let form = question.form_with("address");
    let again = grace.submit(&form, &[("address", CHARLES)]).await;
    assert!(again.status == 422 && again.says("This is not ada@customer.example"));
    assert_eq!(again.form_with("address").field("address"), Some(CHARLES));
    let done = grace
        .submit(&form, &[("address", "Ada@Customer.example")])
        .await;
    assert!(
        done.says("was forgotten") && done.says("They stay blocked"),
        "{}",
        done.words()
    );

    for path in ["", "?q=ada", "/conflicts", "/blocked", "/blocked?q=spam"] {
        let page = grace
            .open(&town.at(&format!("/admin/customers{path}")))
            .await;
        assert!(
            !page.text.contains(ADA) && !page.says("sending"),
            "{path}: {}",
            page.words()
        );
    }
    let blocked = grace.open(&town.at("/admin/customers/blocked")).await;
    let nameless = grace.click(&blocked, "Somebody who was forgotten").await;
    let (_, refused) = signs_in(&town, "ada").await;
    assert_eq!(reason(&refused).as_deref(), Some("blocked"));
    let trail = town.trail().await;
    let forgotten = trail
        .iter()
        .find(|event| event["event"] == "person_forgotten")
        .unwrap();
    assert_eq!(forgotten["actor"], "grace@helpdesk.example");
    assert!(
        !trail
            .iter()
            .any(|event| event["changes"].to_string().contains("spam"))
    );

    grace.press(&nameless, "Unblock").await;
    arrived(&town.arrive(&Browser::new(), "/p/help", "ada").await, ADA);
    assert_eq!(town.atlassian.customers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_leads_to_the_person_and_to_the_link() {
    let town = Town::new().await;
    arrived(&town.arrive(&Browser::new(), "/p/help", "ada").await, ADA);
    let grace = grace(&town).await;
    let events = grace.open(&town.at("/admin/audit?link=help")).await;
    let person = grace.click(&events, ADA).await;
    assert!(
        person.says("The customer at Jira") && person.says(ADA),
        "{}",
        person.words()
    );
    let link = "<a href=\"/admin/links/help\">help</a>";
    assert!(
        person.text.contains(link) && events.text.contains(link),
        "{}",
        events.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_alone_are_shown_the_way_to_the_desk() {
    let town = Town::new().await;
    let (ada, _) = signs_in(&town, "ada").await;
    let grace = grace(&town).await;
    for path in ["/", "/me"] {
        let theirs = ada.open(&town.at(path)).await;
        assert!(!theirs.says("Admin desk"), "{path}: {}", theirs.words());
        let own = grace.open(&town.at(path)).await;
        let desk = grace.click(&own, "Admin desk").await;
        assert_eq!(desk.url.path(), "/admin", "{path}");
    }
    let nothing = grace.open(&town.at("/admin/no/such/page")).await;
    let desk = grace.click(&nothing, "Admin desk").await;
    assert_eq!(desk.url.path(), "/admin");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_its_token_or_from_elsewhere_changes_nothing() {
    let town = Town::new().await;
    let (ada, _) = signs_in(&town, "ada").await;
    let grace = grace(&town).await;
    let page = page_of(&town, &grace, ADA).await;
    let own = page.url.path().to_owned();
    let csrf = page.form_with("note").field("csrf").unwrap().to_owned();
    let before = town.trail().await.len();
    for act in [
        "block",
        "unblock",
        "end-sessions",
        "forget",
        "address",
        "link/x",
    ] {
        let url = town.at(&format!("{own}/{act}"));
        for (token, from) in [
            ("wrong", url.as_str()),
            (csrf.as_str(), "https://evil.test/"),
        ] {
            let fields = [("csrf", token), ("address", ADA)];
            let page = grace.post(&url, &fields, Some(from)).await;
            assert!(matches!(page.status, 401 | 403), "{act}: {}", page.status);
        }
    }
    assert!(is_signed_in(&town, &ada).await);
    assert_eq!(town.trail().await.len(), before);
}
