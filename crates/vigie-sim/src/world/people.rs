//! The honest population: segments, volumes, homes and offices, sign-up, payment. The look-alikes and the
//! unknowing users of resellers are made of the same people.

use std::sync::Arc;

use vigie_model::{Account, AccountStatus, Micros};

use super::abuse::PersonaDesk;
use super::client::{Client, Software};
use super::clock::{Rhythm, Shape, cron_times, talk_times};
use super::dice::{Dice, opaque};
use super::net::{COUNTRIES, Origin, country};
use super::plan::{Params, Plan, Stream, Voice};
use super::text::{Speaker, coin};
use super::voices::{Agent, App, Chat, Check, Tinker};

/// A trade of honest customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Casual,
    Power,
    Developer,
    Tinkerer,
    Application,
    Lists,
    OneOff,
}

/// Segment, part of accounts, median volume (relative), spread of its logarithm.
const SEGMENTS: [(Segment, f64, f64, f64); 7] = [
    (Segment::Casual, 0.34, 9.0, 1.1),
    (Segment::Power, 0.18, 50.0, 0.9),
    (Segment::Developer, 0.14, 60.0, 1.2),
    (Segment::Tinkerer, 0.09, 18.0, 1.4),
    (Segment::Application, 0.13, 75.0, 1.4),
    (Segment::Lists, 0.06, 60.0, 1.4),
    (Segment::OneOff, 0.06, 2.0, 0.5),
];

impl Segment {
    /// A segment by its share of people.
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        SEGMENTS[dice.weighted(&SEGMENTS.map(|s| s.1))].0
    }

    /// A volume, relative to others.
    pub(crate) fn volume(self, dice: &mut Dice) -> f64 {
        let (_, _, median, spread) = SEGMENTS.iter().find(|s| s.0 == self).copied().unwrap_or(SEGMENTS[0]);
        dice.lognormal(median, spread)
    }
}

/// Popular mail providers, most popular first.
const MAIL: [&str; 12] = [
    "gmail.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "icloud.com",
    "qq.com",
    "gmx.de",
    "proton.me",
    "163.com",
    "orange.fr",
    "mail.ru",
    "web.de",
];
/// Throw-away mail; some honest people use it too.
const THROWAWAY: [&str; 5] =
    ["mailinator.com", "tempmail.dev", "guerrillamail.com", "10minutemail.net", "yopmail.com"];

/// A mail domain as people have them.
pub(crate) fn mail(dice: &mut Dice) -> String {
    match dice.unit() {
        u if u < 0.74 => MAIL[dice.zipf(MAIL.len(), 1.1)].to_owned(),
        u if u < 0.765 => (*dice.pick(&THROWAWAY)).to_owned(),
        u if u < 0.80 => own_domain(dice, "edu"),
        _ => {
            let end = *dice.pick(&["com", "io", "dev", "net", "co", "app"]);
            own_domain(dice, end)
        }
    }
}

/// A coined domain.
pub(crate) fn own_domain(dice: &mut Dice, end: &str) -> String {
    let mut name = String::new();
    coin(&mut name, dice.next());
    format!("{}.{end}", name.to_lowercase())
}

/// A fresh payment instrument.
pub(crate) fn payment(dice: &mut Dice) -> String {
    opaque("pay_", dice.next(), 14)
}

/// Sign-up data of one honest person.
pub(crate) fn sketch(plan: &Plan<'_>, home: usize, dice: &mut Dice) -> Account {
    let (start, end) = plan.window();
    let created = match dice.unit() {
        u if u < 0.16 => sign_up_in_log(plan, dice),
        u if u < 0.32 => start - (dice.exponential(20.0) * Micros::DAY as f64) as i64,
        _ => start - (dice.exponential(260.0).min(1_400.0) * Micros::DAY as f64) as i64,
    };
    let free = dice.chance(0.22);
    let code = COUNTRIES[home].code;
    let failures = if dice.chance(0.12) { 1.6 } else { 0.12 };
    let status = match dice.unit() {
        u if u < 0.006 => AccountStatus::Banned,
        u if u < 0.012 => AccountStatus::Suspended,
        _ => AccountStatus::Active,
    };
    Account {
        created_at: Some(Micros(created.min(end - Micros::HOUR))),
        email_domain: Some(mail(dice)),
        payment_fingerprint: (!free).then(|| payment(dice)),
        payment_country: (!free).then(|| if dice.chance(0.95) { code } else { "US" }.to_owned()),
        failed_payments: Some(dice.poisson(failures) as i64),
        plan: Some(
            (*dice.pick(if free { &["free", "free", "trial"] } else { &["plus", "pro", "payg"] })).to_owned(),
        ),
        country: Some(code.to_owned()),
        verified: Some(dice.chance(0.35)),
        status: Some(status),
        ..Account::default()
    }
}

/// Sign-ups come every day, more of them after a release.
fn sign_up_in_log(plan: &Plan<'_>, dice: &mut Dice) -> i64 {
    let (start, end) = plan.window();
    let release = plan.stage.last_release();
    if dice.chance(0.25) && (start..end).contains(&release) {
        return (release + (dice.exponential(0.8) * Micros::DAY as f64) as i64).min(end - Micros::DAY);
    }
    dice.between(start, end - Micros::DAY / 2)
}

/// A speaker from a country: mostly its language, else English.
pub(crate) fn speaker(home: usize, dice: &mut Dice) -> Speaker {
    let language = COUNTRIES[home].language;
    let language = if language > 0 && dice.chance(0.3) { 0 } else { language };
    Speaker { language, seed: dice.next(), focus: dice.range(0.35, 0.85) as f32 }
}

/// Where people are: at home, on the phone, at work, on campus, behind a VPN.
pub(crate) fn whereabouts(plan: &Plan<'_>, home: usize, dice: &mut Dice) -> Origin {
    let infra = &plan.infra;
    let seed = dice.next();
    let mut places = Vec::new();
    if dice.chance(0.85) {
        places.push((1.0, infra.home(home, dice)));
    }
    if dice.chance(0.45) || places.is_empty() {
        places.push((dice.range(0.1, 1.2), infra.mobile(home, dice)));
    }
    if dice.chance(0.08) {
        places.push((dice.range(0.3, 1.5), infra.campus(home, dice)));
    }
    if dice.chance(0.12) {
        places.push((dice.range(0.2, 4.0), infra.vpn(dice)));
    }
    if dice.chance(0.04) {
        places.push((dice.range(0.2, 2.0), infra.cloud(dice)));
    }
    Origin::mixed(places, seed)
}

/// When somebody in a country is active.
pub(crate) fn rhythm(home: usize, shape: Shape, dice: &mut Dice) -> Rhythm {
    let weekend = match shape {
        Shape::Office => dice.range(0.02, 0.2),
        Shape::School => 0.25,
        Shape::Machine => 1.0,
        _ => dice.range(0.5, 1.4),
    };
    Rhythm {
        shape,
        shift_h: COUNTRIES[home].utc_h + dice.range(-0.7, 0.7),
        weekend,
        active: if shape == Shape::Machine { 1.0 } else { dice.range(0.3, 1.0) },
        seed: dice.next(),
    }
}

/// Settings by segment.
pub(crate) fn params(plan: &Plan<'_>, chat: bool, dice: &mut Dice) -> Params {
    let (start, end) = plan.window();
    let old = plan.stage.newest(start);
    let adopts = match dice.unit() {
        u if u < 0.45 => plan.stage.last_release() + (dice.exponential(2.5) * Micros::DAY as f64) as i64,
        _ => end,
    };
    let temperatures = [None, None, None, Some(0.0), Some(0.2), Some(0.3), Some(0.7), Some(0.7), Some(1.0)];
    Params {
        temperature: if chat { None } else { *dice.pick(&temperatures) },
        max_tokens: if chat {
            None
        } else {
            *dice.pick(&[
                None,
                None,
                Some(256),
                Some(512),
                Some(1024),
                Some(1024),
                Some(2048),
                Some(4096),
                Some(8192),
            ])
        },
        stream: chat || dice.chance(0.4),
        logprobs: if chat { None } else { Some(dice.chance(0.02)) },
        model: old.saturating_sub(dice.zipf(old + 1, 1.5)),
        adopts,
        key_days: if chat { 0 } else { *dice.pick(&[400, 400, 400, 90, 30, 7]) },
    }
}

/// Lets somebody live in the log: one stream (or two), `volume` exchanges in all.
pub(crate) struct Life {
    pub(crate) segment: Segment,
    pub(crate) home: usize,
    pub(crate) volume: usize,
    /// From when to when.
    pub(crate) window: (i64, i64),
    /// From where; drawn when absent.
    pub(crate) origin: Option<Origin>,
    /// The network that this honest life belongs to, for look-alikes.
    pub(crate) network: Option<u32>,
}

/// Adds streams and moments of one honest life.
pub(crate) fn live(plan: &mut Plan<'_>, account: u32, life: Life, dice: &mut Dice) {
    let speaker = speaker(life.home, dice);
    let machine = matches!(life.segment, Segment::Application | Segment::Lists);
    let origin = life.origin.unwrap_or_else(|| {
        if machine && dice.chance(0.8) || life.segment == Segment::Tinkerer && dice.chance(0.25) {
            Origin::at(plan.infra.cloud(dice), dice.next())
        } else {
            whereabouts(plan, life.home, dice)
        }
    });
    let chat = matches!(life.segment, Segment::Casual | Segment::Power | Segment::OneOff);
    let software = match life.segment {
        Segment::Developer if dice.chance(0.8) => Software::Agent,
        _ if !chat => Software::Library,
        _ if dice.chance(0.35) => Software::Phone,
        _ => Software::Browser,
    };
    let voice = voice(plan, life.segment, &speaker, dice);
    let client = Client::draw(software, dice);
    let params = params(plan, chat, dice);
    let stream =
        plan.stream(Stream { account, network: life.network, speaker, voice, origin, client, params });
    schedule(plan, stream, life.segment, life.home, life.volume, life.window, dice);
}

fn voice(plan: &Plan<'_>, segment: Segment, speaker: &Speaker, dice: &mut Dice) -> Arc<dyn Voice> {
    let stage = &plan.stage;
    match segment {
        // Agencies, game studios and training departments write for personas too.
        Segment::Power if dice.chance(0.03) => {
            let (count, variety) = (2 + dice.below(25), dice.range(0.0, 0.6));
            Arc::new(PersonaDesk::draw(plan, count, variety, dice))
        }
        // Some sign up, see that it works, and never come back.
        Segment::OneOff if dice.chance(0.3) => Arc::new(Check),
        Segment::Casual | Segment::Power | Segment::OneOff => Arc::new(Chat::of(dice)),
        Segment::Developer => {
            let harness = dice.zipf(stage.harnesses.len(), 1.2);
            Arc::new(Agent::draw(stage, harness, speaker, dice))
        }
        Segment::Tinkerer => {
            let sweeps = if dice.chance(0.3) { dice.range(0.05, 0.9) } else { 0.0 };
            Arc::new(Tinker { app: App::draw(stage, speaker, dice), sweeps })
        }
        Segment::Application | Segment::Lists => Arc::new(App::draw(stage, speaker, dice)),
    }
}

/// Spreads `volume` exchanges over a window by the segment's habits.
pub(crate) fn schedule(
    plan: &mut Plan<'_>,
    stream: u32,
    segment: Segment,
    home: usize,
    volume: usize,
    window: (i64, i64),
    dice: &mut Dice,
) {
    if window.1 - window.0 < Micros::HOUR / 2 {
        return;
    }
    let (shape, turns, pause_s) = habits(segment, dice);
    let rhythm = rhythm(home, shape, dice);
    if segment == Segment::Lists || (segment == Segment::Application && dice.chance(0.2)) {
        let times = if dice.chance(0.5) {
            cron_times(volume, window, dice)
        } else {
            bursts(volume, window, &rhythm, dice)
        };
        plan.singles(stream, &times, 0);
        return;
    }
    // Half of the applications follow a real client's arrivals, where a corpus has them.
    let real = match &plan.stage.corpus {
        Some(corpus) if segment == Segment::Application && dice.chance(0.5) => corpus.client(dice),
        _ => None,
    };
    let (mut left, mut item) = (volume as u32, 0);
    while left > 0 {
        let n = dice.turns(turns).min(left);
        let start = match (real, &plan.stage.corpus) {
            (Some(client), Some(corpus)) => corpus.moment(client, window, dice),
            _ => rhythm.moment(window, dice),
        };
        let times = talk_times(start, n, pause_s, window.1, dice);
        plan.talk(stream, &times, item);
        left -= n;
        item += 1;
    }
}

/// Hours, mean turns of a talk, pause between turns in seconds.
fn habits(segment: Segment, dice: &mut Dice) -> (Shape, f64, f64) {
    let person = *dice.pick(&[Shape::Person, Shape::Person, Shape::Evening, Shape::Office, Shape::Night]);
    match segment {
        Segment::Casual | Segment::OneOff => (person, dice.range(1.0, 3.0), dice.range(40.0, 150.0)),
        Segment::Power => (person, dice.range(1.2, 5.0), dice.range(40.0, 150.0)),
        Segment::Developer => (
            *dice.pick(&[Shape::Office, Shape::Person, Shape::Night]),
            dice.range(3.0, 14.0),
            dice.range(8.0, 40.0),
        ),
        Segment::Tinkerer => (person, dice.range(1.0, 2.0), 30.0),
        Segment::Application | Segment::Lists => {
            let shape = *dice.pick(&[Shape::Machine, Shape::Machine, Shape::Person, Shape::Office]);
            (shape, if dice.chance(0.25) { dice.range(1.5, 4.0) } else { 1.0 }, 20.0)
        }
    }
}

/// Scripts that somebody starts by hand: a few dozen at a time.
fn bursts(volume: usize, window: (i64, i64), rhythm: &Rhythm, dice: &mut Dice) -> Vec<i64> {
    let mut times = Vec::with_capacity(volume);
    while times.len() < volume {
        let n = (1 + dice.zipf(120, 0.7)).min(volume - times.len()) as u32;
        let start = rhythm.moment(window, dice);
        let gap = dice.log_range(0.5, 12.0);
        times.extend(talk_times(start, n, gap, window.1, dice));
        // A burst at the very end is cut: count what was asked for, not what fitted.
        if window.1 - start < Micros::SECOND {
            break;
        }
    }
    times
}

/// A home country by share, as index.
pub(crate) fn somewhere(dice: &mut Dice) -> usize {
    country(dice)
}
