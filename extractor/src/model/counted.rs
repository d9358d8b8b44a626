//! Products of states and weights in whole numbers, which take less time than those in floating point.
//!
//! A state lies between -1 and 1 and is kept as one of [`LEVELS`] steps each way, as a byte from [`ZERO`] on; a weight
//! likewise, by the largest of its row, as a byte with sign. Their products are summed in 32 bits, where no sum can overflow or round: whatever the order and the instructions,
//! the bits are the same. On treebanks and names the results are those of floating point to the first decimal of a percent.

#[cfg(target_arch = "x86_64")]
mod tiles;

use pulp::bytemuck::{Pod, cast, cast_slice, cast_slice_mut};
use pulp::{Arch, NullaryFnOnce};
#[cfg(target_arch = "x86_64")]
use tiles::Tiles;

/// Steps between zero and the largest value.
pub(super) const LEVELS: f32 = 127.0;

/// Added to a small number and read as bits, the lowest of them are the nearest whole number, in two's complement.
pub(super) const WHOLE: f32 = 12_582_912.0;

/// Most rows that one tile of the product works on at once.
const TILE_ROWS_MAX: usize = 6;

/// Vectors of outputs that one tile of the product works on at once: with the widest vectors and the most rows 24 sums in
/// registers.
const TILE_VECTORS: usize = 4;

/// Outputs are padded to a multiple of this: those of the widest tile.
const PAD: usize = 64;

/// The byte of a state of zero.
pub(super) const ZERO: u8 = 128;

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
    #[cfg(target_arch = "x86_64")]
    Tiles(Tiles),
}

impl Instructions {
    /// The fastest ones where the rest of the network uses `arch`.
    pub(super) fn of(arch: Arch) -> Self {
        match arch {
            #[cfg(target_arch = "x86_64")]
            Arch::V3(simd) => Self::V3(simd),
            #[cfg(target_arch = "x86_64")]
            Arch::V4(simd) => {
                let dot = Dot::try_new().map_or(Self::V4(simd), Self::Dot);
                Tiles::try_new().map_or(dot, Self::Tiles)
            }
            _ => Self::Plain,
        }
    }

    /// The same without tiles.
    pub(super) fn without_tiles(self) -> Self {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Tiles(tiles) => Self::Dot(tiles.dot()),
            other => other,
        }
    }

    /// The same without the instructions that multiply bytes.
    pub(super) fn without_bytes(self) -> Self {
        match self.without_tiles() {
            #[cfg(target_arch = "x86_64")]
            Self::Dot(_) => pulp::x86::V4::try_new().map_or(Self::Plain, Self::V4),
            other => other,
        }
    }

    /// The same, or without tiles where rows of `inputs` do not fill them.
    fn that_fit(self, inputs: usize) -> Self {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Tiles(_) if Tiles::fit(inputs) => self,
            other => other.without_tiles(),
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
            Self::Dot(_) | Self::Tiles(_) => lanes::<Dot>(),
        }
    }

    /// Whether four inputs are multiplied at once, the states as the bytes that they are; else two, as numbers with sign.
    fn multiplies_bytes(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Dot(_) | Self::Tiles(_) => true,
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
    /// A group of states as it stands in memory, four bytes.
    type States: Pod;
    /// Rows of a tile whose sums the registers hold.
    const ROWS: usize;

    /// States as the product takes them; `room` is for those that must be made anew.
    fn states<'s>(states: &'s [u8], room: &'s mut Vec<i16>) -> &'s [Self::States];

    /// `sums`, and in each lane the products of `group` with that lane's group of `weights`.
    fn add(self, sums: Self::Sums, weights: Self::Sums, group: i32) -> Self::Sums;
}

/// Outputs of one vector.
const fn lanes<G: Groups>() -> usize {
    size_of::<G::Sums>() / size_of::<i32>()
}

/// Pairs of states in 16 bits each.
#[inline(always)]
fn pairs<'s>(states: &[u8], room: &'s mut Vec<i16>) -> &'s [[i16; 2]] {
    room.clear();
    room.extend(states.iter().map(|&state| i16::from(state) - i16::from(ZERO)));
    cast_slice(room)
}

#[derive(Clone, Copy)]
struct Plain;

impl Groups for Plain {
    type Sums = [i32; 8];
    type Memory = [i32; 8];
    type States = [i16; 2];
    const ROWS: usize = 3;

    #[inline(always)]
    fn states<'s>(states: &'s [u8], room: &'s mut Vec<i16>) -> &'s [[i16; 2]] {
        pairs(states, room)
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

/// Products of pairs in 16 bits with vectors of `$sums`, by the instructions of `$simd`.
#[cfg(target_arch = "x86_64")]
macro_rules! pairs_with {
    ($simd:ty, $sums:ident, $memory:ty, $rows:literal, $set:ident . $broadcast:ident, $mul:ident . $multiply:ident, $sum:ident . $add:ident) => {
        impl Groups for $simd {
            type Sums = core::arch::x86_64::$sums;
            type Memory = $memory;
            type States = [i16; 2];
            const ROWS: usize = $rows;

            #[inline(always)]
            fn states<'s>(states: &'s [u8], room: &'s mut Vec<i16>) -> &'s [[i16; 2]] {
                pairs(states, room)
            }

            #[inline(always)]
            fn add(self, sums: Self::Sums, weights: Self::Sums, group: i32) -> Self::Sums {
                self.$sum.$add(sums, self.$mul.$multiply(weights, self.$set.$broadcast(group)))
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
pairs_with!(pulp::x86::V3, __m256i, [i32; 8], 3, avx._mm256_set1_epi32, avx2._mm256_madd_epi16, avx2._mm256_add_epi32);
#[cfg(target_arch = "x86_64")]
pairs_with!(
    pulp::x86::V4,
    __m512i,
    [i32; 16],
    6,
    avx512f._mm512_set1_epi32,
    avx512bw._mm512_madd_epi16,
    avx512f._mm512_add_epi32
);

#[cfg(target_arch = "x86_64")]
impl Groups for Dot {
    type Sums = core::arch::x86_64::__m512i;
    type Memory = [i32; 16];
    type States = [u8; 4];
    const ROWS: usize = 6;

    #[inline(always)]
    fn states<'s>(states: &'s [u8], _: &'s mut Vec<i16>) -> &'s [[u8; 4]] {
        cast_slice(states)
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
    /// Panel by panel, group of inputs by group, the weights of a tile's vectors of outputs.
    weights: Vec<i32>,
    /// Where each output's sum starts.
    starts: Vec<i32>,
    /// What one step of the sum is worth, for each output.
    scales: Vec<f32>,
    bias: Vec<f32>,
}

impl Counted {
    /// A matrix of `outputs` × `inputs` whose weight is `weight(output, input)`, and whose bias is `bias(output)`.
    /// `inputs` is a multiple of four.
    pub(super) fn new(
        instructions: Instructions,
        inputs: usize,
        outputs: usize,
        weight: impl Fn(usize, usize) -> f32,
        bias: impl Fn(usize) -> f32,
    ) -> Self {
        assert!(inputs.is_multiple_of(4), "{inputs} inputs");
        let instructions = instructions.that_fit(inputs);
        let stride = outputs.next_multiple_of(PAD);
        let panel = TILE_VECTORS * instructions.lanes();
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
                    starts[output] -= i32::from(ZERO) * i32::from(whole);
                } else {
                    cast_slice_mut::<i32, i16>(&mut weights)[place] = i16::from(whole);
                }
            }
        }
        let bias = (0..stride).map(|output| if output < outputs { bias(output) } else { 0.0 }).collect();
        Self { instructions, inputs, stride, weights, starts, scales, bias }
    }

    /// Writes bias + weights · x for each row of `x` into the rows of `out`; `room` is memory to work in.
    pub(super) fn apply(&self, x: &[u8], room: &mut Room, out: &mut [f32]) {
        self.dispatch(x, From::Bias, room, out);
    }

    /// The same with a row of `from` for each row in place of the bias.
    pub(super) fn apply_from(&self, x: &[u8], from: &[&[f32]], room: &mut Room, out: &mut [f32]) {
        self.dispatch(x, From::Rows(from), room, out);
    }

    fn dispatch(&self, x: &[u8], from: From<'_>, room: &mut Room, out: &mut [f32]) {
        match self.instructions {
            Instructions::Plain => Product { simd: Plain, matrix: self, x, from, room, out }.call(),
            #[cfg(target_arch = "x86_64")]
            Instructions::V3(simd) => simd.vectorize(Product { simd, matrix: self, x, from, room, out }),
            #[cfg(target_arch = "x86_64")]
            Instructions::V4(simd) => simd.vectorize(Product { simd, matrix: self, x, from, room, out }),
            #[cfg(target_arch = "x86_64")]
            Instructions::Dot(simd) => simd.vectorize(Product { simd, matrix: self, x, from, room, out }),
            #[cfg(target_arch = "x86_64")]
            Instructions::Tiles(tiles) => {
                let simd = tiles.dot();
                if Tiles::pay(out.len() / self.stride) {
                    simd.vectorize(tiles::Product { tiles, matrix: self, x, from, out });
                } else {
                    simd.vectorize(Product { simd, matrix: self, x, from, room, out });
                }
            }
        }
    }
}

/// Memory for states in another form, kept from product to product.
pub(super) type Room = Vec<i16>;

/// What the sums of a row start from.
#[derive(Clone, Copy)]
enum From<'p> {
    Bias,
    Rows(&'p [&'p [f32]]),
}

struct Product<'p, G> {
    simd: G,
    matrix: &'p Counted,
    x: &'p [u8],
    from: From<'p>,
    room: &'p mut Room,
    out: &'p mut [f32],
}

impl<G: Groups> NullaryFnOnce for Product<'_, G> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { simd, matrix, x, from, room, out } = self;
        let rows = out.len() / matrix.stride;
        assert_eq!(out.len(), rows * matrix.stride, "rows of results are whole");
        assert_eq!(x.len(), rows * matrix.inputs, "a row of states for each");
        if rows == 0 {
            return;
        }
        let x = G::states(x, room);
        let groups = x.len() / rows;
        let width = TILE_VECTORS * lanes::<G>();
        // All rows by one panel before the next one: a panel stays at hand, all of the matrix would not.
        for (index, weights) in matrix.weights.chunks_exact(groups * width).enumerate() {
            let panel = Panel { simd, matrix, weights, column: index * width, x, groups, from };
            let mut row = 0;
            while row + G::ROWS <= rows {
                if G::ROWS == TILE_ROWS_MAX {
                    panel.run::<TILE_ROWS_MAX>(row, out)
                } else {
                    panel.run::<3>(row, out)
                }
                row += G::ROWS;
            }
            match rows - row {
                0 => {}
                1 => panel.run::<1>(row, out),
                2 => panel.run::<2>(row, out),
                3 => panel.run::<3>(row, out),
                4 => panel.run::<4>(row, out),
                _ => panel.run::<5>(row, out),
            }
        }
    }
}

/// The outputs of one tile's width.
#[derive(Clone, Copy)]
struct Panel<'p, G: Groups> {
    simd: G,
    matrix: &'p Counted,
    weights: &'p [i32],
    /// The first of them.
    column: usize,
    x: &'p [G::States],
    /// Groups of states in a row.
    groups: usize,
    from: From<'p>,
}

impl<G: Groups> Panel<'_, G> {
    #[inline(always)]
    fn run<const ROWS: usize>(self, row: usize, out: &mut [f32]) {
        let Self { simd, matrix: &Counted { stride, ref starts, ref scales, ref bias, .. }, groups, .. } = self;
        let columns = self.column..self.column + TILE_VECTORS * lanes::<G>();
        let (weights, _) = cast_slice::<i32, G::Memory>(self.weights).as_chunks::<TILE_VECTORS>();
        let start = cast_slice::<i32, G::Memory>(&starts[columns.clone()]);
        let start: [G::Sums; TILE_VECTORS] = std::array::from_fn(|v| cast(start[v]));
        let x: [&[G::States]; ROWS] = std::array::from_fn(|r| &self.x[(row + r) * groups..][..groups]);
        let weights = &weights[..groups];
        let mut sums = [start; ROWS];
        for group in 0..groups {
            let weights: [G::Sums; TILE_VECTORS] = std::array::from_fn(|v| cast(weights[group][v]));
            for r in 0..ROWS {
                let states = cast(x[r][group]);
                for v in 0..TILE_VECTORS {
                    sums[r][v] = simd.add(sums[r][v], weights[v], states);
                }
            }
        }
        // Copied one by one: sums that are also read as a slice would be written to memory at every step.
        let totals: [[G::Memory; TILE_VECTORS]; ROWS] =
            std::array::from_fn(|r| std::array::from_fn(|v| cast(sums[r][v])));
        let scales = &scales[columns.clone()];
        for r in 0..ROWS {
            let out = &mut out[(row + r) * stride..][columns.clone()];
            let sums = cast_slice::<G::Memory, i32>(&totals[r]);
            let from = match self.from {
                From::Bias => &bias[columns.clone()],
                From::Rows(rows) => &rows[row + r][columns.clone()],
            };
            for (((out, &sum), &scale), &from) in out.iter_mut().zip(sums).zip(scales).zip(from) {
                // Two roundings, never one: the same on machines with and without fused steps.
                *out = sum as f32 * scale + from;
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

/// The states that [`WHOLE`] leaves in the bits of `values`.
#[inline(always)]
pub(super) fn pack(values: &[f32], out: &mut [u8]) {
    for (out, value) in out.iter_mut().zip(values) {
        *out = (value.to_bits() as u8).wrapping_add(ZERO);
    }
}

/// The values that states stand for.
pub(super) fn values(states: &[u8]) -> Vec<f32> {
    states.iter().map(|&state| (f32::from(state) - f32::from(ZERO)) / LEVELS).collect()
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
            all.extend(Tiles::try_new().map(Instructions::Tiles));
        }
        all
    }

    #[test]
    fn products_are_exact_whatever_the_batch_and_the_instructions() {
        let value = |seed: usize| f32::from(u8::try_from(seed * 37 % 251).expect("below 251")) / 251.0 - 0.5;
        for (inputs, outputs, rows) in [
            (16, 45, vec![1, 2, 3, 5, 6, 7, 12, 23]),
            (64, 45, vec![1, 4, 5, 16, 17, 31]),
            (128, 130, vec![4, 12, 32, 33, 48, 49]),
            (256, 64, vec![15, 47, 63, 64, 100]),
        ] {
            let weight = |o: usize, i: usize| value(o * inputs + i);
            // Half a step of each weight, and of each state.
            let near = 0.00125 * inputs as f32;
            for rows in rows {
                let states: Vec<f32> = (0..rows * inputs).map(|k| (value(k) * LEVELS) + WHOLE).collect();
                let mut x = vec![0; states.len()];
                pack(&states, &mut x);
                let shown = values(&x);
                let mut known: Option<[Vec<u32>; 2]> = None;
                for instructions in all() {
                    let matrix = Counted::new(instructions, inputs, outputs, weight, |o| value(o + 7));
                    let mut out = vec![0.0; rows * matrix.stride];
                    matrix.apply(&x, &mut Room::new(), &mut out);
                    for (row, out) in out.chunks_exact(matrix.stride).enumerate() {
                        for (output, found) in out.iter().enumerate().take(outputs) {
                            let sum: f32 = (0..inputs).map(|i| shown[row * inputs + i] * weight(output, i)).sum();
                            assert!(
                                (sum + value(output + 7) - found).abs() < near,
                                "{instructions:?} {rows} {row} {output}"
                            );
                        }
                    }
                    let starts: Vec<f32> = (0..out.len()).map(|k| value(k * 3)).collect();
                    let starts: Vec<&[f32]> = starts.chunks_exact(matrix.stride).collect();
                    let mut more = vec![0.0; out.len()];
                    matrix.apply_from(&x, &starts, &mut Room::new(), &mut more);
                    let bits = [out, more].map(|values| values.into_iter().map(f32::to_bits).collect());
                    assert_eq!(known.get_or_insert_with(|| bits.clone()), &bits, "{instructions:?} {inputs} {rows}");
                }
            }
        }
    }

    #[test]
    fn the_largest_sums_fit() {
        for instructions in all() {
            for sign in [1.0, -1.0] {
                let matrix = Counted::new(instructions, 256, 1, |_, _| sign * 3.0, |_| 0.0);
                for rows in [1, 20] {
                    let mut x = vec![0; rows * 256];
                    pack(&vec![LEVELS + WHOLE; rows * 256], &mut x);
                    let mut out = vec![0.0; rows * matrix.stride];
                    matrix.apply(&x, &mut Room::new(), &mut out);
                    for row in out.chunks_exact(matrix.stride) {
                        assert!((row[0] - sign * 768.0).abs() < 0.01, "{instructions:?}: {}", row[0]);
                    }
                }
            }
        }
    }

    #[test]
    fn a_state_keeps_its_nearest_step() {
        let check = |state: f32, expected: u8| {
            let mut out = [0];
            pack(&[state.mul_add(LEVELS, WHOLE)], &mut out);
            assert_eq!(out, [expected], "{state}");
        };
        check(0.0, 128);
        check(1.0, 255);
        check(-1.0, 1);
        check(0.51, 193);
        check(-0.25, 96);
    }
}
