//! What a pool is made of, and what can be asked of it.

use super::people::{Person, ready_people};

/// A pool with one app client.
#[derive(Debug, Clone)]
pub struct CognitoConfig {
    /// The pool's id, the last part of its issuer.
    pub pool: String,
    /// The app client's id.
    pub client_id: String,
    /// The app client's secret; `None` makes it a public client.
    pub client_secret: Option<String>,
    /// Where a login may come back to, compared exactly.
    pub callback_urls: Vec<String>,
    /// Where a log-out may come back to, compared exactly.
    pub sign_out_urls: Vec<String>,
    /// The scopes that the app client may ask for.
    pub scopes: Vec<String>,
    /// The users.
    pub people: Vec<Person>,
    /// Whether the login page lists the users with a button each.
    pub show_people: bool,
    /// Whether an older login tab survives a newer one; at Cognito it does not.
    pub parallel_tabs: bool,
    /// What becomes of refresh tokens.
    pub refresh_tokens: RefreshTokens,
    /// Access tokens are random characters. Cognito signs them; a provider that does not costs half as much, which counts where fronts are measured.
    pub opaque_access_tokens: bool,
    /// Where to listen; 0 takes a free port.
    pub port: u16,
}

impl Default for CognitoConfig {
    fn default() -> Self {
        Self {
            pool: "eu-west-1_Imitation".to_owned(),
            client_id: "4imitation5client6id".to_owned(),
            client_secret: Some("an-imitated-client-secret".to_owned()),
            callback_urls: Vec::new(),
            sign_out_urls: Vec::new(),
            scopes: ["openid", "profile", "email"].map(str::to_owned).to_vec(),
            people: ready_people(),
            show_people: true,
            parallel_tabs: false,
            refresh_tokens: RefreshTokens::Kept,
            opaque_access_tokens: false,
            port: 0,
        }
    }
}

/// What an app client is set up to do with refresh tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshTokens {
    /// It gives none, and takes none.
    Off,
    /// Each is good for thirty days.
    Kept,
    /// Each is good once, and brings the next.
    Rotated,
}

/// What a pool can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `/<pool>/.well-known/openid-configuration`
    Discovery,
    /// `/<pool>/.well-known/jwks.json`
    Keys,
    /// `/oauth2/authorize`
    Authorize,
    /// `/login`
    Login,
    /// `/oauth2/token`
    Token,
    /// `/oauth2/revoke`
    Revoke,
    /// `/oauth2/userInfo`
    UserInfo,
    /// `/logout`
    Logout,
    /// `/error`
    Error,
    /// Anything else: it is not there.
    Unknown,
}
