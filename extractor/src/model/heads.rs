//! States in, tags, heads and labels out.

use super::Error;
use super::counted::{Counted, Instructions, Room, rounded};
use super::decode::Arcs;
use super::encoder::STATE;
use super::kernel::{Found, Matrix, Trilinear, argmax, rectify, sized};
use super::weights::{LabelSets, Weights};
use crate::syntax::{Deprel, NameTag, Upos, Xpos};
use pulp::Arch;
use std::ops::Range;

/// Width of a word as dependent and as head where arcs are scored.
const ARC: usize = 96;

/// Width of a word as dependent and as head where labels are scored.
const LABEL: usize = 48;

/// Distances beyond this count as this.
const DISTANCE_MAX: usize = 32;

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
    linear: Counted,
    parts: Parts,
    /// From a dependent to the head that it would fit best; how readily a word is a head at all is its bias.
    arc: Matrix,
    /// Score of a distance: to a head behind, and to a head before the word.
    distance: [Vec<f32>; 2],
    /// From a dependent and its head to the scores of their relations.
    label: Trilinear,
    /// The root as a head of arcs.
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
    pub(super) fn read(arch: Arch, counted: Instructions, weights: &Weights) -> Result<Self, Error> {
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
        let rows = rounded(&rows, STATE);
        let weight = |o: usize, i: usize| rows[o * STATE + i];
        let linear = Counted::new(counted, STATE, bias.len(), weight, |o| bias[o]);
        let bilinear = weights.values("h.U", &[ARC, ARC])?;
        let width = f32::from(u8::try_from(ARC).expect("96")).sqrt();
        let arc_bias = weights.values("h.ub", &[ARC])?;
        let arc = Matrix::new(arch, ARC, ARC, |o, i| bilinear[i * ARC + o] / width, |o| arc_bias[o]);
        let distance = weights.values("h.dist", &[2, DISTANCE_MAX + 1])?;
        let (behind, before) = distance.split_at(DISTANCE_MAX + 1);
        let count = labels.deprel.len();
        let values = LABEL + 1;
        let trilinear = weights.values("h.V", &[count, values, values])?;
        let label = Trilinear::new(arch, [count, values, values], |label, dependent, head| {
            trilinear[(label * values + dependent) * values + head]
        });
        let root = weights.values("h.root", &[STATE])?;
        // Not between -1 and 1, and so no state in whole numbers.
        let mut root_out = vec![0.0; linear.stride];
        Matrix::new(arch, STATE, bias.len(), weight, |o| bias[o]).apply(&root, &mut root_out);
        let mut root_arc = root_out[parts.head.clone()].to_vec();
        rectify(&mut root_arc);
        let root_output = labels.deprel.iter().position(|&label| label == Deprel::Root);
        let root_output = root_output.ok_or_else(|| Error::Label { label: "root".to_owned() })?;
        Ok(Self {
            arc,
            distance: [behind.to_vec(), before.to_vec()],
            label,
            root_arc,
            root_output,
            labels,
            parts,
            linear,
        })
    }

    /// What the network tells of the words of sentences of the given lengths, whose states follow one another.
    pub(super) fn analyse(&self, states: &[u8], lengths: &[usize], scratch: &mut Scratch) -> Vec<Vec<Analysis>> {
        let stride = self.linear.stride;
        let words: usize = lengths.iter().sum();
        let linear = sized(&mut scratch.linear, words * stride);
        self.linear.apply(states, &mut scratch.room, linear);
        for row in linear.chunks_exact_mut(stride) {
            rectify(&mut row[..self.parts.label_head.end]);
        }
        let mut start = 0;
        let mut heads = Vec::with_capacity(words);
        for &length in lengths {
            let rows = &linear[start * stride..][..length * stride];
            let found = self.arcs(rows, &mut scratch.arcs).heads();
            heads.extend(found.into_iter().map(|head| head.map(|head| (head, start + head))));
            start += length;
        }
        let deprels = self.labels(linear, &heads, &mut scratch.found, &mut scratch.labels);
        let mut words = linear.chunks_exact(stride).zip(heads).zip(deprels).map(|((row, head), deprel)| Analysis {
            upos: self.labels.upos[argmax(&row[self.parts.upos.clone()])],
            xpos: self.labels.xpos[argmax(&row[self.parts.xpos.clone()])],
            name: self.labels.name[argmax(&row[self.parts.name.clone()])],
            head: head.map(|(head, _)| head),
            deprel,
        });
        lengths.iter().map(|&length| words.by_ref().take(length).collect()).collect()
    }

    /// The scores of every arc of one sentence, whose rows of linear outputs are `rows`.
    fn arcs(&self, rows: &[f32], ArcScratch { wanted, heads, distances }: &mut ArcScratch) -> Arcs {
        let stride = self.linear.stride;
        let words = rows.len() / stride;
        let wanted = sized(wanted, words * self.arc.stride);
        if words > 0 {
            self.arc.apply_apart(&rows[self.parts.dependent.start..], stride, wanted);
        }
        let head = |column: usize| match column {
            0 => &self.root_arc[..],
            column => &rows[(column - 1) * stride..][self.parts.head.clone()],
        };
        let heads = heads.get_or_insert_with(|| Matrix::new(self.arc.arch, ARC, 0, |_, _| 0.0, |_| 0.0));
        heads.refill(words + 1, head);
        let mut scores = vec![0.0; words * heads.stride];
        heads.apply(wanted, &mut scores);
        // What each distance adds, from the last word as the head of the first one to the first word as that of the last
        // one: each row takes its own stretch of it. Training counted distances from columns, of which column k is word
        // k - 1, to words counted from one.
        distances.clear();
        distances.extend((0..words).rev().map(|back| self.distance[1][back.min(DISTANCE_MAX)]));
        distances.extend((1..=words).map(|on| self.distance[0][on.min(DISTANCE_MAX)]));
        for (dependent, row) in scores.chunks_exact_mut(heads.stride).enumerate() {
            let from = words - 1 - dependent;
            for (score, distance) in row[1..=words].iter_mut().zip(&distances[from..from + words]) {
                *score += distance;
            }
            row[dependent + 1] = f32::NEG_INFINITY;
        }
        Arcs::new(words, heads.stride, scores)
    }

    /// The relation of each word to its head, of which its row is told.
    fn labels(
        &self,
        linear: &[f32],
        heads: &[Option<(usize, usize)>],
        found: &mut Found,
        scores: &mut Vec<f32>,
    ) -> Vec<Deprel> {
        let row = |word: usize| &linear[word * self.linear.stride..][..self.linear.stride];
        let pairs = heads.iter().enumerate().filter_map(|(word, head)| {
            let (_, head) = (*head)?;
            Some([&row(word)[self.parts.label_dependent.clone()], &row(head)[self.parts.label_head.clone()]])
        });
        let scores = sized(scores, heads.iter().flatten().count() * self.label.stride);
        self.label.apply(pairs, found, scores);
        let mut scores = scores.chunks_exact_mut(self.label.stride);
        let label = |head: &Option<(usize, usize)>| {
            let Some(scores) = head.and_then(|_| scores.next()) else { return Deprel::Root };
            scores[self.root_output] = f32::NEG_INFINITY;
            self.labels.deprel[argmax(&scores[..self.labels.deprel.len()])]
        };
        heads.iter().map(label).collect()
    }
}

/// Memory that is kept from batch to batch.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    room: Room,
    linear: Vec<f32>,
    arcs: ArcScratch,
    found: Found,
    labels: Vec<f32>,
}

/// The same for the arcs of a sentence.
#[derive(Debug, Default)]
struct ArcScratch {
    /// For each word the head that it would fit best.
    wanted: Vec<f32>,
    /// The words of the sentence as heads.
    heads: Option<Matrix>,
    /// What each distance adds.
    distances: Vec<f32>,
}
