//! The scripts of `deploy/`, as an operator runs them.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![expect(
    clippy::unwrap_used,
    reason = "a script that cannot be run has failed the test"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where a file of `deploy/` is.
pub(crate) fn deployed(name: &str) -> PathBuf {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    top.join("deploy").join(name)
}

/// Runs one of them, however it ends.
pub(crate) fn run(name: &str, arguments: &[&Path]) -> Output {
    let mut command = Command::new("sh");
    command.arg(deployed(name)).args(arguments);
    command.output().unwrap()
}

/// Runs one of them. Returns what it said.
#[track_caller]
pub(crate) fn script(name: &str, arguments: &[&Path]) -> String {
    let done = run(name, arguments);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{name}: {said}");
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}
