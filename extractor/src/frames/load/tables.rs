//! The tables that all frames share: support verbs, words that change certainty, words that credit a report.

use toml::Spanned;

use crate::frames::{
    file,
    inflect::verb_forms,
    load::{AttributionTable, Error, FrameSet, Support, source::Source},
};

impl FrameSet {
    /// Takes in a file's tables. Rows of several files stand together, but words that credit a report are the last file's.
    pub(super) fn add_tables(&mut self, source: &Source<'_>, file: &file::File) -> Result<(), Error> {
        for support in &file.support {
            self.add_support(source, support)?;
        }
        if let Some(table) = &file.factuality {
            self.add_factuality(source, table)?;
        }
        if let Some(table) = &file.attribution {
            self.attribution = AttributionTable {
                verbs: table.verb.iter().flat_map(|verb| verb_forms(verb)).collect(),
                nouns: table.noun.iter().cloned().collect(),
                prepositions: table.preposition.clone(),
            };
        }
        Ok(())
    }

    fn add_support(&mut self, source: &Source<'_>, support: &Spanned<file::Support>) -> Result<(), Error> {
        let entry = support.get_ref();
        let row = Support {
            at: source.slots(&entry.at)?,
            giver: source.slots(&entry.giver)?,
            receiver: source.slots(&entry.receiver)?,
        };
        for verb in &entry.verb {
            let (base, particle) = match verb.split_once(' ') {
                Some((base, particle)) => (base, Some(particle.to_owned())),
                None => (verb.as_str(), None),
            };
            for form in verb_forms(base) {
                self.support.entry(form).or_default().push((particle.clone(), row.clone()));
            }
        }
        Ok(())
    }

    fn add_factuality(&mut self, source: &Source<'_>, table: &file::Factuality) -> Result<(), Error> {
        let known = &mut self.factuality;
        for (rows, map) in
            [(&table.modal, &mut known.modal), (&table.embed, &mut known.embed), (&table.mark, &mut known.mark)]
        {
            for (modality, listed) in rows {
                let value = source.modality(modality)?;
                map.extend(listed.iter().map(|word| (word.clone(), value)));
            }
        }
        known.negation.extend(table.negation.iter().cloned());
        known.reported.extend(table.reported.iter().cloned());
        known.earlier.extend(table.earlier.iter().cloned());
        known.claim.extend(table.claim.iter().cloned());
        known.refute.extend(table.refute.iter().cloned());
        Ok(())
    }
}
