//! Writes that count only while something else is as it was.

use super::super::guard::Guarded;
use super::super::{StoreError, within_size};
use super::script::{self, Call};
use super::stamp::stamped;
use super::{Redis, names};

impl Redis {
    /// Writes for ever, but only while exactly `held` is at the guard. Both live on one server, by their names.
    pub(in crate::store) async fn put_while(&self, write: Guarded) -> Result<bool, StoreError> {
        within_size(&write.value)?;
        let key = names::entry(&write.key);
        let keys = [key[0].clone(), names::entry(&write.guard)[0].clone()];
        let call = Call::of(&script::PUT_WHILE, &keys).with(self.now());
        let call = call.with(write.held).with(stamped(&write.value, None));
        self.write(&call).await
    }
}
