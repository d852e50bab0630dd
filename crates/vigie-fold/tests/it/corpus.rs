//! What share of real texts each mark falls on: precision before recall.

use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde_json::Value;
use vigie_fold::{Folder, Marks};

/// Where real texts lie beside the project; tests are skipped without them.
fn data(file: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(file);
    if path.is_file() {
        return Some(path);
    }
    eprintln!("skipped: {} is not here", path.display());
    None
}

/// The texts under `keys` (an array: its first element) of a JSON or JSON Lines file, joined row by row.
fn texts(path: &Path, keys: &[&str]) -> Vec<String> {
    let bytes = std::fs::read(path).unwrap();
    let mut text = String::new();
    if path.extension().is_some_and(|e| e == "gz") {
        GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    } else {
        text = String::from_utf8(bytes).unwrap();
    }
    let rows: Vec<Value> = match serde_json::from_str(&text) {
        Ok(Value::Array(rows)) => rows,
        _ => text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
    };
    let text_of = |value: &Value| match value {
        Value::Array(items) => items.first().and_then(Value::as_str).unwrap_or_default().to_owned(),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    let join = |row: &Value| keys.iter().map(|key| text_of(&row[*key])).collect::<Vec<_>>().join("\n");
    rows.iter()
        .map(join)
        .map(|t| t.replace("### Human:", "").replace("### Assistant:", "").trim().to_owned())
        .filter(|t| !t.is_empty())
        .collect()
}

/// Share of texts with each mark.
fn shares(texts: &[String]) -> Vec<f64> {
    let mut folder = Folder::new();
    let mut counts = vec![0u32; Marks::NAMED.len()];
    for text in texts {
        let marks = folder.prompt(text).marks;
        for (count, (mark, _)) in counts.iter_mut().zip(Marks::NAMED) {
            *count += u32::from(marks.contains(*mark));
        }
    }
    counts.iter().map(|&count| f64::from(count) / texts.len().max(1) as f64).collect()
}

struct Row {
    name: &'static str,
    shares: Vec<f64>,
}

impl Row {
    fn of(&self, mark: Marks) -> f64 {
        Marks::NAMED.iter().position(|(m, _)| *m == mark).map(|i| self.shares[i]).unwrap()
    }
}

const FILES: [(&str, &str, &[&str]); 14] = [
    ("arena", "organic_prompts/arena_users.jsonl.gz", &["turns"]),
    ("oasst", "organic_prompts/oasst_questions.jsonl.gz", &["input"]),
    ("justeval", "organic_prompts/justeval.jsonl.gz", &["instruction"]),
    ("koala", "organic_prompts/koala180.jsonl.gz", &["prompt"]),
    ("prompts_chat", "organic_prompts/prompts_chat.jsonl.gz", &["prompt"]),
    ("alpaca", "campaign_prompts/alpaca52k.jsonl.gz", &["instruction"]),
    ("gpt_role", "campaign_prompts/gpteacher_role.jsonl.gz", &["instruction"]),
    ("gpt_tool", "campaign_prompts/gpteacher_tool.jsonl.gz", &["instruction"]),
    ("mitre", "misuse_prompts/cyber_mitre.jsonl.gz", &["user_prompt"]),
    ("mitre_benign", "misuse_prompts/cyber_mitre_benign.json.gz", &["mutated_prompt"]),
    ("jailbreaks", "misuse_prompts/wild_jailbreaks.jsonl.gz", &["prompt"]),
    ("injection", "misuse_prompts/prompt_injection.json.gz", &["user_input"]),
    ("forbidden", "misuse_prompts/forbidden_questions.jsonl.gz", &["question"]),
    ("do_not_answer", "misuse_prompts/do_not_answer.jsonl.gz", &["question"]),
];

fn print(rows: &[Row]) {
    eprintln!("{:14}{}", "% of texts", rows.iter().map(|r| format!("{:>9.8}", r.name)).collect::<String>());
    for (i, (_, mark)) in Marks::NAMED.iter().enumerate() {
        let cells: String = rows.iter().map(|r| format!("{:>9.1}", 100.0 * r.shares[i])).collect();
        eprintln!("{mark:14}{cells}");
    }
}

#[test]
fn marks_fall_on_misuse_and_spare_what_people_ask() {
    let mut rows = Vec::new();
    for (name, file, keys) in FILES {
        let Some(path) = data(file) else { return };
        let texts = texts(&path, keys);
        assert!(texts.len() > 100, "{name}: {} texts", texts.len());
        rows.push(Row { name, shares: shares(&texts) });
    }
    print(&rows);
    let row = |name: &str| rows.iter().find(|r| r.name == name).unwrap();
    assert!(row("mitre").of(Marks::MALWARE) >= 0.30);
    assert!(row("jailbreaks").of(Marks::JAILBREAK) >= 0.30);
    assert!(row("gpt_tool").of(Marks::TOOL_USE) >= 0.30);
    let rare = [
        Marks::MALWARE,
        Marks::PERSONA,
        Marks::SOCIAL,
        Marks::ROMANCE_SCAM,
        Marks::PHISHING,
        Marks::PROFILING,
        Marks::REASONING,
        Marks::RUBRIC,
        Marks::LABELLING,
        Marks::DATASET,
    ];
    for name in ["arena", "oasst", "justeval"] {
        for mark in rare {
            let share = row(name).of(mark);
            assert!(share <= 0.03, "{name}: {share} {}", mark.iter_names().collect::<String>());
        }
    }
}

#[test]
fn real_prompts_have_the_languages_they_seem_to_have() {
    let Some(path) = data("campaign_prompts/alpaca52k.jsonl.gz") else { return };
    let mut folder = Folder::new();
    for (key, code) in [("instruction", "en"), ("zh_instruction", "zh")] {
        let texts: Vec<String> = texts(&path, &[key]).into_iter().take(3_000).collect();
        let right = texts.iter().filter(|t| folder.prompt(t).language.code() == code).count();
        assert!(right * 100 >= texts.len() * 96, "{code}: {right} of {}", texts.len());
    }
}
