//! What the demo prints: how to walk through it, for people and for programs.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use imitation::atlassian::Atlassian;
use imitation::cognito::{Cognito, Person, ready_people};

/// Everything that stands.
pub(crate) struct Town<'a> {
    pub(crate) public_url: &'a str,
    pub(crate) cognito: &'a Cognito,
    pub(crate) atlassian: &'a Atlassian,
    /// Whether there is a second provider.
    pub(crate) partner: bool,
    /// A setup code: where nothing is set up yet, and for programs.
    pub(crate) code: Option<String>,
    /// Where the metrics are.
    pub(crate) metrics: Option<SocketAddr>,
    /// The templates of all addresses that a browser may open.
    pub(crate) pages: BTreeSet<String>,
}

impl Town<'_> {
    /// For people.
    pub(crate) fn guide(&self) -> String {
        let (public_url, atlassian) = (self.public_url, self.atlassian);
        if let Some(code) = &self.code {
            return self.first_hour(code);
        }
        let desks = atlassian.desks();
        let links: Vec<String> = desks
            .iter()
            .map(|desk| {
                format!(
                    "  {public_url}/p/{:<8} {}",
                    desk.key.to_lowercase(),
                    desk.name
                )
            })
            .collect();
        let people: Vec<String> = ready_people()
            .iter()
            .map(|person| {
                format!(
                    "  {:<16} {:<26} {}",
                    person.shown_name(),
                    person.email.as_deref().unwrap_or_default(),
                    person.note
                )
            })
            .collect();
        let deep = desks.first().and_then(|desk| {
            let request_type = desk.request_types.first()?;
            Some(format!(
                "  {public_url}/p/{}/create/{}?summary=It%20does%20not%20start",
                desk.key.to_lowercase(),
                request_type.id
            ))
        });
        format!(
            "\nThe front door is open. Open one of its links in a private window:\n\n{}\n\nA deep link, with a text filled in:\n\n{}\n\nLog in as one of these:\n\n{}\n{}\n\
         Also to look at:\n\n  {public_url}/           the portals one may open\n  {public_url}/me         what the help desk knows\n  {}  the imitation of Cognito\n  {}  the imitation of Atlassian\n  {}  the metrics\n\n\
         Everything is forgotten when you stop it with Ctrl+C.\n",
            links.join("\n"),
            deep.unwrap_or_default(),
            people.join("\n"),
            if self.partner {
                "\nOr choose the partner account, as paula@partner.example or as somebody who only pretends.\n"
            } else {
                ""
            },
            self.cognito.base(),
            atlassian.portal("portals"),
            self.metrics(),
        )
    }

    fn metrics(&self) -> String {
        let address = self.metrics.map(|at| format!("http://{at}/metrics"));
        address.unwrap_or_default()
    }

    /// For programs, on one line.
    pub(crate) fn line_for_programs(&self) -> String {
        let (public_url, cognito, atlassian) = (self.public_url, self.cognito, self.atlassian);
        let link = |key: &str| format!("{public_url}/p/{}", key.to_lowercase());
        let desks: Vec<_> = atlassian
        .desks()
        .iter()
        .map(|desk| {
            let types: Vec<u64> = desk.request_types.iter().map(|one| one.id).collect();
            serde_json::json!({ "key": desk.key, "name": desk.name, "portal_id": desk.portal_id, "request_types": types, "link": link(&desk.key) })
        })
        .collect();
        let links: serde_json::Map<_, _> = atlassian
            .desks()
            .iter()
            .map(|desk| (desk.key.to_lowercase(), link(&desk.key).into()))
            .collect();
        let people: Vec<_> = ready_people().iter().map(person).collect();
        serde_json::json!({
            "front_door": public_url,
            "cognito": cognito.base(),
            "atlassian": atlassian.site(),
            "metrics": self.metrics(),
            "links": links,
            "service_desks": desks,
            "people": people,
            "setup_code": self.code,
            "pages": self.pages,
            "to_type": self.to_type().into_iter().collect::<BTreeMap<_, _>>(),
        })
        .to_string()
    }

    /// What is typed in the first hour, by the names of the fields.
    fn to_type(&self) -> Vec<(&'static str, String)> {
        let (cognito, atlassian) = (self.cognito, self.atlassian);
        vec![
            ("domain", cognito.base()),
            ("issuer", cognito.issuer()),
            ("client_id", cognito.client_id()),
            ("client_secret", cognito.client_secret().unwrap_or_default()),
            ("site", atlassian.site()),
            ("email", atlassian.email()),
            ("api_token", atlassian.api_token()),
            ("entity_id", atlassian.entity_id("portal")),
            ("acs_url", atlassian.acs_url("portal")),
        ]
    }

    fn first_hour(&self, code: &str) -> String {
        let values = self.to_type().into_iter();
        let lines: Vec<String> = values
            .map(|(name, value)| format!("  {name:<14} {value}"))
            .collect();
        format!(
            "\nThe front door knows nothing yet. Set it up in the browser:\n\n  {}/setup   with the code   {code}\n\nWhat you will be asked for:\n\n{}\n\n\
             Choose AWS Cognito, and type the issuer instead of a user pool. Administrators are in the group helpdesk-admins: log in as Grace.\n\n\
             Everything is forgotten when you stop it with Ctrl+C.\n",
            self.public_url,
            lines.join("\n"),
        )
    }
}

fn person(person: &Person) -> serde_json::Value {
    serde_json::json!({ "username": person.username, "name": person.shown_name(), "email": person.email, "note": person.note })
}
