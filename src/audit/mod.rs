//! The audit trail: what happened to whom, in a chain that shows when something was taken out or changed.

mod event;
mod export;
mod keep;
mod newest;
mod persons;
mod record;
mod strangers;
mod trail;

pub use event::{Event, EventName};
pub use export::{Export, Fault};
pub use newest::LOOKED_AT;
pub use record::Record;
pub use trail::Trail;
