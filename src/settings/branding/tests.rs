//! `branding` as it is read from files, and as it is saved.

use std::path::Path;

use super::png::tests::png;
use super::*;
use crate::settings::{Outside, Saved, Settings};

const DRAWING: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0\"/></svg>";

/// A folder with pictures, and files that are none.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let script = DRAWING.replace("<path", "<script");
    for (name, content) in [
        ("logo.svg", DRAWING.as_bytes()),
        ("logo.png", &png(20, 10)),
        ("script.svg", script.as_bytes()),
        ("large.png", &vec![b'x'; 256 * 1024 + 1]),
        ("notes.txt", b"hello"),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn outside(folder: &Path, branding: &str) -> Result<Outside, String> {
    let text = format!("[default.branding]\n{branding}");
    let read = Settings::from_toml(&text, folder);
    read.map(|loaded| loaded.outside)
        .map_err(|problems| problems.to_string())
}

fn logo_by(outside: &Outside, saved: &Saved) -> Result<Option<Logo>, String> {
    let judged = outside.judge(saved);
    judged
        .map(|loaded| loaded.settings.branding.logo)
        .map_err(|problems| problems.to_string())
}

#[test]
fn a_file_names_its_logo_by_a_path_beside_it_or_holds_it() {
    let folder = folder();
    let held = Logo::new(DRAWING.into()).unwrap().data_url();
    for (logo, kind) in [
        ("logo.svg", logo::LogoKind::Svg),
        ("logo.png", logo::LogoKind::Png),
        (&held, logo::LogoKind::Svg),
    ] {
        let outside = outside(folder.path(), &format!("logo = {logo:?}")).unwrap();
        let logo = logo_by(&outside, &Saved::default()).unwrap().unwrap();
        assert_eq!(logo.kind(), kind);
    }
}

#[test]
fn a_file_that_is_no_logo_is_a_mistake_that_names_it() {
    let folder = folder();
    for (logo, said) in [
        ("script.svg", "holds <\"script\">"),
        ("large.png", "is larger than 256 KiB"),
        ("notes.txt", "is neither PNG nor an SVG drawing"),
        ("missing.png", "cannot be read"),
        (".", "cannot be read"),
        (
            "data:image/gif;base64,AAAA",
            "must begin with data:image/png",
        ),
        ("https://acme.example/logo.png", "cannot be read"),
    ] {
        let mistake = outside(folder.path(), &format!("logo = {logo:?}")).unwrap_err();
        assert!(
            mistake.starts_with("branding.logo (settings:2)") && mistake.contains(said),
            "{mistake}"
        );
    }
}

#[test]
fn a_path_is_never_taken_from_what_is_saved() {
    let folder = folder();
    let outside = outside(folder.path(), "").unwrap();
    let saved = |logo: &str| Saved::default().with_value(&["branding", "logo"], Some(logo.into()));
    for path in ["logo.svg", "/etc/passwd", "file:///etc/passwd", "./data:x"] {
        let mistake = logo_by(&outside, &saved(path)).unwrap_err();
        assert!(
            mistake.contains("only a file or a variable may name a path"),
            "{mistake}"
        );
        let layered = outside.with_usable(&saved(path)).unwrap();
        assert_eq!(layered.settings.branding.logo, None, "{path}");
        assert!(!layered.settings.links_closed, "it restricts nobody");
    }
    let held = Logo::new(DRAWING.into()).unwrap();
    assert_eq!(logo_by(&outside, &saved(&held.data_url())), Ok(Some(held)));
    assert_eq!(logo_by(&outside, &saved("")), Ok(None));
}

#[test]
fn an_export_holds_the_picture_in_place_of_its_path() {
    let folder = folder();
    let outside = outside(folder.path(), "logo = \"logo.png\"").unwrap();
    let exported = outside.everything(&Saved::default());
    let elsewhere = Settings::from_toml("", Path::new("/")).unwrap().outside;
    let logo = logo_by(&elsewhere, &exported).unwrap();
    assert_eq!(logo, Some(Logo::new(png(20, 10)).unwrap()));
}

#[test]
fn a_changed_picture_is_told_by_its_size() {
    let logo = Logo::new(png(20, 10)).unwrap().data_url();
    let saved = Saved::default().with_value(&["branding", "logo"], Some(logo.clone().into()));
    let changes = saved.changes_since(&Saved::default());
    let told = format!("\"data:image/png…\" ({} characters)", logo.len());
    assert_eq!(changes[0].new.as_deref(), Some(told.as_str()));
}

#[test]
fn a_colour_is_judged_where_it_is_set() {
    let mistake = outside(Path::new(""), "accent = \"#ffffff\"").unwrap_err();
    assert!(
        mistake.starts_with("branding.accent (settings:2): is too light"),
        "{mistake}"
    );
    assert!(outside(Path::new(""), "accent = \"#0b5563\"").is_ok());
}
