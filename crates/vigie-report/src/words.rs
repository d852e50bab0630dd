//! Figures and names as a person reads them: one place, so that table, text and HTML say the same words.
//!
//! What does not live here: layout, escaping.

use vigie_model::{Action, Campaign, Explained, Kind, Layer, Micros, Severity, Sight};

/// Minutes in an hour and hours in a day, for spans.
const MINUTE_MICROS: i64 = 60 * Micros::SECOND;

/// What a reader needs to know about a pattern.
pub(crate) struct KindWords {
    /// Name in sentences and headings.
    pub title: String,
    /// What the pattern is.
    pub meaning: &'static str,
}

/// What each pattern is, in a sentence.
const MEANINGS: &[(Kind, &str)] = &[
    (
        Kind::SplitExtraction,
        "A fleet shares out one extraction job, so that no account stands out by itself.",
    ),
    (
        Kind::BalancedExtraction,
        "One extraction job runs in lockstep over accounts that are paid for together.",
    ),
    (Kind::ReleasePivot, "A fleet turns to a new model right after its release."),
    (Kind::TraceCoercion, "Requests ask for the model's reasoning at scale."),
    (
        Kind::ResoldAccess,
        "A slice of extraction runs inside the traffic of ordinary users, who may know nothing of it.",
    ),
    (Kind::KeyTakeover, "Quiet keys were probed and then drained from a network that is new to them."),
    (Kind::SignupFarm, "Accounts were made in series."),
    (Kind::ScriptedPersonas, "Comments, likes and posts are scripted for many personas."),
    (Kind::SharedPlaybook, "Many accounts work from one operation's scripts."),
    (
        Kind::CoordinatedAccounts,
        "Accounts share rare objects far beyond chance. What for, this input cannot show.",
    ),
    (Kind::InnocentGroup, "A real group whose purpose is not abuse."),
];

/// Words for a pattern. A pattern that is not in the list reads by its id alone, so that adding a detector changes no
/// file of this crate.
pub(crate) fn kind(kind: Kind) -> KindWords {
    let meaning = MEANINGS.iter().find(|(known, _)| *known == kind).map_or("", |(_, meaning)| meaning);
    let id = kind.id().replace('-', " ").replace("signup", "sign-up");
    let (first, rest) = id.split_at(id.chars().next().map_or(0, char::len_utf8));
    KindWords { title: first.to_uppercase() + rest, meaning }
}

/// Words for a layer: what two members share in it.
pub(crate) fn layer_meaning(layer: Layer) -> &'static str {
    match layer {
        Layer::Content => "what was asked",
        Layer::Harness => "system prompt and tools",
        Layer::Infrastructure => "address and network",
        Layer::Client => "client software",
        Layer::Payment => "who pays",
        Layer::SignUp => "how the accounts came to be",
        Layer::Timing => "when they work",
        Layer::HandOver => "work taken up from another account",
        Layer::Declared => "what the customer declares",
        Layer::Custom => "objects named by the input",
    }
}

/// Words for a rung of the ladder, as an order.
pub(crate) fn action(action: Action) -> &'static str {
    match action {
        Action::Observe => "Observe",
        Action::Label => "Label",
        Action::Throttle => "Throttle",
        Action::StepUp => "Ask who it is",
        Action::Reduce => "Reduce what is returned",
        Action::Refuse => "Refuse",
        Action::Suspend => "Suspend",
        Action::Ban => "Ban",
    }
}

/// Words for what came of an innocent explanation.
pub(crate) fn explained(explained: Explained) -> &'static str {
    match explained {
        Explained::No => "ruled out",
        Explained::Partly => "explains a part",
        Explained::Yes => "explains the group",
    }
}

/// Words for what a detector could see.
pub(crate) fn sight(sight: Sight) -> &'static str {
    match sight {
        Sight::Full => "sees",
        Sight::Partial => "sees in part",
        Sight::Blind => "blind",
    }
}

/// Strength of a natural-log likelihood ratio in words: the verbal scale of the ENFSI Guideline for Evaluative
/// Reporting in Forensic Science (2015), table 2.
pub(crate) fn strength(weight: f64) -> &'static str {
    match weight {
        w if w >= 13.8 => "extremely strong",
        w if w >= 9.2 => "very strong",
        w if w >= 6.9 => "strong",
        w if w >= 4.6 => "moderately strong",
        w if w >= 2.3 => "moderate",
        w if w >= 0.7 => "weak",
        _ => "none by itself",
    }
}

/// Filled pips out of four for a severity.
pub(crate) fn pips(severity: Severity) -> usize {
    match severity {
        Severity::None => 0,
        Severity::Low => 1,
        Severity::Medium => 2,
        Severity::High => 3,
        Severity::Critical => 4,
    }
}

/// `1234567` → `1,234,567`.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// `1 account`, `2 accounts`.
pub(crate) fn counted(n: u64, one: &str) -> String {
    format!("{} {one}{}", count(n), if n == 1 { "" } else { "s" })
}

/// A q-value: four decimals, and never a zero that claims certainty.
pub(crate) fn q_value(q: f64) -> String {
    if !q.is_finite() {
        "–".to_owned()
    } else if q < 0.0001 {
        "< 0.0001".to_owned()
    } else {
        format!("{q:.4}")
    }
}

/// A measured value: as many digits as help.
pub(crate) fn value(v: f64) -> String {
    if !v.is_finite() {
        return "–".to_owned();
    }
    let magnitude = v.abs();
    if magnitude >= 1000.0 {
        let whole = count(magnitude.round() as u64);
        return if v < 0.0 { format!("−{whole}") } else { whole };
    }
    let text = match magnitude {
        m if m >= 100.0 => format!("{v:.0}"),
        m if m >= 10.0 => format!("{v:.1}"),
        m if m >= 1.0 || m == 0.0 => format!("{v:.2}"),
        m if m >= 0.001 => format!("{v:.3}"),
        _ => format!("{v:.1e}"),
    };
    match text.contains(['.']) && !text.contains('e') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// A share as per cent.
pub(crate) fn percent(share: f64) -> String {
    match share * 100.0 {
        p if p > 0.0 && p < 0.1 => "< 0.1 %".to_owned(),
        p if p < 10.0 && p.fract() > 1e-9 => format!("{p:.1} %"),
        p => format!("{p:.0} %"),
    }
}

/// `2026-02-23`.
pub(crate) fn date(t: Micros) -> String {
    t.to_rfc3339().split('T').next().unwrap_or_default().to_owned()
}

/// `2026-02-23 08:00`.
pub(crate) fn minute(t: Micros) -> String {
    let text = t.to_rfc3339();
    text.get(..16).map_or_else(|| text.clone(), |head| head.replace('T', " "))
}

/// `2026-02-23 – 2026-03-04`, the second year left out where it is the same, one date where it is one day.
pub(crate) fn dates(first: Micros, last: Micros) -> String {
    let (from, to) = (date(first), date(last));
    if from == to {
        return from;
    }
    match (from.get(..4), to.get(..4), to.get(5..)) {
        (Some(a), Some(b), Some(rest)) if a == b => format!("{from} – {rest}"),
        _ => format!("{from} – {to}"),
    }
}

/// How long: `9 days`, `5 hours`, `12 minutes`.
pub(crate) fn lasting(first: Micros, last: Micros) -> String {
    let micros = (last.0 - first.0).max(0) as u64;
    let units = [("day", Micros::DAY), ("hour", Micros::HOUR), ("minute", MINUTE_MICROS)];
    for (name, size) in units {
        let size = size as u64;
        if micros >= size {
            return counted((micros + size / 2) / size, name);
        }
    }
    "under a minute".to_owned()
}

/// Why a group is innocent: the names of the explanations that account for it.
pub(crate) fn cleared_by(campaign: &Campaign) -> Vec<&str> {
    let by = |wanted: Explained| {
        campaign.alternatives.iter().filter(move |a| a.explained == wanted).map(|a| a.name.as_str())
    };
    let cleared: Vec<&str> = by(Explained::Yes).collect();
    if cleared.is_empty() { by(Explained::Partly).collect() } else { cleared }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(counted(1, "account"), "1 account");
        assert_eq!(q_value(0.0), "< 0.0001");
        assert_eq!(q_value(0.0312), "0.0312");
        assert_eq!(value(0.9312), "0.931");
        assert_eq!(value(2.0), "2");
        assert_eq!(value(1_204.0), "1,204");
        assert_eq!(value(0.0), "0");
        assert_eq!(percent(0.934), "93 %");
        assert_eq!(percent(0.0004), "< 0.1 %");
        assert_eq!(percent(0.041), "4.1 %");
    }

    #[test]
    fn spans_read_well() {
        let t = |text| Micros::parse_rfc3339(text).unwrap();
        assert_eq!(dates(t("2026-02-23T08:00:00Z"), t("2026-03-04T08:00:00Z")), "2026-02-23 – 03-04");
        assert_eq!(dates(t("2025-12-23T08:00:00Z"), t("2026-01-04T08:00:00Z")), "2025-12-23 – 2026-01-04");
        assert_eq!(dates(t("2026-02-23T08:00:00Z"), t("2026-02-23T09:00:00Z")), "2026-02-23");
        assert_eq!(lasting(t("2026-02-23T08:00:00Z"), t("2026-02-23T09:00:00Z")), "1 hour");
        assert_eq!(minute(t("2026-02-23T08:05:09Z")), "2026-02-23 08:05");
    }
}
