//! Links in the desk: found, copied, switched, renamed, tried as a pilot; and what stands in the way.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read what it asked for has failed"
)]

mod support;

use std::time::Duration;

use imitation::atlassian::ServiceDesk;
use imitation::browser::{Browser, Form, Page};
use support::{Town, arrived, reason};

/// The form that posts to this path.
fn form(page: &Page, path: &str) -> Form {
    let mut forms = page.forms().into_iter();
    let found = forms.find(|form| form.action.path() == path);
    found.unwrap_or_else(|| panic!("no form to {path}: {}", page.words()))
}

/// Presses one of the switches of a link and goes on to the review.
async fn switch(browser: &Browser, page: &Page, slug: &str, set: &str) -> Page {
    let form = form(page, &format!("/admin/links/{slug}/switch"));
    let offered = form.buttons.iter().any(|button| button.value == set);
    assert!(offered, "{set} is not offered at {slug}: {}", page.words());
    browser.submit(&form, &[("set", set)]).await
}

/// Types into the settings of a link and goes on to the review.
async fn typed(browser: &Browser, page: &Page, fields: &[(&str, &str)]) -> Page {
    browser.submit(&page.form_with("aliases"), fields).await
}

async fn save(browser: &Browser, review: &Page) -> Page {
    let page = browser.press(review, "Save").await;
    assert!(page.says("Saved, and in effect."), "{}", page.words());
    page
}

/// What becomes of somebody who opens this address and logs in.
async fn visit(town: &Town, path: &str, username: &str) -> Page {
    town.arrive(&Browser::new(), path, username).await
}

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
async fn a_rename_keeps_the_old_address_and_everything_that_was_said_of_the_link() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/links/help").await;
    let fields = [
        ("access", "private"),
        ("groups", "acme"),
        ("aliases", "support"),
    ];
    let review = typed(&browser, &page, &fields).await;
    let page = save(&browser, &review).await;
    let rename = form(&page, "/admin/links/help/rename");
    let review = browser.submit(&rename, &[("name", "hilfe")]).await;
    let words = "Link help is renamed to hilfe, with all its settings \
        Link hilfe → Aliases link.hilfe.aliases not set support help Save";
    assert!(review.says(words), "{}", review.words());
    let back = browser.click(&review, "Go back without saving").await;
    let kept = form(&back, "/admin/links/help/rename");
    assert_eq!(kept.field("name"), Some("hilfe"));
    assert_eq!(back.form_with("groups").field("groups"), Some("acme"));
    let page = save(&browser, &review).await;
    assert_eq!(page.url.path(), "/admin/links/hilfe");
    for path in ["/p/hilfe", "/p/help", "/p/support"] {
        arrived(&visit(&town, path, "charles").await, "charles@acme.example");
        let refused = visit(&town, path, "ada").await;
        assert_eq!(
            reason(&refused).as_deref(),
            Some("group_required"),
            "{path}"
        );
    }
    let rename = form(&page, "/admin/links/hilfe/rename");
    let review = browser.submit(&rename, &[("name", "help")]).await;
    save(&browser, &review).await;
    arrived(
        &visit(&town, "/p/hilfe", "charles").await,
        "charles@acme.example",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_or_none_stands_at_its_field() {
    let town =
        Town::with("[default.link.people]\nservice_desk = \"HR\"\naliases = [\"staff\"]\n").await;
    let (browser, page) = town.administrator("/admin/links/help").await;
    let rename = form(&page, "/admin/links/help/rename");
    for (name, expected) in [
        ("bill", "The name leads to Billing (BILL) already"),
        (
            "people",
            "The name leads to People and Workplace (HR) already",
        ),
        (
            "staff",
            "The name leads to People and Workplace (HR) already",
        ),
        ("hr", "The name leads to People and Workplace (HR) already"),
        ("help", "The name is the one that it has"),
        ("Hilfe!", "The name must be 1 to 60 lower-case letters"),
        ("<b>", "The name must be 1 to 60 lower-case letters"),
    ] {
        let again = browser.submit(&rename, &[("name", name)]).await;
        assert!(again.says(expected), "{name}: {}", again.words());
        let kept = form(&again, "/admin/links/help/rename");
        assert_eq!(kept.field("name"), Some(name));
    }
    for (alias, expected) in [
        (
            "bill",
            "Aliases holds bill, which leads to Billing (BILL) already",
        ),
        (
            "staff",
            "Aliases holds staff, which leads to People and Workplace (HR) already",
        ),
        (
            "people",
            "Aliases holds people, which leads to People and Workplace (HR) already",
        ),
        ("help", "Aliases holds help, which is a link's own name"),
        ("no name!", "Aliases item 1 must be 1 to 60"),
    ] {
        let again = typed(&browser, &page, &[("aliases", alias)]).await;
        assert!(again.says(expected), "{alias}: {}", again.words());
        let kept = again.form_with("aliases");
        assert_eq!(kept.field("aliases"), Some(alias));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_of_a_link_that_is_gone_can_lead_elsewhere() {
    let mut town = Town::new().await;
    town.close().await;
    town.atlassian.remove_desk("BILL");
    town.open().await;
    let (browser, mut page) = town.administrator("/admin/links/bill").await;
    while !page.says("State gone") {
        // It is missed within moments.
        page = browser.open(&town.at("/admin/links/bill")).await;
    }
    assert!(page.says("Nothing to switch"), "{}", page.words());
    let page = browser.open(&town.at("/admin/links/help")).await;
    let review = typed(&browser, &page, &[("aliases", "bill")]).await;
    save(&browser, &review).await;
    let page = visit(&town, "/p/bill", "ada").await;
    arrived(&page, "ada@customer.example");
    let page = browser.open(&town.at("/admin/links/bill")).await;
    assert_eq!(page.url.path(), "/admin/links/help");
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_of_a_policy_stand_at_their_fields() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/links/help").await;
    for (fields, expected) in [
        (
            [("access", "private"), ("groups", "")],
            "Access is private, but no groups or organizations are named",
        ),
        (
            [("access", "default"), ("groups", "acme")],
            "Access must be \"private\" where groups or organizations are named",
        ),
        (
            [("access", "private"), ("groups", "okta:x")],
            "Groups item 1 names no provider",
        ),
        (
            [("hand_over", "hosted"), ("groups", "")],
            "Hand-over is not in this version yet",
        ),
    ] {
        let again = typed(&browser, &page, &fields).await;
        assert!(again.says(expected), "{}", again.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_of_a_file_is_locked_with_its_file_and_nothing_that_is_posted_counts() {
    let town = Town::with("[default.link.hilfe]\nservice_desk = \"HELP\"\nenabled = true\n").await;
    let (browser, page) = town.administrator("/admin/links/hilfe").await;
    assert!(page.says("This link is set by line"), "{}", page.words());
    assert!(page.says("On or off: Set by line"), "{}", page.words());
    let nothing = typed(&browser, &page, &[("enabled", "false")]).await;
    assert!(nothing.says("Nothing would change"), "{}", nothing.words());
    let switches = form(&page, "/admin/links/hilfe/switch");
    let refused = browser.submit(&switches, &[("set", "off")]).await;
    assert_eq!(reason(&refused).as_deref(), Some("conflict"));
    let rename = [("name", "other"), ("csrf", switches.field("csrf").unwrap())];
    let address = town.at("/admin/links/hilfe/rename");
    let refused = browser.post(&address, &rename, Some(&address)).await;
    assert!(
        refused.says("so it is renamed there"),
        "{}",
        refused.words()
    );
    let review = switch(&browser, &page, "hilfe", "pilot").await;
    let page = save(&browser, &review).await;
    assert!(
        page.says("This link is a pilot"),
        "what the file leaves open: {}",
        page.words()
    );
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
async fn the_qr_code_leads_to_the_link_and_has_its_quiet_zone() {
    let town = Town::new().await;
    let (browser, _) = town.administrator("/admin/links").await;
    let svg = browser.open(&town.at("/admin/links/help/qr.svg")).await;
    assert_eq!(svg.header("content-type"), Some("image/svg+xml"));
    let (modules, width) = modules(&svg.text);
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, width, |x, y| {
        if modules[y * width + x] { 0 } else { 255 }
    });
    let grids = picture.detect_grids();
    let (_, content) = grids[0].decode().unwrap();
    assert_eq!(content, town.at("/p/help"));
    let quiet = |nth: usize| (0..width).all(|x| !modules[nth * width + x]);
    let module = (0..width).find(|nth| !quiet(*nth)).unwrap() / 4;
    assert!(module > 0 && quiet(4 * module - 1) && quiet(width - 4 * module));
}

/// The pixels of the SVG: a white ground, and a path of squares `Mx,yhwvhh-wz`.
fn modules(svg: &str) -> (Vec<bool>, usize) {
    let between = |text: &str, from: &str, to: &str| {
        let rest = text.split_once(from).unwrap().1;
        rest.split_once(to).unwrap().0.to_owned()
    };
    let width: usize = between(svg, "viewBox=\"0 0 ", " ").parse().unwrap();
    let mut pixels = vec![false; width * width];
    let path = between(svg, " d=\"", "\"");
    for square in path.split('M').filter(|square| !square.is_empty()) {
        let numbers: Vec<usize> = square
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|number| number.parse().ok())
            .collect();
        let [x, y, wide, high, ..] = numbers[..] else {
            panic!("{square}")
        };
        for row in y..y + high {
            pixels[row * width + x..row * width + x + wide].fill(true);
        }
    }
    (pixels, width)
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
