//! Terms in order, in one piece of memory.

/// Sorted strings without repeats. A term's number is its rank.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Dictionary {
    bytes: Box<str>,
    /// Where each term ends in `bytes`.
    ends: Box<[u32]>,
}

impl Dictionary {
    /// Of terms that are sorted and without repeats; all together shorter than 4 GB.
    pub(crate) fn from_sorted<'a>(terms: impl Iterator<Item = &'a str>) -> Self {
        let mut bytes = String::new();
        let mut ends = Vec::new();
        for term in terms {
            bytes.push_str(term);
            ends.push(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        }
        Self { bytes: bytes.into_boxed_str(), ends: ends.into_boxed_slice() }
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The term with a number below [`Self::len`].
    pub(crate) fn term(&self, number: usize) -> &str {
        let start = if number == 0 { 0 } else { self.ends[number - 1] as usize };
        &self.bytes[start..self.ends[number] as usize]
    }

    /// Number of a term.
    pub(crate) fn find(&self, term: &str) -> Option<usize> {
        let at = self.partition(|one| one < term);
        (at < self.len() && self.term(at) == term).then_some(at)
    }

    /// Numbers of the terms that begin so.
    pub(crate) fn starting_with(&self, prefix: &str) -> std::ops::Range<usize> {
        let start = self.partition(|term| term < prefix);
        let end = self.partition(|term| term < prefix || term.starts_with(prefix));
        start..end
    }

    /// The first term for which `before` does not hold; it must hold for a first part of the terms and no other.
    fn partition(&self, before: impl Fn(&str) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if before(self.term(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    pub(crate) fn resident_bytes(&self) -> usize {
        self.bytes.len() + size_of_val(&*self.ends)
    }
}
