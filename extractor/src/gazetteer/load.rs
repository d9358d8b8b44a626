//! Reads the tables: tab-separated lines, `#` before comments, lists separated by "; ".

use super::{Country, EntityKind, Entry, EntryId, Gazetteer, Key, Noun, fold};
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Why tables could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder is missing or is none.
    #[error("{path}: not a folder; name one that holds gazetteer tables such as organisations.tsv")]
    Folder {
        /// The path as given.
        path: PathBuf,
    },
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A folder holds a table that nothing reads.
    #[error("{path}: no table has this name; the tables are {known}")]
    UnknownTable {
        /// The file.
        path: PathBuf,
        /// The names of the tables.
        known: String,
    },
    /// A line is not what its table holds.
    #[error("{file}:{line}: {found}; expected {expected}")]
    Line {
        /// The table.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What stands there.
        found: String,
        /// What should.
        expected: String,
    },
}

macro_rules! tables {
    ($($name:literal),+ $(,)?) => {
        const TABLES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../data/gazetteer/", $name, ".tsv")))),+];
    };
}

// In the order in which they are read: a name that stands in two tables belongs to the earlier.
tables!(
    "nouns",
    "legal_forms",
    "titles",
    "business_words",
    "given_names",
    "no_names",
    "currencies",
    "countries",
    "unions",
    "authorities",
    "organisations",
    "media",
    "products",
    "places",
);

pub(super) fn embedded() -> Result<Gazetteer, Error> {
    build(|name, text| Ok((format!("{name}.tsv"), Cow::Borrowed(text))))
}

pub(super) fn folder(dir: &Path) -> Result<Gazetteer, Error> {
    let listing = std::fs::read_dir(dir).map_err(|_| Error::Folder { path: dir.to_owned() })?;
    let mut files = Vec::new();
    for file in listing {
        files.push(file.map_err(|source| Error::Read { path: dir.to_owned(), source })?.path());
    }
    files.sort();
    for path in files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "tsv")) {
        let known = |(name, _): &(&str, &str)| path.file_stem().is_some_and(|stem| stem == *name);
        if !TABLES.iter().any(known) {
            let known = TABLES.iter().map(|(name, _)| format!("{name}.tsv")).collect::<Vec<_>>().join(", ");
            return Err(Error::UnknownTable { path: path.clone(), known });
        }
    }
    build(|name, text| {
        let path = dir.join(format!("{name}.tsv"));
        match std::fs::read_to_string(&path) {
            Ok(own) => Ok((path.display().to_string(), Cow::Owned(own))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Ok((format!("{name}.tsv"), Cow::Borrowed(text)))
            }
            Err(source) => Err(Error::Read { path, source }),
        }
    })
}

fn build(read: impl Fn(&str, &'static str) -> Result<(String, Cow<'static, str>), Error>) -> Result<Gazetteer, Error> {
    let mut builder = Builder::default();
    for &(name, text) in TABLES {
        let (file, text) = read(name, text)?;
        builder.told.clear();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let row = Row { file: &file, line: index + 1, fields: line.split('\t').map(str::trim).collect() };
            builder.row(name, &row)?;
        }
    }
    builder.owners();
    Ok(builder.gazetteer)
}

/// One line of a table.
struct Row<'t> {
    file: &'t str,
    line: usize,
    fields: Vec<&'t str>,
}

impl<'t> Row<'t> {
    fn field(&self, index: usize) -> &'t str {
        self.fields.get(index).copied().unwrap_or_default()
    }

    fn list(&self, index: usize) -> impl Iterator<Item = &'t str> + use<'t> {
        self.field(index).split(';').map(str::trim).filter(|item| !item.is_empty())
    }

    fn error(&self, found: impl Into<String>, expected: impl Into<String>) -> Error {
        Error::Line { file: self.file.to_owned(), line: self.line, found: found.into(), expected: expected.into() }
    }

    fn columns(&self, at_least: usize, at_most: usize, names: &str) -> Result<(), Error> {
        let count = self.fields.len();
        if count < at_least || count > at_most || self.field(0).is_empty() {
            return Err(self.error(format!("{count} columns"), format!("columns separated by tabs: {names}")));
        }
        Ok(())
    }

    fn country(&self, index: usize) -> Result<Option<Country>, Error> {
        let text = self.field(index);
        if text.is_empty() {
            return Ok(None);
        }
        Country::parse(text).map(Some).ok_or_else(|| {
            self.error(format!("{text:?} in column {}", index + 1), "a country code of two capital letters, or nothing")
        })
    }
}

#[derive(Default)]
struct Builder {
    gazetteer: Gazetteer,
    /// The lines of the keys of the table at hand.
    told: HashMap<String, usize>,
    owners: Vec<(usize, String)>,
}

impl Builder {
    fn row(&mut self, table: &str, row: &Row<'_>) -> Result<(), Error> {
        match table {
            "nouns" => self.noun(row),
            "legal_forms" => {
                row.columns(1, 1, "form")?;
                // Small words within a form ("S.A. de C.V.") are none by themselves.
                let form = fold(row.field(0));
                for word in form.split_whitespace().filter(|word| !matches!(*word, "de" | "z" | "&")) {
                    self.gazetteer.legal_forms.insert(word.trim_end_matches(',').to_owned(), ());
                }
                Ok(())
            }
            "titles" => {
                row.columns(1, 1, "title")?;
                self.gazetteer.titles.insert(fold(row.field(0)), ());
                Ok(())
            }
            "business_words" => {
                row.columns(1, 1, "word")?;
                self.gazetteer.business_words.insert(fold(row.field(0)), ());
                Ok(())
            }
            "given_names" => {
                row.columns(1, 1, "name")?;
                self.gazetteer.given_names.insert(fold(row.field(0)), ());
                Ok(())
            }
            "no_names" => {
                row.columns(1, 1, "word")?;
                self.gazetteer.no_names.insert(row.field(0).to_lowercase(), ());
                Ok(())
            }
            "currencies" => self.currency(row),
            "countries" => self.country(row),
            "unions" => {
                row.columns(1, 2, "name, other names")?;
                self.named(row, "place", EntityKind::Place, None, "union", row.list(1)).map(|_| ())
            }
            "authorities" | "organisations" => {
                row.columns(2, 4, "name, country, sector, other names")?;
                let (prefix, kind) = if table == "authorities" {
                    ("authority", EntityKind::Authority)
                } else {
                    ("org", EntityKind::Organisation)
                };
                self.named(row, prefix, kind, row.country(1)?, row.field(2), row.list(3)).map(|_| ())
            }
            "media" => {
                row.columns(1, 3, "name, country, other names")?;
                let id = self.named(row, "org", EntityKind::Organisation, row.country(1)?, "media", row.list(2))?;
                self.gazetteer.entries[id].medium = true;
                Ok(())
            }
            "products" => {
                row.columns(1, 4, "name, country, owner, other names")?;
                let id = self.named(row, "product", EntityKind::Product, row.country(1)?, "product", row.list(3))?;
                if !row.field(2).is_empty() {
                    self.owners.push((id, row.field(2).to_owned()));
                }
                Ok(())
            }
            _ => {
                row.columns(2, 3, "name, country, what it is")?;
                self.named(row, "place", EntityKind::Place, row.country(1)?, row.field(2), std::iter::empty())
                    .map(|_| ())
            }
        }
    }

    fn noun(&mut self, row: &Row<'_>) -> Result<(), Error> {
        row.columns(3, 3, "noun, kind, sectors")?;
        let kind = EntityKind::parse(row.field(1)).ok_or_else(|| {
            let kinds = "ORGANISATION, AUTHORITY, PERSON, COUNTRY, PLACE, PRODUCT, GROUP or OTHER";
            row.error(format!("{:?} in column 2", row.field(1)), kinds)
        })?;
        let sectors: Vec<String> = row.field(2).split_whitespace().map(str::to_owned).collect();
        let noun = Noun { kind, any_sector: sectors.iter().any(|s| s == "*"), sectors };
        if let Some((_, last)) = row.field(0).rsplit_once(['-', ' ']) {
            self.gazetteer.last_words.insert(last.to_owned());
        }
        if self.gazetteer.nouns.insert(row.field(0).to_owned(), noun).is_some() {
            return Err(row.error(format!("{:?} a second time", row.field(0)), "each noun once"));
        }
        Ok(())
    }

    fn currency(&mut self, row: &Row<'_>) -> Result<(), Error> {
        row.columns(2, 3, "code, country, names")?;
        let code = row.field(0);
        if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(row.error(format!("{code:?} in column 1"), "a currency code of three capital letters"));
        }
        let Some(country) = row.country(1)? else {
            return Err(row.error("no country", "the code of the country that issues the currency"));
        };
        self.gazetteer.currencies.insert(code.to_owned(), country);
        Ok(())
    }

    fn country(&mut self, row: &Row<'_>) -> Result<(), Error> {
        row.columns(2, 8, "code, name, other names, adjectives, people, capital, currency, seats of government")?;
        let Some(country) = Country::parse(row.field(0)) else {
            let expected = "a country code of two capital letters";
            return Err(row.error(format!("{:?} in column 1", row.field(0)), expected));
        };
        let entry = Entry {
            entity_id: format!("country:{country}"),
            name: row.field(1).to_owned(),
            kind: EntityKind::Country,
            country: Some(country),
            sector: "country".to_owned(),
            medium: false,
            owner: None,
        };
        self.entry(row, entry, std::iter::once(row.field(1)).chain(row.list(2)))?;
        for word in row.list(3).chain(row.list(4)) {
            self.gazetteer.demonyms.entry(fold(word)).or_insert(country);
        }
        for (index, is_capital) in [(5, true), (7, false)] {
            for name in row.list(index) {
                let known = if is_capital { &mut self.gazetteer.capitals } else { &mut self.gazetteer.metonyms };
                known.entry(fold(name)).or_insert(country);
                if !self.gazetteer.keys.contains_key(&fold(name)) {
                    let entry = Entry {
                        entity_id: format!("place:{}", slug(name)),
                        name: name.to_owned(),
                        kind: EntityKind::Place,
                        country: Some(country),
                        sector: if is_capital { "capital" } else { "seat" }.to_owned(),
                        medium: false,
                        owner: None,
                    };
                    self.entry(row, entry, std::iter::once(name))?;
                }
            }
        }
        Ok(())
    }

    fn named<'r>(
        &mut self,
        row: &Row<'r>,
        prefix: &str,
        kind: EntityKind,
        country: Option<Country>,
        sector: &str,
        others: impl Iterator<Item = &'r str>,
    ) -> Result<usize, Error> {
        let name = row.field(0);
        let entry = Entry {
            entity_id: format!("{prefix}:{}", slug(name)),
            name: name.to_owned(),
            kind,
            country,
            sector: sector.to_owned(),
            medium: false,
            owner: None,
        };
        self.entry(row, entry, std::iter::once(name).chain(others))
    }

    fn entry<'r>(&mut self, row: &Row<'_>, entry: Entry, names: impl Iterator<Item = &'r str>) -> Result<usize, Error> {
        let index = self.gazetteer.entries.len();
        #[allow(clippy::cast_possible_truncation, reason = "tables hold thousands of lines, not billions")]
        let id = EntryId(index as u32);
        let mut own: Vec<String> = Vec::new();
        for name in names {
            let folded = fold(name);
            if own.contains(&folded) {
                continue;
            }
            if let Some(line) = self.told.insert(folded.clone(), row.line) {
                return Err(row.error(format!("{name:?}, which line {line} has, too"), "each name once"));
            }
            let capitals = fold::capitals(name) && name.chars().count() <= 6 || name.chars().count() == 1;
            self.gazetteer.keys.entry(folded.clone()).or_insert(Key { entry: id, capitals });
            let (first, words) = (folded.split(' ').next().unwrap_or_default(), folded.split(' ').count());
            let words_max = self.gazetteer.beginnings.entry_ref(first).or_default();
            *words_max = words.max(*words_max);
            own.push(folded);
        }
        self.gazetteer.entries.push(entry);
        Ok(index)
    }

    /// Owners may stand in a table that a folder has replaced, and are then not known.
    fn owners(&mut self) {
        for (index, owner) in std::mem::take(&mut self.owners) {
            let id = self.gazetteer.lookup(&owner).map(|entry| entry.entity_id.clone());
            self.gazetteer.entries[index].owner = id;
        }
    }
}

/// A folded name as a part of an id.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in fold(name).chars() {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}
