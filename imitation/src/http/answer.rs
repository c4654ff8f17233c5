//! An answer, put together step by step.

use std::io::Cursor;

use rocket::Response;
use rocket::http::Status;
use serde_json::Value;

/// What goes back to the one who asked.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    cut: bool,
}

impl Answer {
    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            cut: false,
        }
    }

    /// A JSON document.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json;charset=UTF-8", body.to_string())
    }

    /// A page.
    pub(crate) fn page(status: u16, body: String) -> Self {
        Self::text(status, "text/html; charset=utf-8", body).with("Cache-Control", "no-store")
    }

    /// Any text.
    pub(crate) fn text(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            body: body.into(),
            ..Self::empty(status).with("Content-Type", kind)
        }
    }

    /// 302, as both originals redirect.
    pub(crate) fn redirect(to: &str) -> Self {
        Self::empty(302)
            .with("Location", to)
            .with("Cache-Control", "no-store")
    }

    /// With one more header.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// With a cookie; `attributes` as in `Set-Cookie`.
    #[must_use]
    pub(crate) fn with_cookie(self, name: &str, value: &str, attributes: &str) -> Self {
        self.with("Set-Cookie", format!("{name}={value}; {attributes}"))
    }

    /// Promises one byte more than is sent, which ends the connection.
    #[must_use]
    pub(crate) fn cut(mut self) -> Self {
        self.cut = true;
        self
    }

    pub(crate) fn into_response<'r>(self) -> Response<'r> {
        let mut response = Response::new();
        response.set_status(Status::new(self.status));
        for (name, value) in self.headers {
            response.adjoin_raw_header(name, value);
        }
        let promised = self.body.len() + usize::from(self.cut);
        response.set_sized_body(promised, Cursor::new(self.body));
        response
    }
}
