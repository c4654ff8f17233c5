//! How the imitations listen, answer and remember what they were asked.

mod answer;
mod asked;
mod calls;
mod endless;
mod gate;
mod server;

pub(crate) use answer::Answer;
pub(crate) use asked::{Asked, Parameters};
pub(crate) use calls::Calls;
pub(crate) use endless::{Flood, Pace};
pub(crate) use gate::{Gate, Ticket};
pub(crate) use server::{Running, Site};

pub use calls::Call;
