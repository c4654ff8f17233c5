//! The first step: the customer of an identity, made or found, and never two for one person.
//!
//! That one is about to be made is kept before the call. So when the process dies or the answer is lost in between, the next try, which meets a taken
//! address, knows that the customer is new; whether Jira had them before cannot be told then, so that their organizations are not taken to be of our giving.

use std::time::Duration;

use crate::audit::EventName;
use crate::jsm::{AccountId, AccountType, Creation, Jsm, JsmError, Lookup};
use crate::store::{Key, StoreError};

use super::AdmissionError;
use super::carry_out::Run;
use super::customer::{Customer, IdentityKey};
use super::first_time::Leave;
use super::person::PersonId;

/// How long it is remembered that a customer was about to be made.
const BEGUN: Duration = Duration::from_hours(24 * 7);

/// When the making of a customer began whose end is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begun {
    /// In this run.
    Now,
    /// In an earlier one of the same identity.
    Before,
    /// In one of another identity with the same address.
    ByAnother,
}

impl Run<'_> {
    /// The customer of the identity.
    pub(super) async fn become_customer(
        &self,
        jsm: &Jsm,
        leave: &Leave,
    ) -> Result<Customer, AdmissionError> {
        if !leave.create {
            return self.find_or(jsm, AdmissionError::NotCreated).await;
        }
        if leave.counts
            && let Some(too_many) = self.too_many().await?
        {
            return self.find_among_too_many(jsm, too_many).await;
        }
        let begun = self.begin_to_make().await?;
        let (email, name) = (self.identity.email.as_str(), &self.identity.display_name);
        let found = match jsm.create_customer(email, name, self.deadline).await {
            Ok(Creation::Created {
                account_id,
                account_type,
            }) => return self.created(jsm, account_id, account_type).await,
            Err(error) if error.may_have_worked() => {
                let found = self.find_after_doubt(jsm, error).await?;
                return Ok(Customer { new: true, ..found });
            }
            Ok(Creation::Taken) => {
                self.not_made(begun).await?;
                self.find_taken(jsm).await?
            }
            Err(error) => {
                self.not_made(begun).await?;
                return Err(error.into());
            }
        };
        Ok(Customer {
            new: begun == Begun::Before,
            ..found
        })
    }

    /// Notes that a customer is about to be made.
    async fn begin_to_make(&self) -> Result<Begun, StoreError> {
        let (vault, key) = (&self.admission.vault, self.begun());
        let who = IdentityKey::from(self.identity);
        if vault.put_if_absent(&key, &who, Some(BEGUN)).await? {
            return Ok(Begun::Now);
        }
        let by_us = vault.get::<IdentityKey>(&key).await? == Some(who);
        Ok(if by_us {
            Begun::Before
        } else {
            Begun::ByAnother
        })
    }

    /// Atlassian has said that it made nobody: whom the next try meets was there before, unless an earlier one is in doubt.
    async fn not_made(&self, begun: Begun) -> Result<(), AdmissionError> {
        match begun {
            Begun::Now => {
                let (admission, rules) = (self.admission, self.cause.rules());
                admission.was_none(self.identity, rules).await?;
                self.made().await
            }
            Begun::Before | Begun::ByAnother => Ok(()),
        }
    }

    /// The customer is in the record: nothing has to be remembered of its making.
    pub(super) async fn made(&self) -> Result<(), AdmissionError> {
        self.admission.vault.remove(&self.begun()).await?;
        Ok(())
    }

    fn begun(&self) -> Key {
        let id = PersonId::of(&self.admission.vault, &self.identity.email);
        Key::customer_begun(id.as_str())
    }

    async fn find(&self, jsm: &Jsm) -> Result<Lookup, JsmError> {
        let (email, desk) = (
            self.identity.email.as_str(),
            self.destination.service_desk(),
        );
        jsm.find_by_address(email, desk, self.deadline).await
    }

    async fn created(
        &self,
        jsm: &Jsm,
        account_id: AccountId,
        account_type: AccountType,
    ) -> Result<Customer, AdmissionError> {
        let account_type = match account_type {
            AccountType::Unknown => jsm.account_type(&account_id, self.deadline).await?,
            told => told,
        };
        if account_type != AccountType::Customer {
            return Err(AdmissionError::AtlassianAccount(account_id));
        }
        self.record(EventName::CustomerCreated, &account_id).await?;
        Ok(Customer::made(account_id, &self.identity.display_name))
    }

    /// The address is taken: the account behind it, if it can be told for certain.
    async fn find_taken(&self, jsm: &Jsm) -> Result<Customer, AdmissionError> {
        let nobody = AdmissionError::CannotTell("nobody has exactly this address".to_owned());
        self.find_or(jsm, nobody).await
    }

    /// Counts them among the new customers of this hour; or why there may be no more of these.
    async fn too_many(&self) -> Result<Option<AdmissionError>, AdmissionError> {
        let (admission, rules) = (self.admission, self.cause.rules());
        match admission.within_rate(self.identity, rules).await {
            Ok(()) => Ok(None),
            Err(too_many @ AdmissionError::TooManyNewcomers { .. }) => Ok(Some(too_many)),
            Err(error) => Err(error),
        }
    }

    /// No more may be made in this hour. Whom Jira has comes in all the same.
    async fn find_among_too_many(
        &self,
        jsm: &Jsm,
        too_many: AdmissionError,
    ) -> Result<Customer, AdmissionError> {
        let found = self.find_or(jsm, too_many).await?;
        let begun: Option<IdentityKey> = self.admission.vault.get(&self.begun()).await?;
        let new = begun.is_some_and(|who| who == IdentityKey::from(self.identity));
        Ok(Customer { new, ..found })
    }

    /// The account of the address, or why there is no other way in for somebody without one.
    async fn find_or(
        &self,
        jsm: &Jsm,
        otherwise: AdmissionError,
    ) -> Result<Customer, AdmissionError> {
        match self.find(jsm).await? {
            Lookup::Found {
                account_id,
                account_type,
            } => self.recognise(account_id, account_type).await,
            Lookup::NotFound => Err(otherwise),
            Lookup::CannotTell(why) => Err(AdmissionError::CannotTell(why.to_string())),
        }
    }

    /// A creation whose answer got lost may have worked: look before anything else. Not found, the first error stands.
    async fn find_after_doubt(
        &self,
        jsm: &Jsm,
        first: JsmError,
    ) -> Result<Customer, AdmissionError> {
        match self.find(jsm).await {
            Ok(Lookup::Found {
                account_id,
                account_type,
            }) => self.recognise(account_id, account_type).await,
            Ok(Lookup::NotFound | Lookup::CannotTell(_)) | Err(_) => Err(first.into()),
        }
    }

    async fn recognise(
        &self,
        account_id: AccountId,
        account_type: AccountType,
    ) -> Result<Customer, AdmissionError> {
        match account_type {
            AccountType::Customer => {
                self.record(EventName::CustomerLinked, &account_id).await?;
                Ok(Customer::new(account_id))
            }
            AccountType::Atlassian | AccountType::App => {
                Err(AdmissionError::AtlassianAccount(account_id))
            }
            AccountType::Unknown => Err(AdmissionError::CannotTell(
                "Atlassian does not say what kind of account it is".to_owned(),
            )),
        }
    }
}
