//! Where the other members of a cluster lie on a scale, beside where everybody does.

/// Values of many accounts on one scale, to count who lies near a place.
pub(crate) struct Spread {
    /// Ascending.
    sorted: Vec<f64>,
    /// How far apart two may lie and be near each other.
    reach: f64,
}

impl Spread {
    /// Sorts the values that are known. O(n · log n).
    pub(crate) fn new(values: impl Iterator<Item = f64>, reach: f64) -> Self {
        let mut sorted: Vec<f64> = values.filter(|v| v.is_finite()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        Self { sorted, reach }
    }

    /// How many lie near a place. O(log n).
    fn near(&self, at: f64) -> f64 {
        let from = self.sorted.partition_point(|&v| v < at - self.reach);
        (self.sorted.partition_point(|&v| v <= at + self.reach) - from) as f64
    }

    /// How much likelier the other members lie near each one than this population does, in nats: the predictive ratio when
    /// the population's share is believed as much as one member. 0 where unknown. O(n · log n).
    pub(crate) fn likelier(&self, members: &[f64]) -> Vec<f64> {
        let own = Self::new(members.iter().copied(), self.reach);
        let seen = own.sorted.len() as f64;
        let ratio = |&at: &f64| {
            if !at.is_finite() {
                return 0.0;
            }
            let share = (self.near(at) + 0.5) / (self.sorted.len() as f64 + 0.5);
            ((own.near(at) - 1.0 + share) / seen / share).ln()
        };
        members.iter().map(ratio).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn who_lies_among_the_others_is_likelier_one_of_them() {
        let everybody = Spread::new((0..1_000).map(f64::from), 10.0);
        let likelier = everybody.likelier(&[500.0, 503.0, 497.0, 900.0, f64::NAN]);
        // Two others of four, one of whom is the population, where 21 of a thousand lie.
        let share: f64 = 21.5 / 1_000.5;
        assert!((likelier[0] - ((2.0 + share) / 4.0 / share).ln()).abs() < 1e-9, "{likelier:?}");
        assert!((likelier[3] - 0.25f64.ln()).abs() < 1e-9 && likelier[4].abs() < 1e-12, "{likelier:?}");
    }
}
