//! Numbers in, numbers out: the few dense operations of the network.
//!
//! The bits of every result are the same on every machine, in debug and release, alone or in a batch: each output is
//! one chain of fused multiply-adds in the order of the inputs; vectors run across outputs, never across a sum; and the
//! activation functions are our own, made of the same operations.

use pulp::{Arch, Simd, WithSimd};

/// Outputs are padded to a multiple of this, so that their stride is the same for every width of vector.
pub(super) const PAD: usize = 32;

/// Rows that one tile of the product works on at once: twelve sums in registers.
const TILE_ROWS: usize = 6;

/// A matrix with its bias, packed for the vectors of this machine.
#[derive(Clone, Debug)]
pub(super) struct Matrix {
    arch: Arch,
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
        inputs: usize,
        outputs: usize,
        weight: impl Fn(usize, usize) -> f32,
        bias: impl Fn(usize) -> f32,
    ) -> Self {
        let arch = Arch::new();
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

    /// Writes bias + weights · x for each row of `x` into the rows of `out`.
    pub(super) fn apply(&self, x: &[f32], out: &mut [f32]) {
        self.arch.dispatch(Product { matrix: self, x, out, adds: false });
    }

    /// Adds weights · x for each row of `x` to the rows of `out`; the bias takes no part.
    pub(super) fn add(&self, x: &[f32], out: &mut [f32]) {
        self.arch.dispatch(Product { matrix: self, x, out, adds: true });
    }
}

struct Product<'a> {
    matrix: &'a Matrix,
    x: &'a [f32],
    out: &'a mut [f32],
    adds: bool,
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { matrix, x, out, adds } = self;
        let rows = x.len() / matrix.inputs;
        assert_eq!(out.len(), rows * matrix.stride, "rows of results");
        assert_eq!(matrix.panel, 2 * S::F32_LANES, "a matrix is packed for the machine that uses it");
        for (index, panel) in matrix.weights.chunks_exact(matrix.inputs * matrix.panel).enumerate() {
            let at = Tile { matrix, panel, column: index * matrix.panel, x, adds };
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
    adds: bool,
}

impl Tile<'_> {
    #[inline(always)]
    fn run<S: Simd, const ROWS: usize>(self, simd: S, row: usize, out: &mut [f32]) {
        let Matrix { inputs, stride, panel: width, .. } = *self.matrix;
        let start: [usize; ROWS] = std::array::from_fn(|r| (row + r) * stride + self.column);
        let mut sums = [[simd.splat_f32s(0.0); 2]; ROWS];
        for r in 0..ROWS {
            let from =
                if self.adds { &out[start[r]..start[r] + width] } else { &self.matrix.bias[self.column..][..width] };
            let (from, _) = S::as_simd_f32s(from);
            sums[r] = [from[0], from[1]];
        }
        let x: [&[f32]; ROWS] = std::array::from_fn(|r| &self.x[(row + r) * inputs..][..inputs]);
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
/// activation, each as wide as a row of `cell` and `hidden`, which are brought up to date.
pub(super) fn lstm_step(gates: &[f32], width: usize, cell: &mut [f32], hidden: &mut [f32]) {
    Arch::new().dispatch(Step { gates, width, cell, hidden });
}

struct Step<'a> {
    gates: &'a [f32],
    width: usize,
    cell: &'a mut [f32],
    hidden: &'a mut [f32],
}

impl WithSimd for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { gates, width, cell, hidden } = self;
        let rows = gates.chunks_exact(4 * width).zip(cell.chunks_exact_mut(width)).zip(hidden.chunks_exact_mut(width));
        for ((gates, cell), hidden) in rows {
            let (input, rest) = gates.split_at(width);
            let (forget, rest) = rest.split_at(width);
            let (update, output) = rest.split_at(width);
            let (input, _) = S::as_simd_f32s(input);
            let (forget, _) = S::as_simd_f32s(forget);
            let (update, _) = S::as_simd_f32s(update);
            let (output, _) = S::as_simd_f32s(output);
            let (cell, _) = S::as_mut_simd_f32s(cell);
            let (hidden, _) = S::as_mut_simd_f32s(hidden);
            let length = cell.len();
            let (input, forget, update, output) =
                (&input[..length], &forget[..length], &update[..length], &output[..length]);
            let hidden = &mut hidden[..length];
            for k in 0..length {
                let kept = simd.mul_f32s(sigmoid(simd, forget[k]), cell[k]);
                let state = simd.mul_add_f32s(sigmoid(simd, input[k]), tanh(simd, update[k]), kept);
                cell[k] = state;
                hidden[k] = simd.mul_f32s(sigmoid(simd, output[k]), tanh(simd, state));
            }
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

/// Hyperbolic tangent, within 3e-7 of the true value.
#[inline(always)]
fn tanh<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
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
    simd.div_f32s(simd.mul_f32s(x, above), below)
}

/// Logistic function by way of the hyperbolic tangent.
#[inline(always)]
fn sigmoid<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let half = simd.splat_f32s(0.5);
    simd.mul_add_f32s(half, tanh(simd, simd.mul_f32s(half, x)), half)
}

/// Sum over `k` of `scale[k]` times row `k` of `rows`, whose stride is the length of `out`.
pub(super) fn weighted_rows(rows: &[f32], scale: &[f32], out: &mut [f32]) {
    Arch::new().dispatch(WeightedRows { rows, scale, out });
}

struct WeightedRows<'a> {
    rows: &'a [f32],
    scale: &'a [f32],
    out: &'a mut [f32],
}

impl WithSimd for WeightedRows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let width = self.out.len();
        self.out.fill(0.0);
        let (out, rest) = S::as_mut_simd_f32s(self.out);
        assert!(rest.is_empty(), "results are padded");
        for (row, &scale) in self.rows.chunks_exact(width).zip(self.scale) {
            let (row, _) = S::as_simd_f32s(row);
            let scale = simd.splat_f32s(scale);
            for (sum, &value) in out.iter_mut().zip(row) {
                *sum = simd.mul_add_f32s(scale, value, *sum);
            }
        }
    }
}

/// The sum of products in their order, as one chain of fused multiply-adds.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).fold(0.0, |sum: f32, (&x, &y)| x.mul_add(y, sum))
}

/// Replaces what is below zero by zero.
pub(super) fn rectify(values: &mut [f32]) {
    for value in values {
        *value = if *value > 0.0 { *value } else { 0.0 };
    }
}

/// Index of the largest value; of equal ones the first. Zero for no values.
pub(super) fn argmax(values: &[f32]) -> usize {
    let mut best = 0;
    for (index, &value) in values.iter().enumerate() {
        if value > values[best] {
            best = index;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_one_chain_of_fused_steps_whatever_the_batch() {
        let value = |seed: usize| f32::from(u8::try_from(seed * 37 % 251).expect("below 251")) / 97.0 - 1.3;
        let (inputs, outputs) = (13, 45);
        let matrix = Matrix::new(inputs, outputs, |o, i| value(o * inputs + i), |o| value(o + 7));
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
    fn a_step_follows_the_definition() {
        let width = 32;
        let gates: Vec<f32> = (0_u8..128).map(|k| f32::from(k) / 8.0 - 8.0).collect();
        let mut cell = vec![0.25; width];
        let mut hidden = vec![0.0; width];
        lstm_step(&gates, width, &mut cell, &mut hidden);
        let sigmoid = |x: f32| 1.0 / (1.0 + f64::from(-x).exp());
        for k in 0..width {
            let expected =
                sigmoid(gates[width + k]) * 0.25 + sigmoid(gates[k]) * f64::from(gates[2 * width + k]).tanh();
            assert!((f64::from(cell[k]) - expected).abs() < 1e-6, "cell {k}");
            let expected = sigmoid(gates[3 * width + k]) * expected.tanh();
            assert!((f64::from(hidden[k]) - expected).abs() < 1e-6, "hidden {k}");
        }
    }
}
