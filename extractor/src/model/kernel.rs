//! Numbers in, numbers out: the few dense operations of the network.
//!
//! The bits of every result are the same on every machine, in debug and release, alone or in a batch: each output is
//! one chain of fused multiply-adds in the order of the inputs; vectors run across outputs, never across a sum; and the
//! activation functions are our own, made of the same operations. The larger products are in `counted`.

use super::counted::{LEVELS, WHOLE, pack};
use pulp::{Arch, Simd, WithSimd};

/// Outputs are padded to a multiple of this, so that their stride is the same for every width of vector.
pub(super) const PAD: usize = 32;

/// Rows that one tile of the product works on at once: twelve sums in registers.
const TILE_ROWS: usize = 6;

/// A matrix with its bias, packed for the vectors of this machine.
#[derive(Clone, Debug)]
pub(super) struct Matrix {
    pub(super) arch: Arch,
    /// Inputs of each row.
    pub(super) inputs: usize,
    /// Outputs, padded to a multiple of [`PAD`]; the stride of a row of results.
    pub(super) stride: usize,
    /// Vector width that it is packed for, in outputs.
    panel: usize,
    /// Panel by panel, input by input, the weights of two vectors of outputs.
    weights: Vec<f32>,
    bias: Vec<f32>,
}

struct Width;

impl WithSimd for Width {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        2 * S::F32_LANES
    }
}

impl Matrix {
    /// A matrix of `outputs` × `inputs` whose weight is `weight(output, input)`, and whose bias is `bias(output)`.
    pub(super) fn new(
        arch: Arch,
        inputs: usize,
        outputs: usize,
        weight: impl Fn(usize, usize) -> f32,
        bias: impl Fn(usize) -> f32,
    ) -> Self {
        let stride = outputs.next_multiple_of(PAD);
        let panel = arch.dispatch(Width).min(PAD);
        let mut weights = vec![0.0; stride * inputs];
        for (index, block) in weights.chunks_exact_mut(inputs * panel).enumerate() {
            for (input, row) in block.chunks_exact_mut(panel).enumerate() {
                for (lane, value) in row.iter_mut().enumerate() {
                    let output = index * panel + lane;
                    if output < outputs {
                        *value = weight(output, input);
                    }
                }
            }
        }
        let bias = (0..stride).map(|output| if output < outputs { bias(output) } else { 0.0 }).collect();
        Self { arch, inputs, stride, panel, weights, bias }
    }

    /// Makes it the matrix of other weights without a bias, in the memory that it has: those of each of `outputs` are
    /// `row(output)`. What stands in its padding is left from before.
    pub(super) fn refill<'r>(&mut self, outputs: usize, row: impl Fn(usize) -> &'r [f32]) {
        self.stride = outputs.next_multiple_of(PAD);
        self.weights.resize(self.stride * self.inputs, 0.0);
        self.bias.clear();
        self.bias.resize(self.stride, 0.0);
        for (index, block) in self.weights.chunks_exact_mut(self.inputs * self.panel).enumerate() {
            let first = index * self.panel;
            for output in first..outputs.min(first + self.panel) {
                for (to, &weight) in block.chunks_exact_mut(self.panel).zip(row(output)) {
                    to[output - first] = weight;
                }
            }
        }
    }

    /// Writes bias + weights · x for each row of `x` into the rows of `out`.
    pub(super) fn apply(&self, x: &[f32], out: &mut [f32]) {
        self.apply_apart(x, self.inputs, out);
    }

    /// The same for rows of `x` that start `x_stride` apart.
    pub(super) fn apply_apart(&self, x: &[f32], x_stride: usize, out: &mut [f32]) {
        self.arch.dispatch(Product { matrix: self, x, x_stride, out });
    }
}

struct Product<'a> {
    matrix: &'a Matrix,
    x: &'a [f32],
    x_stride: usize,
    out: &'a mut [f32],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { matrix, x, x_stride, out } = self;
        let rows = out.len() / matrix.stride;
        assert_eq!(out.len(), rows * matrix.stride, "rows of results are whole");
        assert_eq!(matrix.panel, 2 * S::F32_LANES, "a matrix is packed for the machine that uses it");
        for (index, panel) in matrix.weights.chunks_exact(matrix.inputs * matrix.panel).enumerate() {
            let at = Tile { matrix, panel, column: index * matrix.panel, x, x_stride };
            let mut row = 0;
            while row + TILE_ROWS <= rows {
                at.run::<S, TILE_ROWS>(simd, row, out);
                row += TILE_ROWS;
            }
            match rows - row {
                0 => {}
                1 => at.run::<S, 1>(simd, row, out),
                2 => at.run::<S, 2>(simd, row, out),
                3 => at.run::<S, 3>(simd, row, out),
                4 => at.run::<S, 4>(simd, row, out),
                _ => at.run::<S, 5>(simd, row, out),
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Tile<'a> {
    matrix: &'a Matrix,
    panel: &'a [f32],
    column: usize,
    x: &'a [f32],
    x_stride: usize,
}

impl Tile<'_> {
    #[inline(always)]
    fn run<S: Simd, const ROWS: usize>(self, simd: S, row: usize, out: &mut [f32]) {
        let Matrix { inputs, stride, panel: width, .. } = *self.matrix;
        let start: [usize; ROWS] = std::array::from_fn(|r| (row + r) * stride + self.column);
        let mut sums = [[simd.splat_f32s(0.0); 2]; ROWS];
        let (from, _) = S::as_simd_f32s(&self.matrix.bias[self.column..][..width]);
        for sums in &mut sums {
            *sums = [from[0], from[1]];
        }
        let x: [&[f32]; ROWS] = std::array::from_fn(|r| &self.x[(row + r) * self.x_stride..][..inputs]);
        let (weights, _) = S::as_simd_f32s(self.panel);
        let weights = &weights[..2 * inputs];
        for input in 0..inputs {
            let (first, second) = (weights[2 * input], weights[2 * input + 1]);
            for r in 0..ROWS {
                let value = simd.splat_f32s(x[r][input]);
                sums[r][0] = simd.mul_add_f32s(value, first, sums[r][0]);
                sums[r][1] = simd.mul_add_f32s(value, second, sums[r][1]);
            }
        }
        for r in 0..ROWS {
            let (to, _) = S::as_mut_simd_f32s(&mut out[start[r]..start[r] + width]);
            to[0] = sums[r][0];
            to[1] = sums[r][1];
        }
    }
}

/// One step of a long short-term memory for each row: `gates` holds input, forget, cell and output gates before their
/// activation, each as wide as a row of `cell` and of `hidden`, which are brought up to date; `hidden` as states.
pub(super) fn lstm_step(arch: Arch, gates: &[f32], width: usize, cell: &mut [f32], hidden: &mut [u8]) {
    let mut row = [0.0; STEP_MAX];
    arch.dispatch(Step { gates, width, cell, hidden, row: &mut row[..width] });
}

/// Widest memory of [`lstm_step`].
const STEP_MAX: usize = 128;

struct Step<'a> {
    gates: &'a [f32],
    width: usize,
    cell: &'a mut [f32],
    hidden: &'a mut [u8],
    row: &'a mut [f32],
}

impl WithSimd for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { gates, width, cell, hidden, row } = self;
        let (levels, whole) = (simd.splat_f32s(LEVELS), simd.splat_f32s(WHOLE));
        let hidden = hidden.chunks_exact_mut(width);
        for ((gates, cell), hidden) in gates.chunks_exact(4 * width).zip(cell.chunks_exact_mut(width)).zip(hidden) {
            let (input, rest) = gates.split_at(width);
            let (forget, rest) = rest.split_at(width);
            let (update, output) = rest.split_at(width);
            let (input, _) = S::as_simd_f32s(input);
            let (forget, _) = S::as_simd_f32s(forget);
            let (update, _) = S::as_simd_f32s(update);
            let (output, _) = S::as_simd_f32s(output);
            let (cell, _) = S::as_mut_simd_f32s(cell);
            let (told, _) = S::as_mut_simd_f32s(row);
            let length = cell.len();
            let (input, forget, update, output) =
                (&input[..length], &forget[..length], &update[..length], &output[..length]);
            let told = &mut told[..length];
            for k in 0..length {
                // forget · cell + input · update, as one fraction: division takes the most time.
                let (input, forget) = (sigmoid(simd, input[k]), sigmoid(simd, forget[k]));
                let added = input.times(simd, tanh(simd, update[k]));
                let kept = simd.mul_f32s(simd.mul_f32s(forget.above, cell[k]), added.below);
                let above = simd.mul_add_f32s(added.above, forget.below, kept);
                let state = simd.div_f32s(above, simd.mul_f32s(forget.below, added.below));
                cell[k] = state;
                let state = sigmoid(simd, output[k]).times(simd, tanh(simd, state));
                let state = simd.div_f32s(state.above, state.below);
                told[k] = simd.mul_add_f32s(state, levels, whole);
            }
            pack(row, hidden);
        }
    }
}

/// Numerator of the rational approximation of tanh, highest power first; the variable is x².
const TANH_ABOVE: [f32; 7] =
    [-2.760_768_5e-16, 2.000_188e-13, -8.604_672e-11, 5.122_297e-8, 1.485_722_4e-5, 6.372_619_4e-4, 4.893_524_6e-3];

/// Denominator of the rational approximation of tanh, highest power first; the variable is x².
const TANH_BELOW: [f32; 4] = [1.198_258_4e-6, 1.185_347_1e-4, 2.268_434_6e-3, 4.893_525e-3];

/// Beyond this the hyperbolic tangent is one to the last bit of the approximation.
const TANH_BOUND: f32 = 7.905_311;

/// A number as a fraction.
#[derive(Clone, Copy)]
struct Fraction<F> {
    above: F,
    below: F,
}

impl<F: Copy> Fraction<F> {
    #[inline(always)]
    fn times<S: Simd<f32s = F>>(self, simd: S, other: Self) -> Self {
        Self { above: simd.mul_f32s(self.above, other.above), below: simd.mul_f32s(self.below, other.below) }
    }
}

/// Hyperbolic tangent, within 3e-7 of the true value.
#[inline(always)]
fn tanh<S: Simd>(simd: S, x: S::f32s) -> Fraction<S::f32s> {
    let x = simd.max_f32s(simd.min_f32s(x, simd.splat_f32s(TANH_BOUND)), simd.splat_f32s(-TANH_BOUND));
    let square = simd.mul_f32s(x, x);
    let mut above = simd.splat_f32s(TANH_ABOVE[0]);
    for &factor in &TANH_ABOVE[1..] {
        above = simd.mul_add_f32s(above, square, simd.splat_f32s(factor));
    }
    let mut below = simd.splat_f32s(TANH_BELOW[0]);
    for &factor in &TANH_BELOW[1..] {
        below = simd.mul_add_f32s(below, square, simd.splat_f32s(factor));
    }
    Fraction { above: simd.mul_f32s(x, above), below }
}

/// Logistic function by way of the hyperbolic tangent t: (t + 1) / 2.
#[inline(always)]
fn sigmoid<S: Simd>(simd: S, x: S::f32s) -> Fraction<S::f32s> {
    let Fraction { above, below } = tanh(simd, simd.mul_f32s(simd.splat_f32s(0.5), x));
    Fraction { above: simd.add_f32s(above, below), below: simd.add_f32s(below, below) }
}

/// Vectors of results that [`Trilinear::apply`] works on at once.
const TRILINEAR_VECTORS: usize = 3;

/// A tensor that makes a row of results from two vectors, many of whose values are zero, each with a one behind it.
#[derive(Clone, Debug)]
pub(super) struct Trilinear {
    arch: Arch,
    first: usize,
    second: usize,
    /// Results, padded so that whole vectors hold them.
    pub(super) stride: usize,
    weights: Vec<f32>,
}

impl Trilinear {
    /// The tensor whose weights are `weight(result, first, second)`.
    pub(super) fn new(
        arch: Arch,
        [results, first, second]: [usize; 3],
        weight: impl Fn(usize, usize, usize) -> f32,
    ) -> Self {
        let stride = results.next_multiple_of(TRILINEAR_VECTORS * 16);
        let mut weights = vec![0.0; stride * first * second];
        for (index, row) in weights.chunks_exact_mut(stride).enumerate() {
            for (result, value) in row.iter_mut().enumerate().take(results) {
                *value = weight(result, index % first, index / first);
            }
        }
        Self { arch, first, second, stride, weights }
    }

    /// Writes Σ weight · first · second for each result into the rows of `out`, for each pair of rows without the ones
    /// behind them. Zeros add nothing, and so take no time.
    pub(super) fn apply<'v>(&self, pairs: impl Iterator<Item = [&'v [f32]; 2]>, found: &mut Found, out: &mut [f32]) {
        found.first.clear();
        found.starts.clear();
        found.second.clear();
        found.starts.push(0);
        for [first, second] in pairs {
            assert!(first.len() + 1 == self.first && second.len() + 1 == self.second);
            let some = |index: usize, value| (index * self.stride, value);
            push_some(
                &mut found.first,
                first.len(),
                first.iter().enumerate().map(|(at, &value)| (some(at, value), value)),
            );
            found.first.push((first.len() * self.stride, 1.0));
            found.starts.push(found.first.len());
            found.second.extend(second);
            found.second.push(1.0);
        }
        let pairs = found.starts.len() - 1;
        assert_eq!(out.len(), pairs * self.stride, "a row of results for each pair");
        found.factors.clear();
        found.ends.clear();
        for index in 0..self.second {
            let factors = found.second.iter().skip(index).step_by(self.second).enumerate();
            push_some(&mut found.factors, pairs, factors.map(|(pair, &value)| ((pair, value), value)));
            found.ends.push(found.factors.len());
        }
        self.arch.dispatch(TrilinearProduct { tensor: self, found, out });
    }
}

/// The vectors of [`Trilinear::apply`]; kept between calls for its memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// What is not zero in the first ones, one after the other, and where its weights stand.
    first: Vec<(usize, f32)>,
    /// Where each of them starts there, and where the last one ends.
    starts: Vec<usize>,
    /// The second ones, one after the other.
    second: Vec<f32>,
    /// What is not zero among their values, place by place, and in which of them.
    factors: Vec<(usize, f32)>,
    /// Where each place ends there.
    ends: Vec<usize>,
}

/// Adds those of `count` items whose number is not zero. Which ones nobody can foresee, so there is no branch on it.
fn push_some<T: Copy + Default>(to: &mut Vec<T>, count: usize, items: impl Iterator<Item = (T, f32)>) {
    let mut end = to.len();
    to.resize(end + count + 1, T::default());
    for (item, number) in items.take(count) {
        to[end] = item;
        end += usize::from(number != 0.0);
    }
    to.truncate(end);
}

struct TrilinearProduct<'a> {
    tensor: &'a Trilinear,
    found: &'a Found,
    out: &'a mut [f32],
}

impl WithSimd for TrilinearProduct<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { tensor: &Trilinear { first, stride, ref weights, .. }, found, out } = self;
        let width = TRILINEAR_VECTORS * S::F32_LANES;
        out.fill(0.0);
        // The weights of one value of the second vectors serve all pairs before those of the next: they are too many to
        // stay at hand together.
        let mut start = 0;
        for (weights, &end) in weights.chunks_exact(first * stride).zip(&found.ends) {
            let factors = &found.factors[start..end];
            start = end;
            for &(pair, factor) in factors {
                let values = &found.first[found.starts[pair]..found.starts[pair + 1]];
                let out = &mut out[pair * stride..][..stride];
                let factor = simd.splat_f32s(factor);
                for (block, out) in out.chunks_exact_mut(width).enumerate() {
                    // Two chains of sums: each step of one need not wait for the step of the other.
                    let mut inner = [[simd.splat_f32s(0.0); TRILINEAR_VECTORS]; 2];
                    let weights = &weights[block * width..];
                    let mut add = |sums: usize, (at, value): (usize, f32)| {
                        let value = simd.splat_f32s(value);
                        let (row, _) = S::as_simd_f32s(&weights[at..at + width]);
                        for v in 0..TRILINEAR_VECTORS {
                            inner[sums][v] = simd.mul_add_f32s(value, row[v], inner[sums][v]);
                        }
                    };
                    let (twos, one) = values.as_chunks::<2>();
                    for &[first, second] in twos {
                        add(0, first);
                        add(1, second);
                    }
                    for &last in one {
                        add(0, last);
                    }
                    let (out, _) = S::as_mut_simd_f32s(out);
                    for v in 0..TRILINEAR_VECTORS {
                        let sum = simd.add_f32s(inner[0][v], inner[1][v]);
                        out[v] = simd.mul_add_f32s(factor, sum, out[v]);
                    }
                }
            }
        }
    }
}

/// The first `length` values of `buffer`, which grows where it is shorter. What they hold is left from before.
pub(super) fn sized<T: Copy + Default>(buffer: &mut Vec<T>, length: usize) -> &mut [T] {
    if buffer.len() < length {
        buffer.resize(length, T::default());
    }
    &mut buffer[..length]
}

/// Replaces what is below zero by zero.
pub(super) fn rectify(values: &mut [f32]) {
    for value in values {
        *value = if *value > 0.0 { *value } else { 0.0 };
    }
}

/// Index of the largest value; of equal ones the first. Zero for no values.
pub(super) fn argmax(values: &[f32]) -> usize {
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let (eights, rest) = values.as_chunks::<8>();
    let mut largest = [f32::NEG_INFINITY; 8];
    for eight in eights {
        for (largest, &value) in largest.iter_mut().zip(eight) {
            *largest = larger(*largest, value);
        }
    }
    let largest = largest.iter().chain(rest).fold(f32::NEG_INFINITY, |largest, &value| larger(largest, value));
    values.iter().position(|&value| value == largest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_one_chain_of_fused_steps_whatever_the_batch() {
        let value = |seed: usize| f32::from(u8::try_from(seed * 37 % 251).expect("below 251")) / 97.0 - 1.3;
        let (inputs, outputs) = (13, 45);
        let matrix = Matrix::new(Arch::new(), inputs, outputs, |o, i| value(o * inputs + i), |o| value(o + 7));
        for rows in [1, 2, 3, 5, 6, 7, 12, 23] {
            let x: Vec<f32> = (0..rows * inputs).map(value).collect();
            let mut out = vec![0.0; rows * matrix.stride];
            matrix.apply(&x, &mut out);
            for row in 0..rows {
                for output in 0..outputs {
                    let mut sum = value(output + 7);
                    for input in 0..inputs {
                        sum = x[row * inputs + input].mul_add(value(output * inputs + input), sum);
                    }
                    assert_eq!(out[row * matrix.stride + output].to_bits(), sum.to_bits(), "{rows} {row} {output}");
                }
            }
        }
    }

    #[test]
    fn a_tensor_follows_the_definition() {
        let value = |seed: usize| f32::from(u8::try_from(seed * 37 % 251).expect("below 251")) / 97.0 - 1.3;
        let (results, first, second) = (47, 5, 7);
        let weight = |r: usize, a: usize, b: usize| value((r * first + a) * second + b);
        let tensor = Trilinear::new(Arch::new(), [results, first, second], weight);
        let pairs: Vec<[Vec<f32>; 2]> = (0..4)
            .map(|pair| {
                let a = (0..first - 1).map(|k| if k % 2 == pair % 2 { 0.0 } else { value(k + pair) }).collect();
                let b = (0..second - 1).map(|k| if k % 3 == pair % 3 { 0.0 } else { value(k + 50 + pair) }).collect();
                [a, b]
            })
            .collect();
        let mut out = vec![9.0; pairs.len() * tensor.stride];
        tensor.apply(pairs.iter().map(|pair| pair.each_ref().map(Vec::as_slice)), &mut Found::default(), &mut out);
        for ([mut a, mut b], out) in pairs.into_iter().zip(out.chunks_exact(tensor.stride)) {
            a.push(1.0);
            b.push(1.0);
            for (result, &found) in out.iter().enumerate().take(results) {
                let sum: f32 =
                    (0..second).map(|j| (0..first).map(|i| weight(result, i, j) * a[i] * b[j]).sum::<f32>()).sum();
                assert!((sum - found).abs() < 1e-4, "{result}: {found} is not {sum}");
            }
        }
    }

    #[test]
    fn the_first_of_the_largest_values_is_found() {
        let check = |values: &[f32], expected: usize| assert_eq!(argmax(values), expected, "{values:?}");
        check(&[], 0);
        check(&[f32::NEG_INFINITY, f32::NEG_INFINITY], 0);
        check(&[0.0, -0.0, 1.0, 1.0], 2);
        for largest in 0..19 {
            let mut values = [-2.5; 19];
            values[largest..].fill(-1.5);
            check(&values, largest);
        }
    }

    #[test]
    fn a_step_follows_the_definition() {
        let width = 32;
        let gates: Vec<f32> = (0_u8..128).map(|k| f32::from(k) / 8.0 - 8.0).collect();
        let mut cell = vec![0.25; width];
        let mut hidden = vec![0; width];
        lstm_step(Arch::new(), &gates, width, &mut cell, &mut hidden);
        let sigmoid = |x: f32| 1.0 / (1.0 + f64::from(-x).exp());
        for k in 0..width {
            let expected =
                sigmoid(gates[width + k]) * 0.25 + sigmoid(gates[k]) * f64::from(gates[2 * width + k]).tanh();
            assert!((f64::from(cell[k]) - expected).abs() < 1e-6, "cell {k}");
            let expected = sigmoid(gates[3 * width + k]) * expected.tanh();
            let hidden = f64::from(super::super::counted::values(&hidden)[k]);
            assert!((hidden - expected).abs() < 4e-3, "hidden {k}");
        }
    }
}
