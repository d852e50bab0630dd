//! Machines of honest companies: bulk jobs and build pipelines.

use super::company::{Company, program, runs};
use super::{Group, shared, split};
use crate::world::clock::{Shape, dispatch_times};
use crate::world::dice::Dice;
use crate::world::net::{Origin, Place, Pool, Stick};
use crate::world::people::{rhythm, speaker};
use crate::world::plan::{Cue, Plan, Voice, Words};
use crate::world::text::{Mood, Speaker, Template};
use crate::world::voices::{App, mood};

/// One organisation's bulk job over a few accounts: one template, a long list, shared out.
pub(crate) fn batch(plan: &mut Plan<'_>, group: &Group, dice: &mut Dice) {
    let mut company = Company::draw("com", 0.7, dice);
    let product = speaker(company.home, dice);
    let voice = shared(App::draw(&plan.stage, &product, dice));
    let egress = plan.infra.cloud(dice);
    for volume in split(group.volume, group.accounts, 0.3, dice) {
        let (account, window) = company.account(plan, group, dice);
        let origin = Origin::at(egress.clone(), dice.next());
        let stream = program(plan, group, account, (product, voice.clone()), origin, dice);
        let times = runs(volume, window, company.home, dice);
        plan.singles(stream, &times, 0);
    }
}

/// Build machines that ask for reviews and release notes.
#[derive(Debug)]
struct Pipeline {
    company: Speaker,
    template: Template,
}

impl Voice for Pipeline {
    fn speak(&self, cue: &Cue<'_>, dice: &mut Dice, words: &mut Words) {
        let mood = Mood { speaker: &self.company, ..mood(cue) };
        if dice.chance(0.6) {
            self.template.fill(&cue.stage.grammar, &mood, dice, &mut words.prompt);
            words.prompt.push(' ');
        }
        cue.stage.grammar.say("ci", &mood, dice, &mut words.prompt);
        words.failure = 0.03;
    }
}

/// One service account per repository, cloud runners, most of it in working hours.
pub(crate) fn ci(plan: &mut Plan<'_>, group: &Group, dice: &mut Dice) {
    let mut owner = Company::draw("dev", 0.6, dice);
    let company = Speaker { language: 0, seed: dice.next(), focus: 0.9 };
    let template = Template::draw(&plan.stage.grammar, "app_role", &Mood::of(&company), dice);
    let voice = shared(Pipeline { company, template });
    let runners = plan.infra.cloud_list(group.accounts * 4 + 8, dice);
    for volume in split(group.volume, group.accounts, 1.0, dice) {
        let (account, window) = owner.account(plan, group, dice);
        let place = Place { pool: Pool::List(runners.clone()), stick: Stick::Talk, country: Some("US") };
        let origin = Origin::at(place, dice.next());
        let stream = program(plan, group, account, (company, voice.clone()), origin, dice);
        let rhythm = rhythm(owner.home, Shape::Office, dice);
        let times = dispatch_times(volume, window, &rhythm, 0.8, dice);
        plan.singles(stream, &times, 0);
    }
}
