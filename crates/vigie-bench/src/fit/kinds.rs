//! A forest for each detector: what tells its campaigns from those of the others.

use vigie_detectors::patterns::{FEATURES, features};
use vigie_detectors::{DETECTORS, Readings};

use super::boost::{Growth, Row, fit as boost, left_out};
use super::{FOLDS, Lesson, Taught, Weights};

const GROWTH: Growth = Growth { trees: 40, leaves: 5, rate: 0.15, ridge: 3.0, rows_min: 8 };

pub(super) fn fit(taught: &[Taught], say: &mut dyn FnMut(&str)) -> Vec<Weights> {
    let named: Vec<(&Taught, String)> = taught
        .iter()
        .filter(|t| t.is_campaign())
        .filter_map(|t| archetype(&t.lesson).map(|name| (t, name)))
        .collect();
    let folds: Vec<usize> = named.iter().map(|(t, _)| t.fold).collect();
    let (mut odds, mut weights) = (Vec::<Vec<f64>>::new(), Vec::new());
    for detector in DETECTORS {
        let rows: Vec<Row> = named
            .iter()
            .map(|(t, name)| Row {
                signals: features(&t.lesson.facts, &Readings::from(&t.lesson.facts)).to_vec(),
                campaign: name == detector.kind.id(),
                weight: t.members().sqrt(),
            })
            .collect();
        odds.push(left_out(&rows, &[None; FEATURES], &folds, FOLDS, GROWTH));
        let folder = detector.kind.id().replace('-', "_");
        weights.push(Weights {
            file: format!("vigie-detectors/src/{folder}/weights.rs").into(),
            text: boost(&rows, &[None; FEATURES], GROWTH).source("crate::trees"),
        });
    }
    say("kind, campaigns, rightly named, in worlds that were left out");
    for (k, detector) in DETECTORS.iter().enumerate() {
        let of = || named.iter().enumerate().filter(|(_, (_, name))| name == detector.kind.id());
        let best = |i: usize| (0..DETECTORS.len()).max_by(|&a, &b| odds[a][i].total_cmp(&odds[b][i]));
        let right = of().filter(|(i, _)| best(*i) == Some(k)).count();
        say(&format!("{} {} {}", detector.kind.id(), of().count(), right));
    }
    weights
}

/// The pattern in which most of the members were planted.
fn archetype(lesson: &Lesson) -> Option<String> {
    let patterns =
        lesson.planted.iter().filter(|(name, _)| DETECTORS.iter().any(|d| name.starts_with(d.kind.id())));
    patterns.max_by_key(|(_, n)| **n).map(|(name, _)| name.split(' ').next().unwrap_or_default().to_owned())
}
