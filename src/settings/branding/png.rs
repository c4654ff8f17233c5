//! Whether bytes are a PNG picture and nothing else (W3C, Portable Network Graphics, 5: datastream structure).

/// What every PNG begins with.
const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// No logo is wider or higher. A small file can unfold to an enormous picture in the browser.
const MOST_PIXELS: u32 = 4096;

/// Length, name and checksum of a chunk.
const FRAME: usize = 12;

pub(super) fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(&SIGNATURE)
}

/// Whether the dimensions are those of a logo, and the picture is whole and ends where the file ends.
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    let chunks = bytes.get(SIGNATURE.len()..).and_then(chunks);
    let chunks = chunks.ok_or("is not a whole PNG picture")?;
    let (Some((b"IHDR", header)), Some((b"IEND", []))) = (chunks.first(), chunks.last()) else {
        return Err("is not a whole PNG picture".to_owned());
    };
    let [width, height] = dimensions(header).ok_or("is not a whole PNG picture")?;
    let possible = 1..=MOST_PIXELS;
    if possible.contains(&width) && possible.contains(&height) {
        Ok(())
    } else {
        Err(format!(
            "is {width} by {height} pixels large; at most {MOST_PIXELS} by {MOST_PIXELS} are taken"
        ))
    }
}

/// Name and content of each chunk; `None` unless they fill the bytes, or when one comes behind the end.
fn chunks(mut rest: &[u8]) -> Option<Vec<(&[u8; 4], &[u8])>> {
    let mut chunks = Vec::new();
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (name, after) = after.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        chunks.push((name, after.get(..length)?));
        rest = rest.get(length.checked_add(FRAME)?..)?;
        if name == b"IEND" && !rest.is_empty() {
            return None;
        }
    }
    Some(chunks)
}

fn dimensions(header: &[u8]) -> Option<[u32; 2]> {
    let header: &[u8; 13] = header.try_into().ok()?;
    let (width, rest) = header.split_first_chunk::<4>()?;
    let (height, _) = rest.split_first_chunk::<4>()?;
    Some([width, height].map(|number| u32::from_be_bytes(*number)))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A picture of these dimensions, as far as anybody looks.
    pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
        let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
        header.extend([8, 6, 0, 0, 0]);
        let mut bytes = SIGNATURE.to_vec();
        for (name, content) in [
            (b"IHDR", header.as_slice()),
            (b"IDAT", b"xyz"),
            (b"IEND", b""),
        ] {
            bytes.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
            bytes.extend(name);
            bytes.extend(content);
            bytes.extend([0; 4]);
        }
        bytes
    }

    #[test]
    fn a_picture_of_a_logos_size_is_taken() {
        for (width, height) in [(1, 1), (200, 60), (4096, 4096)] {
            assert_eq!(check(&png(width, height)), Ok(()));
        }
    }

    #[test]
    fn a_picture_that_unfolds_without_end_is_refused() {
        for (width, height) in [(0, 10), (10, 0), (4097, 1), (1, u32::MAX)] {
            let said = check(&png(width, height)).unwrap_err();
            assert!(said.contains(&format!("{width} by {height}")), "{said}");
        }
    }

    #[test]
    fn what_is_cut_short_or_goes_on_behind_its_end_is_refused() {
        let whole = png(10, 10);
        for length in 8..whole.len() {
            assert!(check(&whole[..length]).is_err(), "{length}");
        }
        let followed = [whole.as_slice(), b"<script>"].concat();
        assert!(check(&followed).is_err());
        let twice = [whole.as_slice(), &whole[8..]].concat();
        assert!(check(&twice).is_err());
    }
}
