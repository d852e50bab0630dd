//! What was measured of a cluster, in sentences with the figures behind them.
//!
//! What does not live here: whether it accuses. Examples are added by the hunt.

use vigie_model::{Evidence, Layer};

use crate::facts::{Contrast, Facts};
use crate::readings::{Readings, beyond, grade, mark};

/// Everything that was measured and speaks for a common hand, strongest first.
pub(crate) fn evidence(facts: &Facts, readings: &Readings) -> Vec<Evidence> {
    let mut found = content(facts, readings);
    found.extend(drive(facts, readings));
    found.extend(ties(facts, readings));
    found.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.code.cmp(&b.code)));
    found
}

/// Evidence of a contrast, where its reading is above zero.
fn contrasted(code: &str, layer: Layer, reading: f64, contrast: &Contrast, text: String) -> Option<Evidence> {
    let weight = reading * surprise(contrast);
    (weight > 0.2).then(|| piece(code, layer, (contrast.observed, Some(contrast.expected)), weight, text))
}

fn plain(code: &str, layer: Layer, reading: f64, value: f64, text: String) -> Option<Evidence> {
    (reading > 0.05).then(|| piece(code, layer, (value, None), 4.0 * reading, text))
}

fn content(facts: &Facts, readings: &Readings) -> Vec<Evidence> {
    let c = &facts.content;
    let mut found: Vec<Evidence> = [
        contrasted(
            "one-job",
            Layer::Content,
            readings.narrow,
            &c.similarity,
            format!(
                "Different members ask alike: mean similarity {:.2}, in matched groups {:.2}; {} of the slice bears wording that hardly anybody else uses.",
                c.similarity.observed, c.similarity.expected, percent(c.wrapped.min(1.0))
            ),
        ),
        plain(
            "shared-out",
            Layer::Content,
            readings.narrow * readings.shared_out * 0.6,
            c.overlap,
            format!("The job is shared out: only {} of the prompts were asked by a second member.", percent(c.overlap)),
        ),
        plain(
            "reworded-system-prompts",
            Layer::Harness,
            0.6 * grade(c.reframed, 0.2, 0.8) * grade(c.frame_changes, 0.2, 0.8),
            c.reframed,
            format!(
                "System prompts are reworded: {} of the slice stands under one that says in partly other words what another member's says.",
                percent(c.reframed.min(1.0))
            ),
        ),
        contrasted(
            "single-turn",
            Layer::Content,
            readings.single,
            &c.single_turn,
            format!("{} of the exchanges stay alone; in matched groups {}.", percent(c.single_turn.observed), percent(c.single_turn.expected)),
        ),
        plain(
            "long-answers",
            Layer::Content,
            0.6 * readings.long_answers,
            c.output_ratio,
            format!("Answers are {:.1} times as long as the population's.", c.output_ratio),
        ),
        plain("refused", Layer::Content, grade(c.refused, 0.05, 0.3), c.refused, format!("{} of the slice was refused.", percent(c.refused))),
    ]
    .into_iter()
    .flatten()
    .collect();
    const WORDS: [&str; mark::COUNT] = [
        "asks for reasoning traces",
        "asks to grade by rubric",
        "asks for labels in a fixed form",
        "asks for training data",
        "writes as personas",
        "scripts comments and posts",
        "reads like a scam script",
        "asks for phishing",
        "asks for malicious software",
        "asks to profile people",
        "tries to talk the model out of its rules",
    ];
    for (contrast, words) in c.marks.iter().zip(WORDS) {
        let reading = grade(contrast.excess(), 0.05, 0.3);
        found.extend(contrasted(
            "mark",
            Layer::Content,
            reading,
            contrast,
            format!(
                "{} of the slice {words}; in matched groups {}.",
                percent(contrast.observed),
                percent(contrast.expected)
            ),
        ));
    }
    found
}

fn drive(facts: &Facts, readings: &Readings) -> Vec<Evidence> {
    let (size, rhythm, origin) = (&facts.size, &facts.rhythm, &facts.origin);
    [
        contrasted(
            "equal-portions",
            Layer::Timing,
            readings.equal_portions,
            &size.evenness,
            format!("Members get equal portions: volumes spread by a factor of {:.1}, in groups of anybody by {:.1}.", (-size.evenness.observed).exp(), (-size.evenness.expected).exp()),
        ),
        contrasted(
            "in-step",
            Layer::Timing,
            readings.in_step,
            &rhythm.synchrony,
            format!("Members work in step: correlation over the log {:.2}, in matched groups {:.2}.", rhythm.synchrony.observed, rhythm.synchrony.expected),
        ),
        contrasted(
            "one-client",
            Layer::Client,
            beyond(&origin.one_client) * grade(origin.one_client.excess(), 0.1, 0.5),
            &origin.one_client,
            format!("In {} of the pairs of members both mostly run the same client; in matched groups in {}.", percent(origin.one_client.observed), percent(origin.one_client.expected)),
        ),
        contrasted(
            "one-model",
            Layer::Content,
            0.6 * beyond(&origin.one_model) * grade(origin.one_model.excess(), 0.1, 0.5),
            &origin.one_model,
            format!("In {} of the pairs of members both mostly ask the same model; in matched groups in {}.", percent(origin.one_model.observed), percent(origin.one_model.expected)),
        ),
        contrasted(
            "common-start",
            Layer::Timing,
            readings.began_together,
            &rhythm.common_start,
            format!("{} of the members began within one tenth of the log; in matched groups {}.", percent(rhythm.common_start.observed), percent(rhythm.common_start.expected)),
        ),
        contrasted(
            "sleepless",
            Layer::Timing,
            readings.sleepless,
            &rhythm.flatness,
            format!("Members hardly sleep: evenness over the hours {:.2}, in matched groups {:.2}.", rhythm.flatness.observed, rhythm.flatness.expected),
        ),
        plain(
            "release-turn",
            Layer::Timing,
            grade(rhythm.release_turn.excess(), 0.2, 0.5),
            rhythm.release_turn.observed,
            format!("{} went to a new model in its first three days; of everybody's traffic {}.", percent(rhythm.release_turn.observed), percent(rhythm.release_turn.expected)),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn ties(facts: &Facts, readings: &Readings) -> Vec<Evidence> {
    let (origin, identity, history) = (&facts.origin, &facts.identity, &facts.history);
    [
        plain("shared-payment", Layer::Payment, readings.common_payment, identity.shared_payment, format!("{} of the members share a payment with another member, without naming a common organisation.", percent(identity.shared_payment))),
        plain("own-domain", Layer::SignUp, 0.7 * readings.common_domain, identity.top_domain, format!("{} sign up under one e-mail domain that {} of its users share with this group.", percent(identity.top_domain), percent(identity.domain_purity))),
        plain("shared-addresses", Layer::Infrastructure, readings.common_origin, origin.shared_address, format!("{} of the traffic comes from addresses that several members use; {} of all users of those addresses are members.", percent(origin.shared_address), percent(origin.address_purity))),
        plain("one-setting", Layer::Client, 0.6 * readings.common_settings, origin.settings_purity, format!("{} of the traffic runs with one client and setting; {} of all such traffic is this group's.", percent(origin.top_settings), percent(origin.settings_purity))),
        plain("serial-sign-up", Layer::SignUp, readings.serial_sign_up, history.sign_up_day, format!("{} signed up within one day; in groups of anybody {}.", percent(history.sign_up_day), percent(history.sign_up_day_expected))),
        plain("failed-payments", Layer::Payment, 0.5 * readings.failed_payments, identity.failed_payments_ratio, format!("Payments fail {:.1} times as often as elsewhere.", identity.failed_payments_ratio)),
        plain("hand-over", Layer::HandOver, readings.replaced, history.hand_overs as f64, format!("{} members took up the work within three days after a stopped one fell silent; {} of the members were stopped.", history.hand_overs, percent(identity.stopped))),
        plain("taken-over", Layer::HandOver, readings.taken_over, history.taken_over, format!("{} of the members lay dormant and came back in a burst from networks and clients they never used; {} were probed first.", percent(history.taken_over), percent(history.probed))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Evidence without examples; the hunt adds those.
fn piece(
    code: &str,
    layer: Layer,
    (value, expected): (f64, Option<f64>),
    weight: f64,
    text: String,
) -> Evidence {
    Evidence { code: code.to_owned(), layer, text, value, expected, weight, examples: Vec::new() }
}

/// `42 %`.
pub fn percent(share: f64) -> String {
    // Of nothing, the sum is -0.
    let percent = share * 100.0 + 0.0;
    if percent > 0.0 && percent < 9.95 { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
}

/// Nats for a contrast: its surprise, at most that of 499 matched groups.
fn surprise(contrast: &Contrast) -> f64 {
    -contrast.p.max(1e-3).ln()
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn percentages_have_two_figures_at_least_where_they_are_small_and_nothing_has_no_sign() {
        assert_eq!(percent(0.421), "42 %");
        assert_eq!(percent(0.0421), "4.2 %");
        assert_eq!(percent(std::iter::empty::<f64>().sum()), "0 %");
    }
}
