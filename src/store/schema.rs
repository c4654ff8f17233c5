//! The SQLite schema and its version.

use rusqlite::Connection;

/// The version that this program writes. A database of a later one is refused: it was made by a newer front door.
pub(super) const VERSION: i64 = 1;

const TABLES: &str = "
    CREATE TABLE entry (
        name    TEXT PRIMARY KEY,
        value   BLOB NOT NULL,
        expires INTEGER -- milliseconds since 1970, UTC
    ) WITHOUT ROWID;
    CREATE INDEX entry_expires ON entry (expires) WHERE expires IS NOT NULL;
    CREATE TABLE member (
        name    TEXT NOT NULL,
        member  TEXT NOT NULL,
        value   BLOB NOT NULL,
        expires INTEGER,
        PRIMARY KEY (name, member)
    ) WITHOUT ROWID;
    CREATE INDEX member_expires ON member (expires) WHERE expires IS NOT NULL;
    CREATE TABLE log (
        name     TEXT NOT NULL,
        position INTEGER NOT NULL,
        value    BLOB NOT NULL,
        PRIMARY KEY (name, position)
    ) WITHOUT ROWID;
";

/// Makes the tables in a new database. Returns the version found otherwise.
pub(super) fn prepare(connection: &mut Connection) -> rusqlite::Result<i64> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found != 0 {
        return Ok(found);
    }
    transaction.execute_batch(TABLES)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(VERSION)
}
