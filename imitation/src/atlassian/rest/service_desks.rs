//! Service desks and what may be asked for there.

use serde_json::{Value, json};

use super::super::desks::{RequestType, ServiceDesk};
use super::super::operation::Operation;
use super::super::state::State;
use super::envelope::{error, page};
use crate::http::{Answer, Asked};

pub(super) fn answer(
    state: &State,
    base: &str,
    operation: Operation,
    asked: &Asked,
    path: &[&str],
) -> Answer {
    if operation == Operation::ListDesks {
        let visible = state.desks.iter().filter(|_| !state.switches.blind);
        let values = visible.map(|desk| as_json(base, desk)).collect();
        return page(base, asked, state.page_cap, values);
    }
    let Some(desk) = find(state, path) else {
        return unknown();
    };
    let values: Vec<Value> = match operation {
        Operation::GetDesk => return Answer::json(200, &as_json(base, desk)),
        Operation::ListRequestTypes => desk
            .request_types
            .iter()
            .map(|kind| request_type(base, desk, kind))
            .collect(),
        _ => desk
            .groups
            .iter()
            .map(|(id, name)| json!({"id": id.to_string(), "name": name}))
            .collect(),
    };
    page(base, asked, state.page_cap, values)
}

/// The service desk that an address names, by its id or its project's key; none when the token cannot see it.
pub(super) fn find<'a>(state: &'a State, path: &[&str]) -> Option<&'a ServiceDesk> {
    let named = *path.get(3)?;
    let visible = state.desks.iter().filter(|_| !state.switches.blind);
    visible
        .into_iter()
        .find(|desk| desk.id.to_string() == named || desk.key == named)
}

pub(super) fn unknown() -> Answer {
    error(
        404,
        "sd.servicedesk.error.doesnt.exist",
        "The service desk does not exist.",
    )
}

fn as_json(base: &str, desk: &ServiceDesk) -> Value {
    json!({
        "id": desk.id.to_string(),
        "projectId": desk.project_id.to_string(),
        "projectName": desk.name,
        "projectKey": desk.key,
        "_links": {"self": format!("{base}/rest/servicedeskapi/servicedesk/{}", desk.id)},
    })
}

fn request_type(base: &str, desk: &ServiceDesk, kind: &RequestType) -> Value {
    let groups: Vec<_> = kind.groups.iter().map(u64::to_string).collect();
    let itself = format!(
        "{base}/rest/servicedeskapi/servicedesk/{}/requesttype/{}",
        desk.id, kind.id
    );
    json!({
        "_expands": [],
        "id": kind.id.to_string(),
        "_links": {"self": itself},
        "name": kind.name,
        "description": kind.description,
        "helpText": "",
        "issueTypeId": "10001",
        "serviceDeskId": desk.id.to_string(),
        "portalId": desk.portal_id.to_string(),
        "groupIds": groups,
        "icon": {"id": "10515", "_links": {"iconUrls": {}}},
    })
}
