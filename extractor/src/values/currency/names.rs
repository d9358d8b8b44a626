//! Nouns, symbols and abbreviations of currencies, and what the letters before a sum need to mean one.

use super::Currency;

/// The currency that a noun (lower case, singular or plural) names.
pub(crate) fn noun(word: &str) -> Option<Currency> {
    use Currency::{Code, Shared};
    Some(match word {
        "dollar" | "dollars" | "bucks" => Shared("dollar"),
        "pound" | "pounds" => Shared("pound"),
        "sterling" => Code("GBP"),
        "euro" | "euros" => Code("EUR"),
        "ruble" | "rubles" | "rouble" | "roubles" => Shared("ruble"),
        "yuan" | "renminbi" => Code("CNY"),
        "yen" => Code("JPY"),
        "won" => Code("KRW"),
        "franc" | "francs" => Shared("franc"),
        "rupee" | "rupees" => Shared("rupee"),
        "peso" | "pesos" => Shared("peso"),
        "crown" | "crowns" => Shared("crown"),
        "krone" | "kroner" => Shared("krone"),
        "krona" => Shared("krona"),
        "kronor" => Code("SEK"),
        "kronur" | "krónur" => Code("ISK"),
        "koruna" | "korunas" | "koruny" | "korun" | "korún" => Code("CZK"),
        "reais" | "reals" => Code("BRL"),
        "rand" | "rands" => Code("ZAR"),
        "lira" | "liras" => Shared("lira"),
        "shekel" | "shekels" => Code("ILS"),
        "zloty" | "zlotys" | "zloties" | "zlotych" | "złoty" | "złote" | "złotych" | "złotys" => Code("PLN"),
        "forint" | "forints" => Code("HUF"),
        "leu" | "lei" => Shared("leu"),
        "lev" | "leva" | "levs" => Code("BGN"),
        "hryvnia" | "hryvnias" | "hryvnya" | "hryvnyas" | "hryvnyia" => Code("UAH"),
        "tenge" => Code("KZT"),
        "som" | "soms" => Code("KGS"),
        "soum" | "soums" | "sum" | "sums" => Code("UZS"),
        "somoni" | "somonis" => Code("TJS"),
        "manat" | "manats" => Shared("manat"),
        "lari" | "laris" => Code("GEL"),
        "dram" | "drams" => Code("AMD"),
        "dirham" | "dirhams" => Shared("dirham"),
        "dinar" | "dinars" => Shared("dinar"),
        "denar" | "denars" => Code("MKD"),
        "riyal" | "riyals" => Shared("riyal"),
        "rial" | "rials" => Shared("rial"),
        "toman" | "tomans" => Shared("toman"),
        "rupiah" | "rupiahs" => Code("IDR"),
        "ringgit" | "ringgits" => Code("MYR"),
        "baht" | "bahts" => Code("THB"),
        "dong" => Code("VND"),
        "kyat" | "kyats" => Code("MMK"),
        "kip" => Code("LAK"),
        "riel" | "riels" => Code("KHR"),
        "taka" => Code("BDT"),
        "tugrik" | "tugriks" | "togrog" | "tögrög" => Code("MNT"),
        "afghani" | "afghanis" => Code("AFN"),
        "ngultrum" => Code("BTN"),
        "rufiyaa" => Code("MVR"),
        "naira" | "nairas" => Code("NGN"),
        "cedi" | "cedis" => Code("GHS"),
        "shilling" | "shillings" => Shared("shilling"),
        "birr" => Code("ETB"),
        "kwacha" | "kwachas" => Shared("kwacha"),
        "kwanza" | "kwanzas" => Code("AOA"),
        "metical" | "meticais" | "meticals" => Code("MZN"),
        "pula" => Code("BWP"),
        "dalasi" | "dalasis" => Code("GMD"),
        "leone" | "leones" => Code("SLE"),
        "ariary" => Code("MGA"),
        "nakfa" => Code("ERN"),
        "ouguiya" | "ouguiyas" => Code("MRU"),
        "loti" | "maloti" => Code("LSL"),
        "lilangeni" | "emalangeni" => Code("SZL"),
        "kina" => Code("PGK"),
        "tala" => Code("WST"),
        "paanga" => Code("TOP"),
        "vatu" => Code("VUV"),
        "soles" => Code("PEN"),
        "boliviano" | "bolivianos" => Code("BOB"),
        "bolivar" | "bolivars" | "bolivares" | "bolívar" | "bolívares" => Code("VES"),
        "guarani" | "guaranis" | "guaranies" | "guaraní" | "guaraníes" => Code("PYG"),
        "quetzal" | "quetzals" | "quetzales" => Code("GTQ"),
        "lempira" | "lempiras" => Code("HNL"),
        "cordoba" | "cordobas" | "córdoba" | "córdobas" => Code("NIO"),
        "colon" | "colones" | "colón" => Code("CRC"),
        "balboa" | "balboas" => Code("PAB"),
        "gourde" | "gourdes" => Code("HTG"),
        "pataca" | "patacas" => Code("MOP"),
        "lek" | "leks" => Code("ALL"),
        // Withdrawn since 1999, but told in older texts and of older acts.
        "kuna" | "kunas" | "kune" => Code("HRK"),
        "litas" | "litai" => Code("LTL"),
        "lats" | "lati" => Code("LVL"),
        "kroon" | "kroons" | "krooni" => Code("EEK"),
        "tolar" | "tolars" | "tolarjev" => Code("SIT"),
        "deutschmark" | "deutschmarks" => Code("DEM"),
        "mark" | "marks" => Shared("mark"),
        "lire" => Code("ITL"),
        "peseta" | "pesetas" => Code("ESP"),
        "drachma" | "drachmas" | "drachmae" => Code("GRD"),
        "guilder" | "guilders" => Shared("guilder"),
        "escudo" | "escudos" => Shared("escudo"),
        "markka" | "markkaa" => Code("FIM"),
        "schilling" | "schillings" => Code("ATS"),
        _ => return None,
    })
}

/// The currency whose name stands before digits, as written: "Birr 5 million", "Rupees 2,50,000".
pub(crate) fn noun_before(word: &str) -> Option<Currency> {
    matches!(
        word,
        "Baht"
            | "Birr"
            | "Euro"
            | "Euros"
            | "Naira"
            | "Pesos"
            | "Rand"
            | "Ringgit"
            | "Riyals"
            | "Rupees"
            | "Rupiah"
            | "Taka"
    )
    .then(|| noun(&word.to_lowercase()))
    .flatten()
}

/// The currency of a single-character symbol.
pub(crate) fn symbol(mark: char) -> Option<Currency> {
    use Currency::{Code, Shared};
    Some(match mark {
        '$' | '＄' | '﹩' => Shared("dollar"),
        '£' | '￡' => Shared("pound"),
        '€' => Code("EUR"),
        '¥' | '￥' => Shared("yen"),
        '₽' => Code("RUB"),
        '₹' => Code("INR"),
        '₨' => Shared("rupee"),
        '₩' | '￦' => Code("KRW"),
        '₺' => Code("TRY"),
        '₴' => Code("UAH"),
        '₦' => Code("NGN"),
        '₫' => Code("VND"),
        '₱' => Code("PHP"),
        '฿' => Code("THB"),
        '₪' => Code("ILS"),
        '₸' => Code("KZT"),
        '₼' => Code("AZN"),
        '₾' => Code("GEL"),
        '₲' => Code("PYG"),
        '₡' => Code("CRC"),
        '₵' => Code("GHS"),
        '₭' => Code("LAK"),
        '₮' => Code("MNT"),
        '֏' => Code("AMD"),
        '៛' => Code("KHR"),
        '৳' => Code("BDT"),
        _ => return None,
    })
}

/// The currency of letters before a dollar sign ("A" of "A$5m"), as written.
pub(crate) fn dollar_of(letters: &str) -> Option<&'static str> {
    Some(match letters {
        "US" | "U" => "USD",
        "A" | "AU" | "AUD" | "Aus" => "AUD",
        "C" | "CA" | "CAN" | "CAD" | "Can" | "CDN" | "Cdn" => "CAD",
        "NZ" => "NZD",
        "HK" => "HKD",
        "S" | "SG" => "SGD",
        "NT" | "TW" => "TWD",
        "R" => "BRL",
        "MX" | "Mex" => "MXN",
        "J" | "JM" => "JMD",
        "TT" => "TTD",
        "FJ" | "F" => "FJD",
        "BZ" => "BZD",
        "B" => "BND",
        "N" => "NAD",
        "Bds" | "BDS" => "BBD",
        "EC" => "XCD",
        "G" | "GY" => "GYD",
        "L" => "LRD",
        "SI" => "SBD",
        "T" => "TOP",
        "WS" => "WST",
        "Z" | "ZW" => "ZWG",
        "ZWL" => "ZWL",
        "CLP" => "CLP",
        "COP" | "Col" => "COP",
        "AR" | "ARS" => "ARS",
        "RD" => "DOP",
        "CV" => "CVE",
        "MOP" => "MOP",
        "Arg" => "ARS",
        _ => return None,
    })
}

/// How an abbreviation stands before its digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prefix {
    /// Any number may follow, also after a space ("Rs 500", "RM5").
    Free,
    /// Letters that also mean other things: the number is grouped or scaled ("R 5 million", "MK25,000").
    Told,
    /// A single letter: digits follow at once, too ("N1.8 billion", "W390m").
    Letter,
}

/// The currency of an abbreviation that stands before digits, as written.
pub(crate) fn abbreviation(letters: &str) -> Option<(Currency, Prefix)> {
    use Currency::{Code, Shared};
    use Prefix::{Free, Letter, Told};
    Some(match letters {
        "Rs" | "Re" => (Shared("rupee"), Free),
        "RM" => (Code("MYR"), Free),
        "Rp" => (Code("IDR"), Free),
        "NIS" => (Code("ILS"), Free),
        "Sh" | "Shs" | "sh" => (Shared("sh"), Free),
        "KSh" | "Ksh" | "KSH" | "Kshs" | "KShs" => (Code("KES"), Free),
        "TSh" | "Tsh" | "TSH" | "Tshs" | "TShs" => (Code("TZS"), Free),
        "USh" | "Ush" | "USH" | "Ushs" | "UShs" => (Code("UGX"), Free),
        "CFA" | "FCFA" | "CFAF" => (Shared("cfa"), Free),
        "SFr" | "SFr." | "Fr" | "Sfr" => (Code("CHF"), Free),
        "Tk" => (Code("BDT"), Free),
        "Dh" | "Dhs" | "DH" | "DHS" => (Shared("dirham"), Free),
        "SR" => (Code("SAR"), Told),
        "QR" => (Code("QAR"), Told),
        "BD" => (Code("BHD"), Told),
        "KD" => (Code("KWD"), Told),
        "JD" => (Code("JOD"), Told),
        "LE" => (Code("EGP"), Told),
        "Kr" | "kr" => (Shared("crown"), Free),
        "SKr" | "Skr" => (Code("SEK"), Free),
        "NKr" | "Nkr" => (Code("NOK"), Free),
        "DKr" | "Dkr" => (Code("DKK"), Free),
        "Kč" => (Code("CZK"), Free),
        "Ft" => (Code("HUF"), Free),
        "zł" => (Code("PLN"), Free),
        "PhP" | "Php" => (Code("PHP"), Free),
        "TL" => (Code("TRY"), Free),
        "LL" => (Code("LBP"), Free),
        "Yn" | "RMB" | "Rmb" => (Code("CNY"), Free),
        "Br" => (Shared("br"), Told),
        "Bs" => (Shared("bs"), Told),
        "MK" => (Code("MWK"), Told),
        "Le" => (Code("SLE"), Told),
        "FRw" | "Frw" | "Rwf" => (Code("RWF"), Told),
        "Kz" => (Code("AOA"), Told),
        "MT" => (Code("MZN"), Told),
        "Ar" => (Code("MGA"), Told),
        "DA" => (Code("DZD"), Told),
        "LD" => (Code("LYD"), Told),
        "RO" => (Code("OMR"), Told),
        "Rf" => (Code("MVR"), Told),
        "Nu" => (Code("BTN"), Told),
        "Afs" => (Code("AFN"), Told),
        "Gs" => (Code("PYG"), Told),
        "VT" | "Vt" => (Code("VUV"), Told),
        "KM" => (Code("BAM"), Told),
        "DM" => (Code("DEM"), Told),
        "N" => (Code("NGN"), Letter),
        "R" => (Code("ZAR"), Told),
        "W" => (Code("KRW"), Letter),
        "Y" => (Shared("yen"), Letter),
        "K" => (Shared("kwacha"), Letter),
        "P" => (Shared("p"), Letter),
        "L" => (Shared("l"), Letter),
        "Q" => (Code("GTQ"), Letter),
        "D" => (Code("GMD"), Letter),
        "M" => (Code("LSL"), Letter),
        "E" => (Code("SZL"), Letter),
        _ => return None,
    })
}

/// ISO 4217 codes that are also words or abbreviations of other things: taken only with a grouped or scaled number.
pub(crate) fn also_a_word(code: &str) -> bool {
    matches!(
        code,
        "ALL"
            | "TRY"
            | "TOP"
            | "CUP"
            | "PEN"
            | "RON"
            | "COP"
            | "SOS"
            | "MOP"
            | "GEL"
            | "BAM"
            | "LAK"
            | "NAD"
            | "MAD"
            | "AMD"
            | "ANG"
            | "AWG"
            | "BOB"
            | "SLE"
            | "SAR"
            | "HUF"
            | "STN"
            | "GIP"
            | "MOB"
            | "MUR"
            | "RUB"
            | "SHP"
            | "ATS"
            | "DEM"
            | "FIM"
            | "MTL"
            | "SIT"
    )
}
