//! Labels: words before a colon after which a payload stands.

use crate::chars::{Kind, char_before, kind};

/// How far the payload of a label reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// To the next label or blank line.
    Paragraph,
    /// To the end of the line.
    Line,
    /// The label only ends the payload before it.
    Nothing,
}

/// Labels whose payload is masked wherever they stand, also in the midst of a line.
const ANYWHERE: &[&str] = &[
    "input",
    "inputs",
    "text",
    "passage",
    "paragraph",
    "sentence",
    "sentences",
    "article",
    "document",
    "excerpt",
    "transcript",
    "snippet",
];

/// Labels whose payload is masked when they start a line.
const AT_LINE_START: &[&str] = &[
    "context",
    "content",
    "query",
    "question",
    "review",
    "email",
    "message",
    "source",
    "code",
    "data",
    "dialogue",
    "dialog",
    "conversation",
    "abstract",
    "statement",
    "premise",
    "hypothesis",
    "utterance",
    "tweet",
    "comment",
    "post",
    "story",
    "poem",
    "lyrics",
    "reference",
    "candidate",
    "problem",
    "facts",
    "entrada",
    "texto",
    "contexto",
    "pregunta",
    "pergunta",
    "eingabe",
    "satz",
    "frage",
    "absatz",
    "entrée",
    "texte",
    "contexte",
    "phrase",
    "tekst",
    "testo",
    "domanda",
    "metin",
    "soru",
];

/// Labels whose payload is masked to the end of the line when they start it.
const SHORT: &[&str] = &[
    "topic",
    "subject",
    "title",
    "name",
    "persona",
    "character",
    "product",
    "company",
    "keyword",
    "keywords",
    "target",
    "date",
    "author",
    "url",
    "link",
    "id",
    "category",
    "tema",
    "thema",
    "sujet",
    "thème",
];

/// Labels that end a payload and have none that varies.
const STRUCTURE: &[&str] = &[
    "output",
    "outputs",
    "answer",
    "response",
    "task",
    "instruction",
    "instructions",
    "rubric",
    "criteria",
    "note",
    "notes",
    "format",
    "rules",
    "requirements",
    "steps",
    "example",
    "examples",
    "result",
    "summary",
    "translation",
    "label",
    "labels",
    "score",
    "explanation",
    "reasoning",
    "salida",
    "respuesta",
    "ausgabe",
    "antwort",
    "sortie",
    "réponse",
    "saída",
    "resposta",
];

/// Labels beyond Latin script, as they end before the colon: payload to the next label or blank line.
const OTHER_SCRIPTS: &[&str] = &[
    "输入",
    "文本",
    "文章",
    "内容",
    "问题",
    "段落",
    "句子",
    "原文",
    "上下文",
    "材料",
    "輸入",
    "問題",
    "段落",
    "内容",
    "入力",
    "テキスト",
    "本文",
    "質問",
    "文脈",
    "입력",
    "텍스트",
    "본문",
    "질문",
    "문장",
    "지문",
    "вход",
    "ввод",
    "текст",
    "вопрос",
    "контекст",
    "отрывок",
    "предложение",
    "النص",
    "السؤال",
    "المدخل",
    "الإدخال",
    "इनपुट",
    "पाठ",
    "प्रश्न",
    "वाक्य",
];

/// The same for labels that only end a payload.
const OTHER_SCRIPTS_STRUCTURE: &[&str] = &[
    "输出",
    "回答",
    "答案",
    "任务",
    "要求",
    "指令",
    "结果",
    "出力",
    "回答",
    "출력",
    "답변",
    "답",
    "지시",
    "ответ",
    "вывод",
    "задание",
    "الجواب",
    "المخرجات",
    "उत्तर",
    "आउटपुट",
];

/// Longest label in bytes; longer words are not looked up.
const LABEL_BYTES_MAX: usize = 40;

/// Whether `text[..colon]` ends in a label, and how far its payload reaches. `line_start` is where its line starts.
pub(crate) fn label_before(text: &str, line_start: usize, colon: usize) -> Option<Reach> {
    let line = text.get(line_start..colon)?.trim_end_matches(['*', '_', ' ', '\t', ']', ')']);
    let last = char_before(line, line.len())?;
    if last.is_ascii() || last <= '\u{24f}' {
        let start = line.char_indices().rev().take_while(|(_, c)| c.is_alphabetic()).last()?.0;
        let word = &line[start..];
        let leads = leads_line(&line[..start]);
        return latin(word, leads);
    }
    let ends = |list: &[&str]| list.iter().any(|label| ends_with_label(line, label));
    if ends(OTHER_SCRIPTS) {
        Some(Reach::Paragraph)
    } else if ends(OTHER_SCRIPTS_STRUCTURE) {
        Some(Reach::Nothing)
    } else {
        None
    }
}

fn latin(word: &str, leads_line: bool) -> Option<Reach> {
    if word.len() > LABEL_BYTES_MAX {
        return None;
    }
    let is_ascii = word.is_ascii();
    let is_in = |list: &[&str]| list.iter().any(|label| same_word(label, word, is_ascii));
    if is_in(ANYWHERE) || leads_line && is_in(AT_LINE_START) {
        Some(Reach::Paragraph)
    } else if leads_line && is_in(SHORT) {
        Some(Reach::Line)
    } else if leads_line && is_in(STRUCTURE) {
        Some(Reach::Nothing)
    } else {
        None
    }
}

/// Equal but for case; labels are lower-case. Whether the word is ASCII is told, not asked for each label.
fn same_word(label: &str, word: &str, is_ascii: bool) -> bool {
    label.eq_ignore_ascii_case(word)
        || !is_ascii && word.chars().flat_map(char::to_lowercase).eq(label.chars())
}

/// Whether only list signs, headings, numbers or one short adjective stand before the label.
fn leads_line(before: &str) -> bool {
    before.chars().all(|c| !c.is_alphabetic())
}

fn ends_with_label(line: &str, label: &str) -> bool {
    let Some(start) =
        line.char_indices().rev().nth(label.chars().count().saturating_sub(1)).map(|(at, _)| at)
    else {
        return false;
    };
    let same = line[start..].chars().flat_map(char::to_lowercase).eq(label.chars());
    let cut = char_before(line, start).is_some_and(|c| !c.is_ascii() && kind(c) == Kind::Letter);
    same && !cut
}

/// Whether a line starts with a label or a heading, which ends a payload.
pub(crate) fn starts_section(line: &str) -> bool {
    let head = line.trim_start_matches([' ', '\t', '*', '-', '>']);
    if head.starts_with('#') {
        return true;
    }
    let colon = head.char_indices().take(LABEL_BYTES_MAX).find(|(_, c)| matches!(c, ':' | '：'));
    colon.is_some_and(|(at, _)| {
        let label = &head[..at];
        label.split_whitespace().count() <= 2 && label_before(head, 0, at).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::{Reach, label_before, starts_section};

    fn label(line: &str) -> Option<Reach> {
        label_before(line, 0, line.find([':', '：']).unwrap())
    }

    #[test]
    fn labels_are_found_in_many_languages() {
        for line in [
            "Input: x",
            "### Text: x",
            "**Question**: x",
            "Summarise this passage: x",
            "Entrée: x",
            "请总结以下文本：x",
            "Текст: x",
        ] {
            assert_eq!(label(line), Some(Reach::Paragraph), "{line}");
        }
        assert_eq!(label("1. Topic: x"), Some(Reach::Line));
        assert_eq!(label("Output: x"), Some(Reach::Nothing));
        for line in ["Remember: x", "I have a question: x", "контекстный: x"] {
            assert_eq!(label(line), None, "{line}");
        }
    }

    #[test]
    fn sections_end_payloads() {
        assert!(starts_section("### anything") && starts_section("Answer: ") && starts_section("输出："));
        assert!(!starts_section("Anna: hello") && !starts_section("plain text"));
    }
}
