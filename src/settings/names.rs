//! Names that stand in addresses and rules: providers, slugs, groups, mail domains.

use std::fmt;

/// A provider's name: the name of its table, and a part of its callback address. `[a-z0-9][a-z0-9-]*`, at most 40 characters.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct ProviderName(String);

/// A link's name in its address: `[a-z0-9][a-z0-9_-]*`, at most 60 characters.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// A text that cannot be the name it was meant to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be {allowed}")]
pub struct BadName {
    allowed: &'static str,
}

macro_rules! name {
    ($type:ident, $extra:literal, $most:literal, $allowed:literal) => {
        impl TryFrom<String> for $type {
            type Error = BadName;

            fn try_from(text: String) -> Result<Self, BadName> {
                let first = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
                let rest = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || $extra.contains(&b));
                if first && rest && text.len() <= $most { Ok(Self(text)) } else { Err(BadName { allowed: $allowed }) }
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> Self {
                name.0
            }
        }

        impl $type {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $type {
            type Err = BadName;

            fn from_str(text: &str) -> Result<Self, BadName> {
                text.to_owned().try_into()
            }
        }

        impl<'a> rocket::request::FromParam<'a> for $type {
            type Error = BadName;

            fn from_param(param: &'a str) -> Result<Self, BadName> {
                param.parse()
            }
        }

        impl rocket::http::uri::fmt::UriDisplay<rocket::http::uri::fmt::Path> for $type {
            fn fmt(&self, f: &mut rocket::http::uri::fmt::Formatter<'_, rocket::http::uri::fmt::Path>) -> fmt::Result {
                f.write_value(&self.0)
            }
        }

        rocket::http::impl_from_uri_param_identity!([rocket::http::uri::fmt::Path] $type);
    };
}

name!(
    ProviderName,
    b"-",
    40,
    "1 to 40 lower-case letters, digits and hyphens, beginning with a letter or digit"
);
name!(
    Slug,
    b"-_",
    60,
    "1 to 60 lower-case letters, digits, hyphens and underscores, beginning with a letter or digit"
);

/// A group of one provider: a name means nothing without whose it is.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct Group {
    /// Whose group.
    pub provider: ProviderName,
    /// Its name there, compared byte for byte.
    pub name: String,
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.provider, self.name)
    }
}

/// A mail domain in a rule: `acme.example` exactly, or `*.acme.example` for its sub-domains (and not itself). Lower-case ASCII (IDNA A-labels).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainRule {
    /// The domain without the asterisk.
    pub domain: String,
    /// Whether it stands for the sub-domains.
    pub sub_domains: bool,
}

impl DomainRule {
    /// Whether `domain` (lower-case ASCII) falls under this rule; label boundaries count.
    #[must_use]
    pub fn holds(&self, domain: &str) -> bool {
        if self.sub_domains {
            domain
                .strip_suffix(self.domain.as_str())
                .is_some_and(|front| front.len() > 1 && front.ends_with('.'))
        } else {
            domain == self.domain
        }
    }

    /// Whether the rule is this very domain, and not one for many.
    #[must_use]
    pub fn names(&self, domain: &str) -> bool {
        !self.sub_domains && domain == self.domain
    }
}

impl fmt::Display for DomainRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}",
            if self.sub_domains { "*." } else { "" },
            self.domain
        )
    }
}

/// A text that is no mail domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a mail domain such as acme.example, or *.acme.example for its sub-domains")]
pub struct BadDomain;

impl std::str::FromStr for DomainRule {
    type Err = BadDomain;

    fn from_str(text: &str) -> Result<Self, BadDomain> {
        let (domain, sub_domains) = match text.trim().strip_prefix("*.") {
            Some(rest) => (rest, true),
            None => (text.trim(), false),
        };
        // The parser of hosts would decode percent signs.
        match url::Host::parse(domain) {
            Ok(url::Host::Domain(ascii)) if is_mail_domain(&ascii) && !domain.contains('%') => {
                Ok(Self {
                    domain: ascii,
                    sub_domains,
                })
            }
            _ => Err(BadDomain),
        }
    }
}

/// Two labels or more, 253 characters at most (RFC 1035, section 2.3.4). A rule for anything else would hold for nobody, and a block that holds for
/// nobody is open.
fn is_mail_domain(domain: &str) -> bool {
    domain.len() <= 253 && domain.contains('.') && domain.split('.').all(is_label)
}

/// Letters, digits and hyphens, no hyphen at either end (RFC 1123, section 2.1).
fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
