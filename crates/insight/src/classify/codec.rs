//! A model as bytes: little-endian, lengths before lists, read with every length checked, so that a broken file is an error and never a panic.

use super::Model;
use super::calibrate::{Calibration, Measured};
use super::features::{ByHash, Reader, Shape};
use super::linear::Linear;

const MAGIC: &[u8; 6] = b"XJCL\x00\x02";

/// Why bytes are no model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(pub &'static str);

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Unreadable {}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], Unreadable> {
        let (head, tail) = self.0.split_at_checked(n).ok_or(Unreadable("模型文件不完整"))?;
        self.0 = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        self.take(N)?.try_into().map_err(|_| Unreadable("模型文件不完整"))
    }

    fn u32(&mut self) -> Result<u32, Unreadable> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, Unreadable> {
        self.array().map(u64::from_le_bytes)
    }

    fn f32(&mut self) -> Result<f32, Unreadable> {
        self.array().map(f32::from_le_bytes)
    }

    /// A count of things of which each takes at least `size` bytes: no more than the rest can hold.
    fn count(&mut self, size: usize) -> Result<usize, Unreadable> {
        let n = self.u32()? as usize;
        if n.saturating_mul(size) > self.0.len() { Err(Unreadable("模型文件不完整")) } else { Ok(n) }
    }
}

impl Model {
    /// The model as bytes; the same model gives the same bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        let count = |out: &mut Vec<u8>, n: usize| out.extend(u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes());
        out.extend(self.version.to_le_bytes());
        out.extend(self.learnt.to_le_bytes());
        count(&mut out, self.labels.len());
        for label in &self.labels {
            count(&mut out, label.len());
            out.extend(label.as_bytes());
        }
        let shape = &self.reader.shape;
        count(&mut out, shape.longest);
        out.extend(shape.least.to_le_bytes());
        count(&mut out, shape.skips);
        shape.shares.iter().for_each(|share| out.extend(share.to_le_bytes()));
        let mut words: Vec<(u64, f32)> = self.reader.words.iter().map(|(key, worth)| (*key, *worth)).collect();
        words.sort_unstable_by_key(|(key, _)| *key);
        count(&mut out, words.len());
        for (key, worth) in words {
            out.extend(key.to_le_bytes());
            out.extend(worth.to_le_bytes());
        }
        let mut known: Vec<(u32, u64, f32)> = self.reader.known.iter().map(|(key, (number, idf))| (*number, *key, *idf)).collect();
        known.sort_unstable_by_key(|(number, ..)| *number);
        count(&mut out, known.len());
        for (_, key, idf) in known {
            out.extend(key.to_le_bytes());
            out.extend(idf.to_le_bytes());
        }
        for feature in self.linear.weights() {
            feature.iter().for_each(|weight| out.extend(weight.to_le_bytes()));
        }
        out.extend(self.calibration.slope.to_le_bytes());
        self.calibration.shift.iter().for_each(|shift| out.extend(shift.to_le_bytes()));
        count(&mut out, self.measured.pairs().len());
        for (p, right) in self.measured.pairs() {
            out.extend(p.to_le_bytes());
            out.push(u8::from(*right));
        }
        out
    }

    /// Reads a model.
    ///
    /// # Errors
    /// Bytes that are none, that are cut short or that hold numbers which cannot be.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut bytes = Bytes(bytes);
        if bytes.take(MAGIC.len()).ok() != Some(MAGIC.as_slice()) {
            return Err(Unreadable("不是本程序的模型文件"));
        }
        let (version, learnt) = (bytes.u32()?, bytes.u64()?);
        let mut labels = Vec::new();
        for _ in 0..bytes.count(4)? {
            let n = bytes.count(1)?;
            labels.push(String::from_utf8(bytes.take(n)?.to_vec()).map_err(|_| Unreadable("模型文件里的类名不是文字"))?);
        }
        let mut shape = Shape { longest: bytes.u32()? as usize, least: bytes.u32()?, skips: bytes.u32()? as usize, ..Shape::default() };
        if shape.longest > 16 || shape.skips > 16 {
            return Err(Unreadable("模型文件里的数不对"));
        }
        for share in &mut shape.shares {
            *share = bytes.f32()?;
        }
        let mut words: ByHash<f32> = ByHash::default();
        for _ in 0..bytes.count(12)? {
            words.insert(bytes.u64()?, bytes.f32()?);
        }
        let mut known: ByHash<(u32, f32)> = ByHash::default();
        let features = bytes.count(12)?;
        for number in 0..features {
            known.insert(bytes.u64()?, (number as u32, bytes.f32()?));
        }
        let classes = labels.len();
        let all = (features + 1).saturating_mul(classes);
        let weights: Vec<f32> = bytes.take(all.saturating_mul(4))?.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect();
        let slope = bytes.f32()?;
        let shift = (0..classes).map(|_| bytes.f32()).collect::<Result<_, _>>()?;
        let mut pairs = Vec::new();
        for _ in 0..bytes.count(5)? {
            pairs.push((bytes.f32()?, bytes.take(1)?[0] == 1));
        }
        if !weights.iter().chain([&slope]).all(|n| n.is_finite()) {
            return Err(Unreadable("模型文件里的数不对"));
        }
        let reader = Reader { shape, words, known };
        Ok(Self {
            version,
            learnt,
            labels,
            reader,
            linear: Linear::from_weights(classes, &weights),
            calibration: Calibration { slope, shift },
            measured: Measured::of(pairs),
        })
    }
}
