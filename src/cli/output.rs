//! Writing to the terminal, or to whatever stands in its place.

use std::io::{self, Write as _};

/// A line to standard output.
pub(super) fn say(line: impl AsRef<str>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(line.as_ref().as_bytes())?;
    out.write_all(b"\n")
}

/// A line to standard error. When even that is gone there is nobody left to tell.
pub(super) fn complain(line: impl AsRef<str>) {
    let _gone = writeln!(io::stderr().lock(), "{}", line.as_ref());
}

/// Pretty JSON to standard output.
pub(super) fn say_json(value: &serde_json::Value) -> io::Result<()> {
    say(format!("{value:#}"))
}
