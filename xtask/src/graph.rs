//! Which names lead back to themselves, in time that grows with the number of references.

use petgraph::algo::kosaraju_scc;
use petgraph::graphmap::DiGraphMap;
use std::collections::{BTreeMap, BTreeSet};

/// What each name leads to directly.
pub(crate) type Edges = BTreeMap<String, Vec<String>>;

/// The groups of names that all lead to one another, a name that leads to itself included.
///
/// Names without edges of their own, and all that lies outside of `within`, are passed over.
pub(crate) fn cycles(edges: &Edges, within: &BTreeSet<String>) -> Vec<BTreeSet<String>> {
    let mut graph: DiGraphMap<&str, ()> = DiGraphMap::new();
    for name in within {
        for to in edges.get(name).into_iter().flatten() {
            if within.contains(to) {
                graph.add_edge(name, to, ());
            }
        }
    }
    kosaraju_scc(&graph)
        .into_iter()
        .filter(|group| match group.as_slice() {
            [single] => graph.contains_edge(single, single),
            _ => true,
        })
        .map(|group| group.into_iter().map(str::to_owned).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_those_that_lead_back() {
        let edges: Edges = [("a", "b"), ("b", "a"), ("b", "c"), ("c", "d"), ("e", "e")]
            .into_iter()
            .fold(Edges::new(), |mut edges, (from, to)| {
                edges
                    .entry(from.to_owned())
                    .or_default()
                    .push(to.to_owned());
                edges
            });
        let set = |names: &str| names.split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
        let mut found = cycles(&edges, &set("a b c d e"));
        found.sort();
        assert_eq!(found, [set("a b"), set("e")]);
        assert_eq!(
            cycles(&edges, &set("b c d")),
            Vec::<BTreeSet<String>>::new()
        );
    }
}
