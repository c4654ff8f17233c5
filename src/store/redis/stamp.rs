//! A value as Redis holds it: a letter that says what it is, fifteen digits of when it ends in milliseconds since 1970 (zeros: never), and the value.
//!
//! The scripts read it too.

use super::super::rows::Stored;

/// Where the value begins.
const HEAD: usize = 16;

/// What is written of bytes.
pub(super) fn stamped(value: &[u8], ends: Option<i64>) -> Vec<u8> {
    let mut stamped = head('v', ends).into_bytes();
    stamped.extend_from_slice(value);
    stamped
}

/// What stands in front of a counter's digits.
pub(super) fn counter(ends: Option<i64>) -> String {
    head('c', ends)
}

fn head(kind: char, ends: Option<i64>) -> String {
    // The year 33658 has sixteen digits.
    let ends = ends.map_or(0, |ends| ends.clamp(1, 999_999_999_999_999));
    format!("{kind}{ends:015}")
}

/// A value that was read.
pub(super) struct Stamped {
    pub(super) stored: Stored,
    pub(super) ends: Option<i64>,
}

impl Stamped {
    /// What stands there; `None` where it is nothing of ours.
    pub(super) fn read(mut raw: Vec<u8>) -> Option<Self> {
        let (head, value) = raw.split_at_checked(HEAD)?;
        let head = std::str::from_utf8(head).ok()?;
        let ends: i64 = head.get(1..)?.parse().ok()?;
        let ends = (ends != 0).then_some(ends);
        let stored = match head.get(..1)? {
            "v" => Stored::Value(raw.split_off(HEAD)),
            "c" => Stored::Count(std::str::from_utf8(value).ok()?.parse().ok()?),
            _ => return None,
        };
        Some(Self { stored, ends })
    }

    /// Whether it has not ended yet.
    pub(super) fn lives(&self, now: i64) -> bool {
        self.ends.is_none_or(|ends| ends > now)
    }

    /// Its bytes. A counter has none.
    pub(super) fn bytes(self) -> Option<Vec<u8>> {
        match self.stored {
            Stored::Value(bytes) => Some(bytes),
            Stored::Count(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_with_its_end() {
        for (ends, lives) in [(None, true), (Some(999), false), (Some(1001), true)] {
            let read = Stamped::read(stamped(b"\0value", ends)).unwrap();
            assert_eq!((read.ends, read.lives(1000)), (ends, lives));
            assert_eq!(read.bytes().as_deref(), Some(&b"\0value"[..]));
        }
        let count = Stamped::read(format!("{}7", counter(Some(1))).into_bytes()).unwrap();
        assert_eq!(count.stored, Stored::Count(7));
    }

    #[test]
    fn what_is_nothing_of_ours_is_not_read() {
        for raw in [
            &b""[..],
            b"v",
            b"x000000000000000a",
            b"v00000000000000xa",
            b"c000000000000000a",
        ] {
            assert!(Stamped::read(raw.to_vec()).is_none());
        }
    }
}
