//! The keys in Redis, made of our own names.
//!
//! What stands in braces decides on which server of a cluster a key lives: everything that one operation touches has the same there.

use redis::cluster_routing::Slot;

use super::super::Key;

/// In front of every key, so that a Redis can be shared with other programs.
const PREFIX: &str = "front-door:";

/// An entry or counter.
const ENTRY: &str = "entry";

/// The members of an index.
const MEMBERS: &str = "members";

/// The values of a log.
const LOG: &str = "log";

/// The keys of an entry: its own; and for a kind that is counted, the ends of those that share its place.
pub(super) fn entry(key: &Key) -> Vec<String> {
    entry_named(key.as_str())
}

pub(super) fn entry_named(name: &str) -> Vec<String> {
    match shard(name) {
        Some(shard) => vec![
            format!("{PREFIX}{ENTRY}:{{{shard}}}:{name}"),
            ends_of_shard(&shard),
        ],
        None => vec![beside(name)],
    }
}

/// An entry that is not counted. Some live beside another, and bear its name in braces.
fn beside(name: &str) -> String {
    match Key::beside(name) {
        own if own == name => format!("{PREFIX}{ENTRY}:{{{name}}}"),
        other => format!("{PREFIX}{ENTRY}:{{{other}}}:{name}"),
    }
}

/// The values and the ends of an index.
pub(super) fn index(key: &Key) -> [String; 2] {
    index_named(key.as_str())
}

pub(super) fn index_named(name: &str) -> [String; 2] {
    [
        format!("{PREFIX}{MEMBERS}:{{{name}}}"),
        format!("{PREFIX}ends:{{{name}}}"),
    ]
}

/// The values of a log, and how many were dropped before them.
pub(super) fn log(key: &Key) -> [String; 2] {
    [
        format!("{PREFIX}{LOG}:{{{key}}}"),
        format!("{PREFIX}dropped:{{{key}}}"),
    ]
}

/// The letters that a name's hash may begin with: each stands for one shard.
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Where sessions of the same first letter live together with a sorted set of their ends, by which they are counted. No other kind is counted.
fn shard(name: &str) -> Option<String> {
    let hash = name.strip_prefix(Key::sessions())?;
    let letter = hash.chars().next().filter(|one| LETTERS.contains(*one));
    Some(format!("{}{}", Key::sessions(), letter.unwrap_or('_')))
}

fn ends_of_shard(shard: &str) -> String {
    format!("{PREFIX}ends:{{{shard}}}")
}

/// The sorted sets of ends of everything that begins so.
pub(super) fn shards(beginning: &str) -> impl Iterator<Item = String> {
    LETTERS
        .chars()
        .map(move |letter| ends_of_shard(&format!("{beginning}{letter}")))
}

/// A key of nothing, in this slot of a cluster.
pub(super) fn leading_to(slot: u16) -> String {
    let mut keys = (0_u32..).map(|n| format!("{PREFIX}way:{{{n}}}"));
    let key = keys.find(|key| Slot::new(slot).is_none_or(|slot| Slot::for_key(key) == slot));
    key.unwrap_or_default()
}

/// What of ours a key holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Entry(String),
    Members(String),
    Log,
}

/// A pattern of all keys of ours.
pub(super) fn all() -> String {
    format!("{PREFIX}*")
}

/// What this key of ours holds; nothing when it only helps to find something.
pub(super) fn kind(key: &str) -> Option<Kind> {
    let (kind, rest) = key.strip_prefix(PREFIX)?.split_once(':')?;
    let (tag, behind) = rest.strip_prefix('{')?.rsplit_once('}')?;
    let name = behind.strip_prefix(':').unwrap_or(tag).to_owned();
    match kind {
        ENTRY => Some(Kind::Entry(name)),
        MEMBERS => Some(Kind::Members(name)),
        LOG => Some(Kind::Log),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a cluster looks at.
    fn tag(key: &str) -> &str {
        let (_, rest) = key.split_once('{').unwrap();
        rest.split_once('}').unwrap().0
    }

    #[test]
    fn all_keys_of_one_operation_live_on_one_server() {
        for keys in [
            entry(&Key::session("Abc")).as_slice(),
            &index(&Key::visitors()),
            &log(&Key::audit()),
        ] {
            assert_eq!(keys.len(), 2);
            assert_eq!(tag(&keys[0]), tag(&keys[1]), "{keys:?}");
        }
    }

    #[test]
    fn what_a_duty_guards_lives_beside_it() {
        let catalogue = tag(&entry(&Key::catalogue())[0]).to_owned();
        for other in [Key::duty("catalogue"), Key::catalogue_reading()] {
            let key = &entry(&other)[0];
            assert_eq!(tag(key), catalogue);
            assert_eq!(kind(key), Some(Kind::Entry(other.to_string())));
        }
    }

    #[test]
    fn a_key_leads_to_every_slot() {
        for slot in [0, 1, 8000, 16_383] {
            let key = leading_to(slot);
            assert_eq!(Slot::for_key(tag(&key)), Slot::new(slot).unwrap());
            assert_eq!(kind(&key), None);
        }
    }

    #[test]
    fn a_key_tells_what_it_holds() {
        let session = entry(&Key::session("Abc"));
        assert_eq!(
            kind(&session[0]),
            Some(Kind::Entry("session:Abc".to_owned()))
        );
        assert_eq!(kind(&session[1]), None);
        let entry = entry(&Key::settings());
        assert_eq!(kind(&entry[0]), Some(Kind::Entry("settings".to_owned())));
        let index = index(&Key::sessions_of("x"));
        assert_eq!(
            kind(&index[0]),
            Some(Kind::Members("sessions-of:x".to_owned()))
        );
        assert_eq!(kind(&log(&Key::audit())[0]), Some(Kind::Log));
        assert_eq!(kind("another:program"), None);
    }

    #[test]
    fn every_session_is_in_one_of_the_shards_that_are_counted() {
        for hash in ["Abc", "-x", "_", "", "ä"] {
            let ends = entry(&Key::session(hash)).remove(1);
            assert_eq!(
                shards(Key::sessions()).filter(|one| *one == ends).count(),
                1
            );
        }
    }
}
