//! One line of JSON lines in, what it says of a document out.

use super::{Error, Metadata};
use crate::values::date::PartialDate;
use serde_json::{Map, Value};

/// A document as one line of JSON lines gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The text, to be read as plain text.
    pub text: String,
    /// The other fields.
    pub metadata: Metadata,
}

/// Reads one line: `{"id", "title", "text", "published", "url", "publisher"}`, of which only `text` is required. A
/// field may be null, other fields are left alone. `published` is a day (`2022-06-17`), also where a time follows it; a
/// month or a year alone is allowed and is no day, so it anchors nothing.
///
/// # Errors
/// A line that is no JSON object, has no text, or a field of another kind than it should be.
pub fn read_record(line: &str) -> Result<Record, Error> {
    let value: Value = serde_json::from_str(line).map_err(|error| {
        // The line within a one-line input says nothing; the column does.
        Error::NotJson(error.to_string().replace(" at line 1 column ", " at column "))
    })?;
    let Value::Object(fields) = value else {
        return Err(Error::NotJson(format!("found {}", kind(&value))));
    };
    let text = field(&fields, "text")?.ok_or(Error::NoTextField)?;
    let published = match field(&fields, "published")? {
        None => None,
        Some(told) => Some(date(&told).ok_or_else(|| Error::WrongField {
            field: "published",
            found: format!("{told:?}"),
            expected: "a day, month or year as in \"2022-06-17\", \"2022-06\" or \"2022\", or null",
        })?),
    };
    let metadata = Metadata {
        id: field(&fields, "id")?.unwrap_or_default(),
        title: field(&fields, "title")?.unwrap_or_default(),
        uri: field(&fields, "url")?.unwrap_or_default(),
        publisher: field(&fields, "publisher")?.unwrap_or_default(),
        published,
    };
    Ok(Record { text, metadata })
}

fn field(fields: &Map<String, Value>, name: &'static str) -> Result<Option<String>, Error> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Number(number)) if name == "id" => Ok(Some(number.to_string())),
        Some(other) => {
            Err(Error::WrongField { field: name, found: kind(other).to_owned(), expected: "a string, or null" })
        }
    }
}

/// A day, with or without a time after it, a month or a year.
fn date(told: &str) -> Option<PartialDate> {
    let told = told.trim();
    let day = told.get(..10).filter(|_| told[10..].starts_with(['T', ' ']));
    day.unwrap_or(told).parse().ok()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::read_record;
    use crate::document::Metadata;
    use jiff::civil::date;

    #[test]
    fn a_line_gives_what_it_says() {
        let line =
            r#"{"id":"a","title":"T","text":"Words.","published":"2022-06-17","url":"u","publisher":"P","more":1}"#;
        let record = read_record(line).expect("a record");
        assert_eq!(record.text, "Words.");
        assert_eq!(
            record.metadata,
            Metadata {
                id: "a".to_owned(),
                title: "T".to_owned(),
                uri: "u".to_owned(),
                publisher: "P".to_owned(),
                published: Some(date(2022, 6, 17).into()),
            }
        );
        let bare = read_record(r#"{"id":7,"text":"Words.","published":null}"#).expect("a record");
        assert_eq!(bare.metadata, Metadata { id: "7".to_owned(), ..Metadata::default() });
        let timed = read_record(r#"{"text":"W.","published":"2022-06-17T10:00:00Z"}"#).expect("a record");
        assert_eq!(timed.metadata.published, Some(date(2022, 6, 17).into()));
        for partial in ["2022", "2022-06"] {
            let record = read_record(&format!(r#"{{"text":"W.","published":"{partial}"}}"#)).expect("a record");
            assert_eq!(record.metadata.published.map(|date| date.to_string()).as_deref(), Some(partial));
        }
    }

    #[test]
    fn a_wrong_line_says_what_is_wrong() {
        for (line, message) in [
            ("nonsense", "is not a JSON object: expected ident at column 2"),
            ("[1]", "is not a JSON object: found an array"),
            (r#"{"id":"a"}"#, "has no \"text\""),
            (r#"{"text":["a"]}"#, "has a \"text\" that is an array; write a string, or null"),
            (
                r#"{"text":"a","published":"last May"}"#,
                "has a \"published\" that is \"last May\"; write a day, month or year",
            ),
            (
                r#"{"text":"a","published":"2022-02-30"}"#,
                "has a \"published\" that is \"2022-02-30\"; write a day, month or year",
            ),
            (
                r#"{"text":"a","published":"2022-13"}"#,
                "has a \"published\" that is \"2022-13\"; write a day, month or year",
            ),
            (r#"{"text":"a","published":2022}"#, "has a \"published\" that is a number"),
        ] {
            let error = read_record(line).expect_err(line).to_string();
            assert!(error.starts_with(message), "{line}: {error}");
        }
    }
}
