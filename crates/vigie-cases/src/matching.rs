//! Whether a later hunt found the same campaign again: by id, by members, and by objects where members tie.

use std::cmp::Ordering;

use vigie_model::{Kind, Micros};

use crate::ids::CaseId;

/// Jaccard index of members from which two groups are the same, 0–1.
const JACCARD_MIN: f64 = 0.5;
/// Part of the smaller group that must lie in the other, 0–1.
const CONTAINED_MIN: f64 = 0.5;

/// What kinds have in common, so that a fleet that changes its method is still the same fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Extraction,
    Keys,
    SignUps,
    Scripts,
    /// Coordination without a known purpose: goes with any.
    Any,
}

fn family(kind: Kind) -> Family {
    match kind {
        Kind::SplitExtraction
        | Kind::BalancedExtraction
        | Kind::ReleasePivot
        | Kind::TraceCoercion
        | Kind::ResoldAccess => Family::Extraction,
        Kind::KeyTakeover => Family::Keys,
        Kind::SignupFarm => Family::SignUps,
        Kind::ScriptedPersonas | Kind::SharedPlaybook => Family::Scripts,
        Kind::CoordinatedAccounts | Kind::InnocentGroup => Family::Any,
    }
}

fn same_family(a: Kind, b: Kind) -> bool {
    let (a, b) = (family(a), family(b));
    a == b || a == Family::Any || b == Family::Any
}

/// A case that shares members or a campaign id with a new campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The case.
    pub case_id: CaseId,
    /// Its pattern.
    pub kind: Kind,
    /// Its members.
    pub members: u64,
    /// Members that it shares with the campaign.
    pub shared: u64,
    /// Whether it holds a campaign with the same id.
    pub same_campaign: bool,
    /// Codes of evidence that both show.
    pub shared_codes: u64,
    /// When it was opened.
    pub opened_at: Micros,
}

/// The case that a campaign of `kind` with `members` members belongs to, if any. The same campaign id always matches;
/// otherwise the kinds must be of one family and the members overlap: Jaccard ≥ 0.5, or half of the smaller group inside
/// the other. Ties go to shared codes of evidence, then to the older case. Does not depend on the order of `candidates`.
pub fn best_match(kind: Kind, members: u64, candidates: &[Candidate]) -> Option<&Candidate> {
    candidates
        .iter()
        .filter(|c| c.same_campaign || (same_family(kind, c.kind) && overlaps(members, c)))
        .max_by(|a, b| rank(members, a, b))
}

fn jaccard(members: u64, c: &Candidate) -> f64 {
    let union = (members + c.members).saturating_sub(c.shared);
    if union == 0 { 0.0 } else { c.shared as f64 / union as f64 }
}

fn overlaps(members: u64, c: &Candidate) -> bool {
    let smaller = members.min(c.members);
    smaller > 0 && (jaccard(members, c) >= JACCARD_MIN || c.shared as f64 >= CONTAINED_MIN * smaller as f64)
}

fn rank(members: u64, a: &Candidate, b: &Candidate) -> Ordering {
    a.same_campaign
        .cmp(&b.same_campaign)
        .then_with(|| jaccard(members, a).total_cmp(&jaccard(members, b)))
        .then_with(|| a.shared_codes.cmp(&b.shared_codes))
        .then_with(|| b.opened_at.cmp(&a.opened_at))
        .then_with(|| b.case_id.cmp(&a.case_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(n: u64, kind: Kind, members: u64, shared: u64) -> Candidate {
        let case_id = CaseId::mint(Micros(0), n);
        let opened_at = Micros(n as i64);
        Candidate { case_id, kind, members, shared, same_campaign: false, shared_codes: 0, opened_at }
    }

    #[test]
    fn half_of_the_smaller_group_is_enough_within_the_family() {
        let grown = candidate(1, Kind::BalancedExtraction, 10, 5);
        assert!(best_match(Kind::SplitExtraction, 1000, std::slice::from_ref(&grown)).is_some());
        let fewer = Candidate { shared: 4, ..grown.clone() };
        assert!(best_match(Kind::SplitExtraction, 1000, &[fewer]).is_none());
        assert!(best_match(Kind::KeyTakeover, 1000, &[grown]).is_none(), "another family");
    }

    #[test]
    fn the_same_id_matches_whatever_else() {
        let same = Candidate { same_campaign: true, ..candidate(1, Kind::KeyTakeover, 10, 0) };
        let close = candidate(2, Kind::SplitExtraction, 10, 10);
        let of = [close, same.clone()];
        assert_eq!(best_match(Kind::SplitExtraction, 10, &of), Some(&same));
    }

    #[test]
    fn ties_go_to_shared_evidence_then_to_the_older_case() {
        let old = candidate(1, Kind::SplitExtraction, 10, 8);
        let young = candidate(2, Kind::SplitExtraction, 10, 8);
        assert_eq!(best_match(Kind::SplitExtraction, 10, &[young.clone(), old.clone()]), Some(&old));
        let young = Candidate { shared_codes: 3, ..young };
        assert_eq!(best_match(Kind::SplitExtraction, 10, &[young.clone(), old]), Some(&young));
    }
}
