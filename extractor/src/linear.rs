//! Linear models over named features: a sum, and the curves that make probabilities of it.
//!
//! Features are names with a weight each in a file of `data/model`, fitted by `training/`; a name without a weight counts
//! nothing. Sums are made in the order of the features and the curves by arithmetic alone, so that the same document
//! gives the same bits on every machine.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _, MapAccess, Visitor},
};

mod name;
mod table;

pub(crate) use name::{Name, Piece, Told};
use table::Table;

/// Tells a feature whose name is that of its parts side by side: literals, names of values and values in parentheses, which
/// are asked for once more where names are kept. Takes a fraction of the time of [`Features::add`], as no part is written
/// anywhere.
macro_rules! tell {
    ($features:expr, $($part:tt)+) => {{
        $features.count($crate::linear::Name::default()$(.with($crate::linear::piece!($part)))+);
        if $features.is_named() {
            $features.name(&[$($crate::linear::piece!($part)),+]);
        }
    }};
}

/// A part of a feature's name as a [`Piece`]: that of a literal is made when the program is compiled.
macro_rules! piece {
    ($text:literal) => {
        const { $crate::linear::Piece::new($text) }
    };
    ($value:tt) => {
        $crate::linear::Told::piece(&$value)
    };
}

pub(crate) use {piece, tell};

/// Weights by the number of the feature's name.
#[derive(Debug)]
pub(crate) struct Weights(Table);

impl<'de> Deserialize<'de> for Weights {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Pairs)
    }
}

/// Reads names with their weights, of which only numbers are kept.
struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Weights;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("names of features with a weight each")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut told: M) -> Result<Weights, M::Error> {
        let mut weights = Vec::new();
        while let Some((name, weight)) = told.next_entry::<Name, f64>()? {
            weights.push((name.number(), weight));
        }
        Table::of(&weights).map(Weights).map_err(|number| {
            M::Error::custom(format_args!("two names have the number {number:x}; change how names are numbered"))
        })
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
        self.count(Name::written(name));
        if let Some(names) = &mut self.names {
            names.push(name.to_string());
        }
    }

    /// Whether names are kept.
    #[inline]
    pub(crate) fn is_named(&self) -> bool {
        self.names.is_some()
    }

    /// Keeps the name that is `parts` side by side; see [`tell!`].
    #[cold]
    pub(crate) fn name(&mut self, parts: &[Piece<'_>]) {
        if let Some(names) = &mut self.names {
            names.push(parts.iter().map(|part| part.text()).collect());
        }
    }

    /// Adds the weight of the feature of that name; see [`tell!`].
    pub(crate) fn count(&mut self, name: Name) {
        self.sum += self.weights.0.weight(name.number());
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
    use super::{Features, Weights, likeliest, logistic, softmax};

    #[test]
    fn a_feature_counts_by_its_whole_name() {
        let weights: Weights =
            serde_json::from_str(r#"{"a": 1.0, "ab": 2.0, "abcdefgh": 4.0, "abcdefgh\u0000": 8.0, "": 16.0}"#)
                .expect("names with weights");
        let check = |name: &str, weight: f64| {
            let mut features = Features::new(&weights, true);
            features.add(format_args!("{name}"));
            tell!(features, name);
            assert!((features.sum() - 2.0 * weight).abs() < 1e-9, "{name:?}: {}", features.sum());
            assert_eq!(features.into_names(), [name, name]);
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
