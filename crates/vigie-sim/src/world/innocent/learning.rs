//! Schools and universities.

use vigie_model::Micros;

use super::{Group, shared, split};
use crate::world::client::{Client, Software};
use crate::world::clock::{Shape, talk_times};
use crate::world::dice::{Dice, mix};
use crate::world::net::{COUNTRIES, Origin};
use crate::world::people::{own_domain, params, rhythm, sketch, somewhere, whereabouts};
use crate::world::plan::{Cue, Plan, Role, Stream, Voice, Words};
use crate::world::text::{Mood, Speaker, restyle};
use crate::world::voices::{mood, question};

/// Pupils who work on the same assignments.
#[derive(Debug)]
struct Pupil {
    assignments: Vec<String>,
    /// Part of talks that are not about school.
    private: f64,
}

impl Voice for Pupil {
    fn speak(&self, cue: &Cue<'_>, dice: &mut Dice, words: &mut Words) {
        let grammar = &cue.stage.grammar;
        if cue.turn > 1 {
            grammar.say("follow", &mood(cue), dice, &mut words.prompt);
        } else if dice.chance(self.private) {
            question(cue, dice, &mut words.prompt);
        } else {
            let x = &self.assignments[cue.item as usize % self.assignments.len()];
            // Some paste the sheet as it is, some paste half of it, most add something.
            match mix(cue.speaker.seed, 3) % 4 {
                0 => words.prompt.push_str(x),
                1 => words.prompt.extend(x.chars().take(x.chars().count() * 2 / 3)),
                _ => grammar.say("student", &Mood { arg: x, ..mood(cue) }, dice, &mut words.prompt),
            }
        }
        restyle(&mut words.prompt, cue.speaker.seed, dice);
    }
}

/// One class: school hours, one gateway, homework at home, the same sheets.
pub(crate) fn classroom(plan: &mut Plan<'_>, group: &Group, dice: &mut Dice) {
    let home = somewhere(dice);
    let place = plan.infra.office(home, dice);
    let teacher = Speaker { language: COUNTRIES[home].language, seed: dice.next(), focus: 0.9 };
    let sheets = 3 + dice.below(12);
    let rule = if teacher.language == 0 { "assignment" } else { "task" };
    let assignments: Vec<String> =
        (0..sheets).map(|_| plan.stage.grammar.said(rule, &Mood::of(&teacher), dice)).collect();
    let voice = shared(Pupil { assignments, private: dice.range(0.1, 0.5) });
    let school = dice.chance(0.4).then(|| own_domain(dice, "edu"));
    let org = dice.chance(0.3).then(|| crate::world::dice::opaque("org_", dice.next(), 10));
    let (start, end) = plan.window();
    let enrolled = start + (dice.range(-40.0, 8.0) * Micros::DAY as f64) as i64;
    for volume in split(group.volume, group.accounts, 0.7, dice) {
        let mut account = sketch(plan, home, dice);
        if dice.chance(0.6) {
            account.created_at = Some(Micros(enrolled + dice.between(0, Micros::HOUR)));
        }
        account.org_id.clone_from(&org);
        if let Some(domain) = &school {
            account.email_domain = Some(domain.clone());
        }
        let created = account.created_at.map_or(start, |t| t.0);
        let account = plan.account(account);
        plan.join(account, group.network, Role::Pure);
        let speaker = Speaker { seed: dice.next(), focus: 0.6, ..teacher };
        let mut origin = whereabouts(plan, home, dice);
        origin.add(dice.range(1.0, 6.0), place.clone());
        if dice.chance(0.3) {
            origin = Origin::at(place.clone(), dice.next());
        }
        let client = Client::draw(if dice.chance(0.3) { Software::Phone } else { Software::Browser }, dice);
        let params = params(plan, true, dice);
        let stream = plan.stream(Stream {
            account,
            network: Some(group.network),
            speaker,
            voice: voice.clone(),
            origin,
            client,
            params,
        });
        lessons(plan, stream, home, volume, (created.max(start), end), dice);
    }
}

/// Talks in school hours; the sheet of the week comes first.
fn lessons(
    plan: &mut Plan<'_>,
    stream: u32,
    home: usize,
    volume: usize,
    window: (i64, i64),
    dice: &mut Dice,
) {
    if window.1 - window.0 < Micros::HOUR {
        return;
    }
    let rhythm = rhythm(home, Shape::School, dice);
    let mut left = volume as u32;
    while left > 0 {
        let n = dice.turns(2.2).min(left);
        let at = rhythm.moment(window, dice);
        let sheet = ((at - plan.config.start.0) / (3 * Micros::DAY)) as u32 + dice.below(2) as u32;
        let times = talk_times(at, n, 90.0, window.1, dice);
        plan.talk(stream, &times, sheet);
        left -= n;
    }
}
