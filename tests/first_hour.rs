//! The first hour: from a store with nothing in it to a customer who is signed in at the portal, step by step.

mod support;

use imitation::browser::{Browser, Page};
use support::testing::{WINDOW, says};
use support::{Town, arrived};

/// A front door with nothing set but where it is, and a browser that a setup code has let in.
async fn first_hour() -> (Town, Browser, Page) {
    let mut town = Town::new().await;
    town.close().await;
    let address = &town.public_url;
    town.settings =
        format!("[default]\npublic_url = {address:?}\nstore = \"sqlite:front-door.sqlite\"\n");
    town.take_a_new_store();
    town.open().await;
    let browser = Browser::new();
    let code = town.setup_code();
    let steps = town.enter_code(&browser, "/setup", &code).await;
    (town, browser, steps)
}

#[track_caller]
fn is_at(page: &Page, path: &str) {
    assert_eq!(
        (page.status, page.url.path()),
        (200, path),
        "{}",
        page.words()
    );
}

/// Step 1: what the pool's console shows.
async fn set_provider(town: &Town, browser: &Browser) -> Page {
    let page = browser.open(&town.at("/setup/provider")).await;
    let secret = town.cognito.client_secret().unwrap_or_default();
    let fields = [
        ("label", "Customer account"),
        ("domain", &town.cognito.base()),
        ("issuer", &town.cognito.issuer()),
        ("client_id", &town.cognito.client_id()),
        ("client_secret", &secret),
    ];
    browser.submit(&page.form_with("client_id"), &fields).await
}

/// Step 2: a login of ada's, and what is shown of it.
async fn try_login(town: &Town, browser: &Browser) -> Page {
    let ready = browser.open(&town.at("/setup/test")).await;
    let waiting = browser.press(&ready, "Begin the test").await;
    let window = browser.click(&waiting, WINDOW).await;
    let window = town.cognito.log_in(browser, &window, "ada").await;
    says(&window, &["You may close this window"]);
    browser.click(&waiting, "Show the result").await
}

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

/// What the page of all steps says of the test and of the mapping.
async fn test_and_mapping(town: &Town, browser: &Browser) -> (bool, bool, Page) {
    let steps = browser.open(&town.at("/setup")).await;
    let is_done = |step: &str| steps.says(&format!("{step} done"));
    let told = (is_done("Test connection"), is_done("Attribute mapping"));
    (told.0, told.1, steps)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_that_lets_nobody_in_is_saved_but_not_done() {
    let (town, browser, _) = first_hour().await;
    set_provider(&town, &browser).await;
    try_login(&town, &browser).await;
    assert!(matches!(
        test_and_mapping(&town, &browser).await,
        (true, true, _)
    ));
    for (claim, next, done) in [
        ("no_such_claim", "/setup/mapping", false),
        ("email", "/setup/account", true),
    ] {
        let mapping = browser.open(&town.at("/setup/mapping")).await;
        let form = mapping.form_with("email");
        let after = browser.submit(&form, &[("email", claim)]).await;
        is_at(&after, next);
        let told = "By the mapping that is saved, the account of your last test login could not";
        assert_eq!(after.says(told), !done, "{}", after.words());
        let (test, mapping, steps) = test_and_mapping(&town, &browser).await;
        assert_eq!((test, mapping), (done, done), "{}", steps.words());
        assert_eq!(steps.says("could not sign in as things are"), !done);
        assert_eq!(steps.says("Or choose another claim"), !done);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_step_goes_nowhere() {
    let (town, browser, _) = first_hour().await;
    for (path, with, expected) in [
        ("/setup/provider", "client_id", "Client ID is required"),
        ("/setup/provider?kind=okta", "client_id", "Issuer"),
        ("/setup/account", "site", "Site is required"),
    ] {
        let page = browser.open(&town.at(path)).await;
        let again = browser.submit(&page.form_with(with), &[]).await;
        is_at(&again, path.split('?').next().unwrap_or_default());
        says(&again, &["nothing was saved", expected]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_kind_is_taken_back_after_a_question() {
    let (town, browser, _) = first_hour().await;
    let page = browser
        .open(&town.at("/setup/provider?kind=keycloak"))
        .await;
    let fields = [
        ("issuer", "http://127.0.0.1:9/realms/acme"),
        ("client_id", "wrong"),
        ("client_secret", "hush-7"),
    ];
    let test = browser.submit(&page.form_with("issuer"), &fields).await;
    is_at(&test, "/setup/test");
    let mapping = browser.open(&town.at("/setup/mapping")).await;
    let groups = |page: &Page| page.form_with("groups").field("groups").map(str::to_owned);
    assert_eq!(groups(&mapping).as_deref(), Some("groups"));
    let there = browser.open(&town.at("/setup/provider")).await;
    let asked = browser.click(&there, "AWS Cognito").await;
    says(
        &asked,
        &["Start over with AWS Cognito?", "its client secret too"],
    );
    let kept = browser.click(&asked, "Keep “keycloak”").await;
    assert_eq!(kept.form_with("issuer").field("client_id"), Some("wrong"));
    let anew = browser.press(&asked, "Take it away and start over").await;
    is_at(&anew, "/setup/provider");
    assert_eq!(anew.form_with("user_pool").field("client_id"), Some(""));
    let mapping = browser.open(&town.at("/setup/mapping")).await;
    assert_eq!(groups(&mapping).as_deref(), Some(""));
    is_at(&set_provider(&town, &browser).await, "/setup/test");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_says_how_groups_come_and_looks_for_them_there() {
    for (kind, claim, words) in [
        ("okta", "groups", "Matches regex"),
        ("entra", "groups", "object ID"),
        ("google", "email", "Google names no groups"),
        ("keycloak", "groups", "Group Membership"),
        ("other", "groups", "Attribute mapping"),
    ] {
        let (town, browser, _) = first_hour().await;
        let page = browser
            .open(&town.at(&format!("/setup/provider?kind={kind}")))
            .await;
        says(&page, &[words]);
        let issuer = town.cognito.issuer();
        let fields = [("issuer", issuer.as_str()), ("client_id", "x")];
        browser.submit(&page.form_with("issuer"), &fields).await;
        let mapping = browser.open(&town.at("/setup/mapping")).await;
        let form = mapping.form_with("groups");
        assert_eq!(form.field("groups"), Some(claim), "{kind}");
        let last = browser.open(&town.at("/setup/administrators")).await;
        says(&last, &[&format!("looked for in the claim {claim}")]);
        let again = browser.open(&town.at("/setup/provider")).await;
        says(&again, &[words]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_without_the_claim_of_groups_is_told_as_that() {
    let (town, browser, _) = first_hour().await;
    set_provider(&town, &browser).await;
    for (claim, told) in [
        ("groups", "has no claim groups"),
        ("cognito:groups", "names these groups of this account"),
    ] {
        let mapping = browser.open(&town.at("/setup/mapping")).await;
        let form = mapping.form_with("groups");
        browser.submit(&form, &[("groups", claim)]).await;
        let page = browser.open(&town.at("/setup/administrators")).await;
        let form = page.form_with("groups");
        let page = browser.submit(&form, &[("groups", "nobody-is-here")]).await;
        let login = browser.click(&page, "Sign in as an administrator").await;
        town.cognito.log_in(&browser, &login, "grace").await;
        let page = browser.open(&town.at("/setup/administrators")).await;
        says(&page, &["grace@", told]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_pool_is_pointed_out_wherever_it_matters() {
    let (town, browser, _) = first_hour().await;
    set_provider(&town, &browser).await;
    let pages = ["/setup", "/admin", "/admin/access"];
    for (sign_up, domains, warned) in [
        ("closed", "", false),
        ("open", "", true),
        ("open", "a.example", false),
    ] {
        let page = browser.open(&town.at("/setup/provider")).await;
        let fields = [("sign_up", sign_up), ("email_domains", domains)];
        browser.submit(&page.form_with("sign_up"), &fields).await;
        for path in pages {
            let page = browser.open(&town.at(path)).await;
            assert_eq!(page.says("Anybody can come in"), warned, "{path} {sign_up}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_be_copied_can_be_and_what_counts_when_empty_is_shown() {
    let (town, browser, _) = first_hour().await;
    let counts = |page: &Page, what: &str| page.says(&format!("Left empty, this counts: {what}"));
    let page = browser.open(&town.at("/setup/provider")).await;
    assert_eq!(page.text.matches("data-copy=").count(), 2);
    assert!(
        counts(&page, "https://<the domain above>/logout"),
        "{}",
        page.words()
    );
    assert!(counts(&page, &town.at("/signed-out")), "{}", page.words());
    set_provider(&town, &browser).await;
    let page = browser.open(&town.at("/setup/provider")).await;
    let logout = format!("{}/logout", town.cognito.base().trim_end_matches('/'));
    assert!(counts(&page, &logout), "{}", page.words());
}
