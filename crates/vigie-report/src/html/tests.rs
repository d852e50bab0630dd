use vigie_model::{HuntReport, Member};

use super::*;
use crate::sample;

const HOSTILE: &str = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>‹<b>";

/// A report whose every string is hostile.
fn hostile() -> HuntReport {
    let text = || HOSTILE.to_owned();
    let mut report = sample::report();
    for detector in &mut report.summary.detectors {
        detector.missing = vec![text()];
    }
    for (i, c) in report.campaigns.iter_mut().enumerate() {
        let id = format!("{HOSTILE}{i}");
        for member in report.members.iter_mut().filter(|m| m.campaign_id == c.campaign_id) {
            member.campaign_id.clone_from(&id);
            member.account_id = format!("{}{HOSTILE}", member.account_id);
        }
        c.campaign_id = id;
        c.summary = text();
        c.recommended_decision.scope = text();
        c.recommended_decision.reason = text();
        for piece in &mut c.evidence {
            (piece.code, piece.text, piece.examples) = (text(), text(), vec![text(), "‹open".to_owned()]);
        }
        for tried in &mut c.alternatives {
            tried.name = text();
            tried.speaks_for = vec![text()];
            tried.speaks_against = vec![text()];
        }
        for node in &mut c.network_nodes {
            node.account_id = text();
        }
    }
    report
}

#[test]
fn nothing_in_the_input_becomes_markup() {
    let options =
        HtmlOptions { title: HOSTILE.to_owned(), sources: vec![HOSTILE.to_owned()], ..Default::default() };
    let page = html(&hostile(), &options);
    assert!(page.contains("&lt;script&gt;alert(1)"), "the text itself must be shown");
    let scripts = page.matches("<script").count();
    assert_eq!(scripts, 2, "one block of data and one script");
    assert_eq!(page.matches("</script").count(), 2);
    for markup in ["<img", "<b>alert", "onerror=alert(2)>‹"] {
        assert!(!page.contains(markup), "{markup}");
    }
    assert_eq!(page.matches("<i class=\"slot\">").count(), 0, "a lone bracket opens no element");
    let parsed = data_of(&page);
    assert!(parsed["members"].as_object().is_some_and(|m| m.len() == 12));
}

#[test]
fn the_page_asks_nothing_of_the_outside() {
    let page = html(&sample::report(), &HtmlOptions::default());
    for request in ["src=", "url(", "@import", "fetch(", "http-equiv=\"refresh", "<iframe", "<form", "<base"]
    {
        assert!(!page.contains(request), "{request}");
    }
    let links: Vec<&str> =
        page.match_indices("href=\"").map(|(at, _)| page[at + 6..].split('"').next().unwrap()).collect();
    assert!(links.iter().all(|l| l.starts_with('#') || *l == "data:,"), "{links:?}");
    assert!(page.contains("default-src 'none'"));
    assert!(!page.contains("unsafe-inline"));
    assert!(!page.contains(" style=\""), "inline style is forbidden by the page's own policy");
}

#[test]
fn every_link_leads_to_an_element_and_every_id_is_one() {
    let page = html(&hostile(), &HtmlOptions::default());
    let after = |key: &str| -> Vec<String> {
        page.match_indices(key)
            .map(|(at, _)| page[at + key.len()..].split('"').next().unwrap().to_owned())
            .collect()
    };
    let ids = after(" id=\"");
    let unique: std::collections::BTreeSet<&String> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len());
    for link in after("href=\"#") {
        assert!(unique.contains(&link), "#{link}");
    }
    for label in after("aria-labelledby=\"") {
        assert!(unique.contains(&label), "{label}");
    }
}

#[test]
fn a_campaign_of_25_000_members_stays_under_3_mb() {
    let page = html(&sample::report_with_members(25_000), &HtmlOptions::default());
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    assert_eq!(data_of(&page)["members"]["campaign-c-4f81d20e"].as_array().unwrap().len(), 25_000);
}

#[test]
fn members_beyond_the_limit_are_counted_and_small_campaigns_keep_theirs() {
    let options = HtmlOptions { members_max: 1_000, ..Default::default() };
    let page = html(&sample::report_with_members(5_000), &options);
    assert!(page.contains("The surest 1,000 of 5,000 members"));
    assert_eq!(data_of(&page)["members"]["campaign-c-e2b7714d"].as_array().unwrap().len(), 23);
}

#[test]
fn the_same_report_gives_the_same_page_in_any_member_order() {
    let report = sample::report();
    let mut shuffled = report.clone();
    shuffled.members.reverse();
    assert_eq!(html(&report, &HtmlOptions::default()), html(&shuffled, &HtmlOptions::default()));
}

#[test]
fn an_empty_hunt_and_strange_figures_make_a_page() {
    let empty = html(&HuntReport::default(), &HtmlOptions::default());
    assert!(empty.contains("No campaign stands above the cut-off."));
    let mut strange = sample::report();
    let c = &mut strange.campaigns[0];
    c.q_value = f64::NAN;
    c.evidence[0].weight = f64::INFINITY;
    c.timeline.clear();
    c.network_nodes.clear();
    strange.members.push(Member {
        campaign_id: c.campaign_id.clone(),
        account_id: String::new(),
        score: f64::NAN,
        share: 7.0,
    });
    let page = html(&strange, &HtmlOptions::default());
    assert!(page.contains("no traffic over time") && page.contains("no links to draw"));
    data_of(&page);
}

fn data_of(page: &str) -> serde_json::Value {
    let start = page.find("id=\"data\">").unwrap() + "id=\"data\">".len();
    let end = start + page[start..].find("</script>").unwrap();
    serde_json::from_str(&page[start..end]).unwrap()
}
