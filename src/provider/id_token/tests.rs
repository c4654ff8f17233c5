//! Each fault of an ID token, and what it gets.
