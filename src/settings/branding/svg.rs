//! Whether a text is an SVG drawing that only draws: everything in it must be on a list, and it may refer to its own parts alone.
//!
//! Browsers run no script in a picture anyway, and the logo is served with a policy that lets nothing run or load. This holds should either fail, and keeps
//! out drawings that unfold without end.

use std::collections::HashMap;

use roxmltree::{Attribute, Document, Node, NodeId, ParsingOptions};

use super::svg_names::{DRAWING, ELEMENTS, FUNCTIONS, WORDS};

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Nodes of the file.
const MOST_NODES: u32 = 20_000;

/// Elements that are drawn when every part is drawn as often as it is referred to.
const MOST_DRAWN: u64 = 20_000;

/// How often a part may refer to a part that refers to a part.
const DEEPEST: u32 = 8;

/// Refused, and in which words.
type Checked<T = ()> = Result<T, String>;

/// Whether the drawing only draws.
pub(super) fn check(bytes: &[u8]) -> Checked {
    let text = std::str::from_utf8(bytes).map_err(|_| "is neither PNG nor SVG in UTF-8")?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    check_prologue(text)?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options)
        .map_err(|error| format!("is neither PNG nor an SVG drawing that can be read: {error}"))?;
    let root = document.root_element();
    if !root.has_tag_name((SVG, "svg")) {
        return Err("is neither PNG nor SVG: it does not begin with <svg xmlns=\"http://www.w3.org/2000/svg\">".to_owned());
    }
    for node in document.descendants() {
        check_node(node)?;
    }
    let mut parts = Parts::of(&document);
    let drawn = parts.drawn(root, 0)?;
    if drawn > MOST_DRAWN {
        return Err("unfolds to more than 20000 shapes".to_owned());
    }
    Ok(())
}

/// What a parser of ours and a browser's could read in two ways.
fn check_prologue(text: &str) -> Checked {
    if text.contains("<!DOCTYPE") || text.contains("<!ENTITY") {
        return Err(
            "holds a document type (<!DOCTYPE …>), which a logo does not need: remove that line"
                .to_owned(),
        );
    }
    let declaration = text
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split("?>").next());
    let encoding = declaration.and_then(|declaration| declaration.split("encoding").nth(1));
    let is_utf8 = |rest: &str| {
        let name = rest.trim_start_matches(|c: char| c == '=' || c.is_whitespace());
        let name = name.trim_matches(|c: char| c == '"' || c == '\'' || c.is_whitespace());
        let name = name.split(['"', '\'']).next().unwrap_or_default();
        name.eq_ignore_ascii_case("utf-8")
    };
    if encoding.is_none_or(is_utf8) {
        Ok(())
    } else {
        Err("names another encoding than UTF-8".to_owned())
    }
}

fn check_node(node: Node<'_, '_>) -> Checked {
    if node.is_pi() {
        return Err(
            "holds a processing instruction (<?…?>), which a logo does not need".to_owned(),
        );
    }
    if !node.is_element() {
        return Ok(());
    }
    let name = node.tag_name();
    if name.namespace() != Some(SVG) || !ELEMENTS.contains(&name.name()) {
        return Err(format!(
            "holds <{}>, which a logo does not need; save it as plain SVG without it",
            shortened(name.name())
        ));
    }
    if name.name() == "style" {
        check_stylesheet(node)?;
    }
    node.attributes()
        .try_for_each(|attribute| check_attribute(node, &attribute))
}

fn check_attribute(node: Node<'_, '_>, attribute: &Attribute<'_, '_>) -> Checked {
    let (name, value) = (attribute.name(), attribute.value());
    let refused = || {
        Err(format!(
            "holds the attribute {}, which a logo does not need; save it as plain SVG without it",
            shortened(name)
        ))
    };
    match attribute.namespace() {
        None | Some(XLINK) if name == "href" => check_href(node, value),
        None if name.starts_with("data-") || WORDS.contains(&name) => Ok(()),
        None if DRAWING.contains(&name) => check_style(value),
        Some(XML) if name == "space" || name == "lang" => Ok(()),
        _ => refused(),
    }
}

fn check_href(node: Node<'_, '_>, value: &str) -> Checked {
    let may = ["use", "linearGradient", "radialGradient"].contains(&node.tag_name().name());
    if may && is_own(value) {
        Ok(())
    } else {
        Err(format!(
            "refers to {}; a logo may refer to its own parts alone (#name)",
            shortened(value)
        ))
    }
}

/// The text of a `<style>`. What it paints with must be a gradient: a rule may hold for any number of elements.
fn check_stylesheet(node: Node<'_, '_>) -> Checked {
    let text: String = node.children().filter_map(|child| child.text()).collect();
    if node.children().any(|child| child.is_element()) || text.contains(['@', '<']) {
        return Err("holds styles that load or depend on something (@…)".to_owned());
    }
    check_style(&text)?;
    let document = node.document();
    for id in ids_in(&text) {
        let of_id = |part: &Node<'_, '_>| part.attribute("id") == Some(id);
        let part = document.descendants().find(of_id);
        if part.is_some_and(|part| !is_gradient(part)) {
            return Err(
                "uses clip paths or masks in <style>; save it with them as attributes".to_owned(),
            );
        }
    }
    Ok(())
}

/// A style, colour, length or transformation: functions from the list alone, and `url` for own parts alone.
fn check_style(value: &str) -> Checked {
    if value.contains('\\') {
        return Err("holds styles with a backslash".to_owned());
    }
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('(') {
        let mut words = before
            .trim_end()
            .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let name = words.next().unwrap_or_default().to_ascii_lowercase();
        if !FUNCTIONS.contains(&name.as_str()) {
            return Err(format!(
                "uses {}(…), which a logo does not need",
                shortened(&name)
            ));
        }
        let argument = after.split(')').next().unwrap_or_default().trim_start();
        if name == "url" && !is_own(argument.trim_start_matches(['"', '\''])) {
            return Err(
                "loads something with url(…); a logo may refer to its own parts alone (#name)"
                    .to_owned(),
            );
        }
        rest = after;
    }
    Ok(())
}

/// Whether a reference is to a part of the drawing, spelled as its name is.
fn is_own(reference: &str) -> bool {
    reference.starts_with('#') && !reference.contains('%')
}

/// The names in `url(#name)`.
fn ids_in(value: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| c.is_whitespace() || ['"', '\'', ')'].contains(&c);
    let after = value.split('#').skip(1);
    after.map(move |rest| rest.split(ends).next().unwrap_or_default())
}

fn is_gradient(node: Node<'_, '_>) -> bool {
    ["linearGradient", "radialGradient"].contains(&node.tag_name().name())
}

/// What stands in a foreign file, bounded.
fn shortened(text: &str) -> String {
    let shown: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
    format!("{shown:?}")
}

/// The parts of a drawing that can be referred to, and how much is drawn for each.
struct Parts<'a, 'input> {
    by_id: HashMap<&'a str, Node<'a, 'input>>,
    drawn: HashMap<NodeId, u64>,
}

impl<'a, 'input> Parts<'a, 'input> {
    fn of(document: &'a Document<'input>) -> Self {
        let mut by_id = HashMap::new();
        for node in document.descendants() {
            if let Some(id) = node.attribute("id") {
                by_id.entry(id).or_insert(node);
            }
        }
        Self {
            by_id,
            drawn: HashMap::new(),
        }
    }

    /// How many elements are drawn for this one: those inside it, and for each that it refers to, those inside that.
    fn drawn(&mut self, node: Node<'a, 'input>, depth: u32) -> Checked<u64> {
        if let Some(known) = self.drawn.get(&node.id()) {
            return Ok(*known);
        }
        if depth > DEEPEST {
            return Err(
                "holds parts that refer to each other too deeply, or in a circle".to_owned(),
            );
        }
        let mut drawn = 0_u64;
        for inner in node.descendants().filter(Node::is_element) {
            drawn = drawn.saturating_add(1);
            for part in self.referred(inner) {
                drawn = drawn.saturating_add(self.drawn(part, depth + 1)?);
            }
        }
        self.drawn.insert(node.id(), drawn);
        Ok(drawn)
    }

    /// What is drawn with this element, gradients aside: they hold nothing that is drawn.
    fn referred(&self, node: Node<'a, 'input>) -> Vec<Node<'a, 'input>> {
        let ids = node
            .attributes()
            .flat_map(|attribute| match attribute.name() {
                "href" => attribute.value().strip_prefix('#').into_iter().collect(),
                name if DRAWING.contains(&name) => ids_in(attribute.value()).collect::<Vec<_>>(),
                _ => Vec::new(),
            });
        ids.filter_map(|id| self.by_id.get(id).copied())
            .filter(|part| !is_gradient(*part))
            .collect()
    }
}

#[cfg(test)]
#[path = "svg_tests.rs"]
mod tests;
