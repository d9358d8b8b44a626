//! Scores in, a tree out: exactly one root, no cycle.

use super::kernel::argmax;

/// How many roots are tried when the best heads make no tree.
const ROOTS_TRIED: usize = 6;

/// What stands for an arc that may not be.
const FORBIDDEN: f64 = -1e9;

/// Scores of every arc of a sentence: row per dependent, column per head, where column 0 is the root and column
/// `i + 1` word `i`.
#[derive(Clone, Debug)]
pub(super) struct Arcs {
    words: usize,
    stride: usize,
    scores: Vec<f32>,
}

impl Arcs {
    /// Scores of `words` words, whose rows are `stride` apart.
    pub(super) fn new(words: usize, stride: usize, scores: Vec<f32>) -> Self {
        debug_assert!(stride > words && scores.len() == words * stride, "{words} words, stride {stride}");
        Self { words, stride, scores }
    }

    fn row(&self, dependent: usize) -> &[f32] {
        &self.scores[dependent * self.stride..][..=self.words]
    }

    /// The head of each word in the best tree; none for its root.
    pub(super) fn heads(&self) -> Vec<Option<usize>> {
        let greedy: Vec<usize> = (0..self.words).map(|word| argmax(self.row(word))).collect();
        let best = if is_tree(&greedy) { greedy } else { self.best_tree() };
        best.into_iter().map(|head| head.checked_sub(1)).collect()
    }

    /// The best tree over the most promising roots.
    fn best_tree(&self) -> Vec<usize> {
        let mut roots: Vec<usize> = (0..self.words).collect();
        roots.sort_by(|&a, &b| self.row(b)[0].total_cmp(&self.row(a)[0]));
        let mut best: Option<(f64, Vec<usize>)> = None;
        for &root in roots.iter().take(ROOTS_TRIED) {
            let heads = Contraction::new(self, root).solve();
            let score = (0..self.words).map(|word| f64::from(self.row(word)[heads[word]])).sum();
            if best.as_ref().is_none_or(|(other, _)| score > *other) {
                best = Some((score, heads));
            }
        }
        best.map(|(_, heads)| heads).unwrap_or_default()
    }
}

/// Whether heads (0 for the root, else one more than the word) form a tree with exactly one root.
fn is_tree(heads: &[usize]) -> bool {
    let mut below_root = vec![false; heads.len() + 1];
    below_root[0] = true;
    let mut path = Vec::new();
    for start in 1..=heads.len() {
        let mut at = start;
        while !below_root[at] {
            if path.len() > heads.len() {
                return false;
            }
            path.push(at);
            at = heads[at - 1];
        }
        for node in path.drain(..) {
            below_root[node] = true;
        }
    }
    heads.iter().filter(|&&head| head == 0).count() == 1
}

/// Chu, Liu and Edmonds: take the best head of every node; while there is a cycle, make it one node.
struct Contraction {
    nodes: usize,
    scores: Vec<f64>,
    active: Vec<bool>,
    merged: Vec<Cycle>,
}

/// A cycle that became one node, and how to take it apart again.
struct Cycle {
    /// The node that stands for it, one of its members.
    stands: usize,
    /// Each member with its head in the cycle.
    members: Vec<(usize, usize)>,
    /// For a node outside: the member that would be its head.
    leaves: Vec<usize>,
    /// For a head outside: the member that it would take.
    enters: Vec<usize>,
}

impl Contraction {
    fn new(arcs: &Arcs, root: usize) -> Self {
        let nodes = arcs.words + 1;
        let mut scores = vec![FORBIDDEN; nodes * nodes];
        for dependent in 1..nodes {
            for head in 0..nodes {
                let is_root = dependent == root + 1;
                if head != dependent && is_root == (head == 0) {
                    scores[dependent * nodes + head] = f64::from(arcs.row(dependent - 1)[head]);
                }
            }
        }
        Self { nodes, scores, active: vec![true; nodes], merged: Vec::new() }
    }

    fn score(&self, dependent: usize, head: usize) -> f64 {
        self.scores[dependent * self.nodes + head]
    }

    /// Head of each word, by columns of the scores.
    fn solve(mut self) -> Vec<usize> {
        let mut heads: Vec<usize> = (0..self.nodes).map(|node| self.best_head(node)).collect();
        while let Some(cycle) = self.cycle(&heads) {
            let stands = self.merge(&cycle, &heads);
            for (node, head) in heads.iter_mut().enumerate().skip(1) {
                if self.active[node] && (node == stands || !self.active[*head] || *head == stands) {
                    *head = self.best_head(node);
                }
            }
        }
        while let Some(cycle) = self.merged.pop() {
            for (node, head) in heads.iter_mut().enumerate().skip(1) {
                if self.active[node] && node != cycle.stands && *head == cycle.stands {
                    *head = cycle.leaves[node];
                }
            }
            let head = heads[cycle.stands];
            for &(member, within) in &cycle.members {
                self.active[member] = true;
                heads[member] = within;
            }
            heads[cycle.enters[head]] = head;
        }
        heads.split_off(1)
    }

    /// The best head of `node` among the active nodes.
    fn best_head(&self, node: usize) -> usize {
        let mut best = (f64::NEG_INFINITY, 0);
        for head in (0..self.nodes).filter(|&head| self.active[head] && head != node) {
            if self.score(node, head) > best.0 {
                best = (self.score(node, head), head);
            }
        }
        best.1
    }

    /// A cycle among the active nodes.
    fn cycle(&self, heads: &[usize]) -> Option<Vec<usize>> {
        let mut seen = vec![0; self.nodes];
        for start in (1..self.nodes).filter(|&node| self.active[node]) {
            let mut at = start;
            while at != 0 && seen[at] == 0 {
                seen[at] = start;
                at = heads[at];
            }
            if at != 0 && seen[at] == start {
                let mut cycle = vec![at];
                let mut next = heads[at];
                while next != at {
                    cycle.push(next);
                    next = heads[next];
                }
                return Some(cycle);
            }
        }
        None
    }

    /// Makes `cycle` one node and tells which.
    fn merge(&mut self, cycle: &[usize], heads: &[usize]) -> usize {
        let stands = cycle[0];
        let within: f64 = cycle.iter().map(|&member| self.score(member, heads[member])).sum();
        for &member in cycle {
            self.active[member] = false;
        }
        let mut leaves = vec![stands; self.nodes];
        let mut enters = vec![stands; self.nodes];
        for other in (0..self.nodes).filter(|&node| self.active[node]).collect::<Vec<_>>() {
            let mut out = (f64::NEG_INFINITY, stands);
            let mut into = (f64::NEG_INFINITY, stands);
            for &member in cycle {
                if self.score(other, member) > out.0 {
                    out = (self.score(other, member), member);
                }
                let gain = self.score(member, other) - self.score(member, heads[member]);
                if gain > into.0 {
                    into = (gain, member);
                }
            }
            leaves[other] = out.1;
            enters[other] = into.1;
            self.scores[other * self.nodes + stands] = out.0;
            self.scores[stands * self.nodes + other] = into.0 + within;
        }
        self.active[stands] = true;
        let members = cycle.iter().map(|&member| (member, heads[member])).collect();
        self.merged.push(Cycle { stands, members, leaves, enters });
        stands
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn arcs(words: usize, values: &[i16]) -> Arcs {
        let stride = words + 1;
        let mut scores = vec![-1e4; words * stride];
        for dependent in 0..words {
            for head in (0..stride).filter(|&head| head != dependent + 1) {
                scores[dependent * stride + head] = f32::from(values[dependent * stride + head]);
            }
        }
        Arcs::new(words, stride, scores)
    }

    fn total(arcs: &Arcs, heads: &[usize]) -> f64 {
        heads.iter().enumerate().map(|(word, &head)| f64::from(arcs.row(word)[head])).sum()
    }

    /// The best score of any tree, by trying all of them.
    fn exhaustive(arcs: &Arcs) -> f64 {
        let words = arcs.words;
        let mut heads = vec![0; words];
        let mut best = f64::NEG_INFINITY;
        loop {
            if is_tree(&heads) {
                best = best.max(total(arcs, &heads));
            }
            let Some(at) = heads.iter().position(|&head| head < words) else { return best };
            heads[at] += 1;
            heads[..at].fill(0);
        }
    }

    proptest! {
        #[test]
        fn any_scores_give_one_root_and_no_cycle(
            (words, values) in (1_usize..40).prop_flat_map(|n| (Just(n), proptest::collection::vec(-300_i16..300, n * (n + 1)))),
        ) {
            let heads: Vec<usize> =
                arcs(words, &values).heads().into_iter().map(|head| head.map_or(0, |head| head + 1)).collect();
            prop_assert_eq!(heads.len(), words);
            prop_assert!(is_tree(&heads), "{:?}", heads);
        }

        #[test]
        fn no_tree_is_better(
            (words, values) in (1_usize..6).prop_flat_map(|n| (Just(n), proptest::collection::vec(-300_i16..300, n * (n + 1)))),
        ) {
            let arcs = arcs(words, &values);
            let heads: Vec<usize> = arcs.best_tree();
            prop_assert_eq!(total(&arcs, &heads), exhaustive(&arcs), "{:?}", heads);
        }
    }
}
