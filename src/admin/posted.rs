//! A form of the desk as it was posted: by one of our own pages, in the administrator's session, not too long after their login, and no longer than it may be.

use rocket::Request;
use rocket::async_trait;
use rocket::data::{self, Data, FromData, ToByteUnit as _};
use rocket::http::{ContentType, Status};
use rocket::outcome::Outcome;

use crate::store::Vault;
use crate::web::{Reason, Refusal, SameOrigin};

use super::Administrator;
use super::kept::{self, Kept};
use super::lapsed::Lapsed;
use super::providers::testing::owner;

/// The most that one form may hold.
const MOST_KIBIBYTES: u64 = 512;

/// The fields of a form. Having it proves where the form came from: origin and token are checked before a handler sees it. Whoever must log in again first
/// (`admin.login_within`) comes to [`super::again`] instead, and whose desk session has ended to [`super::lapsed`].
pub struct Posted {
    fields: Vec<(String, String)>,
    owner: String,
}

impl Posted {
    /// The first field of this name, as it was typed; empty when there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        let first = self.fields.iter().find(|(key, _)| key == name);
        first.map_or("", |(_, value)| value)
    }

    /// Every field of this name.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let all = self.fields.iter();
        all.filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// All fields but the token, in their order.
    pub(super) fn into_fields(self) -> Vec<(String, String)> {
        let fields = self.fields.into_iter();
        fields.filter(|(name, _)| name != "csrf").collect()
    }

    /// Who sent it, as [`owner`] says.
    pub(super) fn owner(&self) -> &str {
        &self.owner
    }

    /// Whether a field of this name was sent, as a ticked box is.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(key, _)| key == name)
    }
}

/// What was typed may be a secret.
impl std::fmt::Debug for Posted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Posted(…)")
    }
}

#[async_trait]
impl<'r> FromData<'r> for Posted {
    type Error = Reason;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self> {
        let administrator = match who_posts(request).await {
            Ok(administrator) => administrator,
            Err(ends) => return ends.outcome(data),
        };
        let posted = match read(
            request,
            data,
            (owner(&administrator), |sent: &str| {
                administrator.check(sent)
            }),
        )
        .await
        {
            Ok(posted) if posted.has(kept::FIELD) => waited(request, &posted, &administrator).await,
            read => read,
        };
        outcome(posted, request)
    }
}

/// How a form ends that is not even read.
pub(super) enum Unread {
    /// Refused; the catcher has the refusal already.
    Refused((Status, Reason)),
    /// On to the demand for a login.
    TooLate,
}

impl Unread {
    pub(super) fn outcome<T>(
        self,
        data: Data<'_>,
    ) -> Outcome<T, (Status, Reason), (Data<'_>, Status)> {
        match self {
            Self::Refused(error) => Outcome::Error(error),
            Self::TooLate => Outcome::Forward((data, Status::Unauthorized)),
        }
    }
}

/// The administrator whose form this is: sent by a page of ours, and not too long after their login.
pub(super) async fn who_posts<'r>(request: &'r Request<'_>) -> Result<Administrator<'r>, Unread> {
    let administrator = match request.guard::<Administrator<'_>>().await {
        Outcome::Success(administrator) => administrator,
        Outcome::Error(error) => return Err(Unread::Refused(error)),
        Outcome::Forward(_) => {
            let refusal = Refusal::new(Reason::LoginRequired);
            return Err(Unread::Refused(held(refusal, request)));
        }
    };
    if administrator.must_log_in_again() {
        return Err(Unread::TooLate);
    }
    match request.guard::<SameOrigin>().await {
        Outcome::Error(error) => Err(Unread::Refused(error)),
        _ => Ok(administrator),
    }
}

/// What was read; a refusal is left to the catcher.
pub(super) fn outcome<'r, T>(
    read: Result<T, Refusal>,
    request: &'r Request<'_>,
) -> Outcome<T, (Status, Reason), (Data<'r>, Status)> {
    match read {
        Ok(read) => Outcome::Success(read),
        Err(refusal) => Outcome::Error(held(refusal, request)),
    }
}

/// Leaves the refusal to the catcher.
fn held(refusal: Refusal, request: &Request<'_>) -> (Status, Reason) {
    let reason = refusal.reason();
    match refusal.from_guard::<()>(request) {
        Outcome::Error(error) => error,
        _ => (reason.status(), reason),
    }
}

/// What waited for a login, in the place of the form that names it. It comes once, and at the address that it was for.
async fn waited(
    request: &Request<'_>,
    posted: &Posted,
    administrator: &Administrator<'_>,
) -> Result<Posted, Refusal> {
    let page = request.uri().path().to_string();
    let none = Refusal::new(Reason::NotAllowed).because("no form of this name waits");
    let none = none.page_again(&page);
    let Ok(name) = posted.get(kept::FIELD).parse() else {
        return Err(none);
    };
    let Some(vault) = request.rocket().state::<Vault>() else {
        return Err(none);
    };
    let (sent_to, owner) = (request.uri().to_string(), owner(administrator));
    let kept = Kept::take(&name, &sent_to, vault, &owner).await?;
    let fields = kept.map(|kept| kept.fields).ok_or(none)?;
    Ok(Posted { fields, owner })
}

/// A form of somebody who must log in again, or enter another setup code, before it counts; any other is left to the next route.
pub(super) enum TooLate {
    Form(Posted),
    /// A form with a file, which is not read.
    File,
}

#[async_trait]
impl<'r> FromData<'r> for TooLate {
    type Error = Reason;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self> {
        let Some(late) = late(request).await else {
            return Outcome::Forward((data, Status::NotFound));
        };
        if let Outcome::Error(error) = request.guard::<SameOrigin>().await {
            return Outcome::Error(error);
        }
        if request.content_type().is_some_and(|it| it.is_form_data()) {
            return Outcome::Success(Self::File);
        }
        let posted = {
            let whose = late.owner();
            read(request, data, (whose, |sent: &str| late.check(sent))).await
        };
        outcome(posted.map(Self::Form), request)
    }
}

/// Somebody who is too late.
enum Late<'r> {
    Login(Administrator<'r>),
    Code(Lapsed<'r>),
}

impl Late<'_> {
    fn owner(&self) -> String {
        match self {
            Self::Login(administrator) => owner(administrator),
            Self::Code(lapsed) => lapsed.csrf().as_str().to_owned(),
        }
    }

    /// Refuses a form that is not theirs.
    fn check(&self, sent: &str) -> Result<(), Refusal> {
        match self {
            Self::Login(administrator) => administrator.check(sent),
            Self::Code(lapsed) => lapsed.csrf().check(sent),
        }
    }
}

async fn late<'r>(request: &'r Request<'_>) -> Option<Late<'r>> {
    if let Outcome::Success(administrator) = request.guard::<Administrator<'r>>().await {
        let too_old = administrator.must_log_in_again();
        return too_old.then_some(Late::Login(administrator));
    }
    let lapsed = request.guard::<Lapsed<'r>>().await;
    lapsed.succeeded().map(Late::Code)
}

async fn read(
    request: &Request<'_>,
    data: Data<'_>,
    (owner, check): (String, impl Fn(&str) -> Result<(), Refusal>),
) -> Result<Posted, Refusal> {
    if request.content_type() != Some(&ContentType::Form) {
        return Err(Refusal::new(Reason::NotAllowed).because("not the form that the page holds"));
    }
    let body = data
        .open(MOST_KIBIBYTES.kibibytes())
        .into_bytes()
        .await
        .map_err(|error| Refusal::new(Reason::BadRequest).because(error))?;
    if !body.is_complete() {
        return Err(Refusal::new(Reason::TooLarge).because("a form of the desk"));
    }
    let fields = url::form_urlencoded::parse(&body);
    let posted = Posted {
        fields: fields.into_owned().collect(),
        owner,
    };
    let page = request.uri().path().to_string();
    check(posted.get("csrf")).map_err(|stale| stale.page_again(&page))?;
    Ok(posted)
}
