//! The one place that draws random bytes, from the operating system's generator by way of aws-lc.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// `N` unpredictable bytes.
///
/// # Panics
/// When the operating system has no randomness to give: nothing here is safe without it.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "without randomness nothing here is safe: the request ends as `internal`"
)]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

/// `N` unpredictable bytes as unpadded base64url: 32 bytes make the 43 characters that a `state` may have at Cognito.
#[must_use]
pub fn token<const N: usize>() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<N>())
}

/// A random number from 0 to 1, in 256 steps: enough to keep many callers from coming back at once.
#[must_use]
pub fn fraction() -> f64 {
    let [byte] = bytes::<1>();
    f64::from(byte) / f64::from(u8::MAX)
}
