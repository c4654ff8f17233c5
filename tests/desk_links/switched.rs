//! Links switched on and off, tried as pilots, enforced and set back.

use std::time::Duration;

use imitation::atlassian::ServiceDesk;
use imitation::browser::{Browser, Form};

use crate::support::{Town, arrived, reason};
use crate::{form, save, switch, typed, visit};

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_switched_off_and_on_with_one_click_and_a_look() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/links?search=desk").await;
    let review = switch(&browser, &page, "help", "off").await;
    assert!(
        review.says("Link help → Link link.help.enabled not set Off: whoever opens it"),
        "{}",
        review.words()
    );
    let page = save(&browser, &review).await;
    assert!(page.url.query().unwrap().starts_with("search=desk&"));
    let refused = Browser::new().open(&town.at("/p/help")).await;
    assert_eq!(reason(&refused).as_deref(), Some("link_off"));
    let review = switch(&browser, &page, "help", "on").await;
    save(&browser, &review).await;
    arrived(
        &visit(&town, "/p/help", "ada").await,
        "ada@customer.example",
    );
    let trail = town.trail().await;
    let changed = trail
        .iter()
        .filter(|event| event["event"] == "link_changed" && event["link"] == "help");
    assert_eq!(changed.count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_leads_back_to_a_page_of_ours_and_nowhere_else() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/links").await;
    let form = form(&page, "/admin/links/help/switch");
    for (from, expected) in [
        ("https://evil.test/", "/admin/links/help"),
        ("//evil.test/admin", "/admin/links/help"),
        ("/setup/links/../../x", "/admin/links/help"),
        ("/setup/links?page=2", "/setup/links"),
        ("/admin/links?page=2", "/admin/links"),
    ] {
        let fields = [("set", "off"), ("from", from)];
        let review = browser.submit(&form, &fields).await;
        let back = review.link("Go back without saving");
        assert_eq!(back.path(), expected, "{from}");
        assert!(back.as_str().starts_with(&town.public_url), "{from}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_nobody_named_stays_off_until_it_is_switched_on() {
    let mut town = Town::replacing("link_new = \"on\"", "link_new = \"off\"").await;
    town.close().await;
    town.atlassian
        .add_desk(ServiceDesk::new(9, 12, "NEW", "New Desk"));
    town.open().await;
    let (browser, mut page) = town.administrator("/admin/links/new").await;
    while page.status == 404 {
        // It is seen within moments.
        page = browser.open(&town.at("/admin/links/new")).await;
    }
    let nothing = typed(&browser, &page, &[]).await;
    assert!(nothing.says("Nothing would change"), "{}", nothing.words());
    let review = typed(&browser, &page, &[("aliases", "fresh")]).await;
    let page = save(&browser, &review).await;
    for path in ["/p/new", "/p/fresh"] {
        let still = Browser::new().open(&town.at(path)).await;
        assert_eq!(reason(&still).as_deref(), Some("link_off"), "{path}");
    }
    let review = switch(&browser, &page, "new", "on").await;
    save(&browser, &review).await;
    let page = visit(&town, "/p/fresh", "ada").await;
    arrived(&page, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pilot_lets_in_shows_who_would_have_been_refused_and_is_enforced_with_one_click() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/links/help").await;
    let fields = [
        ("access", "private"),
        ("groups", "acme"),
        ("enforce", "false"),
    ];
    let review = typed(&browser, &page, &fields).await;
    let page = save(&browser, &review).await;
    assert!(
        page.says("nobody would have been refused"),
        "{}",
        page.words()
    );
    for _ in 0..2 {
        arrived(
            &visit(&town, "/p/help", "ada").await,
            "ada@customer.example",
        );
        town.advance(Duration::from_mins(11));
    }
    arrived(
        &visit(&town, "/p/help", "charles").await,
        "charles@acme.example",
    );
    let page = browser.open(&town.at("/admin/links/help")).await;
    assert!(
        page.says("ada@customer.example in none of the groups that are asked for group_required 2"),
        "{}",
        page.words()
    );
    assert!(!page.says("charles@acme.example"), "{}", page.words());
    let page = switch(&browser, &page, "help", "enforce").await;
    let page = save(&browser, &page).await;
    let refused = visit(&town, "/p/help", "ada").await;
    assert_eq!(reason(&refused).as_deref(), Some("group_required"));
    let page = switch(&browser, &page, "help", "pilot").await;
    save(&browser, &page).await;
    arrived(
        &visit(&town, "/p/help", "ada").await,
        "ada@customer.example",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pilot_forgets_after_thirty_days() {
    let pilot = "[default.link.help]\nservice_desk = \"HELP\"\nenforce = false\n";
    let town = Town::with(pilot).await;
    visit(&town, "/p/help", "boris").await;
    let (_, page) = town.administrator("/admin/links/help").await;
    assert!(
        page.says("boris@blocked.example the mail domain may not come in domain_not_allowed 1"),
        "{}",
        page.words()
    );
    town.advance(Duration::from_hours(24 * 31));
    let (_, page) = town.administrator("/admin/links/help").await;
    assert!(!page.says("boris@"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_to_defaults_takes_away_what_was_saved() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/links/help").await;
    assert!(!page.says("Back to defaults"));
    let review = typed(
        &browser,
        &page,
        &[("access", "private"), ("groups", "acme")],
    )
    .await;
    save(&browser, &review).await;
    let rename = form(
        &browser.open(&town.at("/admin/links/help")).await,
        "/admin/links/help/rename",
    );
    let review = browser.submit(&rename, &[("name", "hilfe")]).await;
    let page = save(&browser, &review).await;
    let mut forms = page.forms().into_iter();
    let defaults = |form: &Form| form.buttons.iter().any(|button| button.value == "defaults");
    let reset = forms.find(defaults).unwrap();
    let review = browser.submit(&reset, &[("set", "defaults")]).await;
    assert!(
        review.says("Link hilfe loses all settings of its own")
            && review.says("Link hilfe → Groups link.hilfe.groups acme –"),
        "{}",
        review.words()
    );
    save(&browser, &review).await;
    arrived(
        &visit(&town, "/p/help", "ada").await,
        "ada@customer.example",
    );
}
