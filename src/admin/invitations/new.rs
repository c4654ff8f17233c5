//! `/admin/invitations/new`: inviting one person, or many at once.

use std::collections::BTreeSet;

use askama::Template;
use askama_web::WebTemplate;
use jiff::SignedDuration;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Responder, Route, get, post, routes};

use crate::admin::{Administrator, Frame, Place, Posted};
use crate::admission::invitations::{
    BadTerms, Invitation, JiraMail, MAX_TOGETHER, MakeError, Terms, USUAL_LIFE, make,
};
use crate::identity::EmailAddress;
use crate::link::Link;
use crate::settings::access::CreateCustomers;
use crate::web::{Layout, Refusal, Visit};

use super::{LIST, Rooms, address, address_of_all, lines, name_of, send};

const PATH: &str = "/admin/invitations/new";

/// The most mistakes among addresses that are named.
const NAMED: usize = 5;

/// The most organizations of rules that are named beside the field.
const SUGGESTED: usize = 20;

/// How long an invitation may hold, in hours.
const LIVES: [(i64, &str); 7] = [
    (1, "1 hour"),
    (24, "1 day"),
    (24 * 3, "3 days"),
    (24 * 7, "7 days"),
    (24 * 14, "14 days"),
    (24 * 30, "30 days"),
    (24 * 90, "90 days"),
];

/// A field, and what is wrong with it.
type Problem = (&'static str, String);

/// The form.
#[derive(Template, WebTemplate)]
#[template(path = "admin/invitations/new.html")]
struct NewPage {
    layout: Frame,
    typed: Typed,
    /// Slug and name of each link.
    links: Vec<(String, String)>,
    /// The organizations that rules name.
    suggested: Vec<String>,
    /// Whether there is an Atlassian site that can be asked for its mail.
    can_mail: bool,
    creates: CreateCustomers,
    problems: Vec<Problem>,
}

impl NewPage {
    fn wrong(&self, field: &str) -> Option<&str> {
        let mut problems = self.problems.iter();
        let first = problems.find(|(name, _)| *name == field)?;
        Some(&first.1)
    }
}

/// What stands in the form.
struct Typed {
    addresses: String,
    link: String,
    organizations: String,
    hours: String,
    jira_mail: bool,
}

impl Typed {
    fn empty(link: &str) -> Self {
        Self {
            addresses: String::new(),
            link: link.to_owned(),
            organizations: String::new(),
            hours: USUAL_LIFE.as_hours().to_string(),
            jira_mail: false,
        }
    }

    fn of(posted: &Posted) -> Self {
        Self {
            addresses: posted.get("addresses").to_owned(),
            link: posted.get("link").to_owned(),
            organizations: posted.get("organizations").to_owned(),
            hours: posted.get("hours").to_owned(),
            jira_mail: posted.has("jira_mail"),
        }
    }

    /// Whom to invite, and to what; or every mistake.
    fn read(&self, links: &[Link]) -> Result<(BTreeSet<EmailAddress>, Terms), Vec<Problem>> {
        let (emails, terms) = (self.emails(), self.terms(links));
        match (emails, terms) {
            (Ok(emails), Ok(terms)) => Ok((emails, terms)),
            (emails, terms) => Err([emails.err(), terms.err()].into_iter().flatten().collect()),
        }
    }

    fn emails(&self) -> Result<BTreeSet<EmailAddress>, Problem> {
        let lines = lines(&self.addresses);
        let wrong = |why: String| Err(("addresses", why));
        let mut bad = lines
            .iter()
            .filter(|line| line.parse::<EmailAddress>().is_err())
            .map(|line| shortened(line));
        let named: Vec<String> = bad.by_ref().take(NAMED).collect();
        match (named.is_empty(), bad.count()) {
            (true, _) => {}
            (false, 0) => return wrong(format!("No e-mail address: {}.", named.join(", "))),
            (false, more) => {
                let named = named.join(", ");
                return wrong(format!("No e-mail addresses: {named}, and {more} more."));
            }
        }
        let emails: BTreeSet<_> = lines.iter().filter_map(|line| line.parse().ok()).collect();
        match emails.len() {
            0 => wrong("Whom do you invite? An address such as ada@customer.example.".to_owned()),
            1..=MAX_TOGETHER => Ok(emails),
            many => wrong(format!("{many} addresses: {MAX_TOGETHER} at once at most.")),
        }
    }

    fn terms(&self, links: &[Link]) -> Result<Terms, Problem> {
        let link = links.iter().find(|link| link.slug.as_str() == self.link);
        let desk = link.and_then(|link| Some((&link.service_desk.as_ref()?.id, &link.slug)));
        let desk = desk.ok_or_else(|| ("link", "Choose the link.".to_owned()))?;
        let organizations = lines(&self.organizations).into_iter().map(str::to_owned);
        // What is no number is out of bounds.
        let life = SignedDuration::from_hours(self.hours.parse::<u16>().unwrap_or(0).into());
        Terms::new(desk, organizations.collect(), life).map_err(|why| {
            let field = match why {
                BadTerms::Life => "hours",
                BadTerms::Organization | BadTerms::TooManyOrganizations => "organizations",
            };
            (field, why.to_string())
        })
    }
}

/// Enough of a line to find it again.
fn shortened(line: &str) -> String {
    line.chars().take(60).collect()
}

/// On to what was made, or the form again.
#[derive(Responder)]
enum Made {
    There(Box<Redirect>),
    Again((Status, Box<NewPage>)),
}

#[get("/admin/invitations/new?<link>")]
fn form(
    administrator: Administrator<'_>,
    link: Option<&str>,
    layout: Layout,
    rooms: Rooms<'_>,
) -> NewPage {
    let layout = Frame::new(&administrator, layout, Place::Invitations);
    page(
        layout,
        rooms,
        Typed::empty(link.unwrap_or_default()),
        Vec::new(),
    )
}

fn page(layout: Frame, rooms: Rooms<'_>, typed: Typed, problems: Vec<Problem>) -> NewPage {
    let settings = rooms.editor.settings();
    let catalogue = rooms.links.current();
    let links = catalogue.links().iter();
    let there = links.filter(|link| link.service_desk.is_some());
    let rules = settings.organizations.iter().map(|rule| &rule.name);
    let names: BTreeSet<&String> = rules.filter(|name| !name.is_empty()).collect();
    NewPage {
        layout,
        typed,
        links: there
            .map(|link| (link.slug.to_string(), name_of(link)))
            .collect(),
        suggested: names.into_iter().take(SUGGESTED).cloned().collect(),
        can_mail: rooms.account.0.is_some(),
        creates: settings.access.create_customers,
        problems,
    }
}

#[post("/admin/invitations/new", data = "<posted>")]
async fn invite(
    administrator: Administrator<'_>,
    posted: Posted,
    visit: Visit,
    layout: Layout,
    rooms: Rooms<'_>,
) -> Result<Made, Refusal> {
    let typed = Typed::of(&posted);
    let problems = match typed.read(rooms.links.current().links()) {
        Err(problems) => problems,
        Ok((emails, terms)) => {
            let by = administrator.actor();
            match made(rooms, &emails, &terms, (&by, &visit), typed.jira_mail).await? {
                Ok(made) => {
                    let there = there(rooms, &administrator, &made);
                    return Ok(Made::There(Box::new(there)));
                }
                Err(full) => vec![("addresses", full)],
            }
        }
    };
    let layout = Frame::new(&administrator, layout, Place::Invitations);
    let page = page(layout, rooms, typed, problems);
    Ok(Made::Again((Status::UnprocessableEntity, Box::new(page))))
}

/// The invitations, with Jira asked for its mails where that was wanted; or why there is no room for them.
async fn made(
    rooms: Rooms<'_>,
    emails: &BTreeSet<EmailAddress>,
    terms: &Terms,
    (by, visit): (&str, &Visit),
    jira_mail: bool,
) -> Result<Result<Vec<Invitation>, String>, Refusal> {
    let mail = if jira_mail {
        JiraMail::Due
    } else {
        JiraMail::NotWanted
    };
    let store = (&**rooms.vault, &**rooms.trail);
    let how = (by, visit.reference.as_str(), mail);
    let made = match make(store, emails, terms, how, rooms.now()).await {
        Ok(made) => made,
        Err(MakeError::Store(error)) => return Err(error.into()),
        Err(full @ MakeError::Full) => return Ok(Err(full.to_string())),
    };
    if jira_mail {
        send::send(rooms, &made).await?;
    }
    Ok(Ok(made))
}

fn there(rooms: Rooms<'_>, administrator: &Administrator<'_>, made: &[Invitation]) -> Redirect {
    let page = match made {
        [only] => address(only, rooms.vault),
        [one, ..] => address_of_all(&one.reference),
        [] => LIST.to_owned(),
    };
    Redirect::to(rooms.notices.telling(administrator, &page, "made"))
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![form, invite]
}
