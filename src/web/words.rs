//! What a refusal says to the person who meets it: what happened, what was kept, what to do next, and the way on.

use std::borrow::Cow;

use super::texts::{Key, text};
use super::{Language, Reason};

/// The words in place of the reason's own while every link is closed at once.
pub(super) const LINKS_CLOSED: Key = Key("links_closed");

/// The words in place of the reason's own before everything is set up.
pub(super) const NOT_SET_UP: Key = Key("not_set_up");

/// The words in place of the reason's own for somebody who stands in the waiting line.
pub(super) const IN_LINE: Key = Key("in_line");

/// The words in place of the reason's own when it was others who came too often.
pub(super) const MANY_NEWCOMERS: Key = Key("many_newcomers");

/// The words of one error page.
#[derive(Debug, Clone)]
pub(super) struct Words {
    /// The heading.
    pub(super) title: Cow<'static, str>,
    /// What happened.
    pub(super) happened: Cow<'static, str>,
    /// What was kept, and what was not done.
    pub(super) kept: Cow<'static, str>,
    /// What to do next.
    pub(super) next: Cow<'static, str>,
}

impl Words {
    /// The words of this name: a reason's, or those that stand in their place.
    pub(super) fn of(Key(name): Key, language: Language) -> Self {
        let part = |part| text(language, name, Some(part));
        Self {
            title: text(language, name, None),
            happened: part("happened"),
            kept: part("kept"),
            next: part("next"),
        }
    }
}

/// Where the button of an error page leads, unless the refusal knows better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WayOn {
    /// To a new login.
    StartAgain,
    /// To the portal, when the refusal names it; else home.
    Portal,
    /// To our own start page.
    Home,
    /// Nowhere: no page of ours would help.
    Nothing,
}

impl WayOn {
    /// The way on from this reason.
    pub(super) fn of(reason: Reason) -> Self {
        match reason {
            Reason::LoginExpired
            | Reason::LoginInvalid
            | Reason::LoginLoop
            | Reason::LoginRequired
            | Reason::LoginRefused
            | Reason::EmailMissing
            | Reason::EmailUnverified
            | Reason::TooManyRequests
            | Reason::ProviderUnavailable => Self::StartAgain,
            Reason::SamlRequestInvalid | Reason::AtlassianAccount => Self::Portal,
            Reason::Blocked => Self::Nothing,
            _ => Self::Home,
        }
    }

    /// What its button says, and where it leads without knowing better.
    pub(super) fn button(self) -> Option<(Key, &'static str)> {
        match self {
            Self::StartAgain => Some((Key("button-start-again"), "/login")),
            Self::Portal | Self::Home => Some((Key("button-home"), "/")),
            Self::Nothing => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<(&'static str, Words)> {
        let names = Reason::ALL.iter().map(|reason| reason.name());
        let names = names.chain([LINKS_CLOSED.0, NOT_SET_UP.0, IN_LINE.0, MANY_NEWCOMERS.0]);
        names
            .flat_map(|name| Language::ALL.map(|language| (name, Words::of(Key(name), language))))
            .collect()
    }

    #[test]
    fn every_page_says_what_happened_what_was_kept_and_what_to_do() {
        for (name, words) in all() {
            assert!(words.title.contains(' '), "{name}: {}", words.title);
            assert!(!words.title.ends_with('.'), "{name}");
            for sentence in [words.happened, words.kept, words.next] {
                assert!(sentence.ends_with('.'), "{name}: {sentence}");
            }
        }
    }

    #[test]
    fn no_page_speaks_of_the_machinery() {
        for (name, words) in all() {
            let words = [words.title, words.happened, words.kept, words.next]
                .join(" ")
                .to_lowercase();
            for technical in [
                "oidc", "saml", "token", "http", "claim", "cognito", "session", "redis", "null",
            ] {
                assert!(!words.contains(technical), "{name} says {technical}");
            }
        }
    }

    #[test]
    fn what_went_stale_offers_to_start_again() {
        for reason in [Reason::LoginExpired, Reason::LoginLoop] {
            assert_eq!(WayOn::of(reason), WayOn::StartAgain);
        }
        assert_eq!(WayOn::of(Reason::SamlRequestInvalid), WayOn::Portal);
    }
}
