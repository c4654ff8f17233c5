//! What is changed at one front door counts at every other within five seconds: settings, links, keys, blocks, sessions, invitations.

use imitation::atlassian::ServiceDesk;
use imitation::browser::Browser;

use crate::houses::Houses;
use crate::support::people::{ADA, block, grace, page_of};
use crate::support::{Town, arrived, reason};

/// Runs a command in the town; it does what it should.
fn done(town: &Town, arguments: &[&str]) -> String {
    let (status, said, complaint) = town.command(arguments);
    assert_eq!(status, Some(0), "{arguments:?}: {said}{complaint}");
    said
}

/// What somebody is told at one of them who opens this.
async fn told(houses: &Houses, which: usize, path: &str) -> Option<String> {
    reason(&Browser::new().open_once(&houses.at(which, path)).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_and_links_count_everywhere() {
    let houses = Houses::of(3, str::to_owned).await;
    let town = &houses.town;
    let file = town.folder.path().join("import.toml");
    let said = "[default.branding]\nname = \"Acme Help\"\n[default.link.help]\nservice_desk = \"HELP\"\nenabled = false\n";
    std::fs::write(file, said).unwrap();
    done(town, &["import", "import.toml"]);
    houses
        .soon_at_all("the name", async |which| {
            let page = Browser::new().open(&houses.at(which, "/")).await;
            page.says("Acme Help")
        })
        .await;
    houses
        .soon_at_all("a link that is off", async |which| {
            told(&houses, which, "/p/help").await.as_deref() == Some("link_off")
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn service_desks_that_one_has_read_are_known_everywhere() {
    let houses = Houses::of(3, str::to_owned).await;
    let town = &houses.town;
    town.atlassian
        .add_desk(ServiceDesk::new(77, 78, "NEW", "New desk"));
    town.atlassian.remove_desk("HELP");
    done(town, &["links"]);
    houses
        .soon_at_all("a desk that is gone", async |which| {
            told(&houses, which, "/p/help").await.as_deref() == Some("link_off")
        })
        .await;
    houses
        .soon_at_all("a new desk", async |which| {
            told(&houses, which, "/p/new").await.as_deref() != Some("link_unknown")
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_keys_are_prepared_and_switched_everywhere() {
    let houses = Houses::of(2, str::to_owned).await;
    for (step, shown) in [("--prepare", 2), ("--switch", 2)] {
        let before = certificates(&houses, 0).await;
        done(&houses.town, &["saml", "rotate", step]);
        houses
            .soon_at_all(step, async |which| {
                let now = certificates(&houses, which).await;
                now != before && now.len() <= shown
            })
            .await;
        assert_eq!(
            certificates(&houses, 0).await,
            certificates(&houses, 1).await
        );
    }
}

/// The certificates in the metadata of one of them, in their order.
async fn certificates(houses: &Houses, which: usize) -> Vec<String> {
    let page = Browser::new()
        .open(&houses.at(which, "/saml/metadata"))
        .await;
    let parts = page.text.split("X509Certificate>").skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_blocked_or_signs_out_everywhere_is_out_everywhere() {
    let houses = Houses::of(2, str::to_owned).await;
    let town = &houses.town;
    let (ada, again, charles) = (Browser::new(), Browser::new(), Browser::new());
    for (browser, name) in [(&ada, "ada"), (&again, "ada"), (&charles, "charles")] {
        town.arrive(browser, "/p/help", name).await;
    }
    let is_out = async |which: usize, browser: &Browser| {
        browser.fetch(&houses.at(which, "/me")).await.status == 401
    };
    let me = ada.open(&town.at("/me")).await;
    ada.press(&me, "Sign out everywhere").await;
    for browser in [&ada, &again] {
        houses
            .soon_at_all("signed out", async |which| is_out(which, browser).await)
            .await;
    }
    let grace = grace(town).await;
    block(town, &grace, "charles@acme.example").await;
    houses
        .soon_at_all("blocked", async |which| is_out(which, &charles).await)
        .await;
    // By turns each of them meets the login of somebody blocked, and of somebody who is so no more.
    for _ in 0..2 {
        let page = town
            .arrive(&Browser::wandering(), "/p/help", "charles")
            .await;
        assert_eq!(reason(&page).as_deref(), Some("blocked"));
        Browser::new().open(&town.at("/health/live")).await;
    }
    let page = page_of(town, &grace, "charles@acme.example").await;
    grace.press(&page, "Unblock").await;
    for _ in 0..2 {
        let page = town
            .arrive(&Browser::wandering(), "/p/help", "charles")
            .await;
        arrived(&page, "charles@acme.example");
        Browser::new().open(&town.at("/health/live")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn invitations_count_everywhere_and_once() {
    let access = "[default.access]";
    let invited = format!("{access}\ncreate_customers = \"invited\"");
    let houses = Houses::of(2, |settings| settings.replacen(access, &invited, 1)).await;
    let town = &houses.town;
    let comes = async || town.arrive(&Browser::wandering(), "/p/help", "ada").await;
    assert_eq!(reason(&comes().await).as_deref(), Some("not_invited"));
    done(town, &["invite", ADA, "--link", "help"]);
    let both = tokio::join!(comes(), comes());
    arrived(&both.0, ADA);
    arrived(&both.1, ADA);
    let used = town.events().await;
    let used = used.iter().filter(|event| *event == "invitation_used");
    assert_eq!((used.count(), town.atlassian.customers().len()), (1, 1));
}
