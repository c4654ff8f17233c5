//! An answer, put together step by step.

use std::io::{Cursor, Write as _};
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use rocket::Response;
use rocket::http::Status;
use rocket::tokio::io::DuplexStream;
use serde_json::Value;

use super::{Flood, Pace, Ticket};

/// What goes back to the one who asked.
#[derive(Debug)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    cut: bool,
    endless: Option<DuplexStream>,
}

impl Answer {
    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            cut: false,
            endless: None,
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

    /// Is followed by blanks without end, which JSON allows.
    #[must_use]
    pub(crate) fn endless(mut self, flood: &Arc<Flood>, pace: Pace, ticket: Ticket) -> Self {
        let body = std::mem::take(&mut self.body);
        self.endless = Some(flood.begin(body, pace, ticket));
        self
    }

    /// Comes as gzip and is followed by so many MiB of blanks, a thousandth of that on the wire.
    #[must_use]
    pub(crate) fn packed(mut self, blanks: usize) -> Self {
        let mebibyte = gzip(&vec![b' '; 1 << 20]);
        // The members of a gzip file unpack to one text (RFC 1952, section 2.2).
        self.body = [gzip(&self.body), mebibyte.repeat(blanks)].concat();
        self.with("Content-Encoding", "gzip")
    }

    pub(crate) fn into_response<'r>(self) -> Response<'r> {
        let mut response = Response::new();
        response.set_status(Status::new(self.status));
        for (name, value) in self.headers {
            response.adjoin_raw_header(name, value);
        }
        if let Some(endless) = self.endless {
            response.set_streamed_body(endless);
            return response;
        }
        let promised = self.body.len() + usize::from(self.cut);
        response.set_sized_body(promised, Cursor::new(self.body));
        response
    }
}

#[expect(clippy::expect_used, reason = "writing to memory cannot fail")]
fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(text).expect("memory takes it");
    packed.finish().expect("memory takes it")
}
