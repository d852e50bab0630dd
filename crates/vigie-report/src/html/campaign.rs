//! The page of one campaign, in the order in which a person who must decide asks: what, what to do, why, when, who is
//! linked to whom, what else could it be, who.

use std::fmt::Write as _;

use vigie_model::{Alternative, Campaign, Evidence, Explained, HuntReport};

use super::escape::Esc;
use super::members::Book;
use super::{Entry, network, severity, timeline};
use crate::words;

/// Weight at which the strength bar is full: "extremely strong" twice over.
const WEIGHT_FULL: f64 = 27.6;

/// Writes the page.
pub(crate) fn write(out: &mut String, report: &HuntReport, entry: &Entry<'_>, members: &Book<'_>) {
    let (c, id) = (entry.campaign, &entry.id);
    let kind = words::kind(c.kind);
    let _ = write!(
        out,
        "<article class=\"page\" id=\"{id}\" aria-labelledby=\"{id}-title\"><p class=\"eyebrow\">\
         <a href=\"#overview\">All campaigns</a></p>\
         <h1 id=\"{id}-title\" tabindex=\"-1\">{} <span class=\"code\"><bdi>{}</bdi></span></h1>\
         <p class=\"standing\">{}</p><p class=\"lead\">{}</p>",
        kind.title,
        Esc(&c.campaign_id),
        severity(c.severity),
        Esc(&c.summary),
    );
    facts(out, c);
    decision(out, c);
    section(out, id, "evidence", if c.accuses() { "Why we believe it" } else { "What binds the group" });
    let _ = write!(out, "<p class=\"lead\">{}</p>", kind.meaning);
    evidence(out, &c.evidence);
    out.push_str("</section>");
    section(out, id, "timeline", "When");
    out.push_str(&timeline::picture(c));
    out.push_str("</section>");
    section(out, id, "network", "Who is linked to whom");
    out.push_str(&network::picture(c, id));
    out.push_str("</section>");
    section(out, id, "innocent", "What else it could be");
    alternatives(out, &c.alternatives);
    out.push_str("</section>");
    section(out, id, "members", "Members");
    members.write(out, entry);
    out.push_str("</section>");
    let _ = writeln!(
        out,
        "<p class=\"soft method\">Found with a false-discovery rate of {} over the whole hunt. Vigie names accounts, not \
         people; what it recommends, a person decides. \
         <a href=\"#method-title\">Method and limits</a></p></article>",
        words::percent(report.summary.alpha)
    );
}

fn section(out: &mut String, id: &str, name: &str, title: &str) {
    let _ = write!(out, "<section aria-labelledby=\"{id}-{name}\"><h2 id=\"{id}-{name}\">{title}</h2>");
}

fn facts(out: &mut String, c: &Campaign) {
    out.push_str("<dl class=\"figures\">");
    let mut fact = |name: &str, value: &str, more: &str| {
        let _ = write!(out, "<div><dt>{name}</dt><dd>{value}<small>{more}</small></dd></div>");
    };
    fact("Accounts", &words::count(c.accounts), "members");
    let tokens = c.tokens.map_or_else(String::new, |t| format!("{} tokens", words::count(t)));
    fact("Exchanges", &words::count(c.exchanges), &tokens);
    let span = format!("{} to {} UTC", words::minute(c.first_seen), words::minute(c.last_seen));
    fact("Lasted", &words::lasting(c.first_seen, c.last_seen), &span);
    fact("q-value", &words::q_value(c.q_value), "after correction over all groups");
    out.push_str("</dl>");
}

fn decision(out: &mut String, c: &Campaign) {
    let d = &c.recommended_decision;
    let _ = write!(
        out,
        "<aside class=\"decision\" aria-label=\"Recommended decision\"><p class=\"order\"><span>Recommended</span> \
         {}: {}</p><p>{}</p><p class=\"soft\">Let it expire after {}. Whoever is meant may appeal.</p></aside>",
        words::action(d.action),
        Esc(&d.scope),
        Esc(&d.reason),
        words::counted(u64::from(d.expires_days), "day"),
    );
}

fn evidence(out: &mut String, evidence: &[Evidence]) {
    if evidence.is_empty() {
        out.push_str("<p>No evidence was recorded.</p>");
        return;
    }
    out.push_str("<ol class=\"evidence\">");
    for piece in evidence {
        let filled = (piece.weight / WEIGHT_FULL).clamp(0.02, 1.0) * 72.0;
        let _ = write!(
            out,
            "<li><p class=\"said\">{}</p><p class=\"strength\"><svg viewBox=\"0 0 72 4\" width=\"72\" height=\"4\" \
             aria-hidden=\"true\"><rect class=\"rail\" width=\"72\" height=\"4\"/>\
             <rect class=\"own\" width=\"{filled:.1}\" height=\"4\"/></svg>{}, <span class=\"soft\">{}</span></p>",
            Esc(&piece.text),
            words::strength(piece.weight),
            piece.layer.name(),
        );
        examples(out, &piece.examples);
        let expected = piece.expected.map_or_else(|| "not measured".to_owned(), words::value);
        let _ = write!(
            out,
            "<details><summary>Numbers</summary><dl class=\"pairs\"><div><dt>Statistic</dt><dd><code>{}</code></dd></div>\
             <div><dt>Measured</dt><dd>{}</dd></div><div><dt>Matched honest groups</dt><dd>{expected}</dd></div>\
             <div><dt>ln likelihood ratio</dt><dd>{}</dd></div></dl></details></li>",
            Esc(&piece.code),
            words::value(piece.value),
            words::value(piece.weight),
        );
    }
    out.push_str("</ol>");
}

fn examples(out: &mut String, examples: &[String]) {
    if examples.is_empty() {
        return;
    }
    out.push_str(
        "<figure class=\"examples\"><figcaption>Masked: only wording that several accounts used</figcaption>",
    );
    for example in examples {
        let _ = write!(out, "<blockquote dir=\"auto\">{}</blockquote>", marked(example));
    }
    out.push_str("</figure>");
}

/// An example with its masked slots, `‹num›`, set apart. A lone bracket stays text.
fn marked(example: &str) -> String {
    let mut out = String::new();
    let mut rest = example;
    while let Some((before, slot, after)) = rest
        .split_once('‹')
        .and_then(|(before, tail)| tail.split_once('›').map(|(slot, after)| (before, slot, after)))
    {
        let _ = write!(out, "{}<i class=\"slot\">{}</i>", Esc(before), Esc(slot));
        rest = after;
    }
    let _ = write!(out, "{}", Esc(rest));
    out
}

fn alternatives(out: &mut String, alternatives: &[Alternative]) {
    if alternatives.is_empty() {
        out.push_str("<p>No innocent explanation was tried.</p>");
        return;
    }
    for tried in alternatives {
        let class = match tried.explained {
            Explained::No => "no",
            Explained::Partly => "partly",
            Explained::Yes => "yes",
        };
        let _ = write!(
            out,
            "<div class=\"tried\"><h3>{} <span class=\"outcome {class}\">{}</span></h3><div class=\"sides\">",
            Esc(&tried.name),
            words::explained(tried.explained)
        );
        side(out, "Speaks for it", &tried.speaks_for);
        side(out, "Speaks against it", &tried.speaks_against);
        out.push_str("</div></div>");
    }
}

fn side(out: &mut String, title: &str, points: &[String]) {
    let _ = write!(out, "<div><h4>{title}</h4>");
    if points.is_empty() {
        out.push_str("<p class=\"soft\">Nothing.</p>");
    }
    for point in points {
        let _ = write!(out, "<p>{}</p>", Esc(point));
    }
    out.push_str("</div>");
}
