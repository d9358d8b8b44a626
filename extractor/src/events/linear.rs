//! Linear models over named features: a sum, and the curves that make probabilities of it.
//!
//! Features are names with a weight each in a file of `data/model`, fitted by `training/`; a name without a weight counts
//! nothing. Sums are made in the order of the features and the curves by arithmetic alone, so that the same document
//! gives the same bits on every machine.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
};

use hashbrown::HashMap;
use serde::Deserialize;

/// Weights by the name of the feature.
#[derive(Debug, Deserialize)]
#[serde(from = "BTreeMap<String, f64>")]
pub(super) struct Weights(HashMap<String, f64>);

impl From<BTreeMap<String, f64>> for Weights {
    fn from(told: BTreeMap<String, f64>) -> Self {
        Self(told.into_iter().collect())
    }
}

impl Weights {
    /// Whether there are none.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What speaks for one option. Each feature adds its weight when it is told; only where somebody wants to read them are
/// the names kept, as an option has dozens of them and a document thousands of options.
#[derive(Clone, Debug)]
pub(super) struct Features<'w> {
    weights: &'w Weights,
    sum: f64,
    /// The name at hand, kept for its memory.
    name: String,
    names: Option<Vec<String>>,
}

impl<'w> Features<'w> {
    /// None yet; their names are kept where they are `named`.
    pub(super) fn new(weights: &'w Weights, named: bool) -> Self {
        Self { weights, sum: 0.0, name: String::with_capacity(64), names: named.then(Vec::new) }
    }

    /// Tells a feature.
    pub(super) fn add(&mut self, name: fmt::Arguments<'_>) {
        self.name.clear();
        // A string takes all that is written to it.
        let _ = self.name.write_fmt(name);
        if let Some(weight) = self.weights.0.get(self.name.as_str()) {
            self.sum += weight;
        }
        if let Some(names) = &mut self.names {
            names.push(self.name.clone());
        }
    }

    /// The weights of the features, summed in their order.
    pub(super) fn sum(&self) -> f64 {
        self.sum
    }

    /// The names, in their order; none where they were not wanted.
    pub(super) fn into_names(self) -> Vec<String> {
        self.names.unwrap_or_default()
    }
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
pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

/// The share of each score's exponential in the sum of all: probabilities that add up to 1.
pub(super) fn softmax(scores: &[f64]) -> Vec<f64> {
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = scores.iter().map(|score| exp(score - top)).collect();
    let total: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / total).collect()
}

#[cfg(test)]
mod tests {
    use super::{logistic, softmax};

    #[test]
    fn the_logistic_curve_is_right_where_it_is_known() {
        for (x, y) in [(0.0, 0.5), (1.0, 0.731_058_578_6), (-1.0, 0.268_941_421_4), (5.0, 0.993_307_149_1)] {
            assert!((logistic(x) - y).abs() < 1e-9, "{x}: {}", logistic(x));
        }
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
