//! What in a filter may not mean what it seems to.

use super::ast::{Comparable, Expression, Node, Quote, Restriction};
use crate::schema;

impl Expression {
    /// Warnings, each with the byte it is about: AND and OR mixed without parentheses, and words that look like
    /// operators or fields but are searched for.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if let Some(root) = &self.root {
            gather(root, &mut warnings);
        }
        warnings
    }
}

fn gather(node: &Node, warnings: &mut Vec<String>) {
    match node {
        Node::And(parts) | Node::Juxtaposition(parts) => {
            // Within AND the parts may be juxtapositions: their own disjunctions are found one level down.
            for part in parts {
                if let Node::Or(_) = part {
                    warnings.push(format!(
                        "at byte {}: OR binds tighter than AND, so this is read as ({part}); put the parentheses that you mean",
                        part.span().start
                    ));
                }
                gather(part, warnings);
            }
        }
        Node::Or(parts) => parts.iter().for_each(|part| gather(part, warnings)),
        Node::Not(_, part, _) | Node::Group(part, _) => gather(part, warnings),
        Node::Restriction(restriction) => look_alike(restriction, warnings),
    }
}

fn look_alike(restriction: &Restriction, warnings: &mut Vec<String>) {
    let Restriction { comparable: Comparable::Member(member), comparison: None } = restriction else { return };
    if member.parts.iter().any(|part| part.quote != Quote::None) {
        return;
    }
    let word = member.to_string();
    let start = member.span().start;
    let operator = match &*word.to_lowercase() {
        "and" => Some("AND"),
        "or" => Some("OR"),
        "not" => Some("NOT"),
        _ => None,
    };
    if let Some(operator) = operator {
        warnings.push(format!("at byte {start}: `{word}` is searched for as a word; the operator is {operator}"));
    } else if schema::find(&word).is_some() {
        warnings.push(format!(
            "at byte {start}: `{word}` is searched for as a word; a field needs an operator, as in {word}:* for \"is set\""
        ));
    }
}
