//! The seven steps of the first hour: where each is, what it is called, and when it is done.

use super::Progress;

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Who proves who people are.
    Provider,
    /// A real login, of which nothing comes.
    Test,
    /// What claims become of a customer.
    Mapping,
    /// As whom the front door asks Atlassian.
    Account,
    /// The substitute links.
    Links,
    /// How customers reach the portal signed in.
    SignIn,
    /// Who may come to the desk.
    Administrators,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing more has to be done.
    Done,
    /// Something has.
    Open,
}

impl State {
    /// In a word.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Open => "open",
        }
    }
}

impl Step {
    /// In their order.
    pub const ALL: [Self; 7] = [
        Self::Provider,
        Self::Test,
        Self::Mapping,
        Self::Account,
        Self::Links,
        Self::SignIn,
        Self::Administrators,
    ];

    /// Where its page is.
    #[must_use]
    pub fn address(self) -> &'static str {
        match self {
            Self::Provider => "/setup/provider",
            Self::Test => "/setup/test",
            Self::Mapping => "/setup/mapping",
            Self::Account => "/setup/account",
            Self::Links => "/setup/links",
            Self::SignIn => "/setup/sign-in",
            Self::Administrators => "/setup/administrators",
        }
    }

    /// The one that this address belongs to.
    #[must_use]
    pub fn of(page: &str) -> Option<Self> {
        let belongs = |step: &Self| {
            let rest = page.strip_prefix(step.address());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        };
        Self::ALL.into_iter().find(belongs)
    }

    /// What it is called.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Provider => "Identity provider",
            Self::Test => "Test connection",
            Self::Mapping => "Attribute mapping",
            Self::Account => "Service account",
            Self::Links => "Links",
            Self::SignIn => "Sign-in to the portal",
            Self::Administrators => "Administrators",
        }
    }

    /// How far it is.
    #[must_use]
    pub fn state(self, progress: &Progress) -> State {
        if progress.is_done(self) {
            State::Done
        } else {
            State::Open
        }
    }

    /// The step behind it.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        let mut behind = Self::ALL.into_iter().skip_while(move |step| *step != self);
        behind.nth(1)
    }

    /// The step before it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        let before = Self::ALL.into_iter().take_while(move |step| *step != self);
        before.last()
    }
}
