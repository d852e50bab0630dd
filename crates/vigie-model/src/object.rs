//! Objects: anything that two accounts can share.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::Micros;

/// The modality of an object. Evidence of different layers is independent enough to add up; evidence of one
/// layer is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Layer {
    /// What was asked: templates, phrases, near-duplicates.
    Content = 0,
    /// What software asked: system prompt, tool set.
    Harness = 1,
    /// From where: address, network.
    Infrastructure = 2,
    /// With what client: TLS fingerprint, user agent, request settings.
    Client = 3,
    /// Who pays.
    Payment = 4,
    /// How the account came to be: sign-up minute, e-mail domain.
    SignUp = 5,
    /// When it works: session starts, rhythm.
    Timing = 6,
    /// Whose work it took up after a ban or a silence.
    HandOver = 7,
    /// Declared by the customer: organisation, end user. Explains, never accuses.
    Declared = 8,
    /// A layer named by the input of `hunt --objects`.
    Custom = 9,
}

impl Layer {
    /// All layers in order.
    pub const ALL: [Self; 10] = [
        Self::Content,
        Self::Harness,
        Self::Infrastructure,
        Self::Client,
        Self::Payment,
        Self::SignUp,
        Self::Timing,
        Self::HandOver,
        Self::Declared,
        Self::Custom,
    ];

    /// The name that reports show.
    pub fn name(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Harness => "harness",
            Self::Infrastructure => "infrastructure",
            Self::Client => "client",
            Self::Payment => "payment",
            Self::SignUp => "sign-up",
            Self::Timing => "timing",
            Self::HandOver => "hand-over",
            Self::Declared => "declared",
            Self::Custom => "custom",
        }
    }
}

/// One row of the `objects` table: who touched what, when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectTouch {
    /// Who.
    pub account_id: String,
    /// What.
    pub object_id: String,
    /// When.
    pub timestamp: Micros,
    /// Name of the kind of object, where the source gives one.
    pub layer: Option<String>,
}
