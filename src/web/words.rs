//! What a refusal says to the person who meets it: what happened, what was kept, what to do next, and the way on.

use std::borrow::Cow;

use super::texts::{Key, text};
use super::{Language, Reason};

/// The words in place of the reason's own while every link is closed at once.
pub(super) const LINKS_CLOSED: Key = Key("links_closed");

/// What is said in place of the reason's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Instead {
    /// Every link is closed, not one alone.
    LinksClosed,
    /// It is not set up yet.
    NotSetUp,
    /// It is not their turn yet.
    InLine,
    /// Many others came for the first time just now.
    ManyNewcomers,
    /// No link is open to them, each for another reason.
    NoLink,
}

impl Instead {
    /// Its words.
    pub(super) fn key(self) -> Key {
        match self {
            Self::LinksClosed => LINKS_CLOSED,
            Self::NotSetUp => Key("not_set_up"),
            Self::InLine => Key("in_line"),
            Self::ManyNewcomers => Key("many_newcomers"),
            Self::NoLink => Key("no_link"),
        }
    }

    /// Whether it is what the reason means, so that an operator's own words for that stand here too.
    pub(super) fn is_the_reason(self) -> bool {
        self == Self::NoLink
    }
}

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
        let instead = [
            Instead::LinksClosed,
            Instead::NotSetUp,
            Instead::InLine,
            Instead::ManyNewcomers,
            Instead::NoLink,
        ];
        let names = names.chain(instead.map(|one| one.key().0));
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
