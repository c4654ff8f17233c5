//! Everything that the fuzz targets were started with, or that they found, once more: what must hold for any input holds for these.

#[path = "../fuzz/checks.rs"]
mod checks;

use std::path::Path;

type Check = fn(&[u8]);

const TARGETS: [(&str, Check); 8] = [
    ("return_address", checks::return_address),
    ("authn_request", checks::authn_request),
    ("claims", checks::claims),
    ("id_token", checks::id_token),
    ("cookies", checks::cookies),
    ("settings", checks::settings),
    ("deep_link", checks::deep_link),
    ("atlassian_answer", checks::atlassian_answer),
];

#[test]
fn the_kept_corpora_do_no_harm() {
    for (target, check) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fuzz/corpus")
            .join(target);
        let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{target}: {error}"));
        let mut count = 0;
        for file in files {
            let file = file.unwrap_or_else(|error| panic!("{target}: {error}"));
            let input =
                std::fs::read(file.path()).unwrap_or_else(|error| panic!("{target}: {error}"));
            let done = std::panic::catch_unwind(|| check(&input));
            assert!(done.is_ok(), "{target}: {}", file.path().display());
            count += 1;
        }
        assert!(count >= 10, "{target} has {count} inputs");
    }
}
