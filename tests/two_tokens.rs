//! Two tokens: customers are made with the second one, nothing else goes out with it, and whoever reads of a trouble is told whose it is.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::sync::{Mutex, Once};
use std::time::Duration;

use imitation::atlassian::{Account, Operation, Permission, Token};
use imitation::browser::{Browser, Page};
use support::first_hour::first_hour;
use support::{Town, arrived, reason};
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

const TEST: &str = "/admin/account/test";

/// A rule by which everybody of ada's domain has an organization.
const RULE: &str = "\n[[default.organization]]\nname = \"Ours\"\ndomains = [\"customer.example\"]\nmanaged = false\n";

/// What the log said in this process.
static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Listener;

impl<S: tracing::Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut line = Line(Vec::new());
        event.record(&mut line);
        LOG.lock().unwrap().push(line.0.join(" "));
    }
}

struct Line(Vec<String>);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.push(format!("{}={value:?}", field.name()));
    }
}

/// From now on, and for all tests of this file.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let subscriber = tracing_subscriber::registry().with(Listener);
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
}

/// Waits for a line with all these words.
async fn logged(words: &[&str]) {
    let has = |line: &String| words.iter().all(|words| line.contains(words));
    let said = async {
        while !LOG.lock().unwrap().iter().any(has) {
            tokio::task::yield_now().await;
        }
    };
    let said = tokio::time::timeout(Duration::from_mins(1), said).await;
    assert!(said.is_ok(), "the log does not say {words:?}");
}

/// A town with a second token, whose first account is no Jira administrator.
async fn town_with(kind: &str) -> Town {
    let town = opened_with(kind, "").await;
    town.wait_until_links_are_read().await;
    town.atlassian.forget_calls();
    town
}

/// The same, just opened, with more settings of Atlassian.
async fn opened_with(kind: &str, more: &str) -> Town {
    let mut town = Town::new().await;
    town.close().await;
    let (email, token) = town.atlassian.customer_account();
    let gateway = town.atlassian.site();
    let two = format!(
        "token_kind = {kind:?}\ngateway = {gateway:?}\ncustomer_email = {email:?}\ncustomer_token = {token:?}\n{more}\napi_token ="
    );
    town.settings = town.settings.replace("api_token =", &two);
    town.settings += RULE;
    town.atlassian.set_token_scoped(kind == "scoped");
    town.atlassian.set_customer_token_scoped(kind == "scoped");
    town.atlassian.revoke(Permission::Administer);
    town.open().await;
    town
}

async fn two_tokens() -> Town {
    town_with("classic").await
}

/// What `check` says: whether all is well, and every line.
fn check(town: &Town) -> (bool, String) {
    let (status, said, _) = town.command(&["check"]);
    (status == Some(0), said)
}

async fn ready(town: &Town) -> Page {
    Browser::new().fetch(&town.at("/health/ready")).await
}

#[track_caller]
fn says(page: &Page, words: &[&str]) {
    for words in words {
        assert!(page.says(words), "{words}: {}", page.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_made_with_the_second_token_and_nothing_else_goes_out_with_it() {
    for (kind, below) in [("classic", "/rest/"), ("scoped", "/ex/jira/")] {
        let town = town_with(kind).await;
        for link in ["/p/help", "/p/bill"] {
            let page = town.arrive(&Browser::new(), link, "ada").await;
            arrived(&page, "ada@customer.example");
        }
        let known = Account::customer("mary@acme.example", "Mary");
        town.atlassian.add_account(known);
        let page = town.arrive(&Browser::new(), "/p/help", "mary").await;
        arrived(&page, "mary@acme.example");
        let calls = town.atlassian.calls_with_customer_token();
        let made: Vec<_> = calls.iter().map(|call| call.operation).collect();
        assert_eq!(made, [Operation::CreateCustomer; 2], "{kind}");
        assert!(calls[0].path.starts_with(below), "{kind}: {calls:?}");
        assert_eq!(town.atlassian.count(Operation::CreateCustomer), 2);
        for others in [
            Operation::SearchUsers,
            Operation::AddCustomers,
            Operation::CreateOrganization,
            Operation::AddMembers,
        ] {
            assert!(town.atlassian.count(others) > 0, "{kind}: {others:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_second_token_the_first_makes_customers() {
    let town = Town::new().await;
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    assert_eq!(town.atlassian.count(Operation::CreateCustomer), 1);
    assert_eq!(town.atlassian.calls_with_customer_token(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_token_makes_nobody_when_the_second_is_refused_and_everybody_is_told_which_it_is()
{
    listen();
    for (trouble, mended, line, problem) in [
        (
            (|town| town.atlassian.set_customer_token_expired(true)) as fn(&Town),
            (|town| town.atlassian.set_customer_token_expired(false)) as fn(&Town),
            "Atlassian does not accept customer_token, which makes customers (401)",
            "customers are made: Atlassian does not accept the token: it has expired",
        ),
        (
            |town| {
                town.atlassian
                    .revoke_from(Token::Customer, Permission::Administer);
            },
            |town| {
                town.atlassian
                    .grant_to(Token::Customer, Permission::Administer);
            },
            "the account of customer_token, which makes customers, is not permitted (403)",
            "the account of the second token, customer_token, lacks the global permission",
        ),
    ] {
        let town = two_tokens().await;
        town.atlassian.grant(Permission::Administer);
        trouble(&town);
        let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
        let told = (reason(&page), page.status);
        assert_eq!(told, (Some("atlassian_unavailable".to_owned()), 503));
        assert_eq!(town.atlassian.customers(), [], "{line}");
        logged(&["create_customer", line]).await;
        says(&ready(&town).await, &["Atlassian refused customer_token"]);
        let (is_well, said) = check(&town);
        assert!(!is_well && said.contains(problem), "{said}");
        let (browser, overview) = town.administrator("/admin").await;
        says(
            &overview,
            &["Atlassian Not well: Atlassian refused customer_token"],
        );
        let test = browser.open(&town.at(TEST)).await;
        says(&browser.press(&test, "Test now").await, &[problem]);
        mended(&town);
        let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
        arrived(&page, "ada@customer.example");
        says(&ready(&town).await, &["\"atlassian\":\"ok\""]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_finds_the_permission_given_again_ends_the_warning() {
    let town = two_tokens().await;
    town.atlassian
        .revoke_from(Token::Customer, Permission::Administer);
    let (browser, test) = town.administrator(TEST).await;
    browser.press(&test, "Test now").await;
    says(&ready(&town).await, &["Atlassian refused customer_token"]);
    town.atlassian
        .grant_to(Token::Customer, Permission::Administer);
    browser.press(&test, "Test now").await;
    says(&ready(&town).await, &["\"atlassian\":\"ok\""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_of_each_token_which_permission_it_needs_and_has() {
    let whole = "ok       atlassian.token: needs \"Browse users and groups\" (has it), \"Administer Projects\" in each service project (has it), \"Service Project Agent\" in each service project (has it); it does not need \"Administer Jira\"";
    let second =
        "ok       atlassian.customer_token: needs \"Administer Jira\" (has it); nothing else";
    let more = "the service account has the global permission \"Administer Jira\", which is more than it needs";
    let town = two_tokens().await;
    let (is_well, said) = check(&town);
    assert!(is_well, "{said}");
    for words in [
        whole,
        second,
        "customers are made as Customer maker",
        "atlassian.customer_token_expires: not set",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains(more), "{said}");
    town.atlassian.grant(Permission::Administer);
    let (is_well, said) = check(&town);
    assert!(is_well && said.contains(more), "{said}");
    town.atlassian.revoke(Permission::BrowseUsers);
    let (is_well, said) = check(&town);
    let lacks = "atlassian.token: needs \"Browse users and groups\" (lacks it)";
    assert!(!is_well && said.contains(lacks), "{said}");
    let one = Town::new().await;
    let (_, said) = check(&one);
    let needs = "atlassian.token: needs \"Administer Jira\" (has it), \"Browse users";
    assert!(
        said.contains(needs) && !said.contains("customer_token"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_shows_what_each_token_needs_and_what_the_first_has_too_much() {
    let town = two_tokens().await;
    let (browser, test) = town.administrator(TEST).await;
    let page = browser.press(&test, "Test now").await;
    says(
        &page,
        &[
            "The service account works.",
            "The token for making customers is Customer maker, customer-maker@helpdesk.example",
            "Administer Jira the one for making customers everywhere has it",
            "Browse users and groups the first one everywhere has it",
            "When the token for making customers ends is not set",
        ],
    );
    assert!(!page.says("more than it needs"));
    town.atlassian.grant(Permission::Administer);
    let page = browser.press(&test, "Test now").await;
    says(
        &page,
        &["The service account works.", "which is more than it needs"],
    );
    let (_, secret) = town.atlassian.customer_account();
    assert!(!page.text.contains(&secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_token_of_another_kind_is_told() {
    for (kind, is_scoped, words) in [
        ("classic", true, "the token is a scoped one"),
        ("scoped", false, "the token is one without scopes"),
    ] {
        let town = town_with(kind).await;
        town.atlassian.set_customer_token_scoped(is_scoped);
        let (is_well, said) = check(&town);
        let whole =
            format!("the second token, customer_token, with which customers are made: {words}");
        assert!(!is_well && said.contains(&whole), "{said}");
        assert!(
            said.contains("Both tokens have to be of one kind"),
            "{said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tokens_of_one_account_keep_nothing_apart_and_check_says_so() {
    let mut town = Town::new().await;
    let own = format!(
        "customer_token = {:?}\napi_token =",
        town.atlassian.api_token()
    );
    town.settings = town.settings.replace("api_token =", &own);
    let (is_well, said) = check(&town);
    let words = "both tokens are of the same account";
    assert!(is_well && said.contains(words), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_second_token_is_warned_of_by_its_name() {
    listen();
    let ends = "customer_token_expires = \"2020-02-03\"";
    let town = opened_with("classic", ends).await;
    let line = "set customer_token and customer_token_expires";
    logged(&["the customer token expired", "2020-02-03", line]).await;
    says(&ready(&town).await, &["the customer token expired"]);
    let (_, overview) = town.administrator("/admin").await;
    let words = "Atlassian token for making customers Not well: ended";
    says(&overview, &[words, "of the account that makes customers"]);
    let (is_well, said) = check(&town);
    let line = "FAILED   atlassian.customer_token_expires: -";
    assert!(!is_well && said.contains(line), "{said}");
}

/// Grace at the service account, of which everything is saved and nothing is in a file.
async fn at_the_account() -> (Town, Browser, Page) {
    let mut town = Town::new().await;
    town.close().await;
    let begin = town.settings.find("[default.atlassian]").unwrap();
    let end = begin + town.settings[begin..].find("\n[").unwrap();
    town.settings.replace_range(begin..end, "");
    town.open().await;
    let (browser, page) = town.administrator("/admin/account").await;
    let (site, email) = (town.atlassian.site(), town.atlassian.email());
    let token = town.atlassian.api_token();
    let fields = [
        ("site", site.as_str()),
        ("email", &email),
        ("api_token", &token),
    ];
    let saved = save(&browser, &page, &fields).await;
    (town, browser, saved)
}

async fn review(browser: &Browser, page: &Page, fields: &[(&str, &str)]) -> Page {
    browser.submit(&page.form_with(fields[0].0), fields).await
}

async fn save(browser: &Browser, page: &Page, fields: &[(&str, &str)]) -> Page {
    let review = review(browser, page, fields).await;
    let saved = browser.press(&review, "Save").await;
    says(&saved, &["Saved, and in effect"]);
    saved
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_saves_the_second_token_masks_it_and_takes_it_back() {
    let (town, browser, page) = at_the_account().await;
    let (email, secret) = town.atlassian.customer_account();
    let fields = [
        ("customer_token", secret.as_str()),
        ("customer_email", &email),
        ("customer_token_expires", "2099-06-30"),
    ];
    let seen = review(&browser, &page, &fields).await;
    says(&seen, &["atlassian.customer_token", &email, "2099-06-30"]);
    let saved = browser.press(&seen, "Save").await;
    town.atlassian.revoke(Permission::Administer);
    town.wait_until_links_are_read().await;
    let visit = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&visit, "ada@customer.example");
    assert_eq!(town.atlassian.calls_with_customer_token().len(), 1);
    let mut shown = vec![seen, saved];
    for path in [
        "/admin/account",
        "/admin/changes",
        "/admin/transfer",
        "/admin/audit",
    ] {
        shown.push(browser.open(&town.at(path)).await);
    }
    let transfer = shown[4].clone();
    shown.push(browser.click(&transfer, "Download the settings").await);
    for page in &shown {
        assert!(!page.text.contains(&secret), "{}", page.url);
    }
    let exported = town.command(&["export"]).1;
    assert!(exported.contains("customer_email") && !exported.contains(&secret));
    let undo = shown[3].forms().into_iter();
    let mut undo = undo.filter(|form| form.field("change").is_some());
    let back = browser.submit(&undo.next().unwrap(), &[]).await;
    let back = browser.press(&back, "Save").await;
    says(&back, &["Taken back"]);
    assert!(!town.command(&["export"]).1.contains("customer_"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_token_that_is_saved_goes_to_no_other_site() {
    let (_town, browser, page) = at_the_account().await;
    let fields = [
        ("customer_token", "a-canary"),
        ("customer_email", "c@a.example"),
    ];
    let page = save(&browser, &page, &fields).await;
    let moved = [
        ("site", "https://evil.example"),
        ("api_token", "typed-anew"),
    ];
    let refused = review(&browser, &page, &moved).await;
    says(
        &refused,
        &["API token for making customers must be typed again"],
    );
    assert!(!refused.text.contains("a-canary"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_says_nothing_alone_is_a_mistake_at_its_field() {
    let (_town, browser, page) = at_the_account().await;
    let refused = review(&browser, &page, &[("customer_email", "c@a.example")]).await;
    says(
        &refused,
        &["E-mail address of its account says nothing without customer_token"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_hour_asks_for_one_token() {
    let (town, browser, _) = first_hour().await;
    let page = browser.open(&town.at("/setup/account")).await;
    assert!(
        page.form_with("api_token")
            .field("customer_token")
            .is_none()
    );
    assert!(!page.text.contains("customer_token"), "{}", page.words());
}
