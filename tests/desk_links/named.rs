//! Names and settings of a link: renamed with the old address kept, and what stands in the way.

use crate::support::{Town, arrived, reason};
use crate::{form, save, switch, typed, visit};

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
    let words = "Link help is renamed to hilfe; /p/help goes on leading there \
        Link hilfe → Aliases link.hilfe.aliases support support help Save";
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
async fn a_link_without_settings_is_said_to_be_renamed_both_ways() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/links/help").await;
    let rename = form(&page, "/admin/links/help/rename");
    let review = browser.submit(&rename, &[("name", "hilfe")]).await;
    let words = "Link help is renamed to hilfe; /p/help goes on leading there \
        Link hilfe → Aliases link.hilfe.aliases not set help Save";
    assert!(review.says(words), "{}", review.words());
    let page = save(&browser, &review).await;
    let back = browser.press(&page, "Take it back").await;
    assert!(
        back.says("Link hilfe is renamed back to help") && !back.says("loses all settings"),
        "{}",
        back.words()
    );
    let taken_back = browser.press(&back, "Save").await;
    assert!(taken_back.says("Taken back"), "{}", taken_back.words());
    let link = browser.open(&town.at("/admin/links/help")).await;
    assert_eq!(link.url.path(), "/admin/links/help");
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
