//! The reference: the short id of a request that stands on its error page, in its log lines and in the audit trail.

use std::convert::Infallible;
use std::fmt;

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

/// Letters and digits that survive being read out on a telephone (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// 50 random bits: two requests of one year never share one in practice.
const LENGTH: usize = 10;

/// One request's reference. As a guard it never fails, and is the same however often it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference(String);

impl Reference {
    /// A reference for work that no request started.
    #[must_use]
    pub fn fresh() -> Self {
        let letters = crate::random::bytes::<LENGTH>().map(|byte| ALPHABET[usize::from(byte % 32)]);
        Self(letters.iter().copied().map(char::from).collect())
    }

    /// The reference of this request.
    #[must_use]
    pub fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(Self::fresh)
    }

    /// The reference in what somebody pasted: whatever stands around it, and letters that were heard or read for others.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let letters: String = text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.eq_ignore_ascii_case("reference"))
            .collect();
        let read = |letter: char| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let reference: String = letters.chars().map(read).take(LENGTH + 1).collect();
        let is_one = reference.len() == LENGTH && reference.bytes().all(|b| ALPHABET.contains(&b));
        is_one.then_some(Self(reference))
    }

    /// The reference as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r Reference {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Reference::of(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_short_and_easy_to_read_out() {
        let reference = Reference::fresh();
        assert_eq!(reference.as_str().len(), LENGTH);
        assert!(reference.as_str().bytes().all(|b| ALPHABET.contains(&b)));
        assert_ne!(reference, Reference::fresh());
    }

    #[test]
    fn a_reference_is_found_in_what_was_pasted_or_heard() {
        for text in [
            "01ABCDEFGH",
            " Reference: 01ABCDEFGH\n",
            "01abc defgh",
            "reference oiabc-defgh.",
            "OLABCDEFGH",
        ] {
            let reference = Reference::typed(text).map(|found| found.0);
            assert_eq!(reference.as_deref(), Some("01ABCDEFGH"), "{text}");
        }
        let long = "0".repeat(1_000_000);
        for text in [
            "",
            "Reference:",
            "01ABCDEFG",
            "01ABCDEFGHJ",
            "01ABCDEFGU",
            "01ÄBCDEFGH",
            &long,
        ] {
            assert_eq!(Reference::typed(text), None, "{text:.20}");
        }
    }
}
