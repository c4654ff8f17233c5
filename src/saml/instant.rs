//! Times as SAML writes them: `xs:dateTime` in UTC (SAML 2.0 Core, section 1.3.3).

use jiff::Timestamp;

/// The longest time that is read: seconds with nine decimals. What is longer is not looked at.
const MAX_LEN: usize = "2026-01-01T00:00:00.123456789Z".len();

/// A time to the second, which every reader understands.
pub(super) fn write(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Reads `YYYY-MM-DDThh:mm:ss[.fraction]Z`, and nothing else.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    if text.len() > MAX_LEN || !has_the_shape(text.as_bytes()) {
        return None;
    }
    text.parse().ok()
}

fn has_the_shape(text: &[u8]) -> bool {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00";
    let Some((seconds, rest)) = text.split_at_checked(SHAPE.len()) else {
        return false;
    };
    let whole = seconds.iter().zip(SHAPE).all(|(byte, shape)| match shape {
        b'0' => byte.is_ascii_digit(),
        other => byte == other,
    });
    let rest_is_fraction_and_zone = match rest {
        [b'Z'] => true,
        [b'.', fraction @ .., b'Z'] => {
            !fraction.is_empty() && fraction.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    };
    whole && rest_is_fraction_and_zone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_utc_are_read_with_and_without_a_fraction() {
        let whole: Timestamp = "2026-11-01T12:30:05Z".parse().unwrap();
        assert_eq!(read("2026-11-01T12:30:05Z"), Some(whole));
        let tenth = whole + std::time::Duration::from_millis(100);
        assert_eq!(read("2026-11-01T12:30:05.1Z"), Some(tenth));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let time: Timestamp = "2028-02-29T23:59:59Z".parse().unwrap();
        assert_eq!(read(&write(time)), Some(time));
    }

    #[test]
    fn anything_else_is_no_time() {
        for text in [
            "",
            "Z",
            "2026-13-99T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "9999999-01-01T00:00:00Z",
            "-2026-01-01T00:00:00Z",
            "2026-11-01 12:30:05Z",
            "2026-11-01t12:30:05z",
            "2026-11-01T12:30:05",
            "2026-11-01T12:30:05+00:00",
            "2026-11-01T12:30:05.Z",
            "2026-11-01T12:30Z",
            "2026-11-01T24:30:05Z",
            " 2026-11-01T12:30:05Z",
            "2026-11-01T12:30:05Z[UTC]",
            "2026-11-01T12:30:05.1234567890Z",
            "２026-11-01T12:30:05Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&"1".repeat(1 << 20)), None);
    }
}
