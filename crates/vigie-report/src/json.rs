//! The whole answer of a hunt for programs.

use vigie_model::{Campaign, HuntReport, HuntSummary};

#[derive(serde::Serialize)]
struct Answer<'a> {
    summary: &'a HuntSummary,
    campaigns: &'a [Campaign],
}

/// One JSON object, `{"summary": …, "campaigns": […]}`, with a line break at its end. Members and exchanges are left
/// to `members.parquet` and `exchanges.parquet`: there may be millions of them.
///
/// # Errors
/// When a figure cannot be written as JSON, which no hunt produces.
pub fn json(report: &HuntReport) -> Result<String, serde_json::Error> {
    let answer = Answer { summary: &report.summary, campaigns: &report.campaigns };
    serde_json::to_string_pretty(&answer).map(|text| text + "\n")
}

#[cfg(test)]
mod tests {
    #[test]
    fn campaigns_read_back_as_they_were() {
        let report = crate::sample::report();
        let value: serde_json::Value = serde_json::from_str(&super::json(&report).unwrap()).unwrap();
        let back: Vec<vigie_model::Campaign> = serde_json::from_value(value["campaigns"].clone()).unwrap();
        let names = |campaigns: &[vigie_model::Campaign]| -> Vec<(String, u64)> {
            campaigns.iter().map(|c| (c.campaign_id.clone(), c.exchanges)).collect()
        };
        assert_eq!(names(&back), names(&report.campaigns));
        assert_eq!(back[0].evidence, report.campaigns[0].evidence);
        assert_eq!(value["summary"]["exchanges"], 301_482);
    }
}
