//! Names of features as numbers: nobody reads a name while a document is read, so none is kept.
//!
//! The number of a name is a polynomial of its bytes. That of two texts side by side follows from those of the two, so
//! a text that is part of many names is gone through once, and a literal when the program is compiled.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Deserializer, de::Visitor};

use crate::{
    gazetteer::{Country, EntityKind},
    syntax::{Deprel, Upos, Xpos},
};

/// What the polynomial is taken at; odd, so that no byte is lost.
const BASE: u64 = 0x9E37_79B9_7F4A_7C15;

/// The powers of [`BASE`] from the seventh to the first, and the eighth.
const POWERS: [u64; 8] = {
    let mut powers = [1; 8];
    let mut at = 7;
    while at > 0 {
        at -= 1;
        powers[at] = BASE.wrapping_mul(powers[at + 1]);
    }
    powers
};
const FOURTH: u64 = POWERS[3];
const EIGHTH: u64 = BASE.wrapping_mul(POWERS[0]);

/// The texts of the numbers below [`Piece::NUMBERS`].
const DIGITS: &str = "000102030405060708091011121314151617181920212223242526272829303132";

/// A part of a feature's name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<'t> {
    text: &'t str,
    /// The polynomial of its bytes.
    sum: u64,
    /// [`BASE`] to the power of its length.
    power: u64,
}

impl<'t> Piece<'t> {
    /// From this on numbers are one piece with it.
    const NUMBERS: usize = DIGITS.len() / 2 - 1;

    pub(crate) const fn new(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let (mut sum, mut power, mut at) = (0_u64, 1_u64, 0);
        while at + 4 <= bytes.len() {
            // Four terms that need not wait for each other.
            let [a, b, c, d] = [bytes[at] as u64, bytes[at + 1] as u64, bytes[at + 2] as u64, bytes[at + 3] as u64];
            let first = (a + 1).wrapping_mul(POWERS[4]).wrapping_add((b + 1).wrapping_mul(POWERS[5]));
            let second = (c + 1).wrapping_mul(POWERS[6]).wrapping_add(d + 1);
            sum = sum.wrapping_mul(FOURTH).wrapping_add(first.wrapping_add(second));
            power = power.wrapping_mul(FOURTH);
            at += 4;
        }
        while at < bytes.len() {
            sum = sum.wrapping_mul(BASE).wrapping_add(bytes[at] as u64 + 1);
            power = power.wrapping_mul(BASE);
            at += 1;
        }
        Self { text, sum, power }
    }

    pub(crate) fn text(&self) -> &'t str {
        self.text
    }
}

/// What can be a part of a feature's name.
pub(crate) trait Told {
    /// The part.
    fn piece(&self) -> Piece<'_>;
}

impl<T: Told + ?Sized> Told for &T {
    fn piece(&self) -> Piece<'_> {
        (**self).piece()
    }
}

impl Told for Piece<'_> {
    fn piece(&self) -> Piece<'_> {
        *self
    }
}

impl Told for str {
    fn piece(&self) -> Piece<'_> {
        Piece::new(self)
    }
}

impl Told for String {
    fn piece(&self) -> Piece<'_> {
        Piece::new(self)
    }
}

impl Told for bool {
    fn piece(&self) -> Piece<'_> {
        if *self { const { Piece::new("true") } } else { const { Piece::new("false") } }
    }
}

/// A number as it is written; of 32 and more all are written as 32, as counts in names are bounded.
impl Told for usize {
    fn piece(&self) -> Piece<'_> {
        const PIECES: [Piece<'static>; Piece::NUMBERS + 1] = {
            let mut pieces = [Piece::new(""); Piece::NUMBERS + 1];
            let mut number = 0;
            while number < pieces.len() {
                let (_, from) = DIGITS.split_at(if number < 10 { 2 * number + 1 } else { 2 * number });
                pieces[number] = Piece::new(from.split_at(if number < 10 { 1 } else { 2 }).0);
                number += 1;
            }
            pieces
        };
        PIECES[(*self).min(Piece::NUMBERS)]
    }
}

impl Told for Country {
    fn piece(&self) -> Piece<'_> {
        Piece::new(self.as_str())
    }
}

/// Labels that are told by what `$text` writes; their pieces are made when the program is compiled.
macro_rules! told_by_label {
    ($($kind:ident by $text:ident),+) => {
        $(impl Told for $kind {
            #[inline]
            fn piece(&self) -> Piece<'_> {
                const PIECES: [Piece<'static>; $kind::ALL.len()] = {
                    let mut pieces = [Piece::new(""); $kind::ALL.len()];
                    let mut at = 0;
                    while at < pieces.len() {
                        let label = $kind::ALL[at];
                        pieces[label as usize] = Piece::new(label.$text());
                        at += 1;
                    }
                    pieces
                };
                PIECES[*self as usize]
            }
        })+
    };
}

told_by_label!(Deprel by as_str, Upos by as_str, Xpos by as_str, EntityKind by label);

/// A name by what its number is made of.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Name {
    sum: u64,
}

impl Name {
    /// The name that is `text`.
    pub(super) fn of(text: &str) -> Self {
        let mut name = Self::default();
        name.bytes(text.as_bytes());
        name
    }

    /// The name that `text` would be written as.
    pub(super) fn written(text: fmt::Arguments<'_>) -> Self {
        let mut name = Self::default();
        // A name takes all that is written to it.
        let _ = name.write_fmt(text);
        name
    }

    /// The name with `part` behind it.
    #[inline(always)]
    pub(crate) fn with(self, part: Piece<'_>) -> Self {
        Self { sum: self.sum.wrapping_mul(part.power).wrapping_add(part.sum) }
    }

    /// The number that stands for the name; no two names with a weight have the same.
    pub(super) fn number(self) -> u64 {
        // The lowest bits of the polynomial know little of the bytes.
        let product = u128::from(self.sum ^ 0xD6E8_FEB8_6659_FD93) * 0xA076_1D64_78BD_642F;
        (product as u64) ^ ((product >> 64) as u64)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let (eights, rest) = bytes.as_chunks::<8>();
        for eight in eights {
            let terms = eight.iter().zip(POWERS).map(|(&byte, power)| (u64::from(byte) + 1).wrapping_mul(power));
            self.sum = self.sum.wrapping_mul(EIGHTH).wrapping_add(terms.fold(0, u64::wrapping_add));
        }
        for &byte in rest {
            self.sum = self.sum.wrapping_mul(BASE).wrapping_add(u64::from(byte) + 1);
        }
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Text)
    }
}

/// Reads a name.
struct Text;

impl Visitor<'_> for Text {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a feature")
    }

    fn visit_str<E>(self, text: &str) -> Result<Name, E> {
        Ok(Name::of(text))
    }
}

impl fmt::Write for Name {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.bytes(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::{Name, Piece, Told};
    use crate::syntax::Deprel;

    fn joined(parts: &[Piece<'_>]) -> Name {
        parts.iter().fold(Name::default(), |name, &part| name.with(part))
    }

    #[test]
    fn a_name_has_one_number_however_it_is_cut() {
        let name = "near/actor/type_slot=INVESTIGATION/verb/p:durch_ß";
        let whole = Name::of(name).number();
        for first in (0..=name.len()).filter(|&at| name.is_char_boundary(at)) {
            for second in (first..=name.len()).filter(|&at| name.is_char_boundary(at)) {
                let pieces = [&name[..first], &name[first..second], &name[second..]];
                let mut written = Name::default();
                for piece in pieces {
                    written.write_str(piece).expect("a name takes all");
                }
                assert_eq!(written.number(), whole, "{first} {second}");
                assert_eq!(joined(&pieces.map(Piece::new)).number(), whole, "{first} {second}");
            }
        }
    }

    #[test]
    fn values_are_pieces_as_they_are_written() {
        let check = |piece: Piece<'_>, text: &str| {
            assert_eq!(piece.text(), text);
            assert_eq!(joined(&[piece]).number(), Name::of(text).number(), "{text}");
        };
        check(true.piece(), "true");
        check(false.piece(), "false");
        for number in 0..=32_usize {
            check(number.piece(), &number.to_string());
        }
        check(1000_usize.piece(), "32");
        check(Deprel::NsubjPass.piece(), "nsubj:pass");
    }
}
