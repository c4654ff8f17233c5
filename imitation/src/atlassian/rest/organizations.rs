//! Organizations, their members and their service desks.

use serde_json::{Value, json};

use super::super::accounts::Organization;
use super::super::operation::{Operation, Permission, Token};
use super::super::state::State;
use super::envelope::{account_ids, customer, error, page};
use super::service_desks::{find, unknown};
use crate::http::{Answer, Asked};

/// The longest name that is taken.
const MAX_NAME: usize = 200;

pub(super) fn answer(
    state: &mut State,
    base: &str,
    token: Token,
    operation: Operation,
    asked: &Asked,
    path: &[&str],
) -> Answer {
    match operation {
        Operation::ListOrganizations => list(state, base, token, asked, |_| true),
        Operation::GetOrganization => get(state, base, path),
        Operation::CreateOrganization => create(state, base, asked),
        Operation::ListMembers | Operation::AddMembers | Operation::RemoveMembers => {
            members(state, base, operation, asked, path)
        }
        _ => of_desk(state, base, token, operation, asked, path),
    }
}

fn list(
    state: &State,
    base: &str,
    token: Token,
    asked: &Asked,
    wanted: impl Fn(&Organization) -> bool,
) -> Answer {
    let parameters = asked.parameters();
    let of_account = parameters.get("accountId");
    if let Some(id) = of_account
        && let Err(refused) = may_ask_of(state, token, id)
    {
        return refused;
    }
    let values = state
        .organizations
        .iter()
        .filter(|known| wanted(known) && of_account.is_none_or(|id| known.members.contains(id)))
        .map(|known| as_json(base, known))
        .collect();
    page(base, asked, state.page_cap, values)
}

/// Whose organizations somebody is in, only agents learn.
fn may_ask_of(state: &State, token: Token, account: &str) -> Result<(), Answer> {
    if !state.may(token, Permission::Agent) {
        return Err(error(403, "sd.rest.forbidden", "Only agents may ask this."));
    }
    match state.by_id(account) {
        Some(_) => Ok(()),
        None => Err(error(404, "sd.user.unknown", "The user is not found.")),
    }
}

fn get(state: &State, base: &str, path: &[&str]) -> Answer {
    let named = path.get(3).copied().unwrap_or_default();
    let mut all = state.organizations.iter();
    match all.find(|known| known.id.to_string() == named) {
        Some(organization) => Answer::json(200, &as_json(base, organization)),
        None => missing(),
    }
}

/// 201 with the one that was made, or the one that was there.
fn create(state: &mut State, base: &str, asked: &Asked) -> Answer {
    let body = asked.json().unwrap_or_default();
    let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
    if name.trim().is_empty() || name.chars().count() > MAX_NAME {
        return error(400, "sd.organization.name.invalid", "The name is invalid.");
    }
    let id = state.organization_named(name.trim());
    match state.organizations.iter().find(|known| known.id == id) {
        Some(organization) => Answer::json(201, &as_json(base, organization)),
        None => missing(),
    }
}

fn members(
    state: &mut State,
    base: &str,
    operation: Operation,
    asked: &Asked,
    path: &[&str],
) -> Answer {
    let named = path.get(3).copied().unwrap_or_default();
    let mut all = state.organizations.iter();
    let Some(place) = all.position(|known| known.id.to_string() == named) else {
        return missing();
    };
    if operation == Operation::ListMembers {
        let of = &state.organizations[place].members;
        let values = of
            .iter()
            .filter_map(|id| state.by_id(id))
            .map(|account| customer(base, account))
            .collect();
        return page(base, asked, state.page_cap, values);
    }
    if state.organizations[place].scim_managed {
        return error(
            400,
            "sd.organization.scim.managed",
            "The members of this organization are managed by a directory.",
        );
    }
    let ids = account_ids(asked).filter(|ids| ids.iter().all(|id| state.by_id(id).is_some()));
    let Some(ids) = ids else {
        return error(400, "sd.user.unknown", "One or more users are unknown.");
    };
    let members = &mut state.organizations[place].members;
    if operation == Operation::AddMembers {
        members.extend(ids);
    } else {
        members.retain(|member| !ids.contains(member));
    }
    Answer::empty(204)
}

fn of_desk(
    state: &mut State,
    base: &str,
    token: Token,
    operation: Operation,
    asked: &Asked,
    path: &[&str],
) -> Answer {
    let Some(desk) = find(state, path).map(|desk| desk.id) else {
        return unknown();
    };
    if operation == Operation::ListDeskOrganizations {
        return list(state, base, token, asked, |known| {
            known.desks.contains(&desk)
        });
    }
    let body = asked.json().unwrap_or_default();
    let named = body.get("organizationId").and_then(Value::as_u64);
    let mut all = state.organizations.iter_mut();
    let Some(organization) = all.find(|known| Some(known.id) == named) else {
        return missing();
    };
    if operation == Operation::AddDeskOrganization {
        organization.desks.insert(desk);
    } else {
        organization.desks.remove(&desk);
    }
    Answer::empty(204)
}

fn missing() -> Answer {
    error(
        404,
        "sd.organization.doesnt.exist",
        "The organization does not exist.",
    )
}

fn as_json(base: &str, organization: &Organization) -> Value {
    let id = organization.id;
    json!({
        "id": id.to_string(),
        "uuid": organization.uuid,
        "name": organization.name,
        "scimManaged": organization.scim_managed,
        "_links": {"self": format!("{base}/rest/servicedeskapi/organization/{id}")},
    })
}
