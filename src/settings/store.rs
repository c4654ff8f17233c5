//! `store`, `secret_key` and `previous_secret_key`.
//!
//! `store` is read as a secret is, since the address of a Redis may hold a password.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secrecy::{ExposeSecret, SecretSlice, SecretString};

use super::reader::Table;
use super::redis_address::{self, RedisAddress};

/// Where everything that lasts is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreAddress {
    /// `sqlite:<path>`.
    Sqlite(PathBuf),
    /// `redis://`, `rediss://` and their kin.
    Redis(RedisAddress),
}

impl StoreAddress {
    /// An address that was typed on the command line: its paths are meant from the working folder.
    pub fn typed(text: &str) -> Result<Self, String> {
        parsed(text, Path::to_owned)
    }
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

/// Reads all three.
pub(super) fn read(table: &Table<'_>) -> (StoreAddress, SecretKeys) {
    let (store, secrets) = (read_address(table), read_secrets(table));
    judge_key(table, &store, &secrets);
    (store, secrets)
}

/// Reads `store`.
fn read_address(table: &Table<'_>) -> StoreAddress {
    let usual = || StoreAddress::Sqlite(table.ground.folder().join(USUAL_FILE));
    let Some(text) = table.secret("store") else {
        return usual();
    };
    understood(table, text.expose_secret()).unwrap_or_else(|message| {
        table.complain("store", message);
        usual()
    })
}

fn understood(table: &Table<'_>, text: &str) -> Result<StoreAddress, String> {
    let set = table.field("store").or_else(|| table.field("store_file"));
    let resolve = |path: &Path| match &set {
        Some(field) => field.ground.resolve(path, &field.origin()),
        None => path.to_owned(),
    };
    parsed(text, resolve)
}

fn parsed(text: &str, resolve: impl Fn(&Path) -> PathBuf) -> Result<StoreAddress, String> {
    match text.strip_prefix("sqlite:") {
        Some("") => Err("must be sqlite: and a path, such as sqlite:front-door.sqlite".to_owned()),
        Some(path) => Ok(StoreAddress::Sqlite(resolve(path.as_ref()))),
        None => {
            let mut address = redis_address::read(text)?;
            let ca = &mut address.extras.ca;
            *ca = ca.as_deref().map(resolve);
            Ok(StoreAddress::Redis(address))
        }
    }
}

/// A mistake where the key must be given: several front doors share a Redis, and none of them may make one.
fn judge_key(table: &Table<'_>, store: &StoreAddress, secrets: &SecretKeys) {
    let is_redis = matches!(store, StoreAddress::Redis(_));
    if is_redis && secrets.current.is_none() {
        let needed = "is required where the store is Redis, as from `openssl rand -base64 64`";
        table.complain("secret_key", needed);
    }
}

/// Reads `secret_key` and `previous_secret_key`.
fn read_secrets(table: &Table<'_>) -> SecretKeys {
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
