//! What was ever seen of the service desks. It is kept in the store, so that links survive a restart while Atlassian is
//! away, and it only ever changes by an answer that can be trusted.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::jsm::{PortalId, ProjectKey, ServiceDesk, ServiceDeskId};
use crate::settings::Slug;

/// An empty list is believed only when it is still empty this much later: a token that lost its permissions sees
/// nothing too, and that must not tell every customer that their portal is gone.
const EMPTY_BELIEVED_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// How many former slugs of one service desk are remembered.
const MOST_SLUGS: usize = 20;

/// All service desks that were ever seen, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    desks: Vec<SeenDesk>,
    read_at: Option<Timestamp>,
    empty_since: Option<Timestamp>,
}

/// One service desk, as it was last seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenDesk {
    pub(super) id: ServiceDeskId,
    pub(super) key: ProjectKey,
    pub(super) name: String,
    /// `None` until a request type has told it.
    pub(super) portal: Option<PortalId>,
    pub(super) gone: bool,
    /// What `link_new` said when it was seen for the first time.
    pub(super) on: bool,
    /// Every slug its links have had.
    pub(super) slugs: Vec<Slug>,
}

/// One service desk in an answer, with its portal if that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The service desk.
    pub desk: ServiceDesk,
    /// Its portal.
    pub portal: Option<PortalId>,
}

impl Seen {
    /// When the service desks were last read; `None`: never, and nothing can be said of any link.
    #[must_use]
    pub fn read_at(&self) -> Option<Timestamp> {
        self.read_at
    }

    /// Since when Atlassian has answered with an empty list that is not believed yet.
    #[must_use]
    pub fn empty_since(&self) -> Option<Timestamp> {
        self.empty_since
    }

    /// A portal that is known already: it never changes, so it is asked for once.
    #[must_use]
    pub fn portal_of(&self, id: &ServiceDeskId) -> Option<&PortalId> {
        self.desks
            .iter()
            .find(|desk| desk.id == *id)?
            .portal
            .as_ref()
    }

    /// Whether this service desk was ever seen.
    #[must_use]
    pub fn has(&self, id: &ServiceDeskId) -> bool {
        self.desks.iter().any(|desk| desk.id == *id)
    }

    pub(super) fn desks(&self) -> &[SeenDesk] {
        &self.desks
    }

    /// The desk of this project: one that is there before one that is gone.
    pub(super) fn by_key(&self, key: &str) -> Option<&SeenDesk> {
        let of_key = |desk: &&SeenDesk| desk.key.as_str() == key;
        let there = self.desks.iter().find(|desk| of_key(desk) && !desk.gone);
        there.or_else(|| self.desks.iter().find(of_key))
    }

    /// Takes in a complete answer. Service desks missing from it are gone; they stay, for their links do.
    /// `link_new`: whether the links of those seen for the first time are on.
    pub fn take_in(&mut self, answer: Vec<Sighting>, link_new: bool, now: Timestamp) {
        if answer.is_empty() && self.desks.iter().any(|desk| !desk.gone) {
            let since = *self.empty_since.get_or_insert(now);
            if now.duration_since(since) < EMPTY_BELIEVED_AFTER {
                return;
            }
        }
        self.empty_since = None;
        self.read_at = Some(now);
        for desk in &mut self.desks {
            desk.gone = true;
        }
        for sighting in answer {
            self.see(sighting, link_new);
        }
        self.desks
            .sort_by(|one, other| by_number(&one.id).cmp(&by_number(&other.id)));
    }

    fn see(&mut self, Sighting { desk, portal }: Sighting, link_new: bool) {
        if let Some(known) = self.desks.iter_mut().find(|known| known.id == desk.id) {
            known.key = desk.key;
            known.name = desk.name;
            known.portal = portal.or(known.portal.take());
            known.gone = false;
            return;
        }
        self.desks.push(SeenDesk {
            id: desk.id,
            key: desk.key,
            name: desk.name,
            portal,
            gone: false,
            on: link_new,
            slugs: Vec::new(),
        });
    }

    /// Remembers a slug that leads to a service desk, so that it still does when the link has another.
    pub(super) fn remember(&mut self, id: &ServiceDeskId, slug: &Slug) {
        let Some(desk) = self.desks.iter_mut().find(|desk| desk.id == *id) else {
            return;
        };
        if !desk.slugs.contains(slug) {
            desk.slugs.push(slug.clone());
            let surplus = desk.slugs.len().saturating_sub(MOST_SLUGS);
            desk.slugs.drain(..surplus);
        }
    }
}

/// Ids in the order of their numbers.
fn by_number(id: &ServiceDeskId) -> (usize, &str) {
    (id.as_str().len(), id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn sighting(id: &str, key: &str, portal: Option<&str>) -> Sighting {
        let desk = ServiceDesk {
            id: id.parse().unwrap(),
            key: key.parse().unwrap(),
            name: key.to_owned(),
        };
        Sighting {
            desk,
            portal: portal.map(|id| id.parse().unwrap()),
        }
    }

    fn gone(seen: &Seen) -> Vec<bool> {
        seen.desks().iter().map(|desk| desk.gone).collect()
    }

    fn two() -> Seen {
        let mut seen = Seen::default();
        seen.take_in(
            vec![sighting("10", "HR", Some("3")), sighting("2", "HELP", None)],
            true,
            at(0),
        );
        seen
    }

    #[test]
    fn a_desk_missing_from_an_answer_is_gone_and_comes_back_as_it_was() {
        let mut seen = two();
        seen.take_in(vec![sighting("2", "HELP", None)], false, at(10));
        assert_eq!(gone(&seen), [false, true]);
        seen.take_in(
            vec![sighting("2", "HELP", None), sighting("10", "HR", None)],
            false,
            at(20),
        );
        assert_eq!(gone(&seen), [false, false]);
        assert!(
            seen.desks().iter().all(|desk| desk.on),
            "seen first while links were on"
        );
        assert_eq!(
            seen.portal_of(&"10".parse().unwrap()),
            Some(&"3".parse().unwrap())
        );
    }

    #[test]
    fn a_sudden_empty_answer_is_believed_only_when_it_stays() {
        let mut seen = two();
        seen.take_in(Vec::new(), true, at(100));
        seen.take_in(Vec::new(), true, at(130));
        assert_eq!(gone(&seen), [false, false]);
        assert_eq!(seen.empty_since(), Some(at(100)));
        assert_eq!(seen.read_at(), Some(at(0)));
        seen.take_in(Vec::new(), true, at(160));
        assert_eq!(gone(&seen), [true, true]);
    }

    #[test]
    fn an_answer_between_two_empty_ones_ends_the_doubt() {
        let mut seen = two();
        seen.take_in(Vec::new(), true, at(100));
        seen.take_in(vec![sighting("2", "HELP", None)], true, at(130));
        seen.take_in(Vec::new(), true, at(170));
        assert_eq!(gone(&seen), [false, true]);
    }

    #[test]
    fn a_first_empty_answer_is_simply_read() {
        let mut seen = Seen::default();
        seen.take_in(Vec::new(), true, at(5));
        assert_eq!(seen.read_at(), Some(at(5)));
    }

    #[test]
    fn it_survives_being_written_down() {
        let mut seen = two();
        seen.remember(&"2".parse().unwrap(), &"help".parse().unwrap());
        let text = serde_json::to_string(&seen).unwrap();
        assert_eq!(serde_json::from_str::<Seen>(&text).unwrap(), seen);
    }

    #[test]
    fn only_the_latest_slugs_are_remembered() {
        let mut seen = two();
        let id = "2".parse().unwrap();
        for n in 0..30 {
            seen.remember(&id, &format!("s{n}").parse().unwrap());
        }
        assert_eq!(seen.desks()[0].slugs.len(), MOST_SLUGS);
        assert_eq!(seen.desks()[0].slugs[0].as_str(), "s10");
    }
}
