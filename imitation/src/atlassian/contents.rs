//! What a test can see and change of the site's contents: service desks, accounts, organizations.

use std::collections::{BTreeMap, BTreeSet};

use super::{Account, AccountType, Atlassian, Organization, ServiceDesk};

impl Atlassian {
    /// All service desks.
    #[must_use]
    pub fn desks(&self) -> Vec<ServiceDesk> {
        self.site.read(|state| state.desks.clone())
    }

    /// The service desk of this project key.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test names desks that it made")]
    pub fn desk(&self, key: &str) -> ServiceDesk {
        let mut desks = self.desks().into_iter();
        desks
            .find(|desk| desk.key == key)
            .expect("a service desk of this key")
    }

    /// Adds a service desk.
    pub fn add_desk(&self, desk: ServiceDesk) {
        self.site.change(|state| state.desks.push(desk));
    }

    /// Removes a service desk and its memberships.
    pub fn remove_desk(&self, key: &str) {
        self.site
            .change(|state| state.desks.retain(|desk| desk.key != key));
    }

    /// Changes a service desk: its name, its key, who may open it.
    pub fn change_desk(&self, key: &str, change: impl FnOnce(&mut ServiceDesk)) {
        self.site.change(|state| {
            let desk = state.desks.iter_mut().find(|desk| desk.key == key);
            if let Some(desk) = desk {
                change(desk);
            }
        });
    }

    /// All portal-only customers.
    #[must_use]
    pub fn customers(&self) -> Vec<Account> {
        self.accounts()
            .into_iter()
            .filter(|account| account.kind == AccountType::Customer)
            .collect()
    }

    /// All accounts of the site.
    #[must_use]
    pub fn accounts(&self) -> Vec<Account> {
        self.site.read(|state| state.accounts.clone())
    }

    /// The account with this address.
    #[must_use]
    pub fn account(&self, email: &str) -> Option<Account> {
        self.site.read(|state| state.by_email(email).cloned())
    }

    /// Adds an account to the site, as an administrator or somebody else's visit would.
    pub fn add_account(&self, account: Account) {
        self.site.change(|state| state.accounts.push(account));
    }

    /// Adds an Atlassian account that the site has never seen: it comes to light when a customer of its address is created.
    pub fn add_account_elsewhere(&self, account: Account) {
        self.site.change(|state| state.elsewhere.push(account));
    }

    /// Changes the account with this address.
    pub fn change_account(&self, email: &str, change: impl FnOnce(&mut Account)) {
        self.site.change(|state| {
            let same = |account: &&mut Account| account.email.eq_ignore_ascii_case(email);
            if let Some(account) = state.accounts.iter_mut().find(same) {
                change(account);
            }
        });
    }

    /// Removes the account with this address, with all its memberships.
    pub fn remove_account(&self, email: &str) {
        self.site.change(|state| state.forget_account(email));
    }

    /// The account ids of a service desk's customers, by its project key.
    #[must_use]
    pub fn members(&self, key: &str) -> BTreeSet<String> {
        self.site.read(|state| {
            let desk = state.desks.iter().find(|desk| desk.key == key);
            desk.map_or_else(BTreeSet::new, |desk| state.members_of(desk.id))
        })
    }

    /// The addresses of a service desk's customers, by its project key.
    #[must_use]
    pub fn member_emails(&self, key: &str) -> BTreeSet<String> {
        let members = self.members(key);
        let accounts = self.accounts().into_iter();
        accounts
            .filter(|account| members.contains(&account.id))
            .map(|account| account.email)
            .collect()
    }

    /// All organizations.
    #[must_use]
    pub fn organizations(&self) -> Vec<Organization> {
        self.site.read(|state| state.organizations.clone())
    }

    /// The addresses of the members of an organization.
    #[must_use]
    pub fn organization_emails(&self, name: &str) -> BTreeSet<String> {
        self.site.read(|state| {
            let organization = state.organizations.iter().find(|known| known.name == name);
            let members = organization.map(|known| known.members.clone());
            let members = members.unwrap_or_default();
            let accounts = state.accounts.iter();
            accounts
                .filter(|account| members.contains(&account.id))
                .map(|account| account.email.clone())
                .collect()
        })
    }

    /// The names of the organizations that the account with this address is a member of.
    #[must_use]
    pub fn organizations_of(&self, email: &str) -> BTreeSet<String> {
        self.site.read(|state| {
            let Some(account) = state.by_email(email) else {
                return BTreeSet::new();
            };
            let all = state.organizations.iter();
            all.filter(|known| known.members.contains(&account.id))
                .map(|known| known.name.clone())
                .collect()
        })
    }

    /// Makes a detail field of customers; one without options takes any text.
    pub fn add_detail_field(&self, name: &str, options: &[&str]) {
        let options = options.iter().map(|&option| option.to_owned()).collect();
        self.site.change(|state| {
            let fields = &mut state.customer_service.fields;
            fields.insert(name.to_owned(), options);
        });
    }

    /// What stands in the detail fields of the customer with this address.
    #[must_use]
    pub fn details(&self, email: &str) -> BTreeMap<String, Vec<String>> {
        self.site.read(|state| {
            let account = state.by_email(email);
            let details = account.and_then(|known| state.customer_service.details.get(&known.id));
            details.cloned().unwrap_or_default()
        })
    }

    /// Who was sent an invitation by mail, to which service desk (its project key), oldest first.
    #[must_use]
    pub fn invitations(&self) -> Vec<(String, String)> {
        self.site.read(|state| {
            let key = |id| state.desks.iter().find(|desk| desk.id == id);
            let sent = state.invitations.iter();
            sent.filter_map(|(email, desk)| Some((email.clone(), key(*desk)?.key.clone())))
                .collect()
        })
    }

    /// Adds an organization, optionally one whose members a directory manages.
    pub fn add_organization(&self, name: &str, scim_managed: bool) {
        self.site.change(|state| {
            let id = state.organization_named(name);
            for known in &mut state.organizations {
                if known.id == id {
                    known.scim_managed = scim_managed;
                }
            }
        });
    }

    /// Somebody deletes an organization.
    pub fn remove_organization(&self, name: &str) {
        self.site
            .change(|state| state.organizations.retain(|known| known.name != name));
    }

    /// Somebody else makes the account with this address a member of an organization.
    pub fn add_member(&self, organization: &str, email: &str) {
        self.site.change(|state| {
            let account = state.by_email(email).map(|account| account.id.clone());
            let mut all = state.organizations.iter_mut();
            let known = all.find(|known| known.name == organization);
            if let Some((known, account)) = known.zip(account) {
                known.members.insert(account);
            }
        });
    }
}
