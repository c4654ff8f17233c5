//! `/oauth2/revoke`: a refresh token is handed back, and the access tokens of its login end with it. An unknown one is no error (RFC 7009, section 2.2).

use super::pool::Pool;
use super::token::authenticate;
use crate::http::{Answer, Asked};

use serde_json::json;

/// The client shows itself as at the token endpoint.
pub(super) fn revoke(pool: &Pool, asked: &Asked) -> Answer {
    let form = asked.form();
    pool.change(|state| {
        if let Err((error, _)) = authenticate(state, asked, &form) {
            return Answer::json(400, &json!({"error": error}));
        }
        if let Some(refresh) = state.refreshes.remove(form.text("token")) {
            let login = refresh.origin_jti;
            state.refreshes.retain(|_, one| one.origin_jti != login);
            state.accesses.retain(|_, one| one.origin_jti != login);
        }
        Answer::empty(200)
    })
}
