//! Which events somebody looks for.

use jiff::Timestamp;

use super::EventName;
use super::event::Person;
use super::record::Stored;

/// What an event must be to be found; whatever is left out may be anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Whom it happened to, or who did it: an address or a part of it, the provider's subject, or JSM's `accountId`.
    pub person: Option<String>,
    /// Whose record it is, by the pseudonym that [`super::Trail::of_person`] knows: exactly one person's.
    pub whose: Option<String>,
    /// One of these events.
    pub events: Vec<EventName>,
    /// One of these links, by slug: a link and its former names.
    pub links: Vec<String>,
    /// Of the visit with this reference.
    pub reference: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Not after.
    pub to: Option<Timestamp>,
}

impl Filter {
    /// Whether a record is looked for, as far as it can be told without opening the person's fields.
    pub(super) fn wants(&self, stored: &Stored) -> bool {
        let link = stored.link.as_ref();
        (self.events.is_empty() || self.events.contains(&stored.event))
            && (self.links.is_empty() || link.is_some_and(|link| self.links.contains(link)))
            && (self.reference.is_none() || self.reference == stored.reference)
            && self.is_of(stored)
            && self.from.is_none_or(|from| stored.at >= from)
            && self.to.is_none_or(|to| stored.at <= to)
    }

    fn is_of(&self, stored: &Stored) -> bool {
        let whose = stored.person.as_ref().map(|(whose, _)| whose);
        self.whose.is_none() || self.whose.as_ref() == whose
    }

    /// Whether it is about the person who is looked for.
    pub(super) fn is_about(&self, person: &Person, actor: Option<&str>) -> bool {
        let Some(wanted) = &self.person else {
            return true;
        };
        let wanted = wanted.trim().to_lowercase();
        let holds =
            |text: Option<&str>| text.is_some_and(|text| text.to_lowercase().contains(&wanted));
        let is = |text: Option<&str>| text.is_some_and(|text| text.to_lowercase() == wanted);
        holds(person.email.as_deref())
            || holds(actor)
            || is(person.subject.as_deref())
            || is(person.customer.as_deref())
    }
}
