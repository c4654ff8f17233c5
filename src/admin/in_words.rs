//! Somebody and what would be done for them, in the words of the desk.

use crate::admission::details::Fact;
use crate::admission::plan::Step;
use crate::identity::Identity;

/// The most groups that are named.
const MOST_GROUPS: usize = 50;

/// What no rule of ours can tell beforehand.
const LAST_WORD: &str =
    "Jira has the last word: an address with an Atlassian account is refused (atlassian_account)";

/// Somebody as the mapping makes them.
pub(super) fn facts(identity: &Identity) -> Vec<(&'static str, String)> {
    let names = identity.groups.iter().map(|group| group.name.as_str());
    let mut groups = names.take(MOST_GROUPS).collect::<Vec<_>>().join(", ");
    if let Some(more @ 1..) = identity.groups.len().checked_sub(MOST_GROUPS) {
        groups = format!("{groups} and {more} more");
    }
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    vec![
        ("E-mail address", identity.email.to_string()),
        ("Display name", identity.display_name.clone()),
        ("First name", text(&identity.first_name)),
        ("Last name", text(&identity.last_name)),
        ("User name", text(&identity.username)),
        (
            "Groups",
            if groups.is_empty() {
                "none".to_owned()
            } else {
                groups
            },
        ),
    ]
}

/// A step of the plan, for administrators.

/// One step of a plan.
pub(super) fn in_words(step: &Step, service_desk: &str) -> String {
    match step {
        Step::BecomeCustomer { create: true } => {
            format!("find the customer of this address at Jira, or create it. {LAST_WORD}")
        }
        Step::BecomeCustomer { create: false } => {
            format!(
                "find the customer of this address at Jira; none is created (access.create_customers). {LAST_WORD}"
            )
        }
        Step::JoinServiceDesk { .. } => format!("add the customer to {service_desk}"),
        Step::JoinOrganization(one) if one.create => {
            format!(
                "add the customer to the organization {}, made if need be",
                one.name
            )
        }
        Step::JoinOrganization(one) => format!("add the customer to the organization {}", one.name),
        Step::Tell {
            fact: Fact::Name,
            values,
        } => {
            format!("change the display name at Jira to {}", values.join(", "))
        }
        Step::Tell {
            fact: Fact::Detail(field),
            values,
        } => format!(
            "change the detail {field} at Jira to {}",
            if values.is_empty() {
                "nothing".to_owned()
            } else {
                values.join(", ")
            }
        ),
        Step::LeaveOrganization { name, .. } => format!(
            "take the customer out of the organization {name}: the front door put them in, and nothing gives it to them any more"
        ),
    }
}
