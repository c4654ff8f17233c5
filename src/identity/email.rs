//! A mail address, made canonical once, so that nobody downstream compares two spellings of it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest local part (RFC 5321, section 4.5.3.1.1), in bytes.
const MOST_LOCAL: usize = 64;
/// The longest address: a path of 256 bytes less its angle brackets (RFC 5321, section 4.5.3.1.3).
const MOST: usize = 254;
/// The longest label of a host name (RFC 1035, section 2.3.4).
const MOST_LABEL: usize = 63;
/// What may stand in a local part beside letters, digits and dots (`atext`, RFC 5322, section 3.2.3).
const ATEXT: &[u8] = b"!#$%&'*+-/=?^_`{|}~";

/// An address in lower case, its domain as IDNA A-labels with at least one dot.
///
/// The local part is folded as well: the standard lets a mail server tell `Ann@` from `ann@`, but Atlassian does not, and two customers
/// there cannot differ by case alone. Quoted local parts, comments, spaces and anything but ASCII before the `@` are refused, never mended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// Why a text is no mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadEmail {
    /// No `@`, or more than one.
    #[error("must have exactly one @")]
    At,
    /// Longer than mail can carry.
    #[error("is too long")]
    TooLong,
    /// Something other than `a.b` in plain ASCII before the `@`.
    #[error("has something before the @ that is not plain ASCII letters, digits, dots and signs")]
    Local,
    /// Something after the `@` that is no domain name of two labels or more.
    #[error("has something after the @ that is not a domain name")]
    Domain,
}

impl EmailAddress {
    /// What stands after the `@`: lower-case ASCII.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// What stands before the `@`: lower-case ASCII.
    #[must_use]
    pub fn local(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for EmailAddress {
    type Err = BadEmail;

    fn from_str(text: &str) -> Result<Self, BadEmail> {
        // Before anything else, so that nothing below works on more than this. A domain may shrink when it is made canonical, hence the room.
        if text.len() > 4 * MOST {
            return Err(BadEmail::TooLong);
        }
        let (local, domain) = text.split_once('@').ok_or(BadEmail::At)?;
        if domain.contains('@') {
            return Err(BadEmail::At);
        }
        let address = format!("{}@{}", canonical_local(local)?, canonical_domain(domain)?);
        if address.len() > MOST {
            return Err(BadEmail::TooLong);
        }
        Ok(Self(address))
    }
}

fn canonical_local(local: &str) -> Result<String, BadEmail> {
    if local.len() > MOST_LOCAL {
        return Err(BadEmail::TooLong);
    }
    let atom = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || ATEXT.contains(&b))
    };
    if !local.split('.').all(atom) {
        return Err(BadEmail::Local);
    }
    Ok(local.to_ascii_lowercase())
}

fn canonical_domain(domain: &str) -> Result<String, BadEmail> {
    // The host parser of addresses would decode percent signs; a mail domain has none.
    if domain.contains('%') {
        return Err(BadEmail::Domain);
    }
    let Ok(url::Host::Domain(domain)) = url::Host::parse(domain) else {
        return Err(BadEmail::Domain);
    };
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= MOST_LABEL
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if domain.contains('.') && domain.split('.').all(label) {
        Ok(domain)
    } else {
        Err(BadEmail::Domain)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = BadEmail;

    fn try_from(text: String) -> Result<Self, BadEmail> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, BadEmail> {
        text.parse::<EmailAddress>().map(String::from)
    }

    #[test]
    fn an_address_is_made_canonical_once() {
        assert_eq!(
            parsed("Ann.Lee+x@Corp.Test"),
            Ok("ann.lee+x@corp.test".into())
        );
        assert_eq!(
            parsed("ann@b\u{fc}cher.example"),
            Ok("ann@xn--bcher-kva.example".into())
        );
        assert_eq!(parsed("ann@CORP\u{3002}test"), Ok("ann@corp.test".into()));
        assert_eq!(
            parsed("o'neil@a-b.corp.test"),
            Ok("o'neil@a-b.corp.test".into())
        );
    }

    #[test]
    fn canonical_addresses_stay_as_they_are() {
        let once = parsed("Ann@B\u{fc}cher.example").unwrap();
        assert_eq!(parsed(&once), Ok(once));
    }

    #[test]
    fn more_or_less_than_one_at_sign_is_refused() {
        for text in [
            "",
            "ann",
            "victim@corp.test@evil.test",
            "a@b@corp.test",
            "a@corp.test@",
        ] {
            assert_eq!(parsed(text), Err(BadEmail::At), "{text:?}");
        }
    }

    #[test]
    fn odd_local_parts_are_refused() {
        let odd = [
            "",
            " ann",
            "ann ",
            "a\0nn",
            "a\nnn",
            "a\tnn",
            "a(b)",
            "\"ann\"",
            "a,b",
            "a:b",
            "a;b",
            "<ann",
            "a\\b",
            ".ann",
            "ann.",
            "a..b",
            "ADM\u{130}N",
            "\u{430}nn",
            "a\u{200b}nn",
            "a\u{202e}nn",
            "a\u{7f}nn",
            "[a]",
        ];
        for local in odd {
            assert_eq!(
                parsed(&format!("{local}@corp.test")),
                Err(BadEmail::Local),
                "{local:?}"
            );
        }
    }

    #[test]
    fn odd_domains_are_refused() {
        let odd = [
            "",
            " ",
            "localhost",
            "corp.test ",
            " corp.test",
            "corp.test.",
            ".corp.test",
            "corp..test",
            "corp.test\0",
            "corp.test\n",
            "co rp.test",
            "corp%2etest",
            "127.0.0.1",
            "[::1]",
            "[127.0.0.1]",
            "corp.test/x",
            "corp.test:25",
            "corp.test#x",
            "corp_x.test",
            "-corp.test",
            "corp-.test",
            "corp.test<!-- -->.evil.test",
            "corp.test\\evil.test",
            "corp.test(x)",
        ];
        for domain in odd {
            assert_eq!(
                parsed(&format!("ann@{domain}")),
                Err(BadEmail::Domain),
                "{domain:?}"
            );
        }
    }

    #[test]
    fn lengths_are_bounded() {
        assert!(parsed(&format!("{}@corp.test", "a".repeat(64))).is_ok());
        assert_eq!(
            parsed(&format!("{}@corp.test", "a".repeat(65))),
            Err(BadEmail::TooLong)
        );
        let domain = format!("{0}.{0}.{0}.{0}", "b".repeat(60));
        assert_eq!(
            parsed(&format!("{}@{domain}", "a".repeat(20))),
            Err(BadEmail::TooLong)
        );
        assert_eq!(
            parsed(&format!("ann@{}.test", "b".repeat(64))),
            Err(BadEmail::Domain)
        );
        assert_eq!(
            parsed(&format!("{}@corp.test", "a".repeat(1 << 20))),
            Err(BadEmail::TooLong)
        );
    }

    #[test]
    fn only_a_canonical_address_is_read_back() {
        assert!(serde_json::from_str::<EmailAddress>(r#""a@b@corp.test""#).is_err());
        let address: EmailAddress = serde_json::from_str(r#""ann@corp.test""#).unwrap();
        assert_eq!((address.local(), address.domain()), ("ann", "corp.test"));
    }
}
