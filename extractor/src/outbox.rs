//! Events on their way to the query service: nothing is lost while it is away.
