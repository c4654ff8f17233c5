//! Who makes customers: the service account itself, or a second account whose token does that and nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::account::Account;
use super::client::Jsm;
use super::error::JsmError;

/// The second account, and whether Atlassian refused it when it was last used. Clones share what they saw.
#[derive(Debug, Clone)]
pub(super) struct Creator {
    pub(super) account: Account,
    is_refused: Arc<AtomicBool>,
}

impl Creator {
    pub(super) fn new(account: Account) -> Self {
        Self {
            account,
            is_refused: Arc::default(),
        }
    }
}

impl Jsm {
    /// What the making of a customer says of the second token.
    pub(super) fn creator_met(&self, error: Option<&JsmError>) {
        let is_refused = match error {
            None | Some(JsmError::Conflict { .. }) => false,
            Some(error) if error.is_of_customer_token() => true,
            Some(_) => return,
        };
        self.creator_is_refused(is_refused);
    }

    /// What was seen of the second token.
    pub(super) fn creator_is_refused(&self, is_refused: bool) {
        if let Some(creator) = &self.creator {
            creator.is_refused.store(is_refused, Ordering::Relaxed);
        }
    }

    /// Whether Atlassian refused the second token, or its account, when it was last used.
    #[must_use]
    pub fn is_customer_token_refused(&self) -> bool {
        let creator = self.creator.as_ref();
        creator.is_some_and(|creator| creator.is_refused.load(Ordering::Relaxed))
    }
}
