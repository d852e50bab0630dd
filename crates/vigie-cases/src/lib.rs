//! From campaign to case to decision to appeal.
//!
//! What lives here: the nouns of the records and the rules that they obey. What does not: any I/O, any clock, any chance:
//! the time, the ids and the keys are handed in.
//!
//! **Invariant:** no decision without evidence, reason code, expiry and a way back.
//! **Invariant:** undoing a decision restores what was before.
//! **Invariant:** nobody approves, reviews or judges their own decision.

mod access;
mod appeal;
mod audit;
mod case;
mod decision;
mod entity;
mod eyes;
mod hunt;
mod hunt_config;
mod ids;
mod invalid;
mod keyed;
mod matching;
mod overlap;
mod preview;
mod scorecard;
mod settings;
mod takedown;
mod webhook;

pub use access::{Actor, Role, Scope, Token, User};
pub use appeal::{
    Appeal, AppealDecision, AppealOutcome, AppealStatus, PublicAppeal, PublicAppealState, Statement,
    may_review,
};
pub use audit::{AuditEntry, ChainCheck, GENESIS};
pub use case::{
    ACCOUNTS_BY_HAND_MAX, Case, CaseEvent, CaseMember, CasePatch, CaseStatus, Disposition, EventKind,
    Exception, MemberDecision, TEXT_CHARS_MAX, TITLE_CHARS_MAX, bystander_reason, text_field,
};
pub use decision::{
    Decision, DecisionEvidence, DecisionStatus, EVIDENCE_MAX, EXPIRY_DAYS_MAX, NewDecision, Origin,
    OriginType, ReasonCode,
};
pub use entity::{DecisionScope, Entity, EntityType};
pub use eyes::{LADDER, action_name, approval_needed, milder, second_person};
pub use hunt::{CampaignChange, Hunt, HuntDiff, HuntProgress, HuntStatus};
pub use hunt_config::{AddressTrust, HuntConfig, HuntKeys, ReadKeys, meant};
pub use ids::{
    AppealId, BadId, CaseId, DecisionId, DeliveryId, ExceptionId, HuntId, TakedownId, TokenId, UserId,
    WebhookId, base32,
};
pub use invalid::{FieldError, RuleError};
pub use keyed::{Places, appeal_token, hex, hmac_sha256, read_appeal_token, same_secret, sha256_hex};
pub use matching::{Candidate, best_match};
pub use overlap::{Reach, by_strength, effective};
pub use preview::{Bystander, HoldOut, HoldOutObserved, PreviewWave, ScoreBand, TakedownPreview, by_score};
pub use scorecard::{Scorecard, wilson};
pub use settings::{Settings, StopLimits, wave_shares_hold};
pub use takedown::{
    NewTakedown, Plan, Takedown, TakedownOutcome, TakedownStatus, Wave, WaveStatus, plan, stop_reason,
};
pub use webhook::{ATTEMPTS_MAX, Delivery, DeliveryStatus, Webhook, WebhookEvent, retry_after};
