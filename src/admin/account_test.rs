//! `/admin/account/test`: who the service account's token is, what it may do, what it sees, and how long it lasts. Nothing is made or changed at Atlassian.

use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use jiff::civil::Date;
use rocket::{Route, get, post, routes};

use crate::jsm::ServiceAccount as Account;
use crate::jsm::{
    Deadline, Examination, Held, Jsm, MOST_PROJECTS, Needed, PermissionFinding, ProjectKey, Token,
    days_left,
};
use crate::login::Login;
use crate::settings::AtlassianSettings;
use crate::settings::atlassian::TokenKind;
use crate::web::{Layout, Room};

use super::change::Editor;
use super::{Administrator, Frame, Place, Posted};

/// How long Atlassian may take for everything that is asked of it.
const ASKING: Duration = Duration::from_secs(20);

/// The most service desks that are shown.
const MOST_DESKS: usize = 100;

/// The most projects that a permission is said to be lacking in, by name.
const MOST_NAMED: usize = 10;

/// From so many days before a token's end on somebody should look.
const WARN_DAYS: i32 = 30;

/// The Atlassian site as its service account, when one is set.
pub struct ServiceAccount(pub Option<Jsm>);

/// The page.
#[derive(Template, WebTemplate)]
#[template(path = "admin/account_test.html")]
struct AccountTestPage {
    layout: Frame,
    /// Whether anything of Atlassian is set.
    is_set: bool,
    report: Option<AccountReport>,
}

/// What was found, whatever frame stands around it: `admin/account_report.html` shows it by the name of `report`.
pub(super) struct AccountReport {
    /// What is wrong, and what to do about it.
    pub(super) problems: Vec<(String, &'static str)>,
    /// Site, account, kind of token, days left.
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) permissions: Vec<PermissionLine>,
    pub(super) desks: Vec<(String, String)>,
    /// How many more service desks there are.
    pub(super) more_desks: usize,
    /// What else is to be said: of the days that a token has left, or of rights that nobody needs.
    pub(super) notices: Vec<String>,
    /// Whether customers are made with a token of their own.
    pub(super) has_two_tokens: bool,
}

/// One permission.
pub(super) struct PermissionLine {
    pub(super) name: &'static str,
    /// Which token's account needs it.
    pub(super) token: &'static str,
    pub(super) scope: &'static str,
    pub(super) held: &'static str,
    pub(super) is_lacking: bool,
    pub(super) effect: &'static str,
    /// What to do, where something is to be done.
    pub(super) remedy: Option<String>,
}

impl AccountReport {
    /// Asks Atlassian, for as long as it may take.
    pub(super) async fn ask(jsm: &Jsm, settings: &AtlassianSettings, today: Date) -> Self {
        let found = jsm.examine(Deadline::after(ASKING)).await;
        Self::of(&found, settings, today)
    }

    fn of(found: &Examination, settings: &AtlassianSettings, today: Date) -> Self {
        let problem = |problem: &crate::jsm::TokenProblem| (problem.to_string(), problem.remedy());
        let desks = found.service_desks.iter().take(MOST_DESKS);
        Self {
            problems: found.problems.iter().map(problem).collect(),
            facts: facts(found, settings, today),
            permissions: found.permissions.iter().map(line).collect(),
            desks: desks
                .map(|desk| (desk.key.to_string(), desk.name.clone()))
                .collect(),
            more_desks: found.service_desks.len().saturating_sub(MOST_DESKS),
            notices: notices(found, settings, today),
            has_two_tokens: settings.customer_token.is_some(),
        }
    }
}

fn facts(
    found: &Examination,
    settings: &AtlassianSettings,
    today: Date,
) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(site) = &found.site {
        facts.push(("Site", format!("{} ({})", site.server_title, site.base_url)));
    }
    if let Some(account) = &found.account {
        facts.push(("The token is", account.display_name.clone()));
        facts.push(("E-mail address", address(account)));
        facts.push(("Account id", account.account_id.to_string()));
    }
    if let Some(account) = &found.customer_account {
        let name = &account.display_name;
        let who = format!("{name}, {}, {}", address(account), account.account_id);
        facts.push(("The token for making customers is", who));
    }
    let kind = match settings.credentials.kind() {
        TokenKind::Classic => "API token without scopes, at the site",
        TokenKind::Scoped => "API token with scopes, by way of Atlassian's API gateway",
        TokenKind::OAuth => "OAuth 2.0 credentials, by way of Atlassian's API gateway",
    };
    facts.push(("Kind of token", kind.to_owned()));
    facts.push(("Days left", left(settings.token_expires, today)));
    if let Some(second) = &settings.customer_token {
        let left = left(second.expires, today);
        facts.push(("Days left of the token for making customers", left));
    }
    facts
}

fn address(account: &Account) -> String {
    let told = account.email_address.clone().filter(|it| !it.is_empty());
    told.unwrap_or_else(|| "Atlassian does not tell".to_owned())
}

fn left(expires: Option<Date>, today: Date) -> String {
    let days = expires.map(|on| days_left(on, today).max(0));
    days.map_or_else(|| "not known".to_owned(), |days| days.to_string())
}

fn notices(found: &Examination, settings: &AtlassianSettings, today: Date) -> Vec<String> {
    let second = settings.customer_token.as_ref();
    let second = second.and_then(|second| token_end(Token::Customer, second.expires, today));
    let excess = found.excess;
    let excess = excess.map(|excess| sentences(&format!("{excess}. {}", excess.remedy())));
    let first = token_end(Token::Service, settings.token_expires, today);
    first.into_iter().chain(second).chain(excess).collect()
}

/// Errors begin small; what stands for itself does not.
fn sentences(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// What is to be said of a token's end, if anything.
fn token_end(token: Token, expires: Option<Date>, today: Date) -> Option<String> {
    let name = match token {
        Token::Service => "the token",
        Token::Customer => "the token for making customers",
    };
    let told = end_of(name, expires, today);
    told.map(|told| sentences(&told))
}

fn end_of(name: &str, expires: Option<Date>, today: Date) -> Option<String> {
    let Some(on) = expires else {
        return Some(format!(
            "when {name} ends is not set, and Atlassian does not tell: enter the date that Atlassian showed when it was made, so that you are warned in time."
        ));
    };
    let make_another = "Make another one at Atlassian, and enter it and its date.";
    match days_left(on, today) {
        days if days > WARN_DAYS => None,
        1 => Some(format!("{name} ends tomorrow. {make_another}")),
        days if days > 0 => Some(format!("{name} ends in {days} days. {make_another}")),
        _ => Some(format!(
            "by its date {name} has ended. {make_another} If it still works, the date is wrong."
        )),
    }
}

fn line(found: &PermissionFinding) -> PermissionLine {
    let needed = found.needed;
    PermissionLine {
        name: needed.name(),
        token: match found.token {
            Token::Service => "the first one",
            Token::Customer => "the one for making customers",
        },
        scope: if Needed::GLOBAL.contains(&needed) {
            "everywhere"
        } else {
            "in each service project"
        },
        held: match found.held {
            Held::Yes => "has it",
            Held::No => "lacks it",
            Held::Unknown => "could not be told",
        },
        is_lacking: found.held == Held::No,
        effect: needed.effect(),
        remedy: (found.held == Held::No).then(|| remedy(found)),
    }
}

fn remedy(found: &PermissionFinding) -> String {
    let remedy = found.remedy().to_owned();
    if found.lacking_in.is_empty() {
        return remedy;
    }
    let named = found.lacking_in.iter().take(MOST_NAMED);
    let mut projects = named.map(ProjectKey::as_str).collect::<Vec<_>>().join(", ");
    if let Some(more @ 1..) = found.lacking_in.len().checked_sub(MOST_NAMED) {
        projects = format!("{projects} and {more} more");
    }
    format!("{remedy} It is lacking in {projects}.")
}

#[get("/admin/account/test")]
fn ready(
    administrator: Administrator<'_>,
    layout: Layout,
    account: &Room<ServiceAccount>,
) -> AccountTestPage {
    AccountTestPage {
        layout: Frame::new(&administrator, layout, Place::Account),
        is_set: account.0.is_some(),
        report: None,
    }
}

#[post("/admin/account/test", data = "<_posted>")]
async fn test(
    administrator: Administrator<'_>,
    _posted: Posted,
    layout: Layout,
    account: &Room<ServiceAccount>,
    editor: &Room<Editor>,
    login: &Room<Login>,
) -> AccountTestPage {
    let settings = editor.settings().atlassian.as_ref();
    let today = login.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let report = match account.0.as_ref().zip(settings) {
        Some((jsm, settings)) => Some(AccountReport::ask(jsm, settings, today).await),
        None => None,
    };
    AccountTestPage {
        layout: Frame::new(&administrator, layout, Place::Account),
        is_set: account.0.is_some(),
        report,
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![ready, test]
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_end_of_a_token_is_told_in_time() {
        let today = date(2026, 11, 1);
        for (expires, expected) in [
            (None, Some("is not set")),
            (Some(date(2027, 6, 30)), None),
            (Some(date(2026, 11, 2)), Some("ends tomorrow")),
            (Some(date(2026, 11, 3)), Some("ends in 2 days")),
            (Some(date(2026, 11, 1)), Some("has ended")),
            (Some(date(2026, 1, 1)), Some("has ended")),
        ] {
            let told = token_end(Token::Service, expires, today);
            assert_eq!(told.is_some(), expected.is_some(), "{expires:?}");
            assert!(
                told.unwrap_or_default()
                    .contains(expected.unwrap_or_default())
            );
        }
    }

    #[test]
    fn projects_that_lack_a_permission_are_named_and_bounded() {
        let key = |number: usize| format!("P{number}").parse().unwrap();
        let found = PermissionFinding {
            needed: Needed::Agent,
            token: Token::Service,
            held: Held::No,
            lacking_in: (0..12).map(key).collect(),
        };
        let remedy = line(&found).remedy.unwrap();
        assert!(
            remedy.ends_with("It is lacking in P0, P1, P2, P3, P4, P5, P6, P7, P8, P9 and 2 more.")
        );
    }
}
