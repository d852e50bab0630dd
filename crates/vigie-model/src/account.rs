//! Accounts and the release calendar: the two side tables.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::Micros;

/// Labels of the operator that the detectors know; any other is carried along.
pub mod known_labels {
    /// May resell access to end users of its own.
    pub const LICENSED_RESELLER: &str = "licensed_reseller";
    /// Vetted to do security or safety research.
    pub const VERIFIED_RESEARCHER: &str = "verified_researcher";
    /// May distil the operator's own model.
    pub const OWN_MODEL_DISTILLATION: &str = "own_model_distillation";
    /// Belongs to the operator.
    pub const INTERNAL: &str = "internal";
}

/// Where an account stands today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// In use.
    Active,
    /// Stopped for now.
    Suspended,
    /// Stopped for good.
    Banned,
}

/// One row of the accounts table. Absent means: the source cannot see it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    /// Who is billed.
    pub account_id: String,
    /// The organisation that the account belongs to.
    #[serde(default)]
    pub org_id: Option<String>,
    /// When it signed up.
    #[serde(default)]
    pub created_at: Option<Micros>,
    /// Domain of its e-mail address.
    #[serde(default)]
    pub email_domain: Option<String>,
    /// Keyed hash of the payment instrument.
    #[serde(default)]
    pub payment_fingerprint: Option<String>,
    /// ISO 3166-1 alpha-2; describes, never accuses.
    #[serde(default)]
    pub payment_country: Option<String>,
    /// Payments that failed.
    #[serde(default)]
    pub failed_payments: Option<i64>,
    /// Plan name as the operator calls it.
    #[serde(default)]
    pub plan: Option<String>,
    /// ISO 3166-1 alpha-2; describes, never accuses.
    #[serde(default)]
    pub country: Option<String>,
    /// Whether identity was verified.
    #[serde(default)]
    pub verified: Option<bool>,
    /// Where the account stands.
    #[serde(default)]
    pub status: Option<AccountStatus>,
    /// The operator's own labels.
    #[serde(default)]
    pub labels: Vec<String>,
}

impl Account {
    /// Whether the operator gave this account the label.
    pub fn has_label(&self, label: &str) -> bool {
        self.labels.iter().any(|l| l == label)
    }
}

/// One row of the models table: when a model became available.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ModelRelease {
    /// Name as in `request_model`.
    pub model: String,
    /// When it was released.
    pub released_at: Micros,
}
