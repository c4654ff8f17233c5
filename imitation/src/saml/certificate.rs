//! As much of X.509 as it takes to find the public key.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const SEQUENCE: u8 = 0x30;
const EXPLICIT_VERSION: u8 = 0xA0;

/// A certificate that an administrator has entered: its key is trusted, nothing else of it is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Compared as a whole with what comes along in a signature.
    der: Vec<u8>,
    /// DER of the `SubjectPublicKeyInfo`.
    key: Vec<u8>,
}

impl Certificate {
    /// From PEM or bare base64; none when it is no certificate.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let base64: String = text
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .flat_map(str::chars)
            .filter(|char| !char.is_ascii_whitespace())
            .collect();
        let der = STANDARD.decode(base64).ok()?;
        let key = public_key(&der)?.to_vec();
        Some(Self { der, key })
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256, keys of 2048 bits and more.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.key)
            .verify(message, signature)
            .is_ok()
    }
}

/// RFC 5280, 4.1: version, serial number, algorithm, issuer, validity, subject, then the key.
fn public_key(der: &[u8]) -> Option<&[u8]> {
    let certificate = content(element(der, SEQUENCE)?);
    let mut rest = content(element(certificate, SEQUENCE)?);
    if rest.first() == Some(&EXPLICIT_VERSION) {
        rest = after(rest)?;
    }
    for _ in 0..5 {
        rest = after(rest)?;
    }
    element(rest, SEQUENCE)
}

/// The first element, header included.
fn element(der: &[u8], tag: u8) -> Option<&[u8]> {
    let (header, length) = header(der)?;
    if der.first() == Some(&tag) {
        der.get(..header + length)
    } else {
        None
    }
}

/// What follows the first element.
fn after(der: &[u8]) -> Option<&[u8]> {
    let (header, length) = header(der)?;
    der.get(header + length..)
}

fn content(element: &[u8]) -> &[u8] {
    header(element).map_or(&[], |(header, _)| &element[header..])
}

/// Lengths of an element's header and of its content.
fn header(der: &[u8]) -> Option<(usize, usize)> {
    let first = *der.get(1)?;
    if first < 0x80 {
        return Some((2, first.into()));
    }
    let bytes = usize::from(first & 0x7F);
    if !(1..=3).contains(&bytes) {
        return None;
    }
    let digits = der.get(2..2 + bytes)?;
    let length = digits
        .iter()
        .fold(0, |length, &digit| (length << 8) | usize::from(digit));
    Some((2 + bytes, length))
}
