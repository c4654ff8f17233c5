//! Where a span stands: in which trace, under which span, and whether anybody will see it. Written as a `traceparent` of W3C Trace Context, level 1.

use std::fmt;
use std::str::FromStr;

use crate::random;

/// The ids of a trace and of one span in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    pub(super) trace: [u8; 16],
    pub(super) span: [u8; 8],
    /// Whether the trace is sent.
    pub(super) sampled: bool,
}

/// A text that is no `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no traceparent")]
pub struct NoContext;

impl Context {
    /// The first span of a trace, of which one in so many is sent.
    pub(super) fn first(one_in: u32) -> Self {
        let trace: [u8; 16] = random::bytes();
        let chance = trace[8..].iter();
        let chance = chance.fold(0, |chance: u64, byte| chance << 8 | u64::from(*byte));
        Self {
            span: random::bytes(),
            sampled: chance.is_multiple_of(u64::from(one_in.max(1))),
            trace,
        }
    }

    /// Another span of the same trace.
    pub(super) fn another(self) -> Self {
        Self {
            span: random::bytes(),
            ..self
        }
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("00-")?;
        hex(f, &self.trace)?;
        f.write_str("-")?;
        hex(f, &self.span)?;
        f.write_str(if self.sampled { "-01" } else { "-00" })
    }
}

fn hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Versions to come may add fields behind those of the first (section 3.2.4).
impl FromStr for Context {
    type Err = NoContext;

    fn from_str(text: &str) -> Result<Self, NoContext> {
        let mut parts = text.splitn(5, '-');
        let mut next = || parts.next().ok_or(NoContext);
        let [version] = bytes(next()?)?;
        let (trace, span) = (bytes(next()?)?, bytes(next()?)?);
        let [flags] = bytes(next()?)?;
        let has_more = parts.next().is_some();
        if version == u8::MAX || (version == 0 && has_more) {
            return Err(NoContext);
        }
        if trace == [0; 16] || span == [0; 8] {
            return Err(NoContext);
        }
        let sampled = flags & 1 == 1;
        Ok(Self {
            trace,
            span,
            sampled,
        })
    }
}

/// So many bytes in lower-case hexadecimal.
fn bytes<const N: usize>(text: &str) -> Result<[u8; N], NoContext> {
    let digit = |one: u8| match one {
        b'0'..=b'9' => Ok(one - b'0'),
        b'a'..=b'f' => Ok(one - b'a' + 10),
        _ => Err(NoContext),
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return Err(NoContext);
    };
    let pairs: &[[u8; 2]; N] = pairs.try_into().map_err(|_| NoContext)?;
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_traceparent_is_read_and_written_as_it_is_defined() {
        for text in [PARENT, &PARENT.replace("-01", "-00")] {
            assert_eq!(text.parse::<Context>().unwrap().to_string(), text);
        }
        let later = PARENT.replacen("00-", "01-", 1);
        for text in [later.clone(), format!("{later}-more-to-come")] {
            let read: Context = text.parse().unwrap();
            assert_eq!(read.to_string(), PARENT, "{text}");
        }
    }

    #[test]
    fn what_is_no_traceparent_is_none() {
        let of_zeros = "00-00000000000000000000000000000000-00f067aa0ba902b7-01";
        for text in [
            "",
            "00",
            "--",
            of_zeros,
            &PARENT.replace("00f067aa0ba902b7", "0000000000000000"),
            &PARENT.to_uppercase(),
            &PARENT.replacen("00-", "ff-", 1),
            &format!("{PARENT}-more"),
            &format!("{PARENT} "),
            &PARENT[..54],
            &PARENT.replace('4', "ä"),
            &PARENT.replace('-', "_"),
        ] {
            assert_eq!(text.parse::<Context>(), Err(NoContext), "{text}");
        }
    }

    #[test]
    fn one_trace_in_so_many_is_sent() {
        assert!((0..100).all(|_| Context::first(1).sampled));
        let sent = |_: &u32| Context::first(10).sampled;
        let count = (0..10_000).filter(sent).count();
        assert!((500..1_500).contains(&count), "{count}");
    }
}
