//! `userInfo` (OIDC Core, section 5.3): asked only for what the ID token lacks, believed only about the same person.

use openidconnect::AccessToken;
use serde_json::Value;
use url::Url;

use super::http::{Http, HttpFault, is_json};
use super::{Away, Endpoint, ProviderError};
use crate::identity::{Claims, object};
use crate::metrics::ProviderCall;

/// The check that an answer of `userInfo` failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UserInfoFault {
    /// It refuses the access token that was issued a moment ago, or answers with something else than 200.
    #[error("answered {0}")]
    Status(u16),
    /// Not a JSON object whose names are all different, or too large.
    #[error("cannot be read")]
    Unreadable,
    /// It speaks of somebody else (section 5.3.2: the `sub` must be compared).
    #[error("speaks of another sub")]
    Subject,
}

/// Asks what else the provider says about `subject`.
pub(super) async fn ask(
    http: &Http,
    endpoint: &Url,
    access_token: &AccessToken,
    subject: &str,
) -> Result<Claims, ProviderError> {
    let answer = match http
        .calling(ProviderCall::UserInfo)
        .get(endpoint, Some(access_token.secret()))
        .await
    {
        Ok(answer) => answer,
        Err(HttpFault::TooLarge) => return Err(UserInfoFault::Unreadable.into()),
        Err(fault) => {
            return Err(Away::new(Endpoint::UserInfo, format!("userInfo: {fault}")).into());
        }
    };
    if answer.status() != 200 {
        return Err(UserInfoFault::Status(answer.status().as_u16()).into());
    }
    if !is_json(&answer) {
        return Err(UserInfoFault::Unreadable.into());
    }
    let claims = object(answer.body()).map_err(|_| UserInfoFault::Unreadable)?;
    if claims.get("sub").and_then(Value::as_str) != Some(subject) {
        return Err(UserInfoFault::Subject.into());
    }
    Ok(Claims::new(claims))
}
