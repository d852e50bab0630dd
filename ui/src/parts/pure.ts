// Small functions of text that forms share; no React, no browser.

/** Account ids, one a line or separated by commas or spaces. */
export const accountsOf = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter(Boolean))];

/** "5, 25, 100" → [0.05, 0.25, 1]. */
export const sharesOf = (text: string): number[] => text.split(/[,;\s]+/).filter(Boolean).map((part) => Number(part) / 100);

/** Only addresses of this console may be gone to after signing in. */
export const safeNext = (next: string | undefined): string =>
  (next?.startsWith("/") && !next.startsWith("//") && !next.includes("\\") ? next : "/");

const HOUR_MS = 3_600_000;

/** So many days from now, to the hour, so that a preview stays valid while somebody writes. */
export const inDays = (days: number, now: number): string =>
  new Date(Math.floor(now / HOUR_MS) * HOUR_MS + days * 24 * HOUR_MS).toISOString();

/** A colour mixed into the paper: sigma's blending makes half-transparent colours glare. */
export function faint(ink: string, paper: string, share: number): string {
  const part = (hex: string, at: number) => Number.parseInt(hex.slice(at, at + 2), 16);
  const mixed = [1, 3, 5].map((at) => Math.round(part(ink, at) * share + part(paper, at) * (1 - share)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** The keys of a hunt's configuration that a form names (`section.key`) and somebody filled in; `undefined` without any. */
export function configOf(form: FormData): Record<string, Record<string, string | number>> | undefined {
  const config: Record<string, Record<string, string | number>> = {};
  for (const [name, value] of form.entries()) {
    const [section, key] = name.split(".");
    if (!section || !key || value === "") continue;
    const number = Number(value);
    (config[section] ??= {})[key] = Number.isFinite(number) ? number : String(value);
  }
  return Object.keys(config).length > 0 ? config : undefined;
}
