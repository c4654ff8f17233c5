//! What comes by either binding, and what is refused.

use std::io::Write as _;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::*;

fn deflated(xml: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
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
