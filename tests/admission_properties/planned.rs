//! The plan by itself: what it never does, and that it comes to an end.

use std::collections::BTreeSet;

use front_door::admission::customer::Customer;
use front_door::admission::membership::{Membership, When};
use front_door::admission::organizations::{takes_away, wanted};
use front_door::admission::plan::{Destination, Plan, Step, plan};
use front_door::identity::Identity;
use front_door::settings::OrganizationSettings;
use front_door::settings::access::CreateCustomers;
use proptest::prelude::*;

use super::random::{known, now, read, rules, said};

/// More steps than anybody could need: each organization joined and left once, and the first two.
const MOST_STEPS: usize = 2 * super::random::NAMES.len() + 2;

/// How a step ends, as far as the plan can see.
#[derive(Debug, Clone, Copy)]
enum End {
    /// Done, and of our giving where it is a membership.
    Done,
    /// Done, but Jira had them before.
    WasThere,
    /// Impossible.
    Impossible,
    /// Atlassian failed.
    Failed,
    /// Atlassian failed, and may have done it.
    InDoubt,
}

fn ends() -> impl Strategy<Value = Vec<End>> {
    let end = prop_oneof![
        Just(End::Done),
        Just(End::WasThere),
        Just(End::Impossible),
        Just(End::Failed),
        Just(End::InDoubt),
    ];
    prop::collection::vec(end, MOST_STEPS)
}

/// What carrying out one step makes of the record.
fn apply(known: Option<Customer>, step: &Step, end: End) -> Customer {
    let (id, found) = ("qm:1".parse().unwrap(), matches!(end, End::WasThere));
    let Some(mut customer) = known else {
        assert!(matches!(step, Step::BecomeCustomer { .. }), "first of all");
        return if found {
            Customer::new(id)
        } else {
            Customer::made(id, "Ada")
        };
    };
    match step {
        Step::BecomeCustomer { .. } | Step::Tell { .. } => panic!("not of a known customer"),
        Step::JoinServiceDesk { id } => {
            if matches!(end, End::Failed) && customer.has_come_in() {
                customer.desks_put_off.insert(id.clone(), now());
            } else {
                customer.service_desks.insert(id.clone());
            }
        }
        Step::JoinOrganization(one) => {
            let (id, by) = ("7".parse().unwrap(), one.by.clone());
            let membership = match end {
                End::Done => Membership::Given { id, by, kept: None },
                End::WasThere => Membership::Joined(id),
                End::Impossible => Membership::NotPossible { found: now() },
                End::Failed => Membership::PutOff { at: now() },
                End::InDoubt => Membership::Giving {
                    id,
                    by,
                    failed: Some(now()),
                },
            };
            customer.organizations.insert(one.name.clone(), membership);
        }
        Step::LeaveOrganization { name, .. } => {
            match customer.organizations.remove(name).unwrap() {
                Membership::Given { id, by, .. } | Membership::Giving { id, by, .. }
                    if matches!(end, End::Failed | End::InDoubt) =>
                {
                    let kept = Some(now());
                    let given = Membership::Given { id, by, kept };
                    customer.organizations.insert(name.clone(), given);
                }
                _ => {}
            }
        }
    }
    customer
}

/// One person, where they go, and what holds for everybody.
struct World {
    identity: Identity,
    rules: Vec<OrganizationSettings>,
    create: CreateCustomers,
    when: When,
}

impl World {
    fn plan(&self, known: Option<&Customer>) -> Plan {
        let help = Destination::ServiceDesk {
            id: "4".parse().unwrap(),
        };
        plan(
            &self.identity,
            &help,
            &self.rules,
            self.create,
            known,
            self.when,
        )
    }

    /// What no step may do.
    fn judge(&self, known: Option<&Customer>, step: &Step) -> Result<(), TestCaseError> {
        let wanted = wanted(&self.identity, &self.rules, known);
        let membership = |name| known.and_then(|known| known.organizations.get(name));
        match step {
            Step::JoinOrganization(one) => {
                prop_assert!(wanted.contains(one), "not wanted: {one:?}");
                let is_member = membership(&one.name).is_some_and(Membership::is_member);
                prop_assert!(!is_member, "a member already: {one:?}");
            }
            Step::LeaveOrganization { name, id } => {
                prop_assert!(wanted.iter().all(|one| one.name != *name), "wanted: {name}");
                let Some(
                    Membership::Given { id: given, by, .. }
                    | Membership::Giving { id: given, by, .. },
                ) = membership(name)
                else {
                    return Err(TestCaseError::fail(format!("not given by us: {name}")));
                };
                prop_assert_eq!(given, id);
                prop_assert!(takes_away(&self.rules, name, by), "not managed: {}", name);
            }
            Step::BecomeCustomer { .. } => prop_assert!(known.is_none()),
            Step::JoinServiceDesk { .. } | Step::Tell { .. } => {}
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_plan_that_is_carried_out_leaves_nothing_to_do_and_does_nothing_twice_or_unasked(
        rules in rules(),
        said in said(),
        known in known(),
        ends in ends(),
        again in any::<bool>(),
    ) {
        let world = World {
            identity: said.identity(),
            rules: read(&rules),
            create: CreateCustomers::Always,
            when: When { now: now(), again },
        };
        let (mut known, mut done) = (known, Vec::new());
        for end in ends {
            // As in a run: what failed in it is not tried once more in it.
            let plan = world.plan(known.as_ref());
            let step = plan.steps.into_iter().find(|step| !done.contains(step));
            let Some(step) = step else { break };
            world.judge(known.as_ref(), &step)?;
            known = Some(apply(known, &step, end));
            done.push(step);
        }
        let visit = World { when: When::visit(now()), ..world };
        prop_assert!(visit.plan(known.as_ref()).is_empty(), "{} is left after {done:?}", visit.plan(known.as_ref()));
        let joined: Vec<_> = done.iter().filter_map(|step| match step {
            Step::JoinOrganization(one) => Some(&one.name),
            _ => None,
        }).collect();
        prop_assert_eq!(joined.iter().collect::<BTreeSet<_>>().len(), joined.len(), "joined twice");
    }
}
