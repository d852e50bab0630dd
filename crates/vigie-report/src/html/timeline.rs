//! Traffic over time as SVG: the campaign's exchanges against its members' other traffic.
//!
//! What does not live here: how buckets are counted (the hunt does that).

use std::fmt::Write as _;

use vigie_model::{Campaign, Micros, TimelineBucket};

use super::escape::Esc;
use crate::words;

/// Most bars in one picture; finer buckets are added up.
const BARS_MAX: usize = 96;
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 200.0;
/// Room for the scale on the left, and for dates below.
const LEFT: f64 = 44.0;
const BELOW: f64 = 30.0;
const ABOVE: f64 = 10.0;

/// Neighbouring buckets added up until at most [`BARS_MAX`] are left. Members active in several of them count once
/// per bucket, so the largest stands for all.
fn bars(timeline: &[TimelineBucket]) -> Vec<TimelineBucket> {
    let each = timeline.len().div_ceil(BARS_MAX).max(1);
    timeline
        .chunks(each)
        .map(|chunk| TimelineBucket {
            start: chunk[0].start,
            exchanges: chunk.iter().map(|b| b.exchanges).sum(),
            other_exchanges: chunk.iter().map(|b| b.other_exchanges).sum(),
            accounts: chunk.iter().map(|b| b.accounts).max().unwrap_or(0),
        })
        .collect()
}

/// The picture, its key, and its numbers behind a disclosure.
pub(crate) fn picture(campaign: &Campaign) -> String {
    let bars = bars(&campaign.timeline);
    let top = bars.iter().map(|b| b.exchanges + b.other_exchanges).max().unwrap_or(0);
    if top == 0 {
        return "<p class=\"soft\">This hunt recorded no traffic over time.</p>".to_owned();
    }
    let scale_top = nice(top);
    let mut out = String::with_capacity(16 * 1024);
    let _ = write!(
        out,
        "<figure class=\"timeline\"><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">",
        Esc(&described(campaign, &bars))
    );
    scale(&mut out, scale_top);
    let slot = (WIDTH - LEFT) / bars.len() as f64;
    let width = (slot * 0.8).max(1.0);
    let height = |n: u64| n as f64 / scale_top as f64 * (HEIGHT - BELOW - ABOVE);
    for (class, part) in [("other", 1), ("own", 0)] {
        let _ = write!(out, "<path class=\"bar {class}\" d=\"");
        for (i, bar) in bars.iter().enumerate() {
            let (own, other) = (height(bar.exchanges), height(bar.other_exchanges));
            let (base, tall) = if part == 0 { (0.0, own) } else { (own, other) };
            if tall > 0.0 {
                let x = LEFT + slot * i as f64;
                let _ =
                    write!(out, "M{x:.1} {:.1}h{width:.1}v-{tall:.1}h-{width:.1}z", HEIGHT - BELOW - base);
            }
        }
        out.push_str("\"/>");
    }
    dates(&mut out, &bars, slot);
    out.push_str(
        "</svg><figcaption><ul class=\"legend\"><li><svg viewBox=\"0 0 12 12\" width=\"12\" height=\"12\" \
         aria-hidden=\"true\"><path class=\"bar own\" d=\"M0 0h12v12H0z\"/></svg><b>the campaign</b></li><li>\
         <svg viewBox=\"0 0 12 12\" width=\"12\" height=\"12\" aria-hidden=\"true\"><path class=\"bar other\" \
         d=\"M0 0h12v12H0z\"/></svg><b>its members’ other traffic</b></li></ul>",
    );
    numbers(&mut out, &bars);
    out.push_str("</figcaption></figure>");
    out
}

fn described(campaign: &Campaign, bars: &[TimelineBucket]) -> String {
    let own: u64 = bars.iter().map(|b| b.exchanges).sum();
    let other: u64 = bars.iter().map(|b| b.other_exchanges).sum();
    format!(
        "Exchanges over time, {}: {} of the campaign, {} other exchanges of its members",
        words::dates(campaign.first_seen, campaign.last_seen),
        words::count(own),
        words::count(other)
    )
}

fn scale(out: &mut String, top: u64) {
    for part in 0..=2_u64 {
        let y = HEIGHT - BELOW - (HEIGHT - BELOW - ABOVE) * part as f64 / 2.0;
        let _ = write!(
            out,
            "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{WIDTH}\"/><text class=\"tick\" x=\"{}\" y=\"{:.1}\" \
             text-anchor=\"end\">{}</text>",
            LEFT - 6.0,
            y + 4.0,
            short(top * part / 2)
        );
    }
}

/// Dates under the bars: one for each new day, thinned to at most six.
fn dates(out: &mut String, bars: &[TimelineBucket], slot: f64) {
    let one_day = bars.first().zip(bars.last()).is_some_and(|(a, b)| b.start.0 - a.start.0 < Micros::DAY);
    let label = |t: Micros| {
        let text = words::minute(t);
        if one_day { text.get(11..16) } else { text.get(5..10) }.unwrap_or_default().to_owned()
    };
    let mut last = String::new();
    let mut marks: Vec<(usize, String)> = Vec::new();
    for (i, bar) in bars.iter().enumerate() {
        let text = label(bar.start);
        if text != last {
            marks.push((i, text.clone()));
            last = text;
        }
    }
    let every = marks.len().div_ceil(6).max(1);
    for (i, text) in marks.iter().step_by(every) {
        let x = (LEFT + slot * *i as f64).min(WIDTH - 36.0);
        let _ = write!(out, "<text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\">{text}</text>", HEIGHT - 6.0);
    }
}

fn numbers(out: &mut String, bars: &[TimelineBucket]) {
    out.push_str(
        "<details><summary>Numbers behind the picture</summary><table class=\"numbers\"><caption \
         class=\"sr\">Traffic over time</caption><thead><tr><th scope=\"col\">From (UTC)</th><th scope=\"col\" \
         class=\"n\">Campaign</th><th scope=\"col\" class=\"n\">Other</th><th scope=\"col\" class=\"n\">Members \
         active</th></tr></thead><tbody>",
    );
    for bar in bars {
        let _ = write!(
            out,
            "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            words::minute(bar.start),
            words::count(bar.exchanges),
            words::count(bar.other_exchanges),
            words::count(bar.accounts)
        );
    }
    out.push_str("</tbody></table></details>");
}

/// The next 1, 2, 4, 6, 8 or 10 × a power of ten: even, so that half of it is whole.
fn nice(top: u64) -> u64 {
    let mut unit = 1_u64;
    loop {
        for step in [2, 4, 6, 8, 10] {
            if let Some(value) = unit.checked_mul(step)
                && value >= top
            {
                return value;
            }
        }
        match unit.checked_mul(10) {
            Some(next) => unit = next,
            None => return top,
        }
    }
}

/// `12000` → `12k`.
fn short(n: u64) -> String {
    match n {
        n if n >= 1_000_000 => format!("{}M", words::value(n as f64 / 1e6)),
        n if n >= 1_000 => format!("{}k", words::value(n as f64 / 1e3)),
        n => n.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fine_buckets_are_added_up_and_nothing_is_lost() {
        let timeline: Vec<TimelineBucket> = (0..1000)
            .map(|i| TimelineBucket {
                start: Micros(i * Micros::HOUR),
                exchanges: 3,
                other_exchanges: 1,
                accounts: 2,
            })
            .collect();
        let bars = bars(&timeline);
        assert!(bars.len() <= BARS_MAX);
        assert_eq!(bars.iter().map(|b| b.exchanges).sum::<u64>(), 3000);
        assert_eq!(bars.iter().map(|b| b.other_exchanges).sum::<u64>(), 1000);
    }

    #[test]
    fn the_scale_ends_on_a_round_number() {
        assert_eq!([nice(1), nice(7), nice(83), nice(1_204)], [2, 8, 100, 2000]);
        assert_eq!(short(12_000), "12k");
        assert_eq!(short(1_500_000), "1.5M");
    }
}
