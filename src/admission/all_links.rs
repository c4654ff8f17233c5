//! What the rules of several links say together, where no single link was asked for.

use crate::identity::Identity;
use crate::web::{Reason, Visit};

use super::policy::{LinkRules, Objection, Verdict};
use super::{Admission, AdmissionError};

/// The most links whose verdicts are noted in a trace.
const MOST_NOTED: usize = 20;

/// The objection by which people are told why every link refuses them: the first, when all are for one reason.
pub fn common<'a>(mut all: impl Iterator<Item = &'a Objection>) -> Option<&'a Objection> {
    let first = all.next()?;
    let same = all.all(|other| other.reason() == first.reason());
    same.then_some(first)
}

impl Admission {
    /// The links that admit an identity; or why none does.
    pub(super) fn admitting<'a>(
        &self,
        visit: &Visit,
        identity: &Identity,
        links: &'a [LinkRules],
    ) -> Result<Vec<&'a LinkRules>, AdmissionError> {
        let judged: Vec<(&LinkRules, Verdict)> = links
            .iter()
            .map(|rules| (rules, self.verdict(identity, rules, visit.client)))
            .collect();
        note(visit, &judged);
        let admitting = judged.iter().filter(|(_, verdict)| verdict.admits());
        let admitting: Vec<&LinkRules> = admitting.map(|(rules, _)| *rules).collect();
        if admitting.is_empty() {
            let objections = judged.iter().filter_map(|(_, one)| one.objection.as_ref());
            return Err(AdmissionError::NoLink(common(objections).cloned()));
        }
        Ok(admitting)
    }
}

/// The verdict of each link; where one admits, that is enough.
fn note(visit: &Visit, judged: &[(&LinkRules, Verdict)]) {
    if let Some((rules, verdict)) = judged.iter().find(|(_, verdict)| verdict.admits()) {
        let enough = format!("by the link {}: {verdict}", rules.slug);
        return visit.steps.note("Rules", enough);
    }
    for (rules, verdict) in judged.iter().take(MOST_NOTED) {
        let outcome = format!("link {}: {verdict}", rules.slug);
        visit.steps.note("Rules", outcome);
    }
    match judged.len().saturating_sub(MOST_NOTED) {
        0 if judged.is_empty() => visit.steps.note("Rules", "no link is on"),
        0 => {}
        more => visit
            .steps
            .note("Rules", format!("{more} more links, which say no as well")),
    }
}

/// What somebody is told whom no link admits.
pub(super) fn reason(objection: Option<&Objection>) -> Reason {
    objection.map_or(Reason::NotAllowed, Objection::reason)
}
