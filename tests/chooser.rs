//! Two providers: people choose, by a button or by their address, and no provider is believed for the other's people.

mod support;

use imitation::browser::{Browser, Page};
use imitation::cognito::{Cognito, CognitoConfig, Person};
use support::{Town, arrived, at_portal, reason, told};

/// A page that is wanted, with everything in its query that a path may hold.
const DEEP: &str = "/p/help/create/401?summary=a%2Fb%26c%3Dd%2Be%20%25&description=%C3%A4";

/// A second pool, for the people of partner.example alone.
struct Partner {
    town: Town,
    pool: Cognito,
}

impl Partner {
    async fn new() -> Self {
        Self::believed_for("[\"partner.example\"]", "").await
    }

    /// The second pool with these `email_domains`, and more settings.
    async fn believed_for(domains: &str, more: &str) -> Self {
        let pool = Cognito::start(CognitoConfig {
            pool: "eu-west-1_Partner".to_owned(),
            client_id: "partner-client".to_owned(),
            parallel_tabs: true,
            people: vec![
                Person::new("paula", "Paula", "Partner", "paula@partner.example"),
                Person::new("eve", "Eve", "Partner", "ada@customer.example").in_groups(&["acme"]),
            ],
            ..CognitoConfig::default()
        })
        .await;
        let mut town = Town::new().await;
        pool.register_callback(town.at("/login/callback/partner"));
        let settings = format!(
            "\n[default.provider.partner]\nlabel = \"Partner account\"\ndomain = {:?}\nissuer = {:?}\nclient_id = {:?}\nclient_secret = {:?}\nemail_domains = {domains}\n{more}",
            pool.base(),
            pool.issuer(),
            pool.client_id(),
            pool.client_secret().unwrap_or_default(),
        );
        town.reopen_with(&settings).await;
        Self { town, pool }
    }

    /// Opens an address of the front door and types an address into the chooser.
    async fn type_address(&self, browser: &Browser, path: &str, email: &str) -> Page {
        let chooser = browser.open(&self.town.at(path)).await;
        let form = chooser.form_with("email");
        browser.submit(&form, &[("email", email)]).await
    }

    /// The first pool is for the people of customer.example, too.
    async fn both_for_customers(&mut self) {
        self.town.close().await;
        self.town.settings = self.town.settings.replace(
            "label = \"Customer account\"",
            "label = \"Customer account\"\nemail_domains = [\"customer.example\"]",
        );
        self.town.open().await;
    }

    /// Opens a link, presses the button of the first pool and logs in there.
    async fn by_customers(&self, path: &str, username: &str) -> Page {
        let browser = Browser::new();
        let chooser = browser.open(&self.town.at(path)).await;
        let login = browser.click(&chooser, "Customer account").await;
        let page = self.town.cognito.log_in(&browser, &login, username).await;
        browser.post_on(page).await
    }

    /// Opens a link, presses the button of the second pool and logs in there.
    async fn by_partner(&self, path: &str, username: &str) -> Page {
        let browser = Browser::new();
        let chooser = browser.open(&self.town.at(path)).await;
        let login = browser.click(&chooser, "Partner account").await;
        let page = self.pool.log_in(&browser, &login, username).await;
        browser.post_on(page).await
    }
}

fn is_chooser(page: &Page) -> bool {
    page.status == 200
        && page
            .forms()
            .iter()
            .any(|form| form.field("email").is_some())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_asks_which_provider_and_its_button_leads_to_the_very_page() {
    let partner = Partner::new().await;
    let chooser = Browser::new().open(&partner.town.at("/p/help")).await;
    assert!(is_chooser(&chooser), "{}", chooser.words());
    assert!(chooser.says("Customer account") && chooser.says("Partner account"));
    let page = partner.by_partner(DEEP, "paula").await;
    let (who, at) = at_portal(&page);
    assert_eq!(
        who.as_deref(),
        Some("paula@partner.example"),
        "{}",
        page.words()
    );
    let wanted = DEEP.replacen("/p/help", "/servicedesk/customer/portal/4", 1);
    assert_eq!(at, Some(wanted));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_refused_may_have_another_account_at_any_provider() {
    let partner = Partner::new().await;
    let browser = Browser::new();
    let chooser = browser.open(&partner.town.at("/p/help")).await;
    let login = browser.click(&chooser, "Customer account").await;
    let refused = partner.town.cognito.log_in(&browser, &login, "boris").await;
    assert_eq!(reason(&refused).as_deref(), Some("domain_not_allowed"));
    let chooser = browser.click(&refused, "Use another account").await;
    assert!(is_chooser(&chooser), "{}", chooser.words());
    let login = browser.click(&chooser, "Customer account").await;
    let page = partner.town.cognito.log_in(&browser, &login, "ada").await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_wanted_survives_every_way_through_the_chooser_byte_for_byte() {
    let partner = Partner::new().await;
    let browser = Browser::new();
    let chooser = browser.open(&partner.town.at(DEEP)).await;
    assert_eq!(chooser.form_with("email").field("to"), Some(DEEP));
    let again = partner.type_address(&browser, DEEP, "who@").await;
    assert_eq!(again.form_with("email").field("to"), Some(DEEP));
    for foreign in [
        "//evil.test",
        "/\\evil.test",
        "https://evil.test/",
        "/login",
        "ok",
    ] {
        let address = format!("/login?to={}", foreign.replace('/', "%2F"));
        let chooser = browser.open(&partner.town.at(&address)).await;
        assert_eq!(
            chooser.form_with("email").field("to"),
            Some("/"),
            "{foreign}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_leads_to_the_provider_of_its_domain_and_any_other_to_the_one_for_all() {
    let partner = Partner::new().await;
    for (email, pool) in [
        ("paula@partner.example", partner.pool.base()),
        ("nobody@PARTNER.example", partner.pool.base()),
        ("ada@customer.example", partner.town.cognito.base()),
        ("nobody@elsewhere.example", partner.town.cognito.base()),
    ] {
        let login = partner
            .type_address(&Browser::new(), "/p/help", email)
            .await;
        assert!(
            login.url.as_str().starts_with(&pool),
            "{email}: {}",
            login.url
        );
        assert_eq!(login.form_with("password").field("username"), Some(email));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_no_provider_is_for_leads_back_to_the_list_whoever_it_is() {
    let mut partner = Partner::new().await;
    partner.both_for_customers().await;
    for email in [
        "ada@elsewhere.example",
        "nobody@elsewhere.example",
        "no address",
    ] {
        let page = partner
            .type_address(&Browser::new(), "/p/help", email)
            .await;
        assert!(
            is_chooser(&page) && page.says("There is a problem"),
            "{email}"
        );
        assert!(!page.text.contains(email), "the address is not repeated");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_not_there_is_not_found() {
    let partner = Partner::new().await;
    for name in ["nobody", "NOBODY!", "", "cognito2"] {
        let address = partner.town.at(&format!("/login?provider={name}"));
        let page = Browser::new().open(&address).await;
        assert_eq!(
            (reason(&page).as_deref(), page.status),
            (Some("not_found"), 404),
            "{name}"
        );
    }
    let twice = partner.town.at("/login?provider=cognito&provider=partner");
    let page = Browser::new().open(&twice).await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("bad_request"), 400)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_believed_for_its_own_domains_only() {
    let partner = Partner::new().await;
    let page = partner.by_partner("/p/help", "eve").await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("domain_not_allowed"), 403),
        "{}",
        page.words()
    );
    assert!(partner.town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_came_from_one_provider_is_not_taken_over_by_another() {
    let mut partner =
        Partner::believed_for("[\"partner.example\", \"customer.example\"]", "").await;
    partner.both_for_customers().await;
    let page = partner.by_customers("/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    let page = partner.by_partner("/p/help", "eve").await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("identity_conflict"), 409),
        "{}",
        page.words()
    );
    assert_eq!(partner.town.atlassian.customers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_names_no_domains_speaks_for_none_that_another_names() {
    let partner = Partner::new().await;
    let squatter = Person::new("squatter", "Paula", "Squatter", "paula@partner.example");
    partner.town.cognito.add_person(squatter);
    let browser = Browser::new();
    let to = partner.town.at("/login?provider=cognito&to=/p/help");
    let login = browser.open(&to).await;
    let refused = partner
        .town
        .cognito
        .log_in(&browser, &login, "squatter")
        .await;
    let expected = (Some("domain_not_allowed".to_owned()), 403);
    assert_eq!(told(&refused), expected, "{}", refused.words());
    let page = partner.by_partner("/p/help", "paula").await;
    arrived(&page, "paula@partner.example");
    let page = partner.by_customers("/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_by_the_wrong_provider_is_led_to_the_right_one_and_on() {
    let partner = Partner::new().await;
    let paula = || Person::new("paula-too", "Paula", "Too", "paula@partner.example");
    partner.town.cognito.add_person(paula());
    for to in [
        partner.town.at("/p/help"),
        partner.town.atlassian.login_url("portal"),
    ] {
        let browser = Browser::new();
        let chooser = browser.open(&to).await;
        let login = browser.click(&chooser, "Customer account").await;
        let refused = partner
            .town
            .cognito
            .log_in(&browser, &login, "paula-too")
            .await;
        assert!(refused.says("Use another account"), "{}", refused.words());
        let login = browser
            .click(&refused, "Sign in with Partner account")
            .await;
        let page = partner.pool.log_in(&browser, &login, "paula").await;
        arrived(&browser.post_on(page).await, "paula@partner.example");
    }
    let eve = partner.by_partner("/p/help", "eve").await;
    assert!(eve.says("Sign in with Customer account"), "{}", eve.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_switched_off_speaks_for_nobody_and_another_does() {
    let partner = Partner::believed_for("[\"customer.example\"]", "enabled = false\n").await;
    let page = partner.town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_of_one_provider_is_no_group_of_another() {
    let more = "[default.link.bill]\nservice_desk = \"BILL\"\naccess = \"private\"\ngroups = [\"cognito:acme\"]\n";
    let partner = Partner::believed_for("[\"partner.example\", \"customer.example\"]", more).await;
    let page = partner.by_partner("/p/bill", "eve").await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("group_required"), 403),
        "{}",
        page.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_asks_first_lets_people_choose_too() {
    let partner = Partner::new().await;
    let asked = partner.town.atlassian.login_url("portal");
    let browser = Browser::new();
    let chooser = browser.open(&asked).await;
    assert!(is_chooser(&chooser), "{}", chooser.words());
    let login = browser.click(&chooser, "Partner account").await;
    let page = partner.pool.log_in(&browser, &login, "paula").await;
    let page = browser.post_on(page).await;
    arrived(&page, "paula@partner.example");

    let browser = Browser::new();
    let chooser = browser.open(&asked).await;
    let form = chooser.form_with("email");
    let login = browser
        .submit(&form, &[("email", "ada@customer.example")])
        .await;
    let page = partner.town.cognito.log_in(&browser, &login, "ada").await;
    let page = browser.post_on(page).await;
    arrived(&page, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_provider_for_the_people_of_one_provider_asks_only_that_one() {
    let partner = Partner::new().await;
    let mut town = partner.town;
    town.close().await;
    town.settings = town.settings.replace(
        "kind = \"portal-only\"",
        "kind = \"portal-only\"\nproviders = [\"partner\"]",
    );
    town.open().await;
    let login = Browser::new()
        .open(&town.atlassian.login_url("portal"))
        .await;
    assert!(
        login.url.as_str().starts_with(&partner.pool.base()),
        "{}",
        login.url
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_that_was_forged_or_left_open_too_long_says_so() {
    let partner = Partner::new().await;
    let browser = Browser::new();
    let chooser = browser
        .open(&partner.town.atlassian.login_url("portal"))
        .await;
    partner.town.advance(std::time::Duration::from_mins(16));
    let late = browser.click(&chooser, "Partner account").await;
    let forged = browser
        .open(&partner.town.at("/login?request=forged&provider=partner"))
        .await;
    for page in [late, forged] {
        assert_eq!(
            (reason(&page).as_deref(), page.status),
            (Some("login_expired"), 400),
            "{}",
            page.words()
        );
    }
}
