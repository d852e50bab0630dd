//! Shared links, hashtags and images without labels per account: reported, not scored.

use std::path::Path;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use vigie_fold::Folder;
use vigie_model::{Micros, ObjectTouch};

use super::{accusing, hunt, rows};
use crate::error::BenchError;

/// What a hunt makes of shares without labels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shares {
    /// Accounts.
    pub accounts: u64,
    /// Touches of objects.
    pub touches: u64,
    /// Campaigns that accuse.
    pub campaigns: u64,
    /// Memberships in them.
    pub members: u64,
    /// Members of the largest.
    pub largest: u64,
    /// Groups found and judged innocent.
    pub judged_innocent: u64,
}

impl Shares {
    fn of(touches: Vec<ObjectTouch>) -> Self {
        let accounts: FxHashSet<&str> = touches.iter().map(|t| t.account_id.as_str()).collect();
        let (accounts, count) = (accounts.len() as u64, touches.len() as u64);
        let report = hunt(touches);
        let guilty = || report.campaigns.iter().filter(|c| c.accuses());
        let campaigns = accusing(&report);
        Self {
            accounts,
            touches: count,
            campaigns: campaigns as u64,
            members: guilty().map(|c| c.accounts).sum(),
            largest: guilty().map(|c| c.accounts).max().unwrap_or(0),
            judged_innocent: (report.campaigns.len() - campaigns) as u64,
        }
    }
}

#[derive(Deserialize)]
struct ShareRow {
    account_id: String,
    url_id: String,
    hashtag_id: String,
    domain_id: String,
    phash_id: String,
    timestamp: f64,
}

/// Who shared which link, hashtag, domain or image around an election.
///
/// # Errors
/// [`BenchError::Data`] naming the file that cannot be read.
pub fn coordinated_shares(path: &Path) -> Result<Shares, BenchError> {
    let rows: Vec<ShareRow> = rows(path)?;
    let touches = rows.iter().flat_map(|row| {
        let objects = [
            ("url", &row.url_id),
            ("hashtag", &row.hashtag_id),
            ("domain", &row.domain_id),
            ("image", &row.phash_id),
        ];
        objects.into_iter().filter(|(_, id)| !id.is_empty()).map(|(layer, id)| ObjectTouch {
            account_id: row.account_id.clone(),
            object_id: format!("{layer}:{id}"),
            timestamp: Micros((row.timestamp * 1e6) as i64),
            layer: Some(layer.to_owned()),
        })
    });
    Ok(Shares::of(touches.collect()))
}

#[derive(Deserialize)]
struct TweetRow {
    author_id: String,
    publish_date: String,
    content: String,
}

/// Tweets of one operation: an account touches the links and hashtags of a tweet and its text.
///
/// # Errors
/// [`BenchError::Data`] naming the file that cannot be read.
pub fn operation_tweets(path: &Path) -> Result<Shares, BenchError> {
    let rows: Vec<TweetRow> = rows(path)?;
    let mut folder = Folder::new();
    let mut touches = Vec::new();
    for row in &rows {
        let Some(timestamp) = Micros::parse_rfc3339(&row.publish_date) else { continue };
        let mut touch = |layer: &str, object_id: String| {
            touches.push(ObjectTouch {
                account_id: row.author_id.clone(),
                object_id,
                timestamp,
                layer: Some(layer.to_owned()),
            });
        };
        for word in row.content.split_whitespace() {
            if word.starts_with("http") {
                touch("url", word.to_owned());
            } else if word.starts_with('#') {
                touch("hashtag", word.to_lowercase());
            }
        }
        let text = folder.prompt(&row.content).exact;
        if text != 0 {
            touch("text", format!("text:{text:016x}"));
        }
    }
    Ok(Shares::of(touches))
}
