//! Setup codes: made at the command line, good for one desk session, and kept by the store as a keyed hash alone.
//!
//! There is at most one: a newer code takes the place of the older. Every guess is written down by compare-and-set before anybody learns what came of it, so
//! that guesses that come at once, by however many processes, are counted one by one.

use std::fmt;
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::random;
use crate::store::{Key, StoreError, Vault};

/// How long a code may be used.
pub const LIFE: Duration = Duration::from_mins(10);

/// The wrong guess that ends a code.
pub const MOST_WRONG: u8 = 5;

/// Crockford's base32: nothing in it looks like something else.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters of a code, 5 random bits each: 100 bits.
const LENGTH: usize = 20;

/// Characters between two dashes.
const GROUP: usize = 5;

/// A code that was made. It is shown once, at the command line.
pub struct SetupCode([u8; LENGTH]);

impl SetupCode {
    fn fresh() -> Self {
        Self(random::bytes().map(|byte: u8| ALPHABET[usize::from(byte) % ALPHABET.len()]))
    }

    /// As it is shown: in groups.
    #[must_use]
    pub fn shown(&self) -> String {
        let groups = self.0.chunks(GROUP).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join("-")
    }
}

impl fmt::Debug for SetupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetupCode(…)")
    }
}

/// What was typed, read as leniently as Crockford has it: case, white space and dashes do not count, and look-alikes are what they look like.
fn read(typed: &str) -> String {
    let marks =
        |c: &char| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let letter = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    typed.chars().filter(marks).map(letter).collect()
}

/// What the store keeps of the code that was made last.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The code's keyed hash; none once it was used or guessed at too often.
    hash: Option<String>,
    made: Timestamp,
    wrong: u8,
}

impl Kept {
    /// What is left after a guess.
    fn after(&self, right: bool) -> Self {
        let wrong = self.wrong + u8::from(!right);
        Self {
            hash: self.hash.clone().filter(|_| !right && wrong < MOST_WRONG),
            made: self.made,
            wrong,
        }
    }
}

/// The code that may be used now, if there is one.
#[derive(Clone)]
pub struct SetupCodes {
    vault: Vault,
    clock: Clock,
}

impl SetupCodes {
    /// The codes in this vault.
    #[must_use]
    pub fn new(vault: Vault, clock: Clock) -> Self {
        Self { vault, clock }
    }

    /// Makes a code. The one before it ends.
    pub async fn make(&self) -> Result<SetupCode, StoreError> {
        let code = SetupCode::fresh();
        let kept = Kept {
            hash: Some(self.hash(&code.shown())),
            made: self.clock.now(),
            wrong: 0,
        };
        self.vault
            .put(&Key::setup_code(), &kept, Some(LIFE))
            .await?;
        Ok(code)
    }

    /// Uses the code up if this is it. Whoever typed something else never learns whether there is one.
    pub async fn redeem(&self, typed: &str) -> Result<bool, StoreError> {
        let (key, guess) = (Key::setup_code(), self.hash(typed));
        while let Some((kept, version)) = self.vault.get_versioned::<Kept>(&key).await? {
            let (Some(hash), Some(left)) = (&kept.hash, self.left(&kept)) else {
                return Ok(false);
            };
            let right = verify_slices_are_equal(hash.as_bytes(), guess.as_bytes()).is_ok();
            let after = kept.after(right);
            if self
                .vault
                .replace(&key, &version, &after, Some(left))
                .await?
            {
                return Ok(right);
            }
        }
        Ok(false)
    }

    fn hash(&self, code: &str) -> String {
        self.vault.pseudonym("setup code", &read(code))
    }

    /// How long it may still be used.
    fn left(&self, kept: &Kept) -> Option<Duration> {
        let passed = self.clock.now().duration_since(kept.made);
        let left = LIFE.checked_sub(Duration::try_from(passed).unwrap_or_default())?;
        Some(left).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_code_has_100_bits_in_groups_that_can_be_read_out() {
        let codes: BTreeSet<String> = (0..100).map(|_| SetupCode::fresh().shown()).collect();
        assert_eq!(codes.len(), 100);
        for code in &codes {
            let groups: Vec<&str> = code.split('-').collect();
            assert_eq!(
                groups.iter().map(|group| group.len()).collect::<Vec<_>>(),
                [5; 4]
            );
            let of_alphabet = |c: char| ALPHABET.contains(&(c as u8));
            assert!(groups.concat().chars().all(of_alphabet), "{code}");
        }
        let used: BTreeSet<char> = codes.iter().flat_map(|code| code.chars()).collect();
        assert_eq!(
            used.len(),
            ALPHABET.len() + 1,
            "every character, and the dash"
        );
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = "01ABC-DEFGH-JKMNP-QRSTV";
        for typed in [
            code,
            "01abc-defgh-jkmnp-qrstv",
            "01ABCDEFGHJKMNPQRSTV",
            " 01abc defgh\tjkmnp qrstv\n",
            "OlaBc–deFgh—jkmnp−qrstv",
            "oIABC-DEFGH-JKMNP-QRSTV",
        ] {
            assert_eq!(read(typed), read(code), "{typed}");
        }
        for other in [
            "",
            "01ABC-DEFGH-JKMNP-QRSTW",
            "01ABC-DEFGH-JKMNP",
            "01ABC_DEFGH-JKMNP-QRSTV",
        ] {
            assert_ne!(read(other), read(code), "{other}");
        }
    }

    #[test]
    fn a_code_is_not_printed_by_chance() {
        let code = SetupCode::fresh();
        assert!(!format!("{code:?}").contains(&code.shown()));
    }
}
