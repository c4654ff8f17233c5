//! Where a request panicked, so that the line of its refusal says it beside its reference: the line of the panic itself is written where no request is known.
//!
//! A request is a task of its own, and goes from its panic to its refusal without pausing: by task and thread nobody else's panic is taken for its own.

use std::cell::Cell;

use tokio::task;

thread_local! {
    static LAST: Cell<Option<(task::Id, String)>> = const { Cell::new(None) };
}

/// A panic is here.
pub(super) fn note(place: &str) {
    LAST.set(task::try_id().map(|task| (task, place.to_owned())));
}

/// Where this request has panicked, if that is how it ended.
pub(super) fn of_this_request() -> Option<String> {
    let (task, place) = LAST.take()?;
    (task::try_id() == Some(task)).then_some(place)
}
