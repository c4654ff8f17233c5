//! Reading HTML as far as links, forms and attributes need it.

/// A start or end tag with its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    /// In lower case.
    pub(super) name: String,
    pub(super) is_end: bool,
    attributes: Vec<(String, String)>,
    /// Where the text after it begins.
    pub(super) after: usize,
    /// Where it begins itself.
    pub(super) at: usize,
}

impl Tag {
    /// The decoded value of an attribute; empty when it has none.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.attribute(name).unwrap_or_default().to_owned()
    }
}

/// All tags, in order; comments, and what stands in scripts and styles, are passed over.
pub(super) fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(start) = html[at..].find('<').map(|found| at + found) {
        if html[start..].starts_with("<!--") {
            at = html[start..]
                .find("-->")
                .map_or(html.len(), |found| start + found + 3);
            continue;
        }
        match tag(html, start) {
            Some(tag) => {
                at = tag.after;
                if !tag.is_end && matches!(tag.name.as_str(), "script" | "style") {
                    let end = format!("</{}", tag.name);
                    at = html[at..].find(&end).map_or(html.len(), |found| at + found);
                }
                tags.push(tag);
            }
            None => at = start + 1,
        }
    }
    tags
}

fn tag(html: &str, at: usize) -> Option<Tag> {
    let rest = &html[at + 1..];
    let (is_end, rest) = match rest.strip_prefix('/') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let length = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .filter(|&length| length > 0)?;
    let mut attributes = Vec::new();
    let mut rest = &rest[length..];
    let name = html[html.len() - rest.len() - length..html.len() - rest.len()].to_ascii_lowercase();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return Some(Tag {
                name,
                is_end,
                attributes,
                after: html.len() - after.len(),
                at,
            });
        }
        let (attribute, after) = attribute(rest)?;
        attributes.push(attribute);
        rest = after;
    }
}

fn attribute(text: &str) -> Option<((String, String), &str)> {
    let length = text
        .find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/'))
        .filter(|&length| length > 0)?;
    let name = text[..length].to_ascii_lowercase();
    let rest = text[length..].trim_start();
    let Some(rest) = rest.strip_prefix('=').map(str::trim_start) else {
        return Some(((name, String::new()), rest));
    };
    let (value, rest) = match rest.chars().next()? {
        quote @ ('"' | '\'') => rest[1..].split_once(quote)?,
        _ => rest.split_at(rest.find(|c: char| c.is_ascii_whitespace() || c == '>')?),
    };
    Some(((name, decode(value)), rest))
}

/// Text with its character references decoded.
pub(super) fn decode(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('&') {
        decoded.push_str(before);
        let found = from.split_once(';');
        let read = found.and_then(|(name, after)| Some((reference(name)?, after)));
        let (char, after) = read.unwrap_or(('&', from));
        decoded.push(char);
        rest = after;
    }
    decoded.push_str(rest);
    decoded
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        numeric => {
            let number = numeric.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// What a reader sees of a piece of HTML: without tags, white space folded.
pub(super) fn words(html: &str) -> String {
    let mut text = String::new();
    let mut at = 0;
    let mut hidden = false;
    for tag in tags(html) {
        if !hidden {
            text.push_str(&html[at..tag.at]);
        }
        if !matches!(
            tag.name.as_str(),
            "a" | "b" | "em" | "strong" | "span" | "code"
        ) {
            text.push(' ');
        }
        hidden = !tag.is_end && matches!(tag.name.as_str(), "script" | "style" | "title");
        at = tag.after;
    }
    if !hidden {
        text.push_str(&html[at..]);
    }
    let decoded = decode(&text);
    decoded.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_decoded_once() {
        assert_eq!(
            decode("a&amp;lt;b &#x27;&#39;&unknown; &"),
            "a&lt;b ''&unknown; &"
        );
    }

    #[test]
    fn attributes_are_read_in_all_three_ways_of_writing() {
        let tags = tags("<input a=\"1>2\" b='&quot;' c=3 d>");
        assert_eq!(tags[0].attribute("a"), Some("1>2"));
        assert_eq!(tags[0].attribute("b"), Some("\""));
        assert_eq!(tags[0].attribute("c"), Some("3"));
        assert_eq!(tags[0].attribute("d"), Some(""));
    }

    #[test]
    fn scripts_and_comments_hold_no_tags() {
        let found = tags("<!-- <a> --><script>if (a<b) '<form>'</script><p>");
        let names: Vec<_> = found.iter().map(|tag| tag.name.as_str()).collect();
        assert_eq!(names, ["script", "script", "p"]);
    }

    #[test]
    fn words_are_what_a_reader_sees() {
        let html = "<title>no</title><h1>Hello,\n <b>you</b>!</h1><p>a&nbsp;b</p>";
        assert_eq!(words(html), "Hello, you! a b");
    }
}
