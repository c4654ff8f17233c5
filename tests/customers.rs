//! The desk's pages about people: who came, what is known of them, and what an administrator does about them.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::time::Duration;

use front_door::admission::visits;
use front_door::settings::Settings;
use imitation::browser::{Browser, Page};
use imitation::cognito::Person;
use rocket::futures::future::join_all;
use support::{Town, arrived, reason};

const ADA: &str = "ada@customer.example";
const CHARLES: &str = "charles@acme.example";

/// Grace's browser, at the desk.
async fn grace(town: &Town) -> Browser {
    let browser = Browser::new();
    let login = browser.open(&town.at("/admin")).await;
    town.cognito.log_in(&browser, &login, "grace").await;
    browser
}

/// Signs somebody in, without a link.
async fn signs_in(town: &Town, username: &str) -> (Browser, Page) {
    let browser = Browser::new();
    let login = browser.open(&town.at("/me")).await;
    let page = town.cognito.log_in(&browser, &login, username).await;
    (browser, page)
}

/// The page of somebody, found by their address.
async fn page_of(town: &Town, grace: &Browser, email: &str) -> Page {
    let found = grace
        .open(&town.at(&format!("/admin/customers?q={email}")))
        .await;
    grace.click(&found, email).await
}

async fn block(town: &Town, grace: &Browser, email: &str) -> Page {
    let page = page_of(town, grace, email).await;
    let form = page.form_with("note");
    grace.submit(&form, &[("note", "keeps sending spam")]).await
}

/// Whether a browser has a session: home shows portals then, and asks for no login otherwise.
async fn is_signed_in(town: &Town, browser: &Browser) -> bool {
    browser.open(&town.at("/")).await.says("Your portals")
}

/// The addresses in the list, in its order.
fn listed(page: &Page) -> Vec<String> {
    let links = page.links().into_iter().map(|link| link.text);
    links.filter(|text| text.contains('@')).collect()
}

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
async fn somebody_blocked_is_out_at_once_and_stays_out_until_unblocked() {
    let town = Town::new().await;
    let ada = Browser::new();
    town.arrive(&ada, "/p/help", "ada").await;
    let grace = grace(&town).await;
    let page = block(&town, &grace, ADA).await;
    assert!(page.says("They are blocked") && page.says("keeps sending spam"));

    assert!(!is_signed_in(&town, &ada).await);
    town.atlassian.end_sessions();
    let page = ada.open(&town.atlassian.login_url("portal")).await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("blocked"), 403),
        "and no assertion is sent"
    );
    let (ada, page) = signs_in(&town, "ada").await;
    assert_eq!(reason(&page).as_deref(), Some("blocked"));
    let trail = town.trail().await;
    let of_ada = |name: &str| {
        let named = trail.iter().filter(|event| event["event"] == name);
        named.filter(|event| event["email"] == ADA).count()
    };
    assert_eq!((of_ada("signed_in"), of_ada("refused")), (1, 2));
    assert!(!is_signed_in(&town, &ada).await);
    assert!(is_signed_in(&town, &signs_in(&town, "charles").await.0).await);

    let page = page_of(&town, &grace, ADA).await;
    grace.press(&page, "Unblock").await;
    arrived(&town.arrive(&Browser::new(), "/p/help", "ada").await, ADA);
    let trail = town.trail().await;
    for name in ["blocked", "unblocked"] {
        let event = trail.iter().find(|event| event["event"] == name).unwrap();
        assert_eq!(event["actor"], "grace@helpdesk.example");
        assert_eq!(event["email"], ADA);
        assert_eq!(event["changes"]["note"], "keeps sending spam");
        assert!(event["client"].is_null(), "it was not Ada's browser");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_knows_who_is_blocked() {
    let town = Town::new().await;
    signs_in(&town, "ada").await;
    let grace = grace(&town).await;
    block(&town, &grace, ADA).await;
    let form = grace
        .open(&town.at("/admin/preview"))
        .await
        .form_with("claims");
    let claims = r#"{"sub":"another","email":"Ada@customer.example","email_verified":true}"#;
    let page = grace.submit(&form, &[("claims", claims)]).await;
    assert!(page.says("blocked by an administrator"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_account_does_not_get_in_with_another_address_nor_another_with_its_address() {
    let town = Town::new().await;
    signs_in(&town, "ada").await;
    block(&town, &grace(&town).await, ADA).await;
    let twin = Person::new("ada-again", "Ada", "Lovelace", ADA);
    town.cognito.add_person(twin);
    town.cognito.change_person("ada", |person| {
        person.email = Some("new@customer.example".to_owned());
    });
    for username in ["ada", "ada-again"] {
        let (_, page) = signs_in(&town, username).await;
        assert_eq!(reason(&page).as_deref(), Some("blocked"), "{username}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_was_never_here_is_blocked_by_address_however_it_is_spelled() {
    let town = Town::new().await;
    let grace = grace(&town).await;
    let form = grace
        .open(&town.at("/admin/customers/blocked"))
        .await
        .form_with("address");
    let wrong = [("address", "ada at customer"), ("note", "spam")];
    let again = grace.submit(&form, &wrong).await;
    assert!(again.says("This is not an e-mail address"));
    let kept = again.form_with("address");
    assert_eq!(
        (again.status, kept.field("address"), kept.field("note")),
        (422, Some("ada at customer"), Some("spam"))
    );
    let right = [("address", " ADA@Customer.Example "), ("note", "spam")];
    let page = grace.submit(&form, &right).await;
    assert!(page.says("They are blocked"), "{}", page.words());
    let (_, page) = signs_in(&town, "ada").await;
    assert_eq!(reason(&page).as_deref(), Some("blocked"));
    for (query, shown) in [
        ("", true),
        ("?q=spam", true),
        ("?q=ADA", true),
        ("?q=charles", false),
    ] {
        let page = grace
            .open(&town.at(&format!("/admin/customers/blocked{query}")))
            .await;
        assert_eq!(listed(&page) == [ADA], shown, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_blocks_themself_and_a_blocked_administrator_has_no_desk() {
    let town = Town::new().await;
    let own = Person::new("hedy", "Hedy", "Lamarr", "hedy@helpdesk.example");
    town.cognito.add_person(own.in_groups(&["helpdesk-admins"]));
    let grace = grace(&town).await;
    let page = page_of(&town, &grace, "grace@helpdesk.example").await;
    assert!(page.says("This is you") && !page.says("Block them"));
    let address = format!("{}/block", page.url.path());
    let csrf = page
        .forms()
        .iter()
        .find_map(|form| form.field("csrf").map(str::to_owned));
    let (csrf, url) = (csrf.unwrap(), town.at(&address));
    let refused = grace
        .post(&url, &[("csrf", &csrf), ("note", "")], Some(&url))
        .await;
    assert_eq!(reason(&refused).as_deref(), Some("not_allowed"));
    let form = grace
        .open(&town.at("/admin/customers/blocked"))
        .await
        .form_with("address");
    let again = grace
        .submit(&form, &[("address", "Grace@helpdesk.example")])
        .await;
    assert!(again.says("nobody can block themself"));
    assert_eq!(grace.open(&town.at("/admin")).await.status, 200);

    let hedy = Browser::new();
    let login = hedy.open(&town.at("/admin")).await;
    town.cognito.log_in(&hedy, &login, "hedy").await;
    block(&town, &grace, "hedy@helpdesk.example").await;
    let page = hedy.open(&town.at("/admin")).await;
    assert_eq!(reason(&page).as_deref(), Some("blocked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_is_blocked_while_they_log_in_keeps_a_session() {
    let town = Town::new().await;
    signs_in(&town, "ada").await;
    let grace = grace(&town).await;
    let form = page_of(&town, &grace, ADA).await.form_with("note");
    let mut returning = Vec::new();
    for _ in 0..12 {
        let browser = Browser::new();
        let login = browser.open(&town.at("/me")).await;
        let back = town.cognito.log_in_once(&browser, &login, "ada").await;
        returning.push((browser, back.location().unwrap()));
    }
    let logins = returning
        .iter()
        .map(|(browser, back)| browser.open(back.as_str()));
    let blocking = grace.submit(&form, &[("note", "")]);
    tokio::join!(join_all(logins), blocking);
    for (browser, _) in &returning {
        assert!(!is_signed_in(&town, browser).await);
    }
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
