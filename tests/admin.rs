//! The admin desk: who gets in, and what it shows.

mod support;

use imitation::browser::{Browser, Page};
use support::{Town, reason};

async fn grace(town: &Town, path: &str) -> (Browser, Page) {
    let browser = Browser::new();
    let login = browser.open(&town.at(path)).await;
    let page = town.cognito.log_in(&browser, &login, "grace").await;
    (browser, page)
}

/// What the preview says of these claims.
async fn preview(town: &Town, claims: &str) -> Page {
    let (browser, form) = grace(town, "/admin/preview").await;
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
        let (_, page) = grace(&town, path).await;
        assert!(
            page.url.path().ends_with(path) && page.says(title),
            "{}",
            page.words()
        );
    }
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_gets_any_address_or_verb_of_the_desk() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    let session = browser.cookie("front-door").unwrap_or_default();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap_or_else(|error| panic!("{error}"));
    let before = town.events().await.len();
    let (mut asked, mut methods) = (0, ["GET", "POST", "PUT", "PATCH", "DELETE"].into_iter());
    for path in [
        "/admin",
        "/admin/preview",
        "/admin/audit",
        "/admin/audit/check",
        "/admin/audit/export.csv",
        "/admin/audit/export.jsonl",
        "/admin/none",
        "/admin/a/b?c=d",
    ] {
        for method in methods.clone() {
            let request = |cookie: &str| {
                client
                    .request(method.parse().unwrap_or_default(), town.at(path))
                    .header("Cookie", cookie.to_owned())
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .body("provider=cognito&claims={}&csrf=x")
                    .send()
            };
            let customer = request(&format!("front-door={session}")).await;
            assert_eq!(
                customer.map(|answer| answer.status().as_u16()).ok(),
                Some(403),
                "{method} {path}"
            );
            let stranger = request("front-door=none").await;
            assert_eq!(
                stranger.map(|answer| answer.status().as_u16()).ok(),
                Some(401),
                "{method} {path}"
            );
            asked += 1;
        }
    }
    assert_eq!(methods.next(), Some("GET"));
    let refused = town.events().await.split_off(before);
    assert_eq!(refused, vec!["refused"; asked], "each is in the trail");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_gets_404_where_there_is_no_page() {
    let town = Town::new().await;
    let (_, page) = grace(&town, "/admin/none").await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("not_found"), 404)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_says_how_everything_does_and_where_the_links_lead() {
    let town = Town::new().await;
    let (_, page) = grace(&town, "/admin").await;
    for words in [
        "Store well",
        "Identity provider cognito well",
        "/p/help",
        "hand-over saml",
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
                "let in",
                "find the customer of this address at Jira, or create it",
                "add the customer to the organization Acme GmbH, made if need be",
            ],
        ),
        (
            r#"{"email":"new@acme.example","email_verified":"true"}"#,
            vec![
                "refused (group_required): none of the groups that every link asks for (access.groups)",
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
        ("no json", vec!["This is not a JSON object"]),
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
async fn a_preview_without_the_forms_token_shows_nothing() {
    let town = Town::new().await;
    let (browser, _) = grace(&town, "/admin/preview").await;
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
