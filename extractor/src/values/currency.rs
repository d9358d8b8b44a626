//! Currencies as news names them: ISO 4217 codes, symbols, names, and the countries that tell which dollar is meant.

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

/// The ISO 4217 code that `code` writes, if it is one in use.
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
        "kronur" => Code("ISK"),
        "koruna" | "korunas" | "koruny" | "korun" => Code("CZK"),
        "reais" | "reals" => Code("BRL"),
        "rand" | "rands" => Code("ZAR"),
        "lira" | "liras" => Shared("lira"),
        "shekel" | "shekels" => Code("ILS"),
        "zloty" | "zlotys" | "zloties" | "zlotych" => Code("PLN"),
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
        "tugrik" | "tugriks" | "togrog" => Code("MNT"),
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
        "bolivar" | "bolivars" | "bolivares" => Code("VES"),
        "guarani" | "guaranis" | "guaranies" => Code("PYG"),
        "quetzal" | "quetzals" | "quetzales" => Code("GTQ"),
        "lempira" | "lempiras" => Code("HNL"),
        "cordoba" | "cordobas" => Code("NIO"),
        "colon" | "colones" => Code("CRC"),
        "balboa" | "balboas" => Code("PAB"),
        "gourde" | "gourdes" => Code("HTG"),
        "pataca" | "patacas" => Code("MOP"),
        "lek" | "leks" => Code("ALL"),
        _ => return None,
    })
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
    /// A single letter: digits follow at once and are grouped or scaled ("N1.8 billion", "W390m").
    Letter,
}

/// The currency of an abbreviation that stands before digits, as written.
pub(crate) fn abbreviation(letters: &str) -> Option<(Currency, Prefix)> {
    use Currency::{Code, Shared};
    use Prefix::{Free, Letter};
    Some(match letters {
        "Rs" | "Re" => (Shared("rupee"), Free),
        "RM" => (Code("MYR"), Free),
        "Rp" => (Code("IDR"), Free),
        "NIS" => (Code("ILS"), Free),
        "Sh" | "Shs" | "sh" => (Shared("sh"), Free),
        "KSh" | "Ksh" | "KSH" | "Kshs" | "KShs" => (Code("KES"), Free),
        "TSh" | "Tsh" | "TSH" | "Tshs" | "TShs" => (Code("TZS"), Free),
        "USh" | "Ush" | "USH" | "Ushs" | "UShs" => (Code("UGX"), Free),
        "CFA" | "FCFA" => (Shared("cfa"), Free),
        "SFr" | "SFr." | "Fr" | "Sfr" => (Code("CHF"), Free),
        "Tk" => (Code("BDT"), Free),
        "Dh" | "Dhs" | "DH" | "DHS" => (Shared("dirham"), Free),
        "SR" => (Code("SAR"), Letter),
        "QR" => (Code("QAR"), Letter),
        "BD" => (Code("BHD"), Letter),
        "KD" => (Code("KWD"), Letter),
        "JD" => (Code("JOD"), Letter),
        "LE" => (Code("EGP"), Letter),
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
        "Br" => (Shared("br"), Letter),
        "Bs" => (Shared("bs"), Letter),
        "N" => (Code("NGN"), Letter),
        "R" => (Code("ZAR"), Letter),
        "W" => (Code("KRW"), Letter),
        "Y" => (Shared("yen"), Letter),
        "K" => (Shared("kwacha"), Letter),
        "P" => (Shared("peso"), Letter),
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
    )
}

/// Names that several currencies share: name, the one that news means by it alone (or none), the members.
const SHARED: &[(&str, &str, &str)] = &[
    ("dollar", "USD", "USD AUD CAD NZD SGD HKD TWD FJD JMD BBD BSD BZD BMD BND GYD KYD LRD NAD SBD SRD TTD XCD ZWG"),
    ("pound", "GBP", "GBP EGP LBP SYP SSP SDG GIP FKP SHP"),
    ("ruble", "RUB", "RUB BYN"),
    ("franc", "CHF", "CHF XOF XAF RWF BIF DJF GNF KMF CDF XPF"),
    ("cfa", "XOF", "XOF XAF"),
    ("rupee", "INR", "INR PKR LKR NPR MUR SCR"),
    ("peso", "", "ARS CLP COP CUP DOP MXN PHP UYU"),
    ("crown", "", "SEK NOK DKK CZK ISK"),
    ("krone", "", "NOK DKK"),
    ("krona", "SEK", "SEK ISK"),
    ("lira", "TRY", "TRY LBP SYP"),
    ("leu", "RON", "RON MDL"),
    ("manat", "AZN", "AZN TMT"),
    ("dirham", "AED", "AED MAD"),
    ("dinar", "", "RSD KWD BHD IQD JOD LYD TND DZD"),
    ("riyal", "SAR", "SAR QAR OMR YER"),
    ("rial", "IRR", "IRR OMR YER"),
    ("shilling", "", "KES TZS UGX SOS"),
    ("sh", "KES", "KES TZS UGX SOS"),
    ("kwacha", "", "ZMW MWK PGK MMK"),
    ("yen", "JPY", "JPY CNY"),
    ("br", "", "ETB BYN"),
    ("bs", "", "BOB VES"),
    ("l", "", "HNL MDL LSL SZL ALL"),
    // Ten rials, a unit of account without a code of its own.
    ("toman", "", ""),
];

/// Active ISO 4217 codes, sorted.
const ISO: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF",
    "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC",
    "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS",
    "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD",
    "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL",
    "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD",
    "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD",
    "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SYP", "SZL",
    "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VES", "VND",
    "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

/// Countries: ISO 3166 alpha-2, currency, and the words that stand before a currency's name (lower case).
const COUNTRIES: &[(&str, &str, &str)] = &[
    ("AD", "EUR", ""),
    ("AE", "AED", "uae|emirati"),
    ("AF", "AFN", "afghan"),
    ("AG", "XCD", ""),
    ("AL", "ALL", "albanian"),
    ("AM", "AMD", "armenian"),
    ("AO", "AOA", "angolan"),
    ("AR", "ARS", "argentine|argentinian|argentina"),
    ("AT", "EUR", ""),
    ("AU", "AUD", "australian|aussie"),
    ("AZ", "AZN", "azerbaijani|azeri"),
    ("BA", "BAM", "bosnian"),
    ("BB", "BBD", "barbados|barbadian"),
    ("BD", "BDT", "bangladeshi"),
    ("BE", "EUR", ""),
    ("BF", "XOF", ""),
    ("BG", "BGN", "bulgarian"),
    ("BH", "BHD", "bahraini|bahrain"),
    ("BI", "BIF", "burundian|burundi"),
    ("BJ", "XOF", ""),
    ("BN", "BND", "brunei"),
    ("BO", "BOB", "bolivian"),
    ("BR", "BRL", "brazilian"),
    ("BS", "BSD", "bahamian"),
    ("BT", "BTN", "bhutanese"),
    ("BW", "BWP", "botswana"),
    ("BY", "BYN", "belarusian|belarussian|belarus"),
    ("BZ", "BZD", "belize"),
    ("CA", "CAD", "canadian"),
    ("CD", "CDF", "congolese"),
    ("CF", "XAF", ""),
    ("CG", "XAF", ""),
    ("CH", "CHF", "swiss"),
    ("CI", "XOF", "ivorian"),
    ("CL", "CLP", "chilean"),
    ("CM", "XAF", ""),
    ("CN", "CNY", "chinese"),
    ("CO", "COP", "colombian"),
    ("CR", "CRC", "costa rican"),
    ("CU", "CUP", "cuban"),
    ("CV", "CVE", ""),
    ("CY", "EUR", ""),
    ("CZ", "CZK", "czech"),
    ("DE", "EUR", ""),
    ("DJ", "DJF", "djiboutian"),
    ("DK", "DKK", "danish"),
    ("DM", "XCD", ""),
    ("DO", "DOP", "dominican"),
    ("DZ", "DZD", "algerian"),
    ("EC", "USD", ""),
    ("EE", "EUR", ""),
    ("EG", "EGP", "egyptian"),
    ("ER", "ERN", "eritrean"),
    ("ES", "EUR", ""),
    ("ET", "ETB", "ethiopian"),
    ("EU", "EUR", "european"),
    ("FI", "EUR", ""),
    ("FJ", "FJD", "fijian|fiji"),
    ("FK", "FKP", ""),
    ("FR", "EUR", ""),
    ("GA", "XAF", ""),
    ("GB", "GBP", "british|uk"),
    ("GD", "XCD", ""),
    ("GE", "GEL", "georgian"),
    ("GH", "GHS", "ghanaian|ghana"),
    ("GI", "GIP", "gibraltar"),
    ("GM", "GMD", "gambian"),
    ("GN", "GNF", "guinean"),
    ("GQ", "XAF", ""),
    ("GR", "EUR", ""),
    ("GT", "GTQ", "guatemalan"),
    ("GW", "XOF", ""),
    ("GY", "GYD", "guyanese|guyana"),
    ("HK", "HKD", "hong kong|hongkong"),
    ("HN", "HNL", "honduran"),
    ("HR", "EUR", "croatian"),
    ("HT", "HTG", "haitian"),
    ("HU", "HUF", "hungarian"),
    ("ID", "IDR", "indonesian"),
    ("IE", "EUR", ""),
    ("IL", "ILS", "israeli"),
    ("IN", "INR", "indian"),
    ("IQ", "IQD", "iraqi"),
    ("IR", "IRR", "iranian"),
    ("IS", "ISK", "icelandic"),
    ("IT", "EUR", ""),
    ("JM", "JMD", "jamaican|jamaica"),
    ("JO", "JOD", "jordanian"),
    ("JP", "JPY", "japanese"),
    ("KE", "KES", "kenyan|kenya"),
    ("KG", "KGS", "kyrgyz|kyrgyzstani"),
    ("KH", "KHR", "cambodian"),
    ("KM", "KMF", "comorian"),
    ("KP", "KPW", "north korean"),
    ("KR", "KRW", "south korean|korean"),
    ("KW", "KWD", "kuwaiti|kuwait"),
    ("KY", "KYD", "cayman"),
    ("KZ", "KZT", "kazakh|kazakhstani"),
    ("LA", "LAK", "lao|laotian"),
    ("LB", "LBP", "lebanese"),
    ("LC", "XCD", ""),
    ("LI", "CHF", ""),
    ("LK", "LKR", "sri lankan"),
    ("LR", "LRD", "liberian"),
    ("LS", "LSL", "lesotho"),
    ("LT", "EUR", ""),
    ("LU", "EUR", ""),
    ("LV", "EUR", ""),
    ("LY", "LYD", "libyan"),
    ("MA", "MAD", "moroccan"),
    ("MC", "EUR", ""),
    ("MD", "MDL", "moldovan"),
    ("ME", "EUR", ""),
    ("MG", "MGA", "malagasy"),
    ("MK", "MKD", "macedonian"),
    ("ML", "XOF", ""),
    ("MM", "MMK", "myanmar|burmese"),
    ("MN", "MNT", "mongolian"),
    ("MO", "MOP", "macau|macanese"),
    ("MR", "MRU", "mauritanian"),
    ("MT", "EUR", ""),
    ("MU", "MUR", "mauritian|mauritius"),
    ("MV", "MVR", "maldivian"),
    ("MW", "MWK", "malawian|malawi"),
    ("MX", "MXN", "mexican"),
    ("MY", "MYR", "malaysian"),
    ("MZ", "MZN", "mozambican"),
    ("NA", "NAD", "namibian|namibia"),
    ("NE", "XOF", ""),
    ("NG", "NGN", "nigerian"),
    ("NI", "NIO", "nicaraguan"),
    ("NL", "EUR", ""),
    ("NO", "NOK", "norwegian"),
    ("NP", "NPR", "nepali|nepalese|nepal"),
    ("NZ", "NZD", "new zealand|kiwi"),
    ("OM", "OMR", "omani"),
    ("PA", "PAB", "panamanian"),
    ("PE", "PEN", "peruvian"),
    ("PG", "PGK", "papua new guinea|papua new guinean"),
    ("PH", "PHP", "philippine|filipino"),
    ("PK", "PKR", "pakistani|pakistan"),
    ("PL", "PLN", "polish"),
    ("PT", "EUR", ""),
    ("PY", "PYG", "paraguayan"),
    ("QA", "QAR", "qatari|qatar"),
    ("RO", "RON", "romanian"),
    ("RS", "RSD", "serbian"),
    ("RU", "RUB", "russian"),
    ("RW", "RWF", "rwandan|rwanda"),
    ("SA", "SAR", "saudi|saudi arabian"),
    ("SB", "SBD", "solomon islands"),
    ("SC", "SCR", "seychelles|seychellois"),
    ("SD", "SDG", "sudanese"),
    ("SE", "SEK", "swedish"),
    ("SG", "SGD", "singapore|singaporean"),
    ("SI", "EUR", ""),
    ("SK", "EUR", ""),
    ("SL", "SLE", "sierra leonean"),
    ("SN", "XOF", ""),
    ("SO", "SOS", "somali"),
    ("SR", "SRD", "surinamese"),
    ("SS", "SSP", "south sudanese"),
    ("ST", "STN", ""),
    ("SV", "USD", ""),
    ("SY", "SYP", "syrian"),
    ("SZ", "SZL", "swazi"),
    ("TD", "XAF", ""),
    ("TG", "XOF", ""),
    ("TH", "THB", "thai"),
    ("TJ", "TJS", "tajik"),
    ("TL", "USD", ""),
    ("TM", "TMT", "turkmen"),
    ("TN", "TND", "tunisian"),
    ("TO", "TOP", "tongan"),
    ("TR", "TRY", "turkish"),
    ("TT", "TTD", "trinidad"),
    ("TW", "TWD", "taiwan|taiwanese|new taiwan"),
    ("TZ", "TZS", "tanzanian|tanzania"),
    ("UA", "UAH", "ukrainian"),
    ("UG", "UGX", "ugandan|uganda"),
    ("US", "USD", "us|american"),
    ("UY", "UYU", "uruguayan"),
    ("UZ", "UZS", "uzbek|uzbekistani"),
    ("VE", "VES", "venezuelan"),
    ("VN", "VND", "vietnamese"),
    ("VU", "VUV", "vanuatu"),
    ("WS", "WST", "samoan"),
    ("XK", "EUR", ""),
    ("YE", "YER", "yemeni"),
    ("ZA", "ZAR", "south african"),
    ("ZM", "ZMW", "zambian|zambia"),
    ("ZW", "ZWG", "zimbabwean|zimbabwe"),
];

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
