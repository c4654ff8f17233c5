//! Setup codes: made at the command line, good once, for ten minutes and five guesses.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::time::Duration;

use imitation::browser::{Browser, Form, Page};
use rocket::futures::future::join_all;
use support::{Town, reason};

const WRONG: &str = "00000-00000-00000-00000";

const MINUTE: Duration = Duration::from_mins(1);

/// Enters a code at the desk's door in a new browser.
async fn try_code(town: &Town, code: &str) -> Page {
    town.enter_code(&town.browser(), "/admin/code", code).await
}

#[track_caller]
fn is_in(page: &Page) {
    assert_eq!(
        (page.status, page.url.path()),
        (200, "/admin"),
        "{}",
        page.words()
    );
}

#[track_caller]
fn is_refused(page: &Page) {
    let told = (page.status, reason(page));
    assert_eq!(
        told,
        (403, Some("not_allowed".to_owned())),
        "{}",
        page.words()
    );
    assert!(
        page.form_with("code").field("code") == Some(""),
        "the way on"
    );
}

/// What stands in the store's files, as it stands there.
fn store(town: &Town) -> String {
    let files = std::fs::read_dir(town.folder.path()).unwrap();
    let of_store = files.map(|file| file.unwrap().path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.contains("sqlite")
    });
    let bytes: Vec<u8> = of_store
        .flat_map(|path| std::fs::read(path).unwrap())
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_prints_a_code_alone_and_says_beside_it_where_it_goes() {
    let town = Town::new().await;
    let (status, code, said) = town.command(&["setup-code"]);
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(code.lines().count(), 1, "{code}");
    let letters = code.chars().filter(char::is_ascii_alphanumeric).count();
    assert!(letters * 5 >= 80, "80 bits at least: {code}");
    assert!(
        said.contains(&town.at("/setup")) && said.contains("10 minutes"),
        "{said}"
    );
    assert!(!said.contains(code.trim()), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_opens_the_desk_once_however_it_is_typed() {
    let town = Town::new().await;
    let code = town.setup_code();
    let typed = format!(
        "  {} ",
        code.to_lowercase()
            .replace('-', " ")
            .replace('0', "o")
            .replace('1', "L")
    );
    is_in(&try_code(&town, &typed).await);
    is_refused(&try_code(&town, &code).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_code_ends_the_older() {
    let town = Town::new().await;
    let (older, newer) = (town.setup_code(), town.setup_code());
    assert_ne!(older, newer);
    is_refused(&try_code(&town, &older).await);
    is_in(&try_code(&town, &newer).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_lasts_ten_minutes() {
    for (passed, opens) in [(MINUTE * 9, true), (MINUTE * 10, false)] {
        let town = Town::new().await;
        let code = town.setup_code();
        town.advance(passed);
        let judged = if opens { is_in } else { is_refused };
        judged(&try_code(&town, &code).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fifth_wrong_guess_ends_a_code_and_the_fourth_does_not() {
    for (guesses, opens) in [(4, true), (5, false)] {
        let town = Town::new().await;
        let code = town.setup_code();
        for _ in 0..guesses {
            is_refused(&try_code(&town, WRONG).await);
        }
        let judged = if opens { is_in } else { is_refused };
        judged(&try_code(&town, &code).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_are_counted_over_a_restart_and_anew_for_a_new_code() {
    let mut town = Town::new().await;
    let code = town.setup_code();
    for _ in 0..3 {
        try_code(&town, WRONG).await;
    }
    town.close().await;
    town.open().await;
    for guess in [WRONG, "wrong", &code] {
        is_refused(&try_code(&town, guess).await);
    }
    is_in(&try_code(&town, &town.setup_code()).await);
}

/// How many of so many browsers are let in that send this code in the same moment.
async fn let_in_at_once(town: &Town, browsers: usize, code: &str) -> usize {
    let mut ready = Vec::new();
    for _ in 0..browsers {
        let browser = town.browser();
        let page = browser.open(&town.at("/admin/code")).await;
        ready.push((browser, page.form_with("code")));
    }
    let send = async |(browser, form): &(Browser, Form)| {
        browser.submit_once(form, &[("code", code)]).await.status
    };
    let answers = join_all(ready.iter().map(send)).await;
    answers.into_iter().filter(|status| *status == 303).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_guesses_at_once_end_a_code_too() {
    let town = Town::new().await;
    for round in 0..5 {
        let code = town.setup_code();
        assert_eq!(let_in_at_once(&town, 5, WRONG).await, 0);
        let page = try_code(&town, &code).await;
        assert_eq!(page.status, 403, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_enter_a_code_at_once_one_comes_in() {
    let town = Town::new().await;
    for round in 0..5 {
        let code = town.setup_code();
        assert_eq!(let_in_at_once(&town, 10, &code).await, 1, "round {round}");
    }
    let used = town.events().await.into_iter();
    assert_eq!(used.filter(|event| event == "setup_code_used").count(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_there_is_a_code_cannot_be_told_from_the_answer() {
    let town = Town::new().await;
    let words = async || {
        let page = try_code(&town, WRONG).await;
        let reference = page.attribute("data-reference").unwrap();
        page.text.replace(&reference, "")
    };
    let without = words().await;
    let code = town.setup_code();
    assert_eq!(words().await, without, "with a code");
    is_in(&try_code(&town, &code).await);
    assert_eq!(words().await, without, "with one that was used");
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_are_told_in_json_and_an_empty_field_is_no_guess() {
    let town = Town::new().await;
    let code = town.setup_code();
    let client = reqwest::Client::builder().build().unwrap();
    for code in [WRONG, "", " ", "-"].iter().chain(&[""; 10]) {
        let request = client
            .post(town.at("/admin/code"))
            .header("Origin", &town.public_url)
            .form(&[("code", code)]);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 403);
        let json: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(json["reason"], "not_allowed");
    }
    is_in(&try_code(&town, &code).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_are_limited_for_each_address_as_logins_are() {
    let town = Town::replacing(
        "[default.access]",
        "[default.access]\nattempts_per_minute = 3",
    )
    .await;
    let code = town.setup_code();
    for expected in [403, 403, 403, 429] {
        assert_eq!(try_code(&town, WRONG).await.status, expected);
    }
    let page = try_code(&town, &code).await;
    assert_eq!(reason(&page).as_deref(), Some("too_many_requests"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_uses_no_code_up() {
    let town = Town::new().await;
    let code = town.setup_code();
    let browser = Browser::new();
    for from in [Some("https://evil.test/"), None] {
        for path in ["/admin/code", "/setup"] {
            let page = browser.post(&town.at(path), &[("code", &code)], from).await;
            assert_eq!(page.status, 403, "{path} {from:?}");
            assert_eq!(browser.cookie("desk"), None);
        }
    }
    is_in(&try_code(&town, &code).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_made_before_the_first_start_works() {
    let mut town = Town::new().await;
    town.close().await;
    town.take_a_new_store();
    let code = town.setup_code();
    town.open().await;
    is_in(&try_code(&town, &code).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_opens_the_desk_while_the_provider_is_away() {
    let mut town = Town::new().await;
    town.close().await;
    town.cognito.go_down().await;
    town.open().await;
    let browser = Browser::new();
    let away = browser.open(&town.at("/admin")).await;
    assert_eq!(reason(&away).as_deref(), Some("provider_unavailable"));
    assert!(!away.says("setup"), "{}", away.words());
    is_in(&try_code(&town, &town.setup_code()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_and_told_of_a_code_makes_none() {
    let town = Town::new().await;
    let code = town.setup_code();
    let browser = Browser::new();
    is_in(&town.enter_code(&browser, "/admin/code", &code).await);
    let trail = town.trail().await;
    let [made, used] = trail.as_slice() else {
        panic!("{trail:?}")
    };
    assert_eq!(
        (&made["event"], &made["actor"]),
        (&"setup_code_made".into(), &"command line".into())
    );
    assert_eq!(
        (&used["event"], &used["actor"]),
        (&"setup_code_used".into(), &"setup code".into())
    );
    assert!(
        used["client"].is_string() && used["reference"].is_string(),
        "{used}"
    );
    let kept = store(&town) + &serde_json::to_string(&trail).unwrap();
    let desk = browser.cookie("desk").unwrap();
    for secret in [&code, &code.replace('-', ""), &desk] {
        assert!(!kept.contains(secret.as_str()));
    }
}
