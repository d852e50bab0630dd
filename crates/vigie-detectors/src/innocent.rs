//! Innocent explanations: each is tried on every cluster, with what speaks for and against it.
//!
//! An explanation clears a group only when what it predicts is there and what would contradict it is not. What nobody
//! could see clears nobody.

use vigie_model::{Alternative, Explained};

use crate::evidence::percent;
use crate::facts::Facts;
use crate::readings::Readings;

/// Tries all explanations on a group whose case stands at `log_odds`, in nats.
pub fn alternatives(facts: &Facts, readings: &Readings, log_odds: f64) -> Vec<Alternative> {
    let vouched = [labelled, one_customer, research_group];
    let likely = [classroom, benchmark, credit_farmer, agent_harness, popular_content, release_rush];
    let mut tried: Vec<Alternative> = vouched.iter().map(|tried| tried(facts, readings)).collect();
    tried.extend(likely.iter().map(|tried| within(CARRIES, log_odds, tried(facts, readings))));
    tried
}

/// Log-odds, in nats, up to which a group is cleared by what it looks like alone: twenty to one. Behaviour that an
/// innocent group *could* show weighs little against much that such groups do not show; who somebody openly is, and who
/// is vouched for, holds against any case.
const CARRIES: f64 = 3.0;

/// The explanation, which no longer clears where the case is stronger than it can carry.
fn within(carries: f64, log_odds: f64, mut tried: Alternative) -> Alternative {
    if tried.explained == Explained::Yes && log_odds >= carries {
        tried.explained = Explained::Partly;
        tried.speaks_against.push("the case is stronger than a likeness can explain away".to_owned());
    }
    tried
}

/// Whether some explanation accounts for the group.
pub fn cleared(alternatives: &[Alternative]) -> bool {
    alternatives.iter().any(|a| a.explained == Explained::Yes)
}

/// Whether the group is cleared by who its members openly are, or by who vouches for them: whatever part of it is looked
/// at, and whatever it is put beside.
pub fn vouched(alternatives: &[Alternative]) -> bool {
    const VOUCHED: [&str; 3] = ["licensed-or-verified", "one-customer", "research-group"];
    alternatives.iter().any(|a| a.explained == Explained::Yes && VOUCHED.contains(&a.name.as_str()))
}

/// Collects points and decides: `Yes` where everything needed is there, `Partly` where something is.
struct Case {
    name: &'static str,
    speaks_for: Vec<String>,
    speaks_against: Vec<String>,
}

impl Case {
    fn new(name: &'static str) -> Self {
        Self { name, speaks_for: Vec::new(), speaks_against: Vec::new() }
    }

    fn weigh(&mut self, holds: bool, text: String) -> bool {
        if holds {
            self.speaks_for.push(text);
        } else {
            self.speaks_against.push(text);
        }
        holds
    }

    fn decide(self, clears: bool) -> Alternative {
        let explained = match (clears, self.speaks_for.is_empty()) {
            (true, _) => Explained::Yes,
            (false, false) if self.speaks_for.len() > self.speaks_against.len() => Explained::Partly,
            _ => Explained::No,
        };
        Alternative {
            name: self.name.to_owned(),
            explained,
            speaks_for: self.speaks_for,
            speaks_against: self.speaks_against,
        }
    }
}

/// The operator knows these accounts and allows what they do.
fn labelled(facts: &Facts, _: &Readings) -> Alternative {
    let labels = facts.identity.labels;
    let mut case = Case::new("licensed-or-verified");
    let mut clears = false;
    for (share, what) in [
        (labels.licensed_reseller, "licensed reseller"),
        (labels.verified_researcher, "verified researcher"),
        (labels.own_model_distillation, "authorised distillation of the operator's own model"),
        (labels.internal, "internal"),
    ] {
        if share > 0.0 {
            clears |= case
                .weigh(share >= 0.5, format!("{} of the members carry the label “{what}”", percent(share)));
        }
    }
    if case.speaks_for.is_empty() && case.speaks_against.is_empty() {
        case.weigh(false, "no member carries a label that would allow it".to_owned());
    }
    case.decide(clears)
}

/// A company, a batch job, a CI fleet: one customer's accounts, openly.
fn one_customer(facts: &Facts, readings: &Readings) -> Alternative {
    let identity = &facts.identity;
    let mut case = Case::new("one-customer");
    let declared = case.weigh(
        identity.declared >= 0.5,
        format!(
            "{} of the members name an organisation that others of them name, too",
            percent(identity.declared)
        ),
    );
    let own_domain = identity.top_domain >= 0.8 && identity.domain_purity >= 0.9;
    let one_payer = identity.top_payment >= 0.8;
    let open = case.weigh(
        own_domain && one_payer,
        format!(
            "{} share an e-mail domain and {} one payment",
            percent(identity.top_domain),
            percent(identity.top_payment)
        ),
    );
    let apart = case.weigh(
        identity.orgs_apart < 0.5,
        format!("{} name an organisation of their own", percent(identity.orgs_apart)),
    );
    case.decide(declared || (open && apart && readings.purpose() < 0.3))
}

/// A group at a school or university that runs its experiments from the campus.
fn research_group(facts: &Facts, readings: &Readings) -> Alternative {
    let identity = &facts.identity;
    let mut case = Case::new("research-group");
    let school = case.weigh(
        identity.academic >= 0.8 && identity.top_domain >= 0.8,
        format!(
            "{} have an address at one school or university",
            percent(identity.academic.min(identity.top_domain))
        ),
    );
    let campus = case.weigh(
        facts.origin.top_network >= 0.4 || facts.origin.shared_network >= 0.8,
        format!(
            "{} of the traffic comes from networks that members share",
            percent(facts.origin.shared_network)
        ),
    );
    let harmless = case.weigh(
        readings.persona_scripts < 0.5 && readings.harmful_scripts < 0.5 && readings.failed_payments < 0.7,
        "neither scripts nor failing payments speak of an operation".to_owned(),
    );
    let own = own_accounts(&mut case, readings);
    case.decide(school && campus && harmless && own)
}

/// Nobody uses the accounts but who made them; an intruder's victims are explained by nothing that they share.
fn own_accounts(case: &mut Case, readings: &Readings) -> bool {
    case.weigh(readings.taken_over < 0.3, "nothing says that others came into the accounts".to_owned())
}

/// Pupils behind one address with one assignment.
fn classroom(facts: &Facts, readings: &Readings) -> Alternative {
    let mut case = Case::new("classroom");
    let place = facts.origin.top_network.max(facts.origin.top_address);
    let one_place =
        case.weigh(place >= 0.8, format!("{} of the traffic comes from one network", percent(place)));
    let same = case.weigh(
        facts.content.overlap >= 0.2,
        format!("{} of the questions were asked by another member, too", percent(facts.content.overlap)),
    );
    let school = case.weigh(
        facts.identity.academic >= 0.5,
        format!("{} have an address at a school or university", percent(facts.identity.academic)),
    );
    let human = case.weigh(
        readings.long_answers < 0.5 && readings.purpose() < 0.5 && readings.sleepless < 0.5,
        "answers, topics and hours are those of a class".to_owned(),
    );
    let own = own_accounts(&mut case, readings);
    let free = case.weigh(
        facts.identity.shared_payment < 0.3,
        format!("{} share a payment", percent(facts.identity.shared_payment)),
    );
    case.decide(one_place && (same || school) && human && own && free)
}

/// A public test set: everybody asks the same questions.
fn benchmark(facts: &Facts, readings: &Readings) -> Alternative {
    let mut case = Case::new("benchmark");
    let same = case.weigh(
        facts.content.overlap >= 0.3,
        format!(
            "{} of the questions were asked by another member, too: nothing is shared out",
            percent(facts.content.overlap)
        ),
    );
    let open = case.weigh(
        facts.identity.academic >= 0.5 || facts.identity.top_domain >= 0.5,
        format!("{} share an e-mail domain", percent(facts.identity.top_domain)),
    );
    let harmless =
        case.weigh(readings.harmful_scripts < 0.5, "the questions are not steps of an operation".to_owned());
    case.decide(same && harmless && readings.common_payment < 0.5 && (open || facts.content.overlap >= 0.6))
}

/// One person who collects free credits and uses them for ordinary things.
fn credit_farmer(facts: &Facts, readings: &Readings) -> Alternative {
    let mut case = Case::new("credit-farmer");
    let one_place = case.weigh(
        facts.origin.top_network >= 0.4,
        format!("{} of the traffic comes from one network", percent(facts.origin.top_network)),
    );
    let free = case
        .weigh(facts.identity.paying < 0.2, format!("{} of the members pay", percent(facts.identity.paying)));
    let ordinary = case.weigh(
        readings.purpose() < 0.3 && readings.long_answers < 0.3,
        "what they ask does not speak of an operation".to_owned(),
    );
    let talks = case.weigh(readings.single < 0.5, "they hold conversations as others do".to_owned());
    let own = own_accounts(&mut case, readings);
    case.decide(one_place && free && ordinary && talks && own)
}

/// Users of one tool: the boilerplate is shared, the work is not.
fn agent_harness(facts: &Facts, readings: &Readings) -> Alternative {
    let mut case = Case::new("agent-harness");
    let own_work =
        case.weigh(readings.narrow < 0.2, "apart from boilerplate, members ask different things".to_owned());
    let apart = case.weigh(readings.ties() < 0.5, "nothing but content and client links them".to_owned());
    case.decide(own_work && apart && readings.purpose() < 0.3 && facts.size.accounts > 0)
}

/// Strangers who use the same public prompts.
fn popular_content(_: &Facts, readings: &Readings) -> Alternative {
    let mut case = Case::new("popular-content");
    let apart =
        case.weigh(readings.ties() < 0.5, "members share no payment, address, domain or sign-up".to_owned());
    let people =
        case.weigh(readings.drive() < 1.0, "each keeps a volume, a rhythm and a start of its own".to_owned());
    case.decide(apart && people)
}

/// Everybody tries a new model.
fn release_rush(facts: &Facts, readings: &Readings) -> Alternative {
    let mut case = Case::new("release-rush");
    let turned = case.weigh(
        facts.rhythm.release_turn.excess() >= 0.2,
        format!(
            "{} of the traffic after a release went to the new model",
            percent(facts.rhythm.release_turn.observed)
        ),
    );
    let apart = case.weigh(
        readings.ties() < 0.5 && readings.narrow < 0.5,
        "members share neither job nor owner".to_owned(),
    );
    case.decide(turned && apart)
}
