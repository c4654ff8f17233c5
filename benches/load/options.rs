//! What the command line asks for: `--name value` and `--name`.

/// What follows this name, as a number.
pub(crate) fn number(name: &str, otherwise: usize) -> usize {
    let value = std::env::args().skip_while(|one| one != name).nth(1);
    value.map_or(otherwise, |value| {
        value
            .parse()
            .unwrap_or_else(|error| panic!("{name} {value}: {error}"))
    })
}

/// Whether this is among the arguments.
pub(crate) fn given(name: &str) -> bool {
    std::env::args().any(|one| one == name)
}
