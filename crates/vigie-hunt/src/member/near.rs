//! Where a member lies among the others of its cluster, beside where everybody does: when it began and ended, how busy
//! and how faithful to an address it is. A fleet is switched on and off; who passes by was there before and stays after.

use crate::cluster::Cluster;
use crate::habits::Ways;
use crate::slice::Slice;
use crate::view::View;

/// What is compared: first moment, last moment, busyness, loyalty to an address.
pub(super) const SCALES: usize = 4;
/// Part of the log that lies between two moments that are near each other.
const NEAR_TIME: f64 = 1.0 / 48.0;
/// The same of ln(1 + exchanges), and of loyalty.
const NEAR_VOLUME: f64 = 0.35;
const NEAR_LOYALTY: f64 = 0.1;
/// Most nats, for or against, of each scale.
const MOST: f64 = 4.0;

/// Everybody on each scale.
pub(crate) struct Spreads([Spread; SCALES]);

impl Spreads {
    /// Sorts the accounts of the window. O(accounts · log accounts).
    pub(crate) fn new(view: &View<'_>, log_exchanges: &[f64], ways: &Ways) -> Self {
        let there = || (0..view.accounts()).filter(|&a| view.exchanges[a] > 0);
        let time = |row: usize| view.lake.rows.time[row] as f64;
        let near = NEAR_TIME * (view.span.1 - view.span.0) as f64;
        Self([
            Spread::new(there().map(|a| time(view.ranges[a].start)), near),
            Spread::new(there().map(|a| time(view.ranges[a].end - 1)), near),
            Spread::new(there().map(|a| log_exchanges[a]), NEAR_VOLUME),
            Spread::new(there().map(|a| ways.loyalty(a as u32)), NEAR_LOYALTY),
        ])
    }

    /// How much likelier the other members lie near each one than the population does, in nats, on each scale; moments are
    /// those of the slice. O(members · log accounts).
    pub(super) fn near(
        &self,
        view: &View<'_>,
        (log_exchanges, ways): (&[f64], &Ways),
        cluster: &Cluster,
        slice: &Slice,
    ) -> Vec<[f64; SCALES]> {
        let time = |row: Option<&usize>| row.map_or(f64::NAN, |&row| view.lake.rows.time[row] as f64);
        let members = || cluster.members.iter();
        let likelier = [
            self.0[0].likelier(&slice.rows.iter().map(|rows| time(rows.first())).collect::<Vec<_>>()),
            self.0[1].likelier(&slice.rows.iter().map(|rows| time(rows.last())).collect::<Vec<_>>()),
            self.0[2].likelier(&members().map(|&a| log_exchanges[a as usize]).collect::<Vec<_>>()),
            self.0[3].likelier(&members().map(|&a| ways.loyalty(a)).collect::<Vec<_>>()),
        ];
        let of = |member: usize| likelier.each_ref().map(|l| l[member].clamp(-MOST, MOST));
        (0..cluster.members.len()).map(of).collect()
    }
}

/// Values of many accounts on one scale, to count who lies near a place.
struct Spread {
    /// Ascending.
    sorted: Vec<f64>,
    /// How far apart two may lie and be near each other.
    reach: f64,
}

impl Spread {
    /// Sorts the values that are known. O(n · log n).
    fn new(values: impl Iterator<Item = f64>, reach: f64) -> Self {
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
    fn likelier(&self, members: &[f64]) -> Vec<f64> {
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
