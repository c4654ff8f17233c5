//! Whatever is let through stays on our origin, to the parser that browsers have in common.
#![no_main]

#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::return_address(data));
