//! The text of a mail to somebody who is invited: for the administrator to send, with nothing secret in it.

use jiff::Timestamp;

use crate::admin::links::mail::Mail;
use crate::link::Link;
use crate::settings::PublicUrl;
use crate::web::pages::for_people;

use super::name_of;

/// One language's text.
pub(super) struct Text {
    /// The language as it is called on the page, and its code.
    pub(super) language: (&'static str, &'static str),
    pub(super) subject: String,
    pub(super) body: String,
}

/// The text in every language that customers' pages have.
pub(super) fn texts(
    link: &Link,
    public_url: &PublicUrl,
    until: Timestamp,
) -> Result<[Text; 2], askama::Error> {
    let (name, until) = (name_of(link), for_people(until));
    let address = public_url.with(&format!("/p/{}", link.slug));
    let sentence = Mail::of(&name, &address)?.plain;
    Ok([
        Text {
            language: ("English", "en"),
            subject: format!("Your invitation to {name}"),
            body: format!(
                "Hello,\n\nyou are invited to {name}. {sentence}\n\nPlease use the e-mail address that this mail was sent to. The invitation is for you alone, holds until {until}, and is used up when you come in for the first time; from then on the same address of the portal serves you without it.\n"
            ),
        },
        Text {
            language: ("German", "de"),
            subject: format!("Ihre Einladung zu {name}"),
            body: format!(
                "Guten Tag,\n\nSie sind zu {name} eingeladen. Um Ihre Anfragen zu sehen oder eine neue zu stellen, melden Sie sich hier an: {address}\n\nBitte verwenden Sie die E-Mail-Adresse, an die diese Nachricht ging. Die Einladung gilt nur für Sie und bis {until}. Sie ist eingelöst, sobald Sie das erste Mal eingelassen wurden; danach führt dieselbe Adresse Sie ohne Einladung zum Portal.\n"
            ),
        },
    ])
}
