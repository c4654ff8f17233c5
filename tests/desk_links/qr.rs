//! The QR code, as a reader reads it.

use crate::support::Town;

#[tokio::test(flavor = "multi_thread")]
async fn the_qr_code_leads_to_the_link_and_has_its_quiet_zone() {
    let town = Town::new().await;
    let (browser, _) = town.administrator("/admin/links").await;
    let svg = browser.open(&town.at("/admin/links/help/qr.svg")).await;
    assert_eq!(svg.header("content-type"), Some("image/svg+xml"));
    let (modules, width) = modules(&svg.text);
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, width, |x, y| {
        if modules[y * width + x] { 0 } else { 255 }
    });
    let grids = picture.detect_grids();
    let (_, content) = grids[0].decode().unwrap();
    assert_eq!(content, town.at("/p/help"));
    let quiet = |nth: usize| (0..width).all(|x| !modules[nth * width + x]);
    let module = (0..width).find(|nth| !quiet(*nth)).unwrap() / 4;
    assert!(module > 0 && quiet(4 * module - 1) && quiet(width - 4 * module));
}

/// The pixels of the SVG: a white ground, and a path of squares `Mx,yhwvhh-wz`.
fn modules(svg: &str) -> (Vec<bool>, usize) {
    let between = |text: &str, from: &str, to: &str| {
        let rest = text.split_once(from).unwrap().1;
        rest.split_once(to).unwrap().0.to_owned()
    };
    let width: usize = between(svg, "viewBox=\"0 0 ", " ").parse().unwrap();
    let mut pixels = vec![false; width * width];
    let path = between(svg, " d=\"", "\"");
    for square in path.split('M').filter(|square| !square.is_empty()) {
        let numbers: Vec<usize> = square
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|number| number.parse().ok())
            .collect();
        let [x, y, wide, high, ..] = numbers[..] else {
            panic!("{square}")
        };
        for row in y..y + high {
            pixels[row * width + x..row * width + x + wide].fill(true);
        }
    }
    (pixels, width)
}
