//! Examines the site and the token as an administrator would want it told: each trouble apart, with its remedy.

use url::Url;

use super::client::Jsm;
use super::deadline::Deadline;
use super::error::JsmError;
use super::examine_creator::Excess;
use super::permission::{CUSTOMER_REMEDY, Held, Needed, PermissionFinding, untold};
use super::service_desk::ServiceDesk;
use super::token::{ServiceAccount, SiteInfo};
use crate::settings::atlassian::TokenKind;
use crate::settings::public_url::leads_here;

/// In how many service projects permissions are asked for, one call each.
pub const MOST_PROJECTS: usize = 20;

/// What an examination found. It makes and changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examination {
    /// The site, when there is one.
    pub site: Option<SiteInfo>,
    /// As whom the token signs in, when it does.
    pub account: Option<ServiceAccount>,
    /// As whom the second token signs in, when there is one and it does.
    pub customer_account: Option<ServiceAccount>,
    /// What the accounts may, of what each needs; empty when it did not come to that.
    pub permissions: Vec<PermissionFinding>,
    /// The service desks it sees.
    pub service_desks: Vec<ServiceDesk>,
    /// What is wrong, the gravest first.
    pub problems: Vec<TokenProblem>,
    /// What the first token's account may although the second does it.
    pub excess: Option<Excess>,
}

/// What can be wrong with the site, the token or its account. The text says what was seen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenProblem {
    /// No answer, or one that passes.
    #[error("Atlassian cannot be reached: {0}")]
    Away(JsmError),
    /// There is something at the address, but not Jira's REST API.
    #[error("no Jira site answers at the site's address: {0}")]
    NotAtlassian(JsmError),
    /// The address leads elsewhere.
    #[error("the site's address redirects{}", .0.as_ref().map(|host| format!(" to {host}")).unwrap_or_default())]
    Moved(Option<String>),
    /// 401, and nothing speaks for another kind of token.
    #[error(
        "Atlassian does not accept the token: it has expired, was revoked, belongs to another e-mail address, or is a scoped token"
    )]
    Rejected,
    /// The site refuses what the API gateway accepts.
    #[error("the token is a scoped one: the site refuses it, the API gateway accepts it")]
    Scoped,
    /// The API gateway refuses what the site accepts.
    #[error("the token is one without scopes: the API gateway refuses it, the site accepts it")]
    Unscoped,
    /// The gateway's 401 or 403 to a scoped token.
    #[error(
        "the API gateway does not accept the scoped token: it has expired, was revoked, belongs to another e-mail address, or lacks a scope"
    )]
    ScopedRejected,
    /// The token service or the gateway does not accept the OAuth client.
    #[error(
        "Atlassian does not accept the OAuth client: its id or secret is wrong, or it lacks a scope"
    )]
    ClientRejected,
    /// The account may not make customers.
    #[error(
        "the service account lacks the global permission \"Administer Jira\", without which no customer can be created"
    )]
    MayNotAdminister,
    /// The account cannot tell whether an address has an account.
    #[error(
        "the service account lacks the global permission \"Browse users and groups\", without which an existing account cannot be recognised"
    )]
    MayNotBrowse,
    /// The second token does not work.
    #[error("the second token, customer_token, with which customers are made: {0}")]
    CustomerToken(Box<TokenProblem>),
    /// The second token's account may not make customers.
    #[error(
        "the account of the second token, customer_token, lacks the global permission \"Administer Jira\", without which no customer can be created"
    )]
    CustomerTokenMayNotAdminister,
    /// The token works and sees nothing.
    #[error("the token works, but the service account sees no service desk")]
    NoServiceDesk,
    /// Something else went wrong.
    #[error("{0}")]
    Other(JsmError),
}

impl TokenProblem {
    /// What an administrator can do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Away(_) => {
                "Check that this machine reaches the site's address, and status.atlassian.com; known customers still come in."
            }
            Self::NotAtlassian(_) => {
                "Set “Site” of the service account (atlassian.site) to the address of the Jira site, such as https://acme.atlassian.net, not to a portal's custom domain."
            }
            Self::Moved(_) => {
                "Set “Site” of the service account (atlassian.site) to the site's present address; redirects are not followed, for they would take the token along."
            }
            Self::Rejected => {
                "Check “E-mail address” of the service account (atlassian.email); make a new API token without scopes for that account at id.atlassian.com, and enter it as “API token”, with its end as “Expires on” (atlassian.api_token, token_expires)."
            }
            Self::Scoped => {
                "Choose “API token with scopes” as the kind of token of the service account (atlassian.token_kind = scoped), or make an API token without scopes at id.atlassian.com."
            }
            Self::Unscoped => {
                "Choose “API token without scopes” as the kind of token of the service account (atlassian.token_kind = classic), or make an API token with scopes at id.atlassian.com."
            }
            Self::ScopedRejected => {
                "Make a token with the scopes read:servicedesk-request, write:servicedesk-request, manage:servicedesk-customer, read:jira-user and read:jira-work, and enter it as “API token” of the service account, with its end as “Expires on” (atlassian.api_token, token_expires)."
            }
            Self::ClientRejected => {
                "Check “Client ID” and “Client secret” of the service account (atlassian.client_id, client_secret), and that the client has the scopes read:servicedesk-request, write:servicedesk-request, manage:servicedesk-customer, read:jira-user and read:jira-work."
            }
            Self::CustomerToken(problem) => problem.remedy_of_customer_token(),
            Self::CustomerTokenMayNotAdminister => CUSTOMER_REMEDY,
            Self::MayNotAdminister => Needed::AdministerJira.remedy(),
            Self::MayNotBrowse => Needed::BrowseUsers.remedy(),
            Self::NoServiceDesk => {
                "Give the service account access to Jira Service Management as an agent, and a role in the service projects that shall have links."
            }
            Self::Other(_) => "Look at the log for the call that failed; try again.",
        }
    }

    /// By what went wrong with a call that a working token gets an answer to.
    pub(super) fn of(error: JsmError) -> Self {
        match error {
            error if error.passes() => Self::Away(error),
            JsmError::Redirected { host, .. } => Self::Moved(host),
            JsmError::Unauthorized { .. } | JsmError::CustomerTokenRejected { .. } => {
                Self::Rejected
            }
            error => Self::Other(error),
        }
    }
}

impl Jsm {
    /// Examines site, token, permissions and what is seen, in this order; it stops where the rest can tell nothing.
    pub async fn examine(&self, deadline: Deadline) -> Examination {
        let mut found = Examination::default();
        if let Err(problem) = self.examine_into(&mut found, deadline).await {
            found.problems.push(problem);
        }
        if self.creator.is_some() && found.site.is_some() {
            self.examine_creator(&mut found, deadline).await;
        }
        found
    }

    async fn examine_into(
        &self,
        found: &mut Examination,
        deadline: Deadline,
    ) -> Result<(), TokenProblem> {
        found.site = Some(self.site_info(deadline).await.map_err(no_site)?);
        match self.myself(deadline).await {
            Ok(account) => found.account = Some(account),
            Err(error) => return Err(self.why_not_signed_in(error, deadline).await),
        }
        let needed = self.needed();
        found.permissions = untold(&[needed, &Needed::IN_PROJECTS].concat());
        let global = self.global_permissions(deadline).await;
        let mut global = global.map_err(TokenProblem::of)?;
        found.excess = self.excess(&global);
        global.retain(|one| needed.contains(&one.needed));
        found.problems.extend(global.iter().filter_map(lacks));
        found.permissions.splice(..global.len(), global);
        found.service_desks = self
            .service_desks(deadline)
            .await
            .map_err(TokenProblem::of)?;
        let projects = found.service_desks.iter().take(MOST_PROJECTS);
        let in_projects = self.project_permissions(projects.map(|desk| &desk.key), deadline);
        let in_projects = in_projects.await;
        found.permissions.splice(needed.len().., in_projects);
        if found.service_desks.is_empty() {
            return Err(TokenProblem::NoServiceDesk);
        }
        Ok(())
    }

    /// The site answers a scoped token with errors that speak of something else. Whether it is one is told by the gateway,
    /// the one place where such a token works.
    pub(super) async fn why_not_signed_in(
        &self,
        error: JsmError,
        deadline: Deadline,
    ) -> TokenProblem {
        let misleading = matches!(
            error,
            JsmError::Unauthorized { .. } | JsmError::Forbidden { .. } | JsmError::NotFound { .. }
        );
        let misleading = misleading || error.is_of_customer_token();
        match self.kind {
            _ if !misleading => TokenProblem::of(error),
            TokenKind::Scoped if self.site_accepts(deadline).await => TokenProblem::Unscoped,
            TokenKind::Scoped => TokenProblem::ScopedRejected,
            TokenKind::OAuth => TokenProblem::ClientRejected,
            TokenKind::Classic if self.gateway_accepts(deadline).await => TokenProblem::Scoped,
            TokenKind::Classic => TokenProblem::of(error),
        }
    }

    async fn site_accepts(&self, deadline: Deadline) -> bool {
        self.at(self.site.clone()).myself(deadline).await.is_ok()
    }

    async fn gateway_accepts(&self, deadline: Deadline) -> bool {
        if !belong_together(&self.site, &self.gateway) {
            return false;
        }
        match self.gateway_base(deadline).await {
            Ok(Some(base)) => self.at(base).myself(deadline).await.is_ok(),
            Ok(None) | Err(_) => false,
        }
    }
}

/// What of a permission makes it impossible to let anybody new in.
fn lacks(finding: &PermissionFinding) -> Option<TokenProblem> {
    match (finding.held, finding.needed) {
        (Held::No, Needed::AdministerJira) => Some(TokenProblem::MayNotAdminister),
        (Held::No, Needed::BrowseUsers) => Some(TokenProblem::MayNotBrowse),
        _ => None,
    }
}

/// Credentials of a site on this machine are not shown to a gateway on the internet, nor the other way round.
fn belong_together(site: &Url, gateway: &Url) -> bool {
    leads_here(site) == leads_here(gateway)
}

/// By what went wrong with a call that every site answers to anybody.
fn no_site(error: JsmError) -> TokenProblem {
    match TokenProblem::of(error) {
        TokenProblem::Other(error) => TokenProblem::NotAtlassian(error),
        TokenProblem::Rejected => TokenProblem::NotAtlassian(JsmError::Unauthorized {
            operation: "get_server_info",
        }),
        problem => problem,
    }
}

#[cfg(test)]
#[path = "examine_tests.rs"]
mod tests;
