//! The command line: errors become one readable line and an exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    front_door::cli::run()
}
