//! What may go wrong in the first hour: a wrong kind, a wrong claim, nothing typed, a pool that is open to everybody.

mod support;

use imitation::browser::{Browser, Page};
use support::Town;
use support::first_hour::{first_hour, is_at, set_provider, try_login};
use support::testing::says;

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

const TAKE_IT_AWAY: &str = "Take it away and start over";

/// What the question is answered with that was asked before the provider was another one, or another than it was.
#[track_caller]
fn is_asked_again(page: &Page, words: &[&str]) {
    assert_eq!(page.status, 409, "{}", page.words());
    says(page, &["Nothing was taken away"]);
    says(page, words);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_question_takes_nothing_away_but_what_it_asked_about() {
    let (town, browser, _) = first_hour().await;
    set_provider(&town, &browser).await;
    let okta = town.at("/setup/provider?kind=okta");
    let (one, other) = (browser.open(&okta).await, browser.open(&okta).await);
    let keycloak = town.at("/setup/provider?kind=keycloak");
    let third = browser.open(&keycloak).await;
    let anew = browser.press(&one, TAKE_IT_AWAY).await;
    let fields = [
        ("issuer", "http://127.0.0.1:9/okta"),
        ("client_id", "kept"),
        ("client_secret", "hush-8"),
    ];
    let test = browser.submit(&anew.form_with("issuer"), &fields).await;
    is_at(&test, "/setup/test");
    let stale = browser.press(&other, TAKE_IT_AWAY).await;
    is_asked_again(&stale, &["“okta” is Okta already"]);
    assert!(!stale.says(TAKE_IT_AWAY));
    let stale = browser.press(&third, TAKE_IT_AWAY).await;
    is_asked_again(&stale, &["The identity provider “okta” is taken away"]);
    let there = browser.open(&town.at("/setup/provider")).await;
    let form = there.form_with("issuer");
    assert_eq!(form.field("client_id"), Some("kept"));
    browser.submit(&form, &[("label", "Acme account")]).await;
    let stale = browser.press(&stale, TAKE_IT_AWAY).await;
    is_asked_again(&stale, &["“Acme account” is taken away"]);
    let anew = browser.press(&stale, TAKE_IT_AWAY).await;
    is_at(&anew, "/setup/provider");
    assert_eq!(anew.form_with("issuer").field("client_id"), Some(""));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_the_provider_is_named_before_it_can_be_taken_away() {
    let (town, browser, _) = first_hour().await;
    set_provider(&town, &browser).await;
    let okta = town.at("/setup/provider?kind=okta");
    let asked = browser.open(&okta).await;
    let rule = async |groups: &str| {
        let access = browser.open(&town.at("/admin/access")).await;
        let form = access.form_with("groups");
        let review = browser.submit(&form, &[("groups", groups)]).await;
        is_at(&browser.press(&review, "Save").await, "/admin/access");
    };
    rule("cognito:acme").await;
    let pressed = browser.press(&asked, TAKE_IT_AWAY).await;
    assert_eq!(pressed.status, 400);
    for page in [pressed, browser.open(&okta).await] {
        says(&page, &["cannot be taken away as things stand now"]);
        assert_eq!(page.link("Access → Groups").path(), "/admin/access");
        assert!(!page.says(TAKE_IT_AWAY), "{}", page.words());
    }
    rule("").await;
    let anew = browser.press(&asked, TAKE_IT_AWAY).await;
    is_at(&anew, "/setup/provider");
    assert_eq!(anew.form_with("issuer").field("client_id"), Some(""));
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
