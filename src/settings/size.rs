//! How much can be saved in all: what is saved is read by every process with every change, and its history is kept.

use super::problem::Problem;
use super::saved::{ORIGIN, Saved};

/// A logo of the largest kind, own texts, and hundreds of links beside them.
const MOST_BYTES: usize = 1024 * 1024;

/// That these settings are too large as a whole, if they are.
pub(super) fn problem(saved: &Saved) -> Option<Problem> {
    let bytes = saved.table().to_string().len();
    (bytes > MOST_BYTES).then(|| Problem {
        key: String::new(),
        origin: ORIGIN.to_owned(),
        message: format!(
            "would be {} KiB in all; at most {} KiB can be saved: take something away, or set it in Rocket.toml",
            bytes.div_ceil(1024),
            MOST_BYTES / 1024
        ),
    })
}
