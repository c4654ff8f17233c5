//! The preview: it tells beforehand, of everybody and at every link, what a real visit ends in; by typed claims, and by those of a recent login.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::process::Command;
use std::time::Duration;

use imitation::browser::{Browser, Page};
use imitation::cognito::{Person, ready_people};
use support::people::{ADA, block, grace, page_of, signs_in};
use support::traces::reference;
use support::{Town, at_portal, reason};

/// What a visit ends in, or the preview says: `None` is let in.
type End = Option<String>;

/// The links of the town.
const LINKS: [&str; 3] = ["help", "bill", "hr"];

/// One link for everybody, one for a group, and one whose rules are tried out.
async fn town() -> Town {
    let links = "[default.link.bill]\nservice_desk = \"BILL\"\naccess = \"private\"\ngroups = [\"cognito:billing\"]\n\
        [default.link.hr]\nservice_desk = \"HR\"\naccess = \"private\"\ngroups = [\"cognito:acme\"]\nenforce = false\n[default.access]";
    let town = Town::replacing("[default.access]", links).await;
    let again = Person::new("ada-again", "Ada", "Again", ADA);
    town.cognito.add_person(again);
    town.cognito
        .add_person(Person::new("eve", "Eve", "Evil", "eve@customer.example"));
    town
}

/// What the preview says of each link.
fn told(page: &Page) -> [End; 3] {
    let words = page.words();
    if let Some((_, rest)) = words.split_once("Refused everywhere ") {
        let (reason, _) = rest.split_once(':').unwrap();
        return LINKS.map(|_| Some(reason.to_owned()));
    }
    let (_, links) = words.split_once("Link by link").unwrap();
    LINKS.map(|link| {
        let (_, rest) = links.split_once(&format!("/p/{link} ")).unwrap();
        let refused = rest.strip_prefix("refused (");
        assert!(refused.is_some() || rest.starts_with("let in"), "{rest}");
        refused.map(|rest| rest.split(')').next().unwrap().to_owned())
    })
}

/// What real visits end in, each in a browser of its own.
async fn met(town: &Town, username: &str) -> [End; 3] {
    let mut ends = [None, None, None];
    for (end, link) in ends.iter_mut().zip(LINKS) {
        let path = format!("/p/{link}");
        let page = town.arrive(&Browser::new(), &path, username).await;
        assert!(
            reason(&page).is_some() || at_portal(&page).0.is_some(),
            "{username} at {path}: {}",
            page.words()
        );
        *end = reason(&page);
    }
    ends
}

/// Where the list of logins leads, newest first.
fn previews(page: &Page) -> Vec<String> {
    let links = page.links().into_iter().map(|link| link.url);
    links
        .filter(|url| url.fragment() == Some("outcome"))
        .map(String::from)
        .collect()
}

/// The newest login of the list, looked at.
async fn newest(town: &Town, grace: &Browser) -> Page {
    let list = grace.open(&town.at("/admin/preview")).await;
    grace.open(&previews(&list)[0]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_everybody_and_at_every_link_it_tells_what_a_real_visit_ends_in() {
    let town = town().await;
    let grace = grace(&town).await;
    let ready = ready_people().into_iter().map(|person| person.username);
    let more = ["ada-again", "eve"].map(str::to_owned);
    for username in ready.chain(more) {
        signs_in(&town, &username).await;
        if username == "eve" {
            block(&town, &grace, "eve@customer.example").await;
        }
        let before = newest(&town, &grace).await;
        let ends = met(&town, &username).await;
        if username == "anna" {
            // Only Jira knows, and it is not asked before somebody comes.
            let unless = "an address with an Atlassian account is refused (atlassian_account)";
            assert!(before.says(unless), "{}", before.words());
        } else {
            assert_eq!(told(&before), ends, "{username}, before");
        }
        let after = newest(&town, &grace).await;
        assert_eq!(told(&after), ends, "{username}, after");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recent_login_is_chosen_from_the_list_with_what_became_of_it() {
    let town = town().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.arrive(&Browser::new(), "/p/bill", "charles").await;
    town.arrive(&Browser::new(), "/p/help", "ulf").await;
    let grace = grace(&town).await;
    let list = grace.open(&town.at("/admin/preview")).await;
    for line in [
        "Ada Lovelace ada@customer.example Customer account signed in /p/help: let in",
        "Charles Babbage charles@acme.example Customer account signed in /p/bill: refused (group_required)",
        "ulf@customer.example Customer account refused (email_unverified)",
        "Grace Hopper grace@helpdesk.example Customer account signed in",
    ] {
        assert!(list.says(line), "{line}: {}", list.words());
    }
    assert!(!list.says("/p/help: refused"), "once: {}", list.words());
    let events = town.trail().await;
    let calls = town.atlassian.calls().len();
    let page = grace.open(&previews(&list)[2]).await;
    for words in [
        "\"email\": \"charles@acme.example\"",
        "These were said at the login of",
        "Display name Charles Babbage",
        "/p/bill refused (group_required)",
    ] {
        assert!(page.says(words), "{words}: {}", page.words());
    }
    let again = grace.submit(&page.form_with("claims"), &[]).await;
    assert_eq!(told(&again), told(&page), "the form holds the same claims");
    assert_eq!(town.trail().await, events, "nothing is recorded");
    assert_eq!(town.atlassian.calls().len(), calls, "Jira is not asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_and_a_persons_page_lead_to_the_preview_of_their_login() {
    let town = town().await;
    let refused = town.arrive(&Browser::new(), "/p/bill", "charles").await;
    let unverified = town.arrive(&Browser::new(), "/p/help", "ulf").await;
    let grace = grace(&town).await;
    for (error, email) in [
        (&refused, "charles@acme.example"),
        (&unverified, "ulf@customer.example"),
    ] {
        let address = format!("/admin/trace?reference={}", reference(error));
        let trace = grace.open(&town.at(&address)).await;
        let page = grace.click(&trace, "Preview with these claims").await;
        assert!(page.says(email), "{}", page.words());
        assert_eq!(told(&page)[1], reason(error));
    }
    let person = page_of(&town, &grace, "charles@acme.example").await;
    assert!(person.says("Recent logins"), "{}", person.words());
    assert!(!person.says("ulf@customer.example"), "{}", person.words());
    let page = grace.open(&previews(&person)[0]).await;
    assert!(page.says("Charles Babbage"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_is_gone_after_three_days_or_when_its_person_is_forgotten() {
    let town = town().await;
    signs_in(&town, "ada").await;
    signs_in(&town, "charles").await;
    signs_in(&town, "mary").await;
    let admin = grace(&town).await;
    let ada = page_of(&town, &admin, ADA).await;
    let question = admin.click(&ada, "Forget this person…").await;
    let form = question.form_with("address");
    admin.submit(&form, &[("address", ADA)]).await;
    let list = admin.open(&town.at("/admin/preview")).await;
    assert!(!list.says(ADA), "{}", list.words());
    assert!(list.says("charles@acme.example"), "{}", list.words());

    std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap();
    let forgotten = Command::new(env!("CARGO_BIN_EXE_front-door"))
        .args(["forget", "charles@acme.example"])
        .current_dir(town.folder.path())
        .output();
    assert!(forgotten.unwrap().status.success());
    let list = admin.open(&town.at("/admin/preview")).await;
    assert!(!list.says("charles@acme.example"), "{}", list.words());
    let mary = previews(&list).remove(1);
    let page = admin.open(&mary).await;
    assert!(page.says("Mary Somerville"), "{}", page.words());

    town.advance(Duration::from_hours(73));
    let admin = grace(&town).await;
    let page = admin.open(&mary).await;
    let gone = "What was said at that login is not kept any more";
    assert!(page.says(gone), "{}", page.words());
    assert_eq!(previews(&page).len(), 1, "the administrator's own");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_a_token_or_of_one_is_among_the_claims() {
    let town = town().await;
    let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
    town.cognito.change_person("ada", |ada| {
        ada.custom.insert("token".to_owned(), jwt.to_owned());
    });
    signs_in(&town, "ada").await;
    let page = newest(&town, &grace(&town).await).await;
    let claims = page.form_with("claims").field("claims").unwrap().to_owned();
    for name in ["nonce", "at_hash", "aud", "exp", "origin_jti", "eyJ"] {
        assert!(!claims.contains(name), "{name} in {claims}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_what_conflicts_with_what() {
    let town = town().await;
    for username in ["ada", "ada-again"] {
        town.arrive(&Browser::new(), "/p/help", username).await;
    }
    let grace = grace(&town).await;
    let list = grace.open(&town.at("/admin/preview")).await;
    let logins = previews(&list);
    let (again, ada) = (&logins[1], &logins[2]);

    let page = grace.open(ada).await;
    assert_eq!(told(&page)[0], None, "the customer still comes in");
    for words in [
        "another account, Ada Again at Customer account",
        "came with the address ada@customer.example and was refused (identity_conflict), since the customer of that address signs in with another account",
        "the one with these claims is the customer, and is not",
    ] {
        assert!(page.says(words), "{words}: {}", page.words());
    }
    let page = grace.open(again).await;
    assert_eq!(told(&page)[0].as_deref(), Some("identity_conflict"));
    for words in [
        "this account came with the address ada@customer.example and was refused (identity_conflict)",
        "It is refused again until that is settled",
    ] {
        assert!(page.says(words), "{words}: {}", page.words());
    }
}
