// Filters of lists; what they hold is kept in the address by their page.
import { useEffect, useState } from "react";
import { useText } from "../text";

export function Select<T extends string>({ label, value, options, name, set }: {
  label: string; value: string | undefined; options: readonly T[]; name: (option: T) => string; set: (value: string | undefined) => void;
}) {
  return (
    <select aria-label={label} value={value ?? ""} onChange={(event) => set(event.target.value || undefined)}>
      <option value="">{label}</option>
      {options.map((option) => <option key={option} value={option}>{name(option)}</option>)}
    </select>
  );
}

/** How long to wait for the next letter. */
const PAUSE_MS = 250;

/** A search field that waits for a pause in typing. */
export function Typed({ label, value, set }: { label: string; value: string | undefined; set: (value: string | undefined) => void }) {
  const { t } = useText();
  const [text, setText] = useState(value ?? "");
  const [sent, setSent] = useState(value ?? "");
  if ((value ?? "") !== sent) {
    setSent(value ?? "");
    setText(value ?? "");
  }
  useEffect(() => {
    if (text === sent) return undefined;
    const timer = window.setTimeout(() => {
      setSent(text);
      set(text || undefined);
    }, PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [text, sent, set]);
  return <input type="search" value={text} placeholder={label} aria-label={label || t("search")} onChange={(event) => setText(event.target.value)} />;
}
