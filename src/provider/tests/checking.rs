//! What an administrator is told.

use super::*;

/// A provider that would begin a login, and knows our client.
async fn ready() -> House {
    let house = House::build().await;
    house
        .fake
        .say("/authorize", Reply::Redirect("/login?client_id=ours"));
    house.fake.say("/token", refuses("invalid_grant", ""));
    house
}

fn refuses(error: &str, description: &str) -> Reply {
    Reply::Text {
        status: 400,
        content_type: "application/json",
        body: json!({"error": error, "error_description": description}).to_string(),
    }
}

async fn found(house: &House, name: &str) -> Finding {
    let findings = house.provider.check(OUR_CALLBACK).await;
    let mut such = findings.into_iter().filter(|finding| finding.name == name);
    such.next().unwrap()
}

#[tokio::test]
async fn what_the_login_page_would_refuse_is_found_before_anybody_logs_in() {
    for (location, cause) in [
        (
            "/error?error=redirect_mismatch&client_id=ours",
            "This callback address is not registered.",
        ),
        (
            "/error?error=invalid_client",
            "This app client does not exist",
        ),
        ("/error", "does not begin a login"),
        (
            "https://sso.example.test/login/callback/cognito?error=invalid_request&error_description=invalid_scope",
            "A scope is not allowed",
        ),
        (
            "https://sso.example.test/login/callback/cognito?error=unauthorized_client",
            "The authorization code grant is not enabled",
        ),
    ] {
        let house = ready().await;
        house.fake.say("/authorize", Reply::Redirect(location));
        let page = found(&house, "login page").await;
        assert_eq!(page.outcome, Outcome::Failed, "{location}");
        assert!(page.detail.contains(cause), "{location}: {page:?}");
    }
    let house = ready().await;
    house.fake.forget("/authorize");
    assert_eq!(found(&house, "login page").await.outcome, Outcome::Failed);
    assert_eq!(house.asked("/login"), 0, "it is not followed");
}

#[tokio::test]
async fn a_refused_client_is_found_before_anybody_logs_in() {
    for (error, description, outcome, words) in [
        (
            "invalid_client",
            "invalid_client_secret",
            Outcome::Failed,
            "refuses the client secret",
        ),
        (
            "unauthorized_client",
            "",
            Outcome::Failed,
            "grant is not enabled",
        ),
        (
            "unauthorized_client",
            "invalid_redirect",
            Outcome::Failed,
            "callback address",
        ),
        ("invalid_request", "", Outcome::Warning, "refuses us"),
        (
            "invalid_grant",
            "",
            Outcome::Ok,
            "accepts client id and client secret",
        ),
    ] {
        let house = ready().await;
        house.fake.say("/token", refuses(error, description));
        let client = found(&house, "client").await;
        assert_eq!(client.outcome, outcome, "{error} {description}");
        assert!(client.detail.contains(words), "{client:?}");
    }
    let house = House::build().await;
    let gives_tokens = found(&house, "client").await;
    assert_eq!(gives_tokens.outcome, Outcome::Failed, "{gives_tokens:?}");
}

#[tokio::test]
async fn a_check_of_a_healthy_provider_finds_nothing_wrong() {
    let house = ready().await;
    let findings = house.provider.check(OUR_CALLBACK).await;
    let names: Vec<&str> = findings.iter().map(|finding| &*finding.name).collect();
    assert_eq!(
        names,
        ["discovery", "keys", "login domain", "login page", "client"]
    );
    assert!(
        findings
            .iter()
            .all(|finding| finding.outcome == Outcome::Ok),
        "{findings:?}"
    );
}

#[tokio::test]
async fn a_pool_without_a_domain_is_found_out() {
    let house =
        House::build_with(|settings| settings.domain = Some("http://localhost:1".parse().unwrap()))
            .await;
    let findings = house.provider.check(OUR_CALLBACK).await;
    assert_eq!(
        findings
            .last()
            .map(|finding| (&*finding.name, finding.outcome)),
        Some(("login domain", Outcome::Failed))
    );
    assert!(matches!(
        house.provider.start(&login()).await,
        Err(ProviderError::Misconfigured(_))
    ));
}

#[tokio::test]
async fn a_clock_that_is_off_is_found_out() {
    let house = ready().await;
    let body = document(&house.fake.origin).to_string();
    house.fake.say(
        DISCOVERY,
        Reply::Text {
            status: 200,
            content_type: "application/json\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT",
            body,
        },
    );
    let findings = house.provider.check(OUR_CALLBACK).await;
    assert_eq!(
        findings
            .last()
            .map(|finding| (&*finding.name, finding.outcome)),
        Some(("clock", Outcome::Failed))
    );
}
