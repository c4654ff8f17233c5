//! `/logout`: Cognito's own way, which is not `OpenID`'s RP-initiated logout.

use super::authorize::Request;
use super::pool::{Pool, error_page};
use crate::http::{Answer, Asked};

const FORGET: &str = "Path=/; HttpOnly; SameSite=Lax; Max-Age=0";

/// What the documentation of the logout endpoint lists: nothing else reaches the login page, PKCE's challenge included.
const TAKEN_ALONG: [&str; 6] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "nonce",
];

/// Ends the session; then to `logout_uri`, or to the login page when a login is asked for.
pub(super) fn logout(pool: &Pool, asked: &Asked) -> Answer {
    let parameters = asked.parameters();
    pool.change(|state| {
        if parameters.get("client_id") != Some(&state.config.client_id) {
            return error_page("invalid_client");
        }
        let next = match parameters.get("logout_uri") {
            Some(uri) if state.config.sign_out_urls.iter().any(|known| known == uri) => {
                uri.to_owned()
            }
            Some(_) => return error_page("redirect_mismatch"),
            None => match Request::read(state, &parameters) {
                Ok(_) => format!("/login?{}", taken_along(asked)),
                Err(_) => {
                    return error_page("Required String parameter 'redirect_uri' is not present");
                }
            },
        };
        if let Some(cookie) = asked.cookie("cognito") {
            state.sessions.remove(cookie);
        }
        Answer::redirect(&next).with_cookie("cognito", "", FORGET)
    })
}

fn taken_along(asked: &Asked) -> String {
    let listed = |pair: &&str| {
        let name = pair.split_once('=').map_or(*pair, |(name, _)| name);
        TAKEN_ALONG.contains(&name)
    };
    let pairs: Vec<&str> = asked.query.split('&').filter(listed).collect();
    pairs.join("&")
}
