//! Whom or what a decision is about, and which part of its traffic.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a decision can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntityType {
    /// Who is billed.
    Account,
    /// An API key.
    Key,
    /// An organisation.
    Org,
    /// A customer's own user.
    EndUser,
    /// A range of addresses in CIDR notation.
    AddressRange,
    /// Something that accounts share.
    Object,
    /// One campaign's part of an account's traffic: `campaign_id/account_id`, or `campaign_id/*` for all its members.
    Slice,
}

impl EntityType {
    /// The word that outputs carry.
    pub fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Key => "key",
            Self::Org => "org",
            Self::EndUser => "end_user",
            Self::AddressRange => "address_range",
            Self::Object => "object",
            Self::Slice => "slice",
        }
    }
}

/// Whom or what a decision is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Entity {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// Its id, as the input writes it.
    pub id: String,
}

impl Entity {
    /// The account `id`.
    pub fn account(id: &str) -> Self {
        Self { kind: EntityType::Account, id: id.to_owned() }
    }
}

/// What part of the entity's traffic a decision touches; empty lists mean all.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DecisionScope {
    /// Models.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
    /// Endpoints.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<String>,
}

impl DecisionScope {
    /// Whether it touches a request to `model` at `endpoint`; an unknown model or endpoint is inside only when the scope
    /// does not restrict it.
    pub fn covers(&self, model: Option<&str>, endpoint: Option<&str>) -> bool {
        let within = |list: &[String], one: Option<&str>| {
            list.is_empty() || one.is_some_and(|o| list.iter().any(|l| l == o))
        };
        within(&self.models, model) && within(&self.endpoints, endpoint)
    }
}
