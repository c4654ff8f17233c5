//! A write with a guard: it counts only while exactly this is at another name, which the store looks at in the same step.

use super::Key;

/// What is to be written, and what must be so for it.
pub(super) struct Guarded {
    /// Where it is written, for ever.
    pub(super) key: Key,
    /// What is written.
    pub(super) value: Vec<u8>,
    /// What is looked at.
    pub(super) guard: Key,
    /// What must be there.
    pub(super) held: Vec<u8>,
}
