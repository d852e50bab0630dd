//! The first page: what was looked at, what could not be seen, who is accused, who is not accused and why.

use std::fmt::Write as _;

use vigie_model::{Campaign, HuntReport, HuntSummary, Kind, Severity, Sight};

use super::escape::Esc;
use super::{Entry, HtmlOptions, severity};
use crate::words;

/// Writes the overview.
pub(crate) fn write(out: &mut String, report: &HuntReport, entries: &[Entry<'_>], options: &HtmlOptions) {
    out.push_str("<article class=\"page\" id=\"overview\" aria-labelledby=\"overview-title\">");
    headline(out, report);
    figures(out, report);
    let accused: Vec<&Entry<'_>> = entries.iter().filter(|e| e.campaign.accuses()).collect();
    let innocent: Vec<&Entry<'_>> = entries.iter().filter(|e| !e.campaign.accuses()).collect();
    campaigns(out, &accused, &report.summary);
    if entries.len() < report.campaigns.len() {
        let _ = write!(
            out,
            "<p class=\"soft\">The first {} of {} campaigns and groups have a page here; all are in \
             campaigns.jsonl.</p>",
            words::count(entries.len() as u64),
            words::count(report.campaigns.len() as u64)
        );
    }
    judged_innocent(out, &innocent);
    sight(out, &report.summary);
    method(out, &report.summary, &options.sources);
    out.push_str("</article>\n");
}

fn headline(out: &mut String, report: &HuntReport) {
    let summary = &report.summary;
    let accused: Vec<&Campaign> = report.campaigns.iter().filter(|c| c.accuses()).collect();
    let cleared = (report.campaigns.len() - accused.len()) as u64;
    let mut said = match accused.len() as u64 {
        0 => "No campaign stands above the cut-off.".to_owned(),
        n => format!(
            "{} found, {} named.",
            words::counted(n, "campaign"),
            words::counted(accounts_of(report), "account")
        ),
    };
    match cleared {
        0 => {}
        1 => said.push_str(" One more group was tested and is not accused."),
        n => {
            let _ = write!(said, " {} more groups were tested and are not accused.", words::count(n));
        }
    }
    let when = match (summary.first_seen, summary.last_seen) {
        (Some(first), Some(last)) => {
            format!("{} UTC, {}", words::dates(first, last), words::lasting(first, last))
        }
        _ => "no exchange in the window".to_owned(),
    };
    let _ =
        write!(out, "<p class=\"eyebrow\">{when}</p><h1 id=\"overview-title\" tabindex=\"-1\">{said}</h1>");
    let blind = blind(summary);
    if !blind.is_empty() {
        let _ = write!(
            out,
            "<p class=\"notice\"><b>Not everything could be seen.</b> The input lacks what {} needs; what is unseen is \
             not clean. <a href=\"#sight\">What each detector saw</a></p>",
            blind.join(", ")
        );
    }
}

/// Accounts in accusing campaigns, each counted once.
fn accounts_of(report: &HuntReport) -> u64 {
    let accusing: std::collections::BTreeSet<&str> =
        report.campaigns.iter().filter(|c| c.accuses()).map(|c| c.campaign_id.as_str()).collect();
    let named: std::collections::BTreeSet<&str> = report
        .members
        .iter()
        .filter(|m| accusing.contains(m.campaign_id.as_str()))
        .map(|m| m.account_id.as_str())
        .collect();
    named.len() as u64
}

fn blind(summary: &HuntSummary) -> Vec<&'static str> {
    summary.detectors.iter().filter(|d| d.sight == Sight::Blind).map(|d| d.kind.id()).collect()
}

fn figures(out: &mut String, report: &HuntReport) {
    let summary = &report.summary;
    let taken: u64 = report.campaigns.iter().filter(|c| c.accuses()).map(|c| c.exchanges).sum();
    let share = if summary.exchanges == 0 { 0.0 } else { taken as f64 / summary.exchanges as f64 };
    out.push_str("<dl class=\"figures\">");
    let mut figure = |name: &str, value: &str, more: &str| {
        let _ = write!(out, "<div><dt>{name}</dt><dd>{value}<small>{more}</small></dd></div>");
    };
    let skipped =
        format!("{} twice, {} unreadable", words::count(summary.duplicates), words::count(summary.rejected));
    figure("Exchanges", &words::count(summary.exchanges), &skipped);
    figure("Accounts", &words::count(summary.accounts), "with at least one exchange");
    figure(
        "In campaigns",
        &words::percent(share),
        &format!("of the traffic, {}", words::counted(taken, "exchange")),
    );
    figure("Promise", &words::percent(summary.alpha), "of campaigns wrongly named, at most, on average");
    out.push_str("</dl>");
}

fn campaigns(out: &mut String, entries: &[&Entry<'_>], summary: &HuntSummary) {
    out.push_str("<section aria-labelledby=\"campaigns-title\"><h2 id=\"campaigns-title\">Campaigns</h2>");
    if entries.is_empty() {
        out.push_str("<p>None. No group of accounts is both closer than chance allows and turned to misuse.</p></section>");
        return;
    }
    filters(out, entries);
    out.push_str(
        "<table class=\"campaigns\"><caption class=\"sr\">Campaigns, most severe first; the headers sort</caption><thead>\
         <tr><th scope=\"col\" data-key=\"severity\">Severity</th><th scope=\"col\" data-key=\"kind\">Campaign</th>\
         <th scope=\"col\" class=\"n\" data-key=\"accounts\">Accounts</th>\
         <th scope=\"col\" class=\"n\" data-key=\"exchanges\">Exchanges</th>\
         <th scope=\"col\" data-key=\"first\">When</th>\
         <th scope=\"col\" class=\"n\" data-key=\"q\">q-value</th></tr></thead><tbody>",
    );
    for entry in entries {
        row(out, entry, summary);
    }
    out.push_str("</tbody></table><p class=\"soft none\" hidden>No campaign fits the filter.</p></section>");
}

fn row(out: &mut String, entry: &Entry<'_>, summary: &HuntSummary) {
    let c = entry.campaign;
    let accounts = words::count(c.accounts);
    let exchanges = words::count(c.exchanges);
    let dates = words::dates(c.first_seen, c.last_seen);
    let _ = write!(
        out,
        "<tr data-severity=\"{}\" data-kind=\"{}\" data-accounts=\"{}\" data-exchanges=\"{}\" data-first=\"{}\" \
         data-q=\"{}\"><td class=\"wide\">{}</td><th scope=\"row\"><a href=\"#{}\">{}</a>\
         <span class=\"code\"><bdi>{}</bdi></span><span class=\"narrow\">{}</span><span class=\"why\">{}</span>\
         <span class=\"narrow soft\">{}, {exchanges} exchanges, <span class=\"nb\">{dates}</span>, q {}</span></th>\
         <td class=\"n wide\">{accounts}</td><td class=\"n wide\">{exchanges}</td>\
         <td class=\"wide when\">{}<span>{dates}</span></td><td class=\"n wide\">{}</td></tr>",
        words::pips(c.severity),
        c.kind.id(),
        c.accounts,
        c.exchanges,
        c.first_seen.0,
        c.q_value,
        severity(c.severity),
        entry.id,
        words::kind(c.kind).title,
        Esc(&c.campaign_id),
        severity(c.severity),
        Esc(&c.summary),
        words::counted(c.accounts, "account"),
        words::q_value(c.q_value),
        span(c, summary),
        words::q_value(c.q_value),
    );
}

/// Where in the log the campaign lies, as a bar.
fn span(campaign: &Campaign, summary: &HuntSummary) -> String {
    let (Some(first), Some(last)) = (summary.first_seen, summary.last_seen) else { return String::new() };
    let whole = (last.0 - first.0).max(1) as f64;
    let at = |t: i64| ((t - first.0) as f64 / whole).clamp(0.0, 1.0) * 120.0;
    let (from, to) = (at(campaign.first_seen.0), at(campaign.last_seen.0));
    format!(
        "<svg viewBox=\"0 0 120 6\" width=\"120\" height=\"6\" aria-hidden=\"true\">\
         <rect class=\"rail\" y=\"2\" width=\"120\" height=\"2\"/>\
         <rect class=\"own\" x=\"{from:.1}\" width=\"{:.1}\" height=\"6\"/></svg>",
        (to - from).max(2.0)
    )
}

fn filters(out: &mut String, entries: &[&Entry<'_>]) {
    out.push_str(
        "<div class=\"tools\" id=\"filters\" hidden><label>Find <input type=\"search\" name=\"text\" autocomplete=\"off\">\
         </label><label>Severity <select name=\"severity\"><option value=\"0\">any</option>",
    );
    for level in [Severity::Critical, Severity::High, Severity::Medium] {
        let _ = write!(
            out,
            "<option value=\"{}\">{}{}</option>",
            words::pips(level),
            level.name(),
            if level == Severity::Critical { "" } else { " and above" }
        );
    }
    out.push_str("</select></label><label>Kind <select name=\"kind\"><option value=\"\">any</option>");
    let kinds: std::collections::BTreeSet<Kind> = entries.iter().map(|e| e.campaign.kind).collect();
    for kind in kinds {
        let _ = write!(out, "<option value=\"{}\">{}</option>", kind.id(), words::kind(kind).title);
    }
    out.push_str(
        "</select></label><label>Sort by <select name=\"sort\"><option value=\"severity-\">severity</option>\
         <option value=\"accounts-\">accounts</option><option value=\"exchanges-\">exchanges</option>\
         <option value=\"first+\">first seen</option><option value=\"q+\">q-value</option>\
         <option value=\"kind+\">kind</option></select></label>\
         <output class=\"soft\" aria-live=\"polite\"></output></div>",
    );
}

fn judged_innocent(out: &mut String, entries: &[&Entry<'_>]) {
    out.push_str("<section aria-labelledby=\"innocent-title\"><h2 id=\"innocent-title\">Not accused</h2>");
    if entries.is_empty() {
        out.push_str("<p>No other group of accounts stood out.</p></section>");
        return;
    }
    out.push_str(
        "<p class=\"lead\">These accounts share something rare. Something harmless accounts for it, or too little speaks \
         against them. They are listed so that you can disagree.</p><ul class=\"cleared\">",
    );
    for entry in entries {
        let c = entry.campaign;
        let cleared = words::cleared_by(c);
        let _ = write!(
            out,
            "<li><a href=\"#{}\"><bdi>{}</bdi></a><p>{}</p><p class=\"soft\">",
            entry.id,
            Esc(&c.campaign_id),
            Esc(&c.summary)
        );
        match cleared.is_empty() {
            true => out.push_str("No sign of misuse."),
            false => {
                let _ = write!(out, "Explained by: {}.", Esc(&cleared.join(", ")));
            }
        }
        out.push_str("</p></li>");
    }
    out.push_str("</ul></section>");
}

fn sight(out: &mut String, summary: &HuntSummary) {
    out.push_str(
        "<section aria-labelledby=\"sight\"><h2 id=\"sight\" tabindex=\"-1\">What each detector saw</h2>\
         <p class=\"lead\">A detector that lacks a field which it needs is blind. Its silence says nothing.</p>\
         <table class=\"sight\"><caption class=\"sr\">Detectors, their sight and what they found</caption><thead><tr>\
         <th scope=\"col\">Pattern</th><th scope=\"col\">Sight</th><th scope=\"col\" class=\"n\">Campaigns</th></tr>\
         </thead><tbody>",
    );
    for detector in &summary.detectors {
        let missing = detector.missing.iter().map(|m| format!("<code>{}</code>", Esc(m))).collect::<Vec<_>>();
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}<span class=\"why\">{}</span></th><td class=\"sight-{}\">{}{}</td>\
             <td class=\"n\">{}</td></tr>",
            words::kind(detector.kind).title,
            words::kind(detector.kind).meaning,
            words::sight(detector.sight).replace(' ', "-"),
            words::sight(detector.sight),
            if missing.is_empty() { String::new() } else { format!("; lacks {}", missing.join(", ")) },
            match detector.sight {
                Sight::Blind => "–".to_owned(),
                _ => words::count(detector.campaigns),
            },
        );
    }
    out.push_str("</tbody></table></section>");
}

fn method(out: &mut String, summary: &HuntSummary, sources: &[String]) {
    let _ = write!(
        out,
        "<section aria-labelledby=\"method-title\" class=\"method\"><h2 id=\"method-title\">Method and limits</h2>\
         <p>Exchanges were folded to fingerprints and their text was dropped. {} rare objects that accounts share gave \
         {} links; {} dense groups among them were tested, pooled, against honest groups of the same trade and size. The \
         false-discovery rate over all groups is held at {}.</p>\
         <ul><li>A q-value says how surprising a group is, not how harmful it is.</li>\
         <li>A campaign whose members share no rare object with each other leaves no link and is not found.</li>\
         <li>Below a few dozen requests an account, nothing that one account does shows by itself: only the group can \
         be judged.</li><li>Language, country, nationality, religion and opinion never raise a score.</li>\
         <li>Vigie names accounts, not people, companies or states. A person decides.</li></ul>",
        words::count(summary.rare_objects),
        words::count(summary.links),
        words::count(summary.clusters),
        words::percent(summary.alpha),
    );
    if !sources.is_empty() {
        out.push_str("<h3>What was read</h3><ul>");
        for source in sources {
            let _ = write!(out, "<li>{}</li>", Esc(source));
        }
        out.push_str("</ul>");
    }
    let _ = write!(
        out,
        "<p class=\"soft\">Fold version {}, seed {}, {} exchanges outside the time window. The same input gives the \
         same campaigns.</p></section>",
        summary.fold_version,
        summary.seed,
        words::count(summary.outside_window)
    );
}
