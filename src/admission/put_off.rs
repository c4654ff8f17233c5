//! What the record keeps of a step that Atlassian failed at, so that it is tried again when it is time.

use jiff::Timestamp;

use crate::jsm::JsmError;

use super::customer::Customer;
use super::membership::Membership;
use super::plan::Step;

impl Customer {
    /// Notes that Atlassian failed at this step.
    pub(super) fn put_off(&mut self, step: &Step, error: &JsmError, now: Timestamp) {
        match step {
            Step::BecomeCustomer { .. } => {}
            Step::JoinServiceDesk { id } => {
                self.desks_put_off.insert(id.clone(), now);
            }
            Step::JoinOrganization(one) => {
                let membership = match self.organizations.get(&one.name).cloned() {
                    Some(Membership::Giving { id, by, .. }) => Membership::Giving {
                        id,
                        by,
                        failed: Some(now),
                    },
                    _ if error.passes() => Membership::PutOff { at: now },
                    _ => Membership::NotPossible { found: now },
                };
                self.organizations.insert(one.name.clone(), membership);
            }
            Step::Tell { fact, .. } => self.note_told(fact, Err((now, error.passes()))),
            Step::LeaveOrganization { name, .. } => {
                if let Some(Membership::Given { id, by, .. } | Membership::Giving { id, by, .. }) =
                    self.organizations.get(name).cloned()
                {
                    let kept = Some(now);
                    self.organizations
                        .insert(name.clone(), Membership::Given { id, by, kept });
                }
            }
        }
    }
}
