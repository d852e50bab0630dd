// The network of a case: who is linked with whom, by which layer; as a picture and, for those who cannot see it, a list.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";
import { network } from "../../api/queries";
import { LAYERS, type Case, type CaseCampaign, type CaseNetwork, type Layer } from "../../api/types";
import { AccountLink, Bones, Empty, Load, Panel } from "../../parts/Bits";
import { columns, shownOf, type Columns } from "../../parts/network/columns";
import { LayerName, Meter } from "../../parts/Pills";
import { caseRoute } from "../../router";
import { useText } from "../../text";

const Picture = lazy(() => import("../../parts/network/Picture"));
/** Links in the list under the picture. */
const LISTED = 50;

export default function Network({ data, campaigns }: { data: Case; campaigns: readonly CaseCampaign[] | undefined }) {
  const read = useQuery(network(data.case_id));
  return <Load of={read} lines={10}>{(net) => <Body data={data} net={net} campaigns={campaigns} />}</Load>;
}

function Body({ data, net, campaigns }: { data: Case; net: CaseNetwork; campaigns: readonly CaseCampaign[] | undefined }) {
  const { t, n } = useText();
  const search = caseRoute.useSearch();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<number | undefined>();
  const all = useMemo(() => columns(net), [net]);
  const present = useMemo(() => LAYERS.filter((_, i) => all.layer.includes(i)), [all]);
  const hidden = useMemo(() => new Set((search.layers ?? "").split(",").filter(Boolean)), [search.layers]);
  const times = useMemo(() => all.when.filter((at) => at > 0).sort(), [all]);
  const until = search.until ? Number(search.until) : undefined;
  const shown = useMemo(() => shownOf(all, hidden, until), [all, hidden, until]);
  const set = (change: Partial<typeof search>) => void navigate({ to: "/cases/$id", params: { id: data.case_id }, search: { ...search, ...change }, replace: true });
  const turn = (layer: Layer) => {
    const next = new Set(hidden);
    if (!next.delete(layer)) next.add(layer);
    set({ layers: [...next].join(",") || undefined });
  };
  if (net.nodes.length === 0) return <div className="panel"><Empty icon="link" title={t("net.none")}>{t("net.none.text")}</Empty></div>;
  return (
    <div className="stack">
      <Panel title={t("net.title")} flush tools={(
        <div className="legend" role="group" aria-label={t("net.layers")}>
          {present.map((layer) => (
            <label key={layer}><input type="checkbox" checked={!hidden.has(layer)} onChange={() => turn(layer)} /><LayerName value={layer} /></label>
          ))}
        </div>
      )}>
        <TimeSlider times={times} until={until} set={(next) => set({ until: next === undefined ? undefined : String(next) })} active={campaigns?.[0]} />
        <Suspense fallback={<div className="net"><Bones /></div>}>
          <Picture net={net} columns={all} shown={shown} chosen={chosen} choose={setChosen} label={t("net.label", { nodes: n(net.nodes.length), edges: n(shown.length) })} />
        </Suspense>
      </Panel>
      <p className="small soft">{t("net.sample", { nodes: n(net.nodes.length), members: n(net.members), edges: n(shown.length) })}</p>
      <Links net={net} all={all} shown={shown} chosen={chosen} />
    </div>
  );
}

/** Where hunts recorded when a link arose, the picture can be turned back in time. */
function TimeSlider({ times, until, set, active }: {
  times: Float64Array; until: number | undefined; set: (until: number | undefined) => void; active: CaseCampaign | undefined;
}) {
  const { t, stamp } = useText();
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined || first === last) {
    return active ? <div className="slider small soft">{t("net.notime", { from: stamp(active.first_seen), to: stamp(active.last_seen) })}</div> : null;
  }
  const at = until ?? last;
  return (
    <div className="slider">
      <label htmlFor="net-time" className="small soft">{t("net.time")}</label>
      <input id="net-time" type="range" min={first} max={last} step={Math.max(1, Math.round((last - first) / 200))} value={at}
        aria-valuetext={stamp(at)} onChange={(event) => set(Number(event.target.value) >= last ? undefined : Number(event.target.value))} />
      <span className="small nowrap">{stamp(at)}</span>
    </div>
  );
}

/** The strongest of the shown links, or of one account's. */
function strongest(net: CaseNetwork, shown: Uint32Array, chosen: number | undefined): CaseNetwork["edges"] {
  const found: CaseNetwork["edges"] = [];
  for (let i = shown.length - 1; i >= 0 && found.length < LISTED; i -= 1) {
    const edge = net.edges[shown[i] ?? -1];
    if (edge && (chosen === undefined || edge.a === chosen || edge.b === chosen)) found.push(edge);
  }
  return found;
}

function Links({ net, all, shown, chosen }: { net: CaseNetwork; all: Columns; shown: Uint32Array; chosen: number | undefined }) {
  const { t, decimal } = useText();
  const name = (id: number) => net.nodes[all.at.get(id) ?? -1]?.account_id ?? "";
  const listed = useMemo(() => strongest(net, shown, chosen), [net, shown, chosen]);
  const most = listed[0]?.weight ?? 1;
  return (
    <Panel title={chosen === undefined ? t("net.links") : t("net.links.of", { id: name(chosen) })} flush>
      <div className="scroll">
        <table>
          <thead><tr><th scope="col">{t("col.account")}</th><th scope="col">{t("col.account")}</th><th scope="col">{t("col.layer")}</th><th scope="col">{t("col.weight")}</th></tr></thead>
          <tbody>
            {listed.map((edge) => (
              <tr key={`${edge.a}-${edge.b}-${edge.layer}`}>
                <td><AccountLink id={name(edge.a)} /></td><td><AccountLink id={name(edge.b)} /></td>
                <td><LayerName value={edge.layer} /></td><td><Meter value={edge.weight / most} label={decimal(edge.weight, 1)} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
