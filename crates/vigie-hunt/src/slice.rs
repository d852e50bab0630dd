//! Which exchanges of its members belong to a cluster.

use std::ops::Range;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};
use vigie_model::Layer;

use crate::cluster::{Cluster, Index, Mark};
use crate::matched::cross_similarity;
use crate::population::Population;
use crate::rows::Rows;
use crate::touch::{ObjectKind, content_objects, harness_objects, origin_objects};

/// Objects by motif, to turn characteristic motifs back into what rows carry.
pub(crate) struct MotifObjects {
    starts: Vec<u32>,
    objects: Vec<u32>,
}

impl MotifObjects {
    /// Inverts the motif of every object. O(objects).
    pub(crate) fn new(motif_of: &[u32], motifs: usize) -> Self {
        let mut starts = vec![0u32; motifs + 1];
        motif_of.iter().for_each(|&m| starts[m as usize + 1] += 1);
        for i in 0..motifs {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut objects = vec![0; motif_of.len()];
        for (object, &m) in motif_of.iter().enumerate() {
            objects[next[m as usize] as usize] = object as u32;
            next[m as usize] += 1;
        }
        Self { starts, objects }
    }

    pub(crate) fn of(&self, motif: u32) -> &[u32] {
        &self.objects[self.starts[motif as usize] as usize..self.starts[motif as usize + 1] as usize]
    }
}

/// The exchanges of one cluster.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Slice {
    /// Rows per member, in the order of the cluster's members, ascending.
    pub(crate) rows: Vec<Vec<usize>>,
    /// Rows that bear a characteristic object of content.
    pub(crate) wrapped: usize,
    /// Whether content tells the slice; otherwise it is where the members meet, or all that they do.
    pub(crate) by_content: bool,
}

impl Slice {
    /// Number of exchanges.
    pub(crate) fn len(&self) -> usize {
        self.rows.iter().map(Vec::len).sum()
    }
}

/// Evidence that makes an exchange part of the slice, in nats.
const ROW_STRENGTH_MIN: f32 = 1.5;
/// Share of the members' traffic below which content marks are only a sliver of what they do.
const SLIVER: f64 = 0.05;
/// Members that give most of their traffic to the slice give all of it.
pub(crate) const WHOLE_SHARE: f64 = 0.85;

/// Whether an exchange with this evidence bears the cluster's mark.
pub(crate) fn row_bears(strength: f32) -> bool {
    strength >= ROW_STRENGTH_MIN
}

/// Characteristic objects with their lifts.
pub(crate) struct Lifts {
    content: Side,
    origin: Side,
}

impl Lifts {
    /// Turns characteristic motifs back into the objects that rows carry.
    pub(crate) fn new(index: &Index<'_>, marks: &[Mark]) -> Self {
        let of = |layers: &'static [Layer]| {
            Side::of_marks(index, marks.iter().filter(|m| layers.contains(&index.kind(m.motif).layer())))
        };
        Self { content: of(&[Layer::Content]), origin: of(&[Layer::Infrastructure, Layer::Client]) }
    }
}

/// Characteristic objects of some layers. Rows are asked for twenty objects each, of which hardly one is here: a table
/// of bits says so for most before the object's id is worked out and searched for.
pub(crate) struct Side {
    /// By id.
    lifts: FxHashMap<u64, f32>,
    /// A bit for the lowest bits of the hash of every object that is here; the highest say which phrases are sampled.
    maybe: Vec<u64>,
}

impl Side {
    /// The objects behind marks.
    pub(crate) fn of_marks<'m>(index: &Index<'_>, marks: impl Iterator<Item = &'m Mark>) -> Self {
        let object = |lift: f32, object: u32| {
            let (id, kind) = (index.objects.id(object as usize), index.objects.kind(object as usize));
            (id, ObjectKind::from_code(kind).hash(id), lift)
        };
        let objects = marks.flat_map(|m| index.by_motif.of(m.motif).iter().map(move |&o| object(m.lift, o)));
        Self::new(&objects.collect::<Vec<_>>())
    }

    /// From ids, hashes and lifts.
    fn new(objects: &[(u64, u64, f32)]) -> Self {
        // Sixteen bits an object: at most one stranger in sixteen is searched for in vain.
        let bits = (objects.len() * 16).next_power_of_two().max(64);
        let mut side = Self { lifts: FxHashMap::default(), maybe: vec![0; bits / 64] };
        for &(id, hash, lift) in objects {
            let (word, bit) = side.place(hash);
            side.maybe[word] |= bit;
            side.lifts.insert(id, lift);
        }
        side
    }

    fn is_empty(&self) -> bool {
        self.lifts.is_empty()
    }

    /// Word and bit of a hash in `maybe`, whose length is a power of two.
    #[inline]
    fn place(&self, hash: u64) -> (usize, u64) {
        ((hash >> 6) as usize & (self.maybe.len() - 1), 1 << (hash % 64))
    }

    /// The object's lift; 0 where it is not characteristic.
    #[inline]
    pub(crate) fn of(&self, kind: ObjectKind, hash: u64) -> f32 {
        let (word, bit) = self.place(hash);
        if self.maybe[word] & bit == 0 {
            return 0.0;
        }
        self.lifts.get(&kind.object(hash)).copied().unwrap_or(0.0)
    }
}

/// Finds the slice. O(objects of the members' rows).
pub(crate) fn slice(index: &Index<'_>, population: &Population, cluster: &Cluster) -> Slice {
    let lifts = Lifts::new(index, &cluster.marks);
    let rows = &index.view.lake.rows;
    let intruded = cluster.members.iter().filter(|&&a| population.takeovers[a as usize].is_some()).count();
    if intruded * 2 >= cluster.members.len() {
        return intrusion(index, population, cluster, &lifts);
    }
    let pick = |weigh: &(dyn Fn(&Rows, usize) -> f32 + Sync)| -> Vec<Vec<usize>> {
        let range = |&a: &u32| index.view.ranges[a as usize].clone();
        cluster
            .members
            .par_iter()
            .map(range)
            .map(|r| r.filter(|&row| row_bears(weigh(rows, row))).collect())
            .collect()
    };
    let by_content = pick(&|rows, row| content_strength(rows, row, &lifts));
    let wrapped: usize = by_content.iter().map(Vec::len).sum();
    let carriers = by_content.iter().filter(|r| !r.is_empty()).count();
    let everything: usize = cluster.members.iter().map(|&a| index.view.exchanges[a as usize] as usize).sum();
    // A sliver of shared wording in traffic that is alike as a whole: the whole is the job.
    let sliver = (wrapped as f64) < SLIVER * everything as f64 && alike(population, cluster);
    if carriers * 2 >= cluster.members.len() && !sliver {
        return Slice { rows: widen(index, cluster, by_content), wrapped, by_content: true };
    }
    // A wording that stands in the system prompt alone.
    let framing =
        Side::of_marks(index, cluster.marks.iter().filter(|m| index.kind(m.motif).layer() == Layer::Harness));
    if !framing.is_empty() && !sliver {
        let by_frame = pick(&|_, row| framing_strength(index, row, &framing));
        let framed = by_frame.iter().filter(|r| !r.is_empty()).count();
        if framed * 2 >= cluster.members.len() {
            return Slice { rows: widen(index, cluster, by_frame), wrapped, by_content: true };
        }
    }
    let by_origin = pick(&|rows, row| origin_strength(rows, row, &lifts));
    let met = by_origin.iter().filter(|r| !r.is_empty()).count();
    let rows = if met * 2 >= cluster.members.len() {
        widen(index, cluster, by_origin)
    } else {
        all_rows(index, cluster)
    };
    Slice { rows, wrapped, by_content: false }
}

/// Everything that the members did.
pub(crate) fn all_rows(index: &Index<'_>, cluster: &Cluster) -> Vec<Vec<usize>> {
    cluster.members.iter().map(|&a| index.view.ranges[a as usize].clone().collect()).collect()
}

/// What intruders did: everything that their client sent. Where the account alone does not show an intrusion, theirs is
/// a client that broke into others of the cluster, else one whose exchanges bear the marks and that came to an account
/// which had another before; where there is none, what bears the marks.
fn intrusion(index: &Index<'_>, population: &Population, cluster: &Cluster, lifts: &Lifts) -> Slice {
    let rows = &index.view.lake.rows;
    let takeover = |a: u32| population.takeovers[a as usize];
    let intruders: FxHashSet<u64> =
        cluster.members.iter().filter_map(|&a| Some(takeover(a)?.client)).collect();
    let bears = |row: &usize| row_bears(content_strength(rows, *row, lifts));
    let of = |&a: &u32| -> (Vec<usize>, usize) {
        let range = index.view.ranges[a as usize].clone();
        let marked: Vec<usize> = range.clone().filter(bears).collect();
        let theirs = match takeover(a) {
            Some(takeover) => vec![takeover.client],
            None => {
                let sent = range.clone().map(|row| (rows.client[row], marked.binary_search(&row).is_ok()));
                clients_of(sent, &intruders)
            }
        };
        let sent = |row: &usize| theirs.contains(&rows.client[*row]);
        let picked = if theirs.is_empty() { marked.clone() } else { range.filter(sent).collect() };
        let wrapped = picked.iter().filter(|row| marked.binary_search(row).is_ok()).count();
        (picked, wrapped)
    };
    let of_members: Vec<(Vec<usize>, usize)> = cluster.members.par_iter().map(of).collect();
    let wrapped = of_members.iter().map(|(_, wrapped)| wrapped).sum();
    Slice { rows: of_members.into_iter().map(|(rows, _)| rows).collect(), wrapped, by_content: false }
}

/// Part of a client's exchanges that must bear the marks for it to be an intruder's: where the account had another
/// before, and where it has no other.
const INTRUDERS_OWN: [f64; 2] = [0.2, 0.5];

/// The clients of an account that an intruder used, from the client of each of its exchanges, in order, and whether the
/// exchange bears the marks: those of `intruders`, else any that often bear them and came after the account had
/// another, or are its only one. O(exchanges).
fn clients_of(sent: impl Iterator<Item = (u64, bool)>, intruders: &FxHashSet<u64>) -> Vec<u64> {
    let mut counts: FxHashMap<u64, (usize, usize)> = FxHashMap::default();
    let mut owners = None;
    for (client, bears) in sent {
        owners.get_or_insert(client);
        if client != 0 {
            let (all, bearing) = counts.entry(client).or_default();
            *all += 1;
            *bearing += usize::from(bears);
        }
    }
    let known: Vec<u64> = counts.keys().copied().filter(|client| intruders.contains(client)).collect();
    if !known.is_empty() {
        return known;
    }
    let only = counts.len() == 1;
    let theirs = |&(client, (all, bearing)): &(&u64, &(usize, usize))| {
        (only || owners != Some(*client)) && *bearing as f64 >= INTRUDERS_OWN[usize::from(only)] * *all as f64
    };
    counts.iter().filter(theirs).map(|(client, _)| *client).collect()
}

/// Whether the members' whole traffic is far more alike than the population's.
fn alike(population: &Population, cluster: &Cluster) -> bool {
    let vectors = || cluster.members.iter().map(|&a| &population.embeddings[a as usize]);
    cross_similarity(vectors()) >= 3.0 * population.similarity.max(0.01)
}

/// Gives all of who gave most.
pub(crate) fn widen(index: &Index<'_>, cluster: &Cluster, picked: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    let whole = |a: u32| -> Range<usize> { index.view.ranges[a as usize].clone() };
    cluster
        .members
        .iter()
        .zip(picked)
        .map(
            |(&a, rows)| {
                if rows.len() as f64 >= WHOLE_SHARE * whole(a).len() as f64 {
                    whole(a).collect()
                } else {
                    rows
                }
            },
        )
        .collect()
}

/// The best characteristic system prompt, phrase of one or tool set of a row.
fn framing_strength(index: &Index<'_>, row: usize, own: &Side) -> f32 {
    let mut best = 0.0f32;
    harness_objects(index.view.lake, row, |kind, hash| best = best.max(own.of(kind, hash)));
    best
}

/// The best characteristic object of a row, plus half the next best.
pub(crate) fn content_strength(rows: &Rows, row: usize, lifts: &Lifts) -> f32 {
    if lifts.content.is_empty() {
        return 0.0;
    }
    let mut best = [0.0f32; 2];
    content_objects(rows, row, |kind, hash| {
        let lift = lifts.content.of(kind, hash);
        if lift > best[0] {
            best = [lift, best[0]];
        } else if lift > best[1] {
            best[1] = lift;
        }
    });
    best[0] + 0.5 * best[1]
}

/// The best characteristic origin of a row.
pub(crate) fn origin_strength(rows: &Rows, row: usize, lifts: &Lifts) -> f32 {
    if lifts.origin.is_empty() {
        return 0.0;
    }
    let mut best = 0.0f32;
    origin_objects(rows, row, |kind, hash| {
        best = best.max(lifts.origin.of(kind, hash));
    });
    best
}

#[cfg(test)]
mod tests {
    use rustc_hash::FxHashSet;

    use super::clients_of;

    #[test]
    fn an_intruders_client_is_known_from_others_or_came_late_and_bears_the_marks() {
        let clients = |sent: &[(u64, bool)], intruders: &[u64]| {
            clients_of(sent.iter().copied(), &intruders.iter().copied().collect::<FxHashSet<u64>>())
        };
        let owner_then = |client: u64, bears: bool| [(1, true), (1, false), (client, bears), (client, false)];
        assert_eq!(clients(&owner_then(2, false), &[2]), [2], "it broke into others");
        assert_eq!(
            clients(&owner_then(2, true), &[]),
            [2],
            "it came late and half of what it sends bears them"
        );
        assert!(
            clients(&owner_then(2, false), &[]).is_empty(),
            "nothing tells it, and the owner's is not theirs"
        );
        assert_eq!(clients(&[(3, true), (3, true), (3, false)], &[]), [3], "the owner never came");
        assert!(
            clients(&[(3, true), (3, false), (3, false)], &[]).is_empty(),
            "too little for an only client"
        );
        assert!(clients(&[(0, true), (0, true)], &[]).is_empty(), "nobody saw a client");
    }
}
