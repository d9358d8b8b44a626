//! The bits of every other kind of instructions in about half the time, by tiles: registers of 16 rows of 64 bytes (AMX).
//!
//! Whoever holds [`Tiles`] may use them: the machine has them, and the system has granted them to this process. A tile of
//! states holds 64 inputs of up to 16 rows, a tile of weights 64 inputs of 16 outputs, and one instruction adds all of
//! their products to a tile of sums. The weights lie as for [`Dot`], which takes what is too small for tiles.

use super::{Counted, Dot, From};
use core::arch::asm;
use core::arch::x86_64::{__cpuid_count, __m512, __m512i};
use pulp::NullaryFnOnce;
use pulp::bytemuck::{cast, cast_slice};
use std::sync::LazyLock;

/// Most rows of a tile.
const ROWS: usize = 16;

/// Inputs of a row of a tile of states, one byte each.
const INPUTS: usize = 64;

/// Outputs of a panel of weights: those of four tiles.
const PANEL: usize = 64;

/// Outputs of half a panel.
const HALF: usize = PANEL / 2;

/// Outputs of one tile, the sums of one vector.
const LANES: usize = 16;

/// Fewer rows are faster without tiles: most of the time goes into reading the weights, whatever the rows.
const ROWS_MIN: usize = 5;

/// Proof that the machine has tiles and that this process may use them.
#[derive(Clone, Copy, Debug)]
pub(in crate::model) struct Tiles {
    dot: Dot,
}

impl Tiles {
    /// Asks the machine, and for the whole process the system; once, whatever the number of calls.
    pub(super) fn try_new() -> Option<Self> {
        static GRANTED: LazyLock<bool> = LazyLock::new(|| cfg!(target_os = "linux") && offered() && granted());
        let dot = Dot::try_new()?;
        GRANTED.then_some(Self { dot })
    }

    /// What the rest of the product is made with.
    pub(super) fn dot(self) -> Dot {
        self.dot
    }

    /// Whether rows of `inputs` fill tiles.
    pub(super) fn fit(inputs: usize) -> bool {
        inputs > 0 && inputs.is_multiple_of(INPUTS)
    }

    /// Whether tiles pay for so many rows.
    pub(super) fn pay(rows: usize) -> bool {
        rows >= ROWS_MIN
    }
}

/// Whether the machine has tiles and multiplies their bytes.
fn offered() -> bool {
    const LEAF: u32 = 7;
    const AMX_TILE: u32 = 1 << 24;
    const AMX_INT8: u32 = 1 << 25;
    let both = AMX_TILE | AMX_INT8;
    __cpuid_count(0, 0).eax >= LEAF && __cpuid_count(LEAF, 0).edx & both == both
}

/// Whether Linux lets this process use tiles. It must be asked, as it keeps more memory for threads that do.
///
/// What it grants is for all threads, also those that run already. An old system, or one that keeps tiles back, gives an
/// error.
#[expect(
    unsafe_code,
    reason = "no crate that we have makes this call; tiles make reading general text 4 to 12 % faster (examples/instructions.rs)"
)]
fn granted() -> bool {
    const ARCH_PRCTL: isize = 158;
    const ARCH_REQ_XCOMP_PERM: usize = 0x1023;
    const XFEATURE_XTILEDATA: usize = 18;
    let answer: isize;
    // SAFETY: a call of Linux, which is checked before, on x86-64. It reads and writes no memory of ours; the registers
    // that every call takes are given.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") ARCH_PRCTL => answer,
            in("rdi") ARCH_REQ_XCOMP_PERM,
            in("rsi") XFEATURE_XTILEDATA,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    answer == 0
}

/// What the processor reads of how its tiles are divided.
#[repr(C, align(64))]
struct Division {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    /// Bytes of a row of each tile.
    row_bytes: [u16; 16],
    /// Rows of each tile.
    rows: [u8; 16],
}

/// The tiles of this thread in use, until it is dropped: 0 to 3 for sums, 4 and 5 for states, 6 and 7 for weights.
struct Divided {
    /// Rows of the tiles of sums and of states.
    rows: usize,
}

impl Divided {
    #[inline(always)]
    #[expect(unsafe_code, reason = "no stable function of the language does it")]
    fn new(_: Tiles, rows: u8) -> Self {
        assert!((1..=ROWS).contains(&usize::from(rows)), "{rows} rows in a tile");
        let (bytes, all) = (64, 16);
        let division = Division {
            palette: 1,
            start_row: 0,
            reserved: [0; 14],
            row_bytes: [bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, 0, 0, 0, 0, 0, 0, 0, 0],
            rows: [rows, rows, rows, rows, rows, rows, all, all, 0, 0, 0, 0, 0, 0, 0, 0],
        };
        // SAFETY: whoever has `Tiles` may use them, and the division is one that the first palette allows. The code
        // that the compiler makes uses no tiles of its own.
        unsafe { asm!("ldtilecfg [{}]", in(reg) &raw const division, options(nostack, preserves_flags, readonly)) };
        Self { rows: usize::from(rows) }
    }

    /// Sums of one tile of rows of states, from the first of `x` on, and all of a panel.
    #[inline(always)]
    #[expect(unsafe_code, reason = "no stable function of the language does it")]
    fn one(&self, x: &[u8], weights: &[i8], inputs: usize, Sums(sums): &mut Sums) {
        assert!(Tiles::fit(inputs) && weights.len() == inputs * PANEL && x.len() >= self.rows * inputs);
        // SAFETY: tiles are divided as long as `self` lives. Each turn reads 64 inputs of the rows of `x`, and of all
        // outputs of the panel 64 inputs, which lie together; as many turns as there are such inputs. The sums written
        // are at most 16 rows of 64.
        unsafe {
            asm!(
                "tilezero tmm0",
                "tilezero tmm1",
                "tilezero tmm2",
                "tilezero tmm3",
                "2:",
                "tileloadd tmm4, [{x} + {x_row}]",
                "tileloadd tmm6, [{weights} + {row}]",
                "tdpbusd tmm0, tmm4, tmm6",
                "tileloadd tmm7, [{weights} + {row} + 64]",
                "tdpbusd tmm1, tmm4, tmm7",
                "tileloadd tmm6, [{weights} + {row} + 128]",
                "tdpbusd tmm2, tmm4, tmm6",
                "tileloadd tmm7, [{weights} + {row} + 192]",
                "tdpbusd tmm3, tmm4, tmm7",
                "add {x}, 64",
                "add {weights}, 4096",
                "dec {turns}",
                "jnz 2b",
                "tilestored [{sums} + {row}], tmm0",
                "tilestored [{sums} + {row} + 64], tmm1",
                "tilestored [{sums} + {row} + 128], tmm2",
                "tilestored [{sums} + {row} + 192], tmm3",
                x = inout(reg) x.as_ptr() => _,
                x_row = in(reg) inputs,
                weights = inout(reg) weights.as_ptr() => _,
                row = in(reg) 4 * PANEL,
                turns = inout(reg) inputs / INPUTS => _,
                sums = in(reg) sums.as_mut_ptr(),
                out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                out("tmm4") _, out("tmm6") _, out("tmm7") _,
                options(nostack),
            );
        }
    }

    /// Sums of two tiles of rows of states, from the first of each of `x` on, and the first half of a panel that starts
    /// with `weights`; those of the first tile before those of the second. Each tile that is read is used twice.
    #[inline(always)]
    #[expect(unsafe_code, reason = "no stable function of the language does it")]
    fn two(&self, x: [&[u8]; 2], weights: &[i8], inputs: usize, Sums(sums): &mut Sums) {
        assert!(Tiles::fit(inputs) && weights.len() >= inputs * PANEL - 4 * HALF);
        assert!(self.rows == ROWS && x.iter().all(|x| x.len() >= ROWS * inputs));
        // SAFETY: as above. Of the panel half is read, up to 4 · 32 bytes before the end of its last 4 · 64. The sums
        // written are twice 16 rows of 32.
        unsafe {
            asm!(
                "tilezero tmm0",
                "tilezero tmm1",
                "tilezero tmm2",
                "tilezero tmm3",
                "2:",
                "tileloadd tmm4, [{x} + {x_row}]",
                "tileloadd tmm6, [{weights} + {row}]",
                "tdpbusd tmm0, tmm4, tmm6",
                "tileloadd tmm7, [{weights} + {row} + 64]",
                "tdpbusd tmm1, tmm4, tmm7",
                "tileloadd tmm5, [{more} + {x_row}]",
                "tdpbusd tmm2, tmm5, tmm6",
                "tdpbusd tmm3, tmm5, tmm7",
                "add {x}, 64",
                "add {more}, 64",
                "add {weights}, 4096",
                "dec {turns}",
                "jnz 2b",
                "tilestored [{sums} + {sums_row}], tmm0",
                "tilestored [{sums} + {sums_row} + 64], tmm1",
                "tilestored [{sums} + {sums_row} + 2048], tmm2",
                "tilestored [{sums} + {sums_row} + 2112], tmm3",
                x = inout(reg) x[0].as_ptr() => _,
                more = inout(reg) x[1].as_ptr() => _,
                x_row = in(reg) inputs,
                weights = inout(reg) weights.as_ptr() => _,
                row = in(reg) 4 * PANEL,
                turns = inout(reg) inputs / INPUTS => _,
                sums = in(reg) sums.as_mut_ptr(),
                sums_row = in(reg) 4 * HALF,
                out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
                options(nostack),
            );
        }
    }
}

impl Drop for Divided {
    #[inline(always)]
    #[expect(unsafe_code, reason = "no stable function of the language does it")]
    fn drop(&mut self) {
        // SAFETY: whoever has divided tiles may give them back. Then the system need not keep them for this thread.
        unsafe { asm!("tilerelease", options(nostack, preserves_flags, nomem)) };
    }
}

/// The sums of one tile of rows and a panel, or of two tiles of rows and half a panel.
#[repr(align(64))]
struct Sums([i32; ROWS * PANEL]);

/// A product by tiles.
pub(super) struct Product<'p> {
    pub(super) tiles: Tiles,
    pub(super) matrix: &'p Counted,
    pub(super) x: &'p [u8],
    pub(super) from: From<'p>,
    pub(super) out: &'p mut [f32],
}

impl NullaryFnOnce for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { tiles, matrix, x, from, out } = self;
        let dot = tiles.dot;
        let inputs = matrix.inputs;
        let rows = out.len() / matrix.stride;
        assert_eq!(out.len(), rows * matrix.stride, "rows of results are whole");
        assert_eq!(x.len(), rows * inputs, "a row of states for each");
        if rows == 0 {
            return;
        }
        // What is left over at the end is made up to a whole tile with rows before it, whose results are written again.
        let tall = rows.min(ROWS);
        let last = rows - tall;
        let tiles = Divided::new(tiles, tall as u8);
        let mut sums = Sums([0; ROWS * PANEL]);
        // All rows by one panel before the next one, as with the other kinds.
        for (index, weights) in cast_slice::<i32, i8>(&matrix.weights).chunks_exact(inputs * PANEL).enumerate() {
            let column = index * PANEL;
            let mut row = 0;
            while row + ROWS < rows {
                let starts = [row, (row + ROWS).min(last)];
                let states = starts.map(|start| &x[start * inputs..]);
                for half in [0, HALF] {
                    tiles.two(states, &weights[4 * half..], inputs, &mut sums);
                    for (&start, sums) in starts.iter().zip(sums.0.chunks_exact(ROWS * HALF)) {
                        Results { dot, matrix, from, row: start, column: column + half }.write::<2>(sums, out);
                    }
                }
                row += 2 * ROWS;
            }
            if row < rows {
                tiles.one(&x[last * inputs..], weights, inputs, &mut sums);
                Results { dot, matrix, from, row: last, column }.write::<4>(&sums.0[..tall * PANEL], out);
            }
        }
    }
}

/// The results of a tile of rows.
#[derive(Clone, Copy)]
struct Results<'p> {
    dot: Dot,
    matrix: &'p Counted,
    from: From<'p>,
    /// The first of the rows.
    row: usize,
    /// The first of the outputs.
    column: usize,
}

impl Results<'_> {
    /// Writes what `sums` are worth, rows of so many vectors.
    #[inline(always)]
    fn write<const VECTORS: usize>(self, sums: &[i32], out: &mut [f32]) {
        let Self {
            dot: Dot { avx512f, .. }, matrix: &Counted { stride, ref starts, ref scales, ref bias, .. }, ..
        } = self;
        let columns = self.column..self.column + VECTORS * LANES;
        let (starts, _) = starts[columns.clone()].as_chunks::<LANES>();
        let (scales, _) = scales[columns.clone()].as_chunks::<LANES>();
        let starts: [__m512i; VECTORS] = std::array::from_fn(|v| cast(starts[v]));
        let scales: [__m512; VECTORS] = std::array::from_fn(|v| cast(scales[v]));
        for (row, sums) in (self.row..).zip(sums.as_chunks::<LANES>().0.as_chunks::<VECTORS>().0) {
            let (out, _) = out[row * stride..][columns.clone()].as_chunks_mut::<LANES>();
            let from = match self.from {
                From::Bias => &bias[columns.clone()],
                From::Rows(rows) => &rows[row][columns.clone()],
            };
            let (from, _) = from.as_chunks::<LANES>();
            for v in 0..VECTORS {
                let sum = avx512f._mm512_cvtepi32_ps(avx512f._mm512_add_epi32(cast(sums[v]), starts[v]));
                // Two roundings, never one, as with the other kinds.
                out[v] = cast(avx512f._mm512_add_ps(avx512f._mm512_mul_ps(sum, scales[v]), cast(from[v])));
            }
        }
    }
}
