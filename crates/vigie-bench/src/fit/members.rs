//! The forest of membership: which accounts of a rightly accused cluster are the campaign's, and which bystanders.

use vigie_hunt::RAISES;

use super::boost::{Growth, Row, fit as boost, left_out};
use super::{FOLDS, Taught, Weights};

const GROWTH: Growth = Growth { trees: 100, leaves: 6, rate: 0.08, ridge: 3.0, rows_min: 40 };
/// Least margin, at the weights with which the lessons were collected, of a cluster whose members are learned from; nats.
const MARGIN_MIN: f64 = -1.0;
/// Log-odds at which the errors are told.
const BARS: [f64; 7] = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5];

pub(super) fn fit(taught: &[Taught], say: &mut dyn FnMut(&str)) -> Weights {
    // What an intruder's victims are is told otherwise.
    let victims = |t: &Taught| t.lesson.planted.keys().any(|k| k.starts_with("key-takeover"));
    let (mut rows, mut folds) = (Vec::new(), Vec::new());
    for t in taught.iter().filter(|t| t.is_campaign() && t.lesson.margin >= MARGIN_MIN && !victims(t)) {
        for (like, belongs) in &t.lesson.likeness {
            rows.push(Row { signals: like.measures().to_vec(), campaign: *belongs, weight: 1.0 });
            folds.push(t.fold);
        }
    }
    let odds = left_out(&rows, &RAISES, &folds, FOLDS, GROWTH);
    say(&format!(
        "bar  bystanders that stay  members that go  of {} members of accused clusters",
        rows.len()
    ));
    for bar in BARS {
        let stay = rows.iter().zip(&odds).filter(|(r, z)| !r.campaign && **z >= bar).count();
        let go = rows.iter().zip(&odds).filter(|(r, z)| r.campaign && **z < bar).count();
        say(&format!("{bar:4.1}  {stay:6}  {go:6}"));
    }
    Weights {
        file: "vigie-hunt/src/member/weights.rs".into(),
        text: boost(&rows, &RAISES, GROWTH).source("vigie_detectors::trees"),
    }
}
