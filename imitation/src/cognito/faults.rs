//! What can be made to go wrong.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::config::Endpoint;

/// One way to misbehave.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// The ID token says `alg: none` and carries no signature.
    AlgNone,
    /// The ID token is HS256 under the client secret.
    AlgHs256WithSecret,
    /// The ID token is HS256 under the bytes of the public key.
    AlgHs256WithPublicKey,
    /// The ID token is signed by somebody else, under the pool's key id.
    SignedByStranger,
    /// The ID token is signed by a key that is published nowhere.
    UnknownKeyId,
    /// The answer holds this text in the ID token's place.
    IdTokenIs(String),
    /// The answer holds the access token in the ID token's place.
    IdTokenIsAccessToken,
    /// A member of the ID token's header has this value, or is left out.
    Header(String, Option<Value>),
    /// The first such text in the ID token's payload is another, before it is signed.
    Payload(String, String),
    /// The ID token carries these bytes as its signature.
    SignatureIs(Vec<u8>),
    /// The ID token is HS256 under this text.
    SignedWithText(String),
    /// These texts stand before and after the ID token.
    IdTokenBetween(String, String),
    /// `iss` is another pool.
    IssuerWrong,
    /// No `iss`.
    IssuerMissing,
    /// `aud` is another app client of the pool.
    AudienceForeign,
    /// No `aud`.
    AudienceMissing,
    /// `aud` names ours and another, without `azp`.
    AudienceShared,
    /// `azp` is another app client.
    AuthorizedPartyForeign,
    /// `nonce` is another.
    NonceWrong,
    /// No `nonce`.
    NonceMissing,
    /// `exp` was an hour ago.
    Expired,
    /// No `exp`.
    ExpiryMissing,
    /// `exp` is no number.
    ExpiryOdd,
    /// `iat` is an hour ahead.
    IssuedInFuture,
    /// `nbf` is an hour ahead.
    NotBeforeInFuture,
    /// `token_use` is `access`.
    TokenUseAccess,
    /// `at_hash` belongs to another access token.
    AtHashWrong,
    /// No `email`.
    EmailMissing,
    /// `email_verified` is the text `true`.
    StringBooleans,
    /// `cognito:groups` is one text.
    GroupsAsText,
    /// `address` is a text instead of an object.
    AddressAsText,
    /// `updated_at` is a text instead of a number.
    UpdatedAtAsText,
    /// A claim of the ID token has this value, or is left out.
    Claim(String, Option<Value>),
    /// `auth_time` stays at the time of the first login: `prompt=login` is ignored.
    PromptIgnored,
    /// Discovery answers 503.
    DiscoveryAway,
    /// Discovery names another issuer.
    DiscoveryIssuerDiffers,
    /// Discovery names this token endpoint.
    DiscoveryTokenEndpoint(String),
    /// A member of the discovery document has this value, or is left out.
    Discovery(String, Option<Value>),
    /// Discovery answers with this text, called JSON.
    DiscoveryIs(String),
    /// Discovery redirects to this address.
    DiscoveryRedirects(String),
    /// The keys endpoint answers 503.
    KeysAway,
    /// The keys endpoint redirects to this address.
    KeysRedirect(String),
    /// Every authorization comes back with this error.
    Refuses {
        /// `access_denied`, `server_error` and so on.
        error: String,
        /// Whether `state` comes back with it.
        with_state: bool,
    },
    /// The redirect back carries this parameter too.
    CallbackAlsoCarries(String, String),
    /// The token endpoint answers 500.
    TokenEndpointFails,
    /// The token endpoint answers 200 with a page.
    TokenEndpointHtml,
    /// The token endpoint answers with 3 MiB.
    TokenEndpointHuge,
    /// The token endpoint does not answer before [`super::Cognito::behave`].
    TokenEndpointHangs,
    /// The token endpoint redirects to this address.
    TokenEndpointRedirects(String),
    /// The token endpoint answers with this status, content type and body.
    TokenEndpointSays(u16, String, String),
    /// The token endpoint refuses the code: `invalid_grant`.
    TokenRefused,
    /// After this endpoint's answer come blanks, as fast as they are taken and without end.
    Endless(Endpoint),
    /// After this endpoint's answer comes one blank after the other, without end.
    Trickles(Endpoint),
    /// This endpoint answers in gzip, which nobody asked for.
    Gzip(Endpoint),
    /// This endpoint answers in gzip, and 256 KiB of it unpack to 256 MiB of JSON that says what it should.
    GzipBomb(Endpoint),
    /// The token endpoint takes refresh tokens, but answers with no ID token.
    RefreshWithoutIdToken,
    /// userInfo answers 503.
    UserInfoAway,
    /// userInfo redirects to this address.
    UserInfoRedirects(String),
    /// userInfo speaks of somebody else.
    UserInfoOtherSubject,
}

impl Fault {
    /// What this fault does to the claims of an ID token: name and new value, or none to leave it out.
    pub(super) fn on_claims(&self, issuer: &str, client: &str, now: Timestamp) -> Option<Edit> {
        let hour = 3600;
        let second = now.as_second();
        let edit = match self {
            Self::IssuerWrong => Edit::set("iss", json!(format!("{issuer}Other"))),
            Self::IssuerMissing => Edit::leave_out("iss"),
            Self::AudienceForeign => Edit::set("aud", json!("another-app-client")),
            Self::AudienceMissing => Edit::leave_out("aud"),
            Self::AudienceShared => Edit::set("aud", json!([client, "another-app-client"])),
            Self::AuthorizedPartyForeign => Edit::set("azp", json!("another-app-client")),
            Self::NonceWrong => Edit::set("nonce", json!("another-nonce")),
            Self::NonceMissing => Edit::leave_out("nonce"),
            Self::Expired => Edit::set("exp", json!(second - hour)),
            Self::ExpiryMissing => Edit::leave_out("exp"),
            Self::ExpiryOdd => Edit::set("exp", json!("soon")),
            Self::IssuedInFuture => Edit::set("iat", json!(second + hour)),
            Self::NotBeforeInFuture => Edit::set("nbf", json!(second + hour)),
            Self::TokenUseAccess => Edit::set("token_use", json!("access")),
            Self::AtHashWrong => Edit::set("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")),
            Self::EmailMissing => Edit::leave_out("email"),
            Self::StringBooleans => Edit::set("email_verified", json!("true")),
            Self::GroupsAsText => Edit::set("cognito:groups", json!("acme")),
            Self::AddressAsText => Edit::set("address", json!("1 Main Street, Springfield")),
            Self::UpdatedAtAsText => Edit::set("updated_at", json!("2026-11-01T00:00:00Z")),
            Self::Claim(name, value) => Edit {
                claim: name.clone(),
                value: value.clone(),
            },
            _ => return None,
        };
        Some(edit)
    }
}

/// A claim with its new value, or with none: it is left out.
#[derive(Debug, PartialEq)]
pub(super) struct Edit {
    pub(super) claim: String,
    pub(super) value: Option<Value>,
}

impl Edit {
    fn set(claim: &str, value: Value) -> Self {
        Self {
            claim: claim.to_owned(),
            value: Some(value),
        }
    }

    fn leave_out(claim: &str) -> Self {
        Self {
            claim: claim.to_owned(),
            value: None,
        }
    }
}
