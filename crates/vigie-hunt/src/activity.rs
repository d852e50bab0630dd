//! What every account did, stretch by stretch, for those who look at an account afterwards. Nothing is judged here.

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};
use vigie_graph::Link;
use vigie_model::{AccountActivity, ActivityBucket, ActivityLink, Layer, Micros, Severity, Stretches};

use crate::assemble::Judged;
use crate::cluster::Index;
use crate::rows::Flags;

/// Links that are kept of each member.
const LINKS_KEPT: usize = 5;

/// What judged campaigns say of an account.
#[derive(Default)]
struct Named {
    /// Its rows that belong to them, ascending, each once.
    rows: Vec<usize>,
    /// Its links to other members, by number of the other.
    links: FxHashMap<u32, (f32, u8)>,
}

/// The activity of every account with rows in the window, in the order of their ids. O(rows + links of members); the
/// answer takes at most 32 bytes a row, a tenth of what the lake holds.
pub(crate) fn of_accounts(index: &Index<'_>, judged: &[Judged], links: &[Link]) -> Vec<AccountActivity> {
    let named = named(judged, links);
    let (first, end) = index.view.span;
    let stretches = Stretches::new(Micros(first), Micros(end));
    (0..index.view.accounts())
        .into_par_iter()
        .filter(|&account| index.view.exchanges[account] > 0)
        .map(|account| one(index, account, stretches, named.get(&(account as u32))))
        .collect()
}

/// What campaigns that accuse say of their members.
fn named(judged: &[Judged], links: &[Link]) -> FxHashMap<u32, Named> {
    let mut named: FxHashMap<u32, Named> = FxHashMap::default();
    for judged in judged.iter().filter(|j| j.judgement.severity > Severity::None) {
        let members = &judged.cluster.members;
        for (&account, rows) in members.iter().zip(&judged.slice.rows) {
            named.entry(account).or_default().rows.extend(rows);
        }
        let inside: FxHashSet<u32> = members.iter().copied().collect();
        for &a in members {
            // Links are sorted by their first account.
            let of = &links[links.partition_point(|l| l.a < a)..links.partition_point(|l| l.a <= a)];
            for link in of.iter().filter(|l| inside.contains(&l.b)) {
                for (one, other) in [(link.a, link.b), (link.b, link.a)] {
                    named.entry(one).or_default().links.insert(other, (link.weight, link.strongest));
                }
            }
        }
    }
    for one in named.values_mut() {
        one.rows.sort_unstable();
        one.rows.dedup();
    }
    named
}

fn one(index: &Index<'_>, account: usize, stretches: Stretches, named: Option<&Named>) -> AccountActivity {
    let (lake, range) = (index.view.lake, index.view.ranges[account].clone());
    let rows = &lake.rows;
    let mut timeline: Vec<ActivityBucket> = Vec::new();
    let mut networks: FxHashSet<u64> = FxHashSet::default();
    let mut of_campaigns = named.map_or(&[][..], |n| &n.rows).iter().peekable();
    for row in range.clone() {
        let start = stretches.start(stretches.at(Micros(rows.time[row])));
        if timeline.last().is_none_or(|bucket| bucket.start != start) {
            timeline.push(ActivityBucket { start, ..ActivityBucket::default() });
        }
        if let Some(bucket) = timeline.last_mut() {
            bucket.exchanges += 1;
            bucket.campaign_exchanges += u32::from(of_campaigns.next_if_eq(&&row).is_some());
            bucket.refused += u32::from(rows.flags[row].has(Flags::REFUSED));
            bucket.tokens += u64::from(rows.input_tokens[row]) + u64::from(rows.output_tokens[row]);
        }
        if rows.network[row] != 0 {
            networks.insert(rows.network[row]);
        }
    }
    let tokens: u64 = timeline.iter().map(|bucket| bucket.tokens).sum();
    let name = |account: u32| lake.accounts[account as usize].to_string();
    AccountActivity {
        account_id: name(account as u32),
        first_seen: Micros(rows.time[range.start]),
        last_seen: Micros(rows.time[range.end - 1]),
        exchanges: range.len() as u64,
        refused: timeline.iter().map(|bucket| u64::from(bucket.refused)).sum(),
        tokens: (tokens > 0).then_some(tokens),
        networks: Some(networks.len() as u64).filter(|&n| n > 0),
        timeline,
        links: named.map_or_else(Vec::new, |n| strongest(n, name)),
    }
}

fn strongest(named: &Named, name: impl Fn(u32) -> String) -> Vec<ActivityLink> {
    let mut links: Vec<(u32, f32, u8)> =
        named.links.iter().map(|(&to, &(w, layer))| (to, w, layer)).collect();
    links.sort_unstable_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
    links.truncate(LINKS_KEPT);
    let link = |(to, weight, layer): (u32, f32, u8)| ActivityLink {
        account_id: name(to),
        weight: f64::from(weight),
        layer: Layer::ALL[usize::from(layer)],
    };
    links.into_iter().map(link).collect()
}
