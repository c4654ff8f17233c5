//! `/logout`: Cognito's own way, which is not `OpenID`'s RP-initiated logout.

use super::authorize::Request;
use super::pool::{Pool, error_page};
use crate::http::{Answer, Asked};

const FORGET: &str = "Path=/; HttpOnly; SameSite=Lax; Max-Age=0";

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
                Ok(_) => format!("/login?{}", asked.query),
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
