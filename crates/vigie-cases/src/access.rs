//! Who acts: people with roles, tokens with scopes, Vigie itself, and the public that appeals.
//!
//! What lives here: the nouns and what a role may do. What does not: passwords, cookies, how somebody signs in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vigie_model::Micros;

use crate::ids::{TokenId, UserId};

/// What a person may do; each role may do what the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Read.
    Viewer,
    /// Work on cases, decide within the policy.
    Analyst,
    /// Approve what needs a second person.
    Approver,
    /// Users, tokens, webhooks, settings.
    Admin,
}

/// What an API token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Read.
    Read,
    /// What an analyst may.
    Write,
    /// What an approver may.
    Approve,
    /// What an admin may.
    Admin,
}

impl Scope {
    /// The role whose work the scope allows.
    pub fn role(self) -> Role {
        match self {
            Self::Read => Role::Viewer,
            Self::Write => Role::Analyst,
            Self::Approve => Role::Approver,
            Self::Admin => Role::Admin,
        }
    }
}

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Actor {
    /// A person who signed in.
    User {
        /// Who.
        user_id: UserId,
        /// Their name, unique and never changed.
        name: String,
        /// What they may do.
        role: Role,
    },
    /// A program with an API token; it stands for the person who made the token, so that nobody approves their own
    /// decision through a token.
    Token {
        /// Which token.
        token_id: TokenId,
        /// The token's name.
        name: String,
        /// Who made it.
        owner: UserId,
        /// The owner's name.
        owner_name: String,
        /// What it may do.
        scopes: Vec<Scope>,
    },
    /// Vigie itself: `hunt`, `expiry`, `takedown-guard`, `setup`.
    System {
        /// Which part.
        part: String,
    },
    /// Somebody with an appeal link.
    Public,
}

impl Actor {
    /// Vigie's own part `part`.
    pub fn system(part: &str) -> Self {
        Self::System { part: part.to_owned() }
    }

    /// The name that history, audit and decisions show.
    pub fn name(&self) -> String {
        match self {
            Self::User { name, .. } => name.clone(),
            Self::Token { name, owner_name, .. } => format!("{owner_name} (token {name})"),
            Self::System { part } => format!("vigie:{part}"),
            Self::Public => "public".to_owned(),
        }
    }

    /// Which person answers for it; two actors with the same person are one pair of eyes. `system:…` and `public` are no
    /// person and may never approve or review.
    pub fn person(&self) -> String {
        match self {
            Self::User { user_id, .. } => user_id.to_string(),
            Self::Token { owner, .. } => owner.to_string(),
            Self::System { part } => format!("system:{part}"),
            Self::Public => "public".to_owned(),
        }
    }

    /// Whether it may do the work of `role`. Vigie's own parts may write but never approve; the public may only appeal.
    pub fn may(&self, role: Role) -> bool {
        match self {
            Self::User { role: own, .. } => *own >= role,
            Self::Token { scopes, .. } => scopes.iter().any(|s| s.role() >= role),
            Self::System { .. } => role <= Role::Analyst,
            Self::Public => false,
        }
    }
}

/// A person who may sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct User {
    /// Id.
    pub user_id: UserId,
    /// Sign-in name: unique, never changed, since history refers to it.
    pub name: String,
    /// Where to write to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Whether sign-in is closed.
    pub disabled: bool,
    /// When the user was made.
    pub created_at: Micros,
    /// Last sign-in or request that was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Micros>,
    /// Counts changes.
    pub version: u64,
}

/// An API token; its secret is shown once and never stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Token {
    /// Id.
    pub token_id: TokenId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The person who made it and answers for it.
    pub owner: UserId,
    /// The owner's name.
    pub owner_name: String,
    /// When it was made.
    pub created_at: Micros,
    /// When it ends, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Micros>,
    /// Last use that was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Micros>,
}
