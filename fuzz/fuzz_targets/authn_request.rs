//! Messages by both bindings: never a panic, never an answer to a stranger.
#![no_main]

#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::authn_request(data));
