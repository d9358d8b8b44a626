//! Decides by the text of an event what the index could not.

use crate::event::{Texts, fold};
use crate::filter::Test;
use crate::schema::TextField;

/// Reads the texts of one event, each at most once and only when asked for.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    encoded: &'a [u8],
    texts: Option<Texts<'a>>,
    folded: [Option<Box<str>>; 4],
}

impl<'a> Reader<'a> {
    pub(super) fn new(encoded: &'a [u8]) -> Self {
        Self { encoded, texts: None, folded: [const { None }; 4] }
    }

    /// Whether the event passes a test of its texts or its id. No other test comes here: the index decides it.
    pub(super) fn passes(&mut self, test: &Test) -> bool {
        let texts = *self.texts.get_or_insert_with(|| Texts::read(self.encoded));
        match test {
            Test::EventId(id) => texts.event_id == id.to_string(),
            Test::Text(field, Some(shown)) => {
                let text = match field {
                    TextField::Quote => texts.quote,
                    TextField::Reason => texts.reason,
                    TextField::LegalBasis => texts.legal_basis,
                    TextField::Title => texts.title,
                };
                let folded = self.folded[*field as usize].get_or_insert_with(|| fold(text));
                !folded.is_empty() && shown.pattern.matches(folded)
            }
            _ => false,
        }
    }
}
