//! How an AuthnRequest comes: by HTTP-Redirect, deflated in the query, or by HTTP-POST, plain in a form (SAML 2.0 Bindings, sections 3.4 and 3.5).
//!
//! Everything is bounded before it is looked at. A signature on a redirect is not verified: our metadata does not ask for one, no service
//! provider's certificate is registered, and a Response only ever goes to the registered address.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::DeflateDecoder;
use percent_encoding::percent_decode_str;

/// The largest request, decoded. Real ones have about 1 KiB.
const LARGEST: usize = 16 * 1024;

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
}

/// Why there is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadMessage {
    /// No `SAMLRequest`.
    #[error("there is no SAMLRequest")]
    Missing,
    /// A parameter stands twice: two readers might take different ones.
    #[error("a parameter stands twice")]
    Twice,
    /// Too long, before or after decoding.
    #[error("the request or its RelayState is too long")]
    TooLong,
    /// Not base64.
    #[error("SAMLRequest is not base64")]
    NotBase64,
    /// Not deflated, or with something behind the end.
    #[error("SAMLRequest is not deflated as it should be")]
    NotDeflated,
    /// Not UTF-8.
    #[error("the request or its RelayState is not UTF-8")]
    NotText,
    /// A `SAMLEncoding` that is not DEFLATE.
    #[error("the SAMLEncoding is not known")]
    UnknownEncoding,
}

/// Reads the raw query of HTTP-Redirect.
pub fn from_redirect(query: &str) -> Result<Message, BadMessage> {
    if query.len() > LARGEST * 3 {
        return Err(BadMessage::TooLong);
    }
    let relay_state = relay_state(parameter(query, "RelayState")?)?;
    if parameter(query, "SAMLEncoding")?.is_some_and(|encoding| encoding != DEFLATE.as_bytes()) {
        return Err(BadMessage::UnknownEncoding);
    }
    for alone in ["SigAlg", "Signature"] {
        parameter(query, alone)?;
    }
    let encoded = parameter(query, "SAMLRequest")?.ok_or(BadMessage::Missing)?;
    let deflated = STANDARD
        .decode(encoded)
        .map_err(|_| BadMessage::NotBase64)?;
    Ok(Message {
        xml: text(inflate(&deflated)?)?,
        relay_state,
    })
}

/// Reads the two fields of HTTP-POST.
pub fn from_post(
    saml_request: &str,
    relay_state_field: Option<&str>,
) -> Result<Message, BadMessage> {
    if saml_request.len() > LARGEST * 2 {
        return Err(BadMessage::TooLong);
    }
    // Some service providers break the base64 into lines.
    let joined: String = saml_request
        .chars()
        .filter(|c| !matches!(c, '\r' | '\n'))
        .collect();
    let xml = STANDARD.decode(joined).map_err(|_| BadMessage::NotBase64)?;
    if xml.len() > LARGEST {
        return Err(BadMessage::TooLong);
    }
    Ok(Message {
        xml: text(xml)?,
        relay_state: relay_state(relay_state_field.map(|field| field.as_bytes().to_vec()))?,
    })
}

/// The value of one parameter, decoded once.
fn parameter(query: &str, name: &str) -> Result<Option<Vec<u8>>, BadMessage> {
    let pairs = query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut values = pairs
        .filter(|(key, _)| percent_decode_str(key).eq(name.bytes()))
        .map(|(_, value)| value);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(BadMessage::Twice);
    }
    // Forms write a space as a plus, and so do many libraries for a redirect; a real plus always comes encoded.
    Ok(Some(percent_decode_str(&value.replace('+', " ")).collect()))
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

fn relay_state(value: Option<Vec<u8>>) -> Result<Option<String>, BadMessage> {
    let Some(value) = value else { return Ok(None) };
    if value.len() > LONGEST_RELAY_STATE {
        return Err(BadMessage::TooLong);
    }
    let value = text(value)?;
    if value.contains('\0') {
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

    #[test]
    fn a_redirect_is_inflated_and_its_relay_state_kept() {
        let message =
            from_redirect(&query(&deflated(b"<a/>"), "&RelayState=x%2By%20%22%3Cz+w")).unwrap();
        assert_eq!(
            message,
            Message {
                xml: "<a/>".to_owned(),
                relay_state: Some("x+y \"<z w".to_owned())
            }
        );
    }

    #[test]
    fn a_form_is_read_also_with_broken_lines() {
        let message = from_post("PGEv\r\nPg==", Some("r")).unwrap();
        assert_eq!(
            message,
            Message {
                xml: "<a/>".to_owned(),
                relay_state: Some("r".to_owned())
            }
        );
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        let good = query(&deflated(b"<a/>"), "");
        for name in [
            "SAMLRequest",
            "RelayState",
            "SigAlg",
            "Signature",
            "%53AMLRequest",
        ] {
            assert_eq!(
                from_redirect(&format!("{good}&{name}=a&{name}=a")),
                Err(BadMessage::Twice),
                "{name}"
            );
        }
    }

    #[test]
    fn what_is_not_what_it_should_be_is_refused() {
        let mut trailing = deflated(b"<a/>");
        trailing.extend(b"more");
        let bomb = deflated(&vec![b'a'; 64 * 1024 * 1024]);
        let cases = [
            (String::new(), BadMessage::Missing),
            ("SAMLResponse=PGEvPg".to_owned(), BadMessage::Missing),
            ("SAMLRequest=%%%".to_owned(), BadMessage::NotBase64),
            ("SAMLRequest=".to_owned(), BadMessage::NotDeflated),
            (query(b"<a/>", ""), BadMessage::NotDeflated),
            (query(&trailing, ""), BadMessage::NotDeflated),
            (query(&bomb, ""), BadMessage::TooLong),
            (query(&deflated(&[0xff, 0xfe]), ""), BadMessage::NotText),
            (
                query(&deflated(b"<a/>"), "&RelayState=%00"),
                BadMessage::NotText,
            ),
            (
                query(
                    &deflated(b"<a/>"),
                    &format!("&RelayState={}", "a".repeat(LONGEST_RELAY_STATE + 1)),
                ),
                BadMessage::TooLong,
            ),
            (
                query(&deflated(b"<a/>"), "&SAMLEncoding=urn%3Aother"),
                BadMessage::UnknownEncoding,
            ),
        ];
        for (query, expected) in cases {
            assert_eq!(from_redirect(&query), Err(expected), "{query:.60}");
        }
    }
}
