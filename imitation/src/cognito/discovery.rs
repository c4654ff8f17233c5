//! The discovery document and the keys.

use serde_json::json;

use super::faults::Fault;
use super::pool::Pool;
use crate::http::Answer;

/// What Cognito publishes: without `code_challenge_methods_supported`, though S256 works.
pub(super) fn document(pool: &Pool) -> Answer {
    let faults = pool.read(|state| state.faults.clone());
    if faults.contains(&Fault::DiscoveryAway) {
        return Answer::text(503, "text/html", "<h1>Service Unavailable</h1>");
    }
    for fault in &faults {
        match fault {
            Fault::DiscoveryIs(text) => return Answer::text(200, "application/json", text.clone()),
            Fault::DiscoveryRedirects(url) => return Answer::redirect(url),
            _ => {}
        }
    }
    let (base, issuer) = (pool.base(), pool.issuer());
    let mut document = json!({
        "authorization_endpoint": format!("{base}/oauth2/authorize"),
        "end_session_endpoint": format!("{base}/logout"),
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "response_types_supported": ["code", "token"],
        "revocation_endpoint": format!("{base}/oauth2/revoke"),
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "token_endpoint": format!("{base}/oauth2/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "userinfo_endpoint": format!("{base}/oauth2/userInfo"),
    });
    for fault in faults {
        match fault {
            Fault::DiscoveryIssuerDiffers => {
                document["issuer"] = json!(format!("{issuer}Other"));
            }
            Fault::DiscoveryTokenEndpoint(url) => document["token_endpoint"] = json!(url),
            Fault::Discovery(name, Some(value)) => document[name.as_str()] = value,
            Fault::Discovery(name, None) => {
                document.as_object_mut().map(|all| all.remove(&name));
            }
            _ => {}
        }
    }
    Answer::json(200, &document)
}

/// The one key that signs.
pub(super) fn keys(pool: &Pool) -> Answer {
    pool.read(|state| {
        if state.suffers(&Fault::KeysAway) {
            return Answer::text(503, "text/html", "<h1>Service Unavailable</h1>");
        }
        for fault in &state.faults {
            if let Fault::KeysRedirect(url) = fault {
                return Answer::redirect(url);
            }
        }
        Answer::json(200, &json!({ "keys": [state.key.as_jwk()] }))
    })
}
