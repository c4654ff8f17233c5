//! Exclusive XML Canonicalization 1.0 without comments (W3C, 2002), over a parsed tree.

use std::collections::BTreeMap;

use roxmltree::{Attribute, Node, NodeId};

/// Prefix → namespace, as far as an ancestor in the output has written it.
type Written = BTreeMap<String, String>;

/// The canonical form of an element, leaving one of its descendants out.
pub(super) fn canonical(element: Node<'_, '_>, without: Option<NodeId>) -> String {
    let mut text = String::new();
    write(element, without, &Written::new(), &mut text);
    text
}

fn write(node: Node<'_, '_>, without: Option<NodeId>, above: &Written, out: &mut String) {
    if Some(node.id()) == without {
        return;
    }
    if node.is_text() {
        out.push_str(&escaped_text(node.text().unwrap_or_default()));
        return;
    }
    if !node.is_element() {
        return;
    }
    let name = qualified_name(node);
    let mut written = above.clone();
    out.push('<');
    out.push_str(name);
    write_namespaces(node, name, &mut written, out);
    write_attributes(node, out);
    out.push('>');
    for child in node.children() {
        write(child, without, &written, out);
    }
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

/// Declares what this element visibly uses and no ancestor in the output has declared alike.
fn write_namespaces(node: Node<'_, '_>, name: &str, written: &mut Written, out: &mut String) {
    let mut used: Vec<&str> = vec![prefix_of(name)];
    let attributes = node
        .attributes()
        .map(|a| prefix_of(attribute_name(node, &a)));
    used.extend(attributes.filter(|prefix| !prefix.is_empty() && *prefix != "xml"));
    used.sort_unstable();
    used.dedup();
    for prefix in used {
        let key = Some(prefix).filter(|prefix| !prefix.is_empty());
        let uri = node.lookup_namespace_uri(key).unwrap_or_default();
        if written.get(prefix).map_or("", String::as_str) == uri {
            continue;
        }
        let declared = match key {
            Some(prefix) => format!(" xmlns:{prefix}=\"{}\"", escaped_attribute(uri)),
            None => format!(" xmlns=\"{}\"", escaped_attribute(uri)),
        };
        out.push_str(&declared);
        written.insert(prefix.to_owned(), uri.to_owned());
    }
}

/// Sorted by namespace, then by local name.
fn write_attributes(node: Node<'_, '_>, out: &mut String) {
    let mut attributes: Vec<_> = node.attributes().collect();
    attributes
        .sort_by_key(|attribute| (attribute.namespace().unwrap_or_default(), attribute.name()));
    for attribute in attributes {
        let name = attribute_name(node, &attribute);
        let value = escaped_attribute(attribute.value());
        out.extend([" ", name, "=\"", &value, "\""]);
    }
}

/// The element's name with the prefix that the document uses: the tree keeps only the namespace.
fn qualified_name<'a>(node: Node<'a, '_>) -> &'a str {
    let tag = node
        .document()
        .input_text()
        .get(node.range().start + 1..)
        .unwrap_or_default();
    let end = tag.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'));
    &tag[..end.unwrap_or(tag.len())]
}

fn attribute_name<'a>(node: Node<'a, '_>, attribute: &Attribute<'_, '_>) -> &'a str {
    let text = node.document().input_text();
    text.get(attribute.range_qname()).unwrap_or_default()
}

fn prefix_of(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

fn escaped_text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\r', "&#xD;")
}

fn escaped_attribute(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
        .replace('\t', "&#x9;")
        .replace('\n', "&#xA;")
        .replace('\r', "&#xD;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use roxmltree::Document;

    fn of(xml: &str, path: &str) -> String {
        let document = Document::parse(xml).unwrap();
        let node = document.descendants().find(|n| n.has_tag_name(path));
        canonical(node.unwrap_or(document.root_element()), None)
    }

    #[test]
    fn attributes_are_sorted_by_namespace_and_name() {
        let xml = "<e b:x='1' xmlns:b='urn:a' xmlns:a='urn:b' a:x='2' z='3' y='4'/>";
        let expected =
            "<e xmlns:a=\"urn:b\" xmlns:b=\"urn:a\" y=\"4\" z=\"3\" b:x=\"1\" a:x=\"2\"></e>";
        assert_eq!(of(xml, ""), expected);
    }

    #[test]
    fn only_visibly_used_namespaces_are_written_and_only_once() {
        let xml = "<p:r xmlns:p='urn:p' xmlns:unused='urn:u'><p:c/><c xmlns='urn:d'><c/></c></p:r>";
        let expected = "<p:r xmlns:p=\"urn:p\"><p:c></p:c><c xmlns=\"urn:d\"><c></c></c></p:r>";
        assert_eq!(of(xml, ""), expected);
    }

    #[test]
    fn an_inner_element_brings_the_namespaces_that_it_inherits() {
        let xml = "<r xmlns='urn:d' xmlns:p='urn:p'><inner p:a='1'/></r>";
        let document = Document::parse(xml).unwrap();
        let inner = document.root_element().first_element_child().unwrap();
        let expected = "<inner xmlns=\"urn:d\" xmlns:p=\"urn:p\" p:a=\"1\"></inner>";
        assert_eq!(canonical(inner, None), expected);
    }

    #[test]
    fn a_default_namespace_is_taken_back() {
        let xml = "<r xmlns='urn:d'><c xmlns=''/></r>";
        assert_eq!(of(xml, ""), "<r xmlns=\"urn:d\"><c xmlns=\"\"></c></r>");
    }

    #[test]
    fn characters_are_written_in_their_canonical_way() {
        let xml = "<r a='&lt;&#9;&quot;&gt;&apos;'>&amp;&#13;<![CDATA[<>]]>\"</r>";
        let expected = "<r a=\"&lt;&#x9;&quot;>'\">&amp;&#xD;&lt;&gt;\"</r>";
        assert_eq!(of(xml, ""), expected);
    }
}
