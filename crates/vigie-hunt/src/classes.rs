//! Classes of accounts that go about their work in different ways, found from what each commonly uses. One operation
//! mixes its clients, its models and its networks freely; where what an account uses of one tells what it uses of the
//! others, several operations are in one cluster, however alike their questions are.
//!
//! A latent class model: within a class each trait has a distribution of its own (Dirichlet-multinomial about the
//! cluster's) and traits are independent; classes are drawn from a Chinese restaurant process (Pitman 1996). What sets a
//! class apart must therefore show in two traits at least: one alone costs as much to tell as it explains.

use rustc_hash::FxHashMap;
use vigie_graph::stats::ln_gamma;

/// Traits of an account; 0 where unseen.
pub(crate) type Traits = [u64; TRAITS];
/// How many traits are compared.
pub(crate) const TRAITS: usize = 3;

/// How many members' worth the cluster's distribution of a trait counts in a class.
const PRIOR: f64 = 1.0;
/// Fewest members that use a value for it to be told from other rare ones.
const USERS_MIN: u32 = 3;
/// Classes at most to begin with.
const CLASSES_MAX: usize = 32;
/// Rounds at most in which members change class.
const SWEEPS: usize = 20;
/// How much likelier the classes must make the traits than one class does, in nats.
const GAIN: f64 = 25.0;

/// Members by class, as places in `traits`, where the traits are far likelier so than in one class, else all in one.
/// Deterministic. O(members · classes · traits · sweeps + classes³ · values).
pub(crate) fn classes(traits: &[Traits]) -> Vec<Vec<usize>> {
    let table = Table::new(traits);
    let one = vec![0; traits.len()];
    let starts = (0..TRAITS).map(|of| table.apart(of));
    let settled = starts.map(|start| table.settle(start)).map(|assigned| (table.score(&assigned), assigned));
    let best = settled.max_by(|a, b| a.0.total_cmp(&b.0));
    let assigned = best.filter(|(score, _)| *score >= table.score(&one) + GAIN).map_or(one, |best| best.1);
    let mut classes: Vec<Vec<usize>> = Vec::new();
    for (member, class) in assigned.into_iter().enumerate() {
        if classes.len() <= class {
            classes.resize(class + 1, Vec::new());
        }
        classes[class].push(member);
    }
    classes.retain(|class| !class.is_empty());
    classes
}

/// Traits with their values numbered; 0 is what is unseen, 1 what hardly anybody uses.
struct Table {
    members: Vec<[usize; TRAITS]>,
    /// Share of each value among the members who show the trait.
    shares: [Vec<f64>; TRAITS],
}

/// How often the members of a class use each value.
#[derive(Clone)]
struct Class {
    size: f64,
    counts: [Vec<f64>; TRAITS],
}

impl Table {
    fn new(traits: &[Traits]) -> Self {
        let mut members = vec![[0; TRAITS]; traits.len()];
        let shares = std::array::from_fn(|of| {
            let mut users: FxHashMap<u64, u32> = FxHashMap::default();
            traits.iter().for_each(|t| *users.entry(t[of]).or_default() += 1);
            let mut numbers: FxHashMap<u64, usize> = FxHashMap::default();
            let mut counts = vec![0.0, 0.0];
            for (member, traits) in members.iter_mut().zip(traits) {
                let number = match traits[of] {
                    0 => 0,
                    value if users[&value] < USERS_MIN => 1,
                    value => *numbers.entry(value).or_insert_with(|| {
                        counts.push(0.0);
                        counts.len() - 1
                    }),
                };
                counts[number] += 1.0;
                member[of] = number;
            }
            let seen: f64 = counts[1..].iter().sum();
            counts.iter().map(|count| count / seen.max(1.0)).collect()
        });
        Self { members, shares }
    }

    /// Every common value of a trait a class of its own, and one for the rest.
    fn apart(&self, of: usize) -> Vec<usize> {
        let mut common: Vec<usize> = (2..self.shares[of].len()).collect();
        common.sort_by(|&a, &b| self.shares[of][b].total_cmp(&self.shares[of][a]).then(a.cmp(&b)));
        common.truncate(CLASSES_MAX - 1);
        let class = |value: usize| common.iter().position(|&c| c == value).map_or(0, |place| place + 1);
        self.members.iter().map(|values| class(values[of])).collect()
    }

    fn empty(&self) -> Class {
        Class { size: 0.0, counts: self.shares.each_ref().map(|shares| vec![0.0; shares.len()]) }
    }

    fn count(&self, assigned: &[usize]) -> Vec<Class> {
        let mut classes = vec![self.empty(); assigned.iter().max().map_or(0, |&most| most + 1)];
        for (values, &class) in self.members.iter().zip(assigned) {
            classes[class].add(values, 1.0);
        }
        classes
    }

    /// Moves each member where it fits best until nobody moves, then joins classes as long as that is likelier.
    fn settle(&self, mut assigned: Vec<usize>) -> Vec<usize> {
        let mut classes = self.count(&assigned);
        for _ in 0..SWEEPS {
            let mut moved = false;
            for (values, class) in self.members.iter().zip(&mut assigned) {
                classes[*class].add(values, -1.0);
                let fits = |class: &Class| self.fits(class, values);
                let there = (0..classes.len()).filter(|&c| classes[c].size > 0.5);
                let best =
                    there.max_by(|&a, &b| fits(&classes[a]).total_cmp(&fits(&classes[b])).then(b.cmp(&a)));
                let best = best.unwrap_or(*class);
                moved |= best != *class;
                *class = best;
                classes[best].add(values, 1.0);
            }
            if !moved {
                break;
            }
        }
        self.join(&mut classes, &mut assigned);
        assigned
    }

    /// Joins the two classes that gain most by it, again and again, while any do.
    fn join(&self, classes: &mut [Class], assigned: &mut [usize]) {
        loop {
            let there: Vec<usize> = (0..classes.len()).filter(|&c| classes[c].size > 0.5).collect();
            let scores: Vec<f64> = classes.iter().map(|class| self.class_score(class)).collect();
            let pairs =
                there.iter().enumerate().flat_map(|(n, &a)| there[n + 1..].iter().map(move |&b| (a, b)));
            let gain = |(a, b): (usize, usize)| {
                (self.class_score(&classes[a].with(&classes[b])) - scores[a] - scores[b], a, b)
            };
            let best = pairs.map(gain).max_by(|x, y| x.0.total_cmp(&y.0));
            let Some((_, a, b)) = best.filter(|(gain, _, _)| *gain > 0.0) else { return };
            classes[a] = classes[a].with(&classes[b]);
            classes[b] = self.empty();
            assigned.iter_mut().filter(|class| **class == b).for_each(|class| *class = a);
        }
    }

    /// Log-probability that the next member of a class has these values, and that there is one.
    fn fits(&self, class: &Class, values: &[usize; TRAITS]) -> f64 {
        let of = |(of, &value): (usize, &usize)| {
            let seen = class.size - class.counts[of][0];
            let likely = class.counts[of][value] + PRIOR * self.shares[of][value];
            if value == 0 { 0.0 } else { (likely / (seen + PRIOR)).ln() }
        };
        class.size.ln() + values.iter().enumerate().map(of).sum::<f64>()
    }

    /// Log-probability of all members' traits and classes.
    fn score(&self, assigned: &[usize]) -> f64 {
        self.count(assigned).iter().map(|class| self.class_score(class)).sum()
    }

    fn class_score(&self, class: &Class) -> f64 {
        if class.size < 0.5 {
            return 0.0;
        }
        let of = |of: usize| {
            let seen = class.size - class.counts[of][0];
            let values = class.counts[of].iter().zip(&self.shares[of]).skip(1);
            values.map(|(&count, share)| rising(PRIOR * share, count)).sum::<f64>() - rising(PRIOR, seen)
        };
        rising(1.0, class.size - 1.0) + (0..TRAITS).map(of).sum::<f64>()
    }
}

impl Class {
    fn add(&mut self, values: &[usize; TRAITS], by: f64) {
        self.size += by;
        self.counts.iter_mut().zip(values).for_each(|(counts, &value)| counts[value] += by);
    }

    fn with(&self, other: &Self) -> Self {
        let counts = std::array::from_fn(|of| {
            self.counts[of].iter().zip(&other.counts[of]).map(|(a, b)| a + b).collect()
        });
        Self { size: self.size + other.size, counts }
    }
}

/// ln of x · (x + 1) · … · (x + n - 1), where x > 0 or n = 0. O(1).
pub(crate) fn rising(x: f64, n: f64) -> f64 {
    if n < 0.5 { 0.0 } else { ln_gamma(x + n) - ln_gamma(x) }
}

#[cfg(test)]
mod tests {
    use super::{Traits, classes};

    /// What `i` uses of a trait, the same for as long as `every`, of so many values.
    fn value(i: usize, every: usize, values: usize) -> u64 {
        (i / every % values) as u64 + 1
    }

    fn sizes(traits: &[Traits]) -> Vec<usize> {
        let mut sizes: Vec<usize> = classes(traits).iter().map(Vec::len).collect();
        sizes.sort_unstable();
        sizes
    }

    #[test]
    fn an_operation_that_mixes_freely_is_one_class() {
        let fleet: Vec<Traits> = (0..120).map(|i| [value(i, 1, 2), value(i, 2, 3), value(i, 6, 4)]).collect();
        assert_eq!(sizes(&fleet), [120]);
        let own: Vec<Traits> = (0..120).map(|i| [value(i, 1, 2), value(i, 1, 120), 0]).collect();
        assert_eq!(sizes(&own), [120], "what each has alone tells nobody apart");
        assert!(classes(&[]).is_empty());
    }

    #[test]
    fn one_trait_alone_makes_no_class() {
        let fleet: Vec<Traits> =
            (0..120).map(|i| [value(i, 60, 2), value(i, 1, 3), value(i, 3, 4)]).collect();
        assert_eq!(sizes(&fleet), [120]);
    }

    #[test]
    fn operations_with_ways_of_their_own_are_classes() {
        let of = |i: usize| match i {
            0..70 => [1, value(i, 1, 3), value(i, 3, 2)],
            70..100 => [2, 10 + value(i, 1, 2), 10],
            // Shares the model of the first.
            _ => [1, 20, 20 + value(i, 1, 2)],
        };
        assert_eq!(sizes(&(0..120).map(of).collect::<Vec<Traits>>()), [20, 30, 70]);
    }
}
