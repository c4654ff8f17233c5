//! Through the provider's logout and back into a login, for who wants another account and where a demanded new login was ignored.
//!
//! Cognito's logout can lead straight into its login page, but takes none of PKCE's parameters along (the documented list is `client_id`, `logout_uri`,
//! `redirect_uri`, `response_type`, `scope`, `state`, `nonce`). So the plain logout is used, which ends at our `/signed-out`, and a sealed cookie says where
//! to go on from there.

use std::time::Duration;

use jiff::Timestamp;
use rocket::response::Redirect;
use serde::{Deserialize, Serialize};

use crate::provider::Provider;
use crate::web::{Reason, Refusal};

use super::cookies::Cookies;
use super::sealed;
use super::service::Login;

/// The most bytes of the cookie that browsers surely keep, its name left out (RFC 6265bis: 4,096 with it).
const MOST_BYTES: usize = 4000;

/// How long the provider may take. Short: a logout that was meant as one shall end as one.
const LIFE: Duration = Duration::from_mins(2);

/// What the cookie holds.
#[derive(Serialize, Deserialize)]
struct Leaving {
    /// One of our own addresses.
    on_to: String,
    at: Timestamp,
}

/// The provider's logout, with a way back to this address of ours; `None` where a login can be demanded in a better way.
pub(super) fn leave(
    login: &Login,
    provider: &Provider,
    on_to: String,
    cookies: &Cookies<'_>,
) -> Result<Option<Redirect>, Refusal> {
    let Some(address) = provider.log_out_before_login() else {
        return Ok(None);
    };
    if provider.settings().sign_out_url != login.public_url.with("/signed-out") {
        return Ok(None); // nobody would come back to us
    }
    let name = cookies.names.after_logout().to_owned();
    let leaving = Leaving {
        on_to,
        at: login.now(),
    };
    let value = sealed::seal(cookies.vault, &name, &leaving)
        .ok_or_else(|| Refusal::new(Reason::Internal).because("the way back was not sealed"))?;
    if value.len() > MOST_BYTES {
        return Ok(None);
    }
    cookies
        .jar
        .add(cookies.names.build(name, value, Some(LIFE)));
    Ok(Some(Redirect::to(String::from(address))))
}

/// Where to go on after the logout, once.
pub(super) fn way_back(cookies: &Cookies<'_>, now: Timestamp) -> Option<Redirect> {
    let name = cookies.names.after_logout().to_owned();
    let value = cookies.raw.get(&name)?;
    let leaving: Option<Leaving> = sealed::open(cookies.vault, &name, value);
    cookies.jar.add(cookies.names.expired(name));
    leaving
        .filter(|leaving| now.duration_since(leaving.at).unsigned_abs() <= LIFE)
        .map(|leaving| Redirect::to(leaving.on_to))
}
