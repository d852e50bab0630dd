//! Takedowns: a decision on a whole network, in waves, with accounts left alone to compare with, that stops by itself.
//!
//! Staging ([`plan`]): accounts stand in the order of a keyed hash, so that the first wave is a fair sample of the network
//! and nobody outside can foresee who comes first. The same hash with another purpose picks the hold-out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vigie_model::{Action, Micros};

use crate::access::Actor;
use crate::case::TEXT_CHARS_MAX;
use crate::decision::{DecisionEvidence, ReasonCode, evidence_errors, expiry_errors};
use crate::eyes::second_person;
use crate::ids::{CaseId, TakedownId};
use crate::invalid::{RuleError, check, says};
use crate::keyed::Places;
use crate::settings::{StopLimits, wave_shares_hold};

/// Where a wave stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaveStatus {
    /// Not yet.
    Waiting,
    /// Its decisions are made.
    Applied,
    /// Will not come: the takedown stopped.
    Stopped,
    /// Its decisions are undone.
    Reversed,
}

/// One wave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Wave {
    /// Counted from 1.
    pub n: u32,
    /// Accounts in it.
    pub accounts: u64,
    /// Where it stands.
    pub status: WaveStatus,
    /// When it was applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied_at: Option<Micros>,
}

/// Where a takedown stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TakedownStatus {
    /// Being written.
    Draft,
    /// Waits for a second person.
    PendingApproval,
    /// May begin.
    Approved,
    /// Some waves are applied.
    Running,
    /// Stopped by a person or by its limits; what was applied holds.
    Stopped,
    /// All waves are applied.
    Done,
    /// Everything it did is undone.
    Reversed,
    /// The second person said no.
    Rejected,
}

impl TakedownStatus {
    /// The word that outputs carry.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::PendingApproval => "pending_approval",
            Self::Approved => "approved",
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Done => "done",
            Self::Reversed => "reversed",
            Self::Rejected => "rejected",
        }
    }
}

/// A decision on a whole network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Takedown {
    /// Id.
    pub takedown_id: TakedownId,
    /// The case.
    pub case_id: CaseId,
    /// Rung of the ladder.
    pub action: Action,
    /// Why, as a code.
    pub reason_code: ReasonCode,
    /// Why, in words.
    pub reason_text: String,
    /// On what it rests.
    pub evidence: Vec<DecisionEvidence>,
    /// When its decisions end.
    pub expires_at: Micros,
    /// Record, do not act.
    pub simulated: bool,
    /// Accounts in it, hold-out included.
    pub members: u64,
    /// The waves.
    pub waves: Vec<Wave>,
    /// Share of accounts left alone to compare with, 0–0.5.
    pub hold_out_share: f64,
    /// Accounts left alone.
    pub hold_out: u64,
    /// Where it stands.
    pub status: TakedownStatus,
    /// When it stops by itself.
    pub stop_limits: StopLimits,
    /// What happened to its decisions so far.
    pub outcome: TakedownOutcome,
    /// Name of who asked for it.
    pub author: String,
    /// The person behind the author.
    pub author_id: String,
    /// Name of who approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approver: Option<String>,
    /// The person behind the approver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approver_id: Option<String>,
    /// Why a second person is needed, when one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_reason: Option<String>,
    /// When it was asked for.
    pub created_at: Micros,
    /// Why it stopped, was reversed or was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_reason: Option<String>,
    /// Counts changes; the ETag.
    pub version: u64,
}

/// What happened to a takedown's decisions so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TakedownOutcome {
    /// Decisions made, hold-out not counted.
    pub applied: u64,
    /// Appeals that came in on them.
    pub appeals: u64,
    /// Decisions found wrong: undone as false positive, or overturned on appeal.
    pub false_positives: u64,
    /// Decisions taken back for any reason.
    pub undone: u64,
}

/// A takedown that somebody asks for or wants to preview.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTakedown {
    /// Rung of the ladder.
    pub action: Action,
    /// Why, as a code.
    pub reason_code: ReasonCode,
    /// Why, in words.
    #[serde(default)]
    pub reason_text: String,
    /// When its decisions end; the policy's default from now, when absent.
    #[serde(default)]
    pub expires_at: Option<Micros>,
    /// Record, do not act.
    #[serde(default)]
    pub simulated: bool,
    /// Cumulative shares of the waves; the policy's, when absent.
    #[serde(default)]
    pub waves: Option<Vec<f64>>,
    /// Share of accounts left alone; the policy's, when absent.
    #[serde(default)]
    pub hold_out_share: Option<f64>,
    /// Accounts to leave out.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Which of the evidence may be disclosed, by code; none, when absent.
    #[serde(default)]
    pub disclose: Vec<String>,
}

/// Who is hit in which wave, and who is left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Accounts of each wave, in order of application.
    pub waves: Vec<Vec<String>>,
    /// Accounts left alone to compare with.
    pub hold_out: Vec<String>,
}

impl Plan {
    /// Accounts of all waves and the hold-out.
    pub fn accounts(&self) -> usize {
        self.waves.iter().map(Vec::len).sum::<usize>() + self.hold_out.len()
    }
}

/// Stages `accounts`: the hold-out is the part whose keyed place is below `hold_out_share`; the others go, in the order of
/// another keyed place, into waves that end at the cumulative `shares`, none smaller than `min_wave` but the last.
/// Deterministic, whatever the order of `accounts`. O(n log n).
pub fn plan(
    key: &[u8],
    case: &CaseId,
    accounts: &[String],
    shares: &[f64],
    hold_out_share: f64,
    min_wave: u64,
) -> Plan {
    let places = Places::new(key, &format!("takedown\0{case}"));
    let (mut hold_out, mut order) = (Vec::new(), Vec::new());
    for account in accounts {
        let (hold, turn) = places.of(account);
        if hold < hold_out_share { hold_out.push(account) } else { order.push((turn, account)) }
    }
    hold_out.sort();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)));
    let total = order.len();
    let mut waves = Vec::new();
    let mut from = 0;
    for share in shares {
        let end = ((total as f64 * share).ceil() as usize).max(from + min_wave as usize).min(total);
        let end = if *share >= 1.0 { total } else { end };
        if end > from {
            waves.push(order[from..end].iter().map(|(_, a)| (*a).clone()).collect());
            from = end;
        }
    }
    Plan { waves, hold_out: hold_out.into_iter().cloned().collect() }
}

impl NewTakedown {
    /// Whether it may become a takedown at `now` resting on `evidence`.
    ///
    /// # Errors
    /// [`RuleError::Invalid`] with every field that is wrong.
    pub fn validate(
        &self,
        evidence: &[DecisionEvidence],
        expires_at: Micros,
        now: Micros,
    ) -> Result<(), RuleError> {
        let mut errors = Vec::new();
        check(&mut errors, says(&self.reason_text, TEXT_CHARS_MAX), "reason_text", "a reason in words");
        evidence_errors(evidence, &mut errors);
        expiry_errors(now, expires_at, now, &mut errors);
        self.staging_errors(&mut errors);
        if errors.is_empty() { Ok(()) } else { Err(RuleError::Invalid(errors)) }
    }

    /// Whether it may be previewed: the staging only, since a preview comes before reason and evidence.
    ///
    /// # Errors
    /// [`RuleError::Invalid`] with every field that is wrong.
    pub fn validate_staging(&self) -> Result<(), RuleError> {
        let mut errors = Vec::new();
        self.staging_errors(&mut errors);
        if errors.is_empty() { Ok(()) } else { Err(RuleError::Invalid(errors)) }
    }

    fn staging_errors(&self, errors: &mut Vec<crate::invalid::FieldError>) {
        let waves = self.waves.as_deref().is_none_or(wave_shares_hold);
        check(errors, waves, "waves", "1 to 20 rising shares that end in 1");
        let hold_out = self.hold_out_share.is_none_or(|s| (0.0..=0.5).contains(&s));
        check(errors, hold_out, "hold_out_share", "0 to 0.5");
        check(errors, self.exclude.len() <= 100_000, "exclude", "at most 100,000 accounts");
    }
}

impl Takedown {
    /// Lets it begin.
    ///
    /// # Errors
    /// [`RuleError::Conflict`] unless it waits for approval; [`RuleError::Forbidden`] for the author's own eyes.
    pub fn approve(&mut self, approver: &Actor) -> Result<(), RuleError> {
        self.must_be(&[TakedownStatus::PendingApproval])?;
        second_person(approver, &self.author_id)?;
        self.approver = Some(approver.name());
        self.approver_id = Some(approver.person());
        self.set(TakedownStatus::Approved, None);
        Ok(())
    }

    /// Turns it down; the author may, too.
    ///
    /// # Errors
    /// [`RuleError::Conflict`] once it began; [`RuleError::Forbidden`] for others who may not approve.
    pub fn reject(&mut self, by: &Actor, reason: &str) -> Result<(), RuleError> {
        self.must_be(&[TakedownStatus::Draft, TakedownStatus::PendingApproval, TakedownStatus::Approved])?;
        if by.person() != self.author_id {
            second_person(by, &self.author_id)?;
        }
        self.end_waves(WaveStatus::Stopped);
        self.set(TakedownStatus::Rejected, Some(reason));
        Ok(())
    }

    /// Marks the next wave as applied at `now` with `applied` decisions and says which it was.
    ///
    /// # Errors
    /// [`RuleError::Conflict`] unless it is approved or running and a wave waits.
    pub fn next_wave(&mut self, applied: u64, now: Micros) -> Result<u32, RuleError> {
        let n = self.waiting_wave(now)?;
        let wave = &mut self.waves[n as usize - 1];
        wave.status = WaveStatus::Applied;
        wave.applied_at = Some(now);
        self.outcome.applied += applied;
        let last = self.waves.iter().all(|w| w.status != WaveStatus::Waiting);
        self.set(if last { TakedownStatus::Done } else { TakedownStatus::Running }, None);
        Ok(n)
    }

    /// Number of the wave that comes next.
    ///
    /// # Errors
    /// Those of [`Takedown::next_wave`].
    pub fn waiting_wave(&self, now: Micros) -> Result<u32, RuleError> {
        self.must_be(&[TakedownStatus::Approved, TakedownStatus::Running])?;
        if now >= self.expires_at {
            return Err(RuleError::Conflict("its expiry is over; ask for a new takedown".to_owned()));
        }
        let waiting = self.waves.iter().find(|w| w.status == WaveStatus::Waiting);
        waiting.map(|w| w.n).ok_or_else(|| RuleError::Conflict("no wave is left".to_owned()))
    }

    /// Holds back the waves that are still to come.
    ///
    /// # Errors
    /// [`RuleError::Conflict`] unless waves can still come.
    pub fn stop(&mut self, reason: &str) -> Result<(), RuleError> {
        self.must_be(&[TakedownStatus::Approved, TakedownStatus::Running])?;
        self.end_waves(WaveStatus::Stopped);
        self.set(TakedownStatus::Stopped, Some(reason));
        Ok(())
    }

    /// Marks everything as undone.
    ///
    /// # Errors
    /// [`RuleError::Conflict`] unless something was applied.
    pub fn reverse(&mut self, reason: &str) -> Result<(), RuleError> {
        self.must_be(&[TakedownStatus::Running, TakedownStatus::Stopped, TakedownStatus::Done])?;
        for wave in &mut self.waves {
            wave.status = match wave.status {
                WaveStatus::Applied => WaveStatus::Reversed,
                WaveStatus::Waiting => WaveStatus::Stopped,
                other => other,
            };
        }
        self.set(TakedownStatus::Reversed, Some(reason));
        Ok(())
    }

    /// Why it must stop by itself now, if it must; only while waves can still come.
    pub fn must_stop(&self) -> Option<String> {
        let moving = matches!(self.status, TakedownStatus::Approved | TakedownStatus::Running);
        moving.then(|| stop_reason(&self.stop_limits, &self.outcome)).flatten()
    }

    fn end_waves(&mut self, status: WaveStatus) {
        for wave in self.waves.iter_mut().filter(|w| w.status == WaveStatus::Waiting) {
            wave.status = status;
        }
    }

    fn set(&mut self, status: TakedownStatus, reason: Option<&str>) {
        self.status = status;
        if let Some(reason) = reason {
            self.stop_reason = Some(reason.to_owned());
        }
        self.version += 1;
    }

    fn must_be(&self, states: &[TakedownStatus]) -> Result<(), RuleError> {
        if states.contains(&self.status) {
            return Ok(());
        }
        Err(RuleError::Conflict(format!("this takedown is {}", self.status.name().replace('_', " "))))
    }
}

/// Why `outcome` passes `limits`, if it does. Shares of fewer than `min_wave` decisions are not judged, but for a first
/// wave that is smaller because the whole network is: then one account found wrong is enough.
pub fn stop_reason(limits: &StopLimits, outcome: &TakedownOutcome) -> Option<String> {
    if outcome.applied < limits.min_wave {
        return (outcome.false_positives > 0)
            .then(|| "an account of a small wave was found wrongly accused".to_owned());
    }
    let share = |n: u64| n as f64 / outcome.applied as f64;
    let passed = |what: &str, n: u64, limit: f64| {
        (share(n) > limit).then(|| {
            let (part, most) = (share(n) * 100.0, limit * 100.0);
            format!("{n} {what} on {} decisions ({part:.1} %) pass the limit of {most:.1} %", outcome.applied)
        })
    };
    passed("accounts found wrongly accused", outcome.false_positives, limits.false_positive_share)
        .or_else(|| passed("appeals", outcome.appeals, limits.appeals_share))
}
