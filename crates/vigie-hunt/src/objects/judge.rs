//! Who belongs to a group in the end, and which innocent explanation accounts for it.

use rustc_hash::{FxHashMap, FxHashSet};
use vigie_model::{Alternative, Explained, Severity};

use super::groups::{Found, Group, View};
use super::incidence::Incidence;
use super::links::holders_max;
use super::table::Table;

/// Fewest accounts that accuse when all they have in common is that they deal with each other: friends, couples and
/// one person's wallets do. In labelled airdrop data groups of 4–7 are honest three times in four.
const CONTACT_ACCOUNTS_MIN: usize = 8;
/// A log whose middle nine tenths are shorter than this shows one event only, in which a crowd looks like a crew.
const ONE_EVENT_MICROS: i64 = 6 * 3_600_000_000;
/// Part of an account's contacts that must lie in a group for the account to be taken in.
const TAKE_IN_SHARE: f64 = 0.3;
/// Accounts with more contacts are never taken in: they deal with everybody.
const TAKE_IN_DEGREE_MAX: u32 = 20;
/// How many steps from the group accounts are taken in.
const TAKE_IN_ROUNDS: usize = 3;

/// A group with what was made of it.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) group: Group,
    /// Accounts taken in because of whom they deal with; sorted.
    pub(crate) taken_in: Vec<u32>,
    /// Objects that hold the group together, sorted.
    pub(crate) objects: Vec<u32>,
    pub(crate) severity: Severity,
    pub(crate) alternatives: Vec<Alternative>,
}

impl Judged {
    /// Members and accounts taken in.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = u32> {
        self.group.members.iter().chain(&self.taken_in).copied()
    }
}

/// Judges every group that is more than chance; strongest first. A group that another one holds adds to that one.
pub(crate) fn judge(table: &Table, incidence: &Incidence, found: &Found, alpha: f64) -> Vec<Judged> {
    let neighbours = Neighbours::new(incidence);
    let short = one_event(table);
    let surprising: Vec<&Group> = found.groups.iter().filter(|g| g.q <= alpha).collect();
    let mut judged = Vec::new();
    for group in &surprising {
        let holds = |other: &Group| group.view != other.view && held_by(other, group) >= 0.8;
        let both = surprising.iter().any(|other| holds(other));
        let within = surprising.iter().any(|o| {
            o.view != group.view
                && !cleared(o, short)
                && held_by(group, o) >= 0.8
                && (o.members.len(), o.view) > (group.members.len(), group.view)
        });
        if within {
            continue;
        }
        let objects = objects(table, incidence, group);
        let mut layers: Vec<u8> = objects.iter().map(|&o| incidence.layer(o)).collect();
        layers.sort_unstable();
        layers.dedup();
        let layers = layers.len() + usize::from(both);
        let alternatives = alternatives(incidence, group, &objects, layers, short);
        let severity = if alternatives.iter().any(|a| a.explained == Explained::Yes) {
            Severity::None
        } else if layers >= 2 || group.members.len() >= 20 {
            Severity::Medium
        } else {
            Severity::Low
        };
        // Who deals with a crew that is joined by other things need not know of it.
        let taken_in = match (severity, group.view) {
            (Severity::None, _) | (_, View::Coincidence) => Vec::new(),
            _ => neighbours.take_in(&group.members),
        };
        judged.push(Judged { group: (*group).clone(), taken_in, objects, severity, alternatives });
    }
    judged.sort_by_key(|j| std::cmp::Reverse(j.severity));
    judged
}

/// Whether the group alone accuses nobody.
fn cleared(group: &Group, short: bool) -> bool {
    match group.view {
        View::Contact => group.members.len() < CONTACT_ACCOUNTS_MIN,
        View::Coincidence => short,
    }
}

/// Part of a group's members that another group has.
fn held_by(group: &Group, other: &Group) -> f64 {
    let shared = group.members.iter().filter(|a| other.members.binary_search(a).is_ok()).count();
    shared as f64 / group.members.len().max(1) as f64
}

/// Rare objects that at least two members hold; for contacts, the members as objects.
fn objects(table: &Table, incidence: &Incidence, group: &Group) -> Vec<u32> {
    let mut held: FxHashMap<u32, usize> = FxHashMap::default();
    let most = holders_max(incidence.accounts());
    for &a in &group.members {
        match group.view {
            View::Coincidence => {
                incidence.of(a).iter().for_each(|h| *held.entry(h.object).or_default() += 1);
            }
            View::Contact => {
                let rows = table.of(a).chunk_by(|x, y| x.object == y.object);
                for run in rows {
                    let other = table.account_named(run[0].object);
                    if other.is_some_and(|b| group.members.binary_search(&b).is_ok()) {
                        *held.entry(run[0].object).or_default() += 2;
                    }
                }
            }
        }
    }
    let rare = |o: u32| group.view == View::Contact || incidence.holders(o).len() <= most;
    let mut objects: Vec<u32> =
        held.into_iter().filter(|&(o, k)| k >= 2 && rare(o)).map(|(o, _)| o).collect();
    objects.sort_unstable();
    objects
}

fn one_event(table: &Table) -> bool {
    let mut times: Vec<i64> = table.rows.iter().map(|r| r.time).collect();
    times.sort_unstable();
    let at = |share: f64| times.get((share * times.len() as f64) as usize).copied().unwrap_or_default();
    at(0.95) - at(0.05) < ONE_EVENT_MICROS
}

fn alternatives(
    incidence: &Incidence,
    group: &Group,
    objects: &[u32],
    layers: usize,
    short: bool,
) -> Vec<Alternative> {
    let size = group.members.len();
    match group.view {
        View::Contact => vec![alternative(
            "dealings",
            if cleared(group, short) { Explained::Yes } else { Explained::No },
            "Friends, families and one person's accounts deal with each other.".to_owned(),
            format!(
                "{size} accounts that appeared close in time deal with each other and hardly with others."
            ),
        )],
        View::Coincidence => {
            let inside = |o: &u32| {
                let holders = incidence.holders(*o);
                let members = holders.iter().filter(|a| group.members.binary_search(a).is_ok()).count();
                members as f64 / holders.len() as f64
            };
            let pure = objects.iter().filter(|o| inside(o) >= 0.5).count();
            let popular = if pure * 2 >= objects.len() { Explained::No } else { Explained::Partly };
            vec![
                alternative(
                    "flash-crowd",
                    if cleared(group, short) { Explained::Yes } else { Explained::No },
                    "Crowds touch the same things when something happens.".to_owned(),
                    match short {
                        true => String::new(),
                        false => "The group is tighter than the population's own rush hours make likely."
                            .to_owned(),
                    },
                ),
                alternative(
                    "popular-objects",
                    popular,
                    format!(
                        "{} of {} shared objects are touched mostly by others.",
                        objects.len() - pure,
                        objects.len()
                    ),
                    format!("{pure} of {} shared objects are touched mostly by the group.", objects.len()),
                ),
                alternative(
                    "one-place",
                    if layers >= 2 { Explained::No } else { Explained::Partly },
                    "People of one place or one trade share one kind of object.".to_owned(),
                    format!("The group shares objects of {layers} kinds."),
                ),
            ]
        }
    }
}

fn alternative(name: &str, explained: Explained, speaks_for: String, speaks_against: String) -> Alternative {
    let said = |text: String| if text.is_empty() { Vec::new() } else { vec![text] };
    let speaks_against = if explained == Explained::Yes { Vec::new() } else { said(speaks_against) };
    Alternative { name: name.to_owned(), explained, speaks_for: said(speaks_for), speaks_against }
}

/// Everybody's contacts, rare or not.
struct Neighbours(Vec<Vec<u32>>);

impl Neighbours {
    fn new(incidence: &Incidence) -> Self {
        let mut of = vec![Vec::new(); incidence.accounts()];
        for &(a, b) in &incidence.contacts {
            of[a as usize].push(b);
            of[b as usize].push(a);
        }
        Self(of)
    }

    /// Accounts a good part of whose contacts lie in the group, step by step.
    fn take_in(&self, members: &[u32]) -> Vec<u32> {
        let mut inside: FxHashSet<u32> = members.iter().copied().collect();
        let mut taken: Vec<u32> = Vec::new();
        let mut edge: Vec<u32> = members.to_vec();
        for _ in 0..TAKE_IN_ROUNDS {
            let mut near: Vec<u32> = edge
                .iter()
                .flat_map(|&a| &self.0[a as usize])
                .copied()
                .filter(|a| !inside.contains(a))
                .collect();
            near.sort_unstable();
            near.dedup();
            near.retain(|&a| {
                let of = &self.0[a as usize];
                let shared = of.iter().filter(|b| inside.contains(b)).count();
                of.len() <= TAKE_IN_DEGREE_MAX as usize && shared as f64 >= TAKE_IN_SHARE * of.len() as f64
            });
            inside.extend(&near);
            taken.extend(&near);
            edge = near;
        }
        taken.sort_unstable();
        taken
    }
}
