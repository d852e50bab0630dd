//! The forest of the case: which clusters are campaigns.

use vigie_detectors::signals::{Direction, SIGNAL, signals};
use vigie_detectors::{Readings, alternatives, cleared, vouched};

use super::boost::{Growth, Row, fit as boost, left_out};
use super::{FOLDS, Taught, Weights};

const GROWTH: Growth = Growth { trees: 400, leaves: 6, rate: 0.06, ridge: 5.0, rows_min: 30 };
/// Log-odds at which the errors are told.
const BARS: [f64; 9] = [-1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5];

/// The weights, and the case against each cluster, in nats, by a forest that was fitted without its world.
pub(super) fn fit(taught: &[Taught], files: usize, say: &mut dyn FnMut(&str)) -> (Weights, Vec<f64>) {
    let rows: Vec<Row> = taught
        .iter()
        .map(|t| Row {
            signals: signals(&t.lesson.facts, &Readings::from(&t.lesson.facts)).to_vec(),
            campaign: t.is_campaign(),
            weight: t.members().sqrt(),
        })
        .collect();
    let raises: Vec<Option<bool>> = SIGNAL.iter().map(|s| Some(s.direction == Direction::Raises)).collect();
    let folds: Vec<usize> = taught.iter().map(|t| t.fold).collect();
    say("left out: a fifth of the worlds");
    let odds = left_out(&rows, &raises, &folds, FOLDS, GROWTH);
    report(taught, &odds, say);
    if files > 1 {
        let sources: Vec<usize> = taught.iter().map(|t| t.source).collect();
        say("left out: the worlds of one file");
        report(taught, &left_out(&rows, &raises, &sources, files, GROWTH), say);
    }
    let forest = boost(&rows, &raises, GROWTH);
    let mut uses: Vec<(usize, &str)> =
        forest.uses(SIGNAL.len()).into_iter().zip(SIGNAL.iter().map(|s| s.name)).collect();
    uses.sort_unstable_by(|a, b| b.cmp(a));
    say(&format!("splits: {uses:?}"));
    let weights =
        Weights { file: "vigie-detectors/src/case_weights.rs".into(), text: forest.source("crate::trees") };
    (weights, odds)
}

/// Whether a likeness, which carries only so far, explains the cluster, and nobody vouches for it.
fn likened(taught: &Taught) -> bool {
    let facts = &taught.lesson.facts;
    let tried = alternatives(facts, &Readings::from(facts), f64::NEG_INFINITY);
    cleared(&tried) && !vouched(&tried)
}

/// Clusters and accounts by bar.
fn report(taught: &[Taught], odds: &[f64], say: &mut dyn FnMut(&str)) {
    say(
        "bar  campaigns  of  innocent clusters  of  honest accounts  recall of clustered accounts  explained by a likeness: campaigns, innocent",
    );
    let likened: Vec<bool> = taught.iter().map(likened).collect();
    let named = |t: &&Taught| t.members() * t.lesson.malicious;
    let campaigns = || taught.iter().filter(|t| t.is_campaign());
    let (all, accounts) = (campaigns().count(), campaigns().map(|t| named(&t)).sum::<f64>());
    for bar in BARS {
        let over = || taught.iter().zip(odds).filter(|(_, z)| **z >= bar).map(|(t, _)| t);
        let right: f64 = over().filter(|t| t.is_campaign()).map(|t| named(&t)).sum();
        let wrong: f64 = over().map(|t| t.members() * (1.0 - t.lesson.malicious)).sum();
        let explained = |campaign: bool| {
            let over =
                taught.iter().zip(odds).zip(&likened).filter(|((_, z), likened)| **likened && **z >= bar);
            over.filter(|((t, _), _)| t.is_campaign() == campaign).count()
        };
        say(&format!(
            "{bar:4.1}  {:9}  {all}  {:17}  {}  {wrong:15.0}  {:.3}  {}  {}",
            over().filter(|t| t.is_campaign()).count(),
            over().filter(|t| !t.is_campaign()).count(),
            taught.len() - all,
            right / accounts,
            explained(true),
            explained(false)
        ));
    }
}
