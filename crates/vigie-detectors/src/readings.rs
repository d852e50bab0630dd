//! Readings: facts turned into a few graded answers that detectors and explanations ask for.
//!
//! Each reading is between 0 (not at all) and 1 (fully). Grades are piecewise linear between two stated values, so
//! that no answer hangs on one threshold.

use crate::facts::{Contrast, Facts};

/// 0 at `low`, 1 at `high`, linear between; `low` may be the larger. 0 for what was not measured.
pub fn grade(x: f64, low: f64, high: f64) -> f64 {
    if x.is_nan() { 0.0 } else { ((x - low) / (high - low)).clamp(0.0, 1.0) }
}

/// How far a contrast is beyond chance: 0 at p = 0.05, 1 at p = 0.005.
pub fn beyond(contrast: &Contrast) -> f64 {
    grade(-contrast.p.ln(), -(0.05f64.ln()), -(0.005f64.ln()))
}

/// Marks by their place in `vigie_fold::Marks::NAMED`. The test `marks_stand_where_detectors_expect_them` in vigie-hunt
/// holds the two together.
pub mod mark {
    #![expect(missing_docs, reason = "each stands for the mark of the same name in vigie-fold")]
    pub const REASONING: usize = 0;
    pub const RUBRIC: usize = 1;
    pub const LABELLING: usize = 2;
    pub const DATASET: usize = 3;
    pub const PERSONA: usize = 4;
    pub const SOCIAL: usize = 5;
    pub const ROMANCE_SCAM: usize = 6;
    pub const PHISHING: usize = 7;
    pub const MALWARE: usize = 8;
    pub const PROFILING: usize = 9;
    pub const JAILBREAK: usize = 10;
    /// How many there are.
    pub const COUNT: usize = JAILBREAK + 1;
}

/// Excess of a mark over matched groups.
pub fn excess(facts: &Facts, mark: usize) -> f64 {
    facts.content.marks.get(mark).map_or(0.0, Contrast::excess)
}

/// Excess of what training a model needs: reasoning, rubrics, labels, data sets.
pub(crate) fn training(facts: &Facts) -> f64 {
    excess(facts, mark::REASONING)
        + excess(facts, mark::RUBRIC)
        + excess(facts, mark::LABELLING)
        + excess(facts, mark::DATASET)
}

/// Excess of what scripts posts for personas.
pub(crate) fn personas(facts: &Facts) -> f64 {
    excess(facts, mark::PERSONA) + excess(facts, mark::SOCIAL)
}

/// Excess of steps of scams, intrusion and profiling; of talking the model out of its rules, half.
pub(crate) fn harm(facts: &Facts) -> f64 {
    excess(facts, mark::ROMANCE_SCAM)
        + excess(facts, mark::PHISHING)
        + excess(facts, mark::MALWARE)
        + excess(facts, mark::PROFILING)
        + 0.5 * excess(facts, mark::JAILBREAK)
}

/// Graded answers about one cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Readings {
    /// The slice is one narrow job, and more than a sliver of the members' traffic.
    pub narrow: f64,
    /// Members share out the job instead of repeating each other's questions.
    pub shared_out: f64,
    /// Exchanges stay alone where like accounts talk.
    pub single: f64,
    /// Answers are far longer than usual.
    pub long_answers: f64,
    /// Traffic turns to what training a model needs: reasoning, rubrics, labels, data sets, token probabilities.
    pub extraction: f64,
    /// Prompts script comments, likes and posts for personas.
    pub persona_scripts: f64,
    /// Prompts read like steps of scams, intrusion or profiling, or are refused.
    pub harmful_scripts: f64,
    /// Members work in step.
    pub in_step: f64,
    /// Members began together.
    pub began_together: f64,
    /// Members get equal portions.
    pub equal_portions: f64,
    /// Members work round the clock where like accounts sleep.
    pub sleepless: f64,
    /// Members say openly that they belong together.
    pub declared: f64,
    /// Members that declare no common owner share payments.
    pub common_payment: f64,
    /// Members that declare no common owner have an e-mail domain of their own.
    pub common_domain: f64,
    /// Members that declare no common owner meet at addresses that hardly anybody else uses.
    pub common_origin: f64,
    /// Members that declare no common owner run one rare client with one setting.
    pub common_settings: f64,
    /// Accounts were made in series.
    pub serial_sign_up: f64,
    /// Payments fail more often than usual.
    pub failed_payments: f64,
    /// New accounts take the place of stopped ones.
    pub replaced: f64,
    /// Dormant accounts came back from elsewhere.
    pub taken_over: f64,
}

impl Readings {
    /// Sum of what ties the members together behind the content.
    pub fn ties(&self) -> f64 {
        self.common_payment
            + self.common_domain
            + self.common_origin
            + 0.5 * self.common_settings
            + self.serial_sign_up
            + self.replaced
            + 2.0 * self.taken_over
    }

    /// How clearly somebody steers the members: in step, begun together, equal portions, accounts taken over or
    /// replaced.
    pub fn plan(&self) -> f64 {
        self.in_step.max(self.began_together).max(self.equal_portions).max(self.taken_over).max(self.replaced)
    }

    /// Sum of what looks run by a program or a plan.
    pub fn drive(&self) -> f64 {
        self.taken_over
            + self.in_step
            + self.began_together
            + self.equal_portions
            + self.single
            + self.long_answers
            + 0.5 * self.sleepless
    }

    /// The strongest abusive purpose that the content shows.
    pub fn purpose(&self) -> f64 {
        self.extraction.max(self.persona_scripts).max(self.harmful_scripts)
    }
}

impl From<&Facts> for Readings {
    fn from(facts: &Facts) -> Self {
        let Facts { size, content, rhythm, origin, identity, history, .. } = facts;
        let alike = grade(content.similarity.observed / content.similarity.expected.max(0.005), 1.5, 3.0);
        let declared = identity.declared;
        let hidden = 1.0 - declared;
        let series = grade(history.serial - history.serial_expected, 0.3, 0.7).max(grade(
            history.sign_up_day - history.sign_up_day_expected,
            0.2,
            0.6,
        )) * grade(history.seen, 0.3, 0.6);
        let handed = history.hand_overs as f64 / size.accounts.max(1) as f64;
        Self {
            narrow: beyond(&content.similarity)
                * alike.max(grade(content.wrapped, 0.3, 0.7))
                * grade(size.share, 0.03, 0.15),
            shared_out: grade(content.overlap, 0.35, 0.1) * grade(content.distinct, 0.4, 0.8),
            single: grade(content.single_turn.observed - content.single_turn.expected, 0.1, 0.4),
            long_answers: grade(content.output_ratio, 1.15, 1.5),
            extraction: grade(training(facts), 0.1, 0.5).max(grade(content.logprobs, 0.2, 0.8)),
            persona_scripts: grade(personas(facts), 0.1, 0.4),
            harmful_scripts: grade(harm(facts), 0.05, 0.25).max(grade(content.refused, 0.08, 0.3)),
            in_step: beyond(&rhythm.synchrony)
                * grade(rhythm.synchrony.observed - rhythm.synchrony.expected, 0.05, 0.25),
            began_together: beyond(&rhythm.common_start) * grade(rhythm.common_start.excess(), 0.1, 0.4),
            equal_portions: beyond(&size.evenness)
                * grade(size.evenness.observed / size.evenness.expected.min(-1e-6), 0.75, 0.45),
            sleepless: beyond(&rhythm.flatness) * grade(rhythm.flatness.excess(), 0.05, 0.2),
            declared,
            common_payment: hidden * grade(identity.shared_payment, 0.15, 0.6),
            common_domain: hidden
                * grade(identity.top_domain, 0.2, 0.4)
                * grade(identity.domain_purity, 0.5, 0.9)
                * (1.0 - identity.academic),
            common_origin: hidden
                * grade(origin.shared_address, 0.2, 0.6)
                * grade(origin.address_purity, 0.25, 0.6),
            common_settings: hidden
                * grade(origin.settings_purity, 0.3, 0.7)
                * grade(origin.top_settings, 0.1, 0.3),
            serial_sign_up: hidden * series,
            failed_payments: hidden * grade(identity.failed_payments_ratio, 1.2, 1.8),
            replaced: grade(identity.stopped - identity.stopped_expected, 0.03, 0.15)
                * grade(handed, 0.02, 0.1),
            taken_over: grade(history.taken_over - history.taken_over_expected, 0.3, 0.5)
                * grade(history.probed / history.taken_over.max(1e-6), 0.1, 0.5),
        }
    }
}
