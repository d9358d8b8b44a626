//! Sums of money as written, and what they are worth in ISO 4217 terms for a document about a country.

mod parse;

use rust_decimal::Decimal;

pub use super::currency::Currency;
pub(crate) use parse::find;

/// A sum in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Amount {
    /// Units of the currency, its scale applied: "15 million" is 15000000.
    pub value: Decimal,
    /// The currency as written.
    pub currency: Currency,
}

/// How the text limits a sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Bound {
    /// Told as exact.
    #[default]
    Exact,
    /// "about", "some", "nearly", "more than" without a promise: close to the sum.
    About,
    /// "up to", "as much as", "no more than", "less than".
    AtMost,
    /// "at least", "more than", "over", "upwards of".
    AtLeast,
    /// "5 to 10 million": the sum is the lower end, this the upper.
    Upto(Decimal),
}

/// A sum as told: the first currency named, then the same sum in others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Expression {
    /// As told first, then the same sum in other currencies. Never empty.
    pub amounts: Vec<Amount>,
    /// How the text limits it.
    pub bound: Bound,
    /// Whether every party gets or pays it ("2 million each").
    pub each: bool,
}

/// The sum in ISO 4217 currencies, as told first, then the others, where `homes` are the countries that it may be of (ISO 3166
/// alpha-2), likeliest first.
///
/// A currency that cannot be told ("crowns" without a country) leaves its sum out. Two sums never share a currency:
/// in "A$5m ($3.3m)" the second are US dollars also in a document about Australia.
pub fn resolve(expression: &Expression, homes: &[&str]) -> Vec<(Decimal, String)> {
    let fixed: Vec<&str> = expression
        .amounts
        .iter()
        .filter_map(|amount| match amount.currency {
            Currency::Code(code) => Some(code),
            Currency::Shared(_) => None,
        })
        .collect();
    let mut resolved: Vec<(Decimal, String)> = Vec::with_capacity(expression.amounts.len());
    for amount in &expression.amounts {
        let code = match amount.currency {
            Currency::Code(code) => Some(code),
            shared @ Currency::Shared(_) => {
                shared.code(homes).filter(|code| !fixed.contains(code)).or_else(|| shared.code(&[]))
            }
        };
        if let Some(code) = code.filter(|code| resolved.iter().all(|(_, taken)| taken != code)) {
            resolved.push((amount.value, code.to_owned()));
        }
    }
    resolved
}

#[cfg(test)]
mod tests;
