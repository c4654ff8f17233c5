//! The pool's RSA keys: made once a process and shared, since making one takes a while.

use std::sync::{Arc, OnceLock};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::random;

/// An RSA key and the id under which it is published.
#[derive(Debug, Clone)]
pub(crate) struct PoolKey {
    /// Ends in `=`, as Cognito's do.
    pub(crate) id: String,
    pair: Arc<KeyPair>,
}

impl PoolKey {
    /// The process's first key, for pools that never rotate.
    pub(crate) fn first() -> Self {
        static PAIR: OnceLock<Arc<KeyPair>> = OnceLock::new();
        Self::under_new_id(PAIR.get_or_init(generate))
    }

    /// The process's second key, for rotation.
    pub(crate) fn second() -> Self {
        static PAIR: OnceLock<Arc<KeyPair>> = OnceLock::new();
        Self::under_new_id(PAIR.get_or_init(generate))
    }

    /// A key that no pool publishes.
    pub(crate) fn of_a_stranger() -> Self {
        static PAIR: OnceLock<Arc<KeyPair>> = OnceLock::new();
        Self::under_new_id(PAIR.get_or_init(generate))
    }

    fn under_new_id(pair: &Arc<KeyPair>) -> Self {
        Self {
            id: STANDARD.encode(random::bytes::<32>()),
            pair: Arc::clone(pair),
        }
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        // Signing fails only for keys too short for the digest; these have 2048 bits.
        let _ = self.pair.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            message,
            &mut signature,
        );
        signature
    }

    /// The DER of the public key, which a careless verifier may take for an HMAC secret.
    pub(crate) fn public_der(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// The same as PEM.
    pub(crate) fn public_pem(&self) -> String {
        let text = STANDARD.encode(self.public_der());
        format!("-----BEGIN RSA PUBLIC KEY-----\n{text}\n-----END RSA PUBLIC KEY-----\n")
    }

    /// As a JSON Web Key.
    pub(crate) fn as_jwk(&self) -> Value {
        let public = self.pair.public_key();
        json!({
            "alg": "RS256",
            "e": URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
            "kid": self.id,
            "kty": "RSA",
            "n": URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
            "use": "sig",
        })
    }
}

#[expect(
    clippy::expect_used,
    reason = "an imitation without keys has nothing to do"
)]
fn generate() -> Arc<KeyPair> {
    Arc::new(KeyPair::generate(KeySize::Rsa2048).expect("an RSA key can be made"))
}
