//! The Customer Service Management API, behind the gateway: details of customers, in fields that an administrator made, and their display names.
//!
//! Known of it: the addresses, the body and the answer of a detail, and which errors there are. Not known: the form of an error's body, and whether a
//! field that there is not is 400 or 404; here it is 400. It takes Basic authentication and OAuth alike.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::operation::Operation;
use super::state::State;
use crate::http::{Answer, Asked};

/// The fields and what stands in them.
#[derive(Debug, Default)]
pub(super) struct CustomerService {
    /// Whether the site has none of this.
    pub(super) missing: bool,
    /// Name → options; a field without options takes any text.
    pub(super) fields: BTreeMap<String, Vec<String>>,
    /// Account id → field → values.
    pub(super) details: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// One call that was let in. The path begins with `jsm`, `csm`, `cloudid`, the site's id, `api`, `v1` and `customer`.
pub(super) fn answer(
    state: &mut State,
    operation: Operation,
    asked: &Asked,
    path: &[&str],
) -> Answer {
    let answered = match (operation, path.get(7..)) {
        (Operation::SetCustomerDetail, Some([account, ..])) => set_detail(state, asked, account),
        (Operation::SetCustomerName, Some([_, account, ..])) => set_name(state, asked, account),
        _ => Err(error(404, "No such resource.")),
    };
    answered.unwrap_or_else(|refused| refused)
}

/// The values of one field: all of them, in place of those that stood there.
fn set_detail(state: &mut State, asked: &Asked, account: &str) -> Result<Answer, Answer> {
    known(state, account)?;
    let parameters = asked.parameters();
    let field = parameters.text("fieldName");
    let service = &mut state.customer_service;
    let options = service
        .fields
        .get(field)
        .ok_or_else(|| error(400, "The detail field does not exist."))?;
    let values = values(asked).ok_or_else(|| error(400, "The values cannot be read."))?;
    if !options.is_empty() && !values.iter().all(|value| options.contains(value)) {
        return Err(error(400, "A value is none of the field's options."));
    }
    let kind = if options.is_empty() {
        json!({"name": "TEXT"})
    } else {
        json!({"name": "SELECT", "options": options})
    };
    let body = json!({"name": field, "type": kind, "values": values});
    let details = service.details.entry(account.to_owned()).or_default();
    details.insert(field.to_owned(), values);
    Ok(Answer::json(200, &body))
}

fn set_name(state: &mut State, asked: &Asked, account: &str) -> Result<Answer, Answer> {
    known(state, account)?;
    let body = asked.json().unwrap_or_default();
    let name = body
        .get("displayName")
        .and_then(Value::as_str)
        .map(str::trim);
    let name = name
        .filter(|name| !name.is_empty())
        .ok_or_else(|| error(400, "A display name is needed."))?;
    for known in &mut state.accounts {
        if known.id == account {
            name.clone_into(&mut known.display_name);
        }
    }
    Ok(Answer::json(
        200,
        &json!({"customerId": account, "displayName": name}),
    ))
}

/// Only portal-only customers are customers here.
fn known(state: &State, account: &str) -> Result<(), Answer> {
    let account = state.by_id(account);
    if account.is_some_and(|account| account.id.starts_with("qm:")) {
        return Ok(());
    }
    Err(error(404, "The customer does not exist."))
}

fn values(asked: &Asked) -> Option<Vec<String>> {
    let body = asked.json()?;
    let values = body.get("values")?.as_array()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    values.iter().map(text).collect()
}

/// An error of this API.
pub(super) fn error(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({"errors": [{"message": message}]}))
}
