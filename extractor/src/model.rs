//! Sentences in, trees out: the tokeniser's words are tagged and parsed by a small network whose weights are in the binary.
