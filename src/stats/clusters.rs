//! Which observations belong together: dense numbers for cluster labels of any type.

use std::collections::HashMap;
use std::hash::Hash;

/// The cluster of every observation, numbered from 0 in order of first appearance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clusters {
    of: Vec<u32>,
    count: usize,
}

impl Clusters {
    /// Numbers the clusters of observations given by any label.
    pub fn from_labels<K: Eq + Hash>(labels: impl IntoIterator<Item = K>) -> Self {
        let mut numbers = HashMap::new();
        let of: Vec<u32> = labels
            .into_iter()
            .map(|label| {
                let next = numbers.len() as u32;
                *numbers.entry(label).or_insert(next)
            })
            .collect();
        Self {
            of,
            count: numbers.len(),
        }
    }

    /// As [`Self::from_labels`], of labels that are numbers from 0 on without large gaps: a table instead of hashing.
    pub fn from_numbers(labels: impl IntoIterator<Item = usize>) -> Self {
        const NONE: u32 = u32::MAX;
        let mut numbers: Vec<u32> = Vec::new();
        let mut count = 0;
        let number = |label: usize| {
            if label >= numbers.len() {
                numbers.resize(label + 1, NONE);
            }
            if numbers[label] == NONE {
                numbers[label] = count;
                count += 1;
            }
            numbers[label]
        };
        Self {
            of: labels.into_iter().map(number).collect(),
            count: count as usize,
        }
    }

    /// Every one of `n` observations is its own cluster.
    pub fn singletons(n: usize) -> Self {
        Self {
            of: (0..n as u32).collect(),
            count: n,
        }
    }

    /// Observations.
    pub fn len(&self) -> usize {
        self.of.len()
    }

    /// Whether there is no observation.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Clusters.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether every observation is its own cluster.
    pub fn all_single(&self) -> bool {
        self.count == self.of.len()
    }

    /// Sum of `values` per cluster; `values` has one value per observation.
    pub(super) fn sums(&self, values: impl IntoIterator<Item = f64>) -> Vec<f64> {
        let mut sums = vec![0.0; self.count];
        for (cluster, value) in self.of.iter().zip(values) {
            sums[*cluster as usize] += value;
        }
        sums
    }

    /// Observations per cluster.
    pub fn sizes(&self) -> Vec<u32> {
        let mut sizes = vec![0; self.count];
        for cluster in &self.of {
            sizes[*cluster as usize] += 1;
        }
        sizes
    }

    /// The places of the observations of each cluster.
    pub fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.count];
        for (at, cluster) in self.of.iter().enumerate() {
            members[*cluster as usize].push(at);
        }
        members
    }

    /// The clusters of the observations for which `keep` holds, renumbered.
    #[must_use]
    pub fn filter(&self, keep: impl Fn(usize) -> bool) -> Self {
        Self::from_labels((0..self.len()).filter(|&at| keep(at)).map(|at| self.of[at]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_are_numbered_as_they_appear() {
        let clusters = Clusters::from_labels(["b", "a", "b", "c"]);
        assert_eq!((clusters.len(), clusters.count()), (4, 3));
        assert_eq!(clusters.sizes(), [2, 1, 1]);
        assert_eq!(clusters.sums([1.0, 2.0, 3.0, 4.0]), [4.0, 2.0, 4.0]);
        assert!(!clusters.all_single());
        assert_eq!(clusters.filter(|at| at > 0).sizes(), [1, 1, 1]);
    }

    #[test]
    fn numbers_make_the_clusters_that_labels_make() {
        for labels in [vec![], vec![3, 0, 3, 7, 0], (0..50).rev().collect()] {
            assert_eq!(
                Clusters::from_numbers(labels.iter().copied()),
                Clusters::from_labels(labels)
            );
        }
    }
}
