//! Linear models over named features: a sum, and the curves that make probabilities of it.
//!
//! Features are names with a weight each in a file of `data/model`, fitted by `training/`; a name without a weight counts
//! nothing. Sums are made in the order of the features and the curves by arithmetic alone, so that the same document
//! gives the same bits on every machine.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    hash::{BuildHasherDefault, Hasher},
};

use hashbrown::HashMap;
use serde::{Deserialize, de::DeserializeOwned};

/// Weights by the number of the feature's name.
#[derive(Debug, Deserialize)]
#[serde(try_from = "BTreeMap<String, f64>")]
pub(crate) struct Weights(HashMap<u64, f64, BuildHasherDefault<Numbers>>);

impl TryFrom<BTreeMap<String, f64>> for Weights {
    type Error = String;

    fn try_from(told: BTreeMap<String, f64>) -> Result<Self, String> {
        let mut weights = HashMap::with_capacity_and_hasher(told.len(), BuildHasherDefault::default());
        for (name, weight) in told {
            if weights.insert(number(name.as_bytes()), weight).is_some() {
                return Err(format!("the name {name:?} has the number of another one; change the names' numbers"));
            }
        }
        Ok(Self(weights))
    }
}

impl Weights {
    /// Whether there are none.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a file of the binary's own `data/model` holds.
pub(crate) fn embedded<T: DeserializeOwned>(text: &str) -> T {
    #[allow(clippy::expect_used, reason = "the file is part of the binary and a test reads it")]
    serde_json::from_str(text).expect("embedded weights are read")
}

/// The number that stands for a name; no two names with a weight have the same.
fn number(name: &[u8]) -> u64 {
    let mut written = Name::default();
    written.bytes(name);
    written.number()
}

/// A name while it is written: of its number only, so that it need not be kept. However it is cut into pieces, the number
/// is the same.
#[derive(Clone, Copy, Debug, Default)]
struct Name {
    number: u64,
    /// Bytes that are no full eight yet, and how many.
    pending: u64,
    filled: usize,
    length: u64,
}

impl Name {
    fn stir(number: u64, part: u64) -> u64 {
        let product = u128::from(number ^ part ^ 0x9E37_79B9_7F4A_7C15) * 0xD6E8_FEB8_6659_FD93;
        (product as u64) ^ ((product >> 64) as u64)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let (parts, rest) = bytes.as_chunks::<8>();
        for &part in parts {
            self.part(u64::from_le_bytes(part), 8);
        }
        let count = rest.len();
        let ends = (rest.first_chunk::<4>(), rest.last_chunk::<4>());
        let rest = match (rest, bytes.last_chunk::<8>(), ends) {
            ([], ..) => return,
            // The last of eight bytes at once, without those that were taken.
            (_, Some(&last), _) => u64::from_le_bytes(last) >> (8 * (8 - count)),
            // Four at once from either end, which may overlap.
            (_, None, (Some(&first), Some(&last))) => {
                let (first, last) = (u32::from_le_bytes(first), u32::from_le_bytes(last));
                u64::from(first) | u64::from(last) << (8 * (count - 4))
            }
            // The first, the middle and the last one, which may be the same.
            (rest, ..) => {
                let byte = |at: usize| u64::from(rest[at]) << (8 * at);
                byte(0) | byte(count / 2) | byte(count - 1)
            }
        };
        self.part(rest, count);
    }

    /// Takes `count` bytes, from one to eight.
    fn part(&mut self, bytes: u64, count: usize) {
        self.pending |= bytes << (8 * self.filled);
        self.length += count as u64;
        let filled = self.filled + count;
        if filled < 8 {
            self.filled = filled;
            return;
        }
        self.number = Self::stir(self.number, self.pending);
        self.pending = if filled > 8 { bytes >> (8 * (8 - self.filled)) } else { 0 };
        self.filled = filled - 8;
    }

    fn number(self) -> u64 {
        Self::stir(Self::stir(self.number, self.pending), self.length)
    }
}

impl fmt::Write for Name {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.bytes(text.as_bytes());
        Ok(())
    }
}

/// Takes numbers for what they are.
#[derive(Debug, Default)]
pub(crate) struct Numbers(u64);

impl Hasher for Numbers {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = number(bytes);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// What speaks for one option. Each feature adds its weight when it is told; only where somebody wants to read them are
/// the names kept, as an option has dozens of them and a document thousands of options.
#[derive(Clone, Debug)]
pub(crate) struct Features<'w> {
    weights: &'w Weights,
    sum: f64,
    names: Option<Vec<String>>,
}

impl<'w> Features<'w> {
    /// None yet; their names are kept where they are `named`.
    pub(crate) fn new(weights: &'w Weights, named: bool) -> Self {
        Self { weights, sum: 0.0, names: named.then(Vec::new) }
    }

    /// Tells a feature.
    pub(crate) fn add(&mut self, name: fmt::Arguments<'_>) {
        let mut written = Name::default();
        // A name takes all that is written to it.
        let _ = written.write_fmt(name);
        if let Some(weight) = self.weights.0.get(&written.number()) {
            self.sum += weight;
        }
        if let Some(names) = &mut self.names {
            names.push(name.to_string());
        }
    }

    /// The weights of the features, summed in their order.
    pub(crate) fn sum(&self) -> f64 {
        self.sum
    }

    /// The names, in their order; none where they were not wanted.
    pub(crate) fn into_names(self) -> Vec<String> {
        self.names.unwrap_or_default()
    }
}

/// Weights of a choice that may also be that there is nothing to choose.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choice {
    /// What was chosen is told at this share or more.
    pub(crate) told: f64,
    pub(crate) weights: Weights,
}

/// The value with the largest share, where several options may stand for one: theirs are added up. Of equals the first.
pub(crate) fn likeliest<T: PartialEq>(options: impl IntoIterator<Item = (T, f64)>) -> Option<(T, f64)> {
    let mut shares: Vec<(T, f64)> = Vec::new();
    for (value, probability) in options {
        match shares.iter_mut().find(|(seen, _)| *seen == value) {
            Some((_, share)) => *share += probability,
            None => shares.push((value, probability)),
        }
    }
    shares.into_iter().reduce(|best, next| if next.1 > best.1 { next } else { best })
}

/// e^x for x in −30 to 30, by a series and repeated squaring; what lies outside is taken as the end.
fn exp(x: f64) -> f64 {
    let step = x.clamp(-30.0, 30.0) / 1024.0;
    let mut power = 1.0 + step * (1.0 + step / 2.0 * (1.0 + step / 3.0 * (1.0 + step / 4.0)));
    for _ in 0..10 {
        power *= power;
    }
    power
}

/// 1 / (1 + e^-x).
pub(crate) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

/// The share of each score's exponential in the sum of all: probabilities that add up to 1.
pub(crate) fn softmax(scores: &[f64]) -> Vec<f64> {
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = scores.iter().map(|score| exp(score - top)).collect();
    let total: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / total).collect()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::{Features, Name, Weights, likeliest, logistic, number, softmax};

    #[test]
    fn a_name_has_one_number_however_it_is_cut() {
        let name = "near/actor/type_slot=INVESTIGATION/verb/p:durch_ß";
        let whole = number(name.as_bytes());
        for first in (0..=name.len()).filter(|&at| name.is_char_boundary(at)) {
            for second in (first..=name.len()).filter(|&at| name.is_char_boundary(at)) {
                let mut written = Name::default();
                for piece in [&name[..first], &name[first..second], &name[second..]] {
                    written.write_str(piece).expect("a name takes all");
                }
                assert_eq!(written.number(), whole, "{first} {second}");
            }
        }
    }

    #[test]
    fn a_feature_counts_by_its_whole_name() {
        let weights: Weights =
            serde_json::from_str(r#"{"a": 1.0, "ab": 2.0, "abcdefgh": 4.0, "abcdefgh\u0000": 8.0, "": 16.0}"#)
                .expect("names with weights");
        let check = |name: &str, weight: f64| {
            let mut features = Features::new(&weights, true);
            features.add(format_args!("{name}"));
            assert!((features.sum() - weight).abs() < 1e-9, "{name:?}: {}", features.sum());
            assert_eq!(features.into_names(), [name]);
        };
        for (name, weight) in [("a", 1.0), ("ab", 2.0), ("abcdefgh", 4.0), ("abcdefgh\0", 8.0), ("", 16.0)] {
            check(name, weight);
        }
        for name in ["b", "ba", "abcdefg", "abcdefghi", "\0"] {
            check(name, 0.0);
        }
    }

    #[test]
    fn the_logistic_curve_is_right_where_it_is_known() {
        for (x, y) in [(0.0, 0.5), (1.0, 0.731_058_578_6), (-1.0, 0.268_941_421_4), (5.0, 0.993_307_149_1)] {
            assert!((logistic(x) - y).abs() < 1e-9, "{x}: {}", logistic(x));
        }
    }

    #[test]
    fn what_several_options_stand_for_has_their_shares_together() {
        let check = |options: &[(char, f64)], wanted: Option<(char, f64)>| {
            assert_eq!(likeliest(options.iter().copied()), wanted, "{options:?}");
        };
        check(&[], None);
        check(&[('a', 0.25), ('b', 0.5), ('a', 0.5)], Some(('a', 0.75)));
        check(&[('b', 0.5), ('a', 0.5)], Some(('b', 0.5)));
    }

    #[test]
    fn shares_are_right_where_they_are_known() {
        for (scores, shares) in [
            (vec![0.0], vec![1.0]),
            (vec![2.0, 2.0], vec![0.5, 0.5]),
            (vec![1.0, 2.0, 3.0], vec![0.090_030_573_2, 0.244_728_471_1, 0.665_240_955_8]),
        ] {
            let got = softmax(&scores);
            assert!(got.iter().zip(&shares).all(|(a, b)| (a - b).abs() < 1e-9), "{scores:?}: {got:?}");
        }
    }
}
