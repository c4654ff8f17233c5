//! One call as a value: what is asked, and whether asking twice does harm.

use reqwest::Method;
use serde_json::Value;

use super::error::Operation;

/// One REST call.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) operation: Operation,
    pub(super) method: Method,
    /// Below the base address, without a leading slash.
    pub(super) path: String,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
    pub(super) repeat: Repeat,
    /// Whether the operation is one that Atlassian answers only to those who opt in (412 otherwise).
    pub(super) experimental: bool,
    /// Whether the service account signs it. What needs no signature is also answered when the token is bad.
    pub(super) signed: bool,
}

/// When a call that failed may be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Always, also when the answer is no whole one: asking changes nothing.
    Question,
    /// When it may have been carried out, too: twice is the same as once.
    Harmless,
    /// Only when the first certainly was not carried out.
    OnlyUndone,
}

impl Call {
    pub(super) fn get(operation: Operation, path: impl Into<String>) -> Self {
        Self::new(operation, Method::GET, path.into(), None, Repeat::Question)
    }

    /// A POST that is never repeated when it may have worked.
    pub(super) fn post(operation: Operation, path: impl Into<String>, body: Value) -> Self {
        Self::new(
            operation,
            Method::POST,
            path.into(),
            Some(body),
            Repeat::OnlyUndone,
        )
    }

    /// Putting the same in the same place twice changes nothing the second time.
    pub(super) fn put(operation: Operation, path: impl Into<String>, body: Value) -> Self {
        Self::new(
            operation,
            Method::PUT,
            path.into(),
            Some(body),
            Repeat::Harmless,
        )
    }

    /// The same where all is said by the address.
    pub(super) fn put_nothing(operation: Operation, path: impl Into<String>) -> Self {
        Self::new(operation, Method::PUT, path.into(), None, Repeat::Harmless)
    }

    /// Removing what is gone already is documented to succeed for all that is removed here.
    pub(super) fn delete(operation: Operation, path: impl Into<String>, body: Value) -> Self {
        Self::new(
            operation,
            Method::DELETE,
            path.into(),
            Some(body),
            Repeat::Harmless,
        )
    }

    fn new(
        operation: Operation,
        method: Method,
        path: String,
        body: Option<Value>,
        repeat: Repeat,
    ) -> Self {
        Self {
            operation,
            method,
            path,
            query: Vec::new(),
            body,
            repeat,
            experimental: false,
            signed: true,
        }
    }

    pub(super) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(super) fn experimental(mut self) -> Self {
        self.experimental = true;
        self
    }

    /// A POST that Atlassian documents to change nothing the second time.
    pub(super) fn harmless_twice(mut self) -> Self {
        self.repeat = Repeat::Harmless;
        self
    }

    pub(super) fn unsigned(mut self) -> Self {
        self.signed = false;
        self
    }
}
