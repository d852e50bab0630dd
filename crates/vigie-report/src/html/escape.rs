//! The only way in which a string of the input reaches the page.
//!
//! Account ids, examples and names come from logs that an adversary writes. Each is shown through [`Esc`] (text and
//! quoted attributes) or [`json_for_script`] (data blocks); markup is written by literals only.

use std::fmt::{self, Display, Formatter, Write as _};

/// Text as HTML text or as a double-quoted attribute. Control and text-direction characters, which could make a page
/// read differently from what it says, show as `�`.
pub(crate) struct Esc<'a>(pub &'a str);

impl Display for Esc<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c if deceives(c) => f.write_char('\u{fffd}')?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Whether a character steers a terminal or the direction of text instead of being seen.
pub(crate) fn deceives(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// JSON for a `<script type="application/json">` block: neither `<` nor `>`, so that nothing can close the block.
pub(crate) fn json_for_script(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value)
        .map_or_else(|_| "null".to_owned(), |json| json.replace('<', "\\u003c").replace('>', "\\u003e"))
}

/// The campaign's place in the page, usable as an element id and in the address bar.
pub(crate) fn anchor(campaign_id: &str, index: usize) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match !campaign_id.is_empty() && campaign_id.len() <= 64 && campaign_id.chars().all(plain) {
        true => format!("campaign-{campaign_id}"),
        false => format!("campaign-number-{}", index + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        assert_eq!(Esc("<b a=\"x\" b='y'>&").to_string(), "&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;");
        assert_eq!(Esc("a\u{202e}b\u{1b}[2J").to_string(), "a\u{fffd}b\u{fffd}[2J");
    }

    #[test]
    fn data_blocks_cannot_be_closed() {
        let json = json_for_script(&vec!["</script><script>alert(1)</script>"]);
        assert!(!json.contains('<'), "{json}");
        let back: Vec<String> = serde_json::from_str(&json).unwrap();
        assert_eq!(back, ["</script><script>alert(1)</script>"]);
    }

    #[test]
    fn strange_ids_get_a_number() {
        assert_eq!(anchor("c-12ab", 0), "campaign-c-12ab");
        assert_eq!(anchor("\"><script>", 4), "campaign-number-5");
    }
}
