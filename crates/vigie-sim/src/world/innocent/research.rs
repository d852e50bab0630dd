//! Research: public benchmarks, vetted red teams, allowed distillation.

use std::sync::Arc;

use vigie_model::known_labels;

use super::company::{Company, program, runs};
use super::{Group, shared, split};
use crate::world::abuse::{Job, Knobs};
use crate::world::config::{Archetype, CampaignSpec};
use crate::world::dice::Dice;
use crate::world::net::Origin;
use crate::world::people::{Segment, schedule, speaker, whereabouts};
use crate::world::plan::{Cue, Plan, Voice, Words};
use crate::world::text::{Mood, Paraphrase, Speaker};

/// A public benchmark: the same items for everybody, each laboratory with a wrapper of its own.
#[derive(Debug)]
struct Benchmark {
    items: u32,
    seed: u64,
    wrapper: Option<Paraphrase>,
}

impl Voice for Benchmark {
    fn speak(&self, cue: &Cue<'_>, dice: &mut Dice, words: &mut Words) {
        let item = cue.item % self.items;
        let author = Speaker { language: 0, seed: self.seed, focus: 0.1 };
        let mut own = Dice::of(self.seed, u64::from(item));
        if let Some(wrapper) = &self.wrapper {
            wrapper.say(&cue.stage.grammar, &Mood::of(cue.speaker), dice, &mut words.prompt);
            words.prompt.push('\n');
        }
        let real = cue.stage.corpus.as_ref().and_then(|c| c.question(self.seed ^ u64::from(item), &mut own));
        match real {
            Some(text) => words.prompt.push_str(text),
            None => {
                let mood = Mood { week: item / 20, ..Mood::of(&author) };
                cue.stage.grammar.say("task", &mood, &mut own, &mut words.prompt);
            }
        }
        words.answer_tokens = 400.0;
    }
}

/// Laboratories at several universities run overlapping parts of one public benchmark.
pub(crate) fn benchmark(plan: &mut Plan<'_>, group: &Group, dice: &mut Dice) {
    let (seed, items) = (dice.next(), 60 + dice.below(400) as u32);
    let labs = 1 + group.accounts / 5;
    let volumes = split(group.volume, group.accounts, 0.5, dice);
    for lab in 0..labs {
        let mut company = Company::draw("edu", 0.5, dice);
        company.bill = None;
        company.label = dice.chance(0.25).then_some(known_labels::VERIFIED_RESEARCHER);
        let rules: &[&'static str] =
            if dice.chance(0.5) { &["expert", "reason"] } else { &["reason", "format"] };
        let lead = speaker(company.home, dice);
        let wrapped = dice.chance(0.7);
        let wrapper =
            wrapped.then(|| Paraphrase::draw(&plan.stage.grammar, rules, &Mood::of(&lead), 0.0, dice));
        let voice = shared(Benchmark { items, seed, wrapper });
        let cluster = plan.infra.campus(company.home, dice);
        for volume in volumes.iter().skip(lab).step_by(labs) {
            let (account, window) = company.account(plan, group, dice);
            let place = if dice.chance(0.7) { cluster.clone() } else { plan.infra.cloud(dice) };
            let origin = Origin::at(place, dice.next());
            let stream = program(plan, group, account, (lead, voice.clone()), origin, dice);
            let times = runs(*volume, window, company.home, dice);
            plan.singles(stream, &times, dice.below(items as usize) as u32);
        }
    }
}

/// People who test defences, and say so.
#[derive(Debug)]
struct Tester {
    engagement: Speaker,
    corpus_share: f64,
}

impl Voice for Tester {
    fn speak(&self, cue: &Cue<'_>, dice: &mut Dice, words: &mut Words) {
        let mood = Mood { speaker: &self.engagement, week: cue.day / 7, arg: "", step: i64::from(cue.item) };
        words.refusal = 0.12;
        let rule = if cue.turn > 1 { "follow" } else { "red" };
        let at = (self.engagement.seed % 900) as usize + dice.below(120);
        let real = cue.stage.corpus.as_ref().filter(|_| cue.turn == 1 && dice.chance(self.corpus_share));
        let real = real.and_then(|c| if at.is_multiple_of(2) { c.misuse(at) } else { c.benign_cyber(at) });
        match real {
            Some(text) => words.prompt.push_str(text),
            None => cue.stage.grammar.say(rule, &mood, dice, &mut words.prompt),
        }
    }
}

/// A vetted security company.
pub(crate) fn red_team(plan: &mut Plan<'_>, group: &Group, dice: &mut Dice) {
    let mut company = Company::draw("com", 0.9, dice);
    company.label = Some(known_labels::VERIFIED_RESEARCHER);
    let engagement = Speaker { language: 0, seed: dice.next(), focus: 0.8 };
    let voice = shared(Tester { engagement, corpus_share: dice.range(0.2, 0.8) });
    let vpn = plan.infra.vpn(dice);
    for volume in split(group.volume, group.accounts, 0.8, dice) {
        let (account, window) = company.account(plan, group, dice);
        let mut origin = whereabouts(plan, company.home, dice);
        origin.add(3.0, vpn.clone());
        let who = speaker(company.home, dice);
        let stream = program(plan, group, account, (who, voice.clone()), origin, dice);
        schedule(plan, stream, Segment::Power, company.home, volume, window, dice);
    }
}

/// A customer who may distil the operator's own model: the same work as an extraction job, with a label.
pub(crate) fn distillation(plan: &mut Plan<'_>, group: &Group, dice: &mut Dice) {
    let spec = CampaignSpec { paraphrase: Some(0.0), ..CampaignSpec::of(Archetype::SplitExtraction) };
    let knobs = Knobs::resolve(&spec, plan, group.volume, dice);
    let first = dice.below(60_000);
    let job: Arc<dyn Voice> = Arc::new(Job::draw(plan, &knobs, first, dice));
    let mut company = Company::draw("ai", 0.9, dice);
    company.label = Some(known_labels::OWN_MODEL_DISTILLATION);
    let egress = plan.infra.cloud(dice);
    let mut work = Vec::new();
    for volume in split(group.volume, group.accounts, 0.3, dice) {
        let (account, window) = company.account(plan, group, dice);
        let origin = Origin::at(egress.clone(), dice.next());
        let stream = program(plan, group, account, (Speaker::default(), job.clone()), origin, dice);
        work.extend(runs(volume, window, company.home, dice).into_iter().map(|at| (at, stream)));
    }
    work.sort_unstable();
    for (item, (at, stream)) in work.into_iter().enumerate() {
        plan.talk(stream, &[at], item as u32);
    }
}
