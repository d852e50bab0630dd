//! Pins the output of the fold. A failure here means: hunts would mix features that must not be compared. Raise
//! `FOLD_VERSION`, then accept the snapshot, which bears the version in its name.

use vigie_fold::{FOLD_VERSION, Folder, hash_text, masked_example, tools_hash};

const TEXTS: [&str; 22] = [
    "",
    "   \n\t ",
    "Hello",
    "What is the capital of this place?",
    "Give three tips for staying healthy.",
    "GIVE   three tips\nfor staying healthy.",
    "Rewrite \"the quick brown fox\" in 5 ways, each under 20 words, and send it to bob.smith+x@mail.example.com.",
    "Summarise the following passage: It was a dark night.\nRain fell.\n\nKeep it under 50 words.",
    "Explain step by step why the answer is 42. Show your reasoning.\n```python\nprint(42)\n```\nThanks!",
    "See https://example.com/a/b?c=1#d, /usr/local/bin/x, C:\\temp\\y.txt and deadbeef0123456789.",
    "Fill {{name}}, <city>, [DATE] and THE_TOPIC; don't forget it's John’s.",
    "name,age,town\nbob,3,x\nann,4,y\n\nWhich of these people is older than the others, on average, in years?",
    "{\"a\": [1, 2, {\"b\": null}]}\nValidate this and return only JSON.",
    "请一步一步思考，然后给出三条保持健康的建议。输入：苹果和梨\n输出：",
    "Erkläre mir bitte „Quantenverschränkung“ so, dass es auch mein Großvater mit 85 Jahren versteht.",
    "Explique-moi l'équation d'état des gaz parfaits « PV = nRT » étape par étape, s'il te plaît.",
    "¿Cuáles son los 3 mejores libros de historia que puedo leer este año para aprender más?",
    "Напиши краткое изложение статьи и объясни ход рассуждений.\nТекст: пример",
    "健康を保つためのヒントを三つ教えてください。「短く」お願いします。",
    "건강을 유지하기 위한 세 가지 팁을 알려 주세요. 단계별로 설명해 주세요.",
    "اكتب ثلاث نصائح للحفاظ على الصحة في ٢٠٢٤ من فضلك",
    "स्वस्थ रहने के लिए मुझे तीन सुझाव दीजिए और कारण भी बताइए।",
];

fn hex(values: &[u64]) -> String {
    values.iter().map(|v| format!("{v:016x}")).collect::<Vec<_>>().join(" ")
}

#[test]
fn output_is_what_this_version_promised() {
    let mut folder = Folder::new();
    let mut lines = String::new();
    for text in TEXTS {
        let f = folder.prompt(text);
        let system = folder.system(text);
        let embedding: Vec<u8> = f.embedding.iter().map(|v| v.cast_unsigned()).collect();
        lines += &format!("{}\n", masked_example(text, 100));
        lines += &format!("  exact, template, tail  {}\n", hex(&[f.exact, f.template, f.tail]));
        lines += &format!("  heads                  {}\n", hex(&f.heads));
        lines += &format!("  bands                  {}\n", hex(&f.bands));
        lines += &format!("  phrases                {}\n", hex(f.phrases()));
        lines += &format!(
            "  embedding              {}\n",
            embedding.iter().map(|v| format!("{v:02x}")).collect::<String>()
        );
        lines += &format!("  system                 {}\n", hex(&[system.whole, system.first_block]));
        let phrases: Vec<u64> = system.phrases.into_iter().filter(|p| *p != 0).collect();
        lines += &format!("  system phrases         {}\n", hex(&phrases));
        lines += &format!(
            "  words {} bytes {} slots {} language {} marks {}\n",
            f.words,
            f.bytes,
            f.slots,
            f.language.code(),
            f.marks.iter_names().collect::<Vec<_>>().join(",")
        );
    }
    let tools = r#"[{"name":"run","input_schema":{"properties":{"command":{}}}}]"#;
    lines += &format!("hash_text, tools_hash {}\n", hex(&[hash_text("203.0.113.7"), tools_hash(tools)]));
    insta::assert_snapshot!(format!("golden_v{FOLD_VERSION}"), lines);
}

#[test]
fn masked_examples_read_well_in_many_languages() {
    let texts = [
        "Write 5 tweets about \"our new phone\" and link https://shop.example/p?id=7. Contact: a.b@c.org",
        "Classify the sentiment.\n\nReview: I loved it.\nTruly.\n\nAnswer with one word.",
        "用“温和”的语气回复这封邮件，不超过100字。\n输入：你好，\n订单12345还没到。\n输出：",
        "Schreibe eine Antwort auf „Wo bleibt mein Paket?“ in höchstens 3 Sätzen.",
        "Réponds à « Où est mon colis ? » en 3 phrases, avec le code `AB-12`.",
        "Responde a este mensaje en {{idioma}}: \"¿Dónde está mi pedido 555-1234?\"",
        "Ответь на письмо от 12.03.2024.\nТекст: Где мой заказ?\n\nОтвет:",
        "「どこですか」という質問に3文で答えてください。ファイルは /home/taro/メモ.txt です。",
        "메시지에 3문장으로 답하세요.\n텍스트: 주문 777이 아직 안 왔어요.\n답변:",
        "اكتب ردا على «أين طلبي؟» في ٣ جمل.",
        "| a | b |\n|---|---|\n| 1 | 2 |\nSum column b, then explain <topic> to [NAME].",
    ];
    let examples: String = texts.iter().map(|t| masked_example(t, 300) + "\n").collect();
    insta::assert_snapshot!(examples);
}
