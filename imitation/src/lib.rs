//! Imitations of Cognito and of an Atlassian site: stateful, strict where the originals are strict, with switches for faults.
//!
//! | room | what it is |
//! |---|---|
//! | [`cognito`] | a user pool with its login pages: an `OpenID` provider with Cognito's habits and, when asked, its faults |
//! | [`atlassian`] | a Jira Service Management site: REST API, SAML service providers, portal pages |
//! | [`browser`] | a small user agent: cookies, redirects, links and forms |
//! | [`saml`] | what a service provider says and checks, independent of any identity provider |
//! | [`redis`] | real `redis-server` processes, alone, with a sentinel or as a cluster |
//! | [`http`] | how the imitations listen, answer and remember what they were asked |
//!
//! Both imitations are real HTTP servers on `127.0.0.1`, each on a free port of its own, and end when they are dropped.

pub mod atlassian;
pub mod browser;
mod clock;
pub mod cognito;
mod html;
pub mod http;
mod keys;
mod random;
pub mod redis;

pub mod saml;
mod settings;

pub use clock::Clock;
pub use settings::front_door_settings;
