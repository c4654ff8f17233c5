//! Writes XML that already has its canonical form, so that what is signed and what is sent are the same octets.
//!
//! The form is Exclusive XML Canonicalization 1.0 without comments: a namespace is declared where its prefix is first
//! used, attributes stand in the order of their names, every element has an end tag, and nothing stands between them.

use std::fmt::Write as _;

/// Namespaces in use, each with the one prefix it is ever written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefix {
    /// XML Signature.
    Ds,
    /// SAML metadata.
    Md,
    /// SAML assertions.
    Saml,
    /// SAML protocol.
    Samlp,
}

impl Prefix {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ds => "ds",
            Self::Md => "md",
            Self::Saml => "saml",
            Self::Samlp => "samlp",
        }
    }

    /// The namespace's name.
    pub(super) fn uri(self) -> &'static str {
        match self {
            Self::Ds => "http://www.w3.org/2000/09/xmldsig#",
            Self::Md => "urn:oasis:names:tc:SAML:2.0:metadata",
            Self::Saml => "urn:oasis:names:tc:SAML:2.0:assertion",
            Self::Samlp => "urn:oasis:names:tc:SAML:2.0:protocol",
        }
    }
}

/// A character that XML cannot carry, or that not every reader of XML signatures counts alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a value holds the character U+{:04X}, which is never written into XML", *.0 as u32)]
pub struct RefusedCharacter(pub char);

/// An element and everything in it. Attributes carry no prefix.
#[derive(Debug, Clone)]
pub(super) struct Element {
    prefix: Prefix,
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Node>,
}

#[derive(Debug, Clone)]
enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    /// An empty element.
    pub(super) fn new(prefix: Prefix, name: &'static str) -> Self {
        Self {
            prefix,
            name,
            attributes: Vec::new(),
            children: Vec::new(),
        }
    }

    /// With an attribute more; its place is found when writing. An empty value stands for no attribute.
    pub(super) fn attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.attributes.push((name, value));
        }
        self
    }

    /// With text at the end.
    pub(super) fn text(mut self, text: impl Into<String>) -> Self {
        self.children.push(Node::Text(text.into()));
        self
    }

    /// With an element at the end.
    pub(super) fn child(mut self, child: Self) -> Self {
        self.children.push(Node::Element(child));
        self
    }

    /// With elements at the end, in their order.
    pub(super) fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children
            .extend(children.into_iter().map(Node::Element));
        self
    }

    /// Puts an element behind the first child: where a signature stands, behind the issuer.
    pub(super) fn insert_second(&mut self, child: Self) {
        let place = self.children.len().min(1);
        self.children.insert(place, Node::Element(child));
    }

    /// The value of an attribute.
    pub(super) fn attribute_value(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find_map(|(known, value)| (*known == name).then_some(value.as_str()))
    }

    /// The canonical octets of the element as the apex of a document, or of a signed part of one.
    pub(super) fn canonical(&self) -> Result<String, RefusedCharacter> {
        let mut out = String::with_capacity(4096);
        self.write(&mut out, &[])?;
        Ok(out)
    }

    fn write(&self, out: &mut String, declared: &[Prefix]) -> Result<(), RefusedCharacter> {
        let (prefix, name) = (self.prefix.as_str(), self.name);
        let _ = write!(out, "<{prefix}:{name}");
        let extended;
        let declared = if declared.contains(&self.prefix) {
            declared
        } else {
            let _ = write!(out, " xmlns:{prefix}=\"{}\"", self.prefix.uri());
            extended = [declared, &[self.prefix]].concat();
            &extended
        };
        self.write_attributes(out)?;
        out.push('>');
        for child in &self.children {
            match child {
                Node::Element(element) => element.write(out, declared)?,
                Node::Text(text) => escape(out, text, text_escape)?,
            }
        }
        let _ = write!(out, "</{prefix}:{name}>");
        Ok(())
    }

    fn write_attributes(&self, out: &mut String) -> Result<(), RefusedCharacter> {
        let mut attributes: Vec<_> = self.attributes.iter().collect();
        attributes.sort_unstable_by_key(|(name, _)| *name);
        for (name, value) in attributes {
            let _ = write!(out, " {name}=\"");
            escape(out, value, attribute_escape)?;
            out.push('"');
        }
        Ok(())
    }
}

fn escape(
    out: &mut String,
    text: &str,
    special: impl Fn(char) -> Option<&'static str>,
) -> Result<(), RefusedCharacter> {
    if text.bytes().all(is_plain) {
        out.push_str(text); // most of a document is base64 and addresses
        return Ok(());
    }
    let mut rest = 0;
    for (at, character) in text.char_indices() {
        if is_refused(character) {
            return Err(RefusedCharacter(character));
        }
        if let Some(escaped) = special(character) {
            out.push_str(&text[rest..at]);
            out.push_str(escaped);
            rest = at + character.len_utf8();
        }
    }
    out.push_str(&text[rest..]);
    Ok(())
}

/// Whether a byte is a character that is never escaped and never refused.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'&' | b'<' | b'>' | b'"')
}

/// Canonical XML 1.0, section 2.3, text nodes.
fn text_escape(character: char) -> Option<&'static str> {
    Some(match character {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '\r' => "&#xD;",
        _ => return None,
    })
}

/// Canonical XML 1.0, section 2.3, attribute nodes.
fn attribute_escape(character: char) -> Option<&'static str> {
    Some(match character {
        '&' => "&amp;",
        '<' => "&lt;",
        '"' => "&quot;",
        '\t' => "&#x9;",
        '\n' => "&#xA;",
        '\r' => "&#xD;",
        _ => return None,
    })
}

/// XML 1.0 has no place for C0 controls and the two non-characters; the line separators of XML 1.1 are read as one
/// octet by a verifier in use, which then sees another text than was signed.
pub(super) fn is_refused(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => false,
        '\u{0}'..='\u{1f}' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn audience(text: &str) -> Element {
        Element::new(Prefix::Saml, "Audience").text(text)
    }

    #[test]
    fn a_namespace_is_declared_where_its_prefix_is_first_used() {
        let document = Element::new(Prefix::Samlp, "Response")
            .child(audience("a"))
            .child(Element::new(Prefix::Samlp, "Status").child(audience("b")))
            .child(Element::new(Prefix::Saml, "Subject").child(audience("c")));
        assert_eq!(
            document.canonical().unwrap(),
            [
                r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">"#,
                r#"<saml:Audience xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">a</saml:Audience>"#,
                r#"<samlp:Status><saml:Audience xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">b</saml:Audience></samlp:Status>"#,
                r#"<saml:Subject xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:Audience>c</saml:Audience></saml:Subject>"#,
                "</samlp:Response>",
            ]
            .concat()
        );
    }

    #[test]
    fn attributes_stand_in_the_order_of_their_names_and_empty_ones_are_left_out() {
        let element = Element::new(Prefix::Ds, "X")
            .attribute("b", "2")
            .attribute("empty", "")
            .attribute("a", "1");
        assert_eq!(
            element.canonical().unwrap(),
            r#"<ds:X xmlns:ds="http://www.w3.org/2000/09/xmldsig#" a="1" b="2"></ds:X>"#
        );
    }

    #[test]
    fn what_has_a_meaning_in_xml_is_escaped_as_its_canonical_form_wants() {
        let text = audience("a&b<c>\"d\"\t\n\r]]>").canonical().unwrap();
        assert!(text.contains(">a&amp;b&lt;c&gt;\"d\"\t\n&#xD;]]&gt;<"));
        let attribute = Element::new(Prefix::Saml, "X").attribute("a", "a&b<c>\"d\"\t\n\r'");
        assert!(
            attribute
                .canonical()
                .unwrap()
                .contains("\"a&amp;b&lt;c>&quot;d&quot;&#x9;&#xA;&#xD;'\"")
        );
    }

    #[test]
    fn what_xml_or_a_verifier_cannot_carry_is_refused() {
        for character in [
            '\0', '\u{1}', '\u{8}', '\u{b}', '\u{1f}', '\u{85}', '\u{2028}', '\u{2029}',
            '\u{fffe}', '\u{ffff}',
        ] {
            let text = format!("before{character}after");
            let refused = Err(RefusedCharacter(character));
            assert_eq!(audience(&text).canonical(), refused);
            let attribute = Element::new(Prefix::Saml, "X").attribute("a", text);
            assert_eq!(attribute.canonical(), refused);
        }
        let message = RefusedCharacter('\u{85}').to_string();
        assert!(message.contains("U+0085"), "{message}");
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_again(text in any::<String>(), value in any::<String>()) {
            let element = audience(&text).attribute("a", value.clone());
            let refusable = text.chars().chain(value.chars()).any(is_refused);
            match element.canonical() {
                Err(RefusedCharacter(character)) => {
                    prop_assert!(refusable && is_refused(character));
                }
                Ok(xml) => {
                    prop_assert!(!refusable);
                    let document = roxmltree::Document::parse(&xml).unwrap();
                    let root = document.root_element();
                    prop_assert_eq!(root.text().unwrap_or_default(), text);
                    prop_assert_eq!(root.attribute("a").unwrap_or_default(), value);
                    prop_assert!(root.children().all(|node| node.is_text()));
                }
            }
        }
    }
}
