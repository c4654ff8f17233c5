//! The naming scheme: every name in the store is made here.
//!
//! Names hold pseudonyms and hashes, never an address or a subject: a dump of the store names nobody.

use std::fmt;

/// The name of one entry, index, counter or log.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// The name as the store sees it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A session, by the hash of its id.
    #[must_use]
    pub fn session(hash: &str) -> Self {
        Self(format!("{}{hash}", Self::sessions()))
    }

    /// The beginning of every session's name.
    #[must_use]
    pub(super) fn sessions() -> &'static str {
        "session:"
    }

    /// The turn to ask a provider for one session.
    #[must_use]
    pub fn session_lock(hash: &str) -> Self {
        Self(format!("lock:session:{hash}"))
    }

    /// The index of one person's sessions.
    #[must_use]
    pub fn sessions_of(person: &str) -> Self {
        Self(format!("sessions-of:{person}"))
    }

    /// That something of one person was recorded a moment ago, by a pseudonym of both.
    #[must_use]
    pub fn recorded(pseudonym: &str) -> Self {
        Self(format!("recorded:{pseudonym}"))
    }

    /// The claim on a login attempt, by a hash of its state.
    #[must_use]
    pub fn attempt(hash: &str) -> Self {
        Self(format!("attempt:{hash}"))
    }

    /// A test login, by a pseudonym of its name.
    #[must_use]
    pub fn trial(pseudonym: &str) -> Self {
        Self(format!("trial:{pseudonym}"))
    }

    /// The name of somebody's last test login that told something, by the pseudonym of whose it is.
    #[must_use]
    pub fn last_trial(owner: &str) -> Self {
        Self(format!("last-trial:{owner}"))
    }

    /// Our SAML signing keys.
    #[must_use]
    pub fn signing_keys() -> Self {
        Self("signing-keys".to_owned())
    }

    /// The known customer of an address.
    #[must_use]
    pub fn customer(pseudonym: &str) -> Self {
        Self(format!("customer:{pseudonym}"))
    }

    /// The address that an identity came with.
    #[must_use]
    pub fn subject(pseudonym: &str) -> Self {
        Self(format!("subject:{pseudonym}"))
    }

    /// The lock under which one person is made a customer.
    #[must_use]
    pub fn person_lock(pseudonym: &str) -> Self {
        Self(format!("lock:person:{pseudonym}"))
    }

    /// That somebody is about to be made a customer, by the pseudonym of their address.
    #[must_use]
    pub fn customer_begun(pseudonym: &str) -> Self {
        Self(format!("customer-begun:{pseudonym}"))
    }

    /// The index of people for whom something was put off, each by the pseudonym of their address.
    #[must_use]
    pub fn put_off() -> Self {
        Self("put-off".to_owned())
    }

    /// What was last seen of the service desks.
    #[must_use]
    pub fn catalogue() -> Self {
        Self("catalogue".to_owned())
    }

    /// How the last reading of the service desks went.
    #[must_use]
    pub fn catalogue_reading() -> Self {
        Self("reading:catalogue".to_owned())
    }

    /// Who has a duty now.
    #[must_use]
    pub(super) fn duty(name: &str) -> Self {
        Self(format!("duty:{name}"))
    }

    /// The lock that keeps a duty with its holder.
    #[must_use]
    pub(super) fn duty_lock(name: &str) -> Self {
        Self(format!("lock:duty:{name}"))
    }

    /// The name of what must live beside something else, on the same server of a cluster: that of the other.
    pub(super) fn beside(name: &str) -> &str {
        let kinds = ["duty:", "reading:"];
        let other = kinds.iter().find_map(|kind| name.strip_prefix(kind));
        other.unwrap_or(name)
    }

    /// The index of the front doors that use this store now.
    #[must_use]
    pub(super) fn instances() -> Self {
        Self("instances".to_owned())
    }

    /// What is known of the keys that the store is, or was, sealed with.
    #[must_use]
    pub(super) fn sealing() -> Self {
        Self("sealing".to_owned())
    }

    /// The claim on an answered AuthnRequest.
    #[must_use]
    pub fn answered_request(pseudonym: &str) -> Self {
        Self(format!("answered:{pseudonym}"))
    }

    /// The counter of assertions for one service provider in one session.
    #[must_use]
    pub fn assertions(session: &str, service_provider: &str) -> Self {
        Self(format!("assertions:{session}:{service_provider}"))
    }

    /// The index of hand-overs that Atlassian has not answered yet.
    #[must_use]
    pub fn pending_hand_overs() -> Self {
        Self("pending-hand-overs".to_owned())
    }

    /// The key that a person's fields in the audit trail are sealed with.
    #[must_use]
    pub fn person_key(pseudonym: &str) -> Self {
        Self(format!("person-key:{pseudonym}"))
    }

    /// The audit trail.
    #[must_use]
    pub fn audit() -> Self {
        Self("audit".to_owned())
    }

    /// Where the audit trail begins, once old records were dropped.
    #[must_use]
    pub fn audit_beginning() -> Self {
        Self("audit-beginning".to_owned())
    }

    /// How long the audit trail is kept now, and what is to come of it.
    #[must_use]
    pub fn audit_keeping() -> Self {
        Self("audit-keeping".to_owned())
    }

    /// What was counted of the audit trail.
    #[must_use]
    pub fn figures() -> Self {
        Self("figures".to_owned())
    }

    /// The identities that have sessions with one address, by its pseudonym.
    #[must_use]
    pub fn identities_of(address: &str) -> Self {
        Self(format!("identities:{address}"))
    }

    /// The index of people who signed in, each by the pseudonym of their address.
    #[must_use]
    pub fn visitors() -> Self {
        Self("visitors".to_owned())
    }

    /// The index of people whom an administrator has blocked, each by the pseudonym of their address.
    #[must_use]
    pub fn blocks() -> Self {
        Self("blocks".to_owned())
    }

    /// The block that holds for an identity, by its pseudonym.
    #[must_use]
    pub fn blocked_identity(pseudonym: &str) -> Self {
        Self(format!("blocked:{pseudonym}"))
    }

    /// The index of conflicts that an administrator has to look at.
    #[must_use]
    pub fn conflicts() -> Self {
        Self("conflicts".to_owned())
    }

    /// The index of invitations, each by a pseudonym of its address and service desk.
    #[must_use]
    pub fn invitations() -> Self {
        Self("invitations".to_owned())
    }

    /// The index of people who wait for an administrator to approve their first visit.
    #[must_use]
    pub fn waiting_for_approval() -> Self {
        Self("approvals-waiting".to_owned())
    }

    /// The index of people of whose first visit an administrator has decided.
    #[must_use]
    pub fn decided_approvals() -> Self {
        Self("approvals-decided".to_owned())
    }

    /// The index of people who came for the first time at one place within one hour, each by the pseudonym of their address.
    #[must_use]
    pub fn first_times(place: &str, hour: i64) -> Self {
        Self(format!("first-times:{place}:{hour}"))
    }

    /// What administrators saved of the settings.
    #[must_use]
    pub fn settings() -> Self {
        Self("settings".to_owned())
    }

    /// The lock under which settings are saved.
    #[must_use]
    pub fn settings_lock() -> Self {
        Self("lock:settings".to_owned())
    }

    /// What administrators changed of the settings, so that it can be taken back.
    #[must_use]
    pub fn settings_history() -> Self {
        Self("settings-history".to_owned())
    }

    /// A change that was typed and not saved yet.
    #[must_use]
    pub fn draft(name: &str) -> Self {
        Self(format!("draft:{name}"))
    }

    /// The setup code that may be used now.
    #[must_use]
    pub fn setup_code() -> Self {
        Self("setup-code".to_owned())
    }

    /// A desk session, which a setup code opened, by the hash of its id.
    #[must_use]
    pub fn desk_session(hash: &str) -> Self {
        Self(format!("desk-session:{hash}"))
    }

    /// The mark that the first run is over.
    #[must_use]
    pub fn first_run_over() -> Self {
        Self("first-run-over".to_owned())
    }

    /// The mark that a login at a provider was seen to work.
    #[must_use]
    pub fn login_tested(provider: &str) -> Self {
        Self(format!("login-tested:{provider}"))
    }

    /// A form that an administrator sent who must log in again first, by a pseudonym of its name and theirs.
    #[must_use]
    pub fn kept_form(pseudonym: &str) -> Self {
        Self(format!("kept-form:{pseudonym}"))
    }

    /// A secret that was typed into a form which is shown again, by a pseudonym of its name and of who typed it.
    #[must_use]
    pub fn typed_secret(pseudonym: &str) -> Self {
        Self(format!("typed-secret:{pseudonym}"))
    }

    /// What a visit went through, by its reference.
    #[must_use]
    pub fn trace(reference: &str) -> Self {
        Self(format!("trace:{reference}"))
    }

    /// The index of the newest logins with what was said at them, each by the reference of its visit.
    #[must_use]
    pub fn recent_logins() -> Self {
        Self("recent-logins".to_owned())
    }

    /// The index of what came of the newest logins at links.
    #[must_use]
    pub fn login_outcomes() -> Self {
        Self("login-outcomes".to_owned())
    }

    /// A mark that is another one whenever somebody was forgotten.
    #[must_use]
    pub fn forgotten() -> Self {
        Self("forgotten".to_owned())
    }

    /// Every log that there is.
    pub(super) fn logs() -> [Self; 1] {
        [Self::audit()]
    }

    /// What is written to see whether the store takes it.
    #[must_use]
    pub(super) fn probe() -> Self {
        Self("probe".to_owned())
    }

    /// What comes first in a name: what kind of thing it is.
    pub(super) fn kind(name: &str) -> &str {
        name.split(':').next().unwrap_or_default()
    }

    /// Whether what has this name is sealed with the secret key and nothing else: sessions are sealed under their cookies too, claims and locks not at all.
    pub(super) fn is_sealed_alone(name: &str) -> bool {
        !matches!(
            Self::kind(name),
            "session" | "desk-session" | "attempt" | "recorded" | "answered" | "lock" | "duty"
        )
    }

    /// The key that pseudonyms are made with.
    #[must_use]
    pub(super) fn naming() -> Self {
        Self("naming-key".to_owned())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
