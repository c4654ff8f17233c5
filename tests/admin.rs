//! The admin desk: who gets in, and what it shows.

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use imitation::browser::{Browser, Page};
use support::{Town, reason};

/// What the preview says of these claims.
async fn preview(town: &Town, claims: &str) -> Page {
    let (browser, form) = town.administrator("/admin/preview").await;
    browser
        .submit(&form.form_with("claims"), &[("claims", claims)])
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_logs_in_and_is_at_the_very_page_without_being_a_customer() {
    let town = Town::new().await;
    for (path, title) in [
        ("/admin", "Admin desk"),
        ("/admin/preview", "What becomes of somebody"),
    ] {
        let (_, page) = town.administrator(path).await;
        assert!(
            page.url.path().ends_with(path) && page.says(title),
            "{}",
            page.words()
        );
    }
    assert!(town.atlassian.customers().is_empty());
}

/// Every address of the desk with every verb: each address that has a route is asked with all of them.
fn desk(town: &Town) -> BTreeSet<(String, String)> {
    let addresses = town.addresses("/admin");
    let verbs: BTreeSet<&String> = addresses.iter().map(|one| &one.verb).collect();
    let known = ["DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];
    assert!(
        verbs.iter().eq(known.iter()),
        "what no page is for is for nobody else either: {verbs:?}"
    );
    let paths = addresses.iter().map(|one| one.path.clone());
    let with = |path: String| {
        let verbs = known.iter().chain(["HEAD"].iter());
        verbs.map(move |verb| ((*verb).to_owned(), path.clone()))
    };
    let all = paths.flat_map(with);
    // The field for a setup code is for anybody; what is entered there is another matter.
    let door = |(verb, path): &(String, String)| {
        path == "/admin/code" && ["GET", "HEAD", "POST"].contains(&verb.as_str())
    };
    all.filter(|one| !door(one)).collect()
}

/// The statuses of a page's form, or whatever the verb sends, with these cookies, as a program asks and as a browser does.
async fn statuses(town: &Town, (verb, path): &(String, String), cookie: &str) -> [u16; 2] {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap_or_else(|error| panic!("{error}"));
    let mut statuses = [0; 2];
    for (status, accept) in statuses.iter_mut().zip(["application/json", "text/html"]) {
        let request = client
            .request(verb.parse().unwrap_or_default(), town.at(path))
            .header("Cookie", cookie.to_owned())
            .header("Accept", accept)
            .header("Origin", &town.public_url)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body("provider=cognito&claims={}&csrf=x");
        let answer = request.send().await.ok();
        *status = answer.map_or(0, |answer| answer.status().as_u16());
    }
    statuses
}

/// The cookie of a desk session whose hour is over.
async fn lapsed(town: &Town) -> String {
    let cookie = town.holder().await.cookie("desk").unwrap_or_default();
    town.advance(Duration::from_mins(61));
    let read = ("GET".to_owned(), "/admin".to_owned());
    let stranger = statuses(town, &read, &format!("desk={cookie}")).await;
    assert_eq!(stranger, [401, 401], "known again");
    cookie
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_gets_any_address_or_verb_of_the_desk() {
    let town = Town::replacing(
        "[default.access]",
        "[default.access]\nattempts_per_minute = 100000",
    )
    .await;
    let (lapsed, browser) = (lapsed(&town).await, Browser::new());
    town.arrive(&browser, "/p/help", "ada").await;
    let session = browser.cookie("front-door").unwrap_or_default();
    let (desk, before) = (desk(&town), town.events().await.len());
    assert!(desk.len() > 20, "{desk:?}");
    for one in &desk {
        for had in ["none", &lapsed] {
            let cookies = format!("front-door={session}; desk={had}");
            let customer = statuses(&town, one, &cookies).await;
            assert_eq!(customer, [403, 403], "a customer, {one:?}");
        }
        let reads = ["GET", "HEAD"].contains(&one.0.as_str());
        let to_the_login = if reads { 303 } else { 401 };
        let stranger = statuses(&town, one, "front-door=none; desk=none").await;
        assert_eq!(stranger, [401, to_the_login], "a stranger, {one:?}");
    }
    let refused = town.events().await.split_off(before);
    assert_eq!(refused, ["refused"], "the trail has it, once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_field_for_a_setup_code_is_all_that_others_get() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    let session = browser.cookie("front-door").unwrap_or_default();
    for cookie in ["front-door=none", &format!("front-door={session}")] {
        let ask = ("GET".to_owned(), "/admin/code".to_owned());
        assert_eq!(statuses(&town, &ask, cookie).await, [200, 200]);
        let enter = ("POST".to_owned(), "/admin/code".to_owned());
        assert_eq!(statuses(&town, &enter, cookie).await, [403, 403]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_gets_404_where_there_is_no_page() {
    let town = Town::new().await;
    let (_, page) = town.administrator("/admin/none").await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("not_found"), 404)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_says_how_everything_does_and_where_the_links_lead() {
    let town = Town::new().await;
    let (_, page) = town.administrator("/admin").await;
    for words in [
        "Store well",
        "Identity provider cognito well",
        "/p/help",
        "they arrive signed in",
    ] {
        assert!(page.says(words), "{words}: {}", page.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_tells_what_a_visit_would_do_and_does_nothing() {
    let town = Town::replacing(
        "[default.access]",
        "[[default.organization]]\nname = \"Acme GmbH\"\ndomains = [\"acme.example\"]\nmanaged = false\n[default.access]\ngroups = [\"acme\"]",
    )
    .await;
    for (claims, expected) in [
        (
            r#"{"email":"New@Acme.example","email_verified":true,"given_name":"New","family_name":"One","cognito:groups":["acme"]}"#,
            vec![
                "new@acme.example",
                "New One",
                "let in: passes every rule of Access",
                "find the customer of this address at Jira, or create it",
                "add the customer to the organization Acme GmbH, made if need be",
            ],
        ),
        (
            r#"{"email":"new@acme.example","email_verified":"true"}"#,
            vec![
                "refused (group_required): none of the groups that every link asks for: cognito:acme (access.groups)",
            ],
        ),
        (
            r#"{"email":"new@acme.example","email_verified":false}"#,
            vec!["Refused everywhere", "email_unverified"],
        ),
        (
            r#"{"sub":"1"}"#,
            vec!["Refused everywhere", "email_missing"],
        ),
        (
            "no json",
            vec![
                "This is not a JSON object",
                "line 1, column 2",
                "Start again",
            ],
        ),
        (
            "<script>alert(1)</script>",
            vec!["This is not a JSON object"],
        ),
    ] {
        let page = preview(&town, claims).await;
        assert_eq!(page.status, 200, "{claims}");
        for words in expected {
            assert!(page.says(words), "{words}: {}", page.words());
        }
        let kept = page.form_with("claims").field("claims").map(str::to_owned);
        assert_eq!(kept.as_deref(), Some(claims), "what was typed is kept");
    }
    assert!(town.atlassian.customers().is_empty());
    let other: Vec<String> = town
        .events()
        .await
        .into_iter()
        .filter(|name| name != "signed_in")
        .collect();
    assert!(other.is_empty(), "{other:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_knows_whose_address_it_is() {
    let town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    let page = preview(
        &town,
        r#"{"sub":"another","email":"ada@customer.example","email_verified":true}"#,
    )
    .await;
    assert!(page.says("identity_conflict"), "{}", page.words());
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "grace").await;
    let form = browser.open(&town.at("/admin/preview")).await;
    let own = browser.submit(&form.form_with("claims"), &[]).await;
    assert!(
        own.says("Nothing to do at Jira"),
        "one's own claims: {}",
        own.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_knows_who_stands_under_conflicts() {
    let town = Town::new().await;
    let anna = r#"{"email":"anna@acme.example","email_verified":true}"#;
    let before = preview(&town, anna).await;
    assert!(before.says("Jira has the last word"), "{}", before.words());
    assert!(!before.says("Under Conflicts"), "{}", before.words());
    town.arrive(&Browser::new(), "/p/help", "anna").await;
    let after = preview(&town, anna).await;
    for words in [
        "another account, Anna Atlassian at Customer account",
        "was refused (atlassian_account), since the address also has an Atlassian account",
        "/p/help refused (atlassian_account): Jira said",
    ] {
        assert!(after.says(words), "{words}: {}", after.words());
    }
    let page = after.link("What is known of them");
    assert!(page.path().starts_with("/admin/customers/"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_without_the_forms_token_shows_nothing() {
    let town = Town::new().await;
    let (browser, _) = town.administrator("/admin/preview").await;
    let fields = [("csrf", "wrong"), ("provider", "cognito"), ("claims", "{}")];
    let address = town.at("/admin/preview");
    for from in [Some(address.as_str()), Some("https://evil.test/"), None] {
        let page = browser.post(&address, &fields, from).await;
        assert!(
            matches!(page.status, 401 | 403),
            "{from:?}: {}",
            page.status
        );
    }
}
