//! Words in, one state for each out: hashed embeddings, mixed per form, and two layers of memory read both ways.

use super::Error;
use super::counted::{Counted, Instructions, Room, ZERO};
use super::features::{self, KINDS};
use super::kernel::{Matrix, lstm_step, sized};
use super::weights::{Table, Weights};
use hashbrown::HashMap;
use parking_lot::RwLock;
use pulp::Arch;
use std::sync::Arc;

/// Width of the memory in each direction.
const HIDDEN: usize = 128;

/// Values of the state of a word: the second layer's memory, read forwards and backwards.
pub const STATE: usize = 2 * HIDDEN;

/// Gates of one direction: input, forget, cell and output.
const GATES: usize = 4 * HIDDEN;

/// Linear pieces of the mix, of which the largest counts.
const PIECES: usize = 3;

/// Forms whose gates are kept, at 4 KiB each; when there are more, all are forgotten and learned anew.
const FORMS_KEPT_MAX: usize = 12_288;

/// What keeps the root of a small variance from nothing, as in training.
const EPSILON: f32 = 1e-5;

/// The gates of the first layer for one form, both directions: all that the network needs to know of the form.
#[derive(Clone, Debug)]
struct FormGates {
    /// Those of all forms that were learned together, direction by direction: one piece of memory.
    together: Arc<Vec<f32>>,
    /// Where its own start, by direction.
    starts: [usize; 2],
}

impl FormGates {
    fn of(&self, direction: usize) -> &[f32] {
        &self.together[self.starts[direction]..][..GATES]
    }
}

/// The network from words to states.
#[derive(Debug)]
pub(super) struct Encoder {
    arch: Arch,
    tables: Vec<Table>,
    sizes: [usize; KINDS],
    mix: Matrix,
    gain: Vec<f32>,
    shift: Vec<f32>,
    first: Layer<Matrix>,
    second: Layer<Counted>,
    forms: RwLock<HashMap<Box<str>, FormGates>>,
}

/// A layer of memory in both directions.
#[derive(Debug)]
struct Layer<M> {
    /// From the layer's input to the gates.
    inputs: [M; 2],
    /// From the memory of the step before to the gates.
    recurrent: [Counted; 2],
}

impl<M> Layer<M> {
    /// Reads layer number `layer`; `matrix` makes the matrix of its inputs out of weights and bias.
    fn read(
        counted: Instructions,
        weights: &Weights,
        layer: usize,
        width: usize,
        matrix: impl Fn(&dyn Fn(usize, usize) -> f32, &dyn Fn(usize) -> f32) -> M,
    ) -> Result<Self, Error> {
        let one = |suffix: &str| -> Result<(M, Counted), Error> {
            let name = |part: &str| format!("enc.l.{layer}.{part}_l0{suffix}");
            let input = weights.values(&name("weight_ih"), &[GATES, width])?;
            let hidden = weights.values(&name("weight_hh"), &[GATES, HIDDEN])?;
            let bias = weights.values(&name("bias_ih"), &[GATES])?;
            let more = weights.values(&name("bias_hh"), &[GATES])?;
            Ok((
                matrix(&|o, i| input[o * width + i], &|o| bias[o] + more[o]),
                Counted::new(counted, HIDDEN, GATES, |o, i| hidden[o * HIDDEN + i], |_| 0.0),
            ))
        };
        let (forward, forward_again) = one("")?;
        let (backward, backward_again) = one("_reverse")?;
        Ok(Self { inputs: [forward, backward], recurrent: [forward_again, backward_again] })
    }
}

impl Encoder {
    pub(super) fn read(arch: Arch, counted: Instructions, weights: &Weights) -> Result<Self, Error> {
        let mut tables = Vec::with_capacity(KINDS);
        for kind in 0..KINDS {
            let name = format!("emb.e.{kind}.weight");
            let &[rows, width] = weights.shape(&name)? else {
                return Err(Error::Shape { found: weights.shape(&name)?.to_vec(), tensor: name, expected: vec![0, 0] });
            };
            if rows == 0 || width == 0 {
                return Err(Error::Shape { tensor: name, found: vec![rows, width], expected: vec![1, 1] });
            }
            tables.push(weights.table(&name, rows, width)?);
        }
        let sizes = std::array::from_fn(|kind| tables[kind].rows);
        let width: usize = tables.iter().map(|table| table.width).sum();
        let mix = weights.values("emb.mix.l.weight", &[HIDDEN * PIECES, width])?;
        let bias = weights.values("emb.mix.l.bias", &[HIDDEN * PIECES])?;
        // Piece by piece instead of output by output, so that the largest piece is found along vectors.
        let row = |output: usize| (output % HIDDEN) * PIECES + output / HIDDEN;
        Ok(Self {
            arch,
            mix: Matrix::new(arch, width, HIDDEN * PIECES, |o, i| mix[row(o) * width + i], |o| bias[row(o)]),
            gain: weights.values("emb.ln.weight", &[HIDDEN])?,
            shift: weights.values("emb.ln.bias", &[HIDDEN])?,
            first: Layer::read(counted, weights, 0, HIDDEN, |weight, bias| {
                Matrix::new(arch, HIDDEN, GATES, weight, bias)
            })?,
            second: Layer::read(counted, weights, 1, STATE, |weight, bias| {
                Counted::new(counted, STATE, GATES, weight, bias)
            })?,
            tables,
            sizes,
            forms: RwLock::default(),
        })
    }

    /// The states of the words of `sentences`, [`STATE`] bytes a word, sentence after sentence.
    ///
    /// Sentences run in lock-step, and must come longest first.
    pub(super) fn states<'s>(&self, sentences: &[Vec<&str>], scratch: &'s mut Scratch) -> &'s [u8] {
        let lengths: Vec<usize> = sentences.iter().map(Vec::len).collect();
        let words: Vec<&str> = sentences.iter().flatten().copied().collect();
        let Scratch { first, second, gates, steps } = scratch;
        let forms = self.form_gates(&words);
        let first = sized(first, words.len() * STATE);
        for (direction, recurrent) in self.first.recurrent.iter().enumerate() {
            let gates = |word: usize| forms[word].of(direction);
            self.memory(recurrent, direction, &lengths, &gates, steps, first);
        }
        let second = sized(second, words.len() * STATE);
        for (direction, (inputs, recurrent)) in self.second.inputs.iter().zip(&self.second.recurrent).enumerate() {
            let gates = sized(gates, words.len() * GATES);
            inputs.apply(first, &mut steps.room, gates);
            let gates = |word: usize| &gates[word * GATES..][..GATES];
            self.memory(recurrent, direction, &lengths, &gates, steps, second);
        }
        second
    }

    /// Runs one direction of a layer; `gates` gives the input's part of a word's gates.
    fn memory<'a>(
        &self,
        recurrent: &Counted,
        direction: usize,
        lengths: &[usize],
        gates: &dyn Fn(usize) -> &'a [f32],
        Steps { now, cell, hidden, room }: &mut Steps,
        states: &mut [u8],
    ) {
        debug_assert!(lengths.is_sorted_by(|a, b| a >= b), "longest first");
        let starts: Vec<usize> = lengths
            .iter()
            .scan(0, |next, &length| {
                let start = *next;
                *next += length;
                Some(start)
            })
            .collect();
        let steps = lengths.first().copied().unwrap_or_default();
        let cell = sized(cell, lengths.len() * HIDDEN);
        let hidden = sized(hidden, lengths.len() * HIDDEN);
        cell.fill(0.0);
        hidden.fill(ZERO);
        let mut from: Vec<&[f32]> = Vec::with_capacity(lengths.len());
        for step in 0..steps {
            let active = lengths.partition_point(|&length| length > step);
            let word =
                |sentence: usize| starts[sentence] + if direction == 0 { step } else { lengths[sentence] - 1 - step };
            let now = sized(now, active * GATES);
            let hidden = &mut hidden[..active * HIDDEN];
            from.clear();
            from.extend((0..active).map(|sentence| gates(word(sentence))));
            recurrent.apply_from(hidden, &from, room, now);
            lstm_step(self.arch, now, HIDDEN, &mut cell[..active * HIDDEN], hidden);
            for (sentence, row) in hidden.chunks_exact(HIDDEN).enumerate() {
                states[word(sentence) * STATE + direction * HIDDEN..][..HIDDEN].copy_from_slice(row);
            }
        }
    }

    /// The first layer's gates for each word, from what is kept where the form was met before.
    fn form_gates(&self, words: &[&str]) -> Vec<FormGates> {
        let mut found: Vec<Option<FormGates>> = {
            let forms = self.forms.read();
            words.iter().map(|&word| forms.get(word).cloned()).collect()
        };
        let mut unknown: Vec<&str> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (&word, _) in words.iter().zip(&found).filter(|(_, found)| found.is_none()) {
            places.entry(word).or_insert_with(|| {
                unknown.push(word);
                unknown.len() - 1
            });
        }
        let learned = self.learn(&unknown);
        for (&word, found) in words.iter().zip(&mut found) {
            if found.is_none() {
                *found = Some(learned[places[word]].clone());
            }
        }
        if !unknown.is_empty() {
            let mut forms = self.forms.write();
            if forms.len() + unknown.len() > FORMS_KEPT_MAX {
                forms.clear();
            }
            for (&word, gates) in unknown.iter().zip(&learned).take(FORMS_KEPT_MAX) {
                forms.insert(word.into(), gates.clone());
            }
        }
        found.into_iter().flatten().collect()
    }

    /// The first layer's gates for each of `forms`.
    fn learn(&self, forms: &[&str]) -> Vec<FormGates> {
        let width = self.mix.inputs;
        let mut embedded = vec![0.0; forms.len() * width];
        for (form, out) in forms.iter().zip(embedded.chunks_exact_mut(width)) {
            let mut rest = out;
            for (table, rows) in self.tables.iter().zip(features::rows(form, &self.sizes)) {
                let (part, more) = rest.split_at_mut(table.width);
                for row in rows {
                    table.add_row(row, part);
                }
                rest = more;
            }
        }
        let mut pieces = vec![0.0; forms.len() * self.mix.stride];
        self.mix.apply(&embedded, &mut pieces);
        let mut mixed = vec![0.0; forms.len() * HIDDEN];
        for (pieces, out) in pieces.chunks_exact(self.mix.stride).zip(mixed.chunks_exact_mut(HIDDEN)) {
            for (k, value) in out.iter_mut().enumerate() {
                *value = pieces[k].max(pieces[HIDDEN + k]).max(pieces[2 * HIDDEN + k]);
            }
            self.normalise(out);
        }
        let part = forms.len() * GATES;
        let mut gates = vec![0.0; 2 * part];
        for (matrix, out) in self.first.inputs.iter().zip(gates.chunks_exact_mut(part.max(1))) {
            matrix.apply(&mixed, out);
        }
        let together = Arc::new(gates);
        let gates = |form| FormGates { together: Arc::clone(&together), starts: [form * GATES, part + form * GATES] };
        (0..forms.len()).map(gates).collect()
    }

    /// Layer normalisation, in place.
    fn normalise(&self, values: &mut [f32]) {
        const COUNT: f32 = 128.0;
        let mean = values.iter().sum::<f32>() / COUNT;
        let variance = values.iter().fold(0.0, |sum: f32, &v| (v - mean).mul_add(v - mean, sum)) / COUNT;
        let scale = 1.0 / (variance + EPSILON).sqrt();
        for ((value, &gain), &shift) in values.iter_mut().zip(&self.gain).zip(&self.shift) {
            *value = ((*value - mean) * scale).mul_add(gain, shift);
        }
    }
}

/// Memory that is kept from batch to batch.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    first: Vec<u8>,
    second: Vec<u8>,
    gates: Vec<f32>,
    steps: Steps,
}

/// Where the memories of a batch stand at one step.
#[derive(Debug, Default)]
struct Steps {
    now: Vec<f32>,
    cell: Vec<f32>,
    hidden: Vec<u8>,
    room: Room,
}
