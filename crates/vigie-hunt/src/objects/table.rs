//! The objects table in memory: names interned, touches sorted, nothing left of the order in which rows came.

use rustc_hash::FxHashMap;
use vigie_model::{Micros, ObjectTouch};

use crate::Window;

/// Layers that are told apart; the names beyond share the last one.
const LAYERS_MAX: usize = 250;

/// One account touched one object at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) account: u32,
    pub(crate) object: u32,
    pub(crate) time: i64,
}

/// Every touch that counts, by account, object and time; accounts and objects numbered by name.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) accounts: Vec<Box<str>>,
    pub(crate) objects: Vec<Box<str>>,
    /// Layer of every object, as a number into `layers`.
    pub(crate) layer_of: Vec<u8>,
    pub(crate) layers: Vec<Box<str>>,
    pub(crate) rows: Vec<Row>,
    /// Where each account's rows begin.
    pub(crate) starts: Vec<usize>,
    pub(crate) duplicates: u64,
    pub(crate) outside_window: u64,
}

#[derive(Default)]
struct Interner {
    numbers: FxHashMap<Box<str>, u32>,
}

impl Interner {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.numbers.len() as u32;
        self.numbers.insert(name.into(), number);
        number
    }

    /// Names in order, and the rank of every number.
    fn sorted(self) -> (Vec<Box<str>>, Vec<u32>) {
        let mut named: Vec<(Box<str>, u32)> = self.numbers.into_iter().collect();
        named.sort_unstable();
        let mut rank = vec![0; named.len()];
        for (i, (_, number)) in named.iter().enumerate() {
            rank[*number as usize] = i as u32;
        }
        (named.into_iter().map(|(name, _)| name).collect(), rank)
    }
}

impl Table {
    /// Reads all touches. O(T log T); names are held once.
    pub(crate) fn read(
        touches: &mut dyn Iterator<Item = ObjectTouch>,
        window: Window,
        mut heard: impl FnMut(u64),
    ) -> Self {
        let mut table = Self::default();
        let (mut accounts, mut objects, mut layers) =
            (Interner::default(), Interner::default(), Interner::default());
        // Objects of different layers are different objects, whatever their names.
        let mut keys: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        let mut rows: Vec<Row> = Vec::new();
        for touch in touches {
            let early = window.since.is_some_and(|t| touch.timestamp < t);
            if early || window.until.is_some_and(|t| touch.timestamp >= t) {
                table.outside_window += 1;
                continue;
            }
            let layer = layers.number(touch.layer.as_deref().unwrap_or_default());
            let name = objects.number(&touch.object_id);
            let next = keys.len() as u32;
            let object = *keys.entry((layer, name)).or_insert(next);
            rows.push(Row { account: accounts.number(&touch.account_id), object, time: touch.timestamp.0 });
            if rows.len().is_multiple_of(65_536) {
                heard(65_536);
            }
        }
        heard(rows.len() as u64 % 65_536);
        let (names, account_rank) = accounts.sorted();
        let (object_names, name_rank) = objects.sorted();
        let (layer_names, layer_rank) = layers.sorted();
        let mut order: Vec<((u32, u32), u32)> = keys
            .into_iter()
            .map(|((l, o), key)| ((layer_rank[l as usize], name_rank[o as usize]), key))
            .collect();
        order.sort_unstable();
        let mut object_rank = vec![0; order.len()];
        for (i, (_, key)) in order.iter().enumerate() {
            object_rank[*key as usize] = i as u32;
        }
        for row in &mut rows {
            row.account = account_rank[row.account as usize];
            row.object = object_rank[row.object as usize];
        }
        rows.sort_unstable();
        let before = rows.len();
        rows.dedup();
        table.duplicates = (before - rows.len()) as u64;
        table.starts = starts(&rows, names.len());
        table.accounts = names;
        table.objects = order.iter().map(|((_, o), _)| object_names[*o as usize].clone()).collect();
        table.layer_of = order.iter().map(|((l, _), _)| (*l as usize).min(LAYERS_MAX) as u8).collect();
        table.layers = layer_names;
        table.layers.truncate(LAYERS_MAX + 1);
        table.rows = rows;
        table
    }

    /// The touches of one account, by object and time.
    pub(crate) fn of(&self, account: u32) -> &[Row] {
        &self.rows[self.starts[account as usize]..self.starts[account as usize + 1]]
    }

    /// First and last touch.
    pub(crate) fn span(&self) -> Option<(Micros, Micros)> {
        let times = || self.rows.iter().map(|r| r.time);
        Some((Micros(times().min()?), Micros(times().max()?)))
    }

    /// The account that an object is, where it is one.
    pub(crate) fn account_named(&self, object: u32) -> Option<u32> {
        self.accounts.binary_search(&self.objects[object as usize]).ok().map(|a| a as u32)
    }
}

fn starts(rows: &[Row], accounts: usize) -> Vec<usize> {
    let mut starts = vec![0; accounts + 1];
    for row in rows {
        starts[row.account as usize + 1] += 1;
    }
    for a in 0..accounts {
        starts[a + 1] += starts[a];
    }
    starts
}

#[cfg(test)]
mod tests {
    use vigie_model::{Micros, ObjectTouch};

    use super::Table;
    use crate::Window;

    fn touch(account: &str, object: &str, time: i64, layer: Option<&str>) -> ObjectTouch {
        ObjectTouch {
            account_id: account.to_owned(),
            object_id: object.to_owned(),
            timestamp: Micros(time),
            layer: layer.map(str::to_owned),
        }
    }

    #[test]
    fn identical_touches_count_once_and_layers_keep_objects_apart() {
        let rows = [
            touch("b", "x", 5, Some("url")),
            touch("a", "x", 5, Some("tag")),
            touch("b", "x", 5, Some("url")),
            touch("b", "x", 9, Some("url")),
        ];
        let window = Window { since: None, until: Some(Micros(9)) };
        let table = Table::read(&mut rows.into_iter(), window, |_| {});
        assert_eq!((table.duplicates, table.outside_window), (1, 1));
        assert_eq!((table.rows.len(), table.objects.len()), (2, 2));
        assert_eq!(table.of(1).len(), 1);
    }

    #[test]
    fn an_object_that_is_an_account_is_known_as_one() {
        let rows = [touch("a", "b", 1, None), touch("b", "z", 1, None)];
        let table = Table::read(&mut rows.into_iter(), Window::default(), |_| {});
        let named: Vec<_> = (0..2).map(|o| table.account_named(o)).collect();
        assert_eq!(named, [Some(1), None]);
    }
}
