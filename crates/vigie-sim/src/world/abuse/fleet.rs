//! The accounts of an operation: sign-up, payment, addresses, clients, hours, bans and replacements.

use std::sync::Arc;

use vigie_model::{Account, AccountStatus, Micros};

use super::knobs::Knobs;
use crate::world::client::{Client, Software};
use crate::world::clock::{Rhythm, Shape};
use crate::world::config::ProxyKind;
use crate::world::dice::Dice;
use crate::world::net::{COUNTRIES, Origin, Place, Pool, Stick};
use crate::world::people::{mail, own_domain, params, payment, rhythm, sketch, somewhere, speaker};
use crate::world::plan::{Params, Plan, Role, Stream, Voice};
use crate::world::text::Speaker;
use crate::world::voices::Chat;

/// One account of a fleet and how it is driven.
#[derive(Clone)]
pub(crate) struct Recruit {
    pub(crate) account: u32,
    pub(crate) window: (i64, i64),
    pub(crate) origin: Origin,
    pub(crate) rhythm: Rhythm,
    pub(crate) client: Client,
    pub(crate) home: usize,
    /// How much busier than others of the fleet.
    pub(crate) pace: f64,
}

/// What a fleet has in common.
pub(crate) struct Fleet {
    pub(crate) network: u32,
    countries: Vec<usize>,
    payments: Vec<String>,
    pub(crate) domains: Vec<String>,
    /// Part of accounts that have a domain of the operator's.
    pub(crate) domain_share: f64,
    proxies: Arc<[u32]>,
    stick: Stick,
    pub(crate) clients: Vec<Client>,
    proxy: ProxyKind,
    /// Accounts that are bought aged rather than made.
    pub(crate) aged: f64,
    shape: Shape,
    /// Part of days on which an account is used: fleets rest their accounts in turn.
    duty: f64,
    /// Spread of how much the accounts are used.
    unevenness: f64,
    base_home: usize,
    chat: bool,
    pub(crate) waves: Vec<i64>,
    pub(crate) params: Params,
}

impl Fleet {
    /// Draws what the accounts of an operation share, by its knobs.
    pub(crate) fn draw(plan: &Plan<'_>, knobs: &Knobs, network: u32, dice: &mut Dice) -> Self {
        let n = knobs.accounts;
        let countries: Vec<usize> = (0..1 + dice.below(7)).map(|_| somewhere(dice)).collect();
        let instruments = 1 + ((n - 1) as f64 * knobs.payment_diversity).round() as usize;
        let proxies = match knobs.proxy {
            ProxyKind::Datacentre => plan.infra.cloud_list(n / 5 + 2, dice),
            ProxyKind::ResidentialRotating => {
                let size = (n as f64 * dice.log_range(3.0, 400.0)) as usize;
                plan.infra.homes(size.clamp(20, 100_000), &countries, dice)
            }
            _ => plan.infra.homes(1 + n / 40, &countries[..1], dice),
        };
        let chat = dice.chance(0.42);
        let software = if chat { Software::Browser } else { Software::Library };
        let first = Client::draw(software, dice);
        let clients: Vec<Client> = (0..1 + dice.below(5))
            .map(|_| if dice.chance(0.4) { first.clone() } else { Client::draw(software, dice) })
            .collect();
        let before =
            |dice: &mut Dice| knobs.window.0 - (dice.log_range(0.5, 60.0) * Micros::DAY as f64) as i64;
        let shapes = [Shape::Person, Shape::Person, Shape::Office, Shape::Evening];
        let shape = if knobs.round_the_clock { Shape::Machine } else { *dice.pick(&shapes) };
        let mut params = params(plan, chat, dice);
        if dice.chance(0.4) {
            params.temperature = None;
        }
        Self {
            network,
            payments: (0..instruments).map(|_| payment(dice)).collect(),
            domains: (0..1 + dice.below(4)).map(|_| own_domain(dice, "com")).collect(),
            domain_share: if dice.chance(0.25) { dice.range(0.1, 0.9) } else { 0.0 },
            proxies,
            stick: *dice.pick(&[Stick::Request, Stick::Talk, Stick::Days(1), Stick::Days(3)]),
            clients,
            proxy: knobs.proxy,
            aged: *dice.pick(&[0.0, 0.2, 0.5, 0.9]),
            shape,
            duty: if dice.chance(0.6) { dice.range(0.25, 0.9) } else { 1.0 },
            unevenness: dice.range(0.3, 1.0),
            base_home: countries[0],
            countries,
            chat,
            waves: (0..1 + dice.below(5)).map(|_| before(dice)).collect(),
            params,
        }
    }

    /// Sign-up data of one more account, made at `around` or bought.
    pub(crate) fn papers(&self, plan: &Plan<'_>, around: i64, dice: &mut Dice) -> (Account, usize) {
        let home = *dice.pick(&self.countries);
        let mut account = sketch(plan, home, dice);
        if !dice.chance(self.aged) {
            let spread = dice.exponential(0.3) * Micros::DAY as f64;
            account.created_at = Some(Micros(around - spread as i64));
        } else if account.created_at.is_some_and(|t| t.0 > around) {
            account.created_at = Some(Micros(around - (dice.exponential(150.0) * Micros::DAY as f64) as i64));
        }
        if account.payment_fingerprint.is_some() || dice.chance(0.7) {
            account.payment_fingerprint = Some(dice.pick(&self.payments).clone());
            account.payment_country = Some(COUNTRIES[self.base_home].code.to_owned());
        }
        account.email_domain =
            Some(if dice.chance(self.domain_share) { dice.pick(&self.domains).clone() } else { mail(dice) });
        account.status = Some(AccountStatus::Active);
        (account, home)
    }

    pub(crate) fn origin(&self, plan: &Plan<'_>, home: usize, dice: &mut Dice) -> Origin {
        let seed = dice.next();
        let list = |list: &Arc<[u32]>, stick| Place {
            pool: Pool::List(list.clone()),
            stick,
            country: Some(COUNTRIES[home].code),
        };
        match self.proxy {
            ProxyKind::None => Origin::at(list(&self.proxies, Stick::Days(4)), seed),
            ProxyKind::Datacentre => {
                let own: Arc<[u32]> = (0..1 + dice.below(3)).map(|_| *dice.pick(&self.proxies)).collect();
                Origin::at(Place { country: Some("US"), ..list(&own, self.stick) }, seed)
            }
            ProxyKind::ResidentialRotating => Origin::at(list(&self.proxies, self.stick), seed),
            ProxyKind::SharedWithHonest => {
                let place =
                    if dice.chance(0.6) { plan.infra.vpn(dice) } else { plan.infra.mobile(home, dice) };
                Origin::at(place, seed)
            }
        }
    }

    fn recruit(
        &self,
        plan: &mut Plan<'_>,
        window: (i64, i64),
        around: i64,
        role: Role,
        dice: &mut Dice,
    ) -> Recruit {
        let (account, home) = self.papers(plan, around, dice);
        let origin = self.origin(plan, home, dice);
        let created = account.created_at.map_or(window.0, |t| t.0);
        let account = plan.account(account);
        plan.join(account, self.network, role);
        let town = if dice.chance(0.7) { self.base_home } else { home };
        Recruit {
            account,
            window: (window.0.max(created), window.1),
            origin,
            rhythm: Rhythm { active: self.duty, ..rhythm(town, self.shape, dice) },
            client: dice.pick(&self.clients).sibling(self.chat, dice),
            home,
            pace: dice.lognormal(0.85, self.unevenness),
        }
    }

    /// Recruits the fleet; some accounts are banned on the way and fresh ones take up their work.
    pub(crate) fn muster(
        &self,
        plan: &mut Plan<'_>,
        knobs: &Knobs,
        role: Role,
        dice: &mut Dice,
    ) -> Vec<Recruit> {
        let mut fleet = Vec::with_capacity(knobs.accounts);
        let length = knobs.window.1 - knobs.window.0;
        for _ in 0..knobs.accounts {
            // Fleets grow: some accounts join later.
            let late = if dice.chance(0.4) { (dice.range(0.0, 0.5) * length as f64) as i64 } else { 0 };
            let wave = *dice.pick(&self.waves) + late;
            let mut recruit = self.recruit(plan, (knobs.window.0 + late, knobs.window.1), wave, role, dice);
            let (mut from, mut generations) = (recruit.window.0, 0);
            while dice.chance(knobs.rotation) && generations < 3 {
                let ban = from + (dice.range(0.1, 0.9) * (knobs.window.1 - from) as f64) as i64;
                recruit.window.1 = ban;
                plan.accounts[recruit.account as usize].status = Some(AccountStatus::Banned);
                let pace = recruit.pace;
                fleet.push(recruit);
                from = ban + (dice.log_range(0.05, 20.0) * Micros::HOUR as f64) as i64;
                let made = if dice.chance(0.5) { from } else { *dice.pick(&self.waves) };
                recruit = self.recruit(plan, (from, knobs.window.1), made, role, dice);
                recruit.pace = pace;
                generations += 1;
            }
            fleet.push(recruit);
        }
        fleet.retain(|r| r.window.1 - r.window.0 > Micros::HOUR / 4);
        fleet
    }

    /// A stream of the campaign's own traffic on one account.
    pub(crate) fn stream(
        &self,
        plan: &mut Plan<'_>,
        recruit: &Recruit,
        speaker: Speaker,
        voice: Arc<dyn Voice>,
        change: impl FnOnce(&mut Params),
    ) -> u32 {
        let mut params = self.params;
        change(&mut params);
        plan.stream(Stream {
            account: recruit.account,
            network: Some(self.network),
            speaker,
            voice,
            origin: recruit.origin.clone(),
            client: recruit.client.clone(),
            params,
        })
    }

    /// Ordinary talk that an account emits besides, about `count` exchanges. It is the operator's, so it
    /// belongs to the network too.
    pub(crate) fn cover(&self, plan: &mut Plan<'_>, recruit: &Recruit, count: f64, dice: &mut Dice) {
        let count = dice.round(count);
        if count == 0 {
            return;
        }
        let speaker = speaker(recruit.home, dice);
        let stream = self.stream(plan, recruit, speaker, Arc::new(Chat::of(dice)), |_| {});
        let segment = crate::world::people::Segment::Casual;
        crate::world::people::schedule(plan, stream, segment, recruit.home, count, recruit.window, dice);
    }
}
