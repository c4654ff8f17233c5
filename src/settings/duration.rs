//! Durations as they are written: a number and `ms`, `s`, `m`, `h` or `d`.

use std::time::Duration;

/// Why a text cannot be used as a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadDuration {
    /// It is none.
    #[error("must be a whole number above 0 and ms, s, m, h or d, such as 90s or 12h")]
    NoDuration,
    /// It is longer than a hundred years.
    #[error("must be 36500d or less")]
    TooLong,
}

/// Each unit and its milliseconds, the longest first.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// No setting means more than this; it keeps every sum of durations and times far from overflow.
const MOST: Duration = Duration::from_hours(876_000);

/// Reads a duration: at least a millisecond, at most a hundred years.
pub fn parse(text: &str) -> Result<Duration, BadDuration> {
    let split = text
        .find(|c: char| !c.is_ascii_digit())
        .ok_or(BadDuration::NoDuration)?;
    let (number, unit) = text.split_at(split);
    let mut units = UNITS.iter();
    let unit = units.find(|(name, _)| *name == unit.trim_start());
    let (Some((_, milliseconds)), false) = (unit, number.is_empty()) else {
        return Err(BadDuration::NoDuration);
    };
    // Digits alone: what does not fit is too much.
    let number = number.parse().unwrap_or(u64::MAX);
    match Duration::from_millis(number.saturating_mul(*milliseconds)) {
        Duration::ZERO => Err(BadDuration::NoDuration),
        long if long > MOST => Err(BadDuration::TooLong),
        duration => Ok(duration),
    }
}

/// A duration as it would be written in settings.
pub(super) fn written(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    let mut units = UNITS.iter().map(|(name, of)| (name, u128::from(*of)));
    let whole = units.find(|(_, of)| milliseconds >= *of && milliseconds.is_multiple_of(*of));
    let (name, of) = whole.unwrap_or((&"ms", 1));
    format!("{}{name}", milliseconds / of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_is_read() {
        let read =
            ["250ms", "10s", "5m", "2h", "400d"].map(|text| parse(text).unwrap().as_millis());
        assert_eq!(read, [250, 10_000, 300_000, 7_200_000, 34_560_000_000]);
    }

    #[test]
    fn nothing_else_is_a_duration() {
        for text in [
            "",
            "5",
            "m",
            "0s",
            "-1s",
            "1.5h",
            "5 minutes",
            "99999999999999999999 years",
        ] {
            assert_eq!(parse(text), Err(BadDuration::NoDuration), "{text}");
        }
    }

    #[test]
    fn more_than_a_hundred_years_is_too_long() {
        for text in ["99999999999999999999d", "18446744073709551615d", "36501d"] {
            assert_eq!(parse(text), Err(BadDuration::TooLong), "{text}");
        }
    }

    #[test]
    fn a_duration_is_written_in_the_longest_unit_that_fits() {
        for text in ["250ms", "90s", "5m", "36h", "400d"] {
            assert_eq!(written(parse(text).unwrap()), text);
        }
    }
}
