//! Drawings that only draw, and drawings that do something else.

use super::check;

fn svg(inner: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 10 10\">{inner}</svg>"
    )
}

/// As drawing programs write them.
#[test]
fn a_drawing_that_only_draws_is_taken() {
    for inner in [
        "",
        "<title>Acme (since 1947)</title><path d=\"M0 0h10v10z\" fill=\"#0b5563\"/>",
        "<g transform=\"translate(1 2) rotate(-4.5)\" style=\"fill:rgb(1,2,3);opacity:.5\"><rect width=\"4\" height=\"3\"/></g>",
        "<defs><linearGradient id=\"a\"><stop offset=\"0\" stop-color=\"red\"/></linearGradient><linearGradient id=\"b\" xlink:href=\"#a\"/></defs><circle r=\"4\" fill=\"url(#b)\"/>",
        "<style>.cls-1{fill:url(#a);}.cls-2{fill:#fff}</style><radialGradient id=\"a\"/><rect class=\"cls-1\"/>",
        "<style type=\"text/css\"><![CDATA[ .a > rect { fill: red } ]]></style>",
        "<defs><rect id=\"r\" width=\"4\" height=\"4\"/></defs><clipPath id=\"c\"><use xlink:href=\"#r\"/></clipPath><g clip-path=\"url(#c)\"><path d=\"M0 0\"/></g>",
        "<symbol id=\"s\"><path d=\"M0 0\"/></symbol><use href=\"#s\"/><use href=\"#s\" x=\"3\"/>",
        "<text x=\"1\" font-family=\"Arial, 'Sans'\" xml:space=\"preserve\">Müller &amp; Söhne <tspan>&#174;</tspan></text>",
        "<path id=\"a\" data-name=\"Layer (1)\" aria-label=\"a\\b\" d=\"M0 0\"/><!-- a comment -->",
    ] {
        assert_eq!(check(svg(inner).as_bytes()), Ok(()), "{inner}");
    }
    let declared = format!(
        "\u{feff}<?xml version=\"1.0\" encoding='utf-8' ?>\n{}",
        svg("")
    );
    assert_eq!(check(declared.as_bytes()), Ok(()));
}

#[test]
fn whatever_runs_moves_loads_or_links_is_refused() {
    for inner in [
        // runs
        "<script>alert(1)</script>",
        "<script xmlns=\"http://www.w3.org/1999/xhtml\">alert(1)</script>",
        "<g xmlns:x=\"http://www.w3.org/1999/xhtml\"><x:script/></g>",
        "<path onload=\"alert(1)\"/>",
        "<path ONCLICK=\"alert(1)\"/>",
        "<path onbegin=\"alert(1)\"/>",
        "<use href=\"javascript:alert(1)\"/>",
        "<use xlink:href=\"&#106;avascript:alert(1)\"/>",
        "<handler xmlns=\"http://www.w3.org/2001/xml-events\"/>",
        // holds another document
        "<foreignObject><p xmlns=\"http://www.w3.org/1999/xhtml\">x</p></foreignObject>",
        "<iframe xmlns=\"http://www.w3.org/1999/xhtml\" src=\"https://evil.example\"/>",
        "<metadata/>",
        "<p>x</p>",
        // moves
        "<animate attributeName=\"href\" to=\"javascript:alert(1)\"/>",
        "<set attributeName=\"onload\" to=\"alert(1)\"/>",
        // links
        "<a href=\"https://evil.example\"><path d=\"M0 0\"/></a>",
        // loads
        "<image href=\"https://evil.example/a.png\"/>",
        "<image xlink:href=\"data:image/svg+xml;base64,AAAA\"/>",
        "<feImage href=\"#a\"/>",
        "<use href=\"https://evil.example/a.svg#a\"/>",
        "<use href=\"//evil.example/a.svg#a\"/>",
        "<use href=\"a.svg#a\"/>",
        "<use href=\" #a\"/>",
        "<use href=\"\"/>",
        "<use src=\"#a\"/>",
        "<linearGradient href=\"https://evil.example/a.svg#a\"/>",
        "<path fill=\"url(https://evil.example/a.svg#a)\"/>",
        "<path fill=\"url( 'https://evil.example/#a' )\"/>",
        "<path fill=\"URL(//evil.example/#a)\"/>",
        "<path fill=\"red url(#a) url(http://evil.example)\"/>",
        "<path fill=\"u\\72l(https://evil.example)\"/>",
        "<path style=\"fill:url/**/(https://evil.example)\"/>",
        "<path style=\"background:image-set('https://evil.example' 1x)\"/>",
        "<path style=\"fill:src('https://evil.example')\"/>",
        "<path style=\"fill:expression(alert(1))\"/>",
        "<path style=\"fill:var(--x)\"/>",
        "<path xml:base=\"https://evil.example/\"/>",
        "<path xlink:role=\"https://evil.example/\"/>",
        "<path cursor=\"url(#a)\"/>",
        "<style>@import 'https://evil.example/a.css';</style>",
        "<style>@font-face{font-family:a;src:url(https://evil.example)}</style>",
        "<style>.a{background:url(https://evil.example)}</style>",
        "<style>.a{background:\\75rl(https://evil.example)}</style>",
        "<style><path/></style>",
        "<style>&lt;/style><script></style>",
        "<font-face-uri href=\"https://evil.example\"/>",
        // is read in two ways
        "<?xml-stylesheet href=\"https://evil.example/a.css\"?>",
        "<path><?php evil() ?></path>",
    ] {
        assert!(check(svg(inner).as_bytes()).is_err(), "{inner}");
    }
}

#[test]
fn what_is_no_drawing_of_its_own_is_refused() {
    let inside = svg("");
    for text in [
        String::new(),
        "hello".to_owned(),
        "<svg/>".to_owned(),
        "<svg xmlns=\"http://www.w3.org/1999/xhtml\"/>".to_owned(),
        "<html xmlns=\"http://www.w3.org/1999/xhtml\"/>".to_owned(),
        "<s:g xmlns:s=\"http://www.w3.org/2000/svg\"/>".to_owned(),
        format!("{inside}{inside}"),
        format!("{inside}<script/>"),
        inside.replace("</svg>", ""),
        format!("<!DOCTYPE svg>{inside}"),
        format!("<!DOCTYPE svg [<!ENTITY a \"b\">]>{inside}"),
        format!(
            "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/a.dtd\">{inside}"
        ),
        svg("&xxe;"),
        format!("<?xml version=\"1.0\" encoding=\"utf-7\"?>{inside}"),
        format!("<?xml version=\"1.0\" encoding = 'ISO-2022-JP'?>{inside}"),
        format!("<?xml-stylesheet href=\"a.css\"?>{inside}"),
    ] {
        assert!(check(text.as_bytes()).is_err(), "{text}");
    }
    let utf16: Vec<u8> = inside.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert!(check(&utf16).is_err());
}

#[test]
fn a_drawing_that_unfolds_without_end_is_refused() {
    let nest = |begin: &str| -> String {
        (1..9).fold(begin.to_owned(), |all, level| {
            let inner = format!("<use href=\"#a{}\"/>", level - 1).repeat(20);
            format!("{all}<g id=\"a{level}\">{inner}</g>")
        })
    };
    let masks = |count: usize| -> String {
        (1..count).fold("<mask id=\"m0\"><path/></mask>".to_owned(), |all, level| {
            let inner = format!("<path style=\"mask:url('#m{}'\"/>", level - 1).repeat(20);
            format!("{all}<mask id=\"m{level}\">{inner}</mask>")
        })
    };
    for (what, inner) in [
        ("uses", nest("<path id=\"a0\"/>")),
        ("masks", masks(6)),
        (
            "a circle",
            "<g id=\"a\"><use href=\"#b\"/></g><g id=\"b\"><use href=\"#a\"/></g>".to_owned(),
        ),
        ("itself", "<g id=\"a\"><use href=\"#a\"/></g>".to_owned()),
        (
            "a name in disguise",
            "<g id=\"a\"><use href=\"#%61\"/></g>".to_owned(),
        ),
        (
            "rules",
            "<style>g{mask:url(#m)}</style><mask id=\"m\"/>".to_owned(),
        ),
        ("many nodes", "<g/>".repeat(30_000)),
        ("deep nodes", "<g>".repeat(30_000) + &"</g>".repeat(30_000)),
    ] {
        assert!(check(svg(&inner).as_bytes()).is_err(), "{what}");
    }
    assert_eq!(
        check(svg(&masks(3)).as_bytes()),
        Ok(()),
        "two levels are ordinary"
    );
}
