//! What a page says was done just now. It stands in the page's address, and an address can say anything: so it is sealed for the session of the
//! administrator who did it, for the page that says it, and for a few minutes.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};

use super::Administrator;

/// For how long it is news.
const NEWS: SignedDuration = SignedDuration::from_mins(5);

/// Keeps these seals apart from whatever else is derived from a session's secret.
const PURPOSE: &str = "front-door notice 1";

/// The address of a page that says what was done: its path, and a word for it.
pub(super) fn telling(
    administrator: &Administrator<'_>,
    now: Timestamp,
    path: &str,
    word: &str,
) -> String {
    let at = now.as_second();
    let seal = hmac::sign(&key(administrator), said(path, word, at).as_bytes());
    format!("{path}?done={word}.{at}.{}", URL_SAFE_NO_PAD.encode(seal))
}

/// The word for what this administrator did just now, if it was sealed for this page.
pub(super) fn told<'a>(
    administrator: &Administrator<'_>,
    now: Timestamp,
    path: &str,
    done: Option<&'a str>,
) -> Option<&'a str> {
    let mut parts = done?.split('.');
    let (word, at, seal) = (parts.next()?, parts.next()?, parts.next()?);
    let at: i64 = at.parse().ok()?;
    let seal = URL_SAFE_NO_PAD.decode(seal).ok()?;
    hmac::verify(&key(administrator), said(path, word, at).as_bytes(), &seal).ok()?;
    let age = now.duration_since(Timestamp::from_second(at).ok()?);
    (age < NEWS).then_some(word)
}

/// The token of the session's forms is known to nobody else.
fn key(administrator: &Administrator<'_>) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, administrator.csrf().as_str().as_bytes())
}

fn said(path: &str, word: &str, at: i64) -> String {
    format!("{PURPOSE} {path} {word} {at}")
}
