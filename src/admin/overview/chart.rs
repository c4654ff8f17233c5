//! A bar chart of logins and refusals, with everything in it as whole numbers: the template only writes them down.
//!
//! The picture is stretched to the width that there is, so nothing but bars stands in it; words and numbers stand around it, in HTML.

use jiff::Timestamp;

use crate::admin::words;
use crate::figures::{Slot, Sum};

/// The height of the picture.
const HEIGHT: u64 = 100;

/// The most that a stack is high: what is left makes room for the least heights.
const HIGHEST: u64 = 96;

/// However few they are, one can see that there are any.
const LOWEST: u64 = 2;

/// The width of a slot, of which its bar takes all but a gap.
const STEP: usize = 10;

/// How the beginnings of the slots are written.
pub(super) struct Spelling {
    /// Of each slot.
    pub(super) each: &'static str,
    /// Of the first one, below the picture.
    pub(super) first: &'static str,
    /// Of the last one.
    pub(super) last: &'static str,
}

/// Hours begin and end on different days.
pub(super) const HOURS: Spelling = Spelling {
    each: "%H:%M",
    first: "%Y-%m-%d %H:%M",
    last: "%Y-%m-%d %H:%M UTC",
};

/// Days say everything themselves.
pub(super) const DAYS: Spelling = Spelling {
    each: "%Y-%m-%d",
    first: "%Y-%m-%d",
    last: "%Y-%m-%d",
};

/// A chart.
pub(super) struct Chart {
    /// Tells its parts from those of other charts of the page.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// The whole picture in words.
    pub(super) description: String,
    pub(super) bars: Vec<Bar>,
    pub(super) width: usize,
    /// The largest stack.
    pub(super) most: u64,
    pub(super) first: String,
    pub(super) last: String,
    pub(super) rows: Vec<Row>,
    pub(super) total: Sum,
}

/// A stack: refusals upon logins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) x: usize,
    pub(super) logins: Rect,
    pub(super) refusals: Rect,
    pub(super) said: String,
}

/// Where a part of a stack is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rect {
    pub(super) y: u64,
    pub(super) height: u64,
}

/// The same numbers as text.
pub(super) struct Row {
    pub(super) slot: String,
    pub(super) logins: u64,
    pub(super) refused: u64,
    pub(super) reasons: String,
}

/// A reason, and how often.
#[derive(Debug, PartialEq, Eq)]
struct Counted {
    words: String,
    count: u64,
}

impl Chart {
    /// The chart of these slots, whose beginnings are written like this.
    pub(super) fn of(
        id: &'static str,
        title: &'static str,
        spelling: &Spelling,
        slots: &[Slot],
    ) -> Self {
        let mut total = Sum::default();
        for slot in slots {
            total.add(&slot.sum);
        }
        let all = slots.iter().map(|slot| &slot.sum);
        let most = all.map(|sum| sum.logins + sum.refused()).max().unwrap_or(0);
        let name = |at: Timestamp| at.strftime(spelling.each).to_string();
        let end = |slot: Option<&Slot>, format: &str| {
            slot.map(|slot| slot.from.strftime(format).to_string())
                .unwrap_or_default()
        };
        let bars = slots.iter().enumerate();
        Self {
            id,
            title,
            description: description(&total, slots.len(), most),
            bars: bars
                .map(|(index, slot)| bar(index, slot, most, &name(slot.from)))
                .collect(),
            width: slots.len() * STEP,
            most,
            first: end(slots.first(), spelling.first),
            last: end(slots.last(), spelling.last),
            rows: slots
                .iter()
                .map(|slot| row(slot, name(slot.from)))
                .collect(),
            total,
        }
    }
}

impl Chart {
    pub(super) fn logins(&self) -> String {
        logins(self.total.logins)
    }

    pub(super) fn refusals(&self) -> String {
        refusals(self.total.refused())
    }
}

fn description(total: &Sum, slots: usize, most: u64) -> String {
    format!(
        "{slots} bars, the oldest on the left. {} and {} in all; {most} in the highest bar. The table below has all numbers.",
        logins(total.logins),
        refusals(total.refused()),
    )
}

fn logins(count: u64) -> String {
    plural(count, "login", "logins")
}

fn refusals(count: u64) -> String {
    plural(count, "refusal", "refusals")
}

fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn bar(index: usize, slot: &Slot, most: u64, name: &str) -> Bar {
    let (passed, refused) = (slot.sum.logins, slot.sum.refused());
    let (below, above) = (height(passed, most), height(refused, most));
    Bar {
        x: index * STEP + 1,
        logins: Rect {
            y: HEIGHT - below,
            height: below,
        },
        refusals: Rect {
            y: HEIGHT - below - above,
            height: above,
        },
        said: format!("{name}: {}, {}", logins(passed), refusals(refused)),
    }
}

fn height(count: u64, most: u64) -> u64 {
    let share = count.saturating_mul(HIGHEST).checked_div(most).unwrap_or(0);
    if count == 0 { 0 } else { share.max(LOWEST) }
}

fn row(slot: &Slot, name: String) -> Row {
    let said = reasons(&slot.sum);
    let said = said
        .iter()
        .map(|reason| format!("{} × {}", reason.count, reason.words));
    Row {
        slot: name,
        logins: slot.sum.logins,
        refused: slot.sum.refused(),
        reasons: said.collect::<Vec<_>>().join("; "),
    }
}

/// The most frequent first.
fn reasons(sum: &Sum) -> Vec<Counted> {
    let mut reasons: Vec<Counted> = sum
        .refusals
        .iter()
        .map(|(name, &count)| Counted {
            words: words::reason(name).to_owned(),
            count,
        })
        .collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.count));
    reasons
}

/// What was stopped, in one sentence.
pub(super) fn sentence(sum: &Sum, span: &str) -> String {
    const NAMED: usize = 3;
    let stopped = sum.refused();
    if stopped == 0 {
        return format!("In the last {span} nobody was stopped.");
    }
    let reasons = reasons(sum);
    let mut parts: Vec<String> = reasons
        .iter()
        .take(NAMED)
        .map(|reason| format!("{} × {}", reason.count, reason.words))
        .collect();
    let others: u64 = reasons.iter().skip(NAMED).map(|reason| reason.count).sum();
    if others > 0 {
        parts.push(format!("{others} × for other reasons"));
    }
    let visits = plural(stopped, "visit was", "visits were");
    format!("In the last {span} {visits} stopped: {}.", parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(logins: u64, refusals: &[(&str, u64)]) -> Sum {
        let named = |(name, count): &(&str, u64)| ((*name).to_owned(), *count);
        Sum {
            logins,
            refusals: refusals.iter().map(named).collect(),
            ..Sum::default()
        }
    }

    fn chart(sums: &[Sum]) -> Chart {
        let hours = (0..).map(|hour| Timestamp::from_second(hour * 3_600).unwrap());
        let slot = |(from, sum): (Timestamp, &Sum)| Slot {
            from,
            sum: sum.clone(),
        };
        let slots: Vec<Slot> = hours.zip(sums).map(slot).collect();
        Chart::of("hours", "Hours", &HOURS, &slots)
    }

    #[test]
    fn stacks_stand_on_the_ground_one_upon_the_other_and_inside_the_picture() {
        let chart = chart(&[
            sum(0, &[]),
            sum(50, &[("blocked", 50)]),
            sum(1, &[]),
            sum(999, &[("blocked", 1)]),
            sum(0, &[("blocked", 1_000)]),
        ]);
        let part = |y, height| Rect { y, height };
        let stacks: Vec<_> = chart
            .bars
            .iter()
            .map(|bar| (bar.x, bar.logins, bar.refusals))
            .collect();
        assert_eq!(
            stacks,
            [
                (1, part(100, 0), part(100, 0)),
                (11, part(96, 4), part(92, 4)),
                (21, part(98, 2), part(98, 0)),
                (31, part(5, 95), part(3, 2)),
                (41, part(100, 0), part(4, 96)),
            ]
        );
        assert_eq!((chart.most, chart.width), (1_000, 50));
    }

    #[test]
    fn nothing_at_all_is_a_picture_too() {
        let chart = chart(&[sum(0, &[]), sum(0, &[])]);
        assert_eq!(chart.most, 0);
        assert!(chart.bars.iter().all(|bar| bar.logins.height == 0));
        assert_eq!(
            (chart.first.as_str(), chart.last.as_str()),
            ("1970-01-01 00:00", "1970-01-01 01:00 UTC")
        );
    }

    #[test]
    fn the_numbers_of_the_picture_are_said_in_words() {
        let chart = chart(&[sum(1, &[]), sum(3, &[("blocked", 1), ("other", 2)])]);
        assert_eq!(chart.bars[0].said, "00:00: 1 login, 0 refusals");
        assert!(
            chart
                .description
                .contains("4 logins and 3 refusals in all; 6 in")
        );
        let row = &chart.rows[1];
        assert_eq!((row.logins, row.refused), (3, 3));
        assert_eq!(row.reasons, "2 × other; 1 × blocked by an administrator");
    }

    #[test]
    fn what_was_stopped_is_one_sentence() {
        for (refusals, expected) in [
            (vec![], "In the last day nobody was stopped."),
            (
                vec![("blocked", 1)],
                "In the last day 1 visit was stopped: 1 × blocked by an administrator.",
            ),
            (
                vec![
                    ("blocked", 1),
                    ("not_allowed", 9),
                    ("not_invited", 5),
                    ("email_missing", 2),
                    ("link_off", 1),
                ],
                "In the last day 18 visits were stopped: 9 × not allowed to go there; 5 × not a customer yet, and not invited; \
                 2 × no usable mail address; 2 × for other reasons.",
            ),
        ] {
            assert_eq!(sentence(&sum(7, &refusals), "day"), expected);
        }
    }
}
