//! `store`, `secret_key` and `previous_secret_key`.

use std::path::PathBuf;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secrecy::{ExposeSecret, SecretSlice, SecretString};

use super::field::Field;
use super::reader::Table;

/// Where everything that lasts is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreAddress {
    /// `sqlite:<path>`.
    Sqlite(PathBuf),
}

/// The key that seals cookies and stored values, and the one before it.
#[derive(Debug, Clone)]
pub struct SecretKeys {
    /// 64 bytes; `None` only with `SQLite`: it is then made on first start and kept beside the database.
    pub current: Option<SecretSlice<u8>>,
    /// Still opens what it sealed.
    pub previous: Option<SecretSlice<u8>>,
}

/// Where the store is when nobody says.
const USUAL_FILE: &str = "front-door.sqlite";

/// Reads `store`.
pub(super) fn read_address(table: &Table<'_>) -> StoreAddress {
    let usual = || table.ground.folder().join(USUAL_FILE);
    StoreAddress::Sqlite(table.read("store", sqlite).unwrap_or_else(usual))
}

fn sqlite(field: &Field<'_>) -> Result<PathBuf, String> {
    let text = field.text()?;
    let path = text.strip_prefix("sqlite:").filter(|path| !path.is_empty());
    let path = path.ok_or("must be sqlite: and a path, such as sqlite:front-door.sqlite")?;
    Ok(field.ground.resolve(path.as_ref(), &field.origin()))
}

/// Reads `secret_key` and `previous_secret_key`.
pub(super) fn read_secrets(table: &Table<'_>) -> SecretKeys {
    let key = |name| {
        let text = table.secret(name)?;
        let key = secret_key(&text);
        if key.is_none() {
            table.complain(
                name,
                "must be 64 bytes in base64, as from `openssl rand -base64 64`",
            );
        }
        key
    };
    SecretKeys {
        current: key("secret_key"),
        previous: key("previous_secret_key"),
    }
}

/// 64 bytes in base64 of either alphabet, padded or not; line breaks are what tools put in.
fn secret_key(text: &SecretString) -> Option<SecretSlice<u8>> {
    let padding = DecodePaddingMode::Indifferent;
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(padding);
    let text: String = text.expose_secret().split_whitespace().collect();
    [alphabet::STANDARD, alphabet::URL_SAFE]
        .iter()
        .find_map(|letters| GeneralPurpose::new(letters, config).decode(&text).ok())
        .filter(|bytes| bytes.len() == 64)
        .map(Into::into)
}
