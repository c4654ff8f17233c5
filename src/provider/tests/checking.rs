//! What an administrator is told.

use super::*;

#[tokio::test]
async fn a_check_of_a_healthy_provider_finds_nothing_wrong() {
    let house = House::build().await;
    let findings = house.provider.check().await;
    let names: Vec<&str> = findings.iter().map(|finding| finding.name).collect();
    assert_eq!(names, ["discovery", "keys", "login domain"]);
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
    let findings = house.provider.check().await;
    assert_eq!(
        findings
            .last()
            .map(|finding| (finding.name, finding.outcome)),
        Some(("login domain", Outcome::Failed))
    );
    assert!(matches!(
        house.provider.start(&login()).await,
        Err(ProviderError::Misconfigured(_))
    ));
}

#[tokio::test]
async fn a_clock_that_is_off_is_found_out() {
    let house = House::build().await;
    let body = document(&house.fake.origin).to_string();
    house.fake.say(
        DISCOVERY,
        Reply::Text {
            status: 200,
            content_type: "application/json\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT",
            body,
        },
    );
    let findings = house.provider.check().await;
    assert_eq!(
        findings
            .last()
            .map(|finding| (finding.name, finding.outcome)),
        Some(("clock", Outcome::Failed))
    );
}
