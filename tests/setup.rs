//! `/setup`, the first run: who gets in, what it shows, and how it closes for good.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::fs::File;
use std::process::{Child, Command};

use imitation::browser::{Browser, Page};
use support::testing::{TEST, Testing};
use support::{Town, reason};

const STEPS: [&str; 7] = [
    "Identity provider",
    "Test connection",
    "Attribute mapping",
    "Service account",
    "Links",
    "Sign-in to the portal",
    "Administrators",
];

/// A town that nobody was at the desk of, and a browser in its setup.
async fn first_run() -> (Town, Browser, Page) {
    let town = Town::new().await;
    let browser = Browser::new();
    let page = town
        .enter_code(&browser, "/setup", &town.setup_code())
        .await;
    (town, browser, page)
}

/// Grace logs in and is at the desk.
async fn administrator(town: &Town) -> Browser {
    let (browser, page) = town.administrator("/admin").await;
    assert_eq!(page.url.path(), "/admin");
    browser
}

/// A front door without any settings, at this port, its words kept in a file.
fn start(town: &Town, port: &str) -> Child {
    let words = File::create(town.folder.path().join("words.log")).unwrap();
    Command::new(env!("CARGO_BIN_EXE_front-door"))
        .current_dir(town.folder.path())
        .env("ROCKET_PORT", port)
        .env("FRONT_DOOR_PUBLIC_URL", &town.public_url)
        .stdout(words)
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_settings_one_line_says_where_to_begin_and_a_code_leads_there() {
    let mut town = Town::new().await;
    town.close().await;
    town.settings.clear();
    std::fs::remove_file(town.folder.path().join("front-door.sqlite")).unwrap();
    std::fs::remove_file(town.folder.path().join("front-door.sqlite.key")).unwrap();
    let port = town.public_url.rsplit(':').next().unwrap().to_owned();
    let mut program = start(&town, &port);
    let (browser, setup) = (Browser::new(), town.at("/setup"));
    while browser.try_open(&setup).await.is_err() {
        tokio::task::yield_now().await;
    }
    let page = town
        .enter_code(&browser, "/setup", &town.setup_code())
        .await;
    program.kill().unwrap();
    program.wait().unwrap();
    assert_eq!(
        page.text.matches("<p>open</p>").count(),
        7,
        "{}",
        page.words()
    );
    let words = std::fs::read_to_string(town.folder.path().join("words.log")).unwrap();
    let lines: Vec<&str> = words
        .lines()
        .filter(|line| line.contains("setup-code"))
        .collect();
    let [line] = lines.as_slice() else {
        panic!("{words}")
    };
    assert!(
        line.contains(&setup) && line.contains("front-door setup-code"),
        "{line}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_code_there_is_the_field_for_one_and_nothing_else() {
    let town = Town::new().await;
    let customer = Browser::new();
    town.arrive(&customer, "/p/help", "ada").await;
    for browser in [Browser::new(), customer] {
        let page = browser.open(&town.at("/setup")).await;
        assert_eq!((page.status, page.forms().len()), (200, 1));
        assert!(
            STEPS.iter().all(|step| !page.says(step)),
            "{}",
            page.words()
        );
        let refused = town.enter_code(&browser, "/setup", "wrong").await;
        assert_eq!(
            (refused.status, reason(&refused).as_deref()),
            (403, Some("not_allowed"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn below_setup_strangers_are_sent_to_the_field_and_customers_refused() {
    let town = Town::new().await;
    let (stranger, customer) = (Browser::new(), Browser::new());
    town.arrive(&customer, "/p/help", "ada").await;
    let below: Vec<_> = town.addresses("/setup").into_iter().collect();
    for one in below.iter().filter(|one| one.path != "/setup") {
        let address = town.at(&one.path);
        if one.verb == "GET" {
            let sent = stranger.open_once(&address).await;
            let to = sent.location().map(|to| to.path().to_owned());
            assert_eq!(
                (sent.status, to.as_deref()),
                (303, Some("/setup")),
                "{one:?}"
            );
            assert_eq!(stranger.fetch(&address).await.status, 401, "{one:?}");
            assert_eq!(customer.open(&address).await.status, 403, "{one:?}");
        } else {
            assert_eq!(one.verb, "POST");
            let setup = town.at("/setup");
            assert_eq!(
                stranger.post(&address, &[], Some(&setup)).await.status,
                401,
                "{one:?}"
            );
            assert_eq!(
                customer.post(&address, &[], Some(&setup)).await.status,
                403,
                "{one:?}"
            );
        }
    }
    assert!(below.len() >= 4, "{below:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_shows_the_seven_steps_with_what_is_done() {
    let (town, browser, page) = first_run().await;
    assert_eq!((page.status, page.url.path()), (200, "/setup"));
    let places: Vec<_> = STEPS.iter().map(|step| page.words().find(step)).collect();
    assert!(
        places.is_sorted() && places[0].is_some(),
        "{}",
        page.words()
    );
    for (step, state) in STEPS
        .iter()
        .zip(["done", "open", "open", "done", "done", "done", "done"])
    {
        assert!(
            page.says(&format!("{step} {state}")),
            "{step}: {}",
            page.words()
        );
    }
    let none = browser.open(&town.at("/setup/none")).await;
    assert_eq!(reason(&none).as_deref(), Some("not_found"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_steps_of_the_test_are_done_once_a_login_was_tested() {
    let (town, browser, _) = first_run().await;
    for (username, state) in [("ulf", "open"), ("ada", "done")] {
        let ready = browser.open(&town.at(TEST)).await;
        let waiting = browser.press(&ready, "Begin the test").await;
        let testing = Testing {
            browser: browser.clone(),
            waiting,
        };
        testing.log_in(&town, username).await;
        testing.result().await;
        let page = browser.open(&town.at("/setup")).await;
        for step in ["Test connection", "Attribute mapping"] {
            assert!(
                page.says(&format!("{step} {state}")),
                "{username}: {}",
                page.words()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_let_in_is_let_into_the_desk_too_and_leaves_both() {
    let (town, browser, _) = first_run().await;
    assert_eq!(browser.open(&town.at("/admin")).await.status, 200);
    assert_eq!(
        browser.open(&town.at("/admin/code")).await.url.path(),
        "/admin"
    );
    let steps = browser.open(&town.at("/setup")).await;
    let left = browser.press(&steps, "Leave the desk").await;
    assert_eq!((left.status, left.url.path()), (200, "/setup"));
    assert!(left.form_with("code").is_post);
    assert_eq!(browser.fetch(&town.at("/admin")).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_code_nor_a_customer_closes_the_setup() {
    let (town, browser, _) = first_run().await;
    browser.open(&town.at("/admin")).await;
    let customer = Browser::new();
    town.arrive(&customer, "/p/help", "ada").await;
    customer.open(&town.at("/admin")).await;
    let page = browser.open(&town.at("/setup")).await;
    assert!(
        page.url.path() == "/setup" && page.says(STEPS[0]),
        "{}",
        page.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_at_the_desk_closes_the_setup_for_good() {
    let (mut town, holder, _) = first_run().await;
    let administrator = administrator(&town).await;
    for restarted in [false, true] {
        for (browser, path) in [(&holder, "/setup"), (&administrator, "/setup/provider")] {
            let page = browser.open(&town.at(path)).await;
            assert_eq!(page.url.path(), "/admin", "{path} {restarted}");
        }
        let customer = Browser::new();
        town.arrive(&customer, "/p/help", "ada").await;
        for browser in [&customer, &Browser::new()] {
            for path in ["/setup", "/setup/provider"] {
                let page = browser.open(&town.at(path)).await;
                let told = (page.status, reason(&page));
                assert_eq!(
                    told,
                    (404, Some("not_found".to_owned())),
                    "{path} {restarted}"
                );
            }
        }
        town.close().await;
        town.open().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn once_it_is_closed_a_code_opens_the_desk_alone() {
    let town = Town::new().await;
    administrator(&town).await;
    let (_, code, said) = town.command(&["setup-code"]);
    assert!(said.contains(&town.at("/admin/code")), "{said}");
    let browser = Browser::new();
    let (setup, fields) = (town.at("/setup"), [("code", code.trim())]);
    let page = browser.post(&setup, &fields, Some(&setup)).await;
    assert_eq!((page.status, browser.cookie("desk")), (404, None));
    let page = town.enter_code(&browser, "/admin/code", code.trim()).await;
    assert_eq!(page.url.path(), "/admin", "it was not used up");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_who_asks_for_the_setup_is_at_the_desk() {
    let town = Town::new().await;
    let browser = Browser::new();
    let login = browser.open(&town.at("/me")).await;
    town.cognito.log_in(&browser, &login, "grace").await;
    assert_eq!(browser.open(&town.at("/setup")).await.url.path(), "/admin");
    assert_eq!(Browser::new().open(&town.at("/setup")).await.status, 404);
}
