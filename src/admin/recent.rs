//! The newest logins, as the desk lists them: each leads to a preview of what becomes of that person now.

use crate::login::Login;
use crate::store::StoreError;
use crate::trace::{AtLink, RecentLogin, Said, Traces};
use crate::web::pages::for_people;

/// One login.
pub(super) struct LoginLine {
    pub(super) at: String,
    /// As a machine reads it.
    pub(super) datetime: String,
    /// What they are called, and their address, as far as it came to that.
    pub(super) who: Vec<String>,
    /// What the provider is called.
    pub(super) provider: String,
    /// What became of it, at sign-in and then at links.
    pub(super) outcome: Vec<String>,
    /// Its preview.
    pub(super) address: String,
}

impl LoginLine {
    /// The newest logins that are of interest.
    pub(super) async fn all(
        traces: &Traces,
        login: &Login,
        wanted: impl Fn(&Said) -> bool,
    ) -> Result<Vec<Self>, StoreError> {
        traces.written().await;
        let all = traces.logins().await?;
        let wanted = all.iter().filter(|(one, _)| wanted(&one.said));
        Ok(wanted
            .map(|(one, at_links)| Self::of(one, at_links, login))
            .collect())
    }

    fn of(one: &RecentLogin, at_links: &[AtLink], login: &Login) -> Self {
        let Said {
            provider,
            subject,
            email,
            name,
            ..
        } = &one.said;
        let email = email.as_ref().map(ToString::to_string);
        let mut who: Vec<String> = name.iter().cloned().chain(email).collect();
        if who.is_empty() {
            who.push(subject.clone());
        }
        let provider = match login.providers().get(provider) {
            Some(known) => known.settings().label.clone(),
            None => provider.to_string(),
        };
        Self {
            at: for_people(one.at),
            datetime: one.at.to_string(),
            outcome: outcome(one, at_links),
            address: preview_of(&one.reference),
            provider,
            who,
        }
    }
}

/// The preview of the login of this reference.
pub(super) fn preview_of(reference: &str) -> String {
    format!("/admin/preview?login={reference}#outcome")
}

/// Whoever was refused at sign-in was not refused once more at the link that they came for.
fn outcome(login: &RecentLogin, at_links: &[AtLink]) -> Vec<String> {
    let is_new = |at: &&AtLink| at.refused.is_none() || at.refused != login.refused;
    std::iter::once(ended(login))
        .chain(at_links.iter().filter(is_new).map(at_link))
        .collect()
}

fn ended(login: &RecentLogin) -> String {
    match &login.refused {
        Some(reason) => format!("refused ({reason})"),
        None => "signed in".to_owned(),
    }
}

fn at_link(AtLink { link, refused, .. }: &AtLink) -> String {
    match refused {
        Some(reason) => format!("/p/{link}: refused ({reason})"),
        None => format!("/p/{link}: let in"),
    }
}
