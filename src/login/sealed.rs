//! Sealed texts that a visitor carries for us: in a cookie, or in an address of ours.
//!
//! They are CBOR (RFC 8949) inside: it takes texts byte for byte, so that nothing a service provider sends along, quotes and control characters
//! included, grows beyond what a cookie may hold (RFC 6265bis: 4,096 bytes with its name).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::store::Vault;

/// Seals a value; the text opens in the same context only. `None` when it cannot be written down.
pub(super) fn seal(vault: &Vault, context: &str, value: &impl Serialize) -> Option<String> {
    let mut plain = Vec::new();
    ciborium::into_writer(value, &mut plain).ok()?;
    let sealed = vault.ring().seal(context, &plain).ok()?;
    Some(URL_SAFE_NO_PAD.encode(sealed))
}

/// Opens what [`seal`] made; `None` for everything else.
pub(super) fn open<T: DeserializeOwned>(vault: &Vault, context: &str, text: &str) -> Option<T> {
    let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
    let opened = vault.ring().open(context, &sealed)?;
    ciborium::from_reader(opened.plain.as_slice()).ok()
}
