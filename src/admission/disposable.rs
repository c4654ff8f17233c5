//! Mail domains known for throw-away addresses, from the `mailchecker` list.

use std::collections::HashSet;

/// The list, for look-ups.
pub struct Disposable {
    domains: HashSet<&'static str>,
}

impl Disposable {
    /// The list that this version was built with.
    #[must_use]
    pub fn known() -> Self {
        Self {
            domains: mailchecker::blacklist().into_iter().collect(),
        }
    }

    /// Whether `domain` (lower-case ASCII) or a domain above it is listed.
    #[must_use]
    pub fn contains(&self, domain: &str) -> bool {
        let mut rest = Some(domain);
        while let Some(name) = rest {
            if self.domains.contains(name) {
                return true;
            }
            rest = name.split_once('.').map(|(_, above)| above);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::Disposable;

    #[test]
    fn a_listed_domain_and_its_sub_domains_are_throw_away() {
        let known = Disposable::known();
        for domain in ["33mail.com", "me.33mail.com", "guerrillamailblock.com"] {
            assert!(known.contains(domain), "{domain}");
        }
        for domain in ["acme.example", "gmail.com", "not33mail.com", ""] {
            assert!(!known.contains(domain), "{domain}");
        }
    }
}
