//! Approval: who comes for the first time waits until an administrator has decided, and nothing is made at Atlassian before that.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::time::Duration;

use imitation::browser::{Browser, Page};
use imitation::cognito::{Person, ready_people};
use support::people::{ADA, CHARLES, grace, listed, page_of};
use support::{Town, arrived, reason, told};

const WAITS: (&str, u16) = ("awaiting_approval", 403);
const REFUSED: (&str, u16) = ("not_allowed", 403);

/// A link that asks for approval, beside others that do not.
async fn town() -> Town {
    Town::with("[default.link.help]\nservice_desk = \"HELP\"\napproval = true\n").await
}

/// Every link asks.
fn asks_everywhere() -> String {
    let link = |slug: &str, key: &str| {
        format!("[default.link.{slug}]\nservice_desk = \"{key}\"\napproval = true\n")
    };
    let all = [("help", "HELP"), ("bill", "BILL"), ("hr", "HR")];
    all.map(|(slug, key)| link(slug, key)).concat()
}

async fn comes(town: &Town, username: &str) -> Page {
    town.arrive(&Browser::new(), "/p/help", username).await
}

#[track_caller]
fn ends(page: &Page, (expected, status): (&str, u16)) {
    assert_eq!(
        told(page),
        (Some(expected.to_owned()), status),
        "{}",
        page.words()
    );
}

async fn queue(town: &Town, grace: &Browser) -> Page {
    grace.open(&town.at("/admin/approvals")).await
}

/// Presses a button of the only one who waits, or was decided of.
async fn decides(town: &Town, button: &str) -> Page {
    let grace = grace(town).await;
    let page = queue(town, &grace).await;
    grace.press(&page, button).await
}

/// What the provider calls somebody.
fn subject(username: &str) -> String {
    let people = ready_people();
    let person = people.into_iter().find(|one| one.username == username);
    person.unwrap().sub
}

async fn count(town: &Town, event: &str) -> usize {
    let events = town.events().await;
    events.iter().filter(|name| *name == event).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_visit_waits_until_it_is_approved_and_the_next_one_gets_in() {
    let town = town().await;
    let ada = Browser::new();
    ends(&town.arrive(&ada, "/p/help", "ada").await, WAITS);
    let again = ada.open(&town.at("/p/help")).await;
    ends(&again, WAITS);
    assert!(again.header("refresh").is_none() && again.says("Come back later"));
    assert!(
        town.atlassian_heard_of_nobody(),
        "nothing is asked of Atlassian"
    );

    let page = decides(&town, "Approve").await;
    assert!(
        page.says("One first visit was approved"),
        "{}",
        page.words()
    );
    assert!(page.says("Approved by grace@helpdesk.example"));
    let page = ada.open(&town.at("/p/help")).await;
    arrived(&ada.post_on(page).await, ADA);
    arrived(&comes(&town, "ada").await, ADA);
    assert_eq!(town.atlassian.members("HELP").len(), 1);

    assert_eq!(
        count(&town, "approval_asked").await,
        1,
        "once, not at each visit"
    );
    assert_eq!(count(&town, "refused").await, 1, "once in ten minutes");
    let trail = town.trail().await;
    let given = trail
        .iter()
        .find(|event| event["event"] == "approval_given")
        .unwrap();
    assert_eq!(
        (&given["actor"], &given["email"], &given["link"]),
        (
            &"grace@helpdesk.example".into(),
            &ADA.into(),
            &"help".into()
        )
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_shows_who_it_is_and_what_they_would_be_made() {
    let rule =
        "[[default.organization]]\nname = \"Acme GmbH\"\ngroups = [\"acme\"]\nmanaged = false\n";
    let town = Town::with(&format!(
        "[default.link.help]\nservice_desk = \"HELP\"\napproval = true\n{rule}"
    ))
    .await;
    let waits = comes(&town, "charles").await;
    let reference = waits.attribute("data-reference").unwrap();
    let grace = grace(&town).await;
    let page = queue(&town, &grace).await;
    for words in [
        "One person waits",
        CHARLES,
        "Charles Babbage",
        "verified by the provider",
        "/p/help",
        &reference,
        "add the customer to the organization Acme GmbH",
    ] {
        assert!(page.says(words), "{words}: {}", page.words());
    }
    for path in ["/admin", "/admin/links/help"] {
        let page = grace.open(&town.at(path)).await;
        assert!(page.says("ne person waits"), "{path}: {}", page.words());
    }
    let person = page_of(&town, &grace, CHARLES).await;
    assert!(person.says("Waits for approval"), "{}", person.words());
    grace.press(&person, "Approve").await;
    arrived(&comes(&town, "charles").await, CHARLES);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_approved_is_refused_until_an_administrator_thinks_better_of_it() {
    let town = town().await;
    comes(&town, "ada").await;
    decides(&town, "Refuse").await;
    ends(&comes(&town, "ada").await, REFUSED);
    town.cognito.change_person("ada", |person| {
        person.email = Some("new@customer.example".to_owned());
    });
    ends(&comes(&town, "ada").await, REFUSED);
    town.cognito
        .change_person("ada", |person| person.email = Some(ADA.to_owned()));
    assert!(town.atlassian.customers().is_empty());
    decides(&town, "Approve after all").await;
    arrived(&comes(&town, "ada").await, ADA);
    assert_eq!(
        (
            count(&town, "approval_asked").await,
            count(&town, "approval_refused").await
        ),
        (1, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_is_taken_back_before_it_was_used_lets_nobody_in() {
    let town = town().await;
    comes(&town, "ada").await;
    decides(&town, "Approve").await;
    decides(&town, "Take it back").await;
    ends(&comes(&town, "ada").await, REFUSED);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_link_is_no_way_around_and_who_was_there_before_is_not_asked() {
    let mut town = Town::new().await;
    arrived(&comes(&town, "charles").await, CHARLES);
    town.reopen_with("[default.link.help]\nservice_desk = \"HELP\"\napproval = true\n")
        .await;
    arrived(&comes(&town, "charles").await, CHARLES);
    let ada = Browser::new();
    arrived(&town.arrive(&ada, "/p/bill", "ada").await, ADA);
    ends(&ada.open(&town.at("/p/help")).await, WAITS);
    assert_eq!(town.atlassian.members("HELP").len(), 1, "Charles alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pilot_asks_for_approval_all_the_same() {
    let town = Town::with(
        "[default.link.help]\nservice_desk = \"HELP\"\napproval = true\nenforce = false\n",
    )
    .await;
    ends(&comes(&town, "ada").await, WAITS);
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_itself_is_no_way_around_where_every_link_asks() {
    let town = Town::with(&asks_everywhere()).await;
    let (ada, portal) = (Browser::new(), town.atlassian.login_url("portal"));
    let login = ada.open(&portal).await;
    ends(&town.cognito.log_in(&ada, &login, "ada").await, WAITS);
    ends(&ada.open(&portal).await, WAITS);
    assert!(town.atlassian.customers().is_empty());
    assert_eq!(count(&town, "approval_asked").await, 1);
    let page = decides(&town, "Approve").await;
    assert!(
        page.says("One first visit was approved"),
        "{}",
        page.words()
    );
    let page = ada.open(&portal).await;
    let page = ada.post_on(page).await;
    assert_eq!(reason(&page), None, "{}", page.words());
    assert_eq!(town.atlassian.customers().len(), 1);
    let elsewhere = ada.open(&town.at("/p/hr")).await;
    ends(&elsewhere, WAITS);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_is_good_at_the_portal_itself_where_only_the_invited_become_customers() {
    let one_link = "\n[default.link.help]\nservice_desk = \"HELP\"\napproval = true\n".to_owned();
    for links in [one_link, asks_everywhere()] {
        let invited = "[default.access]\ncreate_customers = \"invited\"\n";
        let mut town = Town::replacing("[default.access]", invited).await;
        town.reopen_with(&links).await;
        ends(&comes(&town, "ada").await, WAITS);
        decides(&town, "Approve").await;
        let (ada, portal) = (Browser::new(), town.atlassian.login_url("portal"));
        let login = ada.open(&portal).await;
        let page = town.cognito.log_in(&ada, &login, "ada").await;
        let page = ada.post_on(page).await;
        assert_eq!(reason(&page), None, "{links}: {}", page.words());
        assert_eq!(town.atlassian.customers().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_itself_asks_for_no_approval_where_one_link_asks_for_none() {
    let town = town().await;
    let (ada, portal) = (Browser::new(), town.atlassian.login_url("portal"));
    let login = ada.open(&portal).await;
    let page = town.cognito.log_in(&ada, &login, "ada").await;
    assert_eq!(reason(&ada.post_on(page).await), None);
    assert_eq!(town.atlassian.customers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_is_for_the_account_that_asked_and_its_address() {
    let town = town().await;
    comes(&town, "ada").await;
    decides(&town, "Approve").await;
    let twin = Person::new("ada-again", "Ada", "Again", ADA);
    town.cognito.add_person(twin);
    ends(&comes(&town, "ada-again").await, WAITS);
    town.cognito.change_person("ada", |person| {
        person.email = Some("director@customer.example".to_owned());
    });
    ends(&comes(&town, "ada").await, WAITS);
    assert!(town.atlassian.customers().is_empty());
    assert_eq!(count(&town, "approval_asked").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_are_decided_of_at_once_and_nothing_is_decided_twice() {
    let town = town().await;
    for username in ["ada", "charles", "mary"] {
        comes(&town, username).await;
    }
    let grace = grace(&town).await;
    let page = queue(&town, &grace).await;
    let form = page.form_with("note");
    let name = |text: &str| {
        let button = form.buttons.iter().find(|button| button.text == text);
        button.unwrap().value.clone()
    };
    let first = name("Approve");
    let entered = [("decide", "nothing"), ("chosen", first.as_str())];
    let entered = grace.submit(&form, &entered).await;
    assert!(entered.says("Nothing was changed"), "{}", entered.words());
    let chosen = [
        ("decide", "approve"),
        ("chosen", first.as_str()),
        ("note", "by phone"),
    ];
    let page = grace.submit(&form, &chosen).await;
    assert!(page.says("One first visit was approved") && page.says("Note: by phone"));
    let stale = grace.submit(&form, &chosen).await;
    assert!(stale.says("Nothing was changed"), "{}", stale.words());
    let nobody = grace.submit(&form, &[("decide", "refuse")]).await;
    assert!(nobody.says("Nothing was changed"), "{}", nobody.words());
    arrived(&comes(&town, "ada").await, ADA);
    ends(&comes(&town, "charles").await, WAITS);
    assert_eq!(count(&town, "approval_given").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_was_not_shown_is_not_approved() {
    let town = town().await;
    comes(&town, "ada").await;
    let grace = grace(&town).await;
    let shown = queue(&town, &grace).await;
    town.cognito.change_person("ada", |person| {
        person.email = Some("director@customer.example".to_owned());
    });
    ends(&comes(&town, "ada").await, WAITS);
    let page = grace.press(&shown, "Approve").await;
    assert!(
        page.says("One was not decided of, since it has changed since it was shown"),
        "{}",
        page.words()
    );
    assert_eq!(count(&town, "approval_given").await, 0);
    ends(&comes(&town, "ada").await, WAITS);
    assert!(town.atlassian.customers().is_empty());
    grace.press(&page, "Approve").await;
    arrived(&comes(&town, "ada").await, "director@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_administrator_decided_meanwhile_is_not_turned_round() {
    let town = town().await;
    comes(&town, "ada").await;
    let grace = grace(&town).await;
    let shown = queue(&town, &grace).await;
    decides(&town, "Refuse").await;
    let page = grace.press(&shown, "Approve").await;
    assert!(page.says("One was not decided of"), "{}", page.words());
    ends(&comes(&town, "ada").await, REFUSED);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_blocked_leaves_the_queue_and_who_is_forgotten_leaves_nothing() {
    let town = town().await;
    for username in ["ada", "charles", "mary"] {
        comes(&town, username).await;
    }
    let grace = grace(&town).await;
    support::people::block(&town, &grace, ADA).await;
    let page = page_of(&town, &grace, CHARLES).await;
    let question = grace.click(&page, "Forget this person").await;
    let form = question.form_with("address");
    grace.submit(&form, &[("address", CHARLES)]).await;
    let page = queue(&town, &grace).await;
    assert!(page.says("One person waits"), "{}", page.words());
    assert!(!page.says(ADA) && !page.says(CHARLES));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_decided_of_drops_out_and_asks_again_by_coming() {
    let town = town().await;
    comes(&town, "ada").await;
    town.advance(Duration::from_hours(24 * 90));
    let grace = grace(&town).await;
    assert!(listed(&queue(&town, &grace).await).is_empty());
    ends(&comes(&town, "ada").await, WAITS);
    assert_eq!(count(&town, "approval_asked").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_tells_who_would_wait() {
    let town = town().await;
    let grace = grace(&town).await;
    let preview = async || {
        let form = grace.open(&town.at("/admin/preview")).await;
        let claims = format!(
            r#"{{"sub":"{}","email":"{ADA}","email_verified":true}}"#,
            subject("ada")
        );
        grace
            .submit(&form.form_with("claims"), &[("claims", &claims)])
            .await
    };
    assert!(
        preview()
            .await
            .says("waits (awaiting_approval): would wait for approval")
    );
    comes(&town, "ada").await;
    assert!(
        preview()
            .await
            .says("waits (awaiting_approval): waits for approval")
    );
    decides(&town, "Refuse").await;
    assert!(
        preview()
            .await
            .says("refused (not_allowed): an administrator did not approve")
    );
    decides(&town, "Approve after all").await;
    assert!(!preview().await.says("approve"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_in_the_visitors_language() {
    let town = town().await;
    let browser = Browser::new().with_header("Accept-Language", "de");
    let page = town.arrive(&browser, "/p/help", "ada").await;
    ends(&page, WAITS);
    assert!(page.says("Ihr Zugang wartet auf Freigabe") && page.says("öffnen Sie denselben Link"));
}
