//! When things happen: rhythms of day and week, talks with pauses, schedules of machines.

use vigie_model::Micros;

use super::dice::{Dice, mix};

/// The shape of a day in local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Day and evening.
    Person,
    /// Mostly after work.
    Evening,
    /// Nine to six.
    Office,
    /// School hours with a bump for homework.
    School,
    /// Late.
    Night,
    /// Around the clock.
    Machine,
}

/// Who is awake when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rhythm {
    pub(crate) shape: Shape,
    /// Local time minus UTC.
    pub(crate) shift_h: f64,
    /// Activity at weekends relative to weekdays.
    pub(crate) weekend: f64,
    /// Part of days on which anything happens at all.
    pub(crate) active: f64,
    /// Decides which days those are.
    pub(crate) seed: u64,
}

impl Rhythm {
    /// Relative activity at a moment, 0–1.
    fn weight(&self, at: i64) -> f64 {
        let local = at + (self.shift_h * Micros::HOUR as f64) as i64;
        let day = local.div_euclid(Micros::DAY);
        if self.active < 1.0 {
            let roll = (mix(self.seed, day as u64) >> 11) as f64 / (1_u64 << 53) as f64;
            if roll >= self.active {
                return 0.0;
            }
        }
        // Day 0 of the epoch was a Thursday.
        let weekend = matches!((day + 3).rem_euclid(7), 5 | 6);
        let hour = local.rem_euclid(Micros::DAY) as f64 / Micros::HOUR as f64;
        let of_day = match self.shape {
            Shape::Person => {
                bump(hour, 11.0, 3.5) * 0.8 + bump(hour, 16.5, 3.5) + bump(hour, 21.0, 2.0) * 0.6
            }
            Shape::Evening => bump(hour, 20.5, 2.2) + bump(hour, 13.0, 3.0) * 0.3,
            Shape::Office => bump(hour, 10.5, 1.7) + bump(hour, 15.0, 1.9),
            Shape::School => bump(hour, 10.3, 1.4) + bump(hour, 17.5, 1.8) * 0.35,
            Shape::Night => bump(hour, 1.0, 2.5) + bump(hour, 23.0, 2.0),
            Shape::Machine => 1.0,
        };
        (of_day.min(1.0)) * if weekend { self.weekend } else { 1.0 }
    }

    /// A moment in `window` by this rhythm; uniform where the rhythm leaves nothing.
    pub(crate) fn moment(&self, window: (i64, i64), dice: &mut Dice) -> i64 {
        for _ in 0..200 {
            let at = dice.between(window.0, window.1);
            if dice.chance(self.weight(at)) {
                return at;
            }
        }
        dice.between(window.0, window.1)
    }
}

/// Bell curve on the clock's circle.
fn bump(hour: f64, peak: f64, width: f64) -> f64 {
    let apart = (hour - peak).abs();
    let apart = apart.min(24.0 - apart);
    (-(apart * apart) / (2.0 * width * width)).exp()
}

/// Moments of a talk: pauses of people or of an agent's loop, in seconds.
pub(crate) fn talk_times(start: i64, turns: u32, pause_s: f64, end: i64, dice: &mut Dice) -> Vec<i64> {
    let mut at = start;
    let mut times = Vec::with_capacity(turns as usize);
    for _ in 0..turns {
        if at >= end {
            break;
        }
        times.push(at);
        at += (dice.lognormal(pause_s, 0.9).clamp(0.4, 20_000.0) * Micros::SECOND as f64) as i64;
    }
    times
}

/// Moments of a dispatcher that hands out work every so often, blurred by `jitter` (0–1) towards `rhythm`.
pub(crate) fn dispatch_times(
    count: usize,
    window: (i64, i64),
    rhythm: &Rhythm,
    jitter: f64,
    dice: &mut Dice,
) -> Vec<i64> {
    let step = (window.1 - window.0) as f64 / count.max(1) as f64;
    (0..count)
        .map(|i| {
            let blur = dice.normal() * step * jitter;
            let at = window.0 + ((i as f64 + 0.5) * step + blur) as i64;
            // The dispatcher keeps the rhythm's hours too: what would fall outside them is moved.
            let kept = (window.0..window.1).contains(&at) && dice.chance(rhythm.weight(at) * 1.3);
            if kept && !dice.chance(jitter) { at } else { rhythm.moment(window, dice) }
        })
        .collect()
}

/// Moments of nightly or hourly jobs: bursts at fixed times of the day.
pub(crate) fn cron_times(count: usize, window: (i64, i64), dice: &mut Dice) -> Vec<i64> {
    let period = *dice.pick(&[Micros::HOUR, 6 * Micros::HOUR, Micros::DAY, Micros::DAY]);
    let phase = dice.between(0, period);
    let gap = dice.log_range(0.3, 6.0) * Micros::SECOND as f64;
    let runs = ((window.1 - window.0) / period).max(1);
    let per_run = count.div_ceil(runs as usize).max(1);
    (0..count)
        .map(|i| {
            let (run, at) = ((i / per_run) as i64, (i % per_run) as f64);
            let start = window.0 - window.0.rem_euclid(period) + phase + run * period;
            let at = start + ((at + dice.unit()) * gap) as i64;
            if (window.0..window.1).contains(&at) { at } else { dice.between(window.0, window.1) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use vigie_model::Micros;

    use super::{Rhythm, Shape};
    use crate::world::dice::Dice;

    #[test]
    fn offices_sleep_at_night_and_at_weekends() {
        let rhythm = Rhythm { shape: Shape::Office, shift_h: 0.0, weekend: 0.05, active: 1.0, seed: 1 };
        let mut dice = Dice::new(1);
        let window = (20_486 * Micros::DAY, 20_500 * Micros::DAY);
        let times: Vec<i64> = (0..2_000).map(|_| rhythm.moment(window, &mut dice)).collect();
        let night = times.iter().filter(|t| Micros(**t).hour_of_day() < 5).count();
        let weekend = times.iter().filter(|t| matches!((Micros(**t).day() + 3) % 7, 5 | 6)).count();
        assert!(night < 40 && weekend < 100, "{night} {weekend}");
    }
}
