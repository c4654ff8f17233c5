//! Where tables go: onto the screen, and into the documents that show the newest, between two marks.

use std::path::{Path, PathBuf};

use super::options;

/// The argument that lets documents be written; without it tables go into `target/` alone.
const WRITE: &str = "--write";

/// Prints a text, and puts it where the documents have the marks of this name.
pub(crate) fn publish(name: &str, text: &str, documents: &[&str]) {
    println!("\n{text}");
    let top = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let kept = top.join(format!("target/{name}.md"));
    std::fs::write(&kept, text).unwrap_or_else(|error| panic!("{}: {error}", kept.display()));
    if options::given(WRITE) {
        for document in documents {
            put(&top.join(document), name, text);
        }
    }
}

fn put(document: &Path, name: &str, text: &str) {
    let (begin, end) = (
        format!("<!-- {name}: begin -->"),
        format!("<!-- {name}: end -->"),
    );
    let whole = std::fs::read_to_string(document).unwrap();
    let marks = whole
        .split_once(&begin)
        .and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, after) =
        marks.unwrap_or_else(|| panic!("{} has no marks {begin} {end}", document.display()));
    let text = format!("{before}{begin}\n{}\n{end}{after}", text.trim());
    std::fs::write(document, text).unwrap();
}
