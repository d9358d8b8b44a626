//! States in, tags, heads and labels out.

use super::Error;
use super::decode::Arcs;
use super::encoder::STATE;
use super::kernel::{Matrix, argmax, dot, rectify, weighted_rows};
use super::weights::{LabelSets, Weights};
use crate::syntax::{Deprel, NameTag, Upos, Xpos};
use std::ops::Range;

/// Width of a word as dependent and as head where arcs are scored.
const ARC: usize = 96;

/// Width of a word as dependent and as head where labels are scored.
const LABEL: usize = 48;

/// Distances beyond this count as this.
const DISTANCE_MAX: usize = 32;

/// Sentences' words whose labels are scored at once; their scores then fit the cache.
const LABEL_ROWS: usize = 24;

/// What the network tells of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Analysis {
    pub(super) upos: Upos,
    pub(super) xpos: Xpos,
    pub(super) name: NameTag,
    pub(super) head: Option<usize>,
    pub(super) deprel: Deprel,
}

/// The heads of the network.
#[derive(Debug)]
pub(super) struct Heads {
    /// From a state to all that is linear in it, in the order of [`Parts`].
    linear: Matrix,
    parts: Parts,
    /// From a dependent to the head that it would fit best.
    arc: Matrix,
    /// How readily a word is a head at all.
    arc_bias: Vec<f32>,
    /// Score of a distance: to a head behind, and to a head before the word.
    distance: [Vec<f32>; 2],
    /// From a dependent to a row of label scores for each value of the head.
    label: Matrix,
    /// Stride of a row of label scores.
    label_stride: usize,
    /// The root as a head, for arcs and for labels.
    root_arc: Vec<f32>,
    root_output: usize,
    labels: LabelSets,
}

/// Where each part of the linear outputs stands.
#[derive(Clone, Debug)]
struct Parts {
    dependent: Range<usize>,
    head: Range<usize>,
    label_dependent: Range<usize>,
    label_head: Range<usize>,
    upos: Range<usize>,
    xpos: Range<usize>,
    name: Range<usize>,
}

impl Heads {
    pub(super) fn read(weights: &Weights) -> Result<Self, Error> {
        let labels = weights.labels.clone();
        let mut rows: Vec<f32> = Vec::new();
        let mut bias: Vec<f32> = Vec::new();
        let mut part = |name: &str, outputs: usize| -> Result<Range<usize>, Error> {
            let start = bias.len();
            rows.extend(weights.values(&format!("h.{name}.weight"), &[outputs, STATE])?);
            bias.extend(weights.values(&format!("h.{name}.bias"), &[outputs])?);
            Ok(start..start + outputs)
        };
        let parts = Parts {
            dependent: part("ad", ARC)?,
            head: part("ah", ARC)?,
            label_dependent: part("rd", LABEL)?,
            label_head: part("rh", LABEL)?,
            upos: part("u", labels.upos.len())?,
            xpos: part("x", labels.xpos.len())?,
            name: part("ner", labels.name.len())?,
        };
        let linear = Matrix::new(STATE, bias.len(), |o, i| rows[o * STATE + i], |o| bias[o]);
        let bilinear = weights.values("h.U", &[ARC, ARC])?;
        let width = f32::from(u8::try_from(ARC).expect("96")).sqrt();
        let arc = Matrix::new(ARC, ARC, |o, i| bilinear[i * ARC + o] / width, |_| 0.0);
        let distance = weights.values("h.dist", &[2, DISTANCE_MAX + 1])?;
        let (behind, before) = distance.split_at(DISTANCE_MAX + 1);
        let count = labels.deprel.len();
        let label_stride = count.next_multiple_of(super::kernel::PAD);
        let trilinear = weights.values("h.V", &[count, LABEL + 1, LABEL + 1])?;
        let label = Matrix::new(
            LABEL + 1,
            (LABEL + 1) * label_stride,
            |o, i| {
                let (head, label) = (o / label_stride, o % label_stride);
                if label < count { trilinear[(label * (LABEL + 1) + i) * (LABEL + 1) + head] } else { 0.0 }
            },
            |_| 0.0,
        );
        let root = weights.values("h.root", &[STATE])?;
        let mut root_out = vec![0.0; linear.stride];
        linear.apply(&root, &mut root_out);
        let mut root_arc = root_out[parts.head.clone()].to_vec();
        rectify(&mut root_arc);
        let root_output = labels.deprel.iter().position(|&label| label == Deprel::Root);
        let root_output = root_output.ok_or_else(|| Error::Label { label: "root".to_owned() })?;
        Ok(Self {
            arc,
            arc_bias: weights.values("h.ub", &[ARC])?,
            distance: [behind.to_vec(), before.to_vec()],
            label,
            label_stride,
            root_arc,
            root_output,
            labels,
            parts,
            linear,
        })
    }

    /// What the network tells of the words of sentences of the given lengths, whose states follow one another.
    pub(super) fn analyse(&self, states: &[f32], lengths: &[usize]) -> Vec<Vec<Analysis>> {
        let words: usize = lengths.iter().sum();
        let mut linear = vec![0.0; words * self.linear.stride];
        self.linear.apply(states, &mut linear);
        for row in linear.chunks_exact_mut(self.linear.stride) {
            rectify(&mut row[..self.parts.label_head.end]);
        }
        let rows: Vec<&[f32]> = linear.chunks_exact(self.linear.stride).collect();
        let mut heads: Vec<Option<usize>> = Vec::with_capacity(words);
        let mut start = 0;
        for &length in lengths {
            heads.extend(self.arcs(&rows[start..start + length]).heads());
            start += length;
        }
        // Heads as rows of the whole batch.
        let mut start = 0;
        let mut absolute = heads.clone();
        for &length in lengths {
            for head in absolute[start..start + length].iter_mut().flatten() {
                *head += start;
            }
            start += length;
        }
        let deprels = self.labels(&rows, &absolute);
        let mut analyses = rows.iter().zip(heads).zip(deprels).map(|((row, head), deprel)| Analysis {
            upos: self.labels.upos[argmax(&row[self.parts.upos.clone()])],
            xpos: self.labels.xpos[argmax(&row[self.parts.xpos.clone()])],
            name: self.labels.name[argmax(&row[self.parts.name.clone()])],
            head,
            deprel,
        });
        lengths.iter().map(|&length| analyses.by_ref().take(length).collect()).collect()
    }

    /// The scores of every arc of one sentence.
    fn arcs(&self, rows: &[&[f32]]) -> Arcs {
        let words = rows.len();
        let dependents: Vec<f32> = rows.iter().flat_map(|row| &row[self.parts.dependent.clone()]).copied().collect();
        let mut wanted = vec![0.0; words * self.arc.stride];
        self.arc.apply(&dependents, &mut wanted);
        let head = |column: usize| match column {
            0 => &self.root_arc[..],
            column => &rows[column - 1][self.parts.head.clone()],
        };
        let heads = Matrix::new(ARC, words + 1, |o, i| head(o)[i], |o| dot(head(o), &self.arc_bias));
        let mut scores = vec![0.0; words * heads.stride];
        heads.apply(&wanted, &mut scores);
        for (dependent, row) in scores.chunks_exact_mut(heads.stride).enumerate() {
            // Column k is word k - 1, and training counted distances from columns to words counted from one.
            let position = dependent + 1;
            for (column, score) in row.iter_mut().enumerate().take(words + 1).skip(1) {
                let side = usize::from(position > column);
                *score += self.distance[side][position.abs_diff(column).min(DISTANCE_MAX)];
            }
            row[position] = f32::NEG_INFINITY;
        }
        Arcs::new(words, heads.stride, scores)
    }

    /// The relation of each word to its head, given as a row.
    fn labels(&self, rows: &[&[f32]], heads: &[Option<usize>]) -> Vec<Deprel> {
        let mut out = Vec::with_capacity(rows.len());
        let mut dependents = Vec::with_capacity(LABEL_ROWS * (LABEL + 1));
        let mut scores = vec![0.0; LABEL_ROWS * self.label.stride];
        let mut head_values = [1.0; LABEL + 1];
        let mut sums = vec![0.0; self.label_stride];
        for (rows_now, heads_now) in rows.chunks(LABEL_ROWS).zip(heads.chunks(LABEL_ROWS)) {
            dependents.clear();
            for row in rows_now {
                dependents.extend_from_slice(&row[self.parts.label_dependent.clone()]);
                dependents.push(1.0);
            }
            let scores = &mut scores[..rows_now.len() * self.label.stride];
            self.label.apply(&dependents, scores);
            for (scores, head) in scores.chunks_exact(self.label.stride).zip(heads_now) {
                let Some(head) = *head else {
                    out.push(Deprel::Root);
                    continue;
                };
                head_values[..LABEL].copy_from_slice(&rows[head][self.parts.label_head.clone()]);
                weighted_rows(scores, &head_values, &mut sums);
                sums[self.root_output] = f32::NEG_INFINITY;
                out.push(self.labels.deprel[argmax(&sums[..self.labels.deprel.len()])]);
            }
        }
        out
    }
}
