//! Where people begin and where they end up: the start page or the login, the link of `home.land`, and one switch that closes every link.

mod support;

use std::time::Duration;

use imitation::browser::{Browser, Page};
use support::{Town, arrived, at_portal, reason};

/// A town whose top settings begin with these.
async fn town_with_top(top: &str, more: &str) -> Town {
    let mut town = Town::with(more).await;
    town.close().await;
    town.settings = town
        .settings
        .replace("link_new", &format!("{top}\nlink_new"));
    town.open().await;
    town.wait_until_links_are_read().await;
    town
}

fn is_closed(page: &Page) -> bool {
    (reason(page).as_deref(), page.status) == (Some("link_off"), 410)
}

fn is_login(town: &Town, page: &Page) -> bool {
    page.url.as_str().starts_with(&town.cognito.base())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_without_a_link_ends_at_the_link_of_home_land() {
    let town = Town::with("[default.home]\nland = \"help\"").await;
    for path in ["/login", "/login?to=/"] {
        let page = town.arrive(&Browser::new(), path, "ada").await;
        arrived(&page, "ada@customer.example");
        let portal = &town.atlassian.desk("HELP").portal_id;
        let at = at_portal(&page).1.unwrap_or_default();
        assert!(at.ends_with(&format!("/portal/{portal}")), "{at}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_for_a_page_ends_at_that_page_and_home_stays_home() {
    let town = Town::with("[default.home]\nland = \"help\"").await;
    let browser = Browser::new();
    for (path, end) in [("/me", "/me"), ("/?address=x", "/")] {
        let login = browser.open(&town.at(&format!("/login?to={path}"))).await;
        let page = town.cognito.log_in(&browser, &login, "ada").await;
        assert_eq!(page.url.path(), end);
        browser.forget_cookies("");
    }
    town.arrive(&browser, "/p/help", "ada").await;
    assert!(browser.open(&town.at("/")).await.says("Your portals"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_open_the_landing_link_lands_at_home() {
    let private = "[default.home]\nland = \"hilfe\"\n[default.link.hilfe]\nservice_desk = \"HELP\"\naccess = \"private\"\ngroups = [\"acme\"]";
    let off = "[default.home]\nland = \"hilfe\"\n[default.link.hilfe]\nservice_desk = \"HELP\"\nenabled = false";
    let unknown = "[default.home]\nland = \"nobody\"";
    for settings in [private, off, unknown] {
        let town = Town::with(settings).await;
        let browser = Browser::new();
        let login = browser.open(&town.at("/login")).await;
        let page = town.cognito.log_in(&browser, &login, "ada").await;
        assert!(
            page.status == 200 && page.says("Your portals"),
            "{}",
            page.words()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_one_provider_home_may_go_straight_to_the_login() {
    let town = Town::with("[default.home]\nwelcome = \"login\"").await;
    let page = Browser::new().open(&town.at("/")).await;
    assert!(is_login(&town, &page), "{}", page.url);
    let pasted = Browser::new();
    let login = pasted.open(&town.at("/?address=x%2Fy")).await;
    let home = town.cognito.log_in(&pasted, &login, "ada").await;
    assert_eq!(home.url.query(), Some("address=x%2Fy"), "nothing is lost");
    let program = Browser::new().fetch(&town.at("/")).await;
    assert_eq!(program.status, 401, "{}", program.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_several_providers_home_asks_which() {
    let second = "[default.home]\nwelcome = \"login\"\n[default.provider.two]\nissuer = \"http://127.0.0.1:1\"\nclient_id = \"2\"\nemail_domains = [\"two.example\"]";
    let town = Town::with(second).await;
    let page = Browser::new().open(&town.at("/")).await;
    assert!(
        page.says("Sign in with Customer account"),
        "{}",
        page.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_switch_closes_every_link_and_says_why() {
    let own = "[default.texts.en]\nlinks_closed = \"We move house until Monday.\"\nlink_off = \"This one is off.\"";
    let town = town_with_top("links_closed = true", own).await;
    for path in ["/p/help", "/p/bill", "/p/help/requests"] {
        let page = Browser::new().open(&town.at(path)).await;
        assert!(is_closed(&page), "{path}: {}", page.words());
        assert!(
            page.says("The portals are closed at the moment"),
            "{}",
            page.words()
        );
        assert!(page.says("We move house until Monday."), "{}", page.words());
    }
    let german = Browser::new().with_header("Accept-Language", "de");
    let page = german.open(&town.at("/p/help")).await;
    assert!(page.says("Der Helpdesk hat vorübergehend alle seine Portale geschlossen."));
    let unknown = Browser::new().open(&town.at("/p/nobody")).await;
    assert_eq!(reason(&unknown).as_deref(), Some("link_unknown"));
    assert!(town.provider_heard_of_nobody() && town.atlassian_heard_of_nobody());
    let browser = Browser::new();
    let login = browser.open(&town.at("/login")).await;
    let home = town.cognito.log_in(&browser, &login, "ada").await;
    assert!(home.says("We move house until Monday."), "{}", home.words());
    assert!(home.says("There is no portal"), "{}", home.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_an_assertion_for_the_portal_while_every_link_is_closed() {
    let mut town = Town::new().await;
    let browser = Browser::new();
    let page = town.arrive(&browser, "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    town.close().await;
    town.settings = town
        .settings
        .replace("link_new", "links_closed = true\nlink_new");
    town.open().await;
    town.wait_until_links_are_read().await;
    town.advance(Duration::from_secs(16));
    browser.forget_cookies("customer.account");
    let page = browser.open(&town.atlassian.login_url("portal")).await;
    assert!(is_closed(&page), "{}: {}", page.url, page.words());
    let told = town.trail().await;
    let last = told
        .last()
        .map(|event| (event["event"].clone(), event["reason"].clone()));
    assert_eq!(last, Some(("refused".into(), "link_off".into())));
    assert!(
        !told
            .iter()
            .rev()
            .take(1)
            .any(|event| event["event"] == "assertion_sent")
    );
}
