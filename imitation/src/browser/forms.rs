//! The forms of a page, and what their fields hold.

use url::Url;

use super::markup::{Tag, decode, tags, words};

/// One form, with what it would send as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Where it goes.
    pub action: Url,
    /// Whether it posts; otherwise its fields become a query.
    pub is_post: bool,
    /// Names and values of its fields, hidden ones included.
    pub fields: Vec<(String, String)>,
    /// Its buttons.
    pub buttons: Vec<Button>,
    /// The page that it stands on.
    pub page: Url,
}

/// One button of a form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Button {
    /// The name that is sent when it is pressed.
    pub name: Option<String>,
    /// The value that is sent with it.
    pub value: String,
    /// What it says.
    pub text: String,
}

impl Form {
    /// The value of a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn carries_saml(&self) -> bool {
        self.field("SAMLResponse").is_some() || self.field("SAMLRequest").is_some()
    }

    /// The fields, with these values in place of theirs; unknown names are added.
    pub(super) fn filled(&self, with: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut fields = self.fields.clone();
        for &(name, value) in with {
            match fields.iter_mut().find(|(known, _)| known == name) {
                Some((_, held)) => value.clone_into(held),
                None => fields.push((name.to_owned(), value.to_owned())),
            }
        }
        fields
    }
}

/// All forms of a page.
pub(super) fn forms(html: &str, page: &Url) -> Vec<Form> {
    let mut forms = Vec::new();
    let mut open: Option<Form> = None;
    let all = tags(html);
    for (index, tag) in all.iter().enumerate() {
        match (tag.name.as_str(), tag.is_end) {
            ("form", false) => forms.extend(open.replace(begin(tag, page))),
            ("form", true) => forms.extend(open.take()),
            (_, false) => {
                if let Some(form) = &mut open {
                    let inner = inside(html, &all, index);
                    add(form, tag, inner);
                }
            }
            _ => {}
        }
    }
    forms.extend(open);
    forms
}

fn begin(tag: &Tag, page: &Url) -> Form {
    let action = tag.attribute("action").unwrap_or_default();
    Form {
        action: page.join(action).unwrap_or_else(|_| page.clone()),
        is_post: tag.text("method").eq_ignore_ascii_case("post"),
        fields: Vec::new(),
        buttons: Vec::new(),
        page: page.clone(),
    }
}

fn add(form: &mut Form, tag: &Tag, inner: &str) {
    let name = tag.attribute("name").map(str::to_owned);
    let kind = tag.text("type").to_ascii_lowercase();
    match (tag.name.as_str(), kind.as_str()) {
        ("button", "button" | "reset") => {}
        ("button", _) => form.buttons.push(Button {
            name,
            value: tag.text("value"),
            text: words(inner),
        }),
        ("input", "submit") => form.buttons.push(Button {
            name,
            value: tag.text("value"),
            text: tag.text("value"),
        }),
        ("input", "checkbox" | "radio") => {
            if let Some(name) = name.filter(|_| tag.attribute("checked").is_some()) {
                let value = tag.attribute("value").unwrap_or("on").to_owned();
                form.fields.push((name, value));
            }
        }
        ("input", _) => form
            .fields
            .extend(name.map(|name| (name, tag.text("value")))),
        ("textarea", _) => form.fields.extend(name.map(|name| (name, decode(inner)))),
        ("select", _) => form.fields.extend(name.map(|name| (name, chosen(inner)))),
        _ => {}
    }
}

/// The selected option, or the first.
fn chosen(inner: &str) -> String {
    let options: Vec<_> = tags(inner)
        .into_iter()
        .filter(|tag| tag.name == "option" && !tag.is_end)
        .collect();
    let selected = options
        .iter()
        .find(|option| option.attribute("selected").is_some());
    selected
        .or(options.first())
        .map(|option| option.text("value"))
        .unwrap_or_default()
}

/// What stands between a tag and its end.
pub(super) fn inside<'a>(html: &'a str, all: &[Tag], index: usize) -> &'a str {
    let tag = &all[index];
    let end = all[index + 1..]
        .iter()
        .find(|later| later.is_end && later.name == tag.name);
    &html[tag.after..end.map_or(tag.after, |end| end.at)]
}
