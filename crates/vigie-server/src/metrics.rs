//! Counts for Prometheus, in its text format.
//!
//! Labels are route templates, never addresses or ids, so that their number is bounded.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the histogram of durations, in seconds.
const BOUNDS_S: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// One method, route and status.
type Label = (String, String, u16);

#[derive(Clone, Debug, Default)]
struct Times {
    buckets: [u64; BOUNDS_S.len()],
    count: u64,
    sum_s: f64,
}

/// All counts of one server.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<Label, Times>>,
    /// Open streams of events.
    pub streams: AtomicI64,
    /// Webhook deliveries that arrived.
    pub delivered: AtomicU64,
    /// Webhook attempts that failed.
    pub delivery_failures: AtomicU64,
    /// Hunts that run now.
    pub hunts_running: AtomicI64,
    /// Sign-ins that were refused.
    pub sign_in_failures: AtomicU64,
}

impl Metrics {
    /// Counts an answered request.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let Ok(mut requests) = self.requests.lock() else { return };
        let times = requests.entry((method.to_owned(), route.to_owned(), status)).or_default();
        let seconds = took.as_secs_f64();
        times.count += 1;
        times.sum_s += seconds;
        for (bucket, bound) in times.buckets.iter_mut().zip(BOUNDS_S) {
            *bucket += u64::from(seconds <= bound);
        }
    }

    /// The page that Prometheus reads.
    pub fn page(&self) -> String {
        let mut page = String::new();
        let single = [
            ("vigie_event_streams", "gauge", "Open streams of events.", self.streams.load(Ordering::Relaxed)),
            (
                "vigie_hunts_running",
                "gauge",
                "Hunts that run now.",
                self.hunts_running.load(Ordering::Relaxed),
            ),
            (
                "vigie_webhooks_delivered_total",
                "counter",
                "Webhook deliveries that arrived.",
                count(&self.delivered),
            ),
            (
                "vigie_webhook_failures_total",
                "counter",
                "Webhook attempts that failed.",
                count(&self.delivery_failures),
            ),
            (
                "vigie_sign_in_failures_total",
                "counter",
                "Sign-ins that were refused.",
                count(&self.sign_in_failures),
            ),
        ];
        for (name, kind, help, value) in single {
            let _ = writeln!(page, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
        }
        if let Ok(requests) = self.requests.lock() {
            histogram(&mut page, &requests);
        }
        page
    }
}

fn count(counter: &AtomicU64) -> i64 {
    i64::try_from(counter.load(Ordering::Relaxed)).unwrap_or(i64::MAX)
}

fn histogram(page: &mut String, requests: &BTreeMap<Label, Times>) {
    const NAME: &str = "vigie_http_request_duration_seconds";
    let _ = writeln!(page, "# HELP {NAME} Time to answer, by route.\n# TYPE {NAME} histogram");
    for ((method, route, status), times) in requests {
        let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
        for (bucket, bound) in times.buckets.iter().zip(BOUNDS_S) {
            let _ = writeln!(page, "{NAME}_bucket{{{labels},le=\"{bound}\"}} {bucket}");
        }
        let _ = writeln!(page, "{NAME}_bucket{{{labels},le=\"+Inf\"}} {}", times.count);
        let _ = writeln!(page, "{NAME}_sum{{{labels}}} {}", times.sum_s);
        let _ = writeln!(page, "{NAME}_count{{{labels}}} {}", times.count);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Metrics;

    #[test]
    fn buckets_are_cumulative() {
        let metrics = Metrics::default();
        metrics.answered("GET", "/api/v1/cases", 200, Duration::from_millis(2));
        metrics.answered("GET", "/api/v1/cases", 200, Duration::from_millis(80));
        let page = metrics.page();
        assert!(page.contains("status=\"200\",le=\"0.0025\"} 1\n"), "{page}");
        assert!(page.contains("status=\"200\",le=\"0.1\"} 2\n"), "{page}");
        assert!(page.contains("_count{method=\"GET\",route=\"/api/v1/cases\",status=\"200\"} 2\n"), "{page}");
    }
}
