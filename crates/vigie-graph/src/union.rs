//! Disjoint sets with path halving and union by size.

/// Disjoint sets over `0..len`.
#[derive(Clone, Debug)]
pub struct UnionFind {
    parent: Vec<u32>,
    size: Vec<u32>,
}

impl UnionFind {
    /// Every element in a set of its own.
    pub fn new(len: usize) -> Self {
        Self { parent: (0..len as u32).collect(), size: vec![1; len] }
    }

    /// Representative of the element's set. Amortised near-constant.
    pub fn find(&mut self, mut x: u32) -> u32 {
        while self.parent[x as usize] != x {
            let up = self.parent[self.parent[x as usize] as usize];
            self.parent[x as usize] = up;
            x = up;
        }
        x
    }

    /// Joins two sets; whether they were apart.
    pub fn union(&mut self, a: u32, b: u32) -> bool {
        let (mut a, mut b) = (self.find(a), self.find(b));
        if a == b {
            return false;
        }
        if self.size[a as usize] < self.size[b as usize] {
            std::mem::swap(&mut a, &mut b);
        }
        self.parent[b as usize] = a;
        self.size[a as usize] += self.size[b as usize];
        true
    }

    /// The sets with at least `size_min` elements, each sorted, ordered by first element.
    pub fn groups(&mut self, size_min: usize) -> Vec<Vec<u32>> {
        let len = self.parent.len();
        let mut slot = vec![u32::MAX; len];
        let mut groups: Vec<Vec<u32>> = Vec::new();
        for x in 0..len as u32 {
            let root = self.find(x) as usize;
            if (self.size[root] as usize) < size_min {
                continue;
            }
            if slot[root] == u32::MAX {
                slot[root] = groups.len() as u32;
                groups.push(Vec::new());
            }
            groups[slot[root] as usize].push(x);
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::UnionFind;

    #[test]
    fn groups_are_sorted_and_large_enough() {
        let mut sets = UnionFind::new(6);
        assert!(sets.union(4, 1));
        assert!(sets.union(1, 5));
        assert!(!sets.union(5, 4));
        sets.union(0, 2);
        assert_eq!(sets.groups(2), vec![vec![0, 2], vec![1, 4, 5]]);
        assert_eq!(sets.groups(3), vec![vec![1, 4, 5]]);
    }
}
