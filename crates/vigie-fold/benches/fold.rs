//! Prompts per second of the fold, over real prompts where they lie beside the project, else over made-up ones.

use std::hint::black_box;
use std::io::Read;
use std::path::Path;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use vigie_fold::{Folder, hash_text, masked_example, tools_hash};

const PROMPTS: usize = 2_000;
const PROMPT_BYTES: usize = 300;

/// Prompts of 300 characters: instructions and inputs of the best known distilled set, laid end to end and cut, so
/// that each has the length that the target names.
fn prompts() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/campaign_prompts/alpaca52k.jsonl.gz");
    let mut text = String::new();
    if let Ok(file) = std::fs::File::open(path) {
        let mut jsonl = String::new();
        let read = flate2::read::GzDecoder::new(file).take(8 << 20).read_to_string(&mut jsonl);
        drop(read);
        for line in jsonl.lines() {
            let Ok(row) = serde_json::from_str::<serde_json::Value>(line) else { continue };
            for key in ["instruction", "input"] {
                text.push_str(row[key].as_str().unwrap_or_default());
                text.push(' ');
            }
        }
    }
    if text.len() < PROMPTS * PROMPT_BYTES {
        text = "Explain in 3 short paragraphs how a \"quiet\" engine works, and why people like it. "
            .repeat(8_000);
    }
    let chars: Vec<char> = text.chars().take(PROMPTS * PROMPT_BYTES).collect();
    chars.chunks_exact(PROMPT_BYTES).map(|chunk| chunk.iter().collect()).collect()
}

fn fold(c: &mut Criterion) {
    let prompts = prompts();
    let mut group = c.benchmark_group("fold");
    group.throughput(Throughput::Elements(prompts.len() as u64));
    group.bench_function("prompt, 300 characters", |b| {
        let mut folder = Folder::new();
        b.iter(|| {
            prompts.iter().for_each(|p| {
                black_box(folder.prompt(p));
            });
        });
    });
    group.bench_function("system, 300 characters", |b| {
        let mut folder = Folder::new();
        b.iter(|| {
            prompts.iter().for_each(|p| {
                black_box(folder.system(p));
            });
        });
    });
    group.bench_function("hash_text, 300 characters", |b| {
        b.iter(|| {
            prompts.iter().for_each(|p| {
                black_box(hash_text(p));
            });
        });
    });
    group.bench_function("masked_example, 300 characters", |b| {
        b.iter(|| {
            prompts.iter().for_each(|p| {
                black_box(masked_example(p, 200));
            });
        });
    });
    group.finish();
    let tools = r#"[{"type":"function","function":{"name":"read","description":"Reads a file","parameters":
        {"type":"object","properties":{"path":{"type":"string"},"line":{"type":"integer"}}}}}]"#;
    c.bench_function("tools_hash, one tool", |b| {
        b.iter_batched(|| tools, |t| tools_hash(black_box(t)), BatchSize::SmallInput);
    });
}

criterion_group!(benches, fold);
criterion_main!(benches);
