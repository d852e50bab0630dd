//! Companies that look like fleets: resellers and the like.

use vigie_model::{Micros, known_labels};

use super::{Group, split};
use crate::world::dice::{Dice, opaque};
use crate::world::net::Origin;
use crate::world::people::{Life, Segment, live, own_domain, payment, sketch, somewhere};
use crate::world::plan::{Plan, Role};

/// A licensed reseller: an account per customer, one bill, one egress, ordinary customers.
pub(crate) fn reseller(plan: &mut Plan<'_>, group: &Group, dice: &mut Dice) {
    let home = somewhere(dice);
    let org = opaque("org_", dice.next(), 10);
    let (domain, bill) = (own_domain(dice, "com"), payment(dice));
    let egress = plan.infra.cloud(dice);
    let (start, end) = plan.window();
    for volume in split(group.volume, group.accounts, 1.2, dice) {
        let mut account = sketch(plan, home, dice);
        account.org_id = Some(org.clone());
        account.email_domain = Some(domain.clone());
        account.payment_fingerprint = Some(bill.clone());
        account.created_at = Some(Micros(start - (dice.exponential(120.0) * Micros::DAY as f64) as i64));
        account.labels.push(known_labels::LICENSED_RESELLER.to_owned());
        let index = plan.account(account);
        plan.join(index, group.network, Role::Pure);
        let segment = *dice.pick(&[Segment::Application, Segment::Casual, Segment::Power, Segment::Lists]);
        let mut origin = Origin::at(egress.clone(), dice.next());
        origin.trust = "trusted_proxy";
        let life = Life {
            segment,
            home,
            volume,
            window: (start, end),
            origin: Some(origin),
            network: Some(group.network),
        };
        live(plan, index, life, dice);
    }
}
