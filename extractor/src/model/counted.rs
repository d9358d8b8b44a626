//! Products of states and weights in whole numbers, which take less time than those in floating point.
//!
//! A state lies between -1 and 1 and is kept as one of [`LEVELS`] steps each way; a weight likewise, by the largest of its
//! row. Their products are summed in 32 bits, where no sum can overflow or round: whatever the order and the instructions,
//! the bits are the same. On treebanks and names the results are those of floating point to the first decimal of a percent.

use super::kernel::PAD;
use pulp::bytemuck::{Pod, cast, cast_slice, cast_slice_mut};
use pulp::{Arch, NullaryFnOnce};

/// Steps between zero and the largest value.
pub(super) const LEVELS: f32 = 127.0;

/// Added to a small number and read as bits, the lowest of them are the nearest whole number, in two's complement.
pub(super) const WHOLE: f32 = 12_582_912.0;

/// Rows that one tile of the product works on at once: twelve sums in registers.
const TILE_ROWS: usize = 6;

/// Most inputs of a matrix.
const INPUTS_MAX: usize = 256;

#[cfg(target_arch = "x86_64")]
pulp::simd_type! {
    /// The wide vectors of x86-64-v4 with the instruction that multiplies four pairs of bytes and adds them to a sum.
    pub(super) struct Dot {
        pub sse: "sse",
        pub sse2: "sse2",
        pub avx: "avx",
        pub avx2: "avx2",
        pub fma: "fma",
        pub avx512f: "avx512f",
        pub avx512bw: "avx512bw",
        pub avx512cd: "avx512cd",
        pub avx512dq: "avx512dq",
        pub avx512vl: "avx512vl",
        pub avx512vnni: "avx512vnni",
    }
}

/// What the product is made with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Instructions {
    /// Those that every machine has.
    Plain,
    #[cfg(target_arch = "x86_64")]
    V3(pulp::x86::V3),
    #[cfg(target_arch = "x86_64")]
    V4(pulp::x86::V4),
    #[cfg(target_arch = "x86_64")]
    Dot(Dot),
}

impl Instructions {
    /// The fastest ones where the rest of the network uses `arch`.
    pub(super) fn of(arch: Arch) -> Self {
        match arch {
            #[cfg(target_arch = "x86_64")]
            Arch::V3(simd) => Self::V3(simd),
            #[cfg(target_arch = "x86_64")]
            Arch::V4(simd) => Dot::try_new().map_or(Self::V4(simd), Self::Dot),
            _ => Self::Plain,
        }
    }

    /// The same without the instruction that multiplies bytes.
    pub(super) fn without_bytes(self) -> Self {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Dot(_) => pulp::x86::V4::try_new().map_or(Self::Plain, Self::V4),
            other => other,
        }
    }

    /// Outputs of one vector.
    fn lanes(self) -> usize {
        match self {
            Self::Plain => lanes::<Plain>(),
            #[cfg(target_arch = "x86_64")]
            Self::V3(_) => lanes::<pulp::x86::V3>(),
            #[cfg(target_arch = "x86_64")]
            Self::V4(_) => lanes::<pulp::x86::V4>(),
            #[cfg(target_arch = "x86_64")]
            Self::Dot(_) => lanes::<Dot>(),
        }
    }

    /// Whether four inputs are multiplied at once, the states as numbers from 1 to 255; else two, as they are.
    fn multiplies_bytes(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Dot(_) => true,
            _ => false,
        }
    }
}

/// A vector of sums, and how a group of states is multiplied into it.
trait Groups: Copy {
    /// The vector as the processor has it.
    type Sums: Pod;
    /// The same as it stands in memory.
    type Memory: Pod;
    /// States in a group.
    const SIZE: usize;

    /// The states of a group as the processor takes them.
    fn group(states: &[i8]) -> i32;

    /// `sums`, and in each lane the products of `group` with that lane's group of `weights`.
    fn add(self, sums: Self::Sums, weights: Self::Sums, group: i32) -> Self::Sums;
}

/// Outputs of one vector.
const fn lanes<G: Groups>() -> usize {
    size_of::<G::Sums>() / size_of::<i32>()
}

/// Two states in 16 bits each.
#[inline(always)]
fn pair(states: &[i8]) -> i32 {
    cast([i16::from(states[0]), i16::from(states[1])])
}

#[derive(Clone, Copy)]
struct Plain;

impl Groups for Plain {
    type Sums = [i32; 8];
    type Memory = [i32; 8];
    const SIZE: usize = 2;

    #[inline(always)]
    fn group(states: &[i8]) -> i32 {
        pair(states)
    }

    #[inline(always)]
    fn add(self, mut sums: [i32; 8], weights: [i32; 8], group: i32) -> [i32; 8] {
        let [first, second]: [i16; 2] = cast(group);
        for (sum, weight) in sums.iter_mut().zip(weights) {
            let [a, b]: [i16; 2] = cast(weight);
            *sum += i32::from(first) * i32::from(a) + i32::from(second) * i32::from(b);
        }
        sums
    }
}

#[cfg(target_arch = "x86_64")]
impl Groups for pulp::x86::V3 {
    type Sums = core::arch::x86_64::__m256i;
    type Memory = [i32; 8];
    const SIZE: usize = 2;

    #[inline(always)]
    fn group(states: &[i8]) -> i32 {
        pair(states)
    }

    #[inline(always)]
    fn add(self, sums: Self::Sums, weights: Self::Sums, group: i32) -> Self::Sums {
        let products = self.avx2._mm256_madd_epi16(weights, self.avx._mm256_set1_epi32(group));
        self.avx2._mm256_add_epi32(sums, products)
    }
}

#[cfg(target_arch = "x86_64")]
impl Groups for pulp::x86::V4 {
    type Sums = core::arch::x86_64::__m512i;
    type Memory = [i32; 16];
    const SIZE: usize = 2;

    #[inline(always)]
    fn group(states: &[i8]) -> i32 {
        pair(states)
    }

    #[inline(always)]
    fn add(self, sums: Self::Sums, weights: Self::Sums, group: i32) -> Self::Sums {
        let products = self.avx512bw._mm512_madd_epi16(weights, self.avx512f._mm512_set1_epi32(group));
        self.avx512f._mm512_add_epi32(sums, products)
    }
}

#[cfg(target_arch = "x86_64")]
impl Groups for Dot {
    type Sums = core::arch::x86_64::__m512i;
    type Memory = [i32; 16];
    const SIZE: usize = 4;

    #[inline(always)]
    fn group(states: &[i8]) -> i32 {
        // The instruction wants one side without sign: 128 more, which the sums start without.
        cast([states[0] ^ i8::MIN, states[1] ^ i8::MIN, states[2] ^ i8::MIN, states[3] ^ i8::MIN])
    }

    #[inline(always)]
    #[expect(
        unsafe_code,
        reason = "no crate offers it; without it whole annotation takes 1.4 to 1.8 times as long (examples/instructions.rs)"
    )]
    fn add(self, sums: Self::Sums, weights: Self::Sums, group: i32) -> Self::Sums {
        let group = self.avx512f._mm512_set1_epi32(group);
        // SAFETY: a `Dot` exists only where the machine has avx512f and avx512vnni.
        unsafe { core::arch::x86_64::_mm512_dpbusd_epi32(sums, group, weights) }
    }
}

/// A matrix with its bias for states in whole numbers.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    instructions: Instructions,
    /// Inputs of each row.
    inputs: usize,
    /// Outputs, padded to a multiple of [`PAD`]; the stride of a row of results.
    pub(super) stride: usize,
    /// Panel by panel, group of inputs by group, the weights of two vectors of outputs.
    weights: Vec<i32>,
    /// Where each output's sum starts.
    starts: Vec<i32>,
    /// What one step of the sum is worth, for each output.
    scales: Vec<f32>,
    bias: Vec<f32>,
}

impl Counted {
    /// A matrix of `outputs` × `inputs` whose weight is `weight(output, input)`, and whose bias is `bias(output)`.
    /// `inputs` is a multiple of four and at most [`INPUTS_MAX`].
    pub(super) fn new(
        instructions: Instructions,
        inputs: usize,
        outputs: usize,
        weight: impl Fn(usize, usize) -> f32,
        bias: impl Fn(usize) -> f32,
    ) -> Self {
        assert!(inputs.is_multiple_of(4) && inputs <= INPUTS_MAX, "{inputs} inputs");
        let stride = outputs.next_multiple_of(PAD);
        let panel = 2 * instructions.lanes();
        let bytes = instructions.multiplies_bytes();
        let size = if bytes { 4 } else { 2 };
        let groups = inputs / size;
        let mut weights = vec![0; stride * groups];
        let mut starts = vec![0; stride];
        let mut scales = vec![0.0; stride];
        for output in 0..outputs {
            let largest = (0..inputs).map(|input| weight(output, input).abs()).fold(f32::MIN_POSITIVE, f32::max);
            scales[output] = largest / (LEVELS * LEVELS);
            for input in 0..inputs {
                let whole = (weight(output, input) / largest * LEVELS).round() as i8;
                let row = (output / panel * groups + input / size) * panel;
                let place = (row + output % panel) * size + input % size;
                if bytes {
                    cast_slice_mut::<i32, i8>(&mut weights)[place] = whole;
                    starts[output] -= 128 * i32::from(whole);
                } else {
                    cast_slice_mut::<i32, i16>(&mut weights)[place] = i16::from(whole);
                }
            }
        }
        let bias = (0..stride).map(|output| if output < outputs { bias(output) } else { 0.0 }).collect();
        Self { instructions, inputs, stride, weights, starts, scales, bias }
    }

    /// Writes bias + weights · x for each row of `x` into the rows of `out`.
    pub(super) fn apply(&self, x: &[i8], out: &mut [f32]) {
        self.dispatch(x, &|_| &self.bias[..], out);
    }

    /// Writes from(row) + weights · x for each row of `x` into the rows of `out`.
    pub(super) fn apply_from<'a>(&self, x: &[i8], from: &dyn Fn(usize) -> &'a [f32], out: &mut [f32]) {
        self.dispatch(x, from, out);
    }

    fn dispatch<'a>(&self, x: &[i8], from: &dyn Fn(usize) -> &'a [f32], out: &mut [f32]) {
        match self.instructions {
            Instructions::Plain => Product { simd: Plain, matrix: self, x, from, out }.call(),
            #[cfg(target_arch = "x86_64")]
            Instructions::V3(simd) => simd.vectorize(Product { simd, matrix: self, x, from, out }),
            #[cfg(target_arch = "x86_64")]
            Instructions::V4(simd) => simd.vectorize(Product { simd, matrix: self, x, from, out }),
            #[cfg(target_arch = "x86_64")]
            Instructions::Dot(simd) => simd.vectorize(Product { simd, matrix: self, x, from, out }),
        }
    }
}

struct Product<'p, 'a, G> {
    simd: G,
    matrix: &'p Counted,
    x: &'p [i8],
    from: &'p dyn Fn(usize) -> &'a [f32],
    out: &'p mut [f32],
}

impl<G: Groups> NullaryFnOnce for Product<'_, '_, G> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        let rows = self.out.len() / self.matrix.stride;
        assert_eq!(self.out.len(), rows * self.matrix.stride, "rows of results are whole");
        assert_eq!(self.x.len(), rows * self.matrix.inputs, "a row of states for each");
        let mut row = 0;
        while row + TILE_ROWS <= rows {
            self.rows::<TILE_ROWS>(row);
            row += TILE_ROWS;
        }
        match rows - row {
            0 => {}
            1 => self.rows::<1>(row),
            2 => self.rows::<2>(row),
            3 => self.rows::<3>(row),
            4 => self.rows::<4>(row),
            _ => self.rows::<5>(row),
        }
    }
}

impl<G: Groups> Product<'_, '_, G> {
    #[inline(always)]
    fn rows<const ROWS: usize>(&mut self, row: usize) {
        let Counted { inputs, stride, ref weights, ref starts, ref scales, .. } = *self.matrix;
        let groups = inputs / G::SIZE;
        let panel = 2 * lanes::<G>();
        // Group by group, those of all rows side by side.
        let mut x = [[0; ROWS]; INPUTS_MAX / 2];
        for r in 0..ROWS {
            let states = &self.x[(row + r) * inputs..][..inputs];
            for (x, states) in x.iter_mut().zip(states.chunks_exact(G::SIZE)) {
                x[r] = G::group(states);
            }
        }
        let x = &x[..groups];
        let from: [&[f32]; ROWS] = std::array::from_fn(|r| (self.from)(row + r));
        for (index, weights) in weights.chunks_exact(groups * panel).enumerate() {
            let columns = index * panel..(index + 1) * panel;
            let (weights, _) = cast_slice::<i32, G::Memory>(weights).as_chunks::<2>();
            let start = cast_slice::<i32, G::Memory>(&starts[columns.clone()]);
            let start: [G::Sums; 2] = [cast(start[0]), cast(start[1])];
            let mut sums = [start; ROWS];
            for (&[first, second], groups) in weights.iter().zip(x) {
                let (first, second): (G::Sums, G::Sums) = (cast(first), cast(second));
                for r in 0..ROWS {
                    sums[r][0] = self.simd.add(sums[r][0], first, groups[r]);
                    sums[r][1] = self.simd.add(sums[r][1], second, groups[r]);
                }
            }
            let scales = &scales[columns.clone()];
            for r in 0..ROWS {
                let out = &mut self.out[(row + r) * stride..][columns.clone()];
                let sums = cast_slice::<G::Sums, i32>(&sums[r]);
                let from = &from[r][columns.clone()];
                for (((out, &sum), &scale), &from) in out.iter_mut().zip(sums).zip(scales).zip(from) {
                    // Two roundings, never one: the same on machines with and without fused steps.
                    *out = sum as f32 * scale + from;
                }
            }
        }
    }
}

/// Rows of `width` weights as whole numbers give them back.
pub(super) fn rounded(weights: &[f32], width: usize) -> Vec<f32> {
    let row = |row: &[f32]| {
        let largest = row.iter().fold(f32::MIN_POSITIVE, |largest, weight| largest.max(weight.abs()));
        row.iter().map(|weight| (weight / largest * LEVELS).round() / LEVELS * largest).collect::<Vec<f32>>()
    };
    weights.chunks_exact(width).flat_map(row).collect()
}

/// The whole numbers that [`WHOLE`] leaves in the bits of `values`.
#[inline(always)]
pub(super) fn pack(values: &[f32], out: &mut [i8]) {
    for (out, value) in out.iter_mut().zip(values) {
        *out = value.to_bits() as i8;
    }
}

/// The values that whole numbers stand for.
pub(super) fn values(states: &[i8]) -> Vec<f32> {
    states.iter().map(|&whole| f32::from(whole) / LEVELS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every kind of instructions that this machine has.
    fn all() -> Vec<Instructions> {
        let mut all = vec![Instructions::Plain];
        #[cfg(target_arch = "x86_64")]
        {
            all.extend(pulp::x86::V3::try_new().map(Instructions::V3));
            all.extend(pulp::x86::V4::try_new().map(Instructions::V4));
            all.extend(Dot::try_new().map(Instructions::Dot));
        }
        all
    }

    #[test]
    fn products_are_exact_whatever_the_batch_and_the_instructions() {
        let value = |seed: usize| f32::from(u8::try_from(seed * 37 % 251).expect("below 251")) / 251.0 - 0.5;
        let (inputs, outputs) = (16, 45);
        let weight = |o: usize, i: usize| value(o * inputs + i);
        for rows in [1, 2, 3, 5, 6, 7, 12, 23] {
            let states: Vec<f32> = (0..rows * inputs).map(|k| (value(k) * LEVELS) + WHOLE).collect();
            let mut x = vec![0; states.len()];
            pack(&states, &mut x);
            let shown = values(&x);
            let mut known: Option<Vec<u32>> = None;
            for instructions in all() {
                let matrix = Counted::new(instructions, inputs, outputs, weight, |o| value(o + 7));
                let mut out = vec![0.0; rows * matrix.stride];
                matrix.apply(&x, &mut out);
                for (row, out) in out.chunks_exact(matrix.stride).enumerate() {
                    for (output, found) in out.iter().enumerate().take(outputs) {
                        let sum: f32 = (0..inputs).map(|i| shown[row * inputs + i] * weight(output, i)).sum();
                        assert!(
                            (sum + value(output + 7) - found).abs() < 0.02,
                            "{instructions:?} {rows} {row} {output}"
                        );
                    }
                }
                let bits: Vec<u32> = out.iter().map(|value| value.to_bits()).collect();
                assert_eq!(known.get_or_insert_with(|| bits.clone()), &bits, "{instructions:?}");
            }
        }
    }

    #[test]
    fn the_largest_sums_fit() {
        for instructions in all() {
            for sign in [1.0, -1.0] {
                let matrix = Counted::new(instructions, 256, 1, |_, _| sign * 3.0, |_| 0.0);
                let mut x = vec![0; 256];
                pack(&[LEVELS + WHOLE; 256], &mut x);
                let mut out = vec![0.0; matrix.stride];
                matrix.apply(&x, &mut out);
                assert!((out[0] - sign * 768.0).abs() < 0.01, "{instructions:?}: {}", out[0]);
            }
        }
    }

    #[test]
    fn a_state_keeps_its_nearest_step() {
        let check = |state: f32, expected: i8| {
            let mut out = [0];
            pack(&[state.mul_add(LEVELS, WHOLE)], &mut out);
            assert_eq!(out, [expected], "{state}");
        };
        check(0.0, 0);
        check(1.0, 127);
        check(-1.0, -127);
        check(0.51, 65);
        check(-0.25, -32);
    }
}
