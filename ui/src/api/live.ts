// Live updates: one stream of events, each of which refreshes the reads of its noun.
import type { QueryClient } from "@tanstack/react-query";

/** Which reads an event makes stale. */
const STALE: Record<string, readonly string[]> = {
  case: ["case", "cases", "overview", "account"],
  decision: ["decision", "decisions", "account", "overview", "scorecards", "case", "cases"],
  takedown: ["takedown", "takedowns", "case", "overview"],
  appeal: ["appeal", "appeals", "account", "overview", "scorecards"],
  hunt: ["hunt", "hunts", "overview"],
};
/** Events come in bursts (a wave of a takedown is hundreds): they are gathered this long. */
const GATHER_MS = 400;

/** Listens until the returned function is called. The browser reconnects by itself. */
export function listen(client: QueryClient): () => void {
  const source = new EventSource("/api/v1/events");
  const stale = new Set<string>();
  let timer: number | undefined;
  const flush = () => {
    timer = undefined;
    const all = stale.has("*");
    void client.invalidateQueries({
      predicate: ({ queryKey }) => all || stale.has(String(queryKey[0])),
    });
    stale.clear();
  };
  const mark = (nouns: readonly string[]) => {
    for (const noun of nouns) stale.add(noun);
    timer ??= window.setTimeout(flush, GATHER_MS);
  };
  for (const [event, nouns] of Object.entries(STALE)) source.addEventListener(event, () => mark(nouns));
  // The server says `all` when it could not keep up; it asks for a reload of everything.
  source.addEventListener("all", () => mark(["*"]));
  return () => {
    source.close();
    window.clearTimeout(timer);
  };
}
