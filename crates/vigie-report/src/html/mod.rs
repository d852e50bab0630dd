//! One self-contained HTML file: an overview and a page for each campaign.
//!
//! The file asks nothing of the outside: its content security policy forbids every request and every script but the
//! one that it carries, by hash. It reads without script too (all pages one after the other, which is also how it
//! prints). What does not live here: the words and figures themselves (`words`).

mod campaign;
mod escape;
mod members;
mod network;
mod overview;
mod timeline;

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use vigie_model::{Campaign, HuntReport};

pub(crate) use escape::deceives;
use escape::{Esc, anchor, json_for_script};

const STYLE: &str = include_str!("../../assets/report.css");
const SCRIPT: &str = include_str!("../../assets/report.js");
const MARK: &str = include_str!("../../assets/mark.svg");

/// What the caller may choose about the page.
#[derive(Clone, Debug)]
pub struct HtmlOptions {
    /// Heading of the page.
    pub title: String,
    /// What was read, one line each, such as `gateway.parquet: 301,482 exchanges`.
    pub sources: Vec<String>,
    /// Most members whose rows the page carries; the rest are counted. Keeps the file small enough to mail.
    pub members_max: usize,
    /// Most campaigns and groups that get a page; the rest are counted.
    pub campaigns_max: usize,
}

impl Default for HtmlOptions {
    fn default() -> Self {
        Self { title: "Hunt report".to_owned(), sources: Vec::new(), members_max: 25_000, campaigns_max: 200 }
    }
}

/// A campaign and the element id of its page.
pub(crate) struct Entry<'a> {
    campaign: &'a Campaign,
    id: String,
}

/// The page. Same report and options, same bytes. O(campaigns + members), plus the layout of at most 160 members a
/// campaign.
pub fn html(report: &HuntReport, options: &HtmlOptions) -> String {
    let shown = report.campaigns.len().min(options.campaigns_max);
    let entries: Vec<Entry<'_>> = report.campaigns[..shown]
        .iter()
        .enumerate()
        .map(|(i, campaign)| Entry { campaign, id: anchor(&campaign.campaign_id, i) })
        .collect();
    let members = members::Book::new(report, &entries, options.members_max);
    let mut out = String::with_capacity(256 * 1024);
    head(&mut out, &options.title);
    overview::write(&mut out, report, &entries, options);
    for entry in &entries {
        campaign::write(&mut out, report, entry, &members);
    }
    foot(&mut out, &entries, &members);
    out
}

fn head(out: &mut String, title: &str) {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{}'; \
         script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>{} – Vigie</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the report</a>\n\
         <header class=\"top\"><a class=\"name\" href=\"#overview\">{MARK}Vigie</a>\
         <span class=\"what\">{}</span>\
         <button type=\"button\" class=\"theme\" hidden>Theme: <span>system</span></button></header>\n\
         <main id=\"main\" tabindex=\"-1\">\n",
        hash(STYLE),
        hash(SCRIPT),
        Esc(title),
        Esc(title),
    );
}

fn foot(out: &mut String, entries: &[Entry<'_>], members: &members::Book<'_>) {
    let networks: std::collections::BTreeMap<&str, network::NetworkData<'_>> =
        entries.iter().map(|e| (e.id.as_str(), network::data(e.campaign))).collect();
    let _ = write!(
        out,
        "</main>\n<footer class=\"bottom\"><p>Made by Vigie {}. This file is complete in itself: it loads nothing and \
         sends nothing.</p></footer>\n\
         <script type=\"application/json\" id=\"data\">{{\"members\":{},\"networks\":{}}}</script>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION"),
        json_for_script(&members.data()),
        json_for_script(&networks),
    );
}

/// A severity as four pips and its word, so that colour is never the only carrier.
fn severity(severity: vigie_model::Severity) -> String {
    let filled = crate::words::pips(severity);
    let mut out = format!(
        "<span class=\"severity is-{}\"><svg viewBox=\"0 0 22 10\" width=\"22\" height=\"10\" aria-hidden=\"true\">",
        severity.name()
    );
    for pip in 0..4 {
        let class = if pip < filled { "pip on" } else { "pip" };
        let _ = write!(out, "<rect class=\"{class}\" x=\"{}\" y=\"0\" width=\"4\" height=\"10\"/>", pip * 6);
    }
    let _ = write!(out, "</svg>{}</span>", severity.name());
    out
}

#[cfg(test)]
mod tests;
