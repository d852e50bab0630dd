// Says again, in the reader's language, what a hunt or the server said in an English sentence. The English catalogue holds
// those sentences with blanks; what stood in the blanks is put into the other language's sentence.
import { en } from "./en";
import { words } from "./en/words";
import type { Key, Text } from "./index";

interface Form {
  key: Key;
  form: RegExp;
  blanks: string[];
}

const BLANK = /\{(\w+)\}/g;
/** Blanks that hold a word of a closed list, named as the list is in the catalogues. */
const LISTS: readonly string[] = ["action", "appeal", "code", "decision", "disposition", "innocent", "kind", "status", "takedown"];
const plain = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
/** The ids of a list; sentences write their `_` as a blank or leave it. */
const ids = (list: string): string =>
  Object.keys(words).filter((key) => key.startsWith(`${list}.`)).map((key) => plain(key.slice(list.length + 1)).replaceAll("_", "[_ ]")).join("|");

/** What may stand in a blank: a figure under a single letter, one word under `id`, a word of a list under its name, else anything. */
function may(name: string): string {
  if (name.length === 1) return "(-?[\\d.,]+(?: ?%)?)";
  if (name === "id") return "(\\S+)";
  return LISTS.includes(name) ? `(${ids(name)})` : "(.+?)";
}

let forms: Form[] | undefined;

/** Sentences that can be read back; those of the console's own (`.not`) cannot come in. */
const known = (): Form[] =>
  (forms ??= (Object.keys(en) as Key[])
    .filter((key) => key.startsWith("said.") && !key.endsWith(".not"))
    .map((key) => ({
      key,
      form: new RegExp(`^${en[key].split(BLANK).map((part, i) => (i % 2 ? may(part) : plain(part))).join("")}$`, "s"),
      blanks: [...en[key].matchAll(BLANK)].map((match) => match[1] ?? ""),
    })));

/** `42 %` or `1.30`, as the reader writes numbers; anything else as it stands. */
function figure(text: string, { pct, decimal }: Text): string {
  const share = /^(-?\d+(?:\.\d+)?) ?%$/.exec(text)?.[1];
  if (share !== undefined) return pct(Number(share) / 100);
  const digits = /^-?\d+(?:\.(\d+))?$/.exec(text);
  if (digits) return decimal(Number(text), digits[1]?.length ?? 0);
  return /^\d{1,3}(,\d{3})+$/.test(text) ? decimal(Number(text.replaceAll(",", "")), 0) : text;
}

/** What stands in a blank, by the blank's name. */
function filled(name: string, value: string, text: Text): string | number {
  if (LISTS.includes(name)) return text.word(name, value.replaceAll(" ", "_"));
  switch (name) {
    case "said": return told(value, text) ?? value;
    case "codes": return value.split(", ").map((code) => lower(text.word("code", code), text)).join(", ");
    case "note": case "places": case "id": return value;
    case "n": return Number(value);
    default: return figure(value, text);
  }
}

const lower = (word: string, { language }: Text): string => word.slice(0, 1).toLocaleLowerCase(language) + word.slice(1);

/**
 * The sentence in the reader's language; `undefined` for one that no catalogue knows. `unmet` asks for the words of a point
 * that speaks against an explanation.
 */
export function told(sentence: string, text: Text, unmet = false): string | undefined {
  for (const { key, form, blanks } of known()) {
    const found = form.exec(sentence);
    if (!found) continue;
    const not = `${key}.not` as Key;
    const values = Object.fromEntries(blanks.map((name, i) => [name, filled(name, found[i + 1] ?? "", text)]));
    // Logs quote with backticks; people do not.
    return text.t(unmet && not in en ? not : key, values).replace(/`([^`]*)`/g, "“$1”");
  }
  return undefined;
}
