//! Every link is found, and told of, with what there is to copy.

use imitation::atlassian::ServiceDesk;

use crate::support::{Town, reason};
use crate::visit;

#[tokio::test(flavor = "multi_thread")]
async fn the_list_tells_of_every_service_desk_what_there_is_to_know() {
    let town = Town::new().await;
    let (_, page) = town.administrator("/admin/links").await;
    let portal = town.atlassian.desk("HELP").portal_id;
    for words in [
        "3 links",
        "Help Desk HELP",
        "for everybody who passes the page Access; they arrive signed in",
        "0 let in, 0 refused last used: never",
        "Switch off",
    ] {
        assert!(page.says(words), "{words}: {}", page.words());
    }
    for in_it in [
        format!("readonly value=\"{}\"", town.at("/p/help")),
        "src=\"/static/".to_owned(),
        format!("/servicedesk/customer/portal/{portal}\""),
    ] {
        assert!(page.text.contains(&in_it), "{in_it}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn that_every_link_was_closed_on_purpose_is_said_wherever_links_are() {
    let town = Town::replacing("link_new", "links_closed = true\nlink_new").await;
    let (browser, _) = town.administrator("/admin").await;
    for path in ["/admin", "/admin/links", "/admin/links/help"] {
        let page = browser.open(&town.at(path)).await;
        for words in ["Nobody can come in", "closed, as all links are"] {
            assert!(page.says(words), "{path}: {}", page.words());
        }
        assert!(page.text.contains("/admin/settings#links_closed"), "{path}");
        for wrong in ["Switch on", "Yes.", "saved settings cannot be used"] {
            assert!(!page.says(wrong), "{wrong} at {path}");
        }
    }
    let form = browser.open(&town.at("/admin/preview")).await;
    let page = browser.submit(&form.form_with("claims"), &[]).await;
    assert!(page.says("Nobody can come in"), "{}", page.words());
    assert!(!page.says("No link is on."), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_without_a_link_is_not_found() {
    let town = Town::new().await;
    let (browser, _) = town.administrator("/admin/links").await;
    for path in ["nobody", "UPPER!", "nobody/qr.svg", "help/other"] {
        let page = browser
            .open(&town.at(&format!("/admin/links/{path}")))
            .await;
        let found = (reason(&page), page.status);
        assert_eq!(found, (Some("not_found".to_owned()), 404), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_whose_service_desk_is_not_found_says_so() {
    let town = Town::with("[default.link.lost]\nservice_desk = \"LOST\"\n").await;
    let (browser, page) = town.administrator("/admin/links?state=gone").await;
    assert!(
        page.says("1 of 4 links") && page.says("Something to look at"),
        "{}",
        page.words()
    );
    let page = browser.open(&town.at("/admin/links/lost")).await;
    assert!(
        page.says("no service desk with the project key LOST is seen"),
        "{}",
        page.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_hands_over_to_nobody_says_so() {
    let town = Town::replacing(
        "[default.saml.service_provider.portal]\nkind = \"portal-only\"",
        "[default.saml.service_provider.portal]\nproviders = [\"cognito\"]\nkind = \"other\"",
    )
    .await;
    let (_, page) = town.administrator("/admin/links/help").await;
    assert!(
        page.says("no service provider of the kind portal-only"),
        "{}",
        page.words()
    );
    let town = Town::new().await;
    let (_, page) = town.administrator("/admin/links/help").await;
    assert!(!page.says("no service provider of the kind portal-only"));
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_and_refusals_are_counted_under_every_name_of_a_link() {
    let town =
        Town::with("[default.link.help]\nservice_desk = \"HELP\"\naliases = [\"support\"]\n").await;
    visit(&town, "/p/help", "ada").await;
    visit(&town, "/p/support", "charles").await;
    visit(&town, "/p/help", "boris").await;
    let (browser, mut page) = town.administrator("/admin/links/help").await;
    while !page.says("2 let in, 1 refused") {
        // Events of every day are written a moment later.
        page = browser.open(&town.at("/admin/links/help")).await;
    }
    assert!(!page.says("Last used never"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_links_are_searched_and_paged() {
    let mut town = Town::new().await;
    town.close().await;
    town.atlassian.set_page_cap(50);
    for n in 0..300 {
        let desk = ServiceDesk::new(
            1_000 + n,
            5_000 + n,
            &format!("D{n}"),
            &format!("Desk {n:03}"),
        );
        town.atlassian.add_desk(desk);
    }
    town.open().await;
    let (browser, mut page) = town.administrator("/admin/links").await;
    while !page.says("303 links, page 1 of 7") {
        page = browser.open(&town.at("/admin/links")).await;
    }
    let mut seen = 0;
    loop {
        seen += page.text.matches("data-label=\"Service desk\"").count();
        if !page.says("Next page") {
            break;
        }
        page = browser.click(&page, "Next page").await;
    }
    assert_eq!(seen, 303);
    for (query, expected) in [
        ("search=desk+29", "10 of 303 links."),
        ("search=D299", "1 of 303 links."),
        ("search=%20billing%20", "1 of 303 links."),
        ("search=%3Cscript%3E", "None of the 303 links is like that"),
        ("state=off", "None of the 303 links is like that"),
        ("state=on&page=99", "303 links, page 7 of 7"),
        ("page=x", "303 links, page 1 of 7"),
    ] {
        let page = browser
            .open(&town.at(&format!("/admin/links?{query}")))
            .await;
        assert!(page.says(expected), "{query}: {}", page.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sentence_for_mails_holds_the_link() {
    let town = Town::new().await;
    let (_, page) = town.administrator("/admin/links/help").await;
    let plain = format!("sign in to Help Desk: {}", town.at("/p/help"));
    assert!(page.says(&plain), "{}", page.words());
    let html = format!("<a href=\"{}\">Help Desk</a>", town.at("/p/help"));
    assert!(page.words().contains(&html), "{}", page.words());
}
