//! Currencies as news names them: ISO 4217 codes, symbols, names, and the countries that tell which dollar is meant.

mod names;
mod tables;

pub(crate) use names::{Prefix, abbreviation, also_a_word, dollar_of, noun, noun_before, symbol};
use tables::{COUNTRIES, ISO, SHARED};

/// A currency as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Currency {
    /// One currency, by its ISO 4217 code.
    Code(&'static str),
    /// A name that several countries use ("dollars", "pounds", "crowns"); the document's country tells which.
    Shared(&'static str),
}

impl Currency {
    /// The ISO 4217 code, where `homes` are the countries that the sum may be of (ISO 3166 alpha-2), likeliest first: the
    /// first one settles a shared name whose own currency is called so.
    ///
    /// A shared name that none of them settles falls to the currency that news means by it alone ("dollars" are
    /// US dollars), and is none where news means no particular one ("crowns", "pesos").
    pub fn code(self, homes: &[&str]) -> Option<&'static str> {
        match self {
            Self::Code(code) => Some(code),
            Self::Shared(name) => {
                let (_, usual, members) = SHARED.iter().find(|(shared, ..)| *shared == name)?;
                let mut own = homes.iter().filter_map(|home| of_country(home));
                own.find(|code| members.split(' ').any(|member| member == *code))
                    .or_else(|| Some(*usual).filter(|code| !code.is_empty()))
            }
        }
    }
}

/// The ISO 4217 code that `code` writes, if it is one in use or was since 1999.
pub fn iso(code: &str) -> Option<&'static str> {
    ISO.binary_search(&code).ok().map(|index| ISO[index])
}

/// The currency of a country (ISO 3166 alpha-2).
pub fn of_country(country: &str) -> Option<&'static str> {
    COUNTRIES.iter().find(|(code, ..)| *code == country).map(|(_, currency, _)| *currency)
}

/// The country whose adjective or name, as it stands before "dollars" or "francs", is `words` (lower case).
pub(crate) fn country_called(words: &str) -> Option<&'static str> {
    COUNTRIES.iter().find(|(.., names)| names.split('|').any(|name| name == words)).map(|(code, ..)| *code)
}

/// A currency named by a country's adjective and a shared name: "Fiji dollars", "Turkish lira".
pub(crate) fn qualified(country: &str, currency: Currency) -> Option<Currency> {
    let own = of_country(country)?;
    match currency {
        Currency::Code(code) => (code == own).then_some(currency),
        Currency::Shared(name) => {
            let (.., members) = SHARED.iter().find(|(shared, ..)| *shared == name)?;
            members.split(' ').any(|member| member == own).then_some(Currency::Code(own))
        }
    }
}

/// Whether `code` is `currency` told more exactly: the same code, or a member of the shared name.
pub(crate) fn narrows(code: &str, currency: Currency) -> bool {
    match currency {
        Currency::Code(own) => own == code,
        Currency::Shared(name) => {
            SHARED.iter().any(|(shared, _, members)| *shared == name && members.split(' ').any(|member| member == code))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_the_tables_use_only_them() {
        assert!(ISO.is_sorted());
        for (country, currency, _) in COUNTRIES {
            assert!(iso(currency).is_some(), "{country} uses {currency}");
        }
        for (name, usual, members) in SHARED {
            for code in members.split(' ').chain([*usual]).filter(|code| !code.is_empty()) {
                assert!(iso(code).is_some(), "{name} lists {code}");
            }
        }
    }

    #[test]
    fn a_shared_name_takes_the_country_of_the_document() {
        let check = |name: &'static str, homes: &[&str], code: Option<&str>| {
            assert_eq!(Currency::Shared(name).code(homes), code, "{name} in {homes:?}");
        };
        check("dollar", &[], Some("USD"));
        check("dollar", &["AU"], Some("AUD"));
        check("dollar", &["RU"], Some("USD"));
        check("dollar", &["RU", "AU", "US"], Some("AUD"));
        check("pound", &["EG"], Some("EGP"));
        check("crown", &[], None);
        check("crown", &["SE"], Some("SEK"));
        check("crown", &["CZ"], Some("CZK"));
        check("peso", &["CL"], Some("CLP"));
        check("peso", &["ES", "CL"], Some("CLP"));
        check("rupee", &["PK"], Some("PKR"));
        check("ruble", &["BY"], Some("BYN"));
        check("krone", &["NO"], Some("NOK"));
        check("shilling", &["TZ"], Some("TZS"));
        check("cfa", &["CM"], Some("XAF"));
    }
}
