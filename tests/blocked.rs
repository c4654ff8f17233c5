//! Blocking: whoever is blocked has no way in, from that moment until they are unblocked.

mod support;

use imitation::browser::Browser;
use imitation::cognito::{Person, ready_people};
use rocket::futures::future::join_all;
use support::people::{ADA, block, grace, is_signed_in, listed, page_of, signs_in};
use support::{Town, arrived, reason};

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
async fn one_account_is_blocked_whatever_its_address_and_stays_so_while_any_block_names_it() {
    let town = Town::new().await;
    let (ada, _) = signs_in(&town, "ada").await;
    let grace = grace(&town).await;
    let subject = ready_people()
        .into_iter()
        .find(|person| person.username == "ada");
    let subject = subject.map(|person| person.sub).unwrap_or_default();
    let form = grace
        .open(&town.at("/admin/customers/blocked"))
        .await
        .form_with("subject");
    let wrong = [("subject", "ä"), ("note", "spam")];
    let again = grace.submit(&form, &wrong).await;
    assert_eq!(
        (again.status, again.says("This is no account")),
        (422, true)
    );
    let right = [("subject", subject.as_str()), ("note", "spam")];
    let page = grace.submit(&form, &right).await;
    assert!(page.says("They are blocked") && page.says(&format!("{subject} at")));
    assert!(!is_signed_in(&town, &ada).await);
    town.cognito.change_person("ada", |person| {
        person.email = Some("new@customer.example".to_owned());
    });
    let (_, page) = signs_in(&town, "ada").await;
    assert_eq!(reason(&page).as_deref(), Some("blocked"));
    let twin = Person::new("ada-again", "Ada", "Lovelace", ADA);
    town.cognito.add_person(twin);
    assert!(is_signed_in(&town, &signs_in(&town, "ada-again").await.0).await);

    block(&town, &grace, ADA).await;
    let page = page_of(&town, &grace, ADA).await;
    grace.press(&page, "Unblock").await;
    let (_, page) = signs_in(&town, "ada").await;
    assert_eq!(
        reason(&page).as_deref(),
        Some("blocked"),
        "still by the other block"
    );

    let list = grace
        .open(&town.at("/admin/customers/blocked?q=spam"))
        .await;
    let page = grace.click(&list, &subject).await;
    grace.press(&page, "Unblock").await;
    assert!(is_signed_in(&town, &signs_in(&town, "ada").await.0).await);
    let trail = town.trail().await;
    let of_account = trail
        .iter()
        .filter(|event| event["subject"] == subject.as_str());
    let names: Vec<&str> = of_account
        .filter_map(|event| event["event"].as_str())
        .collect();
    assert!(
        names.contains(&"blocked") && names.contains(&"unblocked"),
        "{names:?}"
    );
}
