//! The prepositions and conjunctions that slots are named after.

const KNOWN: &[&str] = &[
    "about", "above", "according to", "across", "after", "against", "ahead of", "along", "alongside", "amid", "among",
    "around", "as", "as of", "as part of", "at", "away from", "because", "because of", "before", "behind", "below",
    "beneath", "beside", "besides", "between", "beyond", "but", "by", "by way of", "citing", "concerning", "despite",
    "down", "due to", "during", "except", "following", "for", "from", "if", "in", "in connection with", "in exchange for",
    "in favor of", "in favour of", "in front of", "in line with", "in place of", "in response to", "in return for",
    "inside", "instead of", "in spite of", "into", "lest", "like", "near", "of", "off", "on", "on account of",
    "on behalf of", "on top of", "onto", "out of", "out", "outside", "over", "past", "pending", "per", "prior to",
    "regarding", "rather than", "since", "so", "so that", "such as", "than", "that", "thanks to", "though", "through",
    "throughout", "till", "to", "together with", "toward", "towards", "under", "unless", "until", "unlike", "up", "up to",
    "upon", "versus", "via", "when", "whereas", "whether", "while", "with", "within", "without", "worth", "where",
    "although", "even though", "once", "as if", "in order", "in case", "how", "given", "save for", "apart from",
    "aside from", "in addition to", "with regard to", "with respect to", "in relation to", "at odds with",
];

/// The preposition or conjunction written as `text` (lower case, words parted by one blank), where it is known.
pub fn preposition(text: &str) -> Option<&'static str> {
    KNOWN.iter().copied().find(|&known| known == text)
}
