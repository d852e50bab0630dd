//! Laws that hold for every text.

use proptest::prelude::*;
use vigie_fold::{Folder, TEXT_BYTES_MAX, TextFeatures, masked_example, system_blocks, tools_hash};

fn fold(text: &str) -> TextFeatures {
    Folder::new().prompt(text)
}

fn cosine(a: &TextFeatures, b: &TextFeatures) -> f64 {
    let dot: i32 = a.embedding.iter().zip(&b.embedding).map(|(&x, &y)| i32::from(x) * i32::from(y)).sum();
    f64::from(dot) / (127.0 * 127.0)
}

/// Text with everything that the scanner looks for.
fn odd_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,20}",
        "[a-zA-Z0-9_]{0,12}",
        "[\"'`~<>{}\\[\\]|:/@.#,*\\\\ \n\t\r]{1,6}",
        Just("Input: ".to_owned()),
        Just("输入：".to_owned()),
        Just("```".to_owned()),
        Just("“”„«»「」‘’…".to_owned()),
        Just("\u{200b}\u{301}\u{feff}".to_owned()),
        "[а-яёα-ω가-힣ぁ-んक-ह๐-๛一-龥]{1,8}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_folds_and_scratch_leaves_no_trace(text in odd_text(), other in odd_text()) {
        let mut used = Folder::new();
        used.prompt(&other);
        used.system(&other);
        let features = used.prompt(&text);
        prop_assert_eq!(&features, &fold(&text));
        prop_assert_eq!(features.exact == 0, text.trim().is_empty());
        prop_assert_eq!(features.words == 0, features.template == 0);
        prop_assert_eq!(system_blocks(&text).whole, features.template);
        let phrases = features.phrases();
        prop_assert!(phrases.windows(2).all(|w| w[0] < w[1]));
        tools_hash(&text);
    }

    #[test]
    fn examples_keep_their_limit(text in odd_text(), limit in 0_usize..200) {
        prop_assert!(masked_example(&text, limit).len() <= limit);
    }

    #[test]
    fn case_and_white_space_do_not_change_exact(words in prop::collection::vec("[a-zé]{1,9}", 1..20)) {
        let plain = fold(&words.join(" "));
        let spread = fold(&format!("\n {} ", words.join(" \t\r\n ").to_uppercase()));
        prop_assert_eq!(plain.exact, spread.exact);
    }

    #[test]
    fn payload_in_slots_leaves_the_template(
        number in 0_u32..9_999_999, decimal in 0.0_f64..1e6,
        quote in "[a-zA-Z0-9 ,.!?éж中]{1,200}", payload in "[a-z][a-zA-Z0-9 ,.!?éж中\"'{\\[]{1,300}",
        id in "[a-f]{2}[0-9][a-f0-9]{4,20}", name in "[a-z][a-z ]{0,20}",
    ) {
        let wrap = |number: &str, quote: &str, payload: &str, id: &str, name: &str| fold(&format!(
            "Give {number} reasons why \"{quote}\" holds for item {id} and {{{{{name}}}}}, in detail.\nInput: {payload}\nAnswer: as a list"
        ));
        let one = wrap("7", "x", "some text", "a1", "topic");
        for number in [number.to_string(), format!("{decimal:.3}"), format!("{number}-01-02T10:11:12Z")] {
            let other = wrap(&number, &quote, &payload, &id, &name);
            prop_assert_eq!(one.template, other.template);
            prop_assert_eq!(one.embedding, other.embedding);
            prop_assert_eq!(one.bands, other.bands);
        }
    }
}

#[test]
fn wrappers_keep_their_template_around_any_kind_of_payload() {
    let wrappers: [&dyn Fn(&str) -> String; 7] = [
        &|p| format!("Please summarise this text in plain words.\n\nText: {p}\n\nOutput: a summary"),
        &|p| format!("Summarise the following passage: {p}"),
        &|p| format!("### Instruction\nRewrite the input politely.\n\n### Input:\n{p}\n\n### Response:\n"),
        &|p| format!("请总结下面的内容。\n输入：{p}\n输出："),
        &|p| format!("Erkläre mir „{p}“ so einfach wie möglich, bitte."),
        &|p| format!("Explain what this does:\n```\n{p}\n```\nand why."),
        &|p| format!("Напиши ответ на письмо.\nТекст: {p}\n\nОтвет:"),
    ];
    let payloads = [
        "The cat sat on the mat",
        "3 dogs (2 of them brown) ran 40 km on 2024-01-01",
        "见 https://example.com/a?b=c 和 a@b.org",
        "Wer das liest: nichts ist wahr",
        "x",
    ];
    for (i, wrapper) in wrappers.iter().enumerate() {
        let templates: Vec<u64> = payloads.iter().map(|p| fold(&wrapper(p)).template).collect();
        assert!(templates.iter().all(|&t| t == templates[0]), "wrapper {i}: {templates:?}");
    }
}

#[test]
fn different_wrappers_differ() {
    let a = fold("Summarise the following passage: x");
    let b = fold("Translate the following passage: x");
    assert_ne!(a.template, b.template);
}

#[test]
fn heads_and_tails_are_there_only_in_longer_prompts() {
    let words: Vec<String> = (0..30_u8)
        .map(|i| format!("w{}", char::from(b'a' + i % 26)).repeat(1 + usize::from(i / 26)))
        .collect();
    let of = |count: usize| fold(&words[..count].join(" "));
    assert_eq!(of(6).heads, [0; 3]);
    assert!(of(7).heads[0] != 0 && of(7).heads[1] == 0);
    assert_eq!(of(15).tail, 0);
    assert_ne!(of(16).tail, 0);
    assert_eq!(of(25).heads[2], fold(&format!("{} and more of it", words[..25].join(" "))).heads[2]);
    assert_eq!(of(2).bands, [0; vigie_fold::BANDS]);
    assert_ne!(of(3).bands[0], 0);
}

#[test]
fn huge_texts_cost_no_more_than_the_limit() {
    let mut folder = Folder::new();
    let middle = "filler words go here ".repeat(200_000);
    let a = folder.prompt(&format!("{middle}the end"));
    // Nothing here is timed: a mask that read on from every place to the end would not finish these in any test's time.
    for nasty in
        ["\"", "{", "[\"a] ", "'a ", "“", "a:b/", "Text: ", "```", "<a", "\n|", "\n{", "輸入：", "a@"]
    {
        folder.prompt(&nasty.repeat(4 * TEXT_BYTES_MAX / nasty.len()));
    }
    assert!(u32::from(a.words) <= TEXT_BYTES_MAX as u32);
    assert_ne!(a.exact, folder.prompt(&format!("{middle}filler the end")).exact);
}

#[test]
fn unrelated_texts_are_near_orthogonal_and_paraphrases_are_not() {
    let texts = [
        "Describe how photosynthesis turns sunlight into chemical energy inside leaves.",
        "My landlord refuses to return the deposit after we moved out last month.",
        "Suggest a vegetarian dinner menu with seasonal vegetables and a lemon dessert.",
        "Which opening moves give black good counterplay against the queen's gambit?",
        "Compare index funds with government bonds for a cautious retirement plan.",
        "Wie repariere ich einen tropfenden Wasserhahn ohne Klempner?",
        "Объясни разницу между вектором и матрицей простыми словами",
    ];
    let features: Vec<_> = texts.iter().map(|t| fold(t)).collect();
    let mut sum = 0.0;
    for i in 0..features.len() {
        for j in 0..i {
            let cos = cosine(&features[i], &features[j]).abs();
            assert!(cos < 0.45, "{cos}: {} / {}", texts[i], texts[j]);
            sum += cos;
        }
    }
    let mean = sum / 21.0;
    assert!(mean < 0.17, "mean |cos| {mean}");
    let near =
        fold("Describe how photosynthesis turns sunlight into stored chemical energy in leaves of plants.");
    assert!(cosine(&features[0], &near) > 0.6, "{}", cosine(&features[0], &near));
}
