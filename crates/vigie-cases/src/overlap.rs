//! What holds when several decisions meet.
//!
//! The overlap rule ([`effective`]): among the decisions that are active and real at the time, an exception on the
//! entity wins over all; else the strongest action wins; of two equally strong ones the one that starts later; then the
//! one with the greater id. The rule looks at nothing else, so that the order of arrival does not matter and taking one
//! away shows what lay beneath.

use std::cmp::Ordering;

use vigie_model::Micros;

use crate::case::Exception;
use crate::decision::Decision;
use crate::entity::Entity;

/// Which of two acting decisions holds: the greater one.
pub fn by_strength(a: &Decision, b: &Decision) -> Ordering {
    (a.action, a.starts_at, &a.decision_id).cmp(&(b.action, b.starts_at, &b.decision_id))
}

/// What part of the entity's traffic a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach<'a> {
    /// Any of it: decisions count whatever their scope.
    Any,
    /// One request: decisions count whose scope covers it.
    Request {
        /// The model, where known.
        model: Option<&'a str>,
        /// The endpoint, where known.
        endpoint: Option<&'a str>,
    },
}

/// What holds for `entity` at `now` within `reach` (the overlap rule of this module). Linear in the number of decisions.
pub fn effective<'a>(
    decisions: impl IntoIterator<Item = &'a Decision>,
    exceptions: &[Exception],
    entity: &Entity,
    reach: Reach<'_>,
    now: Micros,
) -> Option<&'a Decision> {
    if exceptions.iter().any(|e| e.entity == *entity && e.holds(now)) {
        return None;
    }
    let reaches = |d: &Decision| match reach {
        Reach::Any => true,
        Reach::Request { model, endpoint } => d.scope.covers(model, endpoint),
    };
    decisions
        .into_iter()
        .filter(|d| d.entity == *entity && d.acts(now) && reaches(d))
        .max_by(|a, b| by_strength(a, b))
}
