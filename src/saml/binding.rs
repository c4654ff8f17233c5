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
mod tests {
    use std::io::Write as _;

    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

    use super::*;

    fn deflated(xml: &[u8]) -> Vec<u8> {
        let mut encoder =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(xml).unwrap();
        encoder.finish().unwrap()
    }

    fn query(deflated: &[u8], rest: &str) -> String {
        let encoded = STANDARD.encode(deflated);
        format!(
            "SAMLRequest={}{rest}",
            utf8_percent_encode(&encoded, NON_ALPHANUMERIC)
        )
    }

    fn form(xml: &[u8]) -> String {
        let encoded = STANDARD.encode(xml);
        format!(
            "SAMLRequest={}",
            utf8_percent_encode(&encoded, NON_ALPHANUMERIC)
        )
    }

    fn good(rest: &str) -> String {
        query(&deflated(b"<a/>"), rest)
    }

    #[test]
    fn a_redirect_is_inflated_and_its_relay_state_kept() {
        let message =
            from_redirect(&query(&deflated(b"<a/>"), "&RelayState=x%2By%20%22%3Cz+w")).unwrap();
        assert_eq!(
            message,
            Message {
                xml: "<a/>".to_owned(),
                relay_state: Some("x+y \"<z w".to_owned()),
                signed: false,
            }
        );
    }

    #[test]
    fn a_form_is_read_also_with_broken_lines() {
        let message = from_post("SAMLRequest=PGEv%0D%0APg%3D%3D&RelayState=r").unwrap();
        assert_eq!(
            message,
            Message {
                xml: "<a/>".to_owned(),
                relay_state: Some("r".to_owned()),
                signed: false,
            }
        );
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for name in [
            "SAMLRequest",
            "RelayState",
            "SigAlg",
            "Signature",
            "%53AMLRequest",
            "unknown",
        ] {
            assert_eq!(
                from_redirect(&good(&format!("&{name}=a&{name}=a"))),
                Err(BadMessage::Twice),
                "{name}"
            );
        }
    }

    #[test]
    fn what_is_not_what_it_should_be_is_refused() {
        let mut trailing = deflated(b"<a/>");
        trailing.extend(b"more");
        let whole = deflated(b"<a>a text that is worth deflating, deflating</a>");
        let truncated = &whole[..whole.len() - 2];
        let bomb = deflated(&vec![b'a'; 64 * 1024 * 1024]);
        let cases = [
            (String::new(), BadMessage::Missing),
            ("SAMLResponse=PGEvPg".to_owned(), BadMessage::ResponseSent),
            (good("&SAMLResponse=PGEvPg"), BadMessage::ResponseSent),
            ("SAMLRequest=%%%".to_owned(), BadMessage::NotEncoded),
            (good("&RelayState=%zz"), BadMessage::NotEncoded),
            (good("&RelayState=%0"), BadMessage::NotEncoded),
            ("SAMLRequest=PGEvPg".to_owned(), BadMessage::NotBase64),
            ("SAMLRequest=PGE-Pg==".to_owned(), BadMessage::NotBase64),
            ("SAMLRequest=PG EvPg==".to_owned(), BadMessage::NotBase64),
            (good(";RelayState=x"), BadMessage::NotBase64),
            ("SAMLRequest=".to_owned(), BadMessage::NotDeflated),
            (query(b"<a/>", ""), BadMessage::NotDeflated),
            (query(&trailing, ""), BadMessage::NotDeflated),
            (query(&bomb, ""), BadMessage::TooLong),
            // Broken at its end, which nobody gets to see.
            (query(&bomb[..bomb.len() / 2], ""), BadMessage::TooLong),
            (query(&deflated(&[0xff, 0xfe]), ""), BadMessage::NotText),
            (query(truncated, ""), BadMessage::NotDeflated),
            (
                query(&deflated(&vec![b'a'; LARGEST + 1]), ""),
                BadMessage::TooLong,
            ),
            (good("&RelayState=%00"), BadMessage::NotText),
            (good("&RelayState=a%0Ab"), BadMessage::NotText),
            (good("&RelayState=%ff"), BadMessage::NotText),
            (
                good(&format!(
                    "&RelayState={}",
                    "a".repeat(LONGEST_RELAY_STATE + 1)
                )),
                BadMessage::TooLong,
            ),
            (
                good(&format!("&x={}", "a".repeat(LARGEST * 3))),
                BadMessage::TooLong,
            ),
            (
                good("&SAMLEncoding=urn%3Aother"),
                BadMessage::UnknownEncoding,
            ),
            (good("&Signature=AAAA"), BadMessage::HalfSignature),
            (good("&SigAlg=rsa"), BadMessage::HalfSignature),
            (good("&SigAlg=&Signature=AAAA"), BadMessage::HalfSignature),
            (good("&SigAlg=rsa&Signature=-"), BadMessage::HalfSignature),
        ];
        for (query, expected) in cases {
            assert_eq!(from_redirect(&query), Err(expected), "{query:.60}");
        }
    }

    #[test]
    fn a_form_that_is_not_what_it_should_be_is_refused() {
        let good = form(b"<a/>");
        let cases = [
            (String::new(), BadMessage::Missing),
            ("RelayState=r".to_owned(), BadMessage::Missing),
            (format!("{good}&{good}"), BadMessage::Twice),
            (
                format!("{good}&RelayState=a&Relay%53tate=b"),
                BadMessage::Twice,
            ),
            (
                format!("{good}&SAMLResponse=PGEvPg"),
                BadMessage::ResponseSent,
            ),
            ("SAMLRequest=%".to_owned(), BadMessage::NotEncoded),
            ("SAMLRequest=-".to_owned(), BadMessage::NotBase64),
            (form(&[0xff, 0xfe]), BadMessage::NotText),
            (format!("{good}&RelayState=%00"), BadMessage::NotText),
        ];
        for (form, expected) in cases {
            assert_eq!(from_post(&form), Err(expected), "{form:.60}");
        }
    }

    #[test]
    fn a_request_of_the_largest_size_is_still_read() {
        let xml = vec![b'a'; LARGEST];
        assert!(from_redirect(&query(&deflated(&xml), "")).is_ok());
        assert!(from_post(&form(&xml)).is_ok());
        assert_eq!(
            from_post(&form(&[&xml[..], b"a"].concat())),
            Err(BadMessage::TooLong)
        );
    }

    #[test]
    fn a_signature_is_noticed() {
        let message = from_redirect(&good("&SigAlg=urn%3Aany&Signature=AAAA")).unwrap();
        assert!(message.signed);
    }
}
