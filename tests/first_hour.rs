//! The first hour: from a store with nothing in it to a customer who is signed in at the portal, step by step.

mod support;

use imitation::browser::{Browser, Page};
use support::first_hour::{first_hour, is_at, set_provider, try_login};
use support::testing::says;
use support::{Town, arrived};

/// Step 4: the service account.
async fn set_account(town: &Town, browser: &Browser) -> Page {
    let page = browser.open(&town.at("/setup/account")).await;
    let (site, email) = (town.atlassian.site(), town.atlassian.email());
    let fields = [
        ("site", site.as_str()),
        ("email", &email),
        ("api_token", &town.atlassian.api_token()),
    ];
    browser.submit(&page.form_with("api_token"), &fields).await
}

/// Step 6: what either side needs of the other.
async fn set_sign_in(town: &Town, browser: &Browser) -> Page {
    let metadata = browser.open(&town.at("/saml/metadata")).await.text;
    town.atlassian.trust_metadata(&metadata);
    let page = browser.open(&town.at("/setup/sign-in")).await;
    let fields = [
        ("entity_id", town.atlassian.entity_id("portal")),
        ("acs_url", town.atlassian.acs_url("portal")),
    ];
    let fields = fields
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    browser.submit(&page.form_with("acs_url"), &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn seven_steps_lead_from_nothing_to_a_customer_in_the_portal() {
    let (town, browser, steps) = first_hour().await;
    assert_eq!(steps.text.matches("<p>open</p>").count(), 7);

    let test = set_provider(&town, &browser).await;
    is_at(&test, "/setup/test");
    let tested = try_login(&town, &browser).await;
    says(&tested, &["The login works.", "Display name Ada Lovelace"]);

    let mapping = browser.click(&tested, "Next: Attribute mapping").await;
    is_at(&mapping, "/setup/mapping");
    says(&mapping, &["E-mail address ada@customer.example"]);
    let form = mapping.form_with("display_name");
    let account = browser
        .submit(&form, &[("display_name", "{family_name}, {given_name}")])
        .await;
    is_at(&account, "/setup/account");

    let account = set_account(&town, &browser).await;
    is_at(&account, "/setup/account");
    says(&account, &["The service account works.", "HELP Help Desk"]);

    town.wait_until_links_are_read().await;
    let links = browser.open(&town.at("/setup/links")).await;
    let links = browser.press(&links, "Switch all on").await;
    is_at(&links, "/setup/links");
    says(&links, &["Help Desk HELP", "on"]);

    let sign_in = set_sign_in(&town, &browser).await;
    is_at(&sign_in, "/setup/sign-in/test");

    let page = browser.open(&town.at("/setup/administrators")).await;
    let form = page.form_with("groups");
    let page = browser
        .submit(&form, &[("groups", "helpdesk-admins")])
        .await;
    says(&page, &["This group counts now"]);

    let steps = browser.open(&town.at("/setup")).await;
    assert_eq!(steps.text.matches("<p>done</p>").count(), 7);
    let customer = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&customer, "ada@customer.example");
    let sign_in = browser.open(&town.at("/setup/sign-in/test")).await;
    says(&sign_in, &["an assertion was sent"]);

    let login = browser.click(&page, "Sign in as an administrator").await;
    town.cognito.log_in(&browser, &login, "ada").await;
    let page = browser.open(&town.at("/setup/administrators")).await;
    says(
        &page,
        &["You signed in as ada@customer.example, who is in none of them."],
    );
    let login = browser.click(&page, "Sign in as an administrator").await;
    let desk = town.cognito.log_in(&browser, &login, "grace").await;
    is_at(&desk, "/admin");
    let closed = Browser::new().open(&town.at("/setup")).await;
    assert_eq!(closed.status, 404, "{}", closed.words());
    let customers = town.atlassian.customers();
    assert_eq!(customers[0].display_name, "Lovelace, Ada");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_is_tried_before_it_is_saved() {
    let (town, browser, _) = first_hour().await;
    set_provider(&town, &browser).await;
    let mapping = browser.open(&town.at("/setup/mapping")).await;
    says(&mapping, &["Make a test login"]);
    try_login(&town, &browser).await;
    let mapping = browser.open(&town.at("/setup/mapping")).await;
    assert!(mapping.text.contains("<option value=\"cognito:username\">"));
    let form = mapping.form_with("display_name");
    for (field, typed, shown) in [
        ("display_name", "{family_name}!", "Display name Lovelace!"),
        ("username", "email", "User name ada@customer.example"),
        (
            "email",
            "nickname",
            "By this mapping, they could not sign in.",
        ),
        ("display_name", "{given_name", "Mend this first"),
    ] {
        let fields = [(field, typed), ("preview", "yes")];
        let tried = browser.submit(&form, &fields).await;
        is_at(&tried, "/setup/mapping");
        says(&tried, &[shown]);
        assert_eq!(tried.form_with(field).field(field), Some(typed));
    }
    let again = browser.open(&town.at("/setup/mapping")).await;
    assert_eq!(again.form_with("email").field("email"), Some(""));
    let saved = town.events().await.into_iter();
    let saved = saved.filter(|event| event == "settings_changed");
    assert_eq!(saved.count(), 1, "the provider alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_keep_what_was_typed_and_going_back_loses_nothing() {
    let (town, browser, _) = first_hour().await;
    set_provider(&town, &browser).await;
    for (path, with, field, typed) in [
        ("/setup/mapping", "email", "display_name", "{given_name"),
        ("/setup/account", "site", "site", "no address"),
        ("/setup/sign-in", "acs_url", "acs_url", "no address"),
    ] {
        let page = browser.open(&town.at(path)).await;
        let wrong = browser
            .submit(&page.form_with(with), &[(field, typed)])
            .await;
        says(&wrong, &["nothing was saved"]);
        assert_eq!(wrong.form_with(field).field(field), Some(typed), "{path}");
    }
    let provider = browser.open(&town.at("/setup/provider")).await;
    let form = provider.form_with("client_id");
    assert_eq!(
        form.field("client_id"),
        Some(town.cognito.client_id().as_str())
    );
    let again = browser.submit(&form, &[("label", "Acme account")]).await;
    is_at(&again, "/setup/test");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_change_at_once_and_are_recorded() {
    let (town, browser, _) = first_hour().await;
    set_account(&town, &browser).await;
    town.wait_until_links_are_read().await;
    let link = browser.open(&town.at("/setup/links/help")).await;
    let form = link.form_with("hand_over");
    let links = browser.submit(&form, &[("hand_over", "gate")]).await;
    is_at(&links, "/setup/links");
    says(&links, &["the portal asks them to log in once more"]);
    let search = browser.open(&town.at("/setup/links?search=help")).await;
    let on = browser.press(&search, "Switch on").await;
    is_at(&on, "/setup/links");
    assert_eq!(on.url.query(), Some("search=help"));
    let pilot = browser.press(&on, "Make it a pilot").await;
    says(&pilot, &["on, as a pilot"]);
    let trail = town.trail().await;
    let changed = trail
        .iter()
        .filter(|event| event["event"] == "link_changed");
    let actors: Vec<_> = changed.map(|event| event["actor"].as_str()).collect();
    assert_eq!(actors, [Some("setup code"); 3]);
}
