//! What each odd answer of the token endpoint gets.

use super::*;

#[tokio::test]
async fn a_spent_code_has_expired() {
    let house = House::build().await;
    house.fake.say("/token", refusal(400, "invalid_grant"));
    assert!(matches!(
        house.redeem().await,
        Err(ProviderError::Expired(_))
    ));
}

#[tokio::test]
async fn a_refused_client_is_a_matter_of_settings() {
    let house = House::build().await;
    for (status, error) in [
        (401, "invalid_client"),
        (400, "unauthorized_client"),
        (400, "invalid_redirect"),
        (400, "invalid_request"),
    ] {
        house.fake.say("/token", refusal(status, error));
        let answer = house.redeem().await;
        assert!(
            matches!(&answer, Err(ProviderError::Misconfigured(why)) if why.to_string().contains(error)),
            "{answer:?}"
        );
    }
}

fn refusal(status: u16, error: &str) -> Reply {
    Reply::Text {
        status,
        content_type: "application/json",
        body: json!({"error": error, "error_description": "x\ny"}).to_string(),
    }
}

#[tokio::test]
async fn an_explanation_that_repeats_the_code_is_not_logged() {
    let house = House::build().await;
    let body =
        json!({"error": "invalid_client", "error_description": "no use for the-code"}).to_string();
    house.fake.say(
        "/token",
        Reply::Text {
            status: 400,
            content_type: "application/json",
            body,
        },
    );
    let error = house.redeem().await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("the-code"));
}

#[tokio::test]
async fn an_unwell_token_endpoint_is_unavailable() {
    let house = House::build().await;
    for status in [500, 502, 503, 504, 429] {
        house.fake.say(
            "/token",
            Reply::Text {
                status,
                content_type: "text/html",
                body: "<h1>oops</h1>".into(),
            },
        );
        is_unavailable(house.redeem().await);
    }
}

#[tokio::test]
async fn a_silent_provider_is_not_waited_for() {
    let impatient = |settings: &mut ProviderSettings| settings.timeout = Duration::from_millis(50);
    let house = House::build_with(impatient).await;
    house.fake.say(DISCOVERY, Reply::Silence);
    is_unavailable(house.provider.start(&login()).await);
    let house = House::build_with(impatient).await;
    house.fake.say("/token", Reply::Silence);
    is_unavailable(house.redeem().await);
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_invalid() {
    let house = House::build().await;
    let text = |status, content_type, body: &str| Reply::Text {
        status,
        content_type,
        body: body.to_owned(),
    };
    let replies = [
        text(200, "text/html", "<h1>welcome</h1>"),
        text(200, "application/json", "<h1>welcome</h1>"),
        text(200, "application/json", ""),
        text(200, "application/json", "[]"),
        text(
            200,
            "text/plain",
            r#"{"access_token":"a","token_type":"Bearer","id_token":"b"}"#,
        ),
        text(400, "text/html", "<h1>bad</h1>"),
        Reply::Json(json!({"access_token": "access", "token_type": "Bearer"})),
        Reply::Json(json!({"access_token": "access", "token_type": "mac", "id_token": "x"})),
        Reply::Json(
            json!({"access_token": "access", "token_type": "Bearer", "id_token": {"a": 1}}),
        ),
        Reply::Endless,
        Reply::Redirect("/elsewhere"),
    ];
    for reply in replies {
        house.fake.say("/token", reply);
        is_invalid(house.redeem().await);
    }
    assert_eq!(house.asked("/elsewhere"), 0);
}
