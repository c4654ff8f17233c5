//! What the browser shows, and how it came there.

use url::Url;

use super::forms::{Button, Form, forms, inside};
use super::markup::{tags, words};

/// One request on the way to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// `GET` or `POST`.
    pub method: String,
    /// What was asked.
    pub url: Url,
    /// What was answered.
    pub status: u16,
    /// Where it led, as sent.
    pub location: Option<String>,
}

/// One link of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it says.
    pub text: String,
    /// Where it leads.
    pub url: Url,
}

/// The end of a chain of redirects.
#[derive(Debug, Clone)]
pub struct Page {
    /// The last answer's status.
    pub status: u16,
    /// The address that the browser shows.
    pub url: Url,
    /// The body.
    pub text: String,
    /// The last answer's headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// All requests that led here, the last one included.
    pub hops: Vec<Hop>,
}

impl Page {
    /// The last answer's header of this name; names in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Where a redirect that was not followed leads.
    #[must_use]
    pub fn location(&self) -> Option<Url> {
        self.url.join(self.header("location")?).ok()
    }

    /// The value of the first attribute of this name, in whatever element: `data-reason`, `data-page`.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<String> {
        let all = tags(&self.text);
        all.iter()
            .find_map(|tag| tag.attribute(name))
            .map(str::to_owned)
    }

    /// What a reader sees.
    #[must_use]
    pub fn words(&self) -> String {
        words(&self.text)
    }

    /// Whether a reader sees this.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        self.words().contains(text)
    }

    /// All forms.
    #[must_use]
    pub fn forms(&self) -> Vec<Form> {
        forms(&self.text, &self.url)
    }

    /// The form at this place, counted from 0.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn form(&self, index: usize) -> Form {
        self.found(self.forms().into_iter().nth(index), "form")
    }

    /// The first form that has a field of this name.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn form_with(&self, field: &str) -> Form {
        let mut forms = self.forms().into_iter();
        self.found(forms.find(|form| form.field(field).is_some()), field)
    }

    /// All links that lead somewhere.
    #[must_use]
    pub fn links(&self) -> Vec<Link> {
        let all = tags(&self.text);
        all.iter()
            .enumerate()
            .filter(|(_, tag)| tag.name == "a" && !tag.is_end)
            .filter_map(|(index, tag)| {
                Some(Link {
                    text: words(inside(&self.text, &all, index)),
                    url: self.url.join(tag.attribute("href")?).ok()?,
                })
            })
            .collect()
    }

    /// The link of this text, or the first whose text contains it.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn link(&self, text: &str) -> Url {
        let links = self.links();
        let exact = links.iter().find(|link| link.text == text);
        let near = || links.iter().find(|link| link.text.contains(text));
        self.found(exact.or_else(near), text).url.clone()
    }

    /// The button of this text, or the first whose text contains it, with its form.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn button(&self, text: &str) -> (Form, Button) {
        let all: Vec<(Form, Button)> = self
            .forms()
            .into_iter()
            .flat_map(|form| {
                let buttons = form.buttons.clone();
                buttons
                    .into_iter()
                    .map(move |button| (form.clone(), button))
            })
            .collect();
        let exact = all.iter().find(|(_, button)| button.text == text);
        let near = || all.iter().find(|(_, button)| button.text.contains(text));
        self.found(exact.or_else(near), text).clone()
    }

    fn found<T>(&self, thing: Option<T>, what: &str) -> T {
        let Some(thing) = thing else {
            panic!("no `{what}` on {}: {}", self.url.path(), self.words())
        };
        thing
    }
}
