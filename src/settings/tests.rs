//! Settings as a whole: what is read, and what is said of mistakes.
