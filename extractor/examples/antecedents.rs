//! Prints every nominal and pronoun of the documents on standard input with its possible antecedents, one JSON object a
//! line: what `training/antecedents.py` fits on. The input is JSON lines with `id`, `text` and `published`.
//!
//!     cargo run --release -p extractor --example antecedents < documents.jsonl

use std::io::{self, BufRead as _, Write as _};

use extractor::{
    coreference,
    document::{InputForm, decode, read_record},
    names,
    pipeline::{Extractor, Options},
};
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let extractor = Extractor::new(&Options::default())?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let record = read_record(&line?)?;
        let (document, _) = decode(record.text.as_bytes(), InputForm::Text, record.metadata)?;
        let trees = extractor.read(&document).trees;
        let mentions = names::mentions(&document, &trees, extractor.gazetteer());
        let (chains, weighed) = coreference::resolve_with_features(&document, &trees, mentions, extractor.gazetteer());
        for found in weighed {
            let mention = &chains.mentions()[found.mention];
            let antecedents: Vec<_> = found
                .antecedents
                .iter()
                .map(|antecedent| {
                    let chain = &chains.chains()[chains.chain_of_mention(antecedent.mention)];
                    json!({"name": chain.name, "score": antecedent.score, "features": antecedent.features})
                })
                .collect();
            let value = json!({
                "doc": document.id,
                "span": [mention.span.start, mention.span.end],
                "text": mention.text,
                "form": format!("{:?}", mention.form),
                "antecedents": antecedents,
            });
            writeln!(out, "{value}")?;
        }
    }
    Ok(())
}
