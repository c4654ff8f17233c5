//! The rules as they are saved, and one of them among the others while somebody changes it.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use toml::{Table, Value};

use crate::settings::{Problem, Saved};
use crate::web::{Reason, Refusal};

/// The setting.
pub(in crate::admin) const KEY: &str = "organization";

/// Its page.
pub(in crate::admin) const ADDRESS: &str = "/admin/organizations";

/// How many bytes of a hash tell rules apart.
const TOLD_BY: usize = 12;

/// The saved rules, in their order.
#[derive(Clone)]
pub(super) struct Rules(Vec<Value>);

impl Rules {
    pub(super) fn of(saved: &Saved) -> Self {
        let rules = saved.value(&[KEY]).and_then(Value::as_array);
        Self(rules.cloned().unwrap_or_default())
    }

    /// The settings with these rules.
    pub(super) fn put(self, saved: Saved) -> Saved {
        let rules = (!self.0.is_empty()).then_some(Value::Array(self.0));
        saved.with_value(&[KEY], rules)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, place: usize) -> Option<&Table> {
        self.0.get(place)?.as_table()
    }

    /// What tells the rule at a place from others.
    pub(super) fn mark(&self, place: usize) -> String {
        let text = self.0.get(place).map(ToString::to_string);
        let hash = digest::digest(&digest::SHA256, text.unwrap_or_default().as_bytes());
        URL_SAFE_NO_PAD.encode(&hash.as_ref()[..TOLD_BY])
    }

    /// Where the rule with this mark is now; others may have changed the list since somebody looked.
    pub(super) fn find(&self, place: usize, mark: &str) -> Result<usize, Refusal> {
        let is_it = |place: &usize| self.mark(*place) == mark;
        let anywhere = || (0..self.len()).find(is_it);
        let here = (place < self.len()).then_some(place).filter(is_it);
        here.or_else(anywhere).ok_or_else(|| {
            Refusal::new(Reason::Conflict)
                .because("the rule was changed or deleted meanwhile")
                .own_path("See all organizations", ADDRESS)
        })
    }

    pub(super) fn replace(&mut self, place: usize, rule: Table) {
        match self.0.get_mut(place) {
            Some(there) => *there = Value::Table(rule),
            None => self.0.push(Value::Table(rule)),
        }
    }

    pub(super) fn remove(&mut self, place: usize) {
        self.0.remove(place);
    }

    /// Puts a rule one place higher.
    pub(super) fn raise(&mut self, place: usize) {
        if place > 0 && place < self.len() {
            self.0.swap(place - 1, place);
        }
    }
}

/// One rule as settings of its own, so that a form can be made over it.
pub(super) fn alone(rule: Option<&Table>) -> Saved {
    let rule = rule.map(|rule| Value::Table(rule.clone()));
    Saved::default().with_value(&[KEY], rule)
}

/// The rule out of such settings.
pub(super) fn taken_out(alone: &Saved) -> Table {
    let rule = alone.value(&[KEY]).and_then(Value::as_table);
    rule.cloned().unwrap_or_default()
}

/// Mistakes of the rule at a place as mistakes of the rule alone; others stay what they are.
pub(super) fn about_it(problems: Vec<Problem>, place: usize) -> Vec<Problem> {
    let whole = format!("{KEY}[{place}]");
    let about = |mut problem: Problem| {
        if let Some(rest) = problem.key.strip_prefix(&whole) {
            problem.key = format!("{KEY}{rest}");
        }
        problem
    };
    problems.into_iter().map(about).collect()
}
