//! Known names: organisations, authorities, media, countries with their demonyms and metonyms, and the nouns that tell a kind.
