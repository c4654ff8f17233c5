//! All that the site remembers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::accounts::{Account, AccountType, Organization};
use super::burst::Burst;
use super::config::AtlassianConfig;
use super::customer_service::CustomerService;
use super::desks::{Access, ServiceDesk};
use super::failures::Failure;
use super::operation::{Operation, Permission, Token};
use super::sso::{HandOver, PortalSession, ServiceProvider};
use crate::http::Asked;
use crate::random;

/// The site's memory.
#[derive(Debug)]
pub(super) struct State {
    pub(super) email: String,
    pub(super) api_token: String,
    pub(super) customer_email: String,
    pub(super) customer_token: String,
    pub(super) client_id: String,
    pub(super) client_secret: String,
    /// The access tokens that are good.
    pub(super) access_tokens: BTreeSet<String>,
    pub(super) cloud_id: String,
    pub(super) page_cap: usize,
    pub(super) desks: Vec<ServiceDesk>,
    pub(super) accounts: Vec<Account>,
    /// Atlassian accounts that this site has never seen.
    pub(super) elsewhere: Vec<Account>,
    /// Service desk id → account ids.
    pub(super) members: BTreeMap<u64, BTreeSet<String>>,
    pub(super) organizations: Vec<Organization>,
    /// The id of the organization that was made last: none is given twice.
    pub(super) last_organization: u64,
    /// Addresses and service desk ids of those who were sent an invitation.
    pub(super) invitations: Vec<(String, u64)>,
    pub(super) customer_service: CustomerService,
    pub(super) burst: Burst,
    pub(super) switches: Switches,
    pub(super) failures: Vec<(Operation, Failure)>,
    pub(super) service_providers: Vec<ServiceProvider>,
    pub(super) hand_overs: Vec<HandOver>,
    /// Value of a session cookie → who.
    pub(super) sessions: HashMap<String, PortalSession>,
}

/// What a test has switched.
#[derive(Debug, Default)]
pub(super) struct Switches {
    pub(super) unavailable: bool,
    /// How many calls of a visit are still answered, and whether the next one is done although its answer gets lost. All of them, when there is none.
    pub(super) answered: Option<(usize, bool)>,
    /// The tokens that have ended.
    pub(super) expired: BTreeSet<Token>,
    /// Those that are scoped ones.
    pub(super) scoped: BTreeSet<Token>,
    pub(super) blind: bool,
    /// What an account lacks.
    pub(super) revoked: BTreeSet<(Token, Permission)>,
}

impl Switches {
    fn broken_now(&mut self) -> Option<Failure> {
        let (left, done) = self.answered?;
        if left > 0 {
            self.answered = Some((left - 1, done));
            return None;
        }
        self.answered = Some((0, false));
        let failure = Failure::status(500);
        Some(if done {
            failure.after_doing_it()
        } else {
            failure
        })
    }

    /// How a call fails once no more are answered.
    pub(super) fn broken(&mut self, operation: Operation) -> Option<Failure> {
        let only_reads_desks = matches!(
            operation,
            Operation::ListDesks
                | Operation::GetDesk
                | Operation::ListRequestTypes
                | Operation::ListRequestTypeGroups
        );
        if only_reads_desks || !operation.is_rest() {
            return None;
        }
        self.broken_now()
    }

    /// The second account is a Jira administrator, and nothing else.
    fn new() -> Self {
        let others = [
            Permission::BrowseUsers,
            Permission::AdministerDesks,
            Permission::Agent,
        ];
        Self {
            revoked: others.map(|one| (Token::Customer, one)).into(),
            ..Self::default()
        }
    }
}

impl State {
    pub(super) fn new(config: AtlassianConfig) -> Self {
        Self {
            email: config.email,
            api_token: config.api_token,
            customer_email: config.customer_email,
            customer_token: config.customer_token,
            client_id: config.client_id,
            client_secret: config.client_secret,
            access_tokens: BTreeSet::new(),
            cloud_id: config.cloud_id,
            page_cap: config.page_cap,
            desks: config.desks,
            accounts: config.accounts,
            elsewhere: Vec::new(),
            members: BTreeMap::new(),
            organizations: Vec::new(),
            last_organization: 0,
            invitations: Vec::new(),
            customer_service: CustomerService::default(),
            burst: Burst::default(),
            switches: Switches::new(),
            failures: Vec::new(),
            service_providers: vec![ServiceProvider::portal()],
            hand_overs: Vec::new(),
            sessions: HashMap::new(),
        }
    }

    pub(super) fn by_email(&self, email: &str) -> Option<&Account> {
        let mut accounts = self.accounts.iter();
        accounts.find(|account| account.email.eq_ignore_ascii_case(email))
    }

    pub(super) fn by_id(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    pub(super) fn forget_account(&mut self, email: &str) {
        let Some(id) = self.by_email(email).map(|account| account.id.clone()) else {
            return;
        };
        self.accounts.retain(|account| account.id != id);
        self.members.values_mut().for_each(|members| {
            members.remove(&id);
        });
        self.organizations.iter_mut().for_each(|known| {
            known.members.remove(&id);
        });
        self.customer_service.details.remove(&id);
    }

    pub(super) fn members_of(&self, desk: u64) -> BTreeSet<String> {
        self.members.get(&desk).cloned().unwrap_or_default()
    }

    /// Whose token a request shows, whether it is still good or not.
    pub(super) fn token_of(&self, asked: &Asked) -> Option<Token> {
        let header = asked.header("Authorization")?;
        if let Some(bearer) = header.strip_prefix("Bearer ") {
            return self
                .access_tokens
                .contains(bearer)
                .then_some(Token::Service);
        }
        let shown = STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
        let known = [
            (Token::Service, &self.email, &self.api_token),
            (Token::Customer, &self.customer_email, &self.customer_token),
        ];
        let is_shown = |(_, email, token): &(Token, &String, &String)| {
            shown == format!("{email}:{token}").as_bytes()
        };
        known.into_iter().find(is_shown).map(|(token, ..)| token)
    }

    pub(super) fn may(&self, token: Token, permission: Permission) -> bool {
        !self.switches.revoked.contains(&(token, permission))
    }

    /// Whether somebody, or nobody, may open a portal.
    pub(super) fn admits(&self, desk: &ServiceDesk, account: Option<&Account>) -> bool {
        match (desk.access, account) {
            (Access::Open, _) | (Access::Customers, Some(_)) => true,
            (Access::Customers | Access::Added, None) => false,
            (Access::Added, Some(account)) => {
                let through = |known: &Organization| {
                    known.desks.contains(&desk.id) && known.members.contains(&account.id)
                };
                account.kind == AccountType::Atlassian
                    || self.members_of(desk.id).contains(&account.id)
                    || self.organizations.iter().any(through)
            }
        }
    }

    /// The id of the organization of this name, made when there is none.
    pub(super) fn organization_named(&mut self, name: &str) -> u64 {
        if let Some(known) = self.organizations.iter().find(|known| known.name == name) {
            return known.id;
        }
        self.last_organization += 1;
        let id = self.last_organization;
        self.organizations.push(Organization {
            id,
            uuid: random::uuid(),
            name: name.to_owned(),
            scim_managed: false,
            members: BTreeSet::new(),
            desks: BTreeSet::new(),
        });
        id
    }

    /// The first failure that waits for this operation.
    pub(super) fn next_failure(&mut self, operation: Operation) -> Option<Failure> {
        let waiting = self.failures.iter();
        let place = waiting
            .map(|(waits, _)| *waits)
            .position(|o| o == operation)?;
        Some(self.failures.remove(place).1)
    }
}
