// What the sources of hunts and server say in sentences can be read back and said in both languages. The sources are read
// here, so that a sentence that changes there without a word of the catalogues fails.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { make } from "../../src/text";
import { en } from "../../src/text/en";
import { fr } from "../../src/text/fr";
import { told } from "../../src/text/said";

const source = (path: string) => readFileSync(new URL(`../../../crates/${path}`, import.meta.url), "utf8").replace(/^\s*\/\/.*$/gm, "");
const evidence = source("vigie-detectors/src/evidence.rs");
const innocent = source("vigie-detectors/src/innocent.rs");
const objects = source("vigie-hunt/src/objects/report.rs");
const objectsJudge = source("vigie-hunt/src/objects/judge.rs");
/** Folders of the detectors, from the list of them. */
const detectors = [...source("vigie-detectors/src/lib.rs").matchAll(/^ +(\w+)::DETECTOR,$/gm)].map((found) => found[1] ?? "");
const english = make("en");
const french = make("fr");

/** String literals with a space in them: sentences, with a figure in each blank. */
function sentences(code: string): string[] {
  const literals = [...code.matchAll(/"((?:[^"\\]|\\[\s\S])*)"/g)].map((found) => (found[1] ?? "").replace(/\\\n\s*/g, ""));
  let turn = 0;
  const figure = () => ["42 %", "7", "1.5"][turn++ % 3] ?? "";
  return literals.filter((text) => / \w/.test(text) && !text.startsWith("//"))
    .map((text) => text.replace("{words}", "asks for phishing").replace(/^\{\} members took/, "7 members took").replace("“{}”", "“internal”").replace(/\{[^}]*\}/g, figure).replace("% %", "%"));
}

const all = [...sentences(evidence), ...sentences(innocent)];

test("the sources are read", () => {
  expect(detectors.length).toBeGreaterThanOrEqual(9);
  expect(new Set(detectors).size).toBe(detectors.length);
  expect(sentences(evidence).length).toBeGreaterThan(25);
  expect(sentences(innocent).length).toBeGreaterThan(20);
});

test.each(all)("%s", (sentence) => {
  expect(told(sentence, english), "English").toBeDefined();
  const other = told(sentence, french);
  expect(other, "French").toBeDefined();
  expect(other).not.toBe(told(sentence, english));
  // Every figure arrives: nothing is lost on the way.
  for (const figure of sentence.match(/\d+(\.\d+)?/g) ?? []) expect(other).toContain(figure.replace(".", ","));
});

test.each([
  ...sentences(objects.slice(objects.indexOf("fn evidence"), objects.indexOf("fn examples"))),
  ...sentences(objects.slice(objects.indexOf("fn summary"), objects.indexOf("fn timeline"))),
  ...sentences(objectsJudge.slice(objectsJudge.indexOf("fn alternatives"), objectsJudge.indexOf("fn alternative("))),
])("of groups by objects: %s", (sentence) => {
  expect(told(sentence, french)).toBeDefined();
});

test.each(detectors)("%s: its headline and its advice", (name) => {
  const code = source(`vigie-detectors/src/${name}/mod.rs`);
  for (const field of ["headline", "response"]) {
    const text = new RegExp(`${field}: "([^"]+)"`).exec(code)?.[1];
    expect(text, field).toBeDefined();
    expect(told(text ?? "", french), field).toBeDefined();
  }
});

test("every code of evidence and every explanation has a name and a sentence", () => {
  const keys = Object.keys(en);
  const codes = [...evidence.matchAll(/(?:contrasted|plain)\(\s*"([\w-]+)"/g), ...objects.matchAll(/piece\(\s*"([\w-]+)"|code: "([\w-]+)"/g)]
    .map((found) => found[1] ?? found[2] ?? "");
  expect(codes.length).toBeGreaterThan(20);
  for (const code of codes) {
    expect(keys).toContain(`code.${code}`);
    expect(keys).toContain(`said.${code}`);
  }
  const names = [...innocent.matchAll(/Case::new\("([\w-]+)"/g), ...objectsJudge.matchAll(/alternative\(\s*"([\w-]+)"/g)].map((found) => found[1] ?? "");
  expect(names.length).toBeGreaterThan(11);
  for (const name of names) expect(keys).toContain(`innocent.${name}`);
});

test("what the server's rules say is known, too", () => {
  const of = (path: string, from: string, to: string) => {
    const code = source(path);
    return sentences(code.slice(code.indexOf(from), code.indexOf(to, code.indexOf(from) + 1)));
  };
  const words = (text: string) => text.replace(/`[^`]*`/, "`suspend`").replace(/^(42 %|7|1\.5) (cannot be|is) seen/, "key-takeover $2 seen");
  const rules = [
    ...of("vigie-cases/src/eyes.rs", "pub fn approval_needed", "\n}"), ...of("vigie-cases/src/case.rs", "pub fn bystander_reason", "\n}"),
    ...of("vigie-store/src/records/overview.rs", "fn detectors", "fn timeline"),
    "3 appeals on 60 decisions (5.0 %) pass the limit of 2.0 %", "an account of a small wave was found wrongly accused",
  ];
  expect(rules.length).toBeGreaterThan(8);
  for (const rule of rules.map(words)) expect(told(rule, french), rule).toBeDefined();
});

test("a point that speaks against an explanation is not said as if it were met", () => {
  const against = "answers, topics and hours are those of a class";
  expect(told(against, english, true)).toMatch(/not those of a class/);
  expect(told(against, french, true)).toMatch(/ne sont pas ceux d'une classe/);
  expect(told("0.3 % of the questions were asked by another member, too", english, true)).toBe("Only 0.3% of the questions were asked by another member, too");
  // A sentence without a figure claims something: it must have words for the case that it does not hold.
  const claims = sentences(innocent).filter((text) => !/\d/.test(text) && !/^(licensed|verified|authorised|internal|no member)/.test(text));
  expect(claims.length).toBeGreaterThan(8);
  for (const claim of claims) expect(told(claim, english, true), claim).not.toBe(told(claim, english));
});

test("a summary is said piece by piece, and unknown words stay as they were", () => {
  expect(told("one dispatcher, shared payments; 79 % of members' traffic; equal-portions, in-step", french))
    .toMatch(/^un seul répartiteur, paiements partagés ; 79\s% du trafic des membres ; parts égales, au pas$/);
  expect(told("explained: classroom; 3.4 % of members' traffic; one-job", french)).toMatch(/^expliqué : Salle de classe/);
  expect(told("We looked into this ourselves.", french)).toBeUndefined();
});

/** What the records write into histories and previews: the file, its words there, and such a line. */
const LINES: readonly (readonly [file: string, written: string, line: string])[] = [
  ["vigie-cases/src/case", "titled “{title}”", "titled “A large one”"],
  ["vigie-cases/src/case", "assigned to {n}", "assigned to bela"],
  ["vigie-cases/src/case", "assigned to nobody", "assigned to nobody"],
  ["vigie-cases/src/case", "closed as {}{dash}{note}", "closed as false_positive"],
  ["vigie-cases/src/case", "closed as {}{dash}{note}", "closed as benign_known: a class"],
  ["vigie-cases/src/case", "opened again", "opened again"],
  ["vigie-cases/src/case", "now {}", "now in review"],
  ["vigie-store/src/records/cases", "opened by hand", "opened by hand"],
  ["vigie-store/src/records/import", "opened by hunt {}: {}", "opened by hunt hunt_1: accounts made in series; 79 % of members' traffic; one-job"],
  ["vigie-store/src/records/import", "found again by hunt {}: {} members, {before} before{how}", "found again by hunt hunt_1: 5 members, 4 before"],
  ["vigie-store/src/records/import", "; it stays closed", "found again by hunt hunt_1: 5 members, 4 before; it stays closed"],
  ["vigie-store/src/records/merge", "merged into {into}", "merged into case_1"],
  ["vigie-store/src/records/merge", "took in {id} “{}”", "took in case_1 “A large one”"],
  ["vigie-store/src/records/merge", "split from {id}", "split from case_1"],
  ["vigie-store/src/records/merge", "{} accounts left for {}", "3 accounts left for case_2"],
  ["vigie-store/src/records/members", "looked at {} stored examples of {code}: {reason}", "looked at 3 stored examples of one-job: is it a class?"],
  ["vigie-store/src/records/takedowns", "takedown of {members} accounts ({action}) is {}", "takedown of 86 accounts (step_up) is pending approval"],
  ["vigie-store/src/records/takedowns", "takedown {done}{dash}{reason}", "takedown approved: the evidence carries it"],
  ["vigie-store/src/records/waves", "wave {n}, {hit} accounts", "takedown wave applied: wave 2, 40 accounts"],
  ["vigie-store/src/records/waves", "stopped by itself: {why}", "takedown stopped: stopped by itself: an account of a small wave was found wrongly accused"],
  ["vigie-store/src/records/decisions", "{} {} {}: {}", "pending_approval suspend acc_1: copying a model"],
  ["vigie-store/src/records/decisions", "{done} {} {}: {reason}", "approved step_up acc_1: the evidence carries it"],
  ["vigie-store/src/records/decisions", "an exception protects it: {}", "an exception protects it: they are a class"],
  ["vigie-store/src/records/decisions", "`{action}` holds already ({id}); the stronger of the two wins", "`suspend` holds already (dec_1); the stronger of the two wins"],
  ["vigie-store/src/records/appeals", "appeal on the decision about {}", "appeal on the decision about acc_1"],
  ["vigie-store/src/records/appeals", "appeal of {} {}", "appeal of acc_1 in_review"],
  ["vigie-store/src/records/appeals", "overturned on appeal {}", "undone suspend acc_1: overturned on appeal app_1"],
  ["vigie-store/src/records/appeals", "softened on appeal {}", "superseded suspend acc_1: softened on appeal app_1"],
  ["vigie-store/src/records/exceptions", "exception for {}: {}", "exception for acc_1: they are a class"],
  ["vigie-store/src/records/exceptions", "exception for {} ended", "exception for acc_1 ended"],
];

test.each(LINES)("of a history, %s.rs: %s", (file, written, line) => {
  expect(source(`${file}.rs`)).toContain(written);
  expect(told(line, english), "English").toBeDefined();
  const other = told(line, french);
  expect(other, "French").toBeDefined();
  expect(other).not.toBe(told(line, english));
  // No word of the English line is left, but for ids and for what people wrote.
  expect(other).not.toMatch(/\b(hunt|again|members|before|closed|accounts|takedown|appeal|suspend|step_up|pending)\b/);
});

test("no history line is forgotten: a new one in the records needs its words above", () => {
  const calls = (file: string) => [...source(`vigie-store/src/records/${file}.rs`).matchAll(/(?<!fn )\b(?:tell|born|tx\.event)\(/g)].length;
  const written = { appeals: 2, cases: 6, decisions: 2, exceptions: 2, import: 2, members: 1, merge: 4, takedowns: 2 };
  expect(Object.fromEntries(Object.keys(written).map((file) => [file, calls(file)]))).toEqual(written);
});

test("a sentence within another's words is not taken for it, and history is said piece by piece", () => {
  expect(told("takedown stopped: stopped by itself: 1 appeals on 20 decisions (5.0 %) pass the limit of 2.0 %", french))
    .toMatch(/^opération arrêtée d'elle-même : 1 recours sur 20 décisions \(5\s%\) dépassent la limite de 2\s%$/);
  expect(told("she said 1 appeals on 20 decisions (5.0 %) pass the limit of 2.0 %", french)).toBeUndefined();
  expect(told("takedown of 86 accounts (suspend) is pending approval", french)).toBe("opération sur 86 comptes (suspendre) : attend l'accord");
  expect(told("closed as false_positive: a class", french)).toBe("clos comme faux positif : a class");
  expect(told("exception for acc_1: overturned on appeal app_2", french)).toBe("exception pour acc_1 : annulé sur recours app_2");
});

test("nothing of one language is left in the other by mistake", () => {
  for (const key of Object.keys(fr) as (keyof typeof en)[]) if (key.startsWith("said.")) expect(fr[key], key).not.toBe(en[key]);
});
