//! A form of the desk that carries a file, or a text in its place. Only a form in parts can (multipart), and it changes nothing by itself: what comes of it is
//! reviewed like every change. Whoever must log in again first comes to [`super::again`]; a file does not wait for them.

use rocket::data::{Data, FromData, Outcome, ToByteUnit as _};
use rocket::form::{self, DataField, Form, FromForm, FromFormField, ValueField};
use rocket::{Request, async_trait};

use crate::web::{Reason, Refusal};

use super::Administrator;
use super::posted::{outcome, who_posts};

/// The most that is read of a file or text; whoever reads it says what is too large.
const LARGEST: usize = 256 * 1024;

/// What was sent. Having it proves where the form came from.
pub(super) struct Upload {
    /// What was typed into the field.
    pub(super) pasted: String,
    /// The mark of what the form was shown with, where it has one.
    pub(super) was: String,
    /// The file, when one was chosen.
    file: Vec<u8>,
}

impl Upload {
    /// The document that is meant: a file counts more than a text.
    pub(super) fn document(&self) -> &[u8] {
        if self.file.is_empty() {
            self.pasted.as_bytes()
        } else {
            &self.file
        }
    }
}

#[derive(FromForm)]
struct Fields {
    csrf: String,
    text: Part,
    was: Part,
    file: Part,
}

/// One part, cut a little behind the most that is read.
struct Part(Vec<u8>);

#[async_trait]
impl<'r> FromFormField<'r> for Part {
    fn from_value(field: ValueField<'r>) -> form::Result<'r, Self> {
        let most = field.value.len().min(LARGEST + 1);
        Ok(Self(field.value.as_bytes()[..most].to_vec()))
    }

    async fn from_data(field: DataField<'r, '_>) -> form::Result<'r, Self> {
        let cut = field.data.open((LARGEST + 1).bytes()).into_bytes().await?;
        Ok(Self(cut.into_inner()))
    }

    fn default() -> Option<Self> {
        Some(Self(Vec::new()))
    }
}

#[async_trait]
impl<'r> FromData<'r> for Upload {
    type Error = Reason;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        let administrator = match who_posts(request).await {
            Ok(administrator) => administrator,
            Err(ends) => return ends.outcome(data),
        };
        outcome(read(request, data, &administrator).await, request)
    }
}

async fn read<'r>(
    request: &'r Request<'_>,
    data: Data<'r>,
    administrator: &Administrator<'_>,
) -> Result<Upload, Refusal> {
    if !request.content_type().is_some_and(|it| it.is_form_data()) {
        return Err(Refusal::new(Reason::NotAllowed).because("not the form that the page holds"));
    }
    let fields = match Form::<Fields>::from_data(request, data).await {
        Outcome::Success(form) => form.into_inner(),
        Outcome::Error((status, _)) if status.code == 413 => {
            return Err(Refusal::new(Reason::TooLarge).because("a file"));
        }
        _ => return Err(Refusal::new(Reason::NotAllowed).because("not a form with a file")),
    };
    let page = request.uri().path().to_string();
    let own = administrator.check(&fields.csrf);
    own.map_err(|stale| stale.page_again(&page))?;
    Ok(Upload {
        pasted: String::from_utf8_lossy(&fields.text.0).into_owned(),
        was: String::from_utf8_lossy(&fields.was.0).into_owned(),
        file: fields.file.0,
    })
}
