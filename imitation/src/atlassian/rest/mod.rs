//! The REST API: who asks, whether they may, and who answers.

mod customers;
mod envelope;
mod organizations;
mod platform;
mod service_desks;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::operation::{Operation, Permission};
use super::state::State;
use crate::http::{Answer, Asked};
use envelope::{error, error_collection};

/// One call by the service account, or by nobody.
pub(super) fn answer(
    state: &mut State,
    base: &str,
    operation: Operation,
    asked: &Asked,
    path: &[&str],
) -> Answer {
    if let Err(refused) = admit(state, operation, asked, path) {
        return refused;
    }
    match operation {
        Operation::ListDesks
        | Operation::GetDesk
        | Operation::ListRequestTypes
        | Operation::ListRequestTypeGroups => {
            service_desks::answer(state, base, operation, asked, path)
        }
        Operation::CreateCustomer
        | Operation::ListCustomers
        | Operation::AddCustomers
        | Operation::RemoveCustomers => customers::answer(state, base, operation, asked, path),
        Operation::ListOrganizations
        | Operation::CreateOrganization
        | Operation::ListMembers
        | Operation::AddMembers
        | Operation::RemoveMembers
        | Operation::ListDeskOrganizations
        | Operation::AddDeskOrganization
        | Operation::RemoveDeskOrganization => {
            organizations::answer(state, base, operation, asked, path)
        }
        Operation::SearchUsers
        | Operation::GetUser
        | Operation::Myself
        | Operation::MyPermissions
        | Operation::ServerInfo
        | Operation::TenantInfo => platform::answer(state, base, operation, asked),
        Operation::UnknownRest | Operation::Page | Operation::AssertionConsumer => {
            Answer::json(404, &json!({"message": "null for uri", "status-code": 404}))
        }
    }
}

/// Up, signed in, opted in and allowed, in this order.
fn admit(state: &State, operation: Operation, asked: &Asked, path: &[&str]) -> Result<(), Answer> {
    if state.switches.unavailable {
        return Err(Answer::text(
            503,
            "text/html",
            "<h1>Service unavailable</h1>",
        ));
    }
    if operation.is_anonymous() {
        return Ok(());
    }
    authenticate(state, asked, path)?;
    let opted_in = asked.header("X-ExperimentalApi") == Some("opt-in");
    if operation.is_experimental() && !opted_in {
        return Err(error(
            412,
            "sd.experimental.api.opt.in",
            "This API is experimental. Opt in with the header X-ExperimentalApi: opt-in.",
        ));
    }
    match operation.needs() {
        Some(permission) if !state.may(permission) => Err(forbidden(permission)),
        _ => Ok(()),
    }
}

fn authenticate(state: &State, asked: &Asked, path: &[&str]) -> Result<(), Answer> {
    let shown = asked
        .header("Authorization")
        .and_then(|header| header.strip_prefix("Basic "))
        .and_then(|encoded| STANDARD.decode(encoded).ok());
    let known = format!("{}:{}", state.email, state.api_token);
    if state.switches.token_scoped && shown.is_some() {
        let body = json!({"code": 401, "message": "Unauthorized; scope does not match"});
        return Err(Answer::json(401, &body));
    }
    if shown.as_deref() == Some(known.as_bytes()) && !state.switches.token_expired {
        return Ok(());
    }
    let message = "Client must be authenticated to access this resource.";
    let refused = if path.contains(&"servicedeskapi") {
        error(401, "sd.rest.not.authenticated", message)
    } else {
        error_collection(401, message)
    };
    Err(refused
        .with("WWW-Authenticate", "OAuth realm=\"imitation\"")
        .with("X-Seraph-LoginReason", "AUTHENTICATED_FAILED"))
}

fn forbidden(permission: Permission) -> Answer {
    match permission {
        Permission::BrowseUsers => error_collection(
            403,
            "You are not authorized to perform this operation. Browse users is needed.",
        ),
        _ => error(
            403,
            "sd.rest.forbidden",
            "The user does not have permission to complete this request.",
        ),
    }
}
