//! The key ring: seals and opens what must not be read or changed by anybody who can read or write the store.
//!
//! AES-256-GCM with a random 96-bit nonce for every value; the context (the entry's name, the cookie's name) is authenticated with it, so that a
//! value moved to another place does not open. Each purpose has a key of its own, derived from the secret key by HKDF-SHA256 (RFC 5869).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Prk, Salt};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretSlice};

use crate::random;

/// Separates our derived keys from those that anybody else may derive from the same secret.
const SALT: &[u8] = b"front-door sealing, version 1";

/// The current secret key, and the one before it for as long as it is set.
pub struct KeyRing {
    current: Derived,
    previous: Option<Derived>,
}

/// The keys derived from one secret key.
struct Derived {
    secret: Prk,
    sealing: LessSafeKey,
}

/// A key could not be derived: only a broken library does that.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("a sealing key could not be derived")]
pub struct NoKey;

/// A value that was opened.
pub struct Opened {
    /// What was sealed.
    pub plain: Vec<u8>,
    /// Whether it took the previous key: it should be sealed again.
    pub by_previous: bool,
}

impl KeyRing {
    /// A ring of one or two secret keys.
    pub fn new(
        current: &SecretSlice<u8>,
        previous: Option<&SecretSlice<u8>>,
    ) -> Result<Self, NoKey> {
        let previous = previous
            .map(|secret| Derived::from(secret.expose_secret()))
            .transpose()?;
        Ok(Self {
            current: Derived::from(current.expose_secret())?,
            previous,
        })
    }

    /// Whether there is a key before the current one.
    #[must_use]
    pub fn has_previous(&self) -> bool {
        self.previous.is_some()
    }

    /// What tells two keys apart and nothing of either: of the current one, and of the one before. Only a tag made with a key that is derived from it, so
    /// that whoever reads it can try out no key that they could not try out at any sealed value.
    pub(super) fn marks(&self) -> Result<(String, Option<String>), NoKey> {
        let previous = self.previous.as_ref().map(Derived::mark).transpose()?;
        Ok((self.current.mark()?, previous))
    }

    /// Seals a value for one context.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, NoKey> {
        seal_with(&self.current.sealing, context, plain)
    }

    /// Opens what was sealed for the same context; `None` for everything else.
    #[must_use]
    pub fn open(&self, context: &str, sealed: &[u8]) -> Option<Opened> {
        self.open_each(|derived| open_with(&derived.sealing, context, sealed))
    }

    /// Seals a value so that it opens only together with `secret`.
    pub fn seal_under(&self, secret: &[u8], context: &str, plain: &[u8]) -> Result<Vec<u8>, NoKey> {
        seal_with(&self.current.under(secret)?, context, plain)
    }

    /// Opens what was sealed under `secret` for the same context.
    #[must_use]
    pub fn open_under(&self, secret: &[u8], context: &str, sealed: &[u8]) -> Option<Opened> {
        self.open_each(|derived| open_with(&derived.under(secret).ok()?, context, sealed))
    }

    fn open_each(&self, open: impl Fn(&Derived) -> Option<Vec<u8>>) -> Option<Opened> {
        if let Some(plain) = open(&self.current) {
            return Some(Opened {
                plain,
                by_previous: false,
            });
        }
        open(self.previous.as_ref()?).map(|plain| Opened {
            plain,
            by_previous: true,
        })
    }
}

impl Derived {
    fn from(secret: &[u8]) -> Result<Self, NoKey> {
        let secret = Salt::new(HKDF_SHA256, SALT).extract(secret);
        let sealing = derive(&secret, &[b"values"])?;
        Ok(Self { secret, sealing })
    }

    fn mark(&self) -> Result<String, NoKey> {
        let key = self.secret.expand(&[b"mark"], hmac::HMAC_SHA256);
        let key = hmac::Key::from(key.map_err(|_| NoKey)?);
        Ok(URL_SAFE_NO_PAD.encode(hmac::sign(&key, SALT)))
    }

    fn under(&self, secret: &[u8]) -> Result<LessSafeKey, NoKey> {
        derive(&self.secret, &[b"under", secret])
    }
}

fn derive(secret: &Prk, info: &[&[u8]]) -> Result<LessSafeKey, NoKey> {
    let key = secret.expand(info, &AES_256_GCM).map_err(|_| NoKey)?;
    Ok(LessSafeKey::new(UnboundKey::from(key)))
}

fn seal_with(key: &LessSafeKey, context: &str, plain: &[u8]) -> Result<Vec<u8>, NoKey> {
    let nonce = random::bytes::<NONCE_LEN>();
    let mut sealed = nonce.to_vec();
    let mut body = plain.to_vec();
    key.seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(context),
        &mut body,
    )
    .map_err(|_| NoKey)?;
    sealed.append(&mut body);
    Ok(sealed)
}

fn open_with(key: &LessSafeKey, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut body = body.to_vec();
    let plain = key
        .open_in_place(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from(context),
            &mut body,
        )
        .ok()?
        .len();
    body.truncate(plain);
    Some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(byte: u8) -> SecretSlice<u8> {
        vec![byte; 64].into()
    }

    fn ring(byte: u8) -> KeyRing {
        KeyRing::new(&secret(byte), None).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_in_its_own_place_only() {
        let sealed = ring(1).seal("customer:a", b"value").unwrap();
        assert_eq!(ring(1).open("customer:a", &sealed).unwrap().plain, b"value");
        assert!(
            ring(1).open("customer:b", &sealed).is_none(),
            "another place"
        );
        assert!(ring(2).open("customer:a", &sealed).is_none(), "another key");
        assert!(
            ring(1).open_under(b"", "customer:a", &sealed).is_none(),
            "another purpose"
        );
    }

    #[test]
    fn one_flipped_bit_anywhere_and_nothing_opens() {
        let sealed = ring(1).seal("here", b"value").unwrap();
        for position in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[position / 8] ^= 1 << (position % 8);
            assert!(ring(1).open("here", &flipped).is_none(), "bit {position}");
        }
        for length in 0..sealed.len() {
            assert!(
                ring(1).open("here", &sealed[..length]).is_none(),
                "{length} bytes"
            );
        }
    }

    #[test]
    fn a_session_opens_only_with_its_own_secret() {
        let sealed = ring(1)
            .seal_under(b"cookie a", "session:x", b"value")
            .unwrap();
        assert!(
            ring(1)
                .open_under(b"cookie b", "session:x", &sealed)
                .is_none()
        );
        assert!(ring(1).open("session:x", &sealed).is_none());
        assert_eq!(
            ring(1)
                .open_under(b"cookie a", "session:x", &sealed)
                .unwrap()
                .plain,
            b"value"
        );
    }

    #[test]
    fn the_previous_key_still_opens_and_says_so() {
        let sealed = ring(1).seal("here", b"value").unwrap();
        let both = KeyRing::new(&secret(2), Some(&secret(1))).unwrap();
        assert!(both.open("here", &sealed).unwrap().by_previous);
        let again = both.seal("here", b"value").unwrap();
        assert!(
            ring(2)
                .open("here", &again)
                .is_some_and(|opened| !opened.by_previous)
        );
    }

    #[test]
    fn the_same_value_is_never_sealed_alike() {
        assert_ne!(
            ring(1).seal("here", b"value").unwrap(),
            ring(1).seal("here", b"value").unwrap()
        );
    }
}
