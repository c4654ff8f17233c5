//! What can be told of a login before anybody logs in: whether the login page opens for our client, and whether the token endpoint takes our secret.
//!
//! Nothing is changed at the provider. Its login page is asked for and not followed; the token endpoint is shown a code that was made up, which a provider
//! refuses only after it has looked at client id and secret (Cognito: `invalid_client` for these, `invalid_grant` for the code).

use openidconnect::HttpResponse;
use url::Url;

use super::check::{Finding, Outcome};
use super::diagnosis::{Answered, Case, Diagnosis};
use super::discovery::Discovered;
use super::{Callback, ClientRefusal, Misfit, Provider, ProviderError, StartLogin, cognito, token};
use crate::metrics::ProviderCall;
use crate::random;
use crate::trace::Steps;

/// Asks for the login page as a browser would for a login.
pub(super) async fn login_page(provider: &Provider, case: &Case<'_>) -> Finding {
    let name = "login page";
    let made_up = [
        random::token::<32>(),
        random::token::<32>(),
        random::token::<32>(),
    ];
    let login = StartLogin {
        redirect_uri: case.callback,
        state: &made_up[0],
        nonce: &made_up[1],
        pkce_verifier: &made_up[2],
        login_hint: None,
        fresh: true,
    };
    let address = match provider.start(&login).await {
        Ok(address) => address,
        Err(error) => return Finding::failed(name, case.of_error(&error)),
    };
    let is_pool = cognito::is_user_pool(provider.settings());
    let http = provider.http.calling(ProviderCall::LoginPage);
    match http.get(&address, None).await {
        Ok(answer) => match refusal(&answer, &address, case, is_pool) {
            Some(diagnosis) => Finding::failed(name, diagnosis),
            None if is_pool || answer.status().is_redirection() => Finding::new(
                name,
                Outcome::Ok,
                "the provider knows the client and the callback address, and asks people to log in",
                "",
            ),
            None => Finding::new(
                name,
                Outcome::Ok,
                "the provider answers; only a login shows whether it knows the client and the callback address",
                "",
            ),
        },
        Err(fault) => Finding::new(
            name,
            Outcome::Failed,
            format!("{}: {fault}", address.origin().ascii_serialization()),
            "Check the provider's login domain, and that browsers and this machine reach it.",
        ),
    }
}

/// What an answer of the login page says against us.
fn refusal(
    answer: &HttpResponse,
    asked: &Url,
    case: &Case<'_>,
    is_pool: bool,
) -> Option<Diagnosis> {
    if answer.status().is_client_error() {
        return Some(case.of_answer(&Answered::Kept { error: "" }));
    }
    let location = answer.headers().get("location")?.to_str().ok()?;
    let location = asked.join(location).ok()?;
    let parameter = |name: &str| {
        let found = location.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned())
    };
    let error = parameter("error");
    let mut without_query = location.clone();
    without_query.set_query(None);
    if without_query.as_str() == case.callback {
        let error = error?;
        let description = parameter("error_description").unwrap_or_default();
        return Some(case.of_answer(&Answered::Back {
            error: &error,
            description: &description,
        }));
    }
    let error = error.unwrap_or_default();
    (is_pool && location.path() == "/error")
        .then(|| case.of_answer(&Answered::Kept { error: &error }))
}

/// Shows the token endpoint our client with a code that was made up.
pub(super) async fn client(
    provider: &Provider,
    endpoints: &Discovered,
    case: &Case<'_>,
) -> Finding {
    let name = "client";
    let (code, verifier) = (random::token::<32>(), random::token::<32>());
    let made_up = Callback {
        code: &code,
        pkce_verifier: &verifier,
        nonce: "",
        redirect_uri: case.callback,
        iss: None,
        steps: &Steps::default(),
    };
    let asked = match token::client(provider.settings(), endpoints) {
        Ok(client) => token::redeem(&provider.http, &client, &made_up).await,
        Err(error) => Err(error),
    };
    let Err(error) = asked else {
        let detail = "the token endpoint gave tokens for a code that was made up";
        return Finding::new(
            name,
            Outcome::Failed,
            detail,
            "Check the provider's addresses: this is no identity provider to trust.",
        );
    };
    let diagnosis = case.of_error(&error);
    match &error {
        ProviderError::Expired(_) => Finding::new(name, Outcome::Ok, accepted(provider), ""),
        ProviderError::Misconfigured(Misfit::Client {
            refusal: ClientRefusal::Other,
            ..
        })
        | ProviderError::Invalid(_) => Finding {
            outcome: Outcome::Warning,
            ..Finding::failed(name, diagnosis)
        },
        _ => Finding::failed(name, diagnosis),
    }
}

fn accepted(provider: &Provider) -> &'static str {
    match provider.settings().client_secret {
        Some(_) => "the token endpoint accepts client id and client secret",
        None => "the token endpoint accepts the client id without a secret",
    }
}
