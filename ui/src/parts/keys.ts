// Keys for queues: j and k move, x picks, Enter opens. Never while somebody writes or a dialog is open.
import { useEffect } from "react";

/** Whether keys belong to what has the focus or to a dialog. */
export const busy = (event: KeyboardEvent): boolean => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true;
  if (document.querySelector("dialog[open]")) return true;
  const target = event.target as Element | null;
  return target?.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") != null;
};

/** Calls what a key stands for. */
export function useKeys(keys: Record<string, () => void>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const deed = keys[event.key];
      if (!deed || busy(event)) return;
      // Enter on a link or button is that link's or button's.
      if (event.key === "Enter" && (event.target as Element | null)?.closest("a, button, input")) return;
      event.preventDefault();
      deed();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [keys]);
}
