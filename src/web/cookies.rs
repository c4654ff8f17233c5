//! Cookies: their names, how they are read, how they are set.
//!
//! Rocket's own jar decodes and trims names, and lets the last of two win: either undoes what the `__Host-` prefix promises (RFC 6265bis, 4.1.3.2). So they are read here
//! from the raw header, by the exact bytes of the name.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use rocket::Request;
use rocket::http::{Cookie, SameSite};
use rocket::request::{FromRequest, Outcome};
use rocket::time;

use crate::settings::PublicUrl;

/// What our cookies are called: `__Host-…` under https, the plain names on loopback http, where browsers refuse the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CookieNames {
    https: bool,
}

impl CookieNames {
    /// The names at this public address.
    #[must_use]
    pub fn of(public_url: &PublicUrl) -> Self {
        Self {
            https: public_url.is_https(),
        }
    }

    /// The name of the session cookie.
    #[must_use]
    pub fn session(self) -> &'static str {
        if self.https {
            "__Host-front-door"
        } else {
            "front-door"
        }
    }

    /// The name of the cookie of a desk session, which a setup code opened.
    #[must_use]
    pub fn desk(self) -> &'static str {
        if self.https { "__Host-desk" } else { "desk" }
    }

    /// The name of the cookie that says where to go on after the provider's logout.
    #[must_use]
    pub fn after_logout(self) -> &'static str {
        if self.https {
            "__Host-after-logout"
        } else {
            "after-logout"
        }
    }

    /// The name of the cookie that keeps the spans of one visit together.
    #[must_use]
    pub fn visit(self) -> &'static str {
        if self.https { "__Host-visit" } else { "visit" }
    }

    /// What the names of the cookies of login attempts begin with.
    #[must_use]
    pub fn attempt_prefix(self) -> &'static str {
        if self.https {
            "__Host-attempt-"
        } else {
            "attempt-"
        }
    }

    /// The name of the cookie of one login attempt.
    #[must_use]
    pub fn attempt(self, id: &str) -> String {
        format!("{}{id}", self.attempt_prefix())
    }

    /// A cookie to add to Rocket's jar: `Secure` under https, `HttpOnly`, `SameSite=Lax`, `Path=/`, no `Domain`.
    ///
    /// Lax, since a strict cookie does not come back with the redirect from the provider. Without a `life` it ends with the browser.
    #[must_use]
    pub fn build(self, name: String, value: String, life: Option<Duration>) -> Cookie<'static> {
        let mut cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.https)
            .build();
        if let Some(life) = life {
            cookie.set_max_age(time::Duration::try_from(life).unwrap_or(time::Duration::MAX));
        }
        cookie
    }

    /// A cookie to add to Rocket's jar (`add`, not `remove`, which believes its own reading of the request) that ends the one of this name.
    #[must_use]
    pub fn expired(self, name: String) -> Cookie<'static> {
        self.build(name, String::new(), Some(Duration::ZERO))
    }
}

/// The cookies of a request as they came: nothing trimmed but the separators' white space, nothing decoded.
#[derive(Debug, Clone)]
pub struct RawCookies<'r> {
    /// By name; no value where the name stands twice. Sorted, so that no number of cookies makes looking for one slow.
    values: BTreeMap<&'r str, Option<&'r str>>,
}

impl<'r> RawCookies<'r> {
    /// Reads `Cookie` lines; browsers send one, HTTP/2 may split it (RFC 9113, 8.2.3).
    #[must_use]
    pub fn read(lines: impl Iterator<Item = &'r str>) -> Self {
        let pairs = lines
            .filter(|line| !is_rfc_2965(line))
            .flat_map(|line| line.split(';').enumerate())
            .filter_map(|(place, pair)| without_separator(place, pair).split_once('='));
        let mut values = BTreeMap::new();
        for (name, value) in pairs {
            values
                .entry(name)
                .and_modify(|value| *value = None)
                .or_insert(Some(value));
        }
        Self { values }
    }

    /// The value of the cookie of exactly this name; absent also when the name stands twice, since nobody can tell then which one is ours.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'r str> {
        *self.values.get(name)?
    }

    /// Whether a cookie of this name came at all, even twice: then it may be worth ending.
    #[must_use]
    pub fn names(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The cookies whose names begin with `prefix`: what follows it, and the value. Names that stand twice are left out.
    pub fn with_prefix(&self, prefix: &str) -> impl Iterator<Item = (&'r str, &'r str)> {
        self.values
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, (*value)?)))
    }
}

/// Takes away the one space that stands between two pairs (RFC 6265, 4.2.1); any other white space belongs to the name, which then is not ours.
fn without_separator(place: usize, pair: &str) -> &str {
    match pair.strip_prefix(' ') {
        Some(rest) if place > 0 => rest,
        _ => pair,
    }
}

/// Whether a line begins as RFC 2965 has it. There, quotes and commas mean other things: two readers may find two different cookies in it, so nothing is taken from it.
fn is_rfc_2965(line: &str) -> bool {
    line.trim_start().starts_with("$Version")
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for RawCookies<'r> {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Self::read(request.headers().get("Cookie")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "__Host-front-door";

    fn names(public_url: &str) -> CookieNames {
        CookieNames::of(&public_url.parse().unwrap())
    }

    fn get<'a>(lines: &[&'a str]) -> Option<&'a str> {
        RawCookies::read(lines.iter().copied()).get(NAME)
    }

    #[test]
    fn a_cookie_is_found_by_the_exact_bytes_of_its_name() {
        assert_eq!(get(&["a=b; __Host-front-door=x=y; c=d"]), Some("x=y"));
        assert_eq!(get(&["a=b;__Host-front-door=x"]), Some("x"));
        assert_eq!(get(&["a=b", "__Host-front-door=x"]), Some("x"));
        for line in [
            "\u{2000}__Host-front-door=evil",
            "a=b;  __Host-front-door=evil",
            "a=b; \t__Host-front-door=evil",
            "__Host-front-door =evil",
            "__host-front-door=evil",
            "%5F%5FHost-front-door=evil",
            " __Host-front-door=evil",
            "$__Host-front-door=evil",
            "$Version=1; __Host-front-door=evil",
            "__Host-front-door",
            "x=__Host-front-door",
        ] {
            assert_eq!(get(&[line]), None, "{line:?}");
        }
    }

    #[test]
    fn a_name_that_stands_twice_counts_as_absent() {
        for lines in [
            &["__Host-front-door=a; __Host-front-door=b"][..],
            &["__Host-front-door=b; x=y; __Host-front-door=a"],
            &["__Host-front-door=a", "__Host-front-door=b"],
            &["__Host-front-door=a; __Host-front-door=a"],
        ] {
            assert_eq!(get(lines), None, "{lines:?}");
            assert!(RawCookies::read(lines.iter().copied()).names(NAME));
        }
    }

    #[test]
    fn quotes_are_ordinary_characters() {
        assert_eq!(get(&["__Host-front-door=\"abc"]), Some("\"abc"));
        let sandwich = "x=\"; __Host-front-door=secret; y=\"";
        let cookies = RawCookies::read([sandwich].into_iter());
        assert_eq!(cookies.get(NAME), Some("secret"));
        assert_eq!(cookies.get("x"), Some("\""));
        assert_eq!(cookies.get("y"), Some("\""));
        assert_eq!(get(&[&format!("$Version=1; {sandwich}")]), None);
    }

    #[test]
    fn odd_cookie_lines_are_no_trouble() {
        for line in [
            "",
            ";",
            "=",
            "; ;",
            "name",
            "\0=\0",
            "=;=;=",
            "🍪=🍪",
            ";;;=a",
        ] {
            assert_eq!(get(&[line]), None, "{line:?}");
        }
        assert_eq!(RawCookies::read(["=v"].into_iter()).get(""), Some("v"));
    }

    #[test]
    fn attempts_are_found_by_their_prefix_and_only_once() {
        let line = "attempt-a=1; attempt-b=2; attempt-b=3; other=4; attempt-c=5";
        let cookies = RawCookies::read([line].into_iter());
        let found: Vec<_> = cookies.with_prefix("attempt-").collect();
        assert_eq!(found, [("a", "1"), ("c", "5")]);
    }

    #[test]
    fn https_cookies_are_host_cookies() {
        let names = names("https://sso.example.test");
        let life = Some(Duration::from_mins(15));
        let cookie = names.build(names.attempt("k7"), "v".into(), life);
        assert_eq!(
            cookie.to_string(),
            "__Host-attempt-k7=v; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=900"
        );
        let gone = names.expired(names.session().into()).to_string();
        assert!(gone.starts_with("__Host-front-door=; "), "{gone}");
        assert!(gone.contains("Max-Age=0"), "{gone}");
    }

    #[test]
    fn loopback_http_has_plain_names() {
        let names = names("http://localhost:8000");
        let cookie = names.build(names.session().into(), "v".into(), None);
        assert_eq!(
            cookie.to_string(),
            "front-door=v; HttpOnly; SameSite=Lax; Path=/"
        );
        assert_eq!(names.attempt("k7"), "attempt-k7");
    }
}
