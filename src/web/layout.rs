//! What stands around every page: its language, the operator's name and looks, the navigation, the way to support.

use std::borrow::Cow;
use std::convert::Infallible;

use jiff::Timestamp;
use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::branding::Support;
use super::texts::{self, Key};
use super::words::LINKS_CLOSED;
use super::{Branding, Language, Room};

/// The frame of one page. As a guard it never fails, and shows nobody signed in until [`Layout::signed_in`] says so.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    branding: Branding,
    language: Language,
    signed_in: bool,
    desk: bool,
}

impl Layout {
    /// The frame for an answer to this request.
    #[must_use]
    pub fn of(request: &Request<'_>) -> Self {
        let branding = Room::<Branding>::of(request);
        Self {
            branding: branding.map(|room| (**room).clone()).unwrap_or_default(),
            language: Language::of(request),
            signed_in: false,
            desk: false,
        }
    }

    /// The same with the navigation of somebody who is signed in.
    #[must_use]
    pub fn signed_in(mut self) -> Self {
        self.signed_in = true;
        self
    }

    /// The same with the way to the admin desk, if they may enter it.
    #[must_use]
    pub fn with_desk(mut self, may_enter: bool) -> Self {
        self.desk = may_enter;
        self
    }

    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// The text of this name.
    pub(crate) fn text(&self, name: &'static str) -> Cow<'static, str> {
        texts::text(self.language, name, None)
    }

    /// One of the texts that belong to that of this name.
    pub(crate) fn part(&self, Key(name): Key, part: &str) -> Cow<'static, str> {
        texts::text(self.language, name, Some(part))
    }

    /// The text of this name with these values in it.
    pub(crate) fn text_with(
        &self,
        name: &'static str,
        values: &[(&'static str, &str)],
    ) -> Cow<'static, str> {
        texts::text_with(self.language, name, values)
    }

    /// What this button says: the operator's own words, or ours.
    pub(crate) fn button(&self, name: &'static str) -> Cow<'_, str> {
        self.button_with(name, &[])
    }

    /// The same with these values in it, which own words name as `{name}`.
    pub(crate) fn button_with(
        &self,
        name: &'static str,
        values: &[(&'static str, &str)],
    ) -> Cow<'_, str> {
        let Some(own) = self.own(&name.replace('-', "_")) else {
            return self.text_with(name, values);
        };
        let fill =
            |own: String, (name, value): &(&str, &str)| own.replace(&format!("{{{name}}}"), value);
        Cow::Owned(values.iter().fold(own.to_owned(), fill))
    }

    /// A time for people.
    pub(crate) fn date(&self, time: &Timestamp) -> Cow<'static, str> {
        texts::date(self.language, *time)
    }

    /// What the operator says in place of a text of ours.
    pub(crate) fn own(&self, key: &str) -> Option<&str> {
        self.branding.own_text(self.language, key)
    }

    /// What is said while every link is closed.
    pub(crate) fn all_links_closed(&self) -> String {
        let own = self.own(LINKS_CLOSED.0).map(str::to_owned);
        own.unwrap_or_else(|| self.part(LINKS_CLOSED, "happened").into_owned())
    }

    pub(crate) fn name(&self) -> &str {
        self.branding.name()
    }

    pub(crate) fn support(&self) -> Option<&Support> {
        self.branding.support()
    }

    pub(crate) fn has_navigation(&self) -> bool {
        self.signed_in
    }

    pub(crate) fn has_desk(&self) -> bool {
        self.desk
    }

    /// Where the operator's logo is.
    pub(crate) fn logo(&self) -> Option<&str> {
        self.branding
            .looks()
            .logo
            .as_ref()
            .map(|logo| logo.address.as_str())
    }

    /// Where the stylesheet with the operator's colour is.
    pub(crate) fn accent(&self) -> Option<&str> {
        self.branding
            .looks()
            .accent
            .as_ref()
            .map(|accent| accent.address.as_str())
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Layout {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Self::of(request))
    }
}
