//! Accounts that are tied to a campaign by things that few of its members have. In a large operation each payment and
//! each address serves a handful, so that none is [characteristic](crate::cluster::Mark) of the whole, and who asked once
//! or twice shares too little with it to be linked.

use rustc_hash::FxHashMap;
use vigie_model::Layer;

use crate::cluster::{Cluster, Index, Mark, held};
use crate::touch::ObjectKind;

/// Fewest members that must share a thing for it to tie somebody else to them.
const MEMBERS_MIN: u32 = 2;
/// Part of a thing's holders that must be members.
const PART_MIN: f64 = 0.2;
/// The same of minutes in which they signed up: on a busy day anybody does.
const MINUTES_PART_MIN: f64 = 0.5;

/// Accounts outside a cluster that share payments, addresses, networks, domains or the minutes of their sign-up with its
/// members, strongest first. Being tied proves nothing; it says whom to compare with the members.
/// O(members' motifs and their holders).
pub(crate) fn tied(index: &Index<'_>, cluster: &Cluster) -> Vec<u32> {
    let ties = |held: &Mark| {
        let kind = index.kind(held.motif);
        let part = if kind == ObjectKind::SignUpMinutes { MINUTES_PART_MIN } else { PART_MIN };
        matches!(kind.layer(), Layer::Payment | Layer::SignUp | Layer::Infrastructure)
            && held.members >= MEMBERS_MIN
            && f64::from(held.members) >= part * index.motifs.holders(held.motif).len() as f64
    };
    let mut tied: FxHashMap<u32, f32> = FxHashMap::default();
    for held in held(index, &cluster.members).into_iter().filter(ties) {
        let holders = index.motifs.holders(held.motif).iter();
        for &account in holders.filter(|a| cluster.members.binary_search(a).is_err()) {
            *tied.entry(account).or_default() += held.lift;
        }
    }
    let mut tied: Vec<(u32, f32)> = tied.into_iter().collect();
    tied.sort_unstable_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
    tied.into_iter().map(|(account, _)| account).collect()
}

#[cfg(test)]
mod tests {
    use vigie_model::{Account, Exchange, Micros};

    use super::tied;
    use crate::cluster::gather;
    use crate::pipeline::cluster;
    use crate::staged::folded;
    use crate::{Quiet, Settings, SideTables, Window};

    /// Accounts of 640 that are tied to the even ones of the first 80, of whom sixty come from one address each ten and
    /// twenty pay with one purse each four; everybody else has both to himself. The next 80 signed up with them, eight at
    /// a time.
    #[test]
    fn who_pays_as_a_few_members_do_is_tied_and_who_signed_up_with_them_is_not() {
        let name = |i: u64| format!("account {i:03}");
        let address = |i: u64| if i < 60 { i / 10 } else { i };
        let exchange = |i: u64| Exchange {
            event_id: name(i),
            account_id: name(i),
            timestamp: Micros((100 + i as i64) * Micros::DAY / 10),
            client_address: Some(format!("10.{}.{}.9", address(i) % 250, address(i) / 250)),
            user_agent: Some(format!("client of {i}")),
            ..Exchange::default()
        };
        let purse = |i: u64| if (60..80).contains(&i) { i / 4 } else { 1000 + i };
        let minutes = |i: u64| if i < 160 { i % 80 / 4 } else { i };
        let known = |i| Account {
            account_id: name(i),
            payment_fingerprint: Some(purse(i).to_string()),
            created_at: Some(Micros(minutes(i) as i64 * Micros::DAY / 8)),
            ..Account::default()
        };
        let lake = folded(&(0..640).map(exchange).collect::<Vec<_>>());
        let side = SideTables { accounts: (0..640).map(known).collect(), models: Vec::new() };
        cluster(&lake, &side, Window::default(), &Settings::default(), &Quiet, |found| {
            let members: Vec<u32> = (0..80).filter(|i| i % 2 == 0).collect();
            let mut tied = tied(found.index, &gather(found.index, members, &found.cutting));
            tied.sort_unstable();
            let odd: Vec<u32> = (0..80).filter(|i| i % 2 == 1).collect();
            assert_eq!(tied, odd);
        });
    }
}
