//! Deep links: what is read leads to the portal that it names.
#![no_main]

#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::deep_link(data));
