//! The portal pages: plain, and clear about who is signed in and where.

use std::fmt::Write as _;

use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::accounts::Account;
use super::desks::{Access, ServiceDesk};
use super::sso::{self, PORTAL};
use super::state::State;
use crate::html::{self, escape};
use crate::http::{Answer, Asked};

/// What the pages' header says.
pub(super) const OWNER: &str = "Imitation of an Atlassian site";
const ROOT: &str = "/servicedesk/customer";

/// The one who asks for a page.
struct Visitor<'a> {
    account: Option<&'a Account>,
    asked: &'a Asked,
}

/// A page for people.
pub(super) fn answer(
    state: &mut State,
    base: &str,
    now: Timestamp,
    asked: &Asked,
    path: &[&str],
) -> Answer {
    let page = match path {
        [] => return Answer::redirect(&format!("{ROOT}/portals")),
        ["servicedesk", "customer", page @ ..] | ["helpcenter", _, page @ ..] => page,
        ["atlassian-login"] => return atlassian_login(asked.parameters().text("email")),
        _ => return not_found(),
    };
    match page {
        ["user", "logout"] => return sso::sign_out(state, asked),
        ["user", "login"] => return log_in(state, base, now, asked),
        _ => {}
    }
    match show(state, asked, page) {
        Some(answer) => answer,
        None => sso::ask(state, base, now, PORTAL, &asked.target()),
    }
}

/// The page, or none: somebody has to sign in first.
fn show(state: &State, asked: &Asked, page: &[&str]) -> Option<Answer> {
    let visitor = Visitor {
        account: sso::signed_in(state, asked, PORTAL)
            .and_then(|email| state.by_email(&email))
            .filter(|account| account.active),
        asked,
    };
    match page {
        ["portals"] => portals(state, &visitor),
        ["user", "requests"] => visitor.account.map(|_| requests(&visitor)),
        ["article", id] => visitor.account.map(|_| article(&visitor, id)),
        ["portal", portal, rest @ ..] => {
            let known = state.desks.iter();
            let desk = known
                .into_iter()
                .find(|d| d.portal_id.to_string() == *portal);
            match desk {
                Some(desk) if state.admits(desk, visitor.account) => {
                    Some(in_portal(desk, &visitor, rest))
                }
                Some(desk) => visitor.account.map(|_| no_access(desk, &visitor)),
                None => visitor.account.map(|_| not_found()),
            }
        }
        _ => Some(not_found()),
    }
}

/// `destination` is relative to the customer pages, or to the site.
fn log_in(state: &mut State, base: &str, now: Timestamp, asked: &Asked) -> Answer {
    let parameters = asked.parameters();
    let destination = match parameters.text("destination") {
        "" => format!("{ROOT}/portals"),
        outside if outside.contains("://") || outside.starts_with("//") => {
            format!("{ROOT}/portals")
        }
        absolute if absolute.starts_with('/') => absolute.to_owned(),
        relative => format!("{ROOT}/{relative}"),
    };
    if sso::signed_in(state, asked, PORTAL).is_some() {
        return Answer::redirect(&destination);
    }
    sso::ask(state, base, now, PORTAL, &destination)
}

fn portals(state: &State, visitor: &Visitor<'_>) -> Option<Answer> {
    let open = |desk: &&ServiceDesk| state.admits(desk, visitor.account);
    let shown: Vec<_> = state.desks.iter().filter(open).collect();
    if visitor.account.is_none() && shown.is_empty() {
        return None;
    }
    let mut list = String::from("<ul>");
    for desk in shown {
        let link = link(&format!("portal/{}", desk.portal_id), &desk.name);
        let _ = write!(list, "<li>{link}</li>");
    }
    list.push_str("</ul>");
    Some(visitor.page("portals", "Welcome to the help centre", "", &list))
}

fn in_portal(desk: &ServiceDesk, visitor: &Visitor<'_>, rest: &[&str]) -> Answer {
    match rest {
        [] => visitor.page("portal", &desk.name, &of(desk), &kinds(desk, None)),
        ["group", group] => match group_of(desk, group) {
            Some((id, name)) => {
                let title = format!("{}: {name}", desk.name);
                visitor.page("group", &title, &of(desk), &kinds(desk, Some(id)))
            }
            None => not_found(),
        },
        ["create", kind] => create(desk, visitor, kind),
        ["group", group, "create", kind] if group_of(desk, group).is_some() => {
            create(desk, visitor, kind)
        }
        [key] if belongs(desk, key) => {
            let title = format!("Request {key}");
            let main = "<p>This is where the request and its comments would be.</p>";
            visitor.page("request", &title, &of(desk), main)
        }
        _ => not_found(),
    }
}

/// The form of a request type, filled in with what the query brings.
fn create(desk: &ServiceDesk, visitor: &Visitor<'_>, kind: &str) -> Answer {
    let known = desk.request_types.iter();
    let Some(kind) = known.into_iter().find(|known| known.id.to_string() == kind) else {
        return not_found();
    };
    if visitor.asked.method == "POST" {
        let made = format!("{ROOT}/portal/{}/{}-1", desk.portal_id, desk.key);
        return Answer::redirect(&made);
    }
    let parameters = visitor.asked.parameters();
    let mut main = format!("<p>{}</p><form method=\"post\">", escape(&kind.description));
    let own = ["summary", "description"].into_iter();
    let more = parameters.iter().map(|(name, _)| name);
    for name in own.chain(more.filter(|name| name.starts_with("customfield_"))) {
        let (label, value) = (escape(name), escape(parameters.text(name)));
        let _ = write!(
            main,
            "<label for=\"{label}\">{label}</label><input id=\"{label}\" name=\"{label}\" value=\"{value}\">"
        );
    }
    main.push_str("<button type=\"submit\">Send</button></form>");
    let title = format!("{}: {}", desk.name, kind.name);
    let attributes = format!("{} data-request-type=\"{}\"", of(desk), kind.id);
    visitor.page("create", &title, &attributes, &main)
}

/// Links to the request types, of one group or of all.
fn kinds(desk: &ServiceDesk, group: Option<u64>) -> String {
    let mut list = String::from("<h2>What can we help you with?</h2><ul>");
    for kind in &desk.request_types {
        if group.is_none_or(|group| kind.groups.contains(&group)) {
            let page = format!("portal/{}/create/{}", desk.portal_id, kind.id);
            let _ = write!(list, "<li>{}</li>", link(&page, &kind.name));
        }
    }
    list.push_str("</ul>");
    list
}

fn requests(visitor: &Visitor<'_>) -> Answer {
    visitor.page("requests", "Your requests", "", "<p>No requests yet.</p>")
}

fn article(visitor: &Visitor<'_>, id: &str) -> Answer {
    visitor.page(
        "article",
        &format!("Article {id}"),
        "",
        "<p>Good to know.</p>",
    )
}

fn no_access(desk: &ServiceDesk, visitor: &Visitor<'_>) -> Answer {
    let main = "<p>You don't have access to this portal. Ask its team to add you.</p>";
    let page = visitor.html("no-access", "No access", &of(desk), main);
    Answer::page(403, page)
}

fn group_of<'a>(desk: &'a ServiceDesk, group: &str) -> Option<(u64, &'a str)> {
    let known = desk.groups.iter();
    let (id, name) = known.into_iter().find(|(id, _)| id.to_string() == group)?;
    Some((*id, name))
}

fn belongs(desk: &ServiceDesk, key: &str) -> bool {
    let number = key
        .strip_prefix(&desk.key)
        .and_then(|rest| rest.strip_prefix('-'));
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The attributes that tell which portal a page belongs to.
fn of(desk: &ServiceDesk) -> String {
    let open = if desk.access == Access::Open {
        "yes"
    } else {
        "no"
    };
    format!(
        "data-portal=\"{}\" data-project=\"{}\" data-open=\"{open}\"",
        desk.portal_id,
        escape(&desk.key)
    )
}

fn link(page: &str, text: &str) -> String {
    format!("<a href=\"{ROOT}/{page}\">{}</a>", escape(text))
}

impl Visitor<'_> {
    fn page(&self, name: &str, title: &str, attributes: &str, main: &str) -> Answer {
        Answer::page(200, self.html(name, title, attributes, main))
    }

    fn html(&self, name: &str, title: &str, attributes: &str, main: &str) -> String {
        let target = escape(&self.asked.target());
        let who = self.account.map_or("", |account| &account.email);
        let line = match self.account {
            None => format!("Not signed in. {}", link("user/login", "Log in")),
            Some(account) => format!(
                "Signed in as <strong>{}</strong> ({}). {}",
                escape(&account.display_name),
                escape(who),
                link("user/logout", "Log out")
            ),
        };
        let attributes = format!(
            "data-page=\"{name}\" data-signed-in-as=\"{}\" data-path=\"{target}\" {attributes}",
            escape(who)
        );
        html::page(OWNER, title, &attributes, &format!("<p>{line}</p>{main}"))
    }
}

/// The portal's own login, where nobody else is trusted with it.
pub(super) fn own_login(destination: &str) -> Answer {
    let attributes = format!(
        "data-page=\"portal-login\" data-destination=\"{}\"",
        escape(destination)
    );
    let main = "<p>Enter your email to log in or sign up.</p>\
        <form><label for=\"email\">Email</label><input id=\"email\" name=\"email\" type=\"email\"></form>";
    Answer::page(
        200,
        html::page(OWNER, "Log in to the help centre", &attributes, main),
    )
}

/// Where people with an Atlassian account end up.
pub(super) fn atlassian_login_url(email: &str) -> String {
    let email = utf8_percent_encode(email, NON_ALPHANUMERIC);
    format!("/atlassian-login?email={email}")
}

fn atlassian_login(email: &str) -> Answer {
    let main = format!(
        "<p>{} has an Atlassian account. Log in with its password.</p>",
        escape(email)
    );
    let page = html::page(
        "Imitation of id.atlassian.com",
        "Log in to continue",
        "data-page=\"atlassian-login\"",
        &main,
    );
    Answer::page(200, page)
}

pub(super) fn not_found() -> Answer {
    let main = "<p>This page doesn't exist, or you may not see it.</p>";
    let page = html::page(OWNER, "Not found", "data-page=\"not-found\"", main);
    Answer::page(404, page)
}
