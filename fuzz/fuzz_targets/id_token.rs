//! Tokens of any shape: none that nobody signed is believed.
#![no_main]

#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::id_token(data));
