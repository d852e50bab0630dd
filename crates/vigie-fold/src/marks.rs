//! Marks: what a text asks for, as a set of bits.
//!
//! Which words set which mark is data (`lexicon/*.txt`), read by `lexicon.rs`.

/// A set of marks. Bits 0–14 are in use; others are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Marks(u32);

macro_rules! marks {
    ($($(#[$doc:meta])* $name:ident = $bit:literal, $id:literal;)*) => {
        impl Marks {
            $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)*
            /// Every mark and its name, in the order of the bits.
            pub const NAMED: &'static [(Self, &'static str)] = &[$((Self::$name, $id)),*];
        }
    };
}

marks! {
    /// Asks for a reasoning trace, inner monologue or the justification of an answer that is given.
    REASONING = 0, "reasoning";
    /// Asks for grades by rubric, scores or preferences between answers.
    RUBRIC = 1, "rubric";
    /// Asks for labels of a fixed set, or for JSON and nothing else.
    LABELLING = 2, "labelling";
    /// Asks for training data: instructions, examples, pairs of question and answer in numbers.
    DATASET = 3, "dataset";
    /// Asks to write as some persona, or as several.
    PERSONA = 4, "persona";
    /// Asks for comments, replies, posts, hashtags.
    SOCIAL = 5, "social";
    /// Reads like the script of a trust, romance, investment or advance-fee scam.
    ROMANCE_SCAM = 6, "romance-scam";
    /// Asks for credential harvesting, cloned login pages, spoofed notices.
    PHISHING = 7, "phishing";
    /// Asks to make or use malicious software.
    MALWARE = 8, "malware";
    /// Asks to track, profile or unmask people.
    PROFILING = 9, "profiling";
    /// Tries to talk the model out of its rules.
    JAILBREAK = 10, "jailbreak";
    /// Speaks of tools or functions to call.
    TOOL_USE = 11, "tool-use";
    /// Is about program code, or holds some.
    CODE = 12, "code";
    /// Asks for a translation.
    TRANSLATE = 13, "translate";
    /// Asks to calculate or prove.
    MATH = 14, "math";
}

impl Marks {
    /// No mark.
    pub const NONE: Self = Self(0);
    /// Every mark.
    pub const ALL: Self = Self((1 << Self::NAMED.len()) - 1);

    /// The set with these bits; bits that mean nothing are dropped.
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// The set as bits.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether every mark of `other` is in this set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether some mark of `other` is in this set.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both sets together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Names of the marks in this set, in the order of the bits.
    pub fn iter_names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMED.iter().filter(move |(mark, _)| self.contains(*mark)).map(|(_, name)| *name)
    }
}

impl std::ops::BitOr for Marks {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl std::ops::BitOrAssign for Marks {
    fn bitor_assign(&mut self, other: Self) {
        *self = self.union(other);
    }
}

#[cfg(test)]
mod tests {
    use super::Marks;

    #[test]
    fn names_follow_the_bits() {
        let marks = Marks::MATH | Marks::REASONING;
        assert_eq!(marks.iter_names().collect::<Vec<_>>(), ["reasoning", "math"]);
        assert!(marks.contains(Marks::MATH) && !marks.contains(Marks::CODE | Marks::MATH));
        assert_eq!(Marks::from_bits(u32::MAX), Marks::ALL);
        assert_eq!(Marks::ALL.iter_names().count(), Marks::NAMED.len());
    }
}
