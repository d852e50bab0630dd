//! Profiles: what one account's exchanges add up to. They merge by addition, so any partitioning of the input gives
//! the same profile.

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rustc_hash::FxHashMap;
use vigie_fold::Marks;
use vigie_model::Micros;

use crate::rows::{DIMS, Flags, Rows};
use crate::view::View;

/// Stretches into which the log is cut for synchrony.
pub(crate) const STRETCHES: usize = 96;
/// Longest silence inside a conversation that only turn numbers tell.
const TALK_GAP: i64 = 30 * 60 * Micros::SECOND;
/// Number of marks.
pub(crate) const MARKS: usize = Marks::NAMED.len();

/// Sums over some exchanges of one account.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Profile {
    pub(crate) exchanges: u32,
    pub(crate) with_text: u32,
    pub(crate) single: u32,
    pub(crate) refused: u32,
    pub(crate) failed: u32,
    pub(crate) output_tokens: u64,
    pub(crate) marks: [u32; MARKS],
    pub(crate) hours: [u32; 24],
    pub(crate) stretches: [u32; STRETCHES],
    /// Sum of embeddings, in 1/127.
    pub(crate) embedding: [i64; DIMS],
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            exchanges: 0,
            with_text: 0,
            single: 0,
            refused: 0,
            failed: 0,
            output_tokens: 0,
            marks: [0; MARKS],
            hours: [0; 24],
            stretches: [0; STRETCHES],
            embedding: [0; DIMS],
        }
    }
}

impl Profile {
    /// Adds one row. `span` is the log's first and one past its last moment.
    pub(crate) fn add(&mut self, rows: &Rows, row: usize, span: (i64, i64), single: bool) {
        let flags = rows.flags[row];
        self.exchanges += 1;
        self.with_text += u32::from(flags.has(Flags::HAS_TEXT));
        self.single += u32::from(single);
        self.refused += u32::from(flags.has(Flags::REFUSED));
        self.failed += u32::from(flags.has(Flags::FAILED));
        self.output_tokens += u64::from(rows.output_tokens[row]);
        for (count, (mark, _)) in self.marks.iter_mut().zip(Marks::NAMED) {
            *count += u32::from(rows.marks[row].contains(*mark));
        }
        self.hours[Micros(rows.time[row]).hour_of_day()] += 1;
        self.stretches[stretch(rows.time[row], span)] += 1;
        for (sum, &x) in self.embedding.iter_mut().zip(&rows.embedding[row]) {
            *sum += i64::from(x);
        }
    }

    /// Adds another profile's exchanges.
    #[cfg(test)]
    pub(crate) fn merge(&mut self, other: &Self) {
        self.exchanges += other.exchanges;
        self.with_text += other.with_text;
        self.single += other.single;
        self.refused += other.refused;
        self.failed += other.failed;
        self.output_tokens += other.output_tokens;
        self.marks.iter_mut().zip(other.marks).for_each(|(a, b)| *a += b);
        self.hours.iter_mut().zip(other.hours).for_each(|(a, b)| *a += b);
        self.stretches.iter_mut().zip(other.stretches).for_each(|(a, b)| *a += b);
        self.embedding.iter_mut().zip(other.embedding).for_each(|(a, b)| *a += b);
    }

    /// Share of exchanges with each mark.
    pub(crate) fn mark_share(&self, mark: usize) -> f64 {
        ratio(self.marks[mark], self.exchanges)
    }

    /// Share of exchanges that stay alone in their conversation.
    pub(crate) fn single_share(&self) -> f64 {
        ratio(self.single, self.exchanges)
    }

    /// Entropy of the hours of the day over its maximum, corrected for small counts (Miller–Madow), 0–1.
    pub(crate) fn flatness(&self) -> f64 {
        let n = f64::from(self.exchanges.max(1));
        let used = self.hours.iter().filter(|&&h| h > 0).count() as f64;
        let plain: f64 =
            self.hours.iter().filter(|&&h| h > 0).map(|&h| -f64::from(h) / n * (f64::from(h) / n).ln()).sum();
        ((plain + (used - 1.0).max(0.0) / (2.0 * n)) / 24f64.ln()).min(1.0)
    }

    /// Mean embedding of one exchange, length 0–1.
    pub(crate) fn mean_embedding(&self) -> [f32; DIMS] {
        let n = f64::from(self.with_text.max(1)) * 127.0;
        std::array::from_fn(|i| (self.embedding[i] as f64 / n) as f32)
    }

    /// Activity over the log as a unit vector of square roots, so that one busy hour does not drown the rest.
    pub(crate) fn activity(&self) -> [f32; STRETCHES] {
        activity(&self.stretches)
    }
}

/// Exchanges by stretch as a unit vector of square roots.
pub(crate) fn activity(stretches: &[u32; STRETCHES]) -> [f32; STRETCHES] {
    let n = (stretches.iter().sum::<u32>().max(1) as f32).sqrt();
    stretches.map(|count| (count as f32).sqrt() / n)
}

fn ratio(a: u32, b: u32) -> f64 {
    if b == 0 { 0.0 } else { f64::from(a) / f64::from(b) }
}

pub(crate) fn stretch(time: i64, (first, end): (i64, i64)) -> usize {
    let width = (end - first).max(1) as f64;
    (((time - first) as f64 / width * STRETCHES as f64) as usize).min(STRETCHES - 1)
}

/// Which rows of one account stay alone: conversations of a single exchange.
///
/// A conversation is told by its id; without one, by turn numbers (an opening and the later turns that follow it within
/// 30 minutes); without those, by silence of ten minutes before and after.
fn single_rows(rows: &Rows, range: std::ops::Range<usize>) -> Vec<bool> {
    let mut sizes: FxHashMap<u64, u32> = FxHashMap::default();
    for row in range.clone().filter(|&r| rows.conversation[r] != 0) {
        *sizes.entry(rows.conversation[row]).or_default() += 1;
    }
    let mut single: Vec<bool> = range
        .clone()
        .map(|r| {
            !rows.flags[r].has(Flags::FOLLOW_UP) && sizes.get(&rows.conversation[r]).is_none_or(|&n| n == 1)
        })
        .collect();
    for row in range.clone().filter(|&r| rows.conversation[r] == 0) {
        if rows.flags[row].has(Flags::FOLLOW_UP) {
            let earlier = (range.start..row)
                .rev()
                .take(64)
                .take_while(|&r| rows.time[row] - rows.time[r] <= TALK_GAP)
                .find(|&r| !rows.flags[r].has(Flags::FOLLOW_UP));
            if let Some(opening) = earlier {
                single[opening - range.start] = false;
            }
        } else if !rows.flags[row].has(Flags::TURN_SEEN) {
            let near = |a: usize, b: usize| rows.time[b] - rows.time[a] < TALK_GAP / 3;
            let follows = row > range.start && near(row - 1, row);
            let followed = row + 1 < range.end && near(row, row + 1);
            single[row - range.start] = !follows && !followed;
        }
    }
    single
}

/// Which rows of every account stay alone, in the order of its rows in the window. O(rows).
pub(crate) fn singles(view: &View<'_>) -> Vec<Vec<bool>> {
    view.ranges.par_iter().map(|range| single_rows(&view.lake.rows, range.clone())).collect()
}

/// Profiles of all accounts over the window. O(rows).
pub(crate) fn profiles(view: &View<'_>, singles: &[Vec<bool>]) -> Vec<Profile> {
    (0..view.accounts())
        .into_par_iter()
        .map(|account| {
            let mut profile = Profile::default();
            for (row, &single) in view.ranges[account].clone().zip(&singles[account]) {
                profile.add(&view.lake.rows, row, view.span, single);
            }
            profile
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vigie_fold::Marks;

    use super::{Flags, Micros, Profile};
    use crate::rows::{BANDS, PHRASES, Row, Rows};

    const SPAN: (i64, i64) = (0, 30 * Micros::DAY);

    fn row((time, flags, marks, tokens, byte): (i64, u8, u32, u32, i8)) -> Row {
        let mut set = Flags::default();
        set.set(Flags::HAS_TEXT, flags & 1 != 0);
        set.set(Flags::REFUSED, flags & 2 != 0);
        set.set(Flags::FAILED, flags & 4 != 0);
        Row {
            account: 0,
            time,
            exact: 0,
            template: 0,
            heads: [0; 3],
            tail: 0,
            bands: [0; BANDS],
            phrases: [0; PHRASES],
            embedding: std::array::from_fn(|i| byte.wrapping_mul(i as i8 + 1)),
            system: 0,
            system_block: 0,
            tools: 0,
            address: 0,
            network: 0,
            client: 0,
            settings: 0,
            parameters: 0,
            conversation: 0,
            model: 0,
            marks: Marks::from_bits(marks),
            flags: set,
            words: 0,
            input_tokens: 0,
            output_tokens: tokens,
        }
    }

    fn profile(rows: &Rows, of: impl Iterator<Item = usize>) -> Profile {
        let mut profile = Profile::default();
        of.for_each(|i| profile.add(rows, i, SPAN, i % 3 == 0));
        profile
    }

    proptest! {
        #[test]
        fn profiles_of_any_partition_add_up_to_the_whole(
            drawn in proptest::collection::vec(
                ((0..SPAN.1, any::<u8>(), any::<u32>(), any::<u32>(), any::<i8>()), 0..4usize),
                0..60,
            ),
        ) {
            let mut rows = Rows::default();
            drawn.iter().for_each(|(values, _)| rows.push(&row(*values)));
            let whole = profile(&rows, 0..rows.len());
            let parts = [0, 1, 2, 3].map(|p| profile(&rows, (0..rows.len()).filter(|&i| drawn[i].1 == p)));
            let merged = |order: [usize; 4]| {
                order.iter().fold(Profile::default(), |mut sum, &p| { sum.merge(&parts[p]); sum })
            };
            prop_assert_eq!(&merged([0, 1, 2, 3]), &whole);
            prop_assert_eq!(&merged([3, 1, 0, 2]), &whole);
            let mut left = parts[0].clone();
            left.merge(&parts[1]);
            let mut right = parts[2].clone();
            right.merge(&parts[3]);
            left.merge(&right);
            prop_assert_eq!(&left, &whole);
        }
    }
}
