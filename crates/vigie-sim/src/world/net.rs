//! Where traffic comes from: homes, mobile carriers, clouds, VPNs, offices, campuses, proxy pools.

use std::fmt::Write as _;
use std::sync::Arc;

use super::dice::{Dice, mix};

/// Countries of the world's people: code, share, hours from UTC, languages (index into the grammar's) with
/// English as a second one, first octets of private lines.
pub(crate) const COUNTRIES: [Country; 18] = [
    Country::new("US", 22.0, -6.0, 0, [24, 68, 71, 73, 98]),
    Country::new("IN", 11.0, 5.5, 0, [49, 59, 103, 106, 117]),
    Country::new("GB", 6.0, 0.0, 0, [2, 81, 82, 86, 92]),
    Country::new("DE", 7.0, 1.0, 1, [79, 84, 87, 91, 93]),
    Country::new("FR", 6.0, 1.0, 2, [78, 82, 86, 90, 176]),
    Country::new("ES", 4.0, 1.0, 3, [79, 80, 83, 88, 95]),
    Country::new("BR", 7.0, -3.0, 4, [177, 179, 187, 189, 191]),
    Country::new("MX", 4.0, -6.0, 3, [187, 189, 200, 201, 148]),
    Country::new("CN", 4.0, 8.0, 5, [36, 58, 111, 114, 123]),
    Country::new("SG", 3.0, 8.0, 0, [42, 101, 116, 119, 175]),
    Country::new("JP", 4.0, 9.0, 0, [60, 110, 118, 126, 153]),
    Country::new("CA", 4.0, -5.0, 0, [24, 70, 99, 142, 174]),
    Country::new("PL", 3.0, 1.0, 0, [31, 77, 83, 89, 185]),
    Country::new("NG", 3.0, 1.0, 0, [41, 102, 105, 154, 197]),
    Country::new("TR", 3.0, 3.0, 0, [78, 85, 88, 176, 212]),
    Country::new("AR", 3.0, -3.0, 3, [181, 186, 190, 200, 201]),
    Country::new("ID", 4.0, 7.0, 0, [36, 103, 114, 125, 180]),
    Country::new("AT", 2.0, 1.0, 1, [62, 77, 80, 84, 91]),
];

/// First octets of large clouds.
const CLOUD_OCTETS: [u32; 12] = [3, 13, 18, 20, 34, 35, 40, 44, 51, 52, 54, 95];

/// A country of the world.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Country {
    pub(crate) code: &'static str,
    pub(crate) share: f64,
    pub(crate) utc_h: f64,
    pub(crate) language: u8,
    octets: [u32; 5],
}

impl Country {
    const fn new(code: &'static str, share: f64, utc_h: f64, language: u8, octets: [u32; 5]) -> Self {
        Self { code, share, utc_h, language, octets }
    }
}

/// Addresses that belong together.
#[derive(Clone, Debug)]
pub(crate) enum Pool {
    /// `span` addresses from `base`.
    Block { base: u32, span: u32 },
    /// Any addresses.
    List(Arc<[u32]>),
    /// An IPv6 line: the first 64 bits; the rest changes.
    Six(u64),
}

/// How long an address is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stick {
    /// Another one each request.
    Request,
    /// One per talk.
    Talk,
    /// One per so many days.
    Days(u32),
}

/// A pool and how it is used.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) pool: Pool,
    pub(crate) stick: Stick,
    pub(crate) country: Option<&'static str>,
}

/// All places that somebody is seen from, each with a weight; talks are spread over them.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    places: Vec<(f64, Place)>,
    pub(crate) seed: u64,
    pub(crate) trust: &'static str,
}

impl Origin {
    /// A single place.
    pub(crate) fn at(place: Place, seed: u64) -> Self {
        Self { places: vec![(1.0, place)], seed, trust: "peer" }
    }

    /// Several places.
    pub(crate) fn mixed(places: Vec<(f64, Place)>, seed: u64) -> Self {
        Self { places, seed, trust: "peer" }
    }

    /// The place of a talk, in proportion to the weights.
    fn place(&self, talk: u64) -> &Place {
        let total: f64 = self.places.iter().map(|(w, _)| w).sum();
        let mut left = Dice::of(self.seed, talk).unit() * total;
        let found = self.places.iter().find(|(w, _)| {
            left -= w;
            left < 0.0
        });
        &found.unwrap_or(&self.places[0]).1
    }

    /// Writes the address of one request and gives its country, where the operator knows it.
    pub(crate) fn address(
        &self,
        talk: u64,
        request: u64,
        day: u32,
        out: &mut String,
    ) -> Option<&'static str> {
        let place = self.place(talk);
        let key = match place.stick {
            Stick::Request => mix(talk, request),
            Stick::Talk => talk,
            Stick::Days(n) => u64::from(day / n.max(1)),
        };
        let roll = mix(self.seed, key);
        match &place.pool {
            Pool::Block { base, span } => push_v4(out, base.wrapping_add((roll % u64::from(*span)) as u32)),
            Pool::List(list) => push_v4(out, list[(roll % list.len() as u64) as usize]),
            Pool::Six(prefix) => {
                let (p, r) = (*prefix, mix(roll, u64::from(day)));
                // Writing to a String cannot fail.
                let _ = write!(
                    out,
                    "{:x}:{:x}:{:x}:{:x}:{:x}:{:x}:{:x}:{:x}",
                    0x2a00 + (p >> 56 & 0xff),
                    p >> 32 & 0xffff,
                    p >> 16 & 0xffff,
                    p & 0xff00 | 1,
                    r >> 48 | 1,
                    r >> 32 & 0xffff,
                    r >> 16 & 0xffff,
                    r & 0xffff | 1,
                );
            }
        }
        place.country
    }
}

fn push_v4(out: &mut String, a: u32) {
    let _ = write!(out, "{}.{}.{}.{}", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
}

/// Shared infrastructure of the world: what many strangers are seen from.
#[derive(Debug)]
pub(crate) struct Infrastructure {
    /// Carrier gateways per country.
    carriers: Vec<Vec<Pool>>,
    vpns: Vec<Pool>,
    serverless: Vec<Pool>,
    campuses: Vec<Vec<Pool>>,
}

impl Infrastructure {
    /// Draws gateways, VPN exits, shared cloud egress and campuses; `accounts` sets how many.
    pub(crate) fn draw(accounts: usize, dice: &mut Dice) -> Self {
        let scale = (accounts as f64 / 6_000.0).sqrt().max(0.3);
        let carriers = COUNTRIES
            .iter()
            .map(|c| {
                let n = 1 + (scale * c.share / 6.0) as usize;
                (0..n)
                    .map(|_| Pool::Block { base: line(c, dice) & !31, span: 4 + dice.below(28) as u32 })
                    .collect()
            })
            .collect();
        let vpns = (0..4 + (4.0 * scale) as usize)
            .map(|_| Pool::Block { base: cloud(dice) & !15, span: 3 + dice.below(12) as u32 })
            .collect();
        let serverless = (0..3).map(|_| Pool::Block { base: cloud(dice) & !1023, span: 600 }).collect();
        let campuses = COUNTRIES
            .iter()
            .map(|c| {
                let n = 1 + (scale * 2.0 * c.share / 10.0) as usize;
                (0..n)
                    .map(|_| Pool::Block { base: line(c, dice) & !15, span: 1 + dice.below(8) as u32 })
                    .collect()
            })
            .collect();
        Self { carriers, vpns, serverless, campuses }
    }

    /// A private line: the address changes now and then, some have IPv6.
    pub(crate) fn home(&self, country: usize, dice: &mut Dice) -> Place {
        let c = &COUNTRIES[country];
        let pool = if dice.chance(0.15) {
            Pool::Six(dice.next())
        } else if dice.chance(0.6) {
            Pool::Block { base: line(c, dice), span: 1 }
        } else {
            Pool::Block { base: line(c, dice) & !1023, span: 1024 }
        };
        Place { pool, stick: Stick::Days(1 + dice.below(9) as u32), country: Some(c.code) }
    }

    /// A phone behind a carrier's gateway.
    pub(crate) fn mobile(&self, country: usize, dice: &mut Dice) -> Place {
        let pools = &self.carriers[country];
        let pool = pools[dice.zipf(pools.len(), 0.7)].clone();
        Place { pool, stick: Stick::Talk, country: Some(COUNTRIES[country].code) }
    }

    /// An exit of a commercial VPN.
    pub(crate) fn vpn(&self, dice: &mut Dice) -> Place {
        let pool = self.vpns[dice.zipf(self.vpns.len(), 0.8)].clone();
        let country = COUNTRIES[dice.below(COUNTRIES.len())].code;
        Place { pool, stick: Stick::Talk, country: Some(country) }
    }

    /// A campus or school gateway.
    pub(crate) fn campus(&self, country: usize, dice: &mut Dice) -> Place {
        let pools = &self.campuses[country];
        let pool = pools[dice.zipf(pools.len(), 0.5)].clone();
        Place { pool, stick: Stick::Talk, country: Some(COUNTRIES[country].code) }
    }

    /// Cloud machines with fixed addresses, or the shared egress of functions.
    pub(crate) fn cloud(&self, dice: &mut Dice) -> Place {
        let country = Some(*dice.pick(&["US", "US", "DE", "SG", "IE", "JP", "NL"]));
        if dice.chance(0.25) {
            let pool = dice.pick(&self.serverless).clone();
            return Place { pool, stick: Stick::Request, country };
        }
        let list: Arc<[u32]> = (0..1 + dice.zipf(12, 1.2)).map(|_| cloud(dice)).collect();
        Place { pool: Pool::List(list), stick: Stick::Request, country }
    }

    /// An office with a gateway of its own: one or two addresses.
    pub(crate) fn office(&self, country: usize, dice: &mut Dice) -> Place {
        let span = 1 + dice.below(2) as u32;
        let pool = Pool::Block { base: line(&COUNTRIES[country], dice), span };
        Place { pool, stick: Stick::Talk, country: Some(COUNTRIES[country].code) }
    }

    /// `n` cloud addresses in a few neighbouring blocks.
    pub(crate) fn cloud_list(&self, n: usize, dice: &mut Dice) -> Arc<[u32]> {
        let blocks: Vec<u32> = (0..1 + n / 12).map(|_| cloud(dice) & !255).collect();
        (0..n.max(1)).map(|_| dice.pick(&blocks) + 1 + dice.below(254) as u32).collect()
    }

    /// `n` addresses of private lines all over the given countries.
    pub(crate) fn homes(&self, n: usize, countries: &[usize], dice: &mut Dice) -> Arc<[u32]> {
        (0..n.max(1)).map(|_| line(&COUNTRIES[*dice.pick(countries)], dice)).collect()
    }
}

/// A country by its share of people.
pub(crate) fn country(dice: &mut Dice) -> usize {
    dice.weighted(&COUNTRIES.map(|c| c.share))
}

fn line(country: &Country, dice: &mut Dice) -> u32 {
    let octet = *dice.pick(&country.octets);
    octet << 24 | (dice.next() as u32 & 0x00FF_FFFF)
}

fn cloud(dice: &mut Dice) -> u32 {
    let octet = *dice.pick(&CLOUD_OCTETS);
    octet << 24 | (dice.next() as u32 & 0x00FF_FFFF)
}

impl Origin {
    /// Adds a place.
    pub(crate) fn add(&mut self, weight: f64, place: Place) {
        self.places.push((weight, place));
    }
}

/// Whether an address lies in a cloud of this world.
#[cfg(test)]
pub(crate) fn is_cloud(address: &str) -> bool {
    let first = address.split('.').next().and_then(|o| o.parse::<u32>().ok());
    first.is_some_and(|o| CLOUD_OCTETS.contains(&o))
}
