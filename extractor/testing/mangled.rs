//! Texts that nobody wrote, made from the sample documents and the same for the same seed; and what holds for any text.

use extractor::{
    document::{ByteSpan, InputForm, Metadata, decode},
    mask,
    pipeline::Extractor,
    tokenize,
};
use std::{fs, io, path::Path};

/// Words and bytes that the sample documents do not have.
const NOISE: &[&[u8]] = &[
    b"\xff",
    b"\xc3",
    b"\xe2\x82",
    b"\x00",
    b"\r\n",
    b"\n\n\n",
    b"\"",
    b"'",
    b"(((((((",
    b")))",
    b"...",
    b"--",
    b"$",
    b"%",
    b"@",
    b"http://",
    b"www.",
    b"1,000,000,000,000,000,000,000,000,000,000",
    b"-0.0",
    b"31 February 2021",
    b"29/02/1900",
    b"a.m.",
    b" we ",
    b" both ",
    b" the latter ",
    b" said it would not ",
    b" respectively ",
    b"#",
    b"* ",
    b"<p>",
    b"</div>",
    b"&amp;",
    "\u{200b}".as_bytes(),
    "\u{feff}".as_bytes(),
    "\u{202e}".as_bytes(),
    "e\u{301}\u{301}".as_bytes(),
    "ß".as_bytes(),
    "İ".as_bytes(),
    "ﬁ".as_bytes(),
    "€".as_bytes(),
    "₽5".as_bytes(),
    "百万".as_bytes(),
    "суд".as_bytes(),
    "محكمة".as_bytes(),
    "👩\u{200d}⚖\u{fe0f}".as_bytes(),
    "\u{2028}".as_bytes(),
    "\u{a0}".as_bytes(),
    "𝟙𝟚".as_bytes(),
    "½".as_bytes(),
];

/// Largest mangled text, in bytes.
const BYTES_MAX: usize = 4096;

/// A small generator of numbers (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ bits >> 31
    }

    /// A number below `bound`; 0 where that is 0.
    fn below(&mut self, bound: usize) -> usize {
        (self.roll() % (bound.max(1) as u64)) as usize
    }
}

/// The sample documents of a folder with what they are, in order of their names.
pub(crate) fn samples(folder: &Path) -> io::Result<Vec<(InputForm, Vec<u8>)>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    let form = |path: &Path| match path.extension().and_then(|ending| ending.to_str()) {
        Some("txt" | "md" | "jsonl") => Some(InputForm::Text),
        Some("html") => Some(InputForm::Html),
        _ => None,
    };
    paths.iter().filter_map(|path| Some((form(path)?, path))).map(|(form, path)| Ok((form, fs::read(path)?))).collect()
}

/// Text number `number` of a seed: pieces of samples, cut, doubled, swapped, flipped and strewn with noise at any byte.
pub(crate) fn text(samples: &[(InputForm, Vec<u8>)], seed: u64, number: u64) -> (InputForm, Vec<u8>) {
    let mut dice = Dice(seed ^ number.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let (form, whole) = &samples[dice.below(samples.len())];
    let mut bytes = whole.clone();
    if *form == InputForm::Text {
        let length = 1 + dice.below(250.min(bytes.len()));
        let start = dice.below(bytes.len() - length);
        bytes = bytes[start..start + length].to_vec();
    }
    for _ in 0..1 + dice.below(12) {
        let start = dice.below(bytes.len());
        let end = (start + dice.below(60)).min(bytes.len());
        match dice.below(8) {
            0 => drop(bytes.drain(start..end)),
            1 => {
                let part = bytes[start..end].to_vec();
                bytes.splice(start..start, part);
            }
            2 => {
                let part: Vec<u8> = bytes.drain(start..end).collect();
                let to = dice.below(bytes.len() + 1);
                bytes.splice(to..to, part);
            }
            3 => {
                if let Some(byte) = bytes.get_mut(start) {
                    *byte ^= 1 << dice.below(8);
                }
            }
            4 => {
                let noise = NOISE[dice.below(NOISE.len())];
                let times = 1 + if dice.below(10) == 0 { dice.below(200) } else { 0 };
                bytes.splice(start..start, noise.repeat(times));
            }
            5 => {
                let letter = u32::try_from(dice.below(0x11_0000)).ok().and_then(char::from_u32).unwrap_or('\u{fffd}');
                bytes.splice(start..start, letter.to_string().into_bytes());
            }
            6 => bytes.retain(|byte| *byte != b'.'),
            _ => {
                let (_, other) = &samples[dice.below(samples.len())];
                let from = dice.below(other.len());
                let to = (from + dice.below(100)).min(other.len());
                bytes.splice(start..start, other[from..to].to_vec());
            }
        }
    }
    bytes.truncate(BYTES_MAX);
    (*form, bytes)
}

/// Long texts of one kind each: without a space, without an end, nested, in every script.
pub(crate) fn giants() -> Vec<Vec<u8>> {
    let scripts: String = (0..0x11_0000).step_by(7).filter_map(char::from_u32).flat_map(|c| [c, 'a', ' ']).collect();
    vec![
        b"a".repeat(1 << 20),
        "и".repeat(1 << 19).into_bytes(),
        "7".repeat(1 << 20).into_bytes(),
        b"1,".repeat(1 << 17),
        [b"(".repeat(10_000), b"Google was fined".to_vec(), b")".repeat(10_000)].concat(),
        b"\n".repeat(1 << 20),
        b"the court fined Google and ".repeat(1 << 10),
        b"We said they fined it. ".repeat(1 << 10),
        [b"Google was fined. ".to_vec(), scripts.into_bytes()].concat(),
    ]
}

/// Reads `bytes` by every step and tells what came of it, to the last bit; or which promise does not hold.
pub(crate) fn read(extractor: &Extractor, form: InputForm, bytes: &[u8]) -> Result<String, String> {
    let (document, problems) = match decode(bytes, form, Metadata::default()) {
        Ok(decoded) => decoded,
        Err(refused) => return Ok(format!("{refused:?}")),
    };
    let text = &document.text;
    let is_span = |span: ByteSpan| span.start <= span.end && text.get(span.start as usize..span.end as usize).is_some();
    let ordered = |what: &str, spans: &mut dyn Iterator<Item = ByteSpan>| -> Result<(), String> {
        let mut end = 0;
        for span in spans {
            if !is_span(span) || span.start < end || span.start == span.end {
                return Err(format!("{what} {span:?} is empty, overlaps the one before or cuts a character"));
            }
            end = span.end;
        }
        Ok(())
    };
    ordered("block", &mut document.blocks.iter().map(|block| block.span))?;
    let masks = mask::find(text);
    ordered("mask", &mut masks.iter().map(|mask| mask.span))?;
    let sentences = tokenize::tokenize(text, &document.blocks, &masks);
    ordered("token", &mut sentences.iter().flat_map(|sentence| &sentence.tokens).map(|token| token.span))?;
    let extraction = extractor.extract(&document);
    for event in &extraction.events {
        let mentions = event.participants.iter().map(|participant| &participant.mention);
        for mention in mentions {
            if !is_span(mention.span) || mention.span.of(text) != mention.text {
                return Err(format!("mention {mention:?} does not stand at its place"));
            }
        }
        let (quote, trigger) = (event.quote_span, event.trigger_span);
        if !is_span(quote) || !is_span(trigger) || !quote.contains(trigger) {
            return Err(format!("trigger {trigger:?} is no part of quote {quote:?}"));
        }
        if !(0.0..=1.0).contains(&event.confidence) {
            return Err(format!("confidence {} is no probability", event.confidence));
        }
    }
    Ok(format!("{document:?} {problems:?} {extraction:?}"))
}
