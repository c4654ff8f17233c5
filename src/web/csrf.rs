//! How we know that a form which changes something was ours: a token bound to the session, and where the browser says it comes from.

use aws_lc_rs::{constant_time, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::Request;
use rocket::http::HeaderMap;
use rocket::request::{FromRequest, Outcome};

use super::{Reason, Refusal};
use crate::settings::PublicUrl;

/// Keeps these tokens apart from whatever else is derived from a session's secret.
const PURPOSE: &[u8] = b"front-door csrf token 1";

/// The token that every form of one session carries in its field `csrf`.
#[derive(Clone)]
pub struct CsrfToken(String);

impl CsrfToken {
    /// The token of the session with this secret. It tells nothing of the secret, and lasts as long as it.
    #[must_use]
    pub fn of_session(secret: &[u8]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        Self(URL_SAFE_NO_PAD.encode(hmac::sign(&key, PURPOSE)))
    }

    /// One that was kept as it stood in a form.
    #[must_use]
    pub fn kept(token: String) -> Self {
        Self(token)
    }

    /// The token as it stands in the form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Refuses a form whose token is not this one; compared in constant time.
    pub fn check(&self, sent: &str) -> Result<(), Refusal> {
        constant_time::verify_slices_are_equal(self.0.as_bytes(), sent.as_bytes()).map_err(|_| {
            Refusal::new(Reason::NotAllowed).because("the form's token is not this session's")
        })
    }
}

impl std::fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CsrfToken(…)")
    }
}

/// Evidence that a request was made by one of our own pages.
///
/// `Sec-Fetch-Site` decides, which no page can forge; a browser too old to send it says the same in `Origin`. A request with neither is refused: every browser has sent
/// `Origin` with a POST for years. It looks at headers alone, so that a method changed by a form's `_method` field changes nothing.
#[derive(Debug, Clone, Copy)]
pub struct SameOrigin(());

/// Whether these headers say that one of our own pages made the request.
fn is_same_origin(headers: &HeaderMap<'_>, our_origin: &str) -> bool {
    match (headers.get_one("Sec-Fetch-Site"), headers.get_one("Origin")) {
        (Some(site), None) => site == "same-origin",
        (Some(site), Some(origin)) => site == "same-origin" && origin == our_origin,
        (None, Some(origin)) => origin == our_origin,
        (None, None) => false,
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for SameOrigin {
    type Error = Reason;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Reason> {
        let ours = request
            .rocket()
            .state::<PublicUrl>()
            .is_some_and(|public_url| is_same_origin(request.headers(), public_url.origin()));
        if ours {
            Outcome::Success(Self(()))
        } else {
            Refusal::new(Reason::NotAllowed)
                .because("the request was not made by one of our own pages")
                .from_guard(request)
        }
    }
}

#[cfg(test)]
mod tests {
    use rocket::http::Header;

    use super::*;

    #[test]
    fn a_token_holds_for_its_own_session_alone() {
        let mine = CsrfToken::of_session(b"my session");
        let other = CsrfToken::of_session(b"another session");
        assert!(mine.check(mine.as_str()).is_ok());
        for sent in ["", "x", other.as_str(), &mine.as_str()[1..]] {
            assert!(mine.check(sent).is_err(), "{sent:?}");
        }
        assert!(!format!("{mine:?}").contains(mine.as_str()));
    }

    #[test]
    fn only_our_own_pages_change_things() {
        let ours = "https://sso.example.test";
        let cases: &[(&[(&str, &str)], bool)] = &[
            (&[("Sec-Fetch-Site", "same-origin"), ("Origin", ours)], true),
            (&[("Sec-Fetch-Site", "same-origin")], true),
            (&[("Origin", ours)], true),
            (&[], false),
            (&[("Origin", "null")], false),
            (&[("Origin", "https://evil.test")], false),
            (&[("Origin", "https://sso.example.test.evil.test")], false),
            (&[("Sec-Fetch-Site", "cross-site"), ("Origin", ours)], false),
            (&[("Sec-Fetch-Site", "same-site")], false),
            (&[("Sec-Fetch-Site", "none")], false),
            (
                &[("Sec-Fetch-Site", "same-origin"), ("Origin", "null")],
                false,
            ),
        ];
        for (sent, expected) in cases {
            let mut headers = HeaderMap::new();
            for (name, value) in *sent {
                headers.add(Header::new(*name, *value));
            }
            assert_eq!(is_same_origin(&headers, ours), *expected, "{sent:?}");
        }
    }
}
