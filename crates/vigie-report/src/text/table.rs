//! The table of campaigns: a row and one line of why for each, innocent groups apart.

use std::fmt::Write as _;

use vigie_model::{Campaign, Explained, HuntReport, Sight};

use super::{tame, usable, wrapped};
use crate::words;

/// Longest id and kind that keep their column straight.
const ID_MAX: usize = 24;

/// The table, ready to print; ends with a line break. Lines are at most `width` characters (within 60 to 120), except
/// where an id alone is longer.
pub fn table(report: &HuntReport, width: usize) -> String {
    let width = usable(width);
    let (accused, innocent): (Vec<&Campaign>, Vec<&Campaign>) =
        report.campaigns.iter().partition(|c| c.accuses());
    let mut out = String::new();
    match accused.is_empty() {
        true => out.push_str("No campaign stands above the cut-off.\n"),
        false => rows(&mut out, &accused, width),
    }
    if !innocent.is_empty() {
        out.push_str(&not_accused(&innocent, width));
    }
    blind(&mut out, report, width);
    out
}

/// Groups told one by one; of more, the largest are.
const TOLD_MAX: usize = 8;

/// Groups that were tested and are not accused: how many each innocent explanation accounts for, and the largest.
fn not_accused(groups: &[&Campaign], width: usize) -> String {
    let mut by: std::collections::BTreeMap<&str, u64> = std::collections::BTreeMap::new();
    for group in groups {
        let explains = group.alternatives.iter().find(|a| a.explained == Explained::Yes);
        let name = explains.map_or("too little against them", |a| a.name.as_str());
        *by.entry(name).or_default() += 1;
    }
    let mut by: Vec<(&str, u64)> = by.into_iter().collect();
    by.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let by: Vec<String> = by.iter().map(|(name, n)| format!("{name} {n}")).collect();
    let mut largest = groups.to_vec();
    largest.sort_by(|a, b| b.accounts.cmp(&a.accounts).then(a.campaign_id.cmp(&b.campaign_id)));
    let total = words::counted(groups.len() as u64, "group");
    let mut out = String::from("\n");
    out.push_str(&wrapped(&format!("Not accused: {total} ({})", by.join(", ")), 0, width));
    for group in largest.iter().take(TOLD_MAX) {
        let (accounts, summary) = (words::counted(group.accounts, "account"), &group.summary);
        out.push_str(&wrapped(&format!("{}, {accounts}: {summary}", tame(&group.campaign_id)), 2, width));
    }
    if groups.len() > TOLD_MAX {
        let more = words::counted((groups.len() - TOLD_MAX) as u64, "smaller group");
        out.push_str(&wrapped(&format!("and {more}; the report lists them all"), 2, width));
    }
    out
}

fn rows(out: &mut String, campaigns: &[&Campaign], width: usize) {
    let longest = |pick: &dyn Fn(&Campaign) -> String, least: usize| {
        campaigns.iter().map(|c| pick(c).chars().count()).max().unwrap_or(0).max(least).min(ID_MAX)
    };
    let id = longest(&|c| tame(&c.campaign_id), 2);
    let kind = longest(&|c| c.kind.id().to_owned(), 4);
    let span = longest(&|c| words::dates(c.first_seen, c.last_seen), 4);
    let _ = writeln!(
        out,
        "{:id$}  {:kind$}  {:8}  {:>8}  {:>9}  {:span$}  {:>8}",
        "id", "kind", "severity", "accounts", "exchanges", "span", "q-value"
    );
    for c in campaigns {
        let _ = writeln!(
            out,
            "{:id$}  {:kind$}  {:8}  {:>8}  {:>9}  {:span$}  {:>8}",
            tame(&c.campaign_id),
            c.kind.id(),
            c.severity.name(),
            words::count(c.accounts),
            words::count(c.exchanges),
            words::dates(c.first_seen, c.last_seen),
            words::q_value(c.q_value),
        );
        out.push_str(&wrapped(&c.summary, 2, width));
    }
}

fn blind(out: &mut String, report: &HuntReport, width: usize) {
    let blind: Vec<String> = report
        .summary
        .detectors
        .iter()
        .filter(|d| d.sight == Sight::Blind)
        .map(|d| match d.missing.is_empty() {
            true => d.kind.id().to_owned(),
            false => format!("{} (lacks {})", d.kind.id(), d.missing.join(", ")),
        })
        .collect();
    if !blind.is_empty() {
        out.push('\n');
        out.push_str(&wrapped(
            &format!("Blind on this input: {}. Unseen is not clean.", blind.join("; ")),
            0,
            width,
        ));
    }
}
