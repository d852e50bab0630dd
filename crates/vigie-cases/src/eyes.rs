//! Two pairs of eyes: which decisions need a second person, who may be it, and the ladder of actions by which that goes.

use vigie_model::Action;

use crate::access::{Actor, Role};
use crate::invalid::RuleError;
use crate::settings::Settings;

/// Whether `approver` is a second pair of eyes beside `author_id`.
///
/// # Errors
/// [`RuleError::Forbidden`] for the same person, for programs without a person, and for roles below approver.
pub fn second_person(approver: &Actor, author_id: &str) -> Result<(), RuleError> {
    if matches!(approver, Actor::System { .. } | Actor::Public) || !approver.may(Role::Approver) {
        return Err(RuleError::Forbidden("approval needs a person with the role approver".to_owned()));
    }
    if approver.person() == author_id {
        return Err(RuleError::Forbidden("a second person must approve: you are the author".to_owned()));
    }
    Ok(())
}

/// Why a real `action` on `accounts` accounts needs a second person under `settings`, if it does. `accounts` counts what
/// the same author decided lately, too, so that a takedown cannot be split into small ones.
pub fn approval_needed(settings: &Settings, action: Action, accounts: u64) -> Option<String> {
    if settings.approval_actions.contains(&action) {
        return Some(format!("the policy asks for a second person before `{}`", action_name(action)));
    }
    let above = settings.approval_above_accounts;
    (action >= Action::Throttle && accounts > above).then(|| {
        format!("the policy asks for a second person above {above} accounts, and these are {accounts}")
    })
}

/// The word that outputs carry for `action`.
pub fn action_name(action: Action) -> &'static str {
    match action {
        Action::Observe => "observe",
        Action::Label => "label",
        Action::Throttle => "throttle",
        Action::StepUp => "step_up",
        Action::Reduce => "reduce",
        Action::Refuse => "refuse",
        Action::Suspend => "suspend",
        Action::Ban => "ban",
    }
}

/// Every rung, mildest first.
pub const LADDER: [Action; 8] = [
    Action::Observe,
    Action::Label,
    Action::Throttle,
    Action::StepUp,
    Action::Reduce,
    Action::Refuse,
    Action::Suspend,
    Action::Ban,
];

/// The next milder rung; `observe` has none.
pub fn milder(action: Action) -> Option<Action> {
    LADDER.iter().rev().copied().find(|a| *a < action)
}
