//! What the command line asks for: `--name value` and `--name`.

/// What follows this name.
pub(crate) fn text(name: &str) -> Option<String> {
    std::env::args().skip_while(|one| one != name).nth(1)
}

/// What follows this name, as a number.
pub(crate) fn number(name: &str, otherwise: usize) -> usize {
    text(name).map_or(otherwise, |value| {
        value
            .parse()
            .unwrap_or_else(|error| panic!("{name} {value}: {error}"))
    })
}

/// Whether this is among the arguments.
pub(crate) fn given(name: &str) -> bool {
    std::env::args().any(|one| one == name)
}
