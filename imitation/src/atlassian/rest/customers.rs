//! Customers of the site and of its service desks.

use serde_json::Value;

use super::super::accounts::{Account, AccountType};
use super::super::desks::Access;
use super::super::operation::Operation;
use super::super::state::State;
use super::envelope::{account_ids, customer, error, page};
use super::service_desks::{find, unknown};
use crate::http::{Answer, Asked};

pub(super) fn answer(
    state: &mut State,
    base: &str,
    operation: Operation,
    asked: &Asked,
    path: &[&str],
) -> Answer {
    match operation {
        Operation::CreateCustomer => {
            return create(state, base, asked).unwrap_or_else(|refused| refused);
        }
        Operation::RevokePortalAccess => return revoke(state, path),
        _ => {}
    }
    let Some((id, access)) = find(state, path).map(|desk| (desk.id, desk.access)) else {
        return unknown();
    };
    match operation {
        Operation::ListCustomers => list(state, base, asked, id),
        Operation::AddCustomers => add(state, asked, id),
        Operation::InviteCustomer => {
            invite(state, base, asked, id).unwrap_or_else(|refused| refused)
        }
        _ => remove(state, asked, id, access),
    }
}

/// 409 when the address is taken and the strict code was asked for, 400 otherwise; neither names the account.
fn create(state: &mut State, base: &str, asked: &Asked) -> Result<Answer, Answer> {
    let account = make(state, asked)?;
    Ok(Answer::json(201, &customer(base, &account)))
}

/// The same, by a mail to the customer, who belongs to the service desk then.
fn invite(state: &mut State, base: &str, asked: &Asked, desk: u64) -> Result<Answer, Answer> {
    let account = make(state, asked)?;
    let members = state.members.entry(desk).or_default();
    members.insert(account.id.clone());
    state.invitations.push((account.email.clone(), desk));
    Ok(Answer::json(201, &customer(base, &account)))
}

/// Who is no portal-only customer has no access of that kind.
fn revoke(state: &mut State, path: &[&str]) -> Answer {
    let named = path.get(4).copied().unwrap_or_default();
    let portal_only = |known: &&mut Account| known.kind == AccountType::Customer;
    let mut all = state.accounts.iter_mut().filter(portal_only);
    match all.find(|known| known.id == named) {
        Some(account) => {
            account.active = false;
            Answer::empty(204)
        }
        None => error(404, "sd.user.unknown", "The account ID is invalid."),
    }
}

fn make(state: &mut State, asked: &Asked) -> Result<Account, Answer> {
    let (email, display_name) = wanted(asked)?;
    if state.by_email(&email).is_some() {
        let strict = asked.parameters().get("strictConflictStatusCode") == Some("true");
        return Err(error(
            if strict { 409 } else { 400 },
            "sd.admin.people.customer.email.already.exists",
            "An account already exists for this email.",
        ));
    }
    let same = |known: &&Account| known.email.eq_ignore_ascii_case(&email);
    let elsewhere = state.elsewhere.iter().find(same).cloned();
    let account = elsewhere.unwrap_or_else(|| Account::customer(&email, &display_name));
    state.accounts.push(account.clone());
    Ok(account)
}

fn wanted(asked: &Asked) -> Result<(String, String), Answer> {
    let bad = |key: &str, message: &str| error(400, key, message);
    let body = asked
        .json()
        .ok_or_else(|| bad("sd.rest.json", "The request body cannot be read."))?;
    let known = ["email", "displayName", "fullName"];
    let fields = body.as_object();
    if !fields.is_some_and(|fields| fields.keys().all(|key| known.contains(&key.as_str()))) {
        return Err(bad("sd.rest.json", "Unrecognized field."));
    }
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::trim);
    let email = text("email").unwrap_or_default();
    let in_order = email
        .split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
    if !in_order || email.contains(char::is_whitespace) || email.matches('@').count() != 1 {
        return Err(bad(
            "sd.admin.people.customer.email.invalid",
            "Email address is invalid.",
        ));
    }
    match text("displayName").or(text("fullName")) {
        Some(name) if !name.is_empty() => Ok((email.to_owned(), name.to_owned())),
        _ => Err(bad("sd.rest.display.name", "A display name is needed.")),
    }
}

/// The query is a prefix of the name, one of its words, or the address.
fn list(state: &State, base: &str, asked: &Asked, desk: u64) -> Answer {
    let parameters = asked.parameters();
    let query = parameters.text("query").to_lowercase();
    let members = state.members_of(desk);
    let values = state
        .accounts
        .iter()
        .filter(|account| members.contains(&account.id) && matches(account, &query))
        .map(|account| customer(base, account))
        .collect();
    page(base, asked, state.page_cap, values)
}

/// As Atlassian looks people up: by the beginnings of names and addresses, whoever else begins so too.
pub(super) fn matches(account: &Account, query: &str) -> bool {
    let name = account.display_name.to_lowercase();
    let email = account.email.to_lowercase();
    email.starts_with(query)
        || name.starts_with(query)
        || name.split_whitespace().any(|word| word.starts_with(query))
}

/// Those who exist are added even where others do not, and the answer is 400 then.
fn add(state: &mut State, asked: &Asked, desk: u64) -> Answer {
    let Some(ids) = account_ids(asked) else {
        return error(400, "sd.rest.json", "The request body cannot be read.");
    };
    let (known, unknown): (Vec<_>, Vec<_>) =
        ids.into_iter().partition(|id| state.by_id(id).is_some());
    state.members.entry(desk).or_default().extend(known);
    if unknown.is_empty() {
        Answer::empty(204)
    } else {
        error(
            400,
            "sd.customer.does.not.exist",
            "One or more customers do not exist.",
        )
    }
}

/// Only where customers have to be added at all.
fn remove(state: &mut State, asked: &Asked, desk: u64, access: Access) -> Answer {
    if access != Access::Added {
        return error(
            400,
            "sd.servicedesk.open.access",
            "The service desk has open access.",
        );
    }
    let Some(ids) = account_ids(asked) else {
        return error(400, "sd.rest.json", "The request body cannot be read.");
    };
    let members = state.members.entry(desk).or_default();
    members.retain(|member| !ids.contains(member));
    Answer::empty(204)
}
