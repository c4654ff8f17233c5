//! How an AuthnRequest comes: by HTTP-Redirect, deflated in the query, or by HTTP-POST, plain in a form (SAML 2.0 Bindings, sections 3.4 and 3.5).
//!
//! Everything is bounded before it is looked at. A signature on a redirect is not verified: our metadata does not ask for one, no service
//! provider's certificate is registered, and a Response only ever goes to the registered address.

use std::collections::BTreeMap;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::DeflateDecoder;

/// The largest request, decoded. Real ones have about 1 KiB.
const LARGEST: usize = 16 * 1024;

/// The largest form of HTTP-POST: the request in base64, each of its characters percent-encoded at worst, and the RelayState.
pub const LARGEST_FORM: usize = LARGEST * 5;

/// The longest RelayState that is carried. The specification allows 80 bytes; some service providers send more.
const LONGEST_RELAY_STATE: usize = 2 * 1024;

/// The one encoding of HTTP-Redirect that there is.
const DEFLATE: &str = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";

/// A message and what came with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The request's XML.
    pub xml: String,
    /// To be given back byte for byte.
    pub relay_state: Option<String>,
    /// A signature came beside it; it is not verified.
    pub signed: bool,
}

/// Why there is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadMessage {
    /// No `SAMLRequest`.
    #[error("there is no SAMLRequest")]
    Missing,
    /// A `SAMLResponse`, which only service providers read.
    #[error("there is a SAMLResponse")]
    ResponseSent,
    /// A parameter stands twice: two readers might take different ones.
    #[error("a parameter stands twice")]
    Twice,
    /// Something of both bindings, or a body that is no form.
    #[error("it mixes the bindings, or its body is no form")]
    Mixed,
    /// Too long, before or after decoding.
    #[error("the request or its RelayState is too long")]
    TooLong,
    /// A percent sign without two hexadecimal digits.
    #[error("a parameter is not percent-encoded as it should be")]
    NotEncoded,
    /// Not base64.
    #[error("SAMLRequest is not base64")]
    NotBase64,
    /// Not deflated, or with something behind the end.
    #[error("SAMLRequest is not deflated as it should be")]
    NotDeflated,
    /// Not UTF-8, or a `RelayState` that no form can give back as it came.
    #[error("the request or its RelayState is not text")]
    NotText,
    /// A `SAMLEncoding` that is not DEFLATE.
    #[error("the SAMLEncoding is not known")]
    UnknownEncoding,
    /// One of `Signature` and `SigAlg` without the other, or a signature that is not base64.
    #[error("Signature and SigAlg do not go together")]
    HalfSignature,
}

/// Reads the raw query of HTTP-Redirect.
pub fn from_redirect(query: &str) -> Result<Message, BadMessage> {
    if query.len() > LARGEST * 3 {
        return Err(BadMessage::TooLong);
    }
    let parameters = parameters(query)?;
    let parameter = |name: &str| parameters.get(name.as_bytes());
    if parameter("SAMLResponse").is_some() {
        return Err(BadMessage::ResponseSent);
    }
    if parameter("SAMLEncoding").is_some_and(|encoding| encoding != DEFLATE.as_bytes()) {
        return Err(BadMessage::UnknownEncoding);
    }
    let encoded = parameter("SAMLRequest").ok_or(BadMessage::Missing)?;
    let deflated = STANDARD
        .decode(encoded)
        .map_err(|_| BadMessage::NotBase64)?;
    Ok(Message {
        xml: text(inflate(&deflated)?)?,
        relay_state: relay_state(parameter("RelayState").cloned())?,
        signed: is_signed(parameter("Signature"), parameter("SigAlg"))?,
    })
}

/// Reads the raw form of HTTP-POST.
pub fn from_post(form: &str) -> Result<Message, BadMessage> {
    let mut fields = parameters(form)?;
    if fields.contains_key(b"SAMLResponse".as_slice()) {
        return Err(BadMessage::ResponseSent);
    }
    let mut encoded = fields
        .remove(b"SAMLRequest".as_slice())
        .ok_or(BadMessage::Missing)?;
    // Some service providers break the base64 into lines.
    encoded.retain(|byte| !matches!(byte, b'\r' | b'\n'));
    let xml = STANDARD
        .decode(encoded)
        .map_err(|_| BadMessage::NotBase64)?;
    if xml.len() > LARGEST {
        return Err(BadMessage::TooLong);
    }
    Ok(Message {
        xml: text(xml)?,
        relay_state: relay_state(fields.remove(b"RelayState".as_slice()))?,
        signed: false,
    })
}

/// All parameters, decoded once. Names are compared decoded, so that none hides behind a percent sign.
fn parameters(query: &str) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, BadMessage> {
    let mut parameters = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if parameters.insert(decode(name)?, decode(value)?).is_some() {
            return Err(BadMessage::Twice);
        }
    }
    Ok(parameters)
}

/// Forms write a space as a plus, and so do many libraries for a redirect; a real plus always comes encoded.
fn decode(text: &str) -> Result<Vec<u8>, BadMessage> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'%' => hex_digit(rest.next())? << 4 | hex_digit(rest.next())?,
            b'+' => b' ',
            other => other,
        });
    }
    Ok(decoded)
}

fn hex_digit(byte: Option<u8>) -> Result<u8, BadMessage> {
    byte.and_then(|byte| char::from(byte).to_digit(16))
        .and_then(|digit| u8::try_from(digit).ok())
        .ok_or(BadMessage::NotEncoded)
}

fn is_signed(signature: Option<&Vec<u8>>, algorithm: Option<&Vec<u8>>) -> Result<bool, BadMessage> {
    match (signature, algorithm) {
        (None, None) => Ok(false),
        (Some(signature), Some(algorithm))
            if !algorithm.is_empty() && STANDARD.decode(signature).is_ok() =>
        {
            Ok(true)
        }
        _ => Err(BadMessage::HalfSignature),
    }
}

fn inflate(deflated: &[u8]) -> Result<Vec<u8>, BadMessage> {
    let mut decoder = DeflateDecoder::new(deflated);
    let mut xml = Vec::new();
    let limit = u64::try_from(LARGEST + 1).unwrap_or(u64::MAX);
    decoder
        .by_ref()
        .take(limit)
        .read_to_end(&mut xml)
        .map_err(|_| BadMessage::NotDeflated)?;
    if xml.len() > LARGEST {
        return Err(BadMessage::TooLong);
    }
    // The decoder does not mind what stands behind the end; we do.
    let whole = usize::try_from(decoder.total_in()).is_ok_and(|used| used == deflated.len());
    if whole {
        Ok(xml)
    } else {
        Err(BadMessage::NotDeflated)
    }
}

/// A browser writes line ends in a form its own way, and a page cannot hold NUL: neither could go back as it came.
fn relay_state(value: Option<Vec<u8>>) -> Result<Option<String>, BadMessage> {
    let Some(value) = value else { return Ok(None) };
    if value.len() > LONGEST_RELAY_STATE {
        return Err(BadMessage::TooLong);
    }
    let value = text(value)?;
    if value.contains(['\0', '\r', '\n']) {
        Err(BadMessage::NotText)
    } else {
        Ok(Some(value))
    }
}

fn text(bytes: Vec<u8>) -> Result<String, BadMessage> {
    String::from_utf8(bytes).map_err(|_| BadMessage::NotText)
}

#[cfg(test)]
#[path = "binding_tests.rs"]
mod tests;
