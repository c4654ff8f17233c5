//! The permissions that the service account needs, what each is for, and whether it has them.
//!
//! Where customers are made with a second token, that one's account needs the first of them and no other, and the first account needs all but that one.
//!
//! Two hold for the whole site; two are asked for in each service project, since an account may have them in one and not in another.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::call::Call;
use super::client::Jsm;
use super::deadline::Deadline;
use super::error::JsmError;
use super::ids::ProjectKey;

/// A permission that something needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needed {
    /// Makes customers.
    AdministerJira,
    /// Tells whether an address has an account.
    BrowseUsers,
    /// Adds customers to a service desk.
    AdministerProjects,
    /// Puts customers into organizations.
    Agent,
}

/// Which of two tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// The service account's.
    Service,
    /// The one that makes customers.
    Customer,
}

/// Whether the account has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It has.
    Yes,
    /// It lacks it.
    No,
    /// Jira did not tell.
    Unknown,
}

impl Needed {
    /// For the whole site.
    pub const GLOBAL: [Self; 2] = [Self::AdministerJira, Self::BrowseUsers];

    /// In each service project.
    pub const IN_PROJECTS: [Self; 2] = [Self::AdministerProjects, Self::Agent];

    /// Jira's key.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::AdministerJira => "ADMINISTER",
            Self::BrowseUsers => "USER_PICKER",
            Self::AdministerProjects => "ADMINISTER_PROJECTS",
            Self::Agent => "SERVICEDESK_AGENT",
        }
    }

    /// What Jira's pages call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AdministerJira => "Administer Jira",
            Self::BrowseUsers => "Browse users and groups",
            Self::AdministerProjects => "Administer Projects",
            Self::Agent => "Service Project Agent",
        }
    }

    /// What does not work without it.
    #[must_use]
    pub fn effect(self) -> &'static str {
        match self {
            Self::AdministerJira => "Without it no customer can be created: nobody new comes in.",
            Self::BrowseUsers => {
                "Without it nobody can tell whether an address has an account already: nobody new comes in."
            }
            Self::AdministerProjects => {
                "Without it customers may not be added to the service desk, and then do not see its portal where it is not open to all."
            }
            Self::Agent => {
                "Without it customers cannot be put into organizations, nor taken out of them."
            }
        }
    }

    /// Where it is given to the service account.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self {
            Self::AdministerJira => {
                "Make the service account a Jira administrator: Settings, System, Global permissions, \"Administer Jira\"."
            }
            Self::BrowseUsers => {
                "Give the service account's group \"Browse users and groups\": Settings, System, Global permissions."
            }
            Self::AdministerProjects => {
                "Give the service account the role Administrators in the service project: Project settings, People."
            }
            Self::Agent => {
                "Give the service account access to Jira Service Management as an agent, and the role Service Desk Team in the service project: Project settings, People."
            }
        }
    }
}

/// One permission, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionFinding {
    /// Which.
    pub needed: Needed,
    /// Whose token needs it.
    pub token: Token,
    /// Whether it is there: in all the projects that were asked, where it is one of projects.
    pub held: Held,
    /// The projects where it is not.
    pub lacking_in: Vec<ProjectKey>,
}

impl PermissionFinding {
    /// Where it is given.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self.token {
            Token::Service => self.needed.remedy(),
            Token::Customer => CUSTOMER_REMEDY,
        }
    }

    pub(super) fn global(needed: Needed, held: Held) -> Self {
        Self {
            needed,
            token: Token::Service,
            held,
            lacking_in: Vec::new(),
        }
    }
}

/// The one permission that the second token's account needs.
pub(super) const CUSTOMER_REMEDY: &str = "Make the account of customer_token a Jira administrator: Settings, System, Global permissions, \"Administer Jira\".";

#[derive(Deserialize)]
struct Answer {
    permissions: BTreeMap<String, Permission>,
}

#[derive(Deserialize)]
struct Permission {
    #[serde(rename = "havePermission")]
    held: bool,
}

/// Nothing was told.
pub(super) fn untold(needed: &[Needed]) -> Vec<PermissionFinding> {
    let finding = |&needed: &Needed| PermissionFinding::global(needed, Held::Unknown);
    needed.iter().map(finding).collect()
}

impl Jsm {
    /// Those of the whole site.
    pub(super) async fn global_permissions(
        &self,
        deadline: Deadline,
    ) -> Result<Vec<PermissionFinding>, JsmError> {
        let held = self.held(&Needed::GLOBAL, None, deadline).await?;
        let found = Needed::GLOBAL.into_iter().zip(held);
        Ok(found
            .map(|(needed, held)| PermissionFinding::global(needed, held))
            .collect())
    }

    /// Those of these projects. One that does not tell leaves the others told.
    pub(super) async fn project_permissions<'a>(
        &self,
        projects: impl Iterator<Item = &'a ProjectKey>,
        deadline: Deadline,
    ) -> Vec<PermissionFinding> {
        let mut found = untold(&Needed::IN_PROJECTS);
        let mut told: Vec<Vec<Held>> = vec![Vec::new(); found.len()];
        for project in projects {
            let held = self
                .held(&Needed::IN_PROJECTS, Some(project), deadline)
                .await
                .unwrap_or_else(|_| vec![Held::Unknown; told.len()]);
            for ((finding, told), held) in found.iter_mut().zip(&mut told).zip(held) {
                told.push(held);
                if held == Held::No {
                    finding.lacking_in.push(project.clone());
                }
            }
        }
        for (finding, told) in found.iter_mut().zip(told) {
            finding.held = altogether(&told);
        }
        found
    }

    /// In the order of `needed`.
    pub(super) async fn held(
        &self,
        needed: &[Needed],
        project: Option<&ProjectKey>,
        deadline: Deadline,
    ) -> Result<Vec<Held>, JsmError> {
        let keys: Vec<&str> = needed.iter().map(|needed| needed.key()).collect();
        let call = Call::get("get_my_permissions", "rest/api/3/mypermissions")
            .query("permissions", keys.join(","));
        let call = match project {
            Some(project) => call.query("projectKey", project.as_str()),
            None => call,
        };
        let answer: Answer = self.ask(&call, deadline).await?;
        let held = |key: &&str| match answer.permissions.get(*key) {
            Some(Permission { held: true }) => Held::Yes,
            Some(Permission { held: false }) => Held::No,
            None => Held::Unknown,
        };
        Ok(keys.iter().map(held).collect())
    }
}

fn altogether(told: &[Held]) -> Held {
    if told.contains(&Held::No) {
        Held::No
    } else if told.is_empty() || told.contains(&Held::Unknown) {
        Held::Unknown
    } else {
        Held::Yes
    }
}
