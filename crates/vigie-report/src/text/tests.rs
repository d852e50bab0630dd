use super::*;
use crate::sample;

#[test]
fn the_table_of_the_sample() {
    insta::assert_snapshot!(table(&sample::report(), 100));
}

#[test]
fn one_campaign_in_full() {
    insta::assert_snapshot!(explain(&sample::report(), "c-5d3e6b90", 80).unwrap());
}

#[test]
fn a_hunt_without_campaigns_says_so() {
    let table = table(&vigie_model::HuntReport::default(), 80);
    assert_eq!(table, "No campaign stands above the cut-off.\n");
}

#[test]
fn an_unknown_campaign_is_none() {
    assert_eq!(explain(&sample::report(), "c-nowhere", 80), None);
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [70, 80, 120] {
        for line in explain(&sample::report(), "c-4f81d20e", width).unwrap().lines() {
            let free =
                line.trim_start().starts_with(|c: char| c.is_ascii_digit()) || line.contains("likelihood");
            assert!(free || line.chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn nothing_in_the_input_steers_the_terminal() {
    let mut report = sample::report();
    report.campaigns[0].campaign_id = "c\u{1b}[2J".to_owned();
    report.campaigns[0].summary = "line\r\n\u{1b}]0;owned\u{7} \u{202e}txt".to_owned();
    report.campaigns[0].evidence[0].examples = vec!["\u{9b}31m".to_owned()];
    report.members[0].campaign_id = "c\u{1b}[2J".to_owned();
    report.members[0].account_id = "a\u{1b}[1A".to_owned();
    let text = table(&report, 80) + &explain(&report, "c\u{1b}[2J", 80).unwrap();
    assert!(!text.chars().any(|c| c != '\n' && deceives(c)), "{text:?}");
}
