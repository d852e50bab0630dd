//! One campaign in full: what `--explain` prints.

use std::fmt::Write as _;

use vigie_model::{Alternative, Campaign, Evidence, HuntReport};

use super::{tame, usable, wrapped};
use crate::words;

/// Members that are listed; the rest are in `members.parquet`.
const MEMBERS_MAX: usize = 10;

/// Everything about one campaign, ready to print at `width` characters, or `None` when the hunt has no campaign or
/// group of that id.
pub fn explain(report: &HuntReport, campaign_id: &str, width: usize) -> Option<String> {
    let width = usable(width);
    let c = report.campaigns.iter().find(|c| c.campaign_id == campaign_id)?;
    let mut out = String::new();
    let _ = writeln!(out, "{} {}\n", words::kind(c.kind).title, tame(&c.campaign_id),);
    out.push_str(&wrapped(&c.summary, 0, width));
    let _ = writeln!(
        out,
        "\nseverity   {}\nq-value    {}\naccounts   {}\nexchanges  {}{}\nspan       {} to {} UTC ({})",
        c.severity.name(),
        words::q_value(c.q_value),
        words::count(c.accounts),
        words::count(c.exchanges),
        c.tokens.map_or_else(String::new, |t| format!(", {} tokens", words::count(t))),
        words::minute(c.first_seen),
        words::minute(c.last_seen),
        words::lasting(c.first_seen, c.last_seen),
    );
    heading(&mut out, if c.accuses() { "Why we believe it" } else { "What binds the group" });
    for piece in &c.evidence {
        evidence(&mut out, piece, width);
    }
    heading(&mut out, "What else it could be");
    for tried in &c.alternatives {
        alternative(&mut out, tried, width);
    }
    heading(&mut out, "Recommended");
    let d = &c.recommended_decision;
    let order = format!(
        "{}: {}. {} Let it expire after {}.",
        words::action(d.action),
        d.scope,
        d.reason,
        words::counted(u64::from(d.expires_days), "day")
    );
    out.push_str(&wrapped(&order, 2, width));
    members(&mut out, report, c);
    Some(out)
}

fn heading(out: &mut String, text: &str) {
    let _ = write!(out, "\n{text}\n");
}

fn evidence(out: &mut String, piece: &Evidence, width: usize) {
    out.push_str(&wrapped(&piece.text, 2, width));
    let expected =
        piece.expected.map_or_else(String::new, |e| format!("; matched honest groups {}", words::value(e)));
    let _ = writeln!(
        out,
        "    {} ({}), {}: {}{expected}; ln likelihood ratio {}",
        words::strength(piece.weight),
        piece.layer.name(),
        tame(&piece.code),
        words::value(piece.value),
        words::value(piece.weight),
    );
    for example in &piece.examples {
        out.push_str(&wrapped(&format!("e.g. {example}"), 4, width));
    }
}

fn alternative(out: &mut String, tried: &Alternative, width: usize) {
    out.push_str(&wrapped(&format!("{}: {}", tried.name, words::explained(tried.explained)), 2, width));
    for (side, points) in [("for", &tried.speaks_for), ("against", &tried.speaks_against)] {
        for point in points {
            out.push_str(&wrapped(&format!("{side}: {point}"), 4, width));
        }
    }
}

fn members(out: &mut String, report: &HuntReport, campaign: &Campaign) {
    let mut members: Vec<_> =
        report.members.iter().filter(|m| m.campaign_id == campaign.campaign_id).collect();
    members.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.account_id.cmp(&b.account_id)));
    if members.is_empty() {
        return;
    }
    heading(out, "Surest members (score, share of their own traffic)");
    for member in members.iter().take(MEMBERS_MAX) {
        let _ = writeln!(
            out,
            "  {:.3}  {:>6}  {}",
            member.score,
            words::percent(member.share),
            tame(&member.account_id)
        );
    }
    if members.len() > MEMBERS_MAX {
        let _ = writeln!(out, "  and {} more", words::count((members.len() - MEMBERS_MAX) as u64));
    }
}
