//! Each error with the step, the cause and the remedy that an administrator reads.

mod answers;

use std::path::Path;

use super::super::{ClientRefusal, IdTokenFault, UserInfoFault};
use super::*;
use crate::identity::MappingError;
use crate::settings::Settings;

const CALLBACK: &str = "https://sso.acme.example/login/callback/acme";

/// A user pool with these lines instead of its usual ones.
fn settings(lines: &str) -> Settings {
    let text = format!("[default.provider.acme]\nclient_id = \"a\"\n{lines}");
    Settings::from_toml(&text, Path::new(".")).unwrap().settings
}

fn pool() -> Settings {
    settings(
        "user_pool = \"eu-west-1_A1\"\ndomain = \"acme.auth.eu-west-1.amazoncognito.com\"\nclient_secret = \"very secret\"",
    )
}

fn other() -> Settings {
    settings("issuer = \"https://idp.example\"\nclient_secret = \"very secret\"")
}

fn case(settings: &Settings) -> Case<'_> {
    Case {
        settings: settings.providers.values().next().unwrap(),
        callback: CALLBACK,
    }
}

#[track_caller]
fn says(diagnosis: &Diagnosis, step: Step, cause: &str, remedy: &str) {
    assert_eq!(diagnosis.step, step, "{diagnosis:?}");
    assert!(diagnosis.cause.contains(cause), "{diagnosis:?}");
    assert!(diagnosis.remedy.contains(remedy), "{diagnosis:?}");
}

fn refused(refusal: ClientRefusal) -> ProviderError {
    let said = "as asked for".to_owned();
    Misfit::Client { refusal, said }.into()
}

fn away(at: Endpoint, status: Option<u16>) -> ProviderError {
    let why = "no answer".to_owned();
    Away { at, status, why }.into()
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "a table: one entry an error, to be read as one"
)]
fn each_error_of_a_user_pool_is_told_in_the_words_of_its_console() {
    let none = "No such pool or page";
    for (error, step, cause, remedy) in [
        (
            Misfit::NoDomain.into(),
            Step::Discovery,
            "This user pool has no domain",
            "Branding, Domain",
        ),
        (
            away(Endpoint::Discovery, Some(400)),
            Step::Discovery,
            "no user pool of this id",
            "user pool ID",
        ),
        (
            away(Endpoint::Discovery, None),
            Step::Discovery,
            "no answer",
            "this machine reaches it",
        ),
        (
            away(Endpoint::Keys, None),
            Step::Keys,
            "no answer",
            "this machine reaches it",
        ),
        (
            away(Endpoint::Token, None),
            Step::Token,
            "no answer",
            "this machine reaches it",
        ),
        (
            away(Endpoint::UserInfo, None),
            Step::UserInfo,
            "no answer",
            "this machine reaches it",
        ),
        (
            refused(ClientRefusal::Credentials),
            Step::Token,
            "or the app client has no secret",
            "show its client secret",
        ),
        (
            refused(ClientRefusal::Grant),
            Step::Token,
            "authorization code grant is not enabled",
            CALLBACK,
        ),
        (
            refused(ClientRefusal::Redirect),
            Step::Token,
            "This callback address is not registered",
            CALLBACK,
        ),
        (
            refused(ClientRefusal::Scope),
            Step::Token,
            "openid, profile, email",
            "OpenID Connect scopes",
        ),
        (
            refused(ClientRefusal::Other),
            Step::Token,
            "as asked for",
            "client id",
        ),
        (
            ProviderError::Expired(none.into()),
            Step::Token,
            "no longer accepts the code",
            "Attribute permissions",
        ),
        (
            Invalid::Issuer.into(),
            Step::Callback,
            "is not this provider",
            "issuer",
        ),
        (
            Invalid::TokenAnswer("no JSON".into()).into(),
            Step::Token,
            "no JSON",
            "proxy",
        ),
        (
            IdTokenFault::Expired.into(),
            Step::IdToken,
            "has expired",
            "clock by NTP",
        ),
        (
            IdTokenFault::Future.into(),
            Step::IdToken,
            "from the future",
            "clock by NTP",
        ),
        (
            IdTokenFault::Audience.into(),
            Step::IdToken,
            "another client",
            "client id",
        ),
        (
            IdTokenFault::Algorithm.into(),
            Step::IdToken,
            "RS256",
            "RS256",
        ),
        (
            IdTokenFault::Nonce.into(),
            Step::IdToken,
            "another login attempt",
            "Start the test again",
        ),
        (
            UserInfoFault::Status(401).into(),
            Step::UserInfo,
            "answered 401",
            "scope openid",
        ),
        (
            UserInfoFault::Subject.into(),
            Step::UserInfo,
            "another sub",
            "ID token",
        ),
    ] {
        says(&case(&pool()).of_error(&error), step, cause, remedy);
    }
}

#[test]
fn other_providers_hear_nothing_of_cognito() {
    let settings = other();
    let case = case(&settings);
    let errors = [
        away(Endpoint::Discovery, Some(404)),
        refused(ClientRefusal::Credentials),
        refused(ClientRefusal::Grant),
        refused(ClientRefusal::Redirect),
        refused(ClientRefusal::Scope),
        ProviderError::Expired(String::new()),
    ];
    let mut told: Vec<Diagnosis> = errors.iter().map(|error| case.of_error(error)).collect();
    for error in [
        "access_denied",
        "server_error",
        "unauthorized_client",
        "odd",
    ] {
        let description = "";
        told.push(case.of_answer(&Answered::Back { error, description }));
    }
    told.push(case.of_answer(&Answered::Kept {
        error: "invalid_client",
    }));
    told.push(case.of_mapping(&MappingError::EmailMissing, &settings.mapping));
    for diagnosis in told {
        let words = format!("{} {}", diagnosis.cause, diagnosis.remedy);
        assert!(
            !words.contains("Cognito") && !words.contains("user pool"),
            "{words}"
        );
    }
}

#[test]
fn a_missing_secret_is_told_from_a_wrong_one() {
    let public = settings("user_pool = \"eu-west-1_A1\"\ndomain = \"acme.example\"");
    let told = case(&public).of_error(&refused(ClientRefusal::Credentials));
    says(&told, Step::Token, "needs its secret", "enter it here");
}

#[test]
fn a_pool_in_another_region_is_recognised() {
    let elsewhere = settings(
        "issuer = \"https://cognito-idp.us-east-1.amazonaws.com/eu-west-1_A1\"\ndomain = \"acme.example\"",
    );
    let told = case(&elsewhere).of_error(&away(Endpoint::Discovery, Some(400)));
    says(
        &told,
        Step::Discovery,
        "in another region: its id begins with eu-west-1",
        "id alone",
    );
}

#[test]
fn each_reason_of_the_mapping_has_a_remedy() {
    let email = || "ada@acme.example".parse().unwrap();
    let settings = pool();
    for (error, cause, remedy) in [
        (
            MappingError::EmailMissing,
            "no usable mail address",
            "taken from email",
        ),
        (
            MappingError::EmailUnverified { email: email() },
            "has not verified",
            "mark the e-mail address as verified",
        ),
        (
            MappingError::DomainNotAllowed { email: email() },
            "not believed",
            "“Domains of its addresses”",
        ),
    ] {
        let told = case(&settings).of_mapping(&error, &settings.mapping);
        says(&told, Step::Mapping, cause, remedy);
    }
}

#[test]
fn no_secret_stands_in_a_diagnosis() {
    for refusal in [ClientRefusal::Credentials, ClientRefusal::Other] {
        let told = format!("{:?}", case(&pool()).of_error(&refused(refusal)));
        assert!(!told.contains("very secret"));
    }
}
