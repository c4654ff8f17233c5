//! Durations as they are written: a number and `ms`, `s`, `m`, `h` or `d`.

use std::time::Duration;

/// A text that is no duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number above 0 and ms, s, m, h or d, such as 90s or 12h")]
pub struct BadDuration;

/// No setting means more than this; it keeps every sum of durations and times far from overflow.
const MOST: Duration = Duration::from_hours(876_000);

/// Reads a duration: at least a millisecond, at most a hundred years.
pub fn parse(text: &str) -> Result<Duration, BadDuration> {
    let split = text
        .find(|c: char| !c.is_ascii_digit())
        .ok_or(BadDuration)?;
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().map_err(|_| BadDuration)?;
    let milliseconds = match unit.trim_start() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(BadDuration),
    };
    number
        .checked_mul(milliseconds)
        .map(Duration::from_millis)
        .filter(|duration| !duration.is_zero() && *duration <= MOST)
        .ok_or(BadDuration)
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
            "99999999999999999999d",
            "40000d",
        ] {
            assert_eq!(parse(text), Err(BadDuration), "{text}");
        }
    }
}
