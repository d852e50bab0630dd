//! What accounts of one organisation have in common.

use std::sync::Arc;

use vigie_model::Micros;

use super::Group;
use crate::world::client::{Client, Software};
use crate::world::clock::{Shape, cron_times, talk_times};
use crate::world::dice::{Dice, opaque};
use crate::world::net::Origin;
use crate::world::people::{own_domain, params, payment, rhythm, sketch, somewhere};
use crate::world::plan::{Plan, Role, Stream, Voice};
use crate::world::text::Speaker;

/// An organisation: who pays, under which name and domain, with which labels.
pub(crate) struct Company {
    pub(crate) home: usize,
    pub(crate) org: Option<String>,
    pub(crate) domain: String,
    pub(crate) bill: Option<String>,
    pub(crate) label: Option<&'static str>,
    /// When everybody signed up, where that was at once.
    pub(crate) enrolled: Option<i64>,
    /// Seconds between sign-ups then.
    pub(crate) enrol_gap_s: f64,
}

impl Company {
    /// Draws one; `named` is the probability that the operator knows the organisation.
    pub(crate) fn draw(end: &str, named: f64, dice: &mut Dice) -> Self {
        Self {
            home: somewhere(dice),
            org: dice.chance(named).then(|| opaque("org_", dice.next(), 10)),
            domain: own_domain(dice, end),
            bill: Some(payment(dice)),
            label: None,
            enrolled: None,
            enrol_gap_s: 60.0,
        }
    }

    /// One more account, and its time in the log.
    pub(crate) fn account(
        &mut self,
        plan: &mut Plan<'_>,
        group: &Group,
        dice: &mut Dice,
    ) -> (u32, (i64, i64)) {
        let mut account = sketch(plan, self.home, dice);
        account.org_id.clone_from(&self.org);
        if dice.chance(0.92) {
            account.email_domain = Some(self.domain.clone());
        }
        if self.bill.is_some() {
            account.payment_fingerprint.clone_from(&self.bill);
        }
        account.labels.extend(self.label.map(str::to_owned));
        let (start, end) = plan.window();
        if let Some(at) = &mut self.enrolled {
            *at += (dice.lognormal(self.enrol_gap_s, 0.8) * Micros::SECOND as f64) as i64;
            *at = (*at).min(end - Micros::HOUR);
            account.created_at = Some(Micros(*at));
        }
        let from = account.created_at.map_or(start, |t| t.0.max(start));
        let index = plan.account(account);
        plan.join(index, group.network, Role::Pure);
        (index, (from, end))
    }
}

/// A stream of a program on an account of a group.
pub(crate) fn program(
    plan: &mut Plan<'_>,
    group: &Group,
    account: u32,
    who: (Speaker, Arc<dyn Voice>),
    origin: Origin,
    dice: &mut Dice,
) -> u32 {
    let (speaker, voice) = who;
    let client = Client::draw(Software::Library, dice);
    let params = params(plan, false, dice);
    plan.stream(Stream { account, network: Some(group.network), speaker, voice, origin, client, params })
}

/// Moments of scripts: by the clock, or started by hand a few dozen at a time.
pub(crate) fn runs(volume: usize, window: (i64, i64), home: usize, dice: &mut Dice) -> Vec<i64> {
    if window.1 - window.0 < Micros::HOUR {
        return Vec::new();
    }
    if dice.chance(0.3) {
        return cron_times(volume, window, dice);
    }
    let rhythm = rhythm(home, Shape::Office, dice);
    let mut times = Vec::with_capacity(volume);
    for _ in 0..volume {
        if times.len() >= volume {
            break;
        }
        let n = (1 + dice.zipf(150, 0.6)).min(volume - times.len()) as u32;
        let (at, gap_s) = (rhythm.moment(window, dice), dice.log_range(0.5, 9.0));
        times.extend(talk_times(at, n, gap_s, window.1, dice));
    }
    times
}
