//! Masked expressions and words in, typed values out: money, dates, countries. Unresolved is a value, never a guess.
