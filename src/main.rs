//! The command line: errors become one readable line and an exit status.

use std::process::ExitCode;

/// A check of a session makes some hundreds of small allocations; with the system's allocator they were a seventh of its cost.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    front_door::cli::run()
}
