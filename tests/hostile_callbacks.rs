//! Callbacks that are made up, stolen, changed or opened twice: no code is spent that should not be, nobody is signed in, and an honest login still ends well.

mod support;

use std::collections::BTreeSet;

use imitation::browser::Browser;
use imitation::cognito::{Cognito, CognitoConfig, Endpoint, Fault};
use support::arrived;
use support::callbacks::{CALLBACK, begin, callback, is_refused, parameter, unlimited};
use support::told;

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_without_an_attempt_of_this_browser_has_expired() {
    let town = unlimited().await;
    let foreign = begin(&town, &Browser::new()).await;
    let (nobody, somebody) = (Browser::new(), Browser::new());
    let own = begin(&town, &somebody).await;
    let cut = &own[..42];
    for query in [
        String::new(),
        "?".to_owned(),
        "?code=stolen".to_owned(),
        "?code=stolen&state=".to_owned(),
        "?code=stolen&state".to_owned(),
        "?code=stolen&STATE=x".to_owned(),
        "?code=stolen&state[]=x".to_owned(),
        "?code=stolen&state=unknown".to_owned(),
        format!("?code=stolen&state={foreign}"),
        format!("?code=stolen&state={cut}"),
        format!("?code=stolen&state={own}x"),
        format!("?code=stolen&state={cut}%00").replace("%00", "!"),
        format!("?code=stolen&state={}", own.to_lowercase()),
        format!("?code=stolen&state=+{own}"),
        format!("?code=stolen&state={own}%20"),
        format!("?code=stolen&state={}", "A".repeat(43)),
        format!("?code=stolen&state={}", "A".repeat(10_000)),
        "?code=stolen&state=../../x".to_owned(),
        "?code=stolen&state='%20OR%201=1--".to_owned(),
        "?code=stolen&state=%3Cscript%3E".to_owned(),
        "?state=unknown".to_owned(),
        format!("?state={foreign}"),
    ] {
        is_refused(&town, &nobody, &query, ("login_expired", 400)).await;
        is_refused(&town, &somebody, &query, ("login_expired", 400)).await;
    }
    assert!(
        town.events().await.is_empty(),
        "nothing of it is in the trail"
    );
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_be_read_in_two_ways_or_not_at_all_is_invalid_and_spends_no_attempt() {
    let town = unlimited().await;
    let browser = Browser::new();
    let honest = callback(&town, &browser, "ada").await;
    let (state, code) = (parameter(&honest, "state"), parameter(&honest, "code"));
    let good = format!("?code={code}&state={state}");
    for more in [
        "&code=another".to_owned(),
        format!("&code={code}"),
        "&%63ode=another".to_owned(),
        "&code".to_owned(),
        "&state=another".to_owned(),
        format!("&state={state}"),
        "&st%61te=another".to_owned(),
        "&error=a&error=b".to_owned(),
        "&iss=a&iss=b".to_owned(),
        format!("&x={}", "a".repeat(17_000)),
    ] {
        is_refused(
            &town,
            &browser,
            &format!("{good}{more}"),
            ("login_invalid", 400),
        )
        .await;
    }
    for odd in [
        format!("?code=a&{}", &good[1..]),
        format!("?state=a&{}", &good[1..]),
        format!("?code=%00&state={state}"),
        format!("?code=%FF&state={state}"),
        format!("?code=a%C0%AF&state={state}"),
        format!("?code={code}&state=%00"),
        format!("?code={}&state={state}", "a".repeat(17_000)),
        format!("?state={state}"),
        format!("?state={state}&code="),
        format!("?state={state}&code"),
        format!("?state={state}&CODE={code}"),
    ] {
        is_refused(&town, &browser, &odd, ("login_invalid", 400)).await;
    }
    let page = browser.open(honest.as_str()).await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_the_provider_decides_whatever_else_comes_along() {
    let town = unlimited().await;
    let errors = [
        ("access_denied", "login_refused", 403),
        ("login_required", "login_refused", 403),
        ("interaction_required", "login_refused", 403),
        ("consent_required", "login_refused", 403),
        ("invalid_request", "login_refused", 403),
        ("invalid_scope", "login_refused", 403),
        ("unauthorized_client", "login_refused", 403),
        ("SERVER_ERROR", "login_refused", 403),
        ("server_error%20", "login_refused", 403),
        ("%3Cscript%3Ealert(1)%3C%2Fscript%3E", "login_refused", 403),
        ("%22%20onload%3D%22alert(1)", "login_refused", 403),
        ("a%0D%0ASet-Cookie:%20x", "login_refused", 403),
        ("", "login_refused", 403),
        ("server_error", "provider_unavailable", 503),
        ("temporarily_unavailable", "provider_unavailable", 503),
    ];
    let browser = Browser::new();
    for (error, expected, status) in errors {
        let honest = callback(&town, &browser, "ada").await;
        let good = honest.query().unwrap();
        let script =
            "error_description=%3Cscript%3Ealert(1)%3C%2Fscript%3E&error_uri=javascript:alert(1)";
        for query in [
            format!("?error={error}"),
            format!("?error={error}&{script}"),
            format!("?error={error}&state=unknown&{script}"),
            format!("?error={error}&{good}"),
            format!("?{good}&error={error}&{script}"),
        ] {
            is_refused(&town, &browser, &query, (expected, status)).await;
            let page = browser.open(&town.at(&format!("{CALLBACK}{query}"))).await;
            assert!(!page.text.contains("alert(1)"), "{query}: {}", page.text);
            assert_eq!(page.header("set-cookie"), None, "{query}");
        }
        browser.forget_cookies("");
    }
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_by_post_is_none() {
    let town = unlimited().await;
    let browser = Browser::new();
    let honest = callback(&town, &browser, "ada").await;
    town.cognito.forget_calls();
    let (state, code) = (parameter(&honest, "state"), parameter(&honest, "code"));
    let fields = [("state", state.as_str()), ("code", code.as_str())];
    let from = town.cognito.base();
    for address in [town.at(CALLBACK), honest.to_string()] {
        let page = browser.post(&address, &fields, Some(&from)).await;
        assert_eq!(told(&page), (Some("not_found".to_owned()), 404));
    }
    assert_eq!(town.cognito.count(Endpoint::Token), 0);
    assert_eq!(browser.cookie("front-door"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_somebody_elses_login_signs_nobody_in() {
    let town = unlimited().await;
    let (attacker, victim) = (Browser::new(), Browser::new());
    let stolen = callback(&town, &attacker, "mary").await;
    let state = begin(&town, &victim).await;
    town.cognito.forget_calls();
    let code = parameter(&stolen, "code");
    let planted = town.at(&format!("{CALLBACK}?code={code}&state={state}"));
    let page = victim.open(&planted).await;
    assert_eq!(told(&page), (Some("login_expired".to_owned()), 400));
    assert_eq!(
        town.cognito.count(Endpoint::Token),
        1,
        "its verifier is another"
    );
    assert_eq!(victim.cookie("front-door"), None);
    let again = attacker.open(stolen.as_str()).await;
    assert_eq!(
        told(&again),
        (Some("login_expired".to_owned()), 400),
        "it is spent"
    );
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_callbacks_at_once_one_spends_the_code() {
    let town = unlimited().await;
    let browser = Browser::new();
    let honest = callback(&town, &browser, "ada").await;
    let clicks: Vec<_> = (0..10)
        .map(|_| {
            let (browser, address) = (browser.clone_cookies(), honest.to_string());
            tokio::spawn(async move { browser.open_once(&address).await })
        })
        .collect();
    let mut ends = BTreeSet::new();
    let mut signed_in = 0;
    for click in clicks {
        let page = click.await.unwrap();
        signed_in += usize::from(page.status == 303);
        ends.insert(told(&page));
    }
    assert_eq!(signed_in, 1);
    let expired = (Some("login_expired".to_owned()), 400);
    assert_eq!(ends, BTreeSet::from([(None, 303), expired]));
    assert_eq!(town.cognito.count(Endpoint::Token), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_is_not_the_attempts_own_spends_no_code() {
    let town = unlimited().await;
    let issuer = town.cognito.issuer();
    for wrong in [
        "https://evil.test".to_owned(),
        format!("{issuer}/"),
        issuer.to_uppercase(),
        format!("{issuer}%20"),
        String::new(),
    ] {
        let browser = Browser::new();
        let honest = callback(&town, &browser, "ada").await;
        let query = format!("?{}&iss={wrong}", honest.query().unwrap());
        is_refused(&town, &browser, &query, ("login_invalid", 400)).await;
    }
    let browser = Browser::new();
    let honest = callback(&town, &browser, "ada").await;
    let page = browser.open(&format!("{honest}&iss={issuer}")).await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_was_promised_must_come() {
    let mut town = unlimited().await;
    town.close().await;
    let promise = "authorization_response_iss_parameter_supported".to_owned();
    town.cognito
        .misbehave(Fault::Discovery(promise, Some(true.into())));
    town.open().await;
    let browser = Browser::new();
    let honest = callback(&town, &browser, "ada").await;
    let query = format!("?{}", honest.query().unwrap());
    is_refused(&town, &browser, &query, ("login_invalid", 400)).await;
    let browser = Browser::new();
    let honest = callback(&town, &browser, "ada").await;
    let address = format!("{honest}&iss={}", town.cognito.issuer());
    let page = browser.open(&address).await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_at_another_providers_address_spends_no_code_at_either() {
    let other = Cognito::start(CognitoConfig {
        pool: "eu-west-1_Other".to_owned(),
        ..CognitoConfig::default()
    })
    .await;
    let mut town = unlimited().await;
    let provider = format!(
        "\n[default.provider.other]\nlabel = \"Other\"\ndomain = {:?}\nissuer = {:?}\nclient_id = {:?}\nemail_domains = [\"other.example\"]\n",
        other.base(),
        other.issuer(),
        other.client_id(),
    );
    town.reopen_with(&provider).await;
    let browser = Browser::new();
    let login = browser
        .open(&town.at("/login?to=%2Fme&provider=cognito"))
        .await;
    let form = login.form_with("password");
    let fields = [
        ("username", "ada"),
        ("password", imitation::cognito::PASSWORD),
    ];
    let page = browser.submit_once(&form, &fields).await;
    let honest = page.location().unwrap().to_string();
    let mixed_up = honest.replace(CALLBACK, "/login/callback/other");
    for address in [
        mixed_up.clone(),
        format!("{mixed_up}&iss={}", other.issuer()),
    ] {
        let page = browser.open(&address).await;
        assert_eq!(told(&page), (Some("login_invalid".to_owned()), 400));
    }
    assert_eq!(other.count(Endpoint::Token), 0);
    assert_eq!(town.cognito.count(Endpoint::Token), 0);
    let nowhere = honest.replace(CALLBACK, "/login/callback/nobody");
    let page = browser.open(&nowhere).await;
    assert_eq!(told(&page), (Some("not_found".to_owned()), 404));
    assert!(browser.open(&honest).await.says("ada@customer.example"));
}
