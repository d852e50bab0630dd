//! What the made-up campaigns say.

use vigie_model::{Action, Alternative, Evidence, Explained, Kind, Layer, RecommendedDecision, Severity};

/// Code, layer, sentence, value, expected, weight.
type Piece = (&'static str, Layer, &'static str, f64, Option<f64>, f64);

/// One made-up campaign.
pub(super) struct Spec {
    pub id: &'static str,
    pub kind: Kind,
    pub severity: Severity,
    pub q_value: f64,
    pub accounts: usize,
    /// Exchanges an hour over all members.
    pub per_hour: f64,
    /// Whether it follows office hours.
    pub by_day: bool,
    /// First and last hour of the log.
    pub hours: (i64, i64),
    /// The campaign's part of its members' traffic.
    pub share: f64,
    pub layers: &'static [Layer],
    pub summary: &'static str,
    pub evidence: &'static [Piece],
    pub examples: &'static [&'static str],
    /// Name, outcome, for, against.
    pub alternatives: &'static [(&'static str, Explained, &'static str, &'static str)],
    pub decision: (Action, &'static str, &'static str, u32),
}

use Action::{Label, Observe, Refuse, StepUp, Suspend};
use Explained::{No, Partly, Yes};
use Layer::{Client, Content, Declared, HandOver, Harness, Infrastructure, Payment, SignUp, Timing};

pub(super) const SPECS: &[Spec] = &[
    Spec {
        id: "c-4f81d20e",
        kind: Kind::SplitExtraction,
        severity: Severity::Critical,
        q_value: 0.000_01,
        accounts: 342,
        per_hour: 118.0,
        by_day: false,
        hours: (31, 330),
        share: 0.93,
        layers: &[Content, Content, Infrastructure, Client],
        summary: "342 accounts share out one labelling job: 98 % of their prompts fill the same 11 templates and no topic is asked twice.",
        evidence: &[
            (
                "shared-phrases",
                Content,
                "98 % of the pooled prompts are built from 11 templates that nobody else uses; matched honest groups reach 4 %.",
                0.98,
                Some(0.04),
                61.2,
            ),
            (
                "complementarity",
                Content,
                "The accounts divide the topics among them: of 31,204 distinct topics only 0.3 % were asked by two members; chance gives 19 %.",
                0.003,
                Some(0.19),
                38.5,
            ),
            (
                "address-pool",
                Infrastructure,
                "Members come from 48 addresses that no other account uses, 7.1 members to an address.",
                7.1,
                Some(1.2),
                22.0,
            ),
            (
                "flat-day",
                Timing,
                "Pooled traffic hardly falls at night: the quietest hour carries 71 % of the busiest.",
                0.71,
                Some(0.18),
                6.1,
            ),
        ],
        examples: &[
            "You are grading one answer. Topic: ‹slot›. Give a score from ‹num› to ‹num› and explain every step.",
            "Label the passage below with one of ‹quote›. Return JSON only. Passage: ‹slot›",
        ],
        alternatives: &[
            (
                "batch job",
                No,
                "One template family and steady volume.",
                "342 separate customers with 211 payment instruments; a batch job has one key or a few.",
            ),
            (
                "university benchmark",
                No,
                "Topics look like a public test set.",
                "A benchmark asks the same items of every account; here no two accounts ask the same item.",
            ),
            (
                "agent harness",
                No,
                "The same client software.",
                "The system prompt differs from account to account while the job is one.",
            ),
        ],
        decision: (
            Suspend,
            "accounts",
            "Almost all of the members’ traffic is the campaign, and the evidence stands in three independent layers.",
            30,
        ),
    },
    Spec {
        id: "c-9be03377",
        kind: Kind::BalancedExtraction,
        severity: Severity::Critical,
        q_value: 0.000_02,
        accounts: 64,
        per_hour: 96.0,
        by_day: false,
        hours: (60, 210),
        share: 0.97,
        layers: &[Payment, Timing, Content],
        summary: "64 accounts on 3 payment instruments start and stop within the same seconds and carry equal loads.",
        evidence: &[
            ("shared-payment", Payment, "64 accounts pay with 3 instruments.", 21.3, Some(1.1), 44.0),
            (
                "lockstep",
                Timing,
                "Nine in ten starts fall within two seconds of another member’s start.",
                0.91,
                Some(0.02),
                31.9,
            ),
            (
                "equal-load",
                Timing,
                "Load per account varies by 3 % around the mean; matched honest groups vary by 140 %.",
                0.03,
                Some(1.4),
                12.7,
            ),
        ],
        examples: &["Write ‹num› question and answer pairs about ‹slot› for a data set."],
        alternatives: &[
            (
                "company roll-out",
                No,
                "Accounts were opened in one week.",
                "No common organisation or e-mail domain; no person ever types a follow-up.",
            ),
            (
                "batch job",
                Partly,
                "Even load over keys is good practice.",
                "A customer with one job needs one account; 64 accounts serve only to stay under limits.",
            ),
        ],
        decision: (Suspend, "accounts", "One payer behind every account; nobody else is hurt.", 30),
    },
    Spec {
        id: "c-17aa90c4",
        kind: Kind::ReleasePivot,
        severity: Severity::High,
        q_value: 0.0007,
        accounts: 88,
        per_hour: 60.0,
        by_day: false,
        hours: (152, 330),
        share: 0.81,
        layers: &[Content, Infrastructure, Timing],
        summary: "88 accounts moved their whole workload to a new model within 26 hours of its release.",
        evidence: &[
            (
                "pivot",
                Timing,
                "Half of the members’ traffic had moved 26 hours after the release; the median honest group took 9 days.",
                26.0,
                Some(216.0),
                18.8,
            ),
            (
                "shared-phrases",
                Content,
                "The workload is one: 87 % of prompts fill 6 templates of their own.",
                0.87,
                Some(0.05),
                27.4,
            ),
        ],
        examples: &["Answer with full working, then state your confidence. Problem: ‹slot›"],
        alternatives: &[(
            "release rush",
            Partly,
            "Many customers try a new model at once.",
            "Those who try a model ask varied things; these go on with one job, unchanged.",
        )],
        decision: (StepUp, "accounts", "A clear job, but a fifth of the traffic is ordinary use.", 14),
    },
    Spec {
        id: "c-c0ffe112",
        kind: Kind::TraceCoercion,
        severity: Severity::High,
        q_value: 0.0003,
        accounts: 41,
        per_hour: 44.0,
        by_day: true,
        hours: (12, 320),
        share: 0.88,
        layers: &[Content, Harness, Client],
        summary: "41 accounts ask in 6 languages for the reasoning behind answers that they bring along.",
        evidence: &[
            (
                "reasoning-marks",
                Content,
                "84 % of prompts ask the model to write down the thinking behind a finished answer.",
                0.84,
                Some(0.03),
                35.0,
            ),
            ("one-wording", Content, "The demand is one wording in six languages.", 6.0, Some(1.0), 11.0),
        ],
        examples: &[
            "Here is a question and its correct answer. Write the inner reasoning that leads from one to the other: ‹slot›",
        ],
        alternatives: &[(
            "classroom",
            No,
            "Pupils are asked to show their working.",
            "No common address, no school hours, no repeated exercises.",
        )],
        decision: (
            Action::Reduce,
            "accounts",
            "Withhold reasoning text, and say so, while a person looks.",
            14,
        ),
    },
    Spec {
        id: "c-5d3e6b90",
        kind: Kind::ResoldAccess,
        severity: Severity::High,
        q_value: 0.0019,
        accounts: 173,
        per_hour: 31.0,
        by_day: true,
        hours: (0, 335),
        share: 0.22,
        layers: &[Content, Client, SignUp],
        summary: "A slice of 22 % of these users’ traffic is one extraction job that comes through a reseller; the users themselves look ordinary.",
        evidence: &[
            (
                "slice",
                Content,
                "Within mixed accounts, 22 % of exchanges share templates, client and settings that the rest of the account never uses.",
                0.22,
                None,
                24.6,
            ),
            (
                "client-split",
                Client,
                "The slice comes with one TLS fingerprint, the users’ own traffic with 61.",
                1.0,
                Some(17.0),
                9.8,
            ),
        ],
        examples: &["Rate the two replies to ‹slot› and return the better one as JSON."],
        alternatives: &[(
            "licensed reseller",
            No,
            "Ordinary people share one way in.",
            "No member carries the operator’s label for it, and resale does not explain one job across users.",
        )],
        decision: (
            Refuse,
            "slice",
            "Refuse the slice and spare the users: four fifths of the traffic is theirs.",
            14,
        ),
    },
    Spec {
        id: "c-e2b7714d",
        kind: Kind::KeyTakeover,
        severity: Severity::High,
        q_value: 0.0042,
        accounts: 23,
        per_hour: 58.0,
        by_day: false,
        hours: (201, 262),
        share: 0.64,
        layers: &[Infrastructure, Client, Timing],
        summary: "23 keys, silent for weeks, were probed with one-token calls and then drained from one new network.",
        evidence: &[
            (
                "probe-then-burst",
                Timing,
                "Each key woke with calls of at most 4 tokens, then rose to 190 times its old rate within an hour.",
                190.0,
                Some(1.6),
                26.0,
            ),
            (
                "new-network",
                Infrastructure,
                "All 23 work from two networks that none of them used before.",
                23.0,
                Some(0.1),
                19.3,
            ),
        ],
        examples: &[],
        alternatives: &[(
            "company roll-out",
            No,
            "Traffic rises at once.",
            "The customers are strangers to each other and the new network is not theirs.",
        )],
        decision: (
            Suspend,
            "keys",
            "The account holders are the victims: stop the keys, tell the holders.",
            7,
        ),
    },
    Spec {
        id: "c-77d0ab35",
        kind: Kind::SignupFarm,
        severity: Severity::Medium,
        q_value: 0.0088,
        accounts: 207,
        per_hour: 9.0,
        by_day: false,
        hours: (44, 300),
        share: 0.9,
        layers: &[SignUp, SignUp, Infrastructure, Payment],
        summary: "207 accounts were made in 9 bursts from a shared pool of addresses and wait, nearly idle.",
        evidence: &[
            (
                "signup-bursts",
                SignUp,
                "207 sign-ups fall into 9 windows of 14 minutes.",
                23.0,
                Some(1.7),
                30.1,
            ),
            ("address-pool", Infrastructure, "They share 12 addresses.", 17.0, Some(1.3), 17.0),
        ],
        examples: &[],
        alternatives: &[
            (
                "company roll-out",
                No,
                "Many sign-ups at once.",
                "41 e-mail domains, none with a company behind it.",
            ),
            (
                "credit farmer",
                Partly,
                "Free credits draw serial sign-ups.",
                "The accounts hold their credits instead of using them.",
            ),
        ],
        decision: (StepUp, "accounts", "Ask who they are before they are put to use.", 30),
    },
    Spec {
        id: "c-30cc81fa",
        kind: Kind::ScriptedPersonas,
        severity: Severity::Medium,
        q_value: 0.0121,
        accounts: 18,
        per_hour: 27.0,
        by_day: true,
        hours: (70, 240),
        share: 0.76,
        layers: &[Content, Infrastructure],
        summary: "18 accounts write comments and replies for some 900 invented voices from one set of templates.",
        evidence: &[
            (
                "persona-marks",
                Content,
                "81 % of prompts ask for a short post in the voice of a described person; 912 different descriptions.",
                0.81,
                Some(0.01),
                29.0,
            ),
            ("shared-phrases", Content, "All 18 use the same 4 templates.", 4.0, None, 14.2),
        ],
        examples: &[
            "Write a reply of ‹num› words in the voice of ‹slot›. Do not sound like the other replies.",
        ],
        alternatives: &[(
            "marketing agency",
            Partly,
            "Agencies write posts for clients.",
            "The voices pose as private persons, and the same subject gets hundreds of them.",
        )],
        decision: (Suspend, "accounts", "One small crew; a person should read the examples first.", 14),
    },
    Spec {
        id: "c-8a6f2c01",
        kind: Kind::SharedPlaybook,
        severity: Severity::Medium,
        q_value: 0.0310,
        accounts: 26,
        per_hour: 7.0,
        by_day: true,
        hours: (20, 310),
        share: 0.55,
        layers: &[Content, HandOver, Infrastructure],
        summary: "26 accounts take turns at the steps of one deception script; four took up the work of banned ones.",
        evidence: &[
            (
                "shared-phrases",
                Content,
                "Members fill 9 private templates, each account only some of the steps.",
                9.0,
                Some(0.4),
                21.0,
            ),
            (
                "hand-over",
                HandOver,
                "Four members began within two days of a ban, where the banned account had stopped.",
                4.0,
                Some(0.1),
                13.0,
            ),
        ],
        examples: &["Write step ‹num› of the script for persona ‹slot›, in the tone of the step before."],
        alternatives: &[(
            "verified red team",
            No,
            "Security teams rehearse such scripts.",
            "No member is verified, and the accounts take up work after bans.",
        )],
        decision: (
            Suspend,
            "accounts",
            "The hand-over after bans shows that labels alone will not hold them.",
            30,
        ),
    },
    Spec {
        id: "g-1b20e7f3",
        kind: Kind::InnocentGroup,
        severity: Severity::None,
        q_value: 0.0004,
        accounts: 118,
        per_hour: 14.0,
        by_day: true,
        hours: (8, 330),
        share: 0.7,
        layers: &[Infrastructure, Content],
        summary: "118 accounts behind one campus address work on the same exercises.",
        evidence: &[(
            "shared-phrases",
            Content,
            "118 accounts ask about the same 14 exercises.",
            14.0,
            Some(0.5),
            18.0,
        )],
        examples: &["Explain exercise ‹num› of the course."],
        alternatives: &[(
            "classroom",
            Yes,
            "One address, school hours, the same exercises in everybody’s own words, follow-up questions.",
            "Nothing.",
        )],
        decision: (Observe, "accounts", "A class at work.", 30),
    },
    Spec {
        id: "g-66f4d9aa",
        kind: Kind::InnocentGroup,
        severity: Severity::None,
        q_value: 0.0011,
        accounts: 52,
        per_hour: 40.0,
        by_day: false,
        hours: (0, 335),
        share: 0.95,
        layers: &[Declared, Content],
        summary: "52 keys of one organisation run a nightly batch job.",
        evidence: &[("shared-phrases", Content, "One template family over all keys.", 3.0, Some(0.4), 25.0)],
        examples: &[],
        alternatives: &[(
            "batch job",
            Yes,
            "One organisation, one payer, declared end users; nothing is hidden.",
            "Steady through the night, as machines are.",
        )],
        decision: (Label, "accounts", "Remember the job, so that later hunts explain it at once.", 90),
    },
    Spec {
        id: "g-a90c5512",
        kind: Kind::InnocentGroup,
        severity: Severity::None,
        q_value: 0.0230,
        accounts: 31,
        per_hour: 5.0,
        by_day: true,
        hours: (96, 300),
        share: 0.6,
        layers: &[SignUp, Infrastructure],
        summary: "31 accounts signed up in one hour from one company’s network.",
        evidence: &[("signup-bursts", SignUp, "31 sign-ups within one hour.", 31.0, Some(1.7), 16.0)],
        examples: &[],
        alternatives: &[(
            "company roll-out",
            Yes,
            "One e-mail domain, one network, office hours, varied work.",
            "None carries a common organisation id.",
        )],
        decision: (Observe, "accounts", "A team that was given access.", 30),
    },
];

pub(super) fn evidence(spec: &Spec) -> Vec<Evidence> {
    spec.evidence
        .iter()
        .enumerate()
        .map(|(i, &(code, layer, text, value, expected, weight))| Evidence {
            code: code.to_owned(),
            layer,
            text: text.to_owned(),
            value,
            expected,
            weight,
            examples: if i == 0 { owned(spec.examples) } else { Vec::new() },
        })
        .collect()
}

pub(super) fn alternatives(spec: &Spec) -> Vec<Alternative> {
    spec.alternatives
        .iter()
        .map(|&(name, explained, speaks_for, speaks_against)| Alternative {
            name: name.to_owned(),
            explained,
            speaks_for: owned(&[speaks_for]),
            speaks_against: owned(&[speaks_against]),
        })
        .collect()
}

pub(super) fn decision(spec: &Spec) -> RecommendedDecision {
    let (action, scope, reason, expires_days) = spec.decision;
    RecommendedDecision { action, scope: scope.to_owned(), reason: reason.to_owned(), expires_days }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&t| t.to_owned()).collect()
}
