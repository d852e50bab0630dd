// A sentence that a hunt or the server wrote, in the reader's language; as it was written where no catalogue knows it.
import { useText } from "../text";
import { told } from "../text/said";

export function Told({ text, unmet = false, capital = false, people = false }: {
  text: string;
  /** It is a point against an innocent explanation. */
  unmet?: boolean;
  capital?: boolean;
  /** People may have written it: its language is not known. */
  people?: boolean;
}) {
  const all = useText();
  const known = told(text, all, unmet);
  const shown = known ?? text;
  const first = capital ? shown.slice(0, 1).toLocaleUpperCase(all.language) + shown.slice(1) : shown;
  return known === undefined && !people && all.language !== "en" ? <span lang="en">{first}</span> : <>{first}</>;
}
