//! Settings in the words of the desk's own forms: on which page a setting stands, what its field is called there, and what its old and new value mean.
//!
//! Everything comes from the tables that the forms are made of, so a new field needs no second place.

mod complaints;
mod lookup;
mod renames;
mod rules;
mod things;
mod typed;
mod value;

pub(in crate::admin) use complaints::{Complaint, complaints};
pub(in crate::admin) use lookup::Lookup;
pub(in crate::admin) use things::{Thing, things};
pub(in crate::admin) use typed::typed;

/// A form's place in the desk: its page and address, the key above its fields, and the fields.
#[derive(Clone, Copy)]
pub(in crate::admin) struct Sheet {
    pub(in crate::admin) page: &'static str,
    pub(in crate::admin) address: &'static str,
    pub(in crate::admin) prefix: &'static str,
    pub(in crate::admin) sections: &'static [super::form::Section],
}
