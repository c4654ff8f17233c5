//! The button of an error page: what it says, and where it leads.

use std::borrow::Cow;

use rocket::Request;

use super::texts::Key;
use super::words::WayOn;
use super::{Layout, Reason};

/// The way on that an error page offers.
#[derive(Debug, Clone)]
pub(super) struct Button {
    pub(super) label: Label,
    pub(super) address: String,
}

/// What a button says: a text of ours, that it is the way to sign in with a provider, or the desk's own words.
#[derive(Debug, Clone)]
pub(super) enum Label {
    Text(Key),
    SignIn(String),
    Words(String),
}

impl Label {
    /// Its words.
    pub(super) fn said<'a>(&'a self, layout: &'a Layout) -> Cow<'a, str> {
        match self {
            Self::Text(Key(name)) => layout.button(name),
            Self::SignIn(provider) => {
                layout.button_with("button-sign-in", &[("provider", provider.as_str())])
            }
            Self::Words(words) => Cow::Borrowed(words),
        }
    }
}

impl Button {
    /// To the same page once more.
    pub(super) fn this_page(request: &Request<'_>) -> Option<Self> {
        let address = request.uri().to_string();
        is_own_path(&address).then_some(Self {
            label: Label::Text(Key("button-page-again")),
            address,
        })
    }

    /// Whether it leads to the right provider, which no other way on is better than.
    pub(super) fn is_sign_in(&self) -> bool {
        matches!(self.label, Label::SignIn(_))
    }

    /// The reason's own.
    pub(super) fn of(reason: Reason) -> Option<Self> {
        let (label, address) = WayOn::of(reason).button()?;
        Some(Self {
            label: Label::Text(label),
            address: address.to_owned(),
        })
    }
}

/// Whether it is a path of ours, and not another host in disguise.
pub(super) fn is_own_path(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains('\\')
}
