//! What a page says was done just now. It stands in the page's address, and an address can say anything: so it is sealed for the administrator who did it,
//! for the page that says it, and for a few minutes.

use aws_lc_rs::constant_time;
use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::store::Vault;

use super::Administrator;

/// For how long it is news.
const NEWS: SignedDuration = SignedDuration::from_mins(5);

/// Keeps these seals apart from whatever else is derived from the vault's key.
const PURPOSE: &str = "notice";

/// Seals what was done, and tells it where the seal is whole.
pub(super) struct Notices {
    vault: Vault,
    clock: Clock,
}

impl Notices {
    /// By this vault's key.
    pub(super) fn new(vault: Vault, clock: Clock) -> Self {
        Self { vault, clock }
    }

    /// The address of a page that says what was done: its path, and a word for it.
    pub(super) fn telling(
        &self,
        administrator: &Administrator<'_>,
        path: &str,
        word: &str,
    ) -> String {
        let at = self.clock.now().as_second();
        let seal = self.seal(administrator, path, word, at);
        format!("{path}?done={word}.{at}.{seal}")
    }

    /// The word for what this administrator did just now, if it was sealed for this page.
    pub(super) fn told<'a>(
        &self,
        administrator: &Administrator<'_>,
        path: &str,
        done: Option<&'a str>,
    ) -> Option<&'a str> {
        let (word, rest) = done?.split_once('.')?;
        let (at, seal) = rest.split_once('.')?;
        let at: i64 = at.parse().ok()?;
        let whole = self.seal(administrator, path, word, at);
        constant_time::verify_slices_are_equal(whole.as_bytes(), seal.as_bytes()).ok()?;
        let then = Timestamp::from_second(at).ok()?;
        (self.clock.now().duration_since(then) < NEWS).then_some(word)
    }

    fn seal(&self, administrator: &Administrator<'_>, path: &str, word: &str, at: i64) -> String {
        let actor = administrator.actor();
        let said = format!("{path} {word} {at} {actor}");
        self.vault.pseudonym(PURPOSE, &said)
    }
}
