// Both languages say the same things, with the same blanks to fill.
import { expect, test } from "vitest";
import { KINDS, ACTIONS, LAYERS, REASONS, ROLES, DISPOSITIONS, SEVERITIES } from "../../src/api/types";
import { fill } from "../../src/text";
import { en } from "../../src/text/en";
import { fr } from "../../src/text/fr";

const blanks = (message: string) => [...new Set(message.match(/\{\w+\}/g) ?? [])].sort();

test("French has every key of English, and no other", () => {
  expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort());
});

test.each(Object.keys(en) as (keyof typeof en)[])("%s has the same blanks in both languages and no empty words", (key) => {
  for (const form of [...en[key].split("|"), ...fr[key].split("|")]) expect(form.trim()).not.toBe("");
  expect(blanks(fr[key])).toEqual(blanks(en[key]));
});

test("closed lists have a word for each member", () => {
  const keys = new Set<string>(Object.keys(en));
  const lists = { kind: KINDS, action: ACTIONS, layer: LAYERS, reason: REASONS, role: ROLES, disposition: DISPOSITIONS, severity: SEVERITIES };
  for (const [prefix, members] of Object.entries(lists)) for (const member of members) expect(keys).toContain(`${prefix}.${member}`);
});

test("counts take the form of their language: French says 0 in the singular", () => {
  expect(fill("en", "{n} case|{n} cases", { n: 0 })).toBe("0 cases");
  expect(fill("en", "{n} case|{n} cases", { n: 1 })).toBe("1 case");
  expect(fill("fr", "{n} dossier|{n} dossiers", { n: 0 })).toBe("0 dossier");
  expect(fill("fr", "{n} dossier|{n} dossiers", { n: 1234 })).toBe(`${new Intl.NumberFormat("fr").format(1234)} dossiers`);
});

test("an unknown blank stays visible instead of vanishing", () => {
  expect(fill("en", "hello {name}")).toBe("hello {name}");
});
