//! What a detector may know of a cluster: numbers only, no text, no names, no I/O.
//!
//! Neither language nor country is among them, so that neither can raise a score.

/// One statistic of a cluster beside what matched honest groups of the same size and trade show.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Contrast {
    /// The cluster's value; NaN (null in JSON) where it cannot be told.
    #[serde(deserialize_with = "number")]
    pub observed: f64,
    /// Median over matched groups.
    pub expected: f64,
    /// Conformal p-value, larger values being more extreme; 1 where it was not measured.
    pub p: f64,
}

/// JSON knows no NaN and writes null.
fn number<'d, D: serde::Deserializer<'d>>(from: D) -> Result<f64, D::Error> {
    use serde::Deserialize as _;
    Ok(Option::<f64>::deserialize(from)?.unwrap_or(f64::NAN))
}

impl Default for Contrast {
    /// Not measured.
    fn default() -> Self {
        Self { observed: 0.0, expected: 0.0, p: 1.0 }
    }
}

impl Contrast {
    /// How far above the expectation, never below 0.
    pub fn excess(&self) -> f64 {
        (self.observed - self.expected).max(0.0)
    }
}

/// How large the cluster is and what part of its members' traffic it takes.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Size {
    /// Members.
    pub accounts: usize,
    /// Exchanges that belong to the cluster.
    pub slice: usize,
    /// Median over members: part of their own traffic that belongs to the cluster.
    pub share: f64,
    /// Median exchanges of the slice per member.
    pub per_account: f64,
    /// Standard deviation of ln(slice exchanges per member), negated so that larger is stranger: a scheduler hands out
    /// equal portions. Matched groups are drawn from accounts of any activity.
    pub evenness: Contrast,
    /// Days between first and last exchange of the slice.
    pub days: f64,
}

/// What the slice asks.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Content {
    /// Exchanges of the slice that carry text.
    pub seen: f64,
    /// Mean cosine between prompts of different members.
    pub similarity: Contrast,
    /// Share of the slice whose exact prompt another member asked, too.
    pub overlap: f64,
    /// Distinct exact prompts per exchange of the slice.
    pub distinct: f64,
    /// Share of the slice that bears a characteristic template, opening, ending or phrase.
    pub wrapped: f64,
    /// Share of the slice in the commonest masked template.
    pub top_template: f64,
    /// Share of exchanges that open a conversation and stay alone.
    pub single_turn: Contrast,
    /// Share of the slice per mark, in the order of `vigie_fold::Marks::NAMED`.
    pub marks: Vec<Contrast>,
    /// Mean words per prompt.
    pub words: f64,
    /// Output tokens per exchange over the population's, 1 where unseen.
    pub output_ratio: f64,
    /// Share of the slice under a system prompt that says in partly other words what another member's says.
    #[serde(default)]
    pub reframed: f64,
    /// Chance that two exchanges of one member that carry a system prompt carry different ones, averaged over members.
    #[serde(default)]
    pub frame_changes: f64,
    /// Share of the slice that was refused.
    pub refused: f64,
    /// Share of the slice that asked for token probabilities.
    pub logprobs: f64,
}

/// When the slice happens.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Rhythm {
    /// Mean entropy of members' hours of the day, 0–1.
    pub flatness: Contrast,
    /// Mean correlation of members' activity over the log, beyond that of matched groups.
    pub synchrony: Contrast,
    /// Share of members whose first exchange of the slice lies in the densest tenth of the log.
    pub common_start: Contrast,
    /// Share of the slice on models released at most 72 h before, beyond the population's share in the same hours.
    pub release_turn: Contrast,
}

/// From where the slice comes.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Origin {
    /// Share of the slice with a believable address.
    pub seen: f64,
    /// Share of the slice from its commonest address.
    pub top_address: f64,
    /// Share of the slice from its commonest network.
    pub top_network: f64,
    /// Share of the slice from addresses that another member uses, too.
    pub shared_address: f64,
    /// Share of the slice from networks that another member uses, too.
    pub shared_network: f64,
    /// Of the accounts that use the cluster's shared addresses, the part that are members.
    pub address_purity: f64,
    /// Chance that two members mostly use one client.
    pub one_client: Contrast,
    /// Chance that two members mostly use one client with the same request settings.
    pub one_setting: Contrast,
    /// Chance that two members mostly use one model.
    pub one_model: Contrast,
    /// Chance that two exchanges of a member come from one address, mean over members.
    pub loyalty: Contrast,
    /// Share of the slice with the commonest client and request settings.
    pub top_settings: f64,
    /// Share of all exchanges with those settings that are the slice's.
    pub settings_purity: f64,
}

/// Who the members say they are.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Identity {
    /// Share of members that the accounts table knows.
    pub known: f64,
    /// Share of members in the commonest organisation, over all members.
    pub top_org: f64,
    /// Share of members that name an organisation which at least two other members name, too: they say openly that they
    /// belong together.
    pub declared: f64,
    /// Share of members that name an organisation which no other member names.
    pub orgs_apart: f64,
    /// Share of members with the commonest e-mail domain.
    pub top_domain: f64,
    /// Of all accounts with that domain, the part that are members.
    pub domain_purity: f64,
    /// Share of members whose e-mail domain looks like a school's or university's.
    pub academic: f64,
    /// Share of members whose payment another member uses, too.
    pub shared_payment: f64,
    /// Share of members with the commonest payment.
    pub top_payment: f64,
    /// Share of members with a payment on file.
    pub paying: f64,
    /// Failed payments per member over the population's mean.
    pub failed_payments_ratio: f64,
    /// Share of members with a verified identity.
    pub verified: f64,
    /// Share of accounts with a verified identity in the population.
    pub verified_expected: f64,
    /// Share of members that were suspended or banned.
    pub stopped: f64,
    /// The same over the population.
    pub stopped_expected: f64,
    /// Share of members per known label.
    pub labels: LabelShares,
}

/// Share of members with a label of the operator.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LabelShares {
    /// `licensed_reseller`.
    pub licensed_reseller: f64,
    /// `verified_researcher`.
    pub verified_researcher: f64,
    /// `own_model_distillation`.
    pub own_model_distillation: f64,
    /// `internal`.
    pub internal: f64,
}

/// How the members came to be and to what.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct History {
    /// Share of members with a known sign-up time.
    pub seen: f64,
    /// Share of members that signed up within the densest 24 hours.
    pub sign_up_day: f64,
    /// What matched groups show for that.
    pub sign_up_day_expected: f64,
    /// Share of members whose sign-up is part of a series: days far fuller than their e-mail domain, or their payment, and
    /// the days explain, or a burst over all accounts.
    pub serial: f64,
    /// The same over the population.
    pub serial_expected: f64,
    /// Median days from sign-up to the first exchange.
    #[serde(deserialize_with = "number")]
    pub age_at_first_use_days: f64,
    /// Members that began, with the cluster's content, within three days after a stopped member fell silent.
    pub hand_overs: usize,
    /// Share of members that lay dormant for long and came back with a burst from elsewhere.
    pub taken_over: f64,
    /// The same over the population.
    pub taken_over_expected: f64,
    /// Share of members that probed (tiny requests, errors) before the burst.
    pub probed: f64,
}

/// Everything that detectors judge by.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[expect(missing_docs, reason = "each part documents itself")]
pub struct Facts {
    /// The cluster's p-value against matched groups, before the false-discovery control; 0 where nothing was tested.
    pub chance: f64,
    pub size: Size,
    pub content: Content,
    pub rhythm: Rhythm,
    pub origin: Origin,
    pub identity: Identity,
    pub history: History,
}
