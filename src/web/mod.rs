//! What every page shares: guards, headers, refusals and the layout.
//!
//! | file | holds |
//! |---|---|
//! | `reason`, `words`, `refusal`, `refused_by`, `catchers` | from an error to a page (or JSON) that says what to do next |
//! | `language`, `texts` | which language a browser asks for, and everything that is said in it |
//! | `reference`, `client_address`, `navigation` | what is known of a request before anybody looks at its session |
//! | `rooms`, `bundle` | what handlers ask for, as the settings have it now |
//! | `cookies`, `csrf` | what a browser keeps for us, and how we know that a form is ours |
//! | `headers`, `layout`, `branding`, `looks`, `assets`, `pages` | what leaves the house |
//! | `closed` | the house before its store has answered for the first time |
//! | `rate`, `health`, `http_client`, `log`, `request_head`, `request_log`, `request_meter`, `trace_keeping` | the machinery around it |

pub mod assets;
pub mod branding;
pub(crate) mod bundle;
mod button;
pub mod catchers;
pub mod client_address;
mod closed;
mod come_back;
pub mod cookies;
pub mod csrf;
pub mod headers;
pub mod health;
pub mod http_client;
pub mod language;
pub mod layout;
pub mod log;
mod looks;
pub mod navigation;
pub mod pages;
mod panics;
pub mod rate;
pub mod reason;
pub mod reference;
pub mod refusal;
mod refused_by;
pub mod request_head;
pub mod request_log;
mod request_meter;
pub mod rooms;
pub mod texts;
pub mod trace_keeping;
pub mod visit;
pub mod visit_spans;
mod words;

use rocket::shield::Shield;
use rocket::{Build, Rocket};

pub use branding::Branding;
pub use client_address::{ClientAddress, TrustedProxies};
pub use closed::closed;
pub use cookies::{CookieNames, RawCookies};
pub use csrf::{CsrfToken, SameOrigin};
pub use health::{Check, Health};
pub use http_client::{ReadError, http_client, read_capped};
pub use language::Language;
pub use layout::Layout;
pub use navigation::Navigation;
pub use rate::LoginRate;
pub use reason::Reason;
pub use reference::Reference;
pub use refusal::Refusal;
pub use refused_by::RefusedBy;
pub use rooms::{Live, Room, Rooms};
pub use texts::Key;
pub use visit::Visit;
pub use visit_spans::VisitSpans;

use crate::settings::{PublicUrl, Settings};

/// Brings in everything of this room: headers, request log, catchers, static files, liveness, and what the guards look up.
///
/// The managed state is [`PublicUrl`], [`CookieNames`], [`TrustedProxies`] and [`Live`].
#[must_use]
pub fn furnish(rocket: Rocket<Build>, settings: &Settings, live: Live) -> Rocket<Build> {
    furnish_site(rocket, &settings.public_url, live)
        .attach(request_head::RequestHead)
        .attach(trace_keeping::TraceKeeping)
        .manage(TrustedProxies::new(settings.trusted_proxies.clone()))
}

/// What of this room may be exchanged.
#[must_use]
pub fn rooms(settings: &Settings) -> Rooms {
    Rooms::default()
        .with(Branding::new(&settings.branding, &settings.texts))
        .with(LoginRate::per_minute(settings.access.attempts_per_minute))
}

/// The part of [`furnish`] that depends on the public address alone.
fn furnish_site(rocket: Rocket<Build>, public_url: &PublicUrl, live: Live) -> Rocket<Build> {
    rocket
        .manage(public_url.clone())
        .manage(CookieNames::of(public_url))
        .manage(live)
        .attach(Shield::new()) // Rocket's own, emptied: `headers` decides
        .attach(headers::SecurityHeaders::new(public_url))
        .attach(request_log::RequestLog)
        .attach(request_meter::RequestMeter)
        .register("/", catchers::catchers())
        .mount("/", assets::routes())
        .mount("/", looks::routes())
        .mount("/", health::routes())
}

#[cfg(test)]
mod tests;
