//! Companies that look like fleets: resellers, and roll-outs to everybody at once.

use vigie_model::{Micros, known_labels};

use super::company::Company;
use super::{Group, split};
use crate::world::dice::Dice;
use crate::world::net::Origin;
use crate::world::people::{Life, Segment, live, whereabouts};
use crate::world::plan::Plan;

/// A licensed reseller: an account per customer, one bill, one egress, ordinary customers.
pub(crate) fn reseller(plan: &mut Plan<'_>, group: &Group, dice: &mut Dice) {
    let mut company = Company::draw("com", 0.9, dice);
    company.label = Some(known_labels::LICENSED_RESELLER);
    let egress = plan.infra.cloud(dice);
    for volume in split(group.volume, group.accounts, 1.2, dice) {
        let (account, window) = company.account(plan, group, dice);
        let segments = [Segment::Application, Segment::Casual, Segment::Power, Segment::Lists];
        let mut origin = Origin::at(egress.clone(), dice.next());
        origin.trust = "trusted_proxy";
        let life = Life {
            segment: *dice.pick(&segments),
            home: company.home,
            volume,
            window,
            origin: Some(origin),
            network: Some(group.network),
        };
        live(plan, account, life, dice);
    }
}

/// A company gives the model to all its people: sign-ups within hours or days, then everybody's own work.
pub(crate) fn rollout(plan: &mut Plan<'_>, group: &Group, dice: &mut Dice) {
    let mut company = Company::draw("com", 0.5, dice);
    if dice.chance(0.4) {
        company.bill = None;
    }
    let (start, end) = plan.window();
    company.enrolled = Some(start + ((end - start) as f64 * dice.range(-0.3, 0.6)) as i64);
    company.enrol_gap_s = dice.log_range(8.0, 1_500.0);
    let place = match dice.unit() {
        u if u < 0.5 => Some(plan.infra.office(company.home, dice)),
        u if u < 0.75 => Some(plan.infra.vpn(dice)),
        _ => None,
    };
    for volume in split(group.volume, group.accounts, 1.1, dice) {
        let (account, window) = company.account(plan, group, dice);
        if window.1 - window.0 < Micros::HOUR {
            continue;
        }
        let mut origin = whereabouts(plan, company.home, dice);
        if let Some(place) = &place {
            origin.add(dice.range(1.0, 8.0), place.clone());
        }
        let segments = [Segment::Casual, Segment::Casual, Segment::Power, Segment::Developer];
        let life = Life {
            segment: *dice.pick(&segments),
            home: company.home,
            volume,
            window,
            origin: Some(origin),
            network: Some(group.network),
        };
        live(plan, account, life, dice);
    }
}
