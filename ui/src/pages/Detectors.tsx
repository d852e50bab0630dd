// Scorecards: how right each detector and rule has been, judged by people and by appeals.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { overview, scorecards } from "../api/queries";
import type { DetectorState, Kind, Scorecard } from "../api/types";
import { KINDS } from "../api/types";
import { Empty, Exports, Head, Load, Panel } from "../parts/Bits";
import { DetectorPill } from "../parts/Pills";
import { useText } from "../text";

export function Page(): React.ReactNode {
  const { t } = useText();
  const read = useQuery(scorecards);
  const states = new Map(useQuery(overview).data?.detectors.map((one) => [one.id, one.state]));
  return (
    <>
      <Head name={t("nav.detectors")} title={t("nav.detectors")} sub={t("detectors.sub")}><Exports path="/scorecards" /></Head>
      <Load of={read}>{(data) => (data.items.length === 0
        ? <div className="panel"><Empty icon="detectors" title={t("detectors.none")}>{t("detectors.none.text")}</Empty></div>
        : <div className="stack"><Cards cards={data.items} states={states} /><p className="small soft prose">{t("detectors.how")}</p></div>)}</Load>
    </>
  );
}

function Cards({ cards, states }: { cards: readonly Scorecard[]; states: ReadonlyMap<string, DetectorState> }) {
  const { t, n, pct, word } = useText();
  return (
    <Panel title={t("detectors.cards")} flush>
      <div className="scroll">
        <table>
          <thead><tr><th scope="col">{t("col.detector")}</th><th scope="col">{t("col.state")}</th><th scope="col" className="num">{t("nav.cases")}</th><th scope="col">{t("detectors.precision")}</th>
            <th scope="col" className="num">{word("disposition", "true_positive")}</th><th scope="col" className="num">{word("disposition", "false_positive")}</th><th scope="col" className="num">{t("nav.decisions")}</th>
            <th scope="col" className="num">{t("nav.appeals")}</th><th scope="col" className="num">{t("detectors.overturned")}</th><th scope="col" className="num">{t("detectors.hours")}</th></tr></thead>
          <tbody>
            {cards.map((card) => {
              const state = states.get(card.detector);
              return (
                <tr key={card.detector}>
                  <td>{KINDS.includes(card.detector as Kind) ? <Link to="/cases" search={{ kind: card.detector }}>{word("kind", card.detector)}</Link> : card.detector}</td>
                  <td>{state ? <DetectorPill value={state} /> : "–"}</td>
                  <td className="num">{n(card.cases)}</td><td><Precision card={card} /></td>
                  <td className="num">{n(card.true_positive)}</td><td className="num">{n(card.false_positive + card.benign_known)}</td><td className="num">{n(card.decisions)}</td>
                  <td className="num">{n(card.appeals)}</td>
                  <td className="num">{n(card.overturned)}{card.overturned_share != null && <span className="soft"> ({pct(card.overturned_share)})</span>}</td>
                  <td className="num">{card.median_hours_to_decision == null ? "–" : n(Math.round(card.median_hours_to_decision * 10) / 10)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

/** The share of right cases with its 95 % interval: wide while few cases are judged. */
function Precision({ card }: { card: Scorecard }) {
  const { t, pct } = useText();
  if (card.precision == null || card.precision_low == null || card.precision_high == null) return <span className="soft">{t("detectors.unjudged")}</span>;
  const [low, high] = [card.precision_low, card.precision_high];
  return (
    <div>
      <span className="interval" aria-hidden="true"><i style={{ left: `${100 * low}%`, width: `${100 * (high - low)}%` }} /><b style={{ left: `${100 * card.precision}%` }} /></span>
      <span className="small">{pct(card.precision)} <span className="soft">({pct(low)} – {pct(high)})</span></span>
    </div>
  );
}
