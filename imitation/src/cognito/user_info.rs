//! `/oauth2/userInfo`: the attributes of the one whose access token is shown.

use serde_json::{Value, json};

use super::claims;
use super::faults::Fault;
use super::pool::Pool;
use crate::http::{Answer, Asked};

/// Booleans are texts here, and there are no groups.
pub(super) fn user_info(pool: &Pool, asked: &Asked) -> Answer {
    let now = pool.clock.now();
    let token = asked
        .header("Authorization")
        .and_then(|header| header.strip_prefix("Bearer "))
        .unwrap_or_default();
    pool.read(|state| {
        if state.suffers(&Fault::UserInfoAway) {
            return Answer::text(503, "text/html", "<h1>Service Unavailable</h1>");
        }
        for fault in &state.faults {
            if let Fault::UserInfoRedirects(url) = fault {
                return Answer::redirect(url);
            }
        }
        let access = state
            .accesses
            .get(token)
            .filter(|access| access.until > now);
        let Some((access, person)) =
            access.and_then(|access| Some((access, state.enabled(&access.username)?)))
        else {
            return Answer::json(401, &json!({"error": "invalid_token"}))
                .with("WWW-Authenticate", "Bearer error=\"invalid_token\"");
        };
        let mut claims = claims::user_info(person, &access.scopes);
        if state.suffers(&Fault::UserInfoOtherSubject) {
            claims.insert("sub".into(), json!("00000000-0000-4000-a000-000000000000"));
        }
        Answer::json(200, &Value::Object(claims))
    })
}
