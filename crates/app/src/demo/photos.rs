//! Drawn photographs: a wall, the ground, and what lies in the way before and no longer after. Nobody could take them for real ones.

use super::dice::Dice;
use crate::fault::Fault;
use crate::papers::keep;
use flate2::{Compression, Crc, write::ZlibEncoder};
use std::io::Write;
use std::path::Path;

const WIDTH: u32 = 320;
const HEIGHT: u32 = 240;

/// A photo that lies in the folder of files.
#[derive(Debug, Clone)]
pub(super) struct Photo {
    pub(super) sha256: String,
    pub(super) size: i64,
}

/// A place before and after.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) before: Photo,
    pub(super) after: Photo,
}

/// Draws and keeps so many pairs.
pub(super) fn draw(folder: &Path, pairs: usize, dice: &mut Dice) -> Result<Vec<Pair>, Fault> {
    (0..pairs)
        .map(|_| {
            let scene = dice.branch();
            Ok(Pair { before: kept(folder, &png(&pixels(scene.clone(), true))?)?, after: kept(folder, &png(&pixels(scene, false))?)? })
        })
        .collect()
}

fn kept(folder: &Path, bytes: &[u8]) -> Result<Photo, Fault> {
    Ok(Photo { sha256: keep(folder, bytes)?, size: i64::try_from(bytes.len()).unwrap_or(0) })
}

/// Rows of RGB, each with the filter byte 0 before it.
fn pixels(mut dice: Dice, littered: bool) -> Vec<u8> {
    let mut tone = |from: i64, to: i64| [dice.between(from, to), dice.between(from, to), dice.between(from, to)];
    let (wall, ground, heap) = (tone(150, 215), tone(90, 130), tone(40, 170));
    let horizon = dice.between(110, 160);
    let heaps: Vec<[i64; 4]> =
        (0..dice.between(2, 5)).map(|_| [dice.between(10, 250), dice.between(130, 190), dice.between(25, 70), dice.between(20, 45)]).collect();
    let mut rows = Vec::with_capacity((WIDTH * 3 + 1) as usize * HEIGHT as usize);
    for y in 0..i64::from(HEIGHT) {
        rows.push(0);
        for x in 0..i64::from(WIDTH) {
            let base = if y < horizon { wall } else { ground };
            let door = y < horizon && (120..170).contains(&x) && y > 40;
            let hit = littered && heaps.iter().any(|[left, top, wide, high]| (*left..left + wide).contains(&x) && (*top..top + high).contains(&y));
            let shade = (x * 7 + y * 13) % 11 - 5;
            for at in 0..3 {
                let colour = if hit {
                    heap[at]
                } else if door {
                    base[at] / 2
                } else {
                    base[at]
                };
                rows.push(u8::try_from((colour + shade).clamp(0, 255)).unwrap_or(0));
            }
        }
    }
    rows
}

/// A PNG file (ISO/IEC 15948): signature, IHDR, IDAT, IEND.
fn png(rows: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(rows)?;
    let packed = zlib.finish()?;
    let mut header = [WIDTH.to_be_bytes(), HEIGHT.to_be_bytes()].concat();
    header.extend([8, 2, 0, 0, 0]);
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, body) in [(b"IHDR", header.as_slice()), (b"IDAT", &packed), (b"IEND", &[])] {
        let mut crc = Crc::new();
        crc.update(kind);
        crc.update(body);
        out.extend(u32::try_from(body.len()).unwrap_or(0).to_be_bytes());
        out.extend(kind);
        out.extend(body);
        out.extend(crc.sum().to_be_bytes());
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photo_is_a_png_and_before_differs_from_after() {
        let bytes = png(&pixels(Dice::new([1; 32]), true)).unwrap();
        assert_eq!(infer::get(&bytes).unwrap().mime_type(), "image/png");
        assert_ne!(bytes, png(&pixels(Dice::new([1; 32]), false)).unwrap());
        assert_eq!(bytes, png(&pixels(Dice::new([1; 32]), true)).unwrap());
    }
}
