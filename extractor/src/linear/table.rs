//! Weights by the numbers of their names, laid out for looking up many: a line of memory a look, and no branch that
//! depends on what is found, so that the next look need not wait for this one.

use hashbrown::HashMap;

/// Weights of a line.
const SLOTS: usize = 8;

/// Weights a line has room for on average: more would fill too many lines, fewer would take more memory than is at hand.
const LOAD: usize = 3;

/// What one line of memory holds; a mark of zero stands before no weight.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(64))]
struct Line {
    /// The lower half of the numbers.
    marks: [u32; SLOTS],
    weights: [f32; SLOTS],
}

/// Weights by number. What has none weighs nothing.
#[derive(Debug)]
pub(super) struct Table {
    /// The upper half of a number tells its line.
    lines: Vec<Line>,
    /// The weights whose line is full.
    more: HashMap<u64, f32>,
}

impl Table {
    /// The table of the given numbers; the number itself where it, or one that cannot be told from it, was there before.
    pub(super) fn of(weights: &[(u64, f64)]) -> Result<Self, u64> {
        let count = (weights.len() / LOAD).max(1);
        let mut table = Self { lines: vec![Line::default(); count], more: HashMap::new() };
        for &(number, weight) in weights {
            let mark = mark(number);
            let line = place(number, count);
            let Line { marks, weights } = &mut table.lines[line];
            if marks.contains(&mark) {
                return Err(number);
            }
            match marks.iter().position(|&taken| taken == 0) {
                Some(free) => (marks[free], weights[free]) = (mark, weight as f32),
                None => {
                    if table.more.insert(number, weight as f32).is_some() {
                        return Err(number);
                    }
                }
            }
        }
        Ok(table)
    }

    /// Whether there are no weights.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.marks[0] == 0)
    }

    /// The weight of `number`.
    #[inline]
    pub(super) fn weight(&self, number: u64) -> f64 {
        let mark = mark(number);
        let Line { marks, weights } = &self.lines[place(number, self.lines.len())];
        let bits = marks.iter().zip(weights).fold(0, |bits, (&other, weight)| {
            let all = if other == mark { u32::MAX } else { 0 };
            bits | weight.to_bits() & all
        });
        if bits == 0 && marks[SLOTS - 1] != 0 {
            return self.more.get(&number).copied().map_or(0.0, f64::from);
        }
        f64::from(f32::from_bits(bits))
    }
}

/// What tells the numbers of a line apart; zero is none.
fn mark(number: u64) -> u32 {
    (number as u32).max(1)
}

/// The line of a number, of `count` lines.
fn place(number: u64, count: usize) -> usize {
    (((number >> 32) * count as u64) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::Table;

    /// Numbers without any order.
    fn number(at: u64) -> u64 {
        (at + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (at + 7).wrapping_mul(0xD6E8_FEB8_6659_FD93).rotate_left(31)
    }

    #[test]
    fn each_number_has_its_weight_and_others_have_none() {
        for count in [0, 1, 2, 50, 5000] {
            let weights: Vec<(u64, f64)> = (0..count).map(|at| (number(at), at as f64 - 7.5)).collect();
            let table = Table::of(&weights).expect("numbers apart");
            for &(number, weight) in &weights {
                assert!((table.weight(number) - weight).abs() < 1e-9, "{number:x}");
            }
            for at in count..count + 2000 {
                assert!(table.weight(number(at)).abs() < 1e-9, "{at}");
            }
        }
    }

    #[test]
    fn a_line_that_is_full_loses_nothing() {
        let weights: Vec<(u64, f64)> = (1..=30).map(|at| (at, at as f64)).collect();
        let table = Table::of(&weights).expect("numbers apart");
        for &(number, weight) in &weights {
            assert!((table.weight(number) - weight).abs() < 1e-9, "{number}");
        }
        assert!(table.weight(31).abs() < 1e-9);
    }

    #[test]
    fn a_number_told_twice_is_refused() {
        let check = |numbers: &[u64], refused: u64| {
            let weights: Vec<(u64, f64)> = numbers.iter().map(|&number| (number, 1.0)).collect();
            assert_eq!(Table::of(&weights).err(), Some(refused), "{numbers:?}");
        };
        check(&[5, 6, 5], 5);
        check(&[0, 1], 1);
        let many: Vec<u64> = (1..=20).chain([19]).collect();
        check(&many, 19);
    }
}
