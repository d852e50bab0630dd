//! Who speaks, and the words that are a speaker's own: coined names, people, places, identifiers, numbers.

use crate::world::dice::{Dice, mix};

/// Languages of the grammar, in the order of [`super::Grammar`].
pub(crate) const LANGUAGES: [&str; 6] = ["en", "de", "fr", "es", "pt", "zh"];

/// A person, product or operation with interests and a vocabulary of its own.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Speaker {
    /// Index into [`LANGUAGES`].
    pub(crate) language: u8,
    /// Everything that is this speaker's own follows from it.
    pub(crate) seed: u64,
    /// How much of the talk stays in the first domain, 0–1; the rest goes to two others that drift by the week.
    pub(crate) focus: f32,
}

impl Speaker {
    /// A speaker of `language` with the given seed and a usual focus.
    pub(crate) fn new(language: u8, seed: u64) -> Self {
        Self { language, seed, focus: 0.6 }
    }

    /// The domain of the next sentence, out of `domains`.
    pub(crate) fn domain(&self, dice: &mut Dice, week: u32, domains: usize) -> usize {
        let slot = match dice.unit() as f32 {
            u if u < self.focus => 0,
            u if u < self.focus + (1.0 - self.focus) * 0.7 => 1 + u64::from(week),
            _ => 1000 + u64::from(week / 2),
        };
        (mix(self.seed, slot) % domains.max(1) as u64) as usize
    }
}

const STARTS: [&str; 46] = [
    "Bel", "Cor", "Dra", "El", "Fen", "Gar", "Hal", "Ist", "Jor", "Kel", "Lum", "Mar", "Nor", "Ol", "Pra",
    "Quin", "Ros", "Sal", "Tar", "Ul", "Vel", "Wes", "Xan", "Yor", "Zel", "Bri", "Cla", "Dun", "Fal", "Gro",
    "Hex", "Ily", "Kra", "Lor", "Mod", "Nim", "Opa", "Pel", "Rud", "Ska", "Tru", "Vor", "Wyn", "Alt", "Ast",
    "Bor",
];
const MIDDLES: [&str; 24] = [
    "a", "e", "i", "o", "u", "ari", "eno", "imo", "ora", "und", "ect", "iss", "oll", "ava", "ene", "iti",
    "ono", "ula", "ash", "eth", "int", "omb", "urr", "ya",
];
const ENDS: [&str; 34] = [
    "ba", "dex", "fic", "gon", "lia", "max", "nix", "on", "pta", "ris", "sys", "ta", "um", "via", "wick",
    "zo", "bert", "dor", "field", "ger", "ham", "kin", "lux", "mark", "net", "port", "que", "ron", "soft",
    "tech", "vex", "worth", "ya", "zon",
];
const FIRST_NAMES: [&str; 96] = [
    "Anna", "Ben", "Carla", "David", "Elif", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Keiko", "Liam",
    "Mina", "Noah", "Olga", "Pedro", "Qing", "Rosa", "Samir", "Tara", "Uwe", "Vera", "Wei", "Ximena",
    "Yusuf", "Zoe", "Amara", "Boris", "Chloe", "Dmitri", "Emma", "Felix", "Giulia", "Hana", "Igor", "Jasmin",
    "Kwame", "Lena", "Marco", "Nadia", "Oscar", "Priya", "Rafael", "Sofia", "Tomas", "Ulrike", "Victor",
    "Wanda", "Yara", "Zhang", "Aiko", "Bruno", "Carmen", "Dario", "Esther", "Fatou", "Greta", "Hassan",
    "Irene", "Joao", "Karin", "Lucas", "Malik", "Nora", "Omar", "Paula", "Ruth", "Stefan", "Thanh",
    "Valeria", "Xin", "Agnes", "Bilal", "Celine", "Deniz", "Eva", "Frank", "Gabriel", "Heidi", "Ivan",
    "Julia", "Kofi", "Laila", "Mehmet", "Nils", "Petra", "Raj", "Silvia", "Tim", "Ursula", "Vikram",
    "William", "Yuki", "Zara", "Adam", "Beatriz",
];
const CITIES: [&str; 72] = [
    "Lisbon",
    "Leeds",
    "Kyoto",
    "Nairobi",
    "Denver",
    "Lyon",
    "Graz",
    "Porto Alegre",
    "Seville",
    "Chengdu",
    "Ghent",
    "Malmö",
    "Turin",
    "Krakow",
    "Boston",
    "Lima",
    "Accra",
    "Hanoi",
    "Perth",
    "Oslo",
    "Tallinn",
    "Bern",
    "Valencia",
    "Toulouse",
    "Leipzig",
    "Bremen",
    "Osaka",
    "Pune",
    "Quito",
    "Izmir",
    "Cork",
    "Bristol",
    "Austin",
    "Montreal",
    "Calgary",
    "Dakar",
    "Tunis",
    "Haifa",
    "Amman",
    "Tbilisi",
    "Riga",
    "Zagreb",
    "Patras",
    "Varna",
    "Cluj",
    "Brno",
    "Kosice",
    "Pecs",
    "Nantes",
    "Lille",
    "Basel",
    "Linz",
    "Aarhus",
    "Turku",
    "Bergen",
    "Galway",
    "Cardiff",
    "Dundee",
    "Boise",
    "Tampa",
    "Fresno",
    "Tucson",
    "Recife",
    "Cordoba",
    "Rosario",
    "Merida",
    "Cali",
    "Cusco",
    "Xiamen",
    "Suzhou",
    "Kaohsiung",
    "Daegu",
];
const NOUNS: [&str; 40] = [
    "order", "user", "cache", "token", "page", "batch", "price", "event", "client", "record", "parser",
    "worker", "queue", "session", "invoice", "image", "report", "sensor", "basket", "route", "filter",
    "config", "index", "account", "message", "job", "layer", "node", "file", "track", "score", "widget",
    "tenant", "shard", "cursor", "metric", "packet", "chunk", "policy", "draft",
];
const VERBS: [&str; 24] = [
    "load", "get", "build", "merge", "parse", "send", "update", "check", "find", "sync", "render", "flush",
    "split", "apply", "resolve", "count", "make", "drop", "retry", "encode", "trim", "open", "map", "seal",
];
const FOLDERS: [&str; 14] = [
    "src", "lib", "app", "core", "server", "tests", "internal", "pkg", "api", "ui", "services", "jobs",
    "utils", "model",
];
const SUFFIXES: [&str; 9] = ["py", "ts", "rs", "go", "java", "js", "rb", "cs", "tsx"];

/// A coined name that follows from a number.
pub(crate) fn coin(out: &mut String, value: u64) {
    let mut dice = Dice::new(value);
    out.push_str(dice.word(&STARTS));
    for _ in 0..1 + dice.below(2) {
        out.push_str(dice.word(&MIDDLES));
    }
    out.push_str(dice.word(&ENDS));
}

impl Speaker {
    /// One of the speaker's own coined words: the first few come up most.
    pub(crate) fn own(&self, dice: &mut Dice, out: &mut String) {
        let slot = dice.zipf(9, 1.3) as u64;
        coin(out, mix(self.seed, 0x0118 + slot));
    }

    /// A first name: half of the time somebody from the speaker's own circle.
    pub(crate) fn name(&self, dice: &mut Dice, out: &mut String) {
        let at = if dice.chance(0.6) { mix(self.seed, 40 + dice.below(5) as u64) } else { dice.next() };
        out.push_str(FIRST_NAMES[(at % FIRST_NAMES.len() as u64) as usize]);
    }

    /// A city, mostly one of three that the speaker knows.
    pub(crate) fn city(&self, dice: &mut Dice, out: &mut String) {
        let at = if dice.chance(0.7) { mix(self.seed, 60 + dice.below(3) as u64) } else { dice.next() };
        out.push_str(CITIES[(at % CITIES.len() as u64) as usize]);
    }

    /// A program identifier out of the speaker's own code.
    pub(crate) fn ident(&self, dice: &mut Dice, out: &mut String) {
        let mut own = Dice::of(self.seed, 900 + dice.zipf(40, 0.8) as u64);
        let style = mix(self.seed, 7) % 2;
        out.push_str(own.word(&VERBS));
        for _ in 0..1 + own.below(2) {
            let noun = own.word(&NOUNS);
            if style == 0 {
                out.push('_');
                out.push_str(noun);
            } else {
                out.push_str(&noun[..1].to_uppercase());
                out.push_str(&noun[1..]);
            }
        }
    }

    /// A path in the speaker's own repository.
    pub(crate) fn path(&self, dice: &mut Dice, out: &mut String) {
        let mut own = Dice::of(self.seed, 1_900 + dice.zipf(30, 0.8) as u64);
        let suffix = SUFFIXES[(mix(self.seed, 8) % SUFFIXES.len() as u64) as usize];
        out.push_str(own.word(&FOLDERS));
        out.push('/');
        out.push_str(own.word(&NOUNS));
        out.push('_');
        out.push_str(own.word(&NOUNS));
        out.push('.');
        out.push_str(suffix);
    }
}

/// A number as people write them: mostly small.
pub(crate) fn number(dice: &mut Dice, out: &mut String) {
    let n = match dice.unit() {
        u if u < 0.6 => dice.between(2, 13),
        u if u < 0.85 => dice.between(10, 100),
        _ => dice.between(100, 5_000),
    };
    push_number(out, n);
}

/// Appends a number.
pub(crate) fn push_number(out: &mut String, n: i64) {
    use std::fmt::Write as _;
    // Writing to a String cannot fail.
    let _ = write!(out, "{n}");
}
