// Which rows of a long list are in sight. Heights are fixed, so that a position is a multiplication and nothing is measured.
import { useCallback, useEffect, useState, type RefObject } from "react";
import { flushSync } from "react-dom";

/** Rows kept ready above and below what is in sight: scrolling shows them before anything is rendered. */
const SPARE = 10;
/** The window moves by so many rows at once, so that most frames of a slow scroll render nothing. */
const STRIDE = 5;
/** Rows that are assumed to be in sight before the first measure. */
const FIRST = 30;

export interface Span {
  first: number;
  last: number;
  /** How far rows jumped: row minus shift names the element that shows it, so that a jump reuses all elements in order. */
  shift: number;
}

/** The rows to render for a scroll position: whole strides, half open. */
export function spanOf(top: number, seen: number, height: number, count: number): Omit<Span, "shift"> {
  const first = Math.floor(Math.max(0, top / height - SPARE) / STRIDE) * STRIDE;
  const last = Math.ceil((top + seen) / height + SPARE);
  return { first: Math.min(first, Math.max(0, count - 1)), last: Math.min(count, Math.ceil(last / STRIDE) * STRIDE) };
}

/** The rows of `box` to render, and a way to bring one into sight. */
export function useWindow(box: RefObject<HTMLElement | null>, count: number, height: number): [Span, (row: number) => void] {
  const [span, setSpan] = useState<Span>({ first: 0, last: FIRST, shift: 0 });
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    let now: Span = { first: 0, last: -1, shift: 0 };
    const look = () => {
      const next = spanOf(element.scrollTop, element.clientHeight, height, count);
      if (next.first === now.first && next.last === now.last) return;
      // A jump past everything that is ready would show a blank frame: it is rendered at once.
      const jump = now.last > 0 && (next.first >= now.last || next.last <= now.first);
      now = { ...next, shift: now.shift + (jump ? next.first - now.first : 0) };
      if (jump) flushSync(() => setSpan(now));
      else setSpan(now);
    };
    const watcher = new ResizeObserver(look);
    watcher.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      watcher.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [box, count, height]);
  const show = useCallback((row: number) => {
    const element = box.current;
    if (!element) return;
    const head = element.querySelector("thead")?.clientHeight ?? 0;
    const seen = element.clientHeight - head;
    if (row * height < element.scrollTop) element.scrollTop = row * height;
    else if ((row + 1) * height > element.scrollTop + seen) element.scrollTop = (row + 1) * height - seen;
  }, [box, height]);
  return [{ ...span, first: Math.min(span.first, count), last: Math.min(span.last, count) }, show];
}
