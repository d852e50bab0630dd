// Which language, and how numbers and times are written in it. The words themselves are in en.ts and fr.ts.
import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import { en } from "./en";
import { fr } from "./fr";

export type Language = "en" | "fr";
export type Key = keyof typeof en;
export type Messages = Record<Key, string>;
export type Values = Record<string, string | number>;

const CATALOGUES: Record<Language, Messages> = { en, fr };

/** Fills `{name}`; of `one|many` it takes the form that `n` asks for in the language. */
export function fill(language: Language, message: string, values: Values = {}): string {
  const forms = message.split("|");
  const plural = forms.length > 1 && new Intl.PluralRules(language).select(Number(values.n ?? 0)) !== "one";
  const form = forms[plural ? 1 : 0] ?? message;
  const number = new Intl.NumberFormat(language);
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? number.format(value) : value;
  });
}

/** Words, numbers and times of a language. */
export function make(language: Language) {
  const words = CATALOGUES[language];
  const number = new Intl.NumberFormat(language);
  const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  const share = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const clock = { timeZone: "UTC", hour: "2-digit", minute: "2-digit", hour12: false } as const;
  const day = { timeZone: "UTC", year: "numeric", month: "short", day: "numeric" } as const;
  const date = new Intl.DateTimeFormat(language, day);
  const stamp = new Intl.DateTimeFormat(language, { ...day, ...clock });
  const hour = new Intl.DateTimeFormat(language, clock);
  const monthDay = new Intl.DateTimeFormat(language, { timeZone: "UTC", month: "short", day: "numeric" });
  const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  return {
    language,
    t: (key: Key, values?: Values) => fill(language, words[key], values),
    /** A word of a closed list, such as `kind.` + id; the id itself when the list does not know it. */
    word: (prefix: string, id: string) =>
      (words as Record<string, string>)[`${prefix}.${id}`] ?? id.replaceAll("-", " ").replaceAll("_", " "),
    n: (value: number) => number.format(value),
    decimal: (value: number, digits: number) =>
      new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value),
    short: (value: number) => (Math.abs(value) < 10_000 ? number.format(value) : short.format(value)),
    pct: (value: number) => share.format(value),
    date: (iso: string | number) => date.format(new Date(iso)),
    stamp: (iso: string | number) => `${stamp.format(new Date(iso))} UTC`,
    /** A mark of a time axis: the day, or the hour where marks are closer than days. */
    tick: (at: number, fine: boolean) => (fine && at % 86_400_000 !== 0 ? hour.format(at) : monthDay.format(at)),
    ago: (iso: string, now: number) => {
      const seconds = (Date.parse(iso) - now) / 1000;
      const size = Math.abs(seconds);
      if (size < 60) return ago.format(Math.round(seconds), "second");
      if (size < 3600) return ago.format(Math.round(seconds / 60), "minute");
      if (size < 86_400) return ago.format(Math.round(seconds / 3600), "hour");
      return ago.format(Math.round(seconds / 86_400), "day");
    },
  };
}

export type Text = ReturnType<typeof make>;
const Context = createContext<Text & { choose: (language: Language) => void }>({ ...make("en"), choose: () => undefined });

/** The language that this browser chose last, else the system's, else English. */
const first = (): Language => {
  const kept = localStorage.getItem("vigie.language");
  if (kept === "en" || kept === "fr") return kept;
  return navigator.language.startsWith("fr") ? "fr" : "en";
};

export function TextProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(first);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choose = useCallback((next: Language) => {
    localStorage.setItem("vigie.language", next);
    setLanguage(next);
  }, []);
  const value = useMemo(() => ({ ...make(language), choose }), [language, choose]);
  return <Context value={value}>{children}</Context>;
}

export const useText = () => use(Context);
