//! Refusals at the login, counted at the link that was followed.

use imitation::atlassian::{PORTAL, RelayState};
use imitation::browser::Browser;
use imitation::cognito::Fault;

use crate::support::Town;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_refused_at_the_login_is_counted_at_the_link_that_they_followed() {
    let town =
        Town::with("[default.link.help]\nservice_desk = \"HELP\"\naliases = [\"support\"]\n").await;
    let cancels = Fault::Refuses {
        error: "access_denied".to_owned(),
        with_state: true,
    };
    let portal = town.atlassian.desk("HELP").portal_id;
    let portal = town.atlassian.portal(&format!("portal/{portal}"));
    town.atlassian.tune(PORTAL, |asking| {
        asking.relay_state = RelayState::Destination;
    });
    for (path, username, fault, expected) in [
        ("/p/help", "ulf", None, Some("help")),
        ("/p/help/create/10?summary=x", "ulf", None, Some("help")),
        ("/login?to=%2Fp%2Fsupport", "ulf", None, Some("help")),
        ("/p/help", "ada", Some(&cancels), Some("help")),
        ("/p/help", "ada", Some(&Fault::NonceWrong), Some("help")),
        ("/login?to=%2Fp%2Fnowhere", "ulf", None, None),
        ("/me", "ulf", None, None),
        (&portal, "ulf", None, Some("help")),
    ] {
        let browser = Browser::new();
        let from = url::Url::parse(&town.public_url).unwrap().join(path);
        let login = browser.open(from.unwrap().as_str()).await;
        if let Some(fault) = fault {
            town.cognito.misbehave(Fault::clone(fault));
        }
        let page = town.cognito.log_in(&browser, &login, username).await;
        town.cognito.behave();
        let last = town.trail().await.pop().unwrap();
        assert_eq!(
            last["reference"].as_str(),
            page.attribute("data-reference").as_deref()
        );
        assert_eq!(last["event"], "refused", "{path}");
        assert_eq!(last["link"].as_str(), expected, "{path}");
    }
    let (browser, found) = town.administrator("/admin/audit?link=help").await;
    let of_it = found.text.matches(">help</a>").count();
    assert_eq!(of_it, 6, "{}", found.words());
    for path in ["/admin/links/help", "/admin/links"] {
        let page = browser.open(&town.at(path)).await;
        assert!(page.says("0 let in, 6 refused"), "{path}: {}", page.words());
    }
}
