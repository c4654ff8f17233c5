//! What is written in templates and in the stylesheet.

#[test]
fn no_template_turns_escaping_off_or_holds_script_or_style() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut folders = vec![folder];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            read += 1;
            let text: String = std::fs::read_to_string(&path)
                .unwrap()
                .split_whitespace()
                .collect();
            for forbidden in [
                "|safe",
                "|escape(",
                "{%filter",
                "<style",
                "style=",
                "javascript:",
                "onclick=",
                "onload=",
                "<script>",
            ] {
                assert!(
                    !text.contains(forbidden),
                    "{forbidden} in {}",
                    path.display()
                );
            }
        }
    }
    assert!(read >= 9);
}

/// A block that is left open swallows every rule behind it, and no browser complains.
#[test]
fn every_block_of_the_stylesheet_ends_before_the_next_rule_begins() {
    let mut open = 0_i32;
    for (number, line) in (1..).zip(include_str!("../../../static/front-door.css").lines()) {
        let is_rule = line.ends_with('{') && !line.starts_with(' ');
        assert!(!is_rule || open == 0, "line {number}: {line}");
        let count = |brace| i32::try_from(line.matches(brace).count()).unwrap();
        open += count('{') - count('}');
    }
    assert_eq!(open, 0);
}
