//! Members of campaigns: the first rows as markup, all rows as compact data that the page's script turns into pages.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use vigie_model::{HuntReport, Member};

use super::Entry;
use super::escape::Esc;
use crate::words;

/// Rows that stand in the markup itself: what a reader without script, and a printer, sees.
const ROWS_PLAIN: usize = 20;
/// Rows that every campaign may show, however large the others are.
const ROWS_EACH_MIN: usize = 50;

/// The members of every campaign on the page, surest first.
pub(crate) struct Book<'a> {
    pages: BTreeMap<String, Page<'a>>,
}

struct Page<'a> {
    members: Vec<&'a Member>,
    shown: usize,
}

impl<'a> Book<'a> {
    /// Sorts members to their campaigns and shares out `members_max` rows: the first campaigns, which are the most
    /// severe, are served first, and each later one keeps at least a few rows. O(members · log members).
    pub fn new(report: &'a HuntReport, entries: &[Entry<'_>], members_max: usize) -> Self {
        let mut of: BTreeMap<&str, Vec<&Member>> = BTreeMap::new();
        for member in &report.members {
            of.entry(member.campaign_id.as_str()).or_default().push(member);
        }
        let mut left = members_max;
        let mut pages = BTreeMap::new();
        for entry in entries {
            let mut members = of.remove(entry.campaign.campaign_id.as_str()).unwrap_or_default();
            members.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.account_id.cmp(&b.account_id)));
            let shown = members.len().min(left.max(ROWS_EACH_MIN));
            left = left.saturating_sub(shown);
            pages.insert(entry.id.clone(), Page { members, shown });
        }
        Self { pages }
    }

    /// Rows for the script: account, score and share in thousandths.
    pub fn data(&self) -> BTreeMap<&str, Vec<(&str, u16, u16)>> {
        let thousandths = |v: f64| (v.clamp(0.0, 1.0) * 1000.0).round() as u16;
        self.pages
            .iter()
            .map(|(id, page)| {
                let row =
                    |m: &&'a Member| (m.account_id.as_str(), thousandths(m.score), thousandths(m.share));
                (id.as_str(), page.members[..page.shown].iter().map(row).collect())
            })
            .collect()
    }

    /// The section of one campaign.
    pub fn write(&self, out: &mut String, entry: &Entry<'_>) {
        let id = &entry.id;
        let Some(page) = self.pages.get(id).filter(|p| !p.members.is_empty()) else {
            out.push_str("<p class=\"soft\">This hunt recorded no members.</p>");
            return;
        };
        let (shown, all) = (page.shown as u64, page.members.len() as u64);
        let _ = write!(
            out,
            "<div class=\"members\" data-members=\"{id}\"><div class=\"tools\" hidden>\
             <label>Find an account <input type=\"search\" autocomplete=\"off\" spellcheck=\"false\"></label></div>\
             <table><caption>{}. <span class=\"soft\">Score: how surely the account is rightly named. Share: the part \
             of its own traffic that belongs here.</span></caption>\
             <thead><tr><th scope=\"col\" data-sort=\"0\">Account</th>\
             <th scope=\"col\" class=\"n\" data-sort=\"1\" aria-sort=\"descending\">Score</th>\
             <th scope=\"col\" class=\"n\" data-sort=\"2\">Share</th></tr></thead><tbody>",
            if shown < all {
                format!(
                    "The surest {} of {} members; the rest are in members.parquet",
                    words::count(shown),
                    words::count(all)
                )
            } else {
                words::counted(all, "member")
            }
        );
        for member in page.members.iter().take(ROWS_PLAIN.min(page.shown)) {
            let _ = write!(
                out,
                "<tr><td class=\"id\"><bdi>{}</bdi></td><td class=\"n\">{:.3}</td><td class=\"n\">{}</td></tr>",
                Esc(&member.account_id),
                member.score,
                words::percent((member.share * 1000.0).round() / 1000.0)
            );
        }
        out.push_str("</tbody></table><div class=\"pager\" hidden></div>");
        if page.shown > ROWS_PLAIN {
            let _ = write!(
                out,
                "<p class=\"soft plain-only\">The first {ROWS_PLAIN} of {}.</p>",
                words::count(all)
            );
        }
        out.push_str("</div>");
    }
}
