//! Writes that count only while something else is as it was.

use rusqlite::params;

use super::super::guard::Guarded;
use super::super::{StoreError, within_size};
use super::Sqlite;

impl Sqlite {
    /// Writes for ever, but only while exactly `held` is at the guard: one statement, so that nobody comes between.
    pub(in crate::store) async fn put_while(&self, write: Guarded) -> Result<bool, StoreError> {
        within_size(&write.value)?;
        let now = self.now();
        self.writer
            .write(move |connection| {
                let mut put = connection.prepare_cached(
                    "INSERT OR REPLACE INTO entry (name, value, expires) SELECT ?1, ?2, NULL
                     WHERE EXISTS (SELECT 1 FROM entry WHERE name = ?3 AND value = ?4 AND (expires IS NULL OR expires > ?5))",
                )?;
                let (key, guard) = (write.key.as_str(), write.guard.as_str());
                let done = put.execute(params![key, write.value, guard, write.held, now])?;
                Ok(done == 1)
            })
            .await
    }
}
