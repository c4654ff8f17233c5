//! Who comes: somebody new, somebody whom Jira had before, and a known customer of whom much has changed.

use std::collections::BTreeSet;
use std::fmt;

use imitation::atlassian::{Account, Failure, Operation};
use imitation::browser::Browser;
use imitation::cognito::Person;
use serde_json::json;

use super::support::Town;

/// What is known of somebody before the visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nobody has heard of them.
    Unknown,
    /// The same, and no rule gives them an organization.
    Guest,
    /// Jira has an account of theirs.
    Found,
    /// The same, and no rule gives them an organization.
    FoundGuest,
    /// They came in before.
    Known,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] = [
        Self::Unknown,
        Self::Guest,
        Self::Found,
        Self::FoundGuest,
        Self::Known,
    ];

    pub(crate) fn was_at_jira(self) -> bool {
        matches!(self, Self::Found | Self::FoundGuest | Self::Known)
    }

    /// Whether a visit of theirs makes this call.
    pub(crate) fn needs(self, call: Operation) -> bool {
        match call {
            // By these rules it is looked first whether Jira has somebody.
            Operation::CreateCustomer => matches!(self, Self::Unknown | Self::Guest),
            Operation::AddCustomers | Operation::SearchUsers => self != Self::Known,
            Operation::ListCustomers | Operation::GetUser => {
                matches!(self, Self::Found | Self::FoundGuest)
            }
            Operation::CreateOrganization | Operation::AddMembers => self != Self::FoundGuest,
            Operation::ListOrganizations => !self.is_guest(),
            Operation::GetOrganization | Operation::RemoveMembers => self == Self::Known,
            Operation::SetCustomerName => self.was_at_jira(),
            _ => true,
        }
    }

    fn is_guest(self) -> bool {
        matches!(self, Self::Guest | Self::FoundGuest)
    }
}

/// Somebody who comes.
pub(crate) struct Visitor {
    kind: Kind,
    pub(crate) username: String,
    pub(crate) email: String,
    company: String,
}

/// What is to be seen of somebody at Jira.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AtJira {
    accounts: usize,
    customer_of_the_desk: bool,
    organizations: BTreeSet<String>,
    name: String,
    region: Vec<String>,
    /// Whether somebody was put anywhere who did not come.
    others: bool,
}

impl fmt::Display for AtJira {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} account(s), desk: {}, organizations: {:?}, {} of {:?}{}",
            self.accounts,
            self.customer_of_the_desk,
            self.organizations,
            self.name,
            self.region,
            if self.others { ", AND OTHERS" } else { "" }
        )
    }
}

impl Visitor {
    pub(crate) fn new(kind: Kind, n: usize) -> Self {
        let username = format!("visitor-{n}");
        let domain = if kind.is_guest() {
            "customer.example"
        } else {
            "acme.example"
        };
        Self {
            kind,
            email: format!("{username}@{domain}"),
            username,
            company: format!("Company {n}"),
        }
    }

    /// All that goes before the visit.
    pub(crate) async fn arrange(&self, town: &Town, call: Operation) {
        let person = Person::new(&self.username, "Old", "Name", &self.email);
        let (mut person, old) = (person.with_custom("region", "EU"), "Before ");
        if !self.kind.is_guest() {
            person = person.in_groups(&["staff"]);
            let before = format!("{old}{}", self.company);
            person.custom.insert("company".to_owned(), before);
        }
        town.cognito.add_person(person);
        if self.kind.was_at_jira() && self.kind != Kind::Known {
            let account = Account::customer(&self.email, "Somebody");
            town.atlassian.add_account(account);
        }
        if self.kind == Kind::Known {
            town.arrive(&Browser::new(), "/p/help", &self.username)
                .await;
        }
        town.cognito.change_person(&self.username, |person| {
            person.name = Some("New Name".to_owned());
            person.given_name = Some("New".to_owned());
            person.custom.insert("region".to_owned(), "US".to_owned());
            if !self.kind.is_guest() {
                person.groups = vec!["partners".to_owned()];
                let company = ("company".to_owned(), self.company.clone());
                person.custom.extend([company]);
            }
        });
        self.lead_to(town, call);
    }

    /// The claims give nothing any more but what the address gives.
    pub(crate) fn loses_everything(&self, town: &Town) {
        town.cognito.change_person(&self.username, |person| {
            person.groups.clear();
            person.custom.remove("company");
        });
    }

    /// Makes the visit need calls that it otherwise would not.
    fn lead_to(&self, town: &Town, call: Operation) {
        let account = town.atlassian.account(&self.email).map(|one| one.id);
        let Some(id) = account.filter(|_| self.kind != Kind::Known) else {
            return;
        };
        let found = match call {
            Operation::ListCustomers => json!([]),
            Operation::GetUser => {
                let id = id.replace("qm:", "");
                town.atlassian
                    .change_account(&self.email, |account| account.id.clone_from(&id));
                json!([{ "accountId": id, "emailAddress": self.email }])
            }
            _ => return,
        };
        // The look before, and the one behind the attempt to make them.
        let answer = Failure::text(&found.to_string());
        town.atlassian
            .fail_times(Operation::SearchUsers, 2, &answer);
    }

    /// What is at Jira.
    pub(crate) fn at_jira(&self, town: &Town) -> AtJira {
        let accounts = town.atlassian.accounts();
        let theirs: Vec<_> = accounts
            .iter()
            .filter(|account| account.email == self.email)
            .collect();
        let eve = "eve@evil.test";
        let others = town.atlassian.member_emails("HELP").contains(eve)
            || !town.atlassian.organizations_of(eve).is_empty()
            || !town.atlassian.organization_emails("Evil").is_empty();
        let mut details = town.atlassian.details(&self.email);
        AtJira {
            accounts: theirs.len(),
            customer_of_the_desk: town.atlassian.member_emails("HELP").contains(&self.email),
            organizations: town.atlassian.organizations_of(&self.email),
            name: theirs[0].display_name.clone(),
            region: details.remove("Region").unwrap_or_default(),
            others,
        }
    }

    /// What there should be.
    pub(crate) fn wanted(&self, call: Operation) -> AtJira {
        let organizations: &[&str] = match self.kind {
            Kind::Guest => &["Guests"],
            Kind::FoundGuest => &[],
            _ => &["Acme", "Partners", &self.company],
        };
        // Only who is a portal-only customer by the id has a name and details that can be changed.
        let told =
            !(call == Operation::GetUser && matches!(self.kind, Kind::Found | Kind::FoundGuest));
        let (name, region) = if told {
            ("New Name", vec!["US".to_owned()])
        } else {
            ("Somebody", Vec::new())
        };
        AtJira {
            accounts: 1,
            customer_of_the_desk: true,
            organizations: organizations.iter().map(ToString::to_string).collect(),
            name: name.to_owned(),
            region,
            others: false,
        }
    }
}
