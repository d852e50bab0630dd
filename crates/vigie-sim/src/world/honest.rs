//! Fills a world with honest accounts until accounts and exchanges reach their targets.

use vigie_model::Account;

use super::dice::{Dice, opaque};
use super::net::{Origin, Place};
use super::people::{Life, Segment, live, mail, own_domain, payment, sketch, somewhere, whereabouts};
use super::plan::Plan;

/// Largest part of the honest volume that one account may take.
const ACCOUNT_SHARE_MAX: f64 = 0.015;

/// Who an account belongs together with, honestly.
struct Bond {
    left: usize,
    home: usize,
    org: Option<String>,
    domain: Option<String>,
    payment: String,
    place: Option<Place>,
}

/// Adds `accounts` honest accounts with about `exchanges` exchanges.
pub(crate) fn populate(plan: &mut Plan<'_>, accounts: usize, exchanges: usize, dice: &mut Dice) {
    let people: Vec<(Segment, f64)> = (0..accounts)
        .map(|_| {
            let segment = Segment::draw(dice);
            (segment, segment.volume(dice))
        })
        .collect();
    let volumes = fit(people.iter().map(|p| p.1).collect(), exchanges as f64);
    let mut bond: Option<Bond> = None;
    for ((segment, _), volume) in people.into_iter().zip(volumes) {
        if bond.as_ref().is_none_or(|b| b.left == 0) {
            bond = new_bond(plan, dice);
        }
        let home = bond.as_ref().map_or_else(|| somewhere(dice), |b| b.home);
        let mut account = sketch(plan, home, dice);
        let mut origin = None;
        if let Some(bond) = &mut bond {
            origin = tie(plan, bond, &mut account, dice);
            bond.left -= 1;
        }
        let window = plan.window();
        let from = account.created_at.map_or(window.0, |t| t.0.max(window.0));
        let until = if dice.chance(0.08) { dice.between(from, window.1).max(from) } else { window.1 };
        let index = plan.account(account);
        let volume = dice.round(volume).max(1);
        let life = Life { segment, home, volume, window: (from, until), origin, network: None };
        lives(plan, index, life, dice);
    }
}

/// One life, or two: some people come back after a pause, with a new machine, from another place, for something
/// else.
fn lives(plan: &mut Plan<'_>, account: u32, life: Life, dice: &mut Dice) {
    let (from, until) = life.window;
    if !dice.chance(0.08) || until <= from {
        live(plan, account, life, dice);
        return;
    }
    let back = dice.between(from + (until - from) / 4, until);
    let left = dice.between(from, back);
    let before = if dice.chance(0.3) { 0 } else { (life.volume as f64 * dice.unit()) as usize };
    let again = Segment::draw(dice);
    let (home, volume) = (life.home, life.volume.saturating_sub(before).max(1));
    live(plan, account, Life { volume: before, window: (from, left), ..life }, dice);
    let life = Life { segment: again, home, volume, window: (back, until), origin: None, network: None };
    live(plan, account, life, dice);
}

/// Scales relative volumes to a sum, with a floor of one and a ceiling.
fn fit(mut volumes: Vec<f64>, sum: f64) -> Vec<f64> {
    let ceiling = (sum * ACCOUNT_SHARE_MAX).max(20.0);
    for _ in 0..8 {
        let total: f64 = volumes.iter().sum();
        let scale = sum / total.max(1.0);
        volumes.iter_mut().for_each(|v| *v = (*v * scale).clamp(1.0, ceiling));
    }
    volumes
}

/// Now and then a family or a company begins.
fn new_bond(plan: &Plan<'_>, dice: &mut Dice) -> Option<Bond> {
    let roll = dice.unit();
    if roll > 0.055 {
        return None;
    }
    let home = somewhere(dice);
    if roll < 0.035 {
        let place = dice.chance(0.8).then(|| plan.infra.home(home, dice));
        return Some(Bond {
            left: 2 + dice.below(3),
            home,
            org: None,
            domain: None,
            payment: payment(dice),
            place,
        });
    }
    let end = *dice.pick(&["com", "io", "de", "co", "net"]);
    let place = match dice.unit() {
        u if u < 0.5 => Some(plan.infra.office(home, dice)),
        u if u < 0.7 => Some(plan.infra.vpn(dice)),
        _ => None,
    };
    Some(Bond {
        left: 3 + dice.zipf(40, 1.1),
        home,
        org: dice.chance(0.75).then(|| opaque("org_", dice.next(), 10)),
        domain: Some(own_domain(dice, end)),
        payment: payment(dice),
        place,
    })
}

fn tie(plan: &Plan<'_>, bond: &Bond, account: &mut Account, dice: &mut Dice) -> Option<Origin> {
    account.org_id.clone_from(&bond.org);
    if dice.chance(0.85) {
        account.payment_fingerprint = Some(bond.payment.clone());
    }
    account.email_domain = match &bond.domain {
        Some(domain) if dice.chance(0.93) => Some(domain.clone()),
        _ => Some(mail(dice)),
    };
    let place = bond.place.clone().filter(|_| dice.chance(0.8))?;
    let seed = dice.next();
    if dice.chance(0.4) {
        return Some(Origin::at(place, seed));
    }
    let mut own = whereabouts(plan, bond.home, dice);
    own.add(dice.range(0.5, 4.0), place);
    Some(own)
}
