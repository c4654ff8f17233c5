//! The operator, as the pages show it: name, looks, own texts, and where people find help.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Language;
use super::looks::Looks;
use crate::settings::{BrandingSettings, TextSettings};

/// The name shown when the operator has given none.
const OUR_NAME: &str = "Front Door";

/// The operator, as the pages show it.
#[derive(Debug, Clone)]
pub struct Branding(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    support: Option<Support>,
    looks: Looks,
    texts: TextSettings,
}

/// Where people find help.
#[derive(Debug)]
pub(crate) struct Support {
    /// `mailto:` or `https:`.
    pub(crate) address: String,
    /// How it is shown.
    pub(crate) label: String,
}

impl Branding {
    /// Takes over what the settings say.
    #[must_use]
    pub fn new(settings: &BrandingSettings, texts: &TextSettings) -> Self {
        let name = match settings.name.trim() {
            "" => OUR_NAME,
            name => name,
        };
        Self(Arc::new(Inner {
            name: name.to_owned(),
            support: support(settings.support.trim()),
            looks: Looks::of(settings),
            texts: texts.clone(),
        }))
    }

    pub(super) fn name(&self) -> &str {
        &self.0.name
    }

    pub(super) fn support(&self) -> Option<&Support> {
        self.0.support.as_ref()
    }

    pub(super) fn looks(&self) -> &Looks {
        &self.0.looks
    }

    /// What the operator says here in this language; nothing where they have said it in another alone: people are not addressed in a language that they
    /// did not ask for.
    pub(super) fn own_text(&self, language: Language, key: &str) -> Option<&str> {
        let texts: &BTreeMap<String, String> = match language {
            Language::English => &self.0.texts.english,
            Language::German => &self.0.texts.german,
        };
        texts.get(key).map(String::as_str)
    }
}

impl Default for Branding {
    fn default() -> Self {
        Self::new(&BrandingSettings::default(), &TextSettings::default())
    }
}

/// A link is shown as one, a mail address as one; any other text is left out, since it leads nowhere.
fn support(text: &str) -> Option<Support> {
    let is_link = text.starts_with("https://") || text.starts_with("http://");
    let is_mail = text.contains('@') && !text.contains([':', '/', ' ', '?', '&']);
    let address = match (is_link, is_mail) {
        (true, _) => text.to_owned(),
        (_, true) => format!("mailto:{text}"),
        _ => return None,
    };
    Some(Support {
        address,
        label: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::support;

    #[test]
    fn support_is_a_mail_address_or_a_link() {
        let address = |text| support(text).map(|support| support.address);
        assert_eq!(
            address("help@acme.example").as_deref(),
            Some("mailto:help@acme.example")
        );
        assert_eq!(
            address("https://acme.example/help").as_deref(),
            Some("https://acme.example/help")
        );
        for nothing in ["", "call us", "javascript:alert(1)@x", "a@b?bcc=c@d"] {
            assert_eq!(address(nothing), None, "{nothing:?}");
        }
    }
}
