//! The forest of membership: which accounts of a suspected cluster are a campaign's, and which bystanders.

use vigie_hunt::{Likeness, RAISES, SUSPECTED};

use super::boost::{Growth, Row, fit as boost, left_out};
use super::{FOLDS, Taught, Weights};

const GROWTH: Growth = Growth { trees: 200, leaves: 12, rate: 0.08, ridge: 3.0, rows_min: 40 };
/// Log-odds at which the errors are told.
const BARS: [f64; 9] = [-1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5];

/// `case` is the case against each cluster by a forest that was fitted without the cluster's world.
pub(super) fn fit(taught: &[Taught], case: &[f64], say: &mut dyn FnMut(&str)) -> Weights {
    // What an intruder's victims are is told otherwise.
    let victims = |t: &Taught| t.lesson.planted.keys().any(|k| k.starts_with("key-takeover"));
    let (mut rows, mut folds) = (Vec::new(), Vec::new());
    for (t, &case) in taught.iter().zip(case).filter(|&(t, case)| *case >= SUSPECTED && !victims(t)) {
        for (like, belongs) in &t.lesson.likeness {
            let like = Likeness { case, ..*like };
            rows.push(Row { signals: like.measures().to_vec(), campaign: *belongs, weight: 1.0 });
            folds.push(t.fold);
        }
    }
    let odds = left_out(&rows, &RAISES, &folds, FOLDS, GROWTH);
    say(&format!(
        "bar  bystanders that stay  members that go  of {} members of suspected clusters",
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
