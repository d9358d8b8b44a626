//! Reads a filter into an expression, by the grammar of AIP-160 (`grammar.ebnf` beside this file):
//!
//! ```text
//! expression  = sequence { WS "AND" WS sequence } ;        OR binds tighter than AND
//! sequence    = factor { WS factor } ;
//! factor      = term { WS "OR" WS term } ;
//! term        = [ "NOT" WS | "-" ] simple ;
//! simple      = restriction | composite ;
//! restriction = comparable [ comparator arg ] ;
//! comparable  = member | function ;
//! member      = value { "." field } ;
//! function    = name { "." name } "(" [ arg { "," arg } ] ")" ;
//! composite   = "(" expression ")" ;
//! arg         = comparable | composite ;
//! ```
//!
//! Where the published grammar leaves a question open, the answer here is the strict one: no space inside a dotted path,
//! between a name and its parenthesis or after a minus; white space between factors; a double negation needs
//! parentheses. One function a production; recursion passes through parentheses alone and is bounded.

use super::ast::{
    Arg, ByteSpan, Call, Comparable, Comparator, Expression, Member, Negation, Node, Quote, Restriction, Value,
};
use super::error::{Error, Problem};
use super::lexer::{Kind, Lexeme, lex};
use super::{FILTER_BYTES_MAX, FILTER_DEPTH_MAX, FILTER_TERMS_MAX};

/// Reads a filter.
///
/// # Errors
/// [`Error::InvalidFilter`] where it is not written as the grammar says, [`Error::FilterTooComplex`] over a limit.
pub fn parse(text: &str) -> Result<Expression, Error> {
    if text.len() > FILTER_BYTES_MAX {
        let start = (0..=FILTER_BYTES_MAX).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let message = format!("the filter has {} bytes; at most {FILTER_BYTES_MAX} are allowed", text.len());
        return Err(Error::FilterTooComplex(Box::new(Problem::at(text, start..text.len(), message))));
    }
    let mut parser = Parser { text, lexemes: lex(text)?, at: 0, depth: 0, terms_count: 0 };
    let root = if parser.peek().kind == Kind::End { None } else { Some(parser.expression()?) };
    match parser.peek().kind {
        Kind::End => Ok(Expression { text: text.into(), root }),
        Kind::Close => Err(parser.unexpected("this parenthesis closes nothing")),
        Kind::Comma => Err(parser.unexpected(
            "a comma stands only between the arguments of a function, whose parenthesis follows its name without a space",
        )),
        _ => Err(parser.unexpected("expected AND, OR or the end")),
    }
}

struct Parser<'a> {
    text: &'a str,
    lexemes: Vec<Lexeme>,
    at: usize,
    depth: usize,
    terms_count: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Lexeme {
        self.lexemes[self.at]
    }

    /// The lexeme after the next; the end has no successor and stands for itself.
    fn peek_second(&self) -> Lexeme {
        self.lexemes[(self.at + 1).min(self.lexemes.len() - 1)]
    }

    fn advance(&mut self) -> Lexeme {
        let lexeme = self.peek();
        self.at = (self.at + 1).min(self.lexemes.len() - 1);
        lexeme
    }

    fn source(&self, span: ByteSpan) -> &'a str {
        &self.text[span.start..span.end]
    }

    fn is_keyword(&self, lexeme: Lexeme, keyword: &str) -> bool {
        lexeme.kind == Kind::Text && self.source(lexeme.span) == keyword
    }

    fn is_any_keyword(&self, lexeme: Lexeme) -> bool {
        ["AND", "OR", "NOT"].iter().any(|keyword| self.is_keyword(lexeme, keyword))
    }

    fn fault(&self, span: ByteSpan, message: impl Into<String>) -> Error {
        Error::InvalidFilter(Box::new(Problem::at(self.text, span.start..span.end, message)))
    }

    /// A fault at the next lexeme: what was expected, and what stands there.
    fn unexpected(&self, expected: &str) -> Error {
        let next = self.peek();
        let found = match next.kind {
            Kind::End => "the end".to_owned(),
            _ => format!("`{}`", self.source(next.span)),
        };
        self.fault(next.span, format!("{expected}; found {found}"))
    }

    fn too_complex(&self, span: ByteSpan, message: String) -> Error {
        Error::FilterTooComplex(Box::new(Problem::at(self.text, span.start..span.end, message)))
    }

    /// Goes one parenthesis deeper for as long as `inner` reads.
    fn nested<T>(&mut self, open: ByteSpan, inner: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.depth == FILTER_DEPTH_MAX {
            return Err(self.too_complex(open, format!("nested deeper than {FILTER_DEPTH_MAX} parentheses")));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn expression(&mut self) -> Result<Node, Error> {
        self.separated("AND", Self::juxtaposition, Node::And)
    }

    fn juxtaposition(&mut self) -> Result<Node, Error> {
        let first = self.factor()?;
        let mut factors = vec![first];
        loop {
            let next = self.peek();
            let begins = match next.kind {
                Kind::Text => !self.is_keyword(next, "AND") && !self.is_keyword(next, "OR"),
                Kind::String | Kind::Minus | Kind::Open => true,
                _ => false,
            };
            if !begins {
                return Ok(one_or(factors, Node::Juxtaposition));
            }
            if !next.spaced {
                return Err(self.unexpected("expected white space, AND or OR between two terms"));
            }
            factors.push(self.factor()?);
        }
    }

    fn factor(&mut self) -> Result<Node, Error> {
        self.separated("OR", Self::term, Node::Or)
    }

    /// One or more parts with a keyword between them, white space on both of its sides.
    fn separated(
        &mut self,
        keyword: &str,
        part: fn(&mut Self) -> Result<Node, Error>,
        join: fn(Vec<Node>) -> Node,
    ) -> Result<Node, Error> {
        let mut parts = vec![part(self)?];
        while self.is_keyword(self.peek(), keyword) {
            let operator = self.peek();
            let after = self.peek_second();
            if !operator.spaced || !(after.spaced || after.kind == Kind::End) {
                return Err(self.fault(operator.span, format!("{keyword} needs white space before and after it")));
            }
            self.advance();
            parts.push(part(self)?);
        }
        Ok(one_or(parts, join))
    }

    fn term(&mut self) -> Result<Node, Error> {
        let first = self.peek();
        let negation = match first.kind {
            Kind::Minus => Negation::Minus,
            Kind::Text if self.is_keyword(first, "NOT") => Negation::Word,
            _ => return self.simple(),
        };
        self.advance();
        let next = self.peek();
        if negation == Negation::Word && !next.spaced && next.kind != Kind::End {
            return Err(self.fault(first.span, "NOT needs white space after it"));
        }
        if negation == Negation::Minus && next.spaced {
            return Err(self.fault(first.span, "a minus stands directly before what it negates"));
        }
        if next.kind == Kind::Minus || self.is_keyword(next, "NOT") {
            return Err(self.unexpected("a double negation needs parentheses"));
        }
        let negated = self.simple()?;
        let span = first.span.to(negated.span());
        Ok(Node::Not(negation, Box::new(negated), span))
    }

    fn simple(&mut self) -> Result<Node, Error> {
        if self.peek().kind == Kind::Open {
            let (node, span) = self.composite()?;
            if let Kind::Comparator(_) = self.peek().kind {
                return Err(self.unexpected("a field stands on the left of an operator, not a parenthesis"));
            }
            return Ok(Node::Group(Box::new(node), span));
        }
        self.restriction().map(Node::Restriction)
    }

    fn composite(&mut self) -> Result<(Node, ByteSpan), Error> {
        let open = self.advance().span;
        let node = self.nested(open, Self::expression)?;
        if self.peek().kind == Kind::Close {
            return Ok((node, open.to(self.advance().span)));
        }
        let found_end = self.peek().kind == Kind::End;
        Err(if found_end {
            self.fault(open, "this parenthesis is not closed")
        } else {
            self.unexpected("expected AND, OR or a closing parenthesis")
        })
    }

    fn restriction(&mut self) -> Result<Restriction, Error> {
        let start = self.peek();
        self.terms_count += 1;
        if self.terms_count > FILTER_TERMS_MAX {
            return Err(self.too_complex(start.span, format!("more than {FILTER_TERMS_MAX} terms")));
        }
        let comparable = self.comparable("expected a field, a word, a string, a function or a parenthesis")?;
        let Kind::Comparator(comparator) = self.peek().kind else {
            return Ok(Restriction { comparable, comparison: None });
        };
        self.advance();
        let arg = self.arg(comparator)?;
        if let Kind::Comparator(_) = self.peek().kind {
            return Err(self.unexpected("a comparison has one operator: join two of them with AND"));
        }
        Ok(Restriction { comparable, comparison: Some((comparator, arg)) })
    }

    fn arg(&mut self, comparator: Comparator) -> Result<Arg, Error> {
        if self.peek().kind == Kind::Open {
            let (node, span) = self.composite()?;
            return Ok(Arg::Composite(Box::new(node), span));
        }
        self.comparable(&format!("expected a value after `{}`", comparator.symbol())).map(Arg::Comparable)
    }

    fn comparable(&mut self, expected: &str) -> Result<Comparable, Error> {
        let first = self.peek();
        if self.is_any_keyword(first) {
            let next = self.peek_second();
            if next.kind == Kind::Open && !next.spaced {
                let keyword = self.source(first.span);
                return Err(self.fault(first.span, format!("{keyword} needs white space after it")));
            }
            return Err(self.unexpected(expected));
        }
        let mut parts = vec![self.value(expected)?];
        while self.peek().kind == Kind::Dot {
            let dot = self.advance();
            if dot.spaced || self.peek().spaced {
                return Err(self.fault(dot.span, "a dotted path has no white space in it"));
            }
            parts.push(self.value("expected a field after the dot")?);
        }
        let open = self.peek();
        if open.kind != Kind::Open || open.spaced {
            return Ok(Comparable::Member(Member { parts }));
        }
        if let Some(quoted) = parts.iter().find(|part| part.quote != Quote::None) {
            return Err(self.fault(quoted.span, "a function's name is written without quotes"));
        }
        self.call(parts)
    }

    fn call(&mut self, name: Vec<Value>) -> Result<Comparable, Error> {
        let open = self.advance().span;
        let mut args = Vec::new();
        if self.peek().kind != Kind::Close {
            loop {
                args.push(self.nested(open, |parser| parser.arg_of_call())?);
                if self.peek().kind != Kind::Comma {
                    break;
                }
                self.advance();
            }
        }
        if self.peek().kind != Kind::Close {
            return Err(if self.peek().kind == Kind::End {
                self.fault(open, "this parenthesis is not closed")
            } else {
                self.unexpected("expected a comma or a closing parenthesis")
            });
        }
        let close = self.advance().span;
        let start = name.first().map_or(open, |part| part.span);
        Ok(Comparable::Call(Call { name, args, span: start.to(close) }))
    }

    fn arg_of_call(&mut self) -> Result<Arg, Error> {
        if self.peek().kind == Kind::Open {
            let (node, span) = self.composite()?;
            return Ok(Arg::Composite(Box::new(node), span));
        }
        self.comparable("expected an argument").map(Arg::Comparable)
    }

    fn value(&mut self, expected: &str) -> Result<Value, Error> {
        let lexeme = self.peek();
        let source = self.source(lexeme.span);
        let (raw, quote) = match lexeme.kind {
            Kind::Text => (source, Quote::None),
            Kind::String => {
                let quote = if source.starts_with('\'') { Quote::Single } else { Quote::Double };
                (&source[1..source.len() - 1], quote)
            }
            _ => return Err(self.unexpected(expected)),
        };
        self.advance();
        Ok(Value { raw: raw.into(), quote, span: lexeme.span })
    }
}

fn one_or(mut nodes: Vec<Node>, join: fn(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(only) if nodes.is_empty() => only,
        Some(last) => {
            nodes.push(last);
            join(nodes)
        }
        None => join(nodes),
    }
}
