//! The first step: the customer of an identity, made or found, and never two for one person.
//!
//! That one is about to be made is kept before the call. So when the process dies or the answer is lost in between, the next try, which finds an account,
//! knows whether it is a new one: where that matters it was looked before, and whom the same look did not show then is new. Whoever else is found counts
//! as somebody whom Jira had. The audit trail must not lack anybody who was made: it says of both that they were, and of the second that this is in doubt.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::audit::EventName;
use crate::jsm::{AccountId, AccountType, Creation, Jsm, JsmError, Lookup};
use crate::store::{Key, StoreError};

use super::AdmissionError;
use super::customer::{Conflict, Customer, IdentityKey};
use super::first_time::Leave;
use super::person::PersonId;
use super::run::Run;

/// How long it is remembered that a customer was about to be made.
const BEGUN: Duration = Duration::from_hours(24 * 7);

/// That a customer is about to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Begun {
    /// For whom.
    who: IdentityKey,
    /// Whether it was looked before, and nobody was seen.
    unseen: bool,
}

/// How far the making of a customer had got before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// It begins now.
    Nothing,
    /// One is in doubt.
    Doubt {
        /// For the same identity.
        same: bool,
        /// It was looked before, for the same identity, and nobody was seen.
        unseen: bool,
    },
}

impl Before {
    /// Somebody who was found then.
    fn finds(self, found: Customer) -> Customer {
        let new = matches!(self, Self::Doubt { unseen: true, .. });
        Customer { new, ..found }
    }

    /// What the trail is told of somebody who is found then: the try before may have ended between the making and its record.
    fn found_as(self) -> FoundAs {
        match self {
            Self::Doubt { unseen: true, .. } => FoundAs::Made,
            Self::Doubt { same: true, .. } => FoundAs::PerhapsMade,
            Self::Doubt { .. } | Self::Nothing => FoundAs::Known,
        }
    }
}

/// Where an account comes from that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FoundAs {
    /// Jira had it.
    Known,
    /// It was made for this identity.
    Made,
    /// It was about to be made for this identity, and Jira may have had it all the same.
    PerhapsMade,
}

/// Why nobody became a customer, and whether one may have been made all the same.
struct Failed {
    error: AdmissionError,
    in_doubt: bool,
}

impl Failed {
    fn in_doubt(error: AdmissionError) -> Self {
        Self {
            error,
            in_doubt: true,
        }
    }
}

impl<E: Into<AdmissionError>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self {
            error: error.into(),
            in_doubt: false,
        }
    }
}

impl Run<'_> {
    /// Makes the identity a customer, and keeps the record of it. Whoever is refused leaves nothing behind.
    pub(super) async fn become_customer(
        &mut self,
        jsm: &Jsm,
        leave: &Leave,
    ) -> Result<Customer, AdmissionError> {
        let is_claimed_now = self.records.claim().await?;
        let before = self.doubt().await?;
        let made = match self.note_begun(before, false).await {
            Ok(()) => self.make_or_find(jsm, leave, before).await,
            Err(error) => Err(error),
        };
        match made {
            Ok(customer) => Ok(customer),
            Err(Failed { error, in_doubt }) => {
                if before == Before::Nothing && !in_doubt {
                    self.is_no_newcomer(before).await?;
                    self.made().await?;
                    if is_claimed_now {
                        self.records.claim_no_more().await?;
                    }
                }
                Err(error)
            }
        }
    }

    async fn make_or_find(
        &mut self,
        jsm: &Jsm,
        leave: &Leave,
        before: Before,
    ) -> Result<Customer, Failed> {
        if !leave.create {
            return Ok(self
                .find_or(jsm, before, AdmissionError::NotCreated)
                .await?);
        }
        if leave.counts
            && let Some(too_many) = self.too_many().await?
        {
            // Whom Jira has comes in all the same.
            let found = self.find_or(jsm, before, too_many).await?;
            return Ok(before.finds(found));
        }
        let looks = self.is_looked_for_first();
        if looks {
            if let Some(found) = self.look_first(jsm, before).await? {
                self.is_no_newcomer(before).await?;
                return Ok(found);
            }
            self.note_begun(before, true).await?;
        }
        let (email, name) = (self.identity.email.as_str(), &self.identity.display_name);
        match jsm.create_customer(email, name, self.deadline).await {
            Ok(Creation::Created {
                account_id,
                account_type,
            }) => {
                let created = self.created(jsm, account_id, account_type).await;
                created.map_err(Failed::in_doubt)
            }
            Ok(Creation::Taken) => {
                self.is_no_newcomer(before).await?;
                Ok(self.find_taken(jsm, before).await?)
            }
            Err(error) if error.may_have_worked() => {
                let found = self.find_after_doubt(jsm, error, before, looks).await;
                found.map_err(Failed::in_doubt)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether it is looked first whether Jira has somebody: where whom it had before has to be asked about, the attempt to make them, which says that the
    /// address is taken, would be one call more than a first visit may cost; and where new customers are treated otherwise, it must be known who is new.
    /// Everybody else is made at once, which costs those least whom Jira does not have.
    fn is_looked_for_first(&self) -> bool {
        self.would_ask_for_organizations() || self.admission.tells_new_apart()
    }

    /// Whom one look shows.
    async fn look_first(
        &self,
        jsm: &Jsm,
        before: Before,
    ) -> Result<Option<Customer>, AdmissionError> {
        let email = self.identity.email.as_str();
        let (account_id, account_type) = match jsm.glance_by_address(email, self.deadline).await {
            Ok(Some(seen)) => seen,
            Err(error) if error.passes() => return Err(error.into()),
            // Making them says more.
            Ok(None) | Err(_) => return Ok(None),
        };
        let found = self
            .recognise(account_id, account_type, before.found_as())
            .await?;
        Ok(Some(before.finds(found)))
    }

    /// Whether the making of this customer began before, and its end is not known.
    async fn doubt(&self) -> Result<Before, StoreError> {
        let begun: Option<Begun> = self.admission.vault.get(&self.begun()).await?;
        let who = IdentityKey::from(self.identity);
        Ok(match begun {
            Some(begun) => {
                let same = begun.who == who;
                Before::Doubt {
                    same,
                    unseen: begun.unseen && same,
                }
            }
            None => Before::Nothing,
        })
    }

    /// Notes that a customer is about to be made, and looks once more whether the identity is still at this address: of two visits with two addresses at
    /// least one sees the other.
    async fn note_begun(&self, before: Before, unseen: bool) -> Result<(), Failed> {
        if before == Before::Nothing {
            let who = IdentityKey::from(self.identity);
            let begun = Begun { who, unseen };
            let vault = &self.admission.vault;
            vault.put(&self.begun(), &begun, Some(BEGUN)).await?;
        }
        if !self.records.is_claimed().await? {
            Err(AdmissionError::from(Conflict::AnotherAddress))?;
        }
        Ok(())
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
        &mut self,
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
        self.has_made = true;
        Ok(Customer::made(account_id, &self.identity.display_name))
    }

    /// The address is taken: the account behind it, if it can be told for certain.
    async fn find_taken(&self, jsm: &Jsm, before: Before) -> Result<Customer, AdmissionError> {
        let nobody = AdmissionError::CannotTell("nobody has exactly this address".to_owned());
        self.find_or(jsm, before, nobody).await
    }

    /// The account of the address, or why there is no other way in for somebody without one.
    async fn find_or(
        &self,
        jsm: &Jsm,
        before: Before,
        otherwise: AdmissionError,
    ) -> Result<Customer, AdmissionError> {
        match self.find(jsm).await? {
            Lookup::Found {
                account_id,
                account_type,
            } => {
                self.recognise(account_id, account_type, before.found_as())
                    .await
            }
            Lookup::NotFound => Err(otherwise),
            Lookup::CannotTell(why) => Err(AdmissionError::CannotTell(why.to_string())),
        }
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

    /// Who was counted has an account already, or could not be made; unless an earlier try may have made them.
    async fn is_no_newcomer(&self, before: Before) -> Result<(), StoreError> {
        if before != Before::Nothing {
            return Ok(());
        }
        let (admission, rules) = (self.admission, self.cause.rules());
        admission.was_none(self.identity, rules).await
    }

    /// A creation whose answer got lost may have worked: look before anything else. Not found, the first error stands.
    async fn find_after_doubt(
        &self,
        jsm: &Jsm,
        first: JsmError,
        before: Before,
        unseen: bool,
    ) -> Result<Customer, AdmissionError> {
        let email = self.identity.email.as_str();
        if unseen
            && let Ok(Some((account_id, account_type))) =
                jsm.glance_by_address(email, self.deadline).await
        {
            let found = self
                .recognise(account_id, account_type, FoundAs::Made)
                .await?;
            return Ok(Customer { new: true, ..found });
        }
        match self.find(jsm).await {
            Ok(Lookup::Found {
                account_id,
                account_type,
            }) => {
                let doubt = match before.found_as() {
                    FoundAs::Made => FoundAs::Made,
                    FoundAs::Known | FoundAs::PerhapsMade => FoundAs::PerhapsMade,
                };
                self.recognise(account_id, account_type, doubt).await
            }
            Ok(Lookup::NotFound | Lookup::CannotTell(_)) | Err(_) => Err(first.into()),
        }
    }

    async fn recognise(
        &self,
        account_id: AccountId,
        account_type: AccountType,
        found_as: FoundAs,
    ) -> Result<Customer, AdmissionError> {
        match account_type {
            AccountType::Customer => {
                self.record_found(found_as, &account_id).await?;
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

    /// Says in the trail whom it found, and that they were made where that may be so and no record says it yet.
    async fn record_found(&self, found_as: FoundAs, account: &AccountId) -> Result<(), StoreError> {
        match found_as {
            FoundAs::Known => self.record(EventName::CustomerLinked, account).await,
            FoundAs::Made => self.record(EventName::CustomerCreated, account).await,
            FoundAs::PerhapsMade => self.record_in_doubt(account).await,
        }
    }
}
