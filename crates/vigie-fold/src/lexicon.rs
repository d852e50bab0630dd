//! Which words set which mark: a lexicon in files, compiled to one automaton.
//!
//! Phrases meet the text after the scanner has folded it: words in lower case with one blank between, glyphs of
//! scripts without blanks side by side, each slot as `#` but short ids as they are, a tag or placeholder with its letters as `<letters>`.
//! So punctuation, line breaks and case never matter, and a phrase can say `rate # out of #`. Phrases start and
//! end at word boundaries; a star at the end leaves the end open (`exfiltrat*`). What is quoted, pasted or labelled
//! as payload sets no mark: it is not what the asker asks for.

use std::sync::LazyLock;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};

use crate::Marks;
use crate::hash::lone_word;
use crate::scan::{Shape, Sink, Slot, scan};

/// Bits above those of [`Marks`]: halves of a mark, which sets only when both are there.
const MAKE: u32 = 1 << 24;
const MALWARE_THING: u32 = 1 << 25;
const PEOPLE_WATCH: u32 = 1 << 26;
const PEOPLE: u32 = 1 << 27;

/// Pairs of halves and the mark that both together set.
const HALVES: [(u32, u32); 2] =
    [(MAKE | MALWARE_THING, Marks::MALWARE.bits()), (PEOPLE_WATCH | PEOPLE, Marks::PROFILING.bits())];

/// Each file and the bits that its phrases set.
const FILES: &[(&str, u32)] = &[
    (include_str!("lexicon/reasoning.txt"), Marks::REASONING.bits()),
    (include_str!("lexicon/rubric.txt"), Marks::RUBRIC.bits()),
    (include_str!("lexicon/labelling.txt"), Marks::LABELLING.bits()),
    (include_str!("lexicon/dataset.txt"), Marks::DATASET.bits()),
    (include_str!("lexicon/persona.txt"), Marks::PERSONA.bits()),
    (include_str!("lexicon/social.txt"), Marks::SOCIAL.bits()),
    (include_str!("lexicon/romance_scam.txt"), Marks::ROMANCE_SCAM.bits()),
    (include_str!("lexicon/phishing.txt"), Marks::PHISHING.bits()),
    (include_str!("lexicon/malware.txt"), Marks::MALWARE.bits()),
    (include_str!("lexicon/malware_thing.txt"), MALWARE_THING),
    (include_str!("lexicon/make.txt"), MAKE),
    (include_str!("lexicon/profiling.txt"), Marks::PROFILING.bits()),
    (include_str!("lexicon/people_watch.txt"), PEOPLE_WATCH),
    (include_str!("lexicon/people.txt"), PEOPLE),
    (include_str!("lexicon/jailbreak.txt"), Marks::JAILBREAK.bits()),
    (include_str!("lexicon/tool_use.txt"), Marks::TOOL_USE.bits()),
    (include_str!("lexicon/code.txt"), Marks::CODE.bits()),
    (include_str!("lexicon/translate.txt"), Marks::TRANSLATE.bits()),
    (include_str!("lexicon/math.txt"), Marks::MATH.bits()),
];

/// States up to this far from the start find the next one by a table rather than by a search. Deeper ones are seldom
/// met, and a table for all of them is 16 MB, which no cache near a core holds.
const DENSE_DEPTH: usize = 4;

/// The lexicon as an automaton.
pub(crate) struct Lexicon {
    automaton: NFA,
    /// Where nothing has matched yet, inside a word.
    root: StateID,
    /// The same after a blank.
    start: StateID,
    /// Bits that a pattern sets.
    bits: Vec<u32>,
    openings: Openings,
}

/// Which words may open a phrase. Between phrases the automaton stands at its start, and a word that opens none
/// leads it back there: such words need no walk, and most are such.
struct Openings {
    /// By hash of the whole first word.
    words: [u64; OPENING_BITS / 64],
    /// By the first three bytes of an open first word.
    stems: [u64; OPENING_BITS / 64],
}

/// Bits of each filter; a power of two, many times the phrases.
const OPENING_BITS: usize = 1 << 14;

impl Openings {
    fn of(patterns: &[Vec<u8>]) -> Self {
        let mut this = Self { words: [0; OPENING_BITS / 64], stems: [0; OPENING_BITS / 64] };
        for opening in patterns.iter().filter_map(|pattern| pattern.strip_prefix(b" ")) {
            let (set, bit) = match opening.iter().position(|&b| b == b' ') {
                Some(end) => (&mut this.words, word_bit(lone_word(&opening[..end]))),
                None => (&mut this.stems, stem_bit(opening)),
            };
            set[bit / 64] |= 1 << (bit % 64);
        }
        this
    }

    #[inline]
    fn has(&self, folded: &[u8], hash: u64) -> bool {
        let (word, stem) = (word_bit(hash), stem_bit(folded));
        (self.words[word / 64] >> (word % 64) | self.stems[stem / 64] >> (stem % 64)) & 1 != 0
    }
}

#[inline]
fn word_bit(hash: u64) -> usize {
    (hash >> 20) as usize % OPENING_BITS
}

/// A stem of fewer than three bytes could not be told by three: a test rules such stems out.
#[inline]
fn stem_bit(folded: &[u8]) -> usize {
    let [a, b, c] = match folded {
        [a, b, c, ..] => [*a, *b, *c],
        _ => [0; 3],
    };
    // Letters differ in their five low bits.
    (usize::from(a) ^ usize::from(b) << 5 ^ usize::from(c) << 9) % OPENING_BITS
}

/// The compiled lexicon; `None` would mean that the files outgrew the automaton, which a test rules out.
pub(crate) static LEXICON: LazyLock<Option<Lexicon>> = LazyLock::new(Lexicon::build);

impl Lexicon {
    fn build() -> Option<Self> {
        let (mut patterns, mut bits) = (Vec::new(), Vec::new());
        for (phrase, set) in phrases() {
            patterns.push(pattern(phrase));
            bits.push(set);
        }
        let automaton = NFA::builder()
            .match_kind(MatchKind::Standard)
            .prefilter(false)
            .dense_depth(DENSE_DEPTH)
            .build(&patterns)
            .ok()?;
        let root = automaton.start_state(Anchored::No).ok()?;
        // Every text starts with a blank, so that its first word is at a boundary.
        let start = automaton.next_state(Anchored::No, root, b' ');
        Some(Self { automaton, root, start, bits, openings: Openings::of(&patterns) })
    }

    #[cold]
    #[inline(never)]
    fn matched(&self, state: StateID) -> u32 {
        if !self.automaton.is_match(state) {
            return 0;
        }
        (0..self.automaton.match_len(state))
            .fold(0, |set, i| set | self.bits[self.automaton.match_pattern(state, i)])
    }
}

/// Every phrase of the files with the bits that it sets.
pub(crate) fn phrases() -> impl Iterator<Item = (&'static str, u32)> {
    FILES.iter().flat_map(|&(file, set)| {
        let lines = file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(move |line| (line, set))
    })
}

/// Walks the automaton along a folded text and gathers bits.
pub(crate) struct Walker<'l> {
    lexicon: Option<&'l Lexicon>,
    state: StateID,
    bits: u32,
    after_glyph: bool,
}

impl<'l> Walker<'l> {
    pub(crate) fn new(lexicon: Option<&'l Lexicon>) -> Self {
        let state = lexicon.map_or(StateID::ZERO, |l| l.start);
        Self { lexicon, state, bits: 0, after_glyph: false }
    }

    #[inline]
    fn step(&mut self, lexicon: &Lexicon, byte: u8) {
        self.state = lexicon.automaton.next_state(Anchored::No, self.state, byte);
        if lexicon.automaton.is_special(self.state) {
            self.bits |= lexicon.matched(self.state);
        }
    }

    /// A folded word that blanks end.
    #[inline(always)]
    pub(crate) fn word(&mut self, folded: &[u8], hash: u64) {
        let Some(lexicon) = self.lexicon else { return };
        if self.state == lexicon.start && !lexicon.openings.has(folded, hash) {
            return;
        }
        self.walk(lexicon, folded);
    }

    #[inline(never)]
    fn walk(&mut self, lexicon: &Lexicon, folded: &[u8]) {
        if self.after_glyph {
            self.step(lexicon, b' ');
            self.after_glyph = false;
        }
        let mut state = self.state;
        for &byte in folded {
            state = lexicon.automaton.next_state(Anchored::No, state, byte);
            if lexicon.automaton.is_special(state) {
                self.bits |= lexicon.matched(state);
            }
            // No phrase starts inside a word: from here the rest of the word leads back to the start.
            if state == lexicon.root {
                self.state = lexicon.start;
                return;
            }
        }
        self.state = state;
        self.step(lexicon, b' ');
    }

    /// A glyph, with nothing between it and the glyph before.
    pub(crate) fn glyph(&mut self, folded: &[u8]) {
        let Some(lexicon) = self.lexicon else { return };
        for &byte in folded {
            self.step(lexicon, byte);
        }
        self.after_glyph = true;
    }

    /// A slot; of tags and placeholders the letters count.
    pub(crate) fn slot(&mut self, slot: Slot, masked: &[u8]) {
        self.bits |= if slot == Slot::Code { Marks::CODE.bits() } else { 0 };
        if let Some((short, length)) = short_id(slot, masked) {
            return self.word(&short[..length], lone_word(&short[..length]));
        }
        if slot != Slot::Name {
            return self.word(b"#", *SLOT_HASH);
        }
        let Some(lexicon) = self.lexicon else { return };
        if self.after_glyph {
            self.step(lexicon, b' ');
            self.after_glyph = false;
        }
        self.step(lexicon, b'<');
        for byte in masked.iter().filter(|b| b.is_ascii_alphabetic()) {
            self.step(lexicon, byte.to_ascii_lowercase());
        }
        self.step(lexicon, b'>');
        self.step(lexicon, b' ');
    }

    /// The marks so far.
    pub(crate) fn marks(mut self) -> Marks {
        if let (Some(lexicon), true) = (self.lexicon, self.after_glyph) {
            self.step(lexicon, b' ');
        }
        let whole = |(halves, mark): (u32, u32)| if self.bits & halves == halves { mark } else { 0 };
        let bits = HALVES.into_iter().map(whole).fold(self.bits, |bits, mark| bits | mark);
        Marks::from_bits(bits)
    }
}

/// Hash of the word that stands for a slot.
static SLOT_HASH: LazyLock<u64> = LazyLock::new(|| lone_word(b"#"));

/// Short ids are names (`c2`, `mp3`) as far as phrases go: their letters in lower case, and how many.
fn short_id(slot: Slot, masked: &[u8]) -> Option<([u8; 8], usize)> {
    let mut short = [0; 8];
    let is_short = slot == Slot::Id && masked.len() <= short.len();
    is_short.then(|| {
        short[..masked.len()].copy_from_slice(masked);
        short.make_ascii_lowercase();
        (short, masked.len())
    })
}

/// The bytes that a phrase leaves in a folded text: made by the scanner itself, so that both fold alike.
fn pattern(phrase: &str) -> Vec<u8> {
    let (phrase, open) = match phrase.strip_suffix('*') {
        Some(stem) => (stem, true),
        None => (phrase, false),
    };
    let mut sink = PatternSink { text: phrase, pattern: Vec::new(), glyph: false };
    scan(phrase, &mut sink);
    let mut pattern = sink.pattern;
    if open || sink.glyph {
        pattern.truncate(pattern.trim_ascii_end().len());
    }
    pattern
}

struct PatternSink<'t> {
    text: &'t str,
    pattern: Vec<u8>,
    glyph: bool,
}

impl PatternSink<'_> {
    fn blank_before(&mut self) {
        if self.pattern.is_empty() || self.glyph {
            self.pattern.push(b' ');
        }
        self.glyph = false;
    }
}

impl Sink for PatternSink<'_> {
    fn word(&mut self, start: usize, end: usize, shape: Shape) {
        if shape == Shape::Glyph {
            self.glyph = true;
            self.pattern.extend_from_slice(&self.text.as_bytes()[start..end]);
            return;
        }
        self.blank_before();
        crate::folder::fold_word(&self.text[start..end], &mut self.pattern, |_| {});
        self.pattern.push(b' ');
    }

    fn slot(&mut self, slot: Slot, start: usize, end: usize) {
        self.blank_before();
        if let Some((short, length)) = short_id(slot, &self.text.as_bytes()[start..end]) {
            self.pattern.extend_from_slice(&short[..length]);
            self.pattern.push(b' ');
        } else if slot == Slot::Name {
            let letters = self.text[start..end].bytes().filter(u8::is_ascii_alphabetic);
            self.pattern.push(b'<');
            self.pattern.extend(letters.map(|b| b.to_ascii_lowercase()));
            self.pattern.extend_from_slice(b"> ");
        } else {
            self.pattern.extend_from_slice(b"# ");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LEXICON, pattern, phrases};
    use aho_corasick::automaton::Automaton;

    #[test]
    fn the_lexicon_compiles_and_stays_small() {
        let lexicon = LEXICON.as_ref().unwrap();
        assert!(lexicon.automaton.memory_usage() < 4 << 20, "{} bytes", lexicon.automaton.memory_usage());
        for (phrase, _) in phrases() {
            let pattern = pattern(phrase);
            assert!(pattern.len() > 3, "`{phrase}` is too short to be told from chance");
        }
    }

    #[test]
    fn phrases_fold_as_texts_do() {
        assert_eq!(pattern("Step-by-step"), b" step by step ");
        assert_eq!(pattern("don't exfiltrat*"), b" dont exfiltrat");
        assert_eq!(pattern("rate from 1 to 10"), b" rate from # to # ");
        assert_eq!(pattern("C2 server"), b" c2 server ");
        assert_eq!(pattern("<think>"), b" <think> ");
        assert_eq!(pattern("逐步"), "逐步".as_bytes());
    }

    /// The folded stream of a text as the automaton would see it without the gate.
    fn bits_without_gate(text: &str) -> u32 {
        let lexicon = LEXICON.as_ref().unwrap();
        let mut sink = super::PatternSink { text, pattern: vec![b' '], glyph: false };
        crate::scan::scan(text, &mut sink);
        sink.pattern.push(b' ');
        let (mut state, mut bits) = (lexicon.root, 0);
        for byte in sink.pattern {
            state = lexicon.automaton.next_state(aho_corasick::Anchored::No, state, byte);
            bits |= lexicon.matched(state);
        }
        bits
    }

    #[test]
    fn the_gate_loses_no_phrase() {
        let all: Vec<&str> = phrases().map(|(phrase, _)| phrase).collect();
        let fillers = ["the", "a", "write", "in 7", "json", "ход", "<x>", "c2", "思", "create", "x"];
        for (i, phrase) in all.iter().enumerate() {
            let (phrase, tail) = phrase.strip_suffix('*').map_or((*phrase, ""), |stem| (stem, "abc"));
            let other = all[(i * 7 + 3) % all.len()].trim_end_matches('*');
            let filler = fillers[i % fillers.len()];
            for text in [
                format!("{phrase}{tail}"),
                format!("{filler} {phrase}{tail} {filler}"),
                format!("{other} {phrase}{tail}"),
                format!("{} {phrase}{tail}", other.split(' ').next().unwrap()),
                format!("{filler}, {} {other}", phrase.split(' ').next().unwrap()),
            ] {
                let marks = crate::Folder::new().prompt(&text).marks.bits();
                let bare = bits_without_gate(&text);
                assert_eq!(bare & crate::Marks::ALL.bits() & !marks, 0, "{text}");
            }
        }
    }

    /// Words that describe people by origin, belief or tongue: they may describe a campaign, never make one.
    const NEVER: &str = "america american americans usa britain british england english france french germany german \
        germans spain spanish spaniard italy italian russia russian russians ukraine ukrainian china chinese taiwan \
        taiwanese japan japanese korea korean koreans india indian indians pakistan pakistani iran iranian iraq iraqi \
        israel israeli palestine palestinian syria syrian turkey turkish kurdish kurd kurds arab arabs arabic saudi \
        egypt egyptian nigeria nigerian kenya kenyan brazil brazilian mexico mexican cuba cuban venezuela vietnam \
        vietnamese myanmar philippines filipino indonesia indonesian tibet tibetan uyghur uyghurs uighur hong kong \
        poland hungary hungarian greece greek sweden swedish european african asian latino hispanic \
        christian christians christianity catholic protestant orthodox muslim muslims islam islamic sunni shia jew jews \
        jewish judaism hindu hindus hinduism sikh buddhist buddhism atheist mormon falun gong \
        communist communism socialist socialism conservative liberal republican democrat leftist rightist fascist \
        feminist gay lesbian transgender immigrant immigrants refugee refugees \
        中国 美国 俄罗斯 台湾 西藏 维吾尔 穆斯林 基督 佛教 伊斯兰 россия русский украина китай мусульман христиан еврей \
        rusia ruso chino musulmán cristiano judío russe chinois musulman chrétien juif jüdisch muslimisch \
        アメリカ ロシア ムスリム 미국 중국 북한 무슬림 الصين روسيا المسلمين اليهود चीन पाकिस्तान मुस्लिम";

    #[test]
    fn origin_belief_and_opinion_are_in_no_lexicon() {
        for word in NEVER.split_whitespace() {
            let needle = pattern(word);
            for (phrase, _) in phrases() {
                let padded = [pattern(phrase), b" ".to_vec()].concat();
                let found = padded.windows(needle.len()).any(|window| window == needle);
                assert!(!found, "`{phrase}` names `{word}`");
            }
        }
    }
}
