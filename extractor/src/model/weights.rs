//! Bytes in, checked tensors out: the reader of the model's files, whose format `data/model/README.md` tells.

use super::Error;
use crate::syntax::{Deprel, NameTag, Upos, Xpos};
use half::{f16, slice::HalfFloatSliceExt as _};
use serde::Deserialize;
use std::borrow::Cow;

#[derive(Deserialize)]
struct Manifest {
    format: u32,
    bytes: usize,
    crc32: u32,
    labels: Labels,
    tensors: Vec<Entry>,
}

#[derive(Deserialize)]
struct Labels {
    u: Vec<String>,
    x: Vec<String>,
    r: Vec<String>,
    n: Vec<String>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    shape: Vec<usize>,
    #[serde(default)]
    dtype: Kind,
    offset: usize,
    #[serde(default)]
    scales: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
enum Kind {
    /// Half precision, little-endian.
    #[default]
    #[serde(rename = "f16")]
    Half,
    /// Signed bytes, each row with a scale.
    #[serde(rename = "i8")]
    Byte,
}

/// The bytes of one tensor.
struct Raw {
    bytes: Cow<'static, [u8]>,
    kind: Kind,
    scales: Vec<f32>,
}

/// The format that this reader knows.
const FORMAT: u32 = 1;

/// Numbers of two bytes that are turned into longer ones at once.
const HALVES: usize = 32;

/// The labels that the heads tell, in the order of their outputs.
#[derive(Clone, Debug)]
pub(super) struct LabelSets {
    pub(super) upos: Vec<Upos>,
    pub(super) xpos: Vec<Xpos>,
    pub(super) deprel: Vec<Deprel>,
    pub(super) name: Vec<NameTag>,
}

/// The tensors of a weights file.
pub(super) struct Weights {
    bytes: Cow<'static, [u8]>,
    entries: Vec<Entry>,
    pub(super) labels: LabelSets,
}

/// A matrix whose rows are decoded when they are asked for.
#[derive(Clone, Debug)]
pub(super) struct Table {
    bytes: Cow<'static, [u8]>,
    kind: Kind,
    scales: Vec<f32>,
    /// Number of rows.
    pub(super) rows: usize,
    /// Values in a row.
    pub(super) width: usize,
}

impl Weights {
    /// Reads the manifest and checks that `bytes` are those it speaks of.
    pub(super) fn read(bytes: Cow<'static, [u8]>, manifest: &str) -> Result<Self, Error> {
        let Manifest { format, bytes: length, crc32, labels, tensors } =
            serde_json::from_str(manifest).map_err(|source| Error::Manifest { source })?;
        if format != FORMAT {
            return Err(Error::Format { found: format, known: FORMAT });
        }
        let found = crc32fast::hash(&bytes);
        if bytes.len() != length || found != crc32 {
            return Err(Error::Checksum { bytes: bytes.len(), crc32: found, expected_bytes: length, expected: crc32 });
        }
        let labels = LabelSets {
            upos: parse(&labels.u, Upos::parse)?,
            xpos: parse(&labels.x, Xpos::parse)?,
            deprel: parse(&labels.r, Deprel::parse)?,
            name: parse(&labels.n, NameTag::parse)?,
        };
        if !labels.deprel.contains(&Deprel::Root) {
            return Err(Error::Label { label: "root".to_owned() });
        }
        Ok(Self { bytes, entries: tensors, labels })
    }

    fn entry(&self, name: &str) -> Result<&Entry, Error> {
        self.entries.iter().find(|entry| entry.name == name).ok_or_else(|| Error::Missing { tensor: name.to_owned() })
    }

    /// The dimensions of tensor `name`.
    pub(super) fn shape(&self, name: &str) -> Result<&[usize], Error> {
        Ok(&self.entry(name)?.shape)
    }

    /// The bytes of tensor `name`, once its shape is seen to be `shape`.
    fn raw(&self, name: &str, shape: &[usize]) -> Result<Raw, Error> {
        let entry = self.entry(name)?;
        let broken = || Error::Shape { tensor: name.to_owned(), found: entry.shape.clone(), expected: shape.to_vec() };
        if entry.shape != shape {
            return Err(broken());
        }
        let values: usize = shape.iter().product();
        let size = if entry.dtype == Kind::Half { 2 } else { 1 };
        let range = entry.offset..entry.offset.saturating_add(values * size);
        let data = match &self.bytes {
            Cow::Borrowed(bytes) => bytes.get(range).map(Cow::Borrowed),
            Cow::Owned(bytes) => bytes.get(range).map(|data| Cow::Owned(data.to_vec())),
        };
        let data = data.ok_or_else(broken)?;
        let scales = if entry.dtype == Kind::Byte {
            let rows = shape.first().copied().unwrap_or_default();
            let bytes = self.bytes.get(entry.scales..).and_then(|rest| rest.get(..rows * 4)).ok_or_else(broken)?;
            bytes.as_chunks::<4>().0.iter().map(|&four| f32::from_le_bytes(four)).collect()
        } else {
            Vec::new()
        };
        Ok(Raw { bytes: data, kind: entry.dtype, scales })
    }

    /// All values of tensor `name`, which must have the given shape, row by row.
    pub(super) fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let Raw { bytes, kind, scales } = self.raw(name, shape)?;
        let rows = shape.first().copied().unwrap_or_default().max(1);
        let width = shape.iter().skip(1).product();
        let table = Table { bytes, kind, scales, rows, width };
        let mut out = vec![0.0; rows * width];
        for (row, values) in out.chunks_exact_mut(width.max(1)).enumerate() {
            table.add_row(row, values);
        }
        Ok(out)
    }

    /// Tensor `name` as a table of `rows` × `width` that stays in the weights' bytes.
    pub(super) fn table(&self, name: &str, rows: usize, width: usize) -> Result<Table, Error> {
        let Raw { bytes, kind, scales } = self.raw(name, &[rows, width])?;
        Ok(Table { bytes, kind, scales, rows, width })
    }
}

impl Table {
    /// Adds row `row` to `out`.
    pub(super) fn add_row(&self, row: usize, out: &mut [f32]) {
        match self.kind {
            Kind::Half => {
                let bytes = &self.bytes[row * self.width * 2..][..self.width * 2];
                let mut halves = [f16::ZERO; HALVES];
                let mut values = [0.0; HALVES];
                for (out, bytes) in out.chunks_mut(HALVES).zip(bytes.chunks(2 * HALVES)) {
                    let halves = &mut halves[..out.len()];
                    for (half, &pair) in halves.iter_mut().zip(bytes.as_chunks::<2>().0) {
                        *half = f16::from_le_bytes(pair);
                    }
                    halves.convert_to_f32_slice(&mut values[..out.len()]);
                    for (sum, value) in out.iter_mut().zip(&values) {
                        *sum += value;
                    }
                }
            }
            Kind::Byte => {
                let scale = self.scales[row];
                for (sum, &byte) in out.iter_mut().zip(&self.bytes[row * self.width..][..self.width]) {
                    *sum = f32::from(byte.cast_signed()).mul_add(scale, *sum);
                }
            }
        }
    }
}

fn parse<T>(labels: &[String], parse: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Error> {
    labels.iter().map(|label| parse(label).ok_or_else(|| Error::Label { label: label.clone() })).collect()
}
