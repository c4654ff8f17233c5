//! What the imitation of Cognito keeps from the original.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::read::MultiGzDecoder;
use imitation::browser::{Browser, Page};
use imitation::cognito::{Cognito, CognitoConfig, Endpoint, Fault};
use serde_json::Value;
use std::io::Read as _;
use std::time::Duration;

const CALLBACK: &str = "http://localhost:1/callback";
// The verifier and challenge of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

async fn cognito() -> Cognito {
    let cognito = Cognito::start(CognitoConfig::default()).await;
    cognito.register_callback(CALLBACK);
    cognito.register_sign_out("http://localhost:1/signed-out");
    cognito
}

fn authorize_url(cognito: &Cognito, more: &str) -> String {
    format!(
        "{}/oauth2/authorize?response_type=code&client_id={}&redirect_uri={CALLBACK}&scope=openid+profile+email\
         &state=our-state&nonce=our-nonce&code_challenge={CHALLENGE}&code_challenge_method=S256{more}",
        cognito.base(),
        cognito.client_id()
    )
}

/// Logs in and gives the code, without following it to the callback, where nobody listens.
async fn code(cognito: &Cognito, browser: &Browser, username: &str) -> String {
    let page = browser.open(&authorize_url(cognito, "")).await;
    let fields = [
        ("username", username),
        ("password", imitation::cognito::PASSWORD),
    ];
    let back = browser
        .submit_once(&page.form_with("password"), &fields)
        .await;
    parameter(&back, "code").unwrap()
}

fn parameter(page: &Page, name: &str) -> Option<String> {
    let location = page.location()?;
    let mut pairs = location.query_pairs();
    pairs
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

async fn redeem(cognito: &Cognito, code: &str, verifier: &str) -> (u16, Value) {
    let page = Browser::new()
        .post(
            &format!("{}/oauth2/token", cognito.base()),
            &[
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", CALLBACK),
                ("code_verifier", verifier),
                ("client_id", &cognito.client_id()),
                ("client_secret", &cognito.client_secret().unwrap()),
            ],
            None,
        )
        .await;
    (page.status, serde_json::from_str(&page.text).unwrap())
}

fn part(token: &Value, index: usize) -> Value {
    let part = token.as_str().unwrap().split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[rocket::async_test]
async fn a_login_ends_in_tokens_of_cognitos_shape() {
    let cognito = cognito().await;
    let browser = Browser::new();
    let code = code(&cognito, &browser, "charles").await;
    let (status, answer) = redeem(&cognito, &code, VERIFIER).await;
    assert_eq!(status, 200);
    assert_eq!(answer.get("scope"), None);
    let id = part(&answer["id_token"], 1);
    assert_eq!(id["iss"], cognito.issuer());
    assert_eq!(id["aud"], cognito.client_id());
    assert_eq!(id["token_use"], "id");
    assert_eq!(id["nonce"], "our-nonce");
    assert_eq!(id["email_verified"], true);
    assert_eq!(id["cognito:username"], "charles");
    assert_eq!(id["cognito:groups"], serde_json::json!(["acme"]));
    assert_eq!(id["custom:company"], "Acme GmbH");
    let access = part(&answer["access_token"], 1);
    assert_eq!(access["client_id"], cognito.client_id());
    assert_eq!(access.get("aud"), None);
    assert!(
        part(&answer["id_token"], 0)["kid"]
            .as_str()
            .unwrap()
            .ends_with('=')
    );
    assert_eq!(cognito.count(Endpoint::Token), 1);
}

#[rocket::async_test]
async fn groups_are_absent_when_there_are_none() {
    let cognito = cognito().await;
    let code = code(&cognito, &Browser::new(), "ada").await;
    let (_, answer) = redeem(&cognito, &code, VERIFIER).await;
    assert_eq!(part(&answer["id_token"], 1).get("cognito:groups"), None);
}

#[rocket::async_test]
async fn a_code_works_once_and_with_its_verifier() {
    let cognito = cognito().await;
    let browser = Browser::new();
    let first = code(&cognito, &browser, "ada").await;
    assert_eq!(redeem(&cognito, &first, VERIFIER).await.0, 200);
    let again = redeem(&cognito, &first, VERIFIER).await;
    assert_eq!((again.0, &again.1["error"]), (400, &"invalid_grant".into()));
    let second = code(&cognito, &Browser::new(), "ada").await;
    let other = "x".repeat(43);
    assert_eq!(
        redeem(&cognito, &second, &other).await.1["error"],
        "invalid_grant"
    );
}

#[rocket::async_test]
async fn a_code_ends_after_five_minutes() {
    let cognito = cognito().await;
    let code = code(&cognito, &Browser::new(), "ada").await;
    cognito.advance(Duration::from_secs(301));
    assert_eq!(
        redeem(&cognito, &code, VERIFIER).await.1["error"],
        "invalid_grant"
    );
}

#[rocket::async_test]
async fn the_cognito_cookie_signs_in_silently_unless_a_fresh_login_is_asked_for() {
    let cognito = cognito().await;
    let browser = Browser::new();
    code(&cognito, &browser, "ada").await;
    let silent = browser.open_once(&authorize_url(&cognito, "")).await;
    assert!(parameter(&silent, "code").is_some());
    assert_eq!(parameter(&silent, "state").unwrap(), "our-state");
    let fresh = browser
        .open(&authorize_url(&cognito, "&prompt=login"))
        .await;
    assert_eq!(fresh.attribute("data-page").unwrap(), "cognito-login");
    cognito.misbehave(Fault::PromptIgnored);
    let ignored = browser
        .open_once(&authorize_url(&cognito, "&prompt=login"))
        .await;
    assert!(parameter(&ignored, "code").is_some());
}

#[rocket::async_test]
async fn a_wrong_client_or_address_never_comes_back() {
    let cognito = cognito().await;
    let url = authorize_url(&cognito, "").replace("callback", "elsewhere");
    let page = Browser::new().open(&url).await;
    assert_eq!(page.status, 400);
    assert_eq!(page.attribute("data-page").unwrap(), "cognito-error");
}

#[rocket::async_test]
async fn errors_come_back_without_state() {
    let cognito = cognito().await;
    let url = authorize_url(&cognito, "").replace("profile", "phone");
    let page = Browser::new().open_once(&url).await;
    assert_eq!(parameter(&page, "error").unwrap(), "invalid_request");
    assert_eq!(parameter(&page, "state"), None);
}

#[rocket::async_test]
async fn a_newer_login_tab_ends_the_older_one() {
    let cognito = cognito().await;
    let browser = Browser::new();
    let older = browser.open(&authorize_url(&cognito, "")).await;
    browser.open(&authorize_url(&cognito, "")).await;
    let refused = cognito.log_in(&browser, &older, "ada").await;
    assert_eq!(refused.attribute("data-page").unwrap(), "cognito-error");
}

#[rocket::async_test]
async fn logging_out_needs_a_registered_address() {
    let cognito = cognito().await;
    let browser = Browser::new();
    code(&cognito, &browser, "ada").await;
    let out = |to: &str| {
        format!(
            "{}/logout?client_id={}&logout_uri={to}",
            cognito.base(),
            cognito.client_id()
        )
    };
    assert_eq!(browser.open(&out("http://evil.test/")).await.status, 400);
    assert!(browser.cookie("cognito").is_some());
    let page = browser
        .open_once(&out("http://localhost:1/signed-out"))
        .await;
    assert_eq!(page.location().unwrap().path(), "/signed-out");
    assert_eq!(browser.cookie("cognito"), None);
}

#[rocket::async_test]
async fn user_info_says_its_booleans_as_texts() {
    let cognito = cognito().await;
    let code = code(&cognito, &Browser::new(), "ada").await;
    let (_, answer) = redeem(&cognito, &code, VERIFIER).await;
    let bearer = format!("Bearer {}", answer["access_token"].as_str().unwrap());
    let browser = Browser::new().with_header("Authorization", &bearer);
    let page = browser
        .fetch(&format!("{}/oauth2/userInfo", cognito.base()))
        .await;
    let claims: Value = serde_json::from_str(&page.text).unwrap();
    assert_eq!(claims["email_verified"], "true");
    assert_eq!(claims["sub"], part(&answer["id_token"], 1)["sub"]);
}

#[rocket::async_test]
async fn a_fault_changes_the_token_until_the_pool_behaves_again() {
    let cognito = cognito().await;
    cognito.misbehave(Fault::AlgNone);
    cognito.misbehave(Fault::AudienceForeign);
    cognito.misbehave(Fault::Claim("email".to_owned(), None));
    let first = code(&cognito, &Browser::new(), "ada").await;
    let bad = redeem(&cognito, &first, VERIFIER).await.1["id_token"].clone();
    assert_eq!(part(&bad, 0)["alg"], "none");
    assert_eq!(part(&bad, 1)["aud"], "another-app-client");
    assert_eq!(part(&bad, 1).get("email"), None);
    cognito.behave();
    let second = code(&cognito, &Browser::new(), "ada").await;
    let good = redeem(&cognito, &second, VERIFIER).await.1["id_token"].clone();
    assert_eq!(part(&good, 0)["alg"], "RS256");
    assert_eq!(part(&good, 1)["aud"], cognito.client_id());
}

#[rocket::async_test]
async fn rotated_keys_are_published_alone() {
    let cognito = cognito().await;
    let address = format!("{}/.well-known/jwks.json", cognito.issuer());
    let before = Browser::new().open(&address).await.text;
    cognito.rotate_keys();
    let after: Value = serde_json::from_str(&Browser::new().open(&address).await.text).unwrap();
    assert_eq!(after["keys"].as_array().unwrap().len(), 1);
    assert!(!before.contains(after["keys"][0]["kid"].as_str().unwrap()));
}

#[rocket::async_test]
async fn a_person_is_one_click_away() {
    let cognito = cognito().await;
    let browser = Browser::new();
    let page = browser.open(&authorize_url(&cognito, "")).await;
    let (form, button) = page.button("Ada Lovelace");
    let chosen = [(button.name.as_deref().unwrap(), button.value.as_str())];
    let back = browser.submit_once(&form, &chosen).await;
    assert!(parameter(&back, "code").is_some());
}

#[rocket::async_test]
async fn a_slow_token_endpoint_answers_when_it_is_let_go() {
    let cognito = cognito().await;
    let code = code(&cognito, &Browser::new(), "ada").await;
    cognito.misbehave(Fault::TokenEndpointHangs);
    let release = async {
        cognito.wait_for(Endpoint::Token, 1).await;
        cognito.behave();
    };
    let (answer, ()) =
        rocket::futures::future::join(redeem(&cognito, &code, VERIFIER), release).await;
    assert_eq!(answer.0, 200);
}

#[rocket::async_test]
async fn it_can_go_down_and_come_back_at_the_same_address() {
    let mut cognito = cognito().await;
    let address = format!("{}/.well-known/openid-configuration", cognito.issuer());
    assert_eq!(Browser::new().open(&address).await.status, 200);
    cognito.go_down().await;
    assert!(Browser::new().try_open(&address).await.is_err());
    cognito.come_back().await;
    let page = Browser::new().open(&address).await;
    assert!(!page.text.contains("code_challenge_methods_supported"));
}

async fn discovery(cognito: &Cognito) -> reqwest::Response {
    let address = format!("{}/.well-known/openid-configuration", cognito.issuer());
    reqwest::get(address).await.unwrap()
}

#[rocket::async_test]
async fn an_endless_answer_ends_when_nobody_takes_it_or_when_it_is_let_go() {
    let cognito = cognito().await;
    for fault in [
        Fault::Endless(Endpoint::Discovery),
        Fault::Trickles(Endpoint::Discovery),
    ] {
        cognito.forget_calls();
        cognito.misbehave(fault);
        let mut answer = discovery(&cognito).await;
        assert!(answer.chunk().await.unwrap().is_some());
        drop(answer);
        cognito.until_none_is_taken().await;
        assert!(cognito.most_taken() > 0);
        let release = async {
            cognito.wait_for(Endpoint::Discovery, 2).await;
            cognito.behave();
        };
        let (answer, ()) = rocket::futures::future::join(discovery(&cognito), release).await;
        let document: Value = answer.json().await.unwrap();
        assert_eq!(document["issuer"], cognito.issuer());
    }
}

#[rocket::async_test]
async fn gzip_unpacks_to_what_should_have_been_said_and_a_bomb_to_far_more() {
    let cognito = cognito().await;
    let mut sizes = Vec::new();
    for fault in [
        Fault::Gzip(Endpoint::Discovery),
        Fault::GzipBomb(Endpoint::Discovery),
    ] {
        cognito.misbehave(fault);
        let answer = discovery(&cognito).await;
        assert_eq!(answer.headers()["content-encoding"], "gzip");
        let packed = answer.bytes().await.unwrap();
        cognito.behave();
        let mut unpacked = MultiGzDecoder::new(packed.as_ref());
        let mut document = vec![0; 512];
        unpacked.read_exact(&mut document).unwrap();
        assert!(String::from_utf8_lossy(&document).contains(&cognito.issuer()));
        let rest = std::io::copy(&mut unpacked, &mut std::io::sink()).unwrap();
        sizes.push((packed.len() / 1024, rest >> 20));
    }
    assert_eq!(sizes[0], (0, 0));
    assert!(sizes[1].0 < 512 && sizes[1].1 == 256, "{sizes:?}");
}
