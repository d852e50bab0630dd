// One hunt: what it read, what it could not see, what it found.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { hunt } from "../api/queries";
import type { Hunt } from "../api/types";
import { Head, Load, Panel, When } from "../parts/Bits";
import { Icon } from "../parts/Icon";
import { HuntStatusPill, KindName } from "../parts/Pills";
import { huntRoute } from "../router";
import { useText } from "../text";
import { Configured } from "./HuntConfig";
import { Progress } from "./Hunts";

export function Page(): React.ReactNode {
  const { id } = huntRoute.useParams();
  const read = useQuery({ ...hunt(id), refetchInterval: (query) => (["queued", "running"].includes(query.state.data?.status ?? "") ? 1_000 : false) });
  return <Load of={read}>{(data) => <Body data={data} />}</Load>;
}

function Body({ data }: { data: Hunt }) {
  const { t, n, stamp } = useText();
  const summary = data.summary;
  return (
    <>
      <Head name={data.hunt_id} title={t("hunt.of", { date: stamp(data.started_at) })} sub={data.inputs.join(", ")}
        crumbs={<><Link to="/hunts">{t("nav.hunts")}</Link><span aria-hidden="true">/</span><span className="mono">{data.hunt_id}</span><HuntStatusPill value={data.status} /></>}>
        <Link className="btn" to="/cases" search={{ sort: "-updated_at" }}>{t("hunt.cases")}</Link>
      </Head>
      <div className="stack">
        {data.error && <div className="notice bad"><Icon name="warn" /><span>{data.error}</span></div>}
        {data.progress && data.status === "running" && <div className="panel"><div className="body"><Progress hunt={data} /></div></div>}
        <dl className="panel figures">
          <div><dt>{t("col.exchanges")}</dt><dd>{n(data.exchanges)}<small>{t("hunt.rejected", { n: data.rejects })}</small></dd></div>
          <div><dt>{t("col.accounts")}</dt><dd>{n(data.accounts)}</dd></div>
          <div><dt>{t("col.campaigns")}</dt><dd>{n(data.campaigns)}</dd></div>
          {summary && <div><dt>{t("hunt.links")}</dt><dd>{n(summary.links)}<small>{t("hunt.objects", { n: summary.rare_objects })}</small></dd></div>}
          {summary && <div><dt>{t("hunt.clusters")}</dt><dd>{n(summary.clusters)}<small>α = {n(summary.alpha)}</small></dd></div>}
        </dl>
        {data.config && <Configured config={data.config} />}
        {summary && <Sights hunt={data} />}
        <p className="small soft">{data.author} · <When at={data.started_at} /> · <span className="mono">{data.out_dir}</span></p>
      </div>
    </>
  );
}

function Sights({ hunt: { summary } }: { hunt: Hunt }) {
  const { t, n, word } = useText();
  if (!summary) return null;
  return (
    <Panel title={t("nav.detectors")} tools={<span className="small soft">{t("hunt.sight.note")}</span>} flush>
      <div className="scroll">
        <table>
          <thead><tr><th scope="col">{t("col.detector")}</th><th scope="col">{t("hunt.sight")}</th><th scope="col">{t("hunt.missing")}</th><th scope="col" className="num">{t("col.campaigns")}</th></tr></thead>
          <tbody>
            {summary.detectors.map((one) => (
              <tr key={one.kind}><td><KindName value={one.kind} /></td><td><span className={`pill ${one.sight === "full" ? "good" : "warn"}`}>{word("sight", one.sight)}</span></td>
                <td>{one.missing.join(", ") || <span className="soft">–</span>}</td><td className="num">{n(one.campaigns)}</td></tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
