//! The keys that sign Responses, with the self-signed certificates that service providers know them by.
//!
//! A service provider holds one certificate, entered by hand, so a change of keys is a hard switch: the next key is
//! prepared, its certificate entered over there, and then the front door begins to sign with it.

use aws_lc_rs::digest;
use aws_lc_rs::rsa::KeyPair;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyUsagePurpose, RsaKeySize};
use secrecy::{ExposeSecret as _, SecretSlice};
use serde::{Deserialize, Serialize};

/// How long a certificate holds. Service providers compare the certificate itself, so its end protects nobody; but on
/// the day it comes, everybody stays outside. Whoever wants to change keys sooner prepares and switches.
const CERTIFICATE_YEARS: i16 = 10;

/// A common name ends here (X.520, `ub-common-name`).
const MAX_COMMON_NAME: usize = 64;

/// How many certificates that signed once are remembered, so that the record does not grow for ever.
const MAX_RETIRED: usize = 8;

/// Why a key cannot be made, read or put to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Making a key or its certificate failed.
    #[error("a signing key could not be made")]
    NotMade,
    /// A kept private key is none.
    #[error("the kept signing key cannot be read")]
    Unreadable,
    /// A switch without a next key.
    #[error("no next signing key is prepared")]
    NothingPrepared,
    /// A switch to a key that is not the one prepared now.
    #[error("another signing key is prepared by now")]
    OtherPrepared,
}

/// All signing keys, as they are kept in the store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SigningKeys {
    /// What signs now.
    pub current: SigningKey,
    /// What will sign after the switch.
    pub next: Option<SigningKey>,
    /// What signed before, the latest first; their private keys are gone.
    pub retired: Vec<Certificate>,
}

/// A private key with its certificate.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SigningKey {
    private_key: PrivateKey,
    certificate: Certificate,
}

/// What service providers are shown of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    #[serde(with = "base64_bytes")]
    der: Vec<u8>,
    /// The end of its validity.
    pub expires: Timestamp,
}

/// PKCS #8, never printed, wiped when dropped.
#[derive(Clone)]
struct PrivateKey(SecretSlice<u8>);

impl SigningKeys {
    /// The keys of a new front door.
    #[must_use]
    pub fn new(first: SigningKey) -> Self {
        Self {
            current: first,
            next: None,
            retired: Vec::new(),
        }
    }

    /// With a next key. One that is prepared already stays: its certificate may have been entered somewhere.
    #[must_use]
    pub fn prepare(mut self, next: SigningKey) -> Self {
        self.next.get_or_insert(next);
        self
    }

    /// Signs with the next key from now on; the current private key is forgotten.
    pub fn switch(mut self) -> Result<Self, KeyError> {
        let next = self.next.take().ok_or(KeyError::NothingPrepared)?;
        let retired = std::mem::replace(&mut self.current, next);
        self.retired.insert(0, retired.certificate);
        self.retired.truncate(MAX_RETIRED);
        Ok(self)
    }

    /// The same, but only to the key whose certificate was looked at: another one may be entered nowhere yet.
    pub fn switch_to(self, thumbprint: &str) -> Result<Self, KeyError> {
        match &self.next {
            Some(next) if next.certificate.thumbprint() != thumbprint => {
                Err(KeyError::OtherPrepared)
            }
            _ => self.switch(),
        }
    }
}

impl SigningKey {
    /// Makes an RSA key of 2048 bits and its certificate for the public host. It takes up to a second: not for an
    /// async thread.
    pub fn generate(public_host: &str, now: Timestamp) -> Result<Self, KeyError> {
        let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_2048)
            .map_err(|_| KeyError::NotMade)?;
        let (begins, ends) = validity(now)?;
        let certificate = certificate_params(public_host, begins, ends)
            .self_signed(&key)
            .map_err(|_| KeyError::NotMade)?;
        Ok(Self {
            private_key: PrivateKey(key.serialize_der().into()),
            certificate: Certificate {
                der: certificate.der().to_vec(),
                expires: midnight(ends)?,
            },
        })
    }

    /// What service providers are shown.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The private key, ready to sign. Parsing checks the key: keep the result.
    pub(super) fn key_pair(&self) -> Result<KeyPair, KeyError> {
        KeyPair::from_pkcs8(self.private_key.0.expose_secret()).map_err(|_| KeyError::Unreadable)
    }
}

/// From yesterday, for clocks that are behind ours.
fn validity(now: Timestamp) -> Result<(Date, Date), KeyError> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let begins = today.yesterday().map_err(|_| KeyError::NotMade)?;
    let ends = today
        .checked_add(CERTIFICATE_YEARS.years())
        .map_err(|_| KeyError::NotMade)?;
    Ok((begins, ends))
}

fn midnight(date: Date) -> Result<Timestamp, KeyError> {
    let zoned = date
        .to_zoned(TimeZone::UTC)
        .map_err(|_| KeyError::NotMade)?;
    Ok(zoned.timestamp())
}

fn certificate_params(public_host: &str, begins: Date, ends: Date) -> CertificateParams {
    let mut params = CertificateParams::default();
    let common_name: String = public_host.chars().take(MAX_COMMON_NAME).collect();
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let day = |date: Date| {
        rcgen::date_time_ymd(
            i32::from(date.year()),
            date.month().unsigned_abs(),
            date.day().unsigned_abs(),
        )
    };
    params.not_before = day(begins);
    params.not_after = day(ends);
    params
}

impl Certificate {
    /// The certificate in base64, as it stands in `KeyInfo` and in metadata.
    #[must_use]
    pub fn base64(&self) -> String {
        STANDARD.encode(&self.der)
    }

    /// The certificate as a PEM file (RFC 7468), as it is entered at Atlassian.
    #[must_use]
    pub fn pem(&self) -> String {
        let body = self.base64();
        let lines: Vec<&str> = (0..body.len())
            .step_by(64)
            .map(|at| &body[at..body.len().min(at + 64)])
            .collect();
        format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            lines.join("\n")
        )
    }

    /// The certificate as a binary file.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 of the certificate, as certificate viewers show it.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        self.hashed(&digest::SHA256)
    }

    /// SHA-1 of it, which some still compare certificates by; it protects nothing here.
    #[must_use]
    pub fn short_thumbprint(&self) -> String {
        self.hashed(&digest::SHA1_FOR_LEGACY_USE_ONLY)
    }

    fn hashed(&self, by: &'static digest::Algorithm) -> String {
        let hash = digest::digest(by, &self.der);
        let bytes = hash.as_ref().iter();
        bytes
            .map(|byte| format!("{byte:02X}"))
            .collect::<Vec<_>>()
            .join(":")
    }

    /// Whole days until it ends; negative when it has.
    #[must_use]
    pub fn days_left(&self, now: Timestamp) -> i64 {
        self.expires.duration_since(now).as_hours().div_euclid(24)
    }
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

impl Serialize for PrivateKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        base64_bytes::serialize(self.0.expose_secret(), serializer)
    }
}

impl<'de> Deserialize<'de> for PrivateKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        base64_bytes::deserialize(deserializer).map(|bytes| Self(bytes.into()))
    }
}

/// Bytes as base64 text.
mod base64_bytes {
    use base64::Engine as _;

    use super::{Deserialize, STANDARD};

    pub(super) fn serialize<S: serde::Serializer>(
        bytes: &[u8],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-21T10:00:00Z".parse().unwrap()
    }

    fn key() -> SigningKey {
        SigningKey::generate("sso.example.com", now()).unwrap()
    }

    #[test]
    fn a_switch_needs_a_prepared_key_and_preparing_twice_keeps_the_first() {
        let keys = SigningKeys::new(key());
        assert!(matches!(
            keys.clone().switch(),
            Err(KeyError::NothingPrepared)
        ));
        let first = keys.clone().prepare(key());
        let second = first.clone().prepare(key());
        assert_eq!(
            first.next.unwrap().certificate,
            second.next.clone().unwrap().certificate
        );
        assert!(matches!(
            second.clone().switch_to("another"),
            Err(KeyError::OtherPrepared)
        ));
        let switched = second.clone().switch().unwrap();
        assert_eq!(
            switched.current.certificate,
            second.next.unwrap().certificate
        );
        assert_eq!(switched.retired, [keys.current.certificate]);
        assert!(switched.next.is_none());
    }

    #[test]
    fn a_kept_key_is_the_same_and_is_never_printed() {
        let keys = SigningKeys::new(key());
        let kept: SigningKeys =
            serde_json::from_str(&serde_json::to_string(&keys).unwrap()).unwrap();
        assert_eq!(kept.current.certificate, keys.current.certificate);
        assert!(kept.current.key_pair().is_ok());
        assert!(format!("{:?}", keys.current).contains("PrivateKey(…)"));
    }

    #[test]
    fn a_certificate_holds_for_ten_years_and_says_how_long() {
        let certificate = key().certificate.clone();
        assert_eq!(certificate.expires.to_string(), "2036-11-21T00:00:00Z");
        assert_eq!(certificate.days_left(certificate.expires), 0);
        assert!(certificate.days_left(now()) > 3600);
        assert!(certificate.pem().lines().all(|line| line.len() <= 64));
        assert_eq!(certificate.thumbprint().len(), 95);
        assert_eq!(certificate.short_thumbprint().len(), 59);
    }
}
