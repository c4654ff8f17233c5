//! Who may come in, end to end: signing in proves who somebody is, and every link asks again whether they may come there.

mod support;

use std::time::Duration;

use imitation::browser::{Browser, Page};
use serde_json::Value;
use support::people::{grace, signs_in};
use support::{Town, arrived, reason, told};

/// The events of this name in the audit trail.
async fn events(town: &Town, name: &str) -> Vec<Value> {
    let mut trail = town.trail().await;
    trail.retain(|event| event["event"] == name);
    trail
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_again_and_again_is_recorded_once_in_ten_minutes() {
    let bill = "[default.link.bill]\nservice_desk = \"BILL\"\naccess = \"private\"\ngroups = [\"billing\"]\n";
    let town = Town::with(bill).await;
    let (ada, _) = signs_in(&town, "ada").await;
    let loads = async |times: u32| {
        for _ in 0..times {
            let page = ada.open(&town.at("/p/bill")).await;
            assert_eq!(told(&page), (Some("group_required".to_owned()), 403));
        }
    };
    loads(20).await;
    assert_eq!(events(&town, "refused").await.len(), 1);
    town.arrive(&Browser::new(), "/p/bill", "charles").await;
    assert_eq!(events(&town, "refused").await.len(), 2, "another person");
    town.advance(Duration::from_mins(11));
    loads(2).await;
    assert_eq!(events(&town, "refused").await.len(), 3, "ten minutes later");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_the_portal_again_and_again_is_recorded_once_too() {
    let town = Town::replacing(
        "[default.access]",
        "[default.access]\ngroups = [\"nobody\"]",
    )
    .await;
    let (ada, portal) = (Browser::new(), town.atlassian.login_url("portal"));
    let login = ada.open(&portal).await;
    town.cognito.log_in(&ada, &login, "ada").await;
    for _ in 0..3 {
        assert_eq!(ada.open(&portal).await.status, 403);
    }
    assert_eq!(events(&town, "refused").await.len(), 1);
}

/// Somebody asks for the portal without a link.
async fn by_the_portal(town: &Town, username: &str) -> Page {
    let browser = Browser::new();
    let login = browser.open(&town.atlassian.login_url("portal")).await;
    town.cognito.log_in(&browser, &login, username).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_by_every_link_for_one_reason_is_told_it_at_the_portal_too() {
    for (rule, who, expected) in [
        (
            "networks = [\"203.0.113.0/24\"]",
            "ada",
            "network_not_allowed",
        ),
        ("domains = [\"acme.example\"]", "ada", "domain_not_allowed"),
        ("groups = [\"nobody\"]", "ada", "group_required"),
        (
            "claims = { department = \"sales\" }",
            "ada",
            "claim_required",
        ),
    ] {
        let access = format!("[default.access]\n{rule}\n");
        let town = Town::replacing("[default.access]", &access).await;
        let page = by_the_portal(&town, who).await;
        let told_so = (Some(expected.to_owned()), 403);
        assert_eq!(told(&page), told_so, "{rule}: {}", page.words());
        let refusals = events(&town, "refused").await;
        assert_eq!(refusals[0]["reason"], expected);
        let grace = grace(&town).await;
        let reference = page.attribute("data-reference").unwrap_or_default();
        let trace = town.at(&format!("/admin/trace?reference={reference}"));
        let trace = grace.open(&trace).await;
        for step in ["link help: no: ", "link bill: no: "] {
            assert!(trace.says(step), "{rule}: {}", trace.words());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_by_every_link_for_different_reasons_is_told_that_none_is_open() {
    let links = ["HELP", "BILL", "HR"].map(|key| {
        let rule = match key {
            "HELP" => "groups = [\"staff\"]",
            _ => "organizations = [\"Friends\"]",
        };
        let slug = key.to_lowercase();
        format!("[default.link.{slug}]\nservice_desk = \"{key}\"\naccess = \"private\"\n{rule}\n")
    });
    let friends = "[[default.organization]]\nname = \"Friends\"\ngroups = [\"friends\"]\n";
    let town = Town::with(&format!("{}{friends}", links.concat())).await;
    let page = by_the_portal(&town, "ada").await;
    assert_eq!(told(&page), (Some("not_allowed".to_owned()), 403));
    assert!(
        page.says("No portal here is open to you"),
        "{}",
        page.words()
    );
    assert!(!page.says("what was sent"), "{}", page.words());
    let grace = grace(&town).await;
    let reference = page.attribute("data-reference").unwrap_or_default();
    let trace = town.at(&format!("/admin/trace?reference={reference}"));
    let trace = grace.open(&trace).await;
    for said in [
        "link help: no: none of the groups of this private link",
        "link hr: no: none of the organizations of this private link",
        "Every link that is on says no to them",
    ] {
        assert!(trace.says(said), "{said}: {}", trace.words());
    }
    assert!(!trace.says("form was stale"), "{}", trace.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_at_a_link_is_signed_in_recorded_and_nobody_in_jsm() {
    let town = Town::new().await;
    let browser = Browser::new();
    let page = town.arrive(&browser, "/p/help", "boris").await;
    assert_eq!(told(&page), (Some("domain_not_allowed".to_owned()), 403));
    assert!(
        town.atlassian
            .accounts()
            .iter()
            .all(|account| account.email != "boris@blocked.example")
    );
    let refusals = events(&town, "refused").await;
    assert_eq!(refusals.len(), 1);
    let refusal = &refusals[0];
    assert_eq!(refusal["reason"], "domain_not_allowed");
    assert_eq!(refusal["link"], "help");
    assert_eq!(refusal["email"], "boris@blocked.example");
    assert_eq!(
        refusal["reference"].as_str(),
        page.attribute("data-reference").as_deref(),
        "the page and the trail share the reference"
    );
    assert!(
        browser
            .open(&town.at("/me"))
            .await
            .says("boris@blocked.example")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_link_waives_domains_groups_and_claims_but_not_the_verified_address() {
    let town = Town::replacing("[default.access]", "[default.link.bill]\nservice_desk = \"BILL\"\naccess = \"public\"\n\n[default.access]\ndomains = [\"acme.example\"]\ngroups = [\"billing\"]\nclaims = { \"custom:tier\" = \"gold\" }").await;
    let page = town.arrive(&Browser::new(), "/p/bill", "ada").await;
    arrived(&page, "ada@customer.example");
    for (path, username, expected) in [
        ("/p/help", "ada", "domain_not_allowed"),
        ("/p/help", "charles", "group_required"),
        ("/p/help", "mary", "claim_required"),
        ("/p/bill", "ulf", "email_unverified"),
        ("/p/bill", "boris", "domain_not_allowed"),
    ] {
        let page = town.arrive(&Browser::new(), path, username).await;
        assert_eq!(
            told(&page),
            (Some(expected.to_owned()), 403),
            "{username} at {path}"
        );
    }
    assert_eq!(town.atlassian.customers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_say_which_domains_are_throw_away_ones_and_which_are_not() {
    let town = Town::replacing(
        "[default.access]",
        "[default.access]\ndisposable_domains = [\"acme.example\"]\nnot_disposable = [\"mailinator.com\"]",
    )
    .await;
    let (known, other) = ("tom@mailinator.com", "eve@guerrillamail.com");
    for (username, email) in [("tom", known), ("eve", other)] {
        let person = imitation::cognito::Person::new(username, "A", "B", email);
        town.cognito.add_person(person);
    }
    arrived(&town.arrive(&Browser::new(), "/p/help", "tom").await, known);
    for username in ["charles", "eve"] {
        let page = town.arrive(&Browser::new(), "/p/help", username).await;
        assert_eq!(told(&page), (Some("domain_not_allowed".to_owned()), 403));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_new_is_made_a_customer_those_of_jsm_come_in() {
    let town = Town::replacing(
        "[default.access]",
        "[default.access]\ncreate_customers = \"never\"",
    )
    .await;
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert_eq!(told(&page), (Some("not_allowed".to_owned()), 403));
    assert!(town.atlassian.customers().is_empty());
    let account = imitation::atlassian::Account::customer("ada@customer.example", "Ada");
    town.atlassian.add_account(account);
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_outside_the_allowed_domains_is_signed_in_all_the_same() {
    let town = Town::replacing(
        "[default.access]",
        "[default.access]\ndomains = [\"customer.example\"]",
    )
    .await;
    let browser = Browser::new();
    let login = browser.open(&town.at("/login")).await;
    let home = town.cognito.log_in(&browser, &login, "grace").await;
    assert_eq!(
        (home.status, reason(&home)),
        (200, None),
        "{}",
        home.words()
    );
    let page = browser.open(&town.at("/p/help")).await;
    assert_eq!(told(&page), (Some("domain_not_allowed".to_owned()), 403));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_from_an_open_link_does_not_walk_into_a_private_one() {
    let town = Town::with(
        "[default.link.bill]\nservice_desk = \"BILL\"\naccess = \"private\"\ngroups = [\"billing\"]\n",
    )
    .await;
    let browser = Browser::new();
    let page = town.arrive(&browser, "/p/help", "charles").await;
    arrived(&page, "charles@acme.example");
    let page = browser.open(&town.at("/p/bill")).await;
    assert_eq!(told(&page), (Some("group_required".to_owned()), 403));
    assert!(town.atlassian.members("BILL").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_with_an_atlassian_account_is_told_and_led_to_the_portal() {
    let town = Town::new().await;
    let page = town.arrive(&Browser::new(), "/p/help", "anna").await;
    assert_eq!(told(&page), (Some("atlassian_account".to_owned()), 409));
    assert!(
        page.links()
            .iter()
            .any(|link| link.url.as_str().starts_with(&town.atlassian.site()))
    );
    assert_eq!(events(&town, "atlassian_account_found").await.len(), 1);
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_from_elsewhere_is_refused_and_comes_in_from_the_office() {
    let mut town =
        Town::replacing("link_new", "trusted_proxies = [\"127.0.0.0/8\"]\nlink_new").await;
    let rules = "[default.access]\nnetworks = [\"203.0.113.0/24\"]";
    town.settings = town.settings.replace("[default.access]", rules);
    town.reopen_with("").await;
    for (client, is_in) in [("198.51.100.9", false), ("203.0.113.9", true)] {
        let browser = Browser::new().with_header("X-Forwarded-For", client);
        let page = town.arrive(&browser, "/p/help", "ada").await;
        if is_in {
            arrived(&page, "ada@customer.example");
        } else {
            assert_eq!(told(&page), (Some("network_not_allowed".to_owned()), 403));
            let home = browser.open(&town.at("/")).await;
            assert!(
                home.says("There is no portal that you can open"),
                "{}",
                home.words()
            );
        }
    }
    let refusals = events(&town, "refused").await;
    assert_eq!(refusals.len(), 1);
    assert_eq!(refusals[0]["reason"], "network_not_allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_outside_the_hours_is_refused_until_they_begin() {
    // Two days from now, so that no test ever begins within them.
    let clock = front_door::clock::Clock::system();
    let today = clock.now().to_zoned(jiff::tz::TimeZone::UTC).weekday();
    let day = |ahead: i64| {
        let day = format!("{:?}", today.wrapping_add(ahead));
        day[..3].to_owned()
    };
    let hours = format!("{}-{} 00:00-24:00 UTC", day(2), day(4));
    let town = Town::replacing(
        "[default.access]",
        &format!("[default.access]\nhours = \"{hours}\""),
    )
    .await;
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert_eq!(told(&page), (Some("outside_hours".to_owned()), 403));
    assert!(town.atlassian.members("HELP").is_empty());
    town.advance(std::time::Duration::from_hours(72));
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_says_which_rule_refused_and_what_it_asked_for() {
    let rules = "[default.access]\ndomains = [\"acme.example\", \"research.example\"]\ndisposable_domains = [\"research.example\"]\nclaims = { \"custom:tier\" = \"gold\" }";
    let town = Town::replacing("[default.access]", rules).await;
    for (username, email) in [
        ("rita", "rita@research.example"),
        ("eve", "eve@mailinator.com"),
    ] {
        let person = imitation::cognito::Person::new(username, "A", "B", email);
        town.cognito.add_person(person);
    }
    for (username, rule, words) in [
        ("boris", "access.blocked_domains", "blocked.example"),
        ("rita", "access.disposable_domains", "research.example"),
        ("eve", "access.disposable", "mailinator.com"),
        ("ada", "access.domains", "acme.example, research.example"),
        (
            "charles",
            "access.claims",
            "custom:tier is absent or not “gold”",
        ),
    ] {
        town.arrive(&Browser::new(), "/p/help", username).await;
        let refused = events(&town, "refused").await;
        let changes = &refused.last().unwrap()["changes"];
        assert_eq!(changes["rule"], rule, "{username}");
        assert!(
            changes["why"].as_str().unwrap().contains(words),
            "{changes}"
        );
    }
}
