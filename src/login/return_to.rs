//! The return address: the only type that may become a `Location` of our own.
//!
//! A browser's idea of an address is not a server's: it strips tabs, reads a backslash as a slash and collapses dots. So nothing is repaired
//! here: either a text is a plain path of ours, spelled the way every parser agrees on, or it is refused and the visitor ends at home.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

/// The longest return address, in bytes: it has to fit into a cookie beside everything else.
pub const LONGEST: usize = 2048;

/// An origin to resolve against. Which one makes no difference: a path that is ours stays on any origin.
const ANY_ORIGIN: &str = "https://front-door.invalid";

/// Encoded in a path, these would be decoded by some proxy on the way: slash, backslash, tab, line ends, NUL.
const ENCODED: [&str; 6] = ["%2f", "%5c", "%09", "%0a", "%0d", "%00"];

/// A path of our own that a person may be sent to, with its query: `/`, `/me`, a link, the admin desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReturnTo(String);

/// A text that is no return address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a return address of this front door")]
pub struct NotOurs;

impl ReturnTo {
    /// Home.
    #[must_use]
    pub fn home() -> Self {
        Self("/".to_owned())
    }

    /// The address as it was given, byte for byte.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it leads to the admin desk.
    #[must_use]
    pub fn is_desk(&self) -> bool {
        let path = self.0.split(['?', '#']).next().unwrap_or_default();
        path == "/admin" || path.starts_with("/admin/")
    }

    /// Whether it leads home.
    #[must_use]
    pub fn is_home(&self) -> bool {
        self.0 == "/"
    }
}

impl std::str::FromStr for ReturnTo {
    type Err = NotOurs;

    fn from_str(text: &str) -> Result<Self, NotOurs> {
        let path = text.split(['?', '#']).next().unwrap_or_default();
        let ours = text.len() <= LONGEST
            && is_plain(text, path)
            && is_destination(path)
            && browsers_agree(text);
        if ours {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotOurs)
        }
    }
}

impl TryFrom<String> for ReturnTo {
    type Error = NotOurs;

    fn try_from(text: String) -> Result<Self, NotOurs> {
        text.parse()
    }
}

impl From<ReturnTo> for String {
    fn from(to: ReturnTo) -> Self {
        to.0
    }
}

impl fmt::Display for ReturnTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One leading slash, printable ASCII, and nothing in the path that any parser might read as something else.
fn is_plain(text: &str, path: &str) -> bool {
    let printable = text.bytes().all(|byte| (0x21..0x7F).contains(&byte));
    let lower = path.to_ascii_lowercase();
    printable
        && path.starts_with('/')
        && !text.contains('\\')
        && !path.contains("//")
        && !path
            .split('/')
            .any(|segment| segment == "." || segment == "..")
        && !ENCODED.iter().any(|code| lower.contains(code))
}

/// The routes that a person may be sent to. Login, logout and callback are not among them: they would chain or loop.
fn is_destination(path: &str) -> bool {
    path == "/"
        || path == "/me"
        || path == "/admin"
        || path.starts_with("/admin/")
        || path
            .strip_prefix("/p/")
            .is_some_and(|rest| !rest.is_empty())
}

/// Resolved the way browsers resolve it (WHATWG URL), it stays on the origin and is spelled the same.
fn browsers_agree(text: &str) -> bool {
    let Ok(origin) = Url::parse(ANY_ORIGIN) else {
        return false;
    };
    let Ok(resolved) = origin.join(text) else {
        return false;
    };
    resolved.origin() == origin.origin() && resolved.as_str().strip_prefix(ANY_ORIGIN) == Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_pages_survive_byte_for_byte() {
        let ours = [
            "/",
            "/?x=1",
            "/me",
            "/p/help",
            "/p/help/HELP-12?focusedId=1&x=a%2Fb",
            "/p/help/create/7?summary=a%20b&description=%0A//evil.test",
            "/p/help?x=https://evil.test",
            "/p/help#d=e",
            "/admin/links",
        ];
        for text in ours {
            assert_eq!(
                text.parse::<ReturnTo>().map(String::from).as_deref(),
                Ok(text)
            );
        }
    }

    #[test]
    fn whatever_a_browser_might_read_as_elsewhere_is_refused() {
        let hostile = [
            "",
            "help",
            ".evil.test",
            "@evil.test",
            ":80",
            "?next",
            "#x",
            "//evil.test",
            "///evil.test",
            "////evil.test",
            "/\\evil.test",
            "\\\\evil.test",
            "/\t/evil.test",
            "/\n/evil.test",
            "/\r/evil.test",
            "/\u{b}/evil.test",
            "/ /evil.test",
            "/./\\evil.test",
            "/.//evil.test",
            "/..//evil.test",
            "\t//evil.test",
            " //evil.test",
            "\0//evil.test",
            "https:evil.test",
            "https:/evil.test",
            "http:///evil.test",
            "https://front-door.invalid@evil.test/",
            "https://evil.test\\@front-door.invalid/",
            "https://front-door.invalid/p/help",
            "HTTPS://FRONT-DOOR.INVALID/p/help",
            "javascript:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "/javascript:alert(1)",
            "/〱evil.test",
            "/p/ｰevil.test",
            "/%09/evil.test",
            "/%5cevil.test",
            "/%2f%2fevil.test",
            "/p/%2F%2Fevil.test",
            "/p/x%0d%0aSet-Cookie:y",
            "/p/help\r\nSet-Cookie: x=y",
            "/p/../login",
            "/p/./help",
            "/p//evil.test",
            "/p/",
            "/login?to=/p/help",
            "/logout",
            "/login/callback/cognito",
            "/saml/sso",
            "/me/../logout",
            "/me/sign-out-everywhere",
            "/p/%2e%2e/logout",
            "/p/a%00b",
            "/p/héllo",
            "/p/help?x=\\\\evil.test",
            "/p/help?q=\u{7f}",
        ];
        for text in hostile {
            assert_eq!(text.parse::<ReturnTo>(), Err(NotOurs), "{text:?}");
        }
        assert_eq!(
            format!("/p/{}", "a".repeat(10_000)).parse::<ReturnTo>(),
            Err(NotOurs)
        );
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_accepted_resolves_to_our_own_origin(text in "(/p/|/|//|/me|https:)?[ -~\\t\\n\u{e9}\\\\/%.:@?#]{0,40}") {
            if let Ok(to) = text.parse::<ReturnTo>() {
                let resolved = Url::parse("https://sso.example.test/login?x=1").unwrap().join(to.as_str()).unwrap();
                proptest::prop_assert_eq!(resolved.host_str(), Some("sso.example.test"));
                proptest::prop_assert_eq!(to.as_str(), text);
            }
        }
    }
}
