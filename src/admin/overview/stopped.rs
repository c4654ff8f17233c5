//! What was stopped, by reason: in a day, a week and a month, beside how many came in. That is what the gate is worth.

use std::cmp::Reverse;

use crate::admin::words;
use crate::figures::{Slot, Sum};
use crate::web::Reason;

/// The rules that keep people out, and not mishaps: those of them that stopped nobody are named too.
const GATE: [Reason; 17] = [
    Reason::EmailMissing,
    Reason::EmailUnverified,
    Reason::DomainNotAllowed,
    Reason::GroupRequired,
    Reason::OrganizationRequired,
    Reason::ClaimRequired,
    Reason::NetworkNotAllowed,
    Reason::OutsideHours,
    Reason::Blocked,
    Reason::NotInvited,
    Reason::AwaitingApproval,
    Reason::NotAllowed,
    Reason::AtlassianAccount,
    Reason::IdentityConflict,
    Reason::LinkOff,
    Reason::TooManyRequests,
    Reason::LoginRefused,
];

/// The table.
pub(super) struct Stopped {
    pub(super) rows: Vec<Row>,
    /// All reasons together.
    pub(super) all: Row,
    /// The rules that stopped nobody in a month, in words.
    pub(super) idle: Vec<&'static str>,
}

/// One reason, and how often.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) words: String,
    pub(super) day: u64,
    pub(super) week: u64,
    pub(super) month: u64,
    /// Of the month, in hundredths of the most frequent reason.
    pub(super) width: u64,
}

impl Stopped {
    /// Of the last 24 hours, 7 days and 30 days.
    pub(super) fn of(hours: &[Slot], days: &[Slot]) -> Self {
        const WEEK: usize = 7;
        let week = days.len().saturating_sub(WEEK);
        let (day, month) = (total(hours), total(days));
        let week = total(days.get(week..).unwrap_or_default());
        let most = month.refusals.values().max().copied().unwrap_or(0);
        let names = month.refusals.keys().chain(day.refusals.keys());
        let mut names: Vec<&String> = names.collect();
        names.sort();
        names.dedup();
        let count = |sum: &Sum, name: &str| sum.refusals.get(name).copied().unwrap_or(0);
        let row = |name: &&String| Row {
            words: words::reason(name).to_owned(),
            day: count(&day, name),
            week: count(&week, name),
            month: count(&month, name),
            width: share(count(&month, name), most),
        };
        let mut rows: Vec<Row> = names.iter().map(row).collect();
        rows.sort_by_key(|row| Reverse(row.month));
        let idle = GATE
            .iter()
            .filter(|reason| count(&month, reason.name()) == 0);
        Self {
            rows,
            all: Row {
                words: "Everything together".to_owned(),
                day: day.refused(),
                week: week.refused(),
                month: month.refused(),
                width: 0,
            },
            idle: idle.map(|reason| words::of(*reason)).collect(),
        }
    }
}

fn total(slots: &[Slot]) -> Sum {
    let mut total = Sum::default();
    for slot in slots {
        total.add(&slot.sum);
    }
    total
}

/// However few they are, one can see that there are any.
fn share(count: u64, most: u64) -> u64 {
    let share = count.saturating_mul(100).checked_div(most).unwrap_or(0);
    if count == 0 { 0 } else { share.max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(refusals: &[(&str, u64)]) -> Slot {
        let named = |(name, count): &(&str, u64)| ((*name).to_owned(), *count);
        Slot {
            from: jiff::Timestamp::UNIX_EPOCH,
            sum: Sum {
                refusals: refusals.iter().map(named).collect(),
                ..Sum::default()
            },
        }
    }

    #[test]
    fn each_reason_has_its_numbers_of_a_day_a_week_and_a_month() {
        let mut days: Vec<Slot> = (0..30).map(|_| slot(&[])).collect();
        days[0] = slot(&[("blocked", 200)]);
        days[22] = slot(&[("blocked", 1), ("too_many_requests", 1)]);
        days[23] = slot(&[("awaiting_approval", 3)]);
        days[29] = slot(&[("awaiting_approval", 2)]);
        let stopped = Stopped::of(&[slot(&[("awaiting_approval", 2)])], &days);
        let rows = stopped.rows.iter();
        let rows: Vec<_> = rows
            .map(|row| (row.words.as_str(), row.day, row.week, row.month, row.width))
            .collect();
        assert_eq!(
            rows,
            [
                (words::of(Reason::Blocked), 0, 0, 201, 100),
                (words::of(Reason::AwaitingApproval), 2, 5, 5, 2),
                (words::of(Reason::TooManyRequests), 0, 0, 1, 1),
            ]
        );
        let all = &stopped.all;
        assert_eq!((all.day, all.week, all.month), (2, 5, 207));
        assert_eq!(stopped.idle.len(), GATE.len() - 3);
    }

    #[test]
    fn every_refusal_that_is_about_who_somebody_is_belongs_to_the_gate() {
        let forbidden = Reason::ALL.iter().filter(|one| one.status().code == 403);
        let missing: Vec<_> = forbidden.filter(|one| !GATE.contains(one)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
