//! The audit trail: what happened to whom, in a chain that shows when something was taken out or changed.

mod chain;
mod checked;
mod event;
mod export;
mod filter;
mod format;
mod keep;
mod keeping;
mod once;
mod persons;
mod record;
mod search;
mod strangers;
mod tally;
mod trail;
mod writer;

pub use chain::Fault;
pub use checked::Checked;
pub use event::{Event, EventName};
pub use export::Export;
pub use filter::Filter;
pub use format::Format;
pub use keeping::{GRACE, Held, in_force};
pub use record::{Outline, Record};
pub use search::{Bounds, Found, Matching, Older};
pub use tally::Numbers;
pub use trail::Trail;
