//! Identity of a log, and positions that know theirs.
//!
//! A [`Position`] is written as a resume token: base64url of version, epoch, sequence and CRC-32C, 28 characters.
//! Tokens are opaque to clients and independent of filters.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::Sequence;

/// Identity of a log: made at random when it starts empty, kept as long as its events are.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Epoch(u64);

impl Epoch {
    /// A new identity, at random.
    #[must_use]
    pub fn random() -> Self {
        use std::hash::{BuildHasher as _, RandomState};
        // The keys of each `RandomState` come from the operating system's random numbers.
        Self(RandomState::new().hash_one(std::process::id()))
    }

    /// The identity with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Epoch({self})")
    }
}

/// A place in a certain log: everything up to `sequence` is behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Which log.
    pub epoch: Epoch,
    /// The last sequence behind it.
    pub sequence: Sequence,
}

/// Why a text is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token is damaged or was never given out by this service; use the `resume_token` of a message unchanged")]
pub struct PositionError;

const VERSION: u8 = 1;
const TOKEN_BYTES: usize = 21;
/// Characters of a token.
pub const TOKEN_CHARACTERS: usize = 28;

impl Position {
    /// The position as a token.
    #[must_use]
    pub fn token(self) -> [u8; TOKEN_CHARACTERS] {
        let mut raw = [0; TOKEN_BYTES];
        raw[0] = VERSION;
        raw[1..9].copy_from_slice(&self.epoch.0.to_be_bytes());
        raw[9..17].copy_from_slice(&self.sequence.0.to_be_bytes());
        let checksum = crc32c::crc32c(&raw[..17]);
        raw[17..].copy_from_slice(&checksum.to_be_bytes());
        let mut token = [0; TOKEN_CHARACTERS];
        URL_SAFE_NO_PAD.encode_slice(raw, &mut token).expect("21 bytes are 28 characters of base64");
        token
    }

    /// The position as a token, as text.
    #[must_use]
    pub fn token_text(self) -> String {
        self.token().iter().map(|byte| char::from(*byte)).collect()
    }

    /// The position that a token tells.
    ///
    /// # Errors
    /// [`PositionError`] where the text is not a token of this form or its checksum is wrong.
    pub fn parse(token: &str) -> Result<Self, PositionError> {
        if token.len() != TOKEN_CHARACTERS {
            return Err(PositionError);
        }
        // The decoder wants room for whole groups.
        let mut raw = [0; TOKEN_BYTES + 3];
        let length = URL_SAFE_NO_PAD.decode_slice(token, &mut raw).map_err(|_| PositionError)?;
        if length != TOKEN_BYTES || raw[0] != VERSION {
            return Err(PositionError);
        }
        let number = |at: usize| raw[at..at + 8].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let checksum = raw[17..TOKEN_BYTES].iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        if checksum != crc32c::crc32c(&raw[..17]) {
            return Err(PositionError);
        }
        Ok(Self { epoch: Epoch(number(1)), sequence: Sequence(number(9)) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn two_epochs_differ() {
        assert_ne!(Epoch::random(), Epoch::random());
    }

    proptest! {
        #[test]
        fn a_token_tells_its_position(epoch: u64, sequence: u64) {
            let position = Position { epoch: Epoch(epoch), sequence: Sequence(sequence) };
            let token = position.token_text();
            prop_assert!(token.len() <= 40);
            prop_assert_eq!(Position::parse(&token), Ok(position));
        }

        #[test]
        fn garbage_is_no_token(text in ".{0,40}") {
            prop_assert_eq!(Position::parse(&text), Err(PositionError));
        }

        #[test]
        fn a_changed_character_is_noticed(epoch: u64, sequence: u64, at in 0..TOKEN_CHARACTERS, other in "[A-Za-z0-9_-]") {
            let token = Position { epoch: Epoch(epoch), sequence: Sequence(sequence) }.token_text();
            let mut changed = token.clone();
            changed.replace_range(at..=at, &other);
            prop_assume!(changed != token);
            prop_assert_eq!(Position::parse(&changed), Err(PositionError));
        }
    }
}
