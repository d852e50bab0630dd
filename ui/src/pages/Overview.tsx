// What changed since yesterday, what is at risk, what waits for a person, and where Vigie is blind.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { overview } from "../api/queries";
import type { Overview } from "../api/types";
import { Empty, Head, Load, Panel, When } from "../parts/Bits";
import { Chart } from "../parts/Chart";
import { Icon } from "../parts/Icon";
import { DetectorPill, HuntStatusPill, KindName, Meter, SeverityMark } from "../parts/Pills";
import { Told } from "../parts/Told";
import { useText } from "../text";

export function Page(): React.ReactNode {
  const { t } = useText();
  const query = useQuery(overview);
  return (
    <>
      <Head name={t("nav.overview")} title={t("nav.overview")}
        sub={query.data && <>{t("overview.since")} <When at={query.data.since} /></>} />
      <Load of={query} lines={12}>{(data) => (data.last_hunt ? <Body data={data} /> : <First />)}</Load>
    </>
  );
}

function First() {
  const { t } = useText();
  return (
    <div className="panel">
      <Empty icon="hunts" title={t("overview.first")} acts={<Link to="/hunts" className="btn main">{t("overview.first.act")}</Link>}>
        <ol className="steps">
          <li>{t("overview.first.1")}</li><li>{t("overview.first.2")}</li><li>{t("overview.first.3")}</li>
        </ol>
      </Empty>
    </div>
  );
}

function Body({ data }: { data: Overview }) {
  return (
    <div className="stack">
      <Figures data={data} />
      <Traffic data={data} />
      <div className="split">
        <div className="stack"><Kinds data={data} /><Detectors data={data} /></div>
        <div className="stack"><LastHunt data={data} /><Blind data={data} /></div>
      </div>
    </div>
  );
}

function Figures({ data }: { data: Overview }) {
  const { t, n, pct, short } = useText();
  const risk = data.traffic_at_risk;
  return (
    <nav className="panel figures" aria-label={t("overview.figures")}>
      <Link to="/cases" search={{ sort: "-opened_at" }}><Figure name={t("overview.new")} value={n(data.new_cases)} note={t("overview.changed", { n: data.changed_cases })} /></Link>
      <Link to="/cases" search={{ status: "open" }}><Figure name={t("overview.open")} value={n(data.open_cases)} note={t("overview.open.note")} /></Link>
      <div><Figure name={t("overview.risk")} value={risk.share == null ? short(risk.exchanges) : pct(risk.share)}
        note={t("overview.risk.note", { n: risk.exchanges })} /></div>
      <Link to="/decisions" search={{ view: "waiting" }}><Figure name={t("overview.approvals")} value={n(data.approvals_waiting)} note={t("overview.approvals.note")} /></Link>
      <Link to="/appeals"><Figure name={t("overview.appeals")} value={n(data.appeals_open)} note={t("overview.appeals.note", { n: data.appeals_due })} /></Link>
      <Link to="/decisions" search={{ view: "expiring" }}><Figure name={t("overview.expiring")} value={n(data.decisions_expiring)} note={t("overview.expiring.note")} /></Link>
    </nav>
  );
}

function Figure({ name, value, note }: { name: string; value: string; note: string }) {
  return <><span className="small soft">{name}</span><b style={{ display: "block", fontSize: "1.375rem", lineHeight: 1.35, fontWeight: 620 }}>{value}</b><span className="small soft">{note}</span></>;
}

function Traffic({ data }: { data: Overview }) {
  const { t, n } = useText();
  const starts = useMemo(() => data.timeline.map((bucket) => bucket.start), [data]);
  const series = useMemo(() => [
    { name: t("chart.campaign"), values: data.timeline.map((b) => b.at_risk), colour: "--own" },
    { name: t("chart.other"), values: data.timeline.map((b) => b.exchanges - b.at_risk), colour: "--other" },
  ], [data, t]);
  if (starts.length === 0) return null;
  return (
    <Panel title={t("overview.traffic")}>
      <Chart starts={starts} series={series} label={t("overview.traffic.label", { n: data.traffic_at_risk.exchanges, share: n(starts.length) })} height={150} />
    </Panel>
  );
}

function Kinds({ data }: { data: Overview }) {
  const { t, n } = useText();
  const most = Math.max(1, ...data.campaigns_by_kind.map((kind) => kind.exchanges));
  return (
    <Panel title={t("overview.kinds")} flush>
      {data.campaigns_by_kind.length === 0
        ? <Empty icon="check" title={t("overview.kinds.none")}>{t("overview.kinds.none.text")}</Empty>
        : (
          <div className="scroll">
            <table className="bars">
              <thead><tr><th scope="col">{t("col.severity")}</th><th scope="col">{t("col.kind")}</th><th scope="col" className="num">{t("col.campaigns")}</th>
                <th scope="col" className="num">{t("col.accounts")}</th><th scope="col">{t("col.exchanges")}</th></tr></thead>
              <tbody>
                {data.campaigns_by_kind.map((kind) => (
                  <tr key={kind.kind}>
                    <td><SeverityMark value={kind.severity} /></td>
                    <td><Link to="/cases" search={{ kind: kind.kind }}><KindName value={kind.kind} /></Link></td>
                    <td className="num">{n(kind.campaigns)}</td><td className="num">{n(kind.accounts)}</td>
                    <td><Meter value={kind.exchanges / most} label={n(kind.exchanges)} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
    </Panel>
  );
}

function Detectors({ data }: { data: Overview }) {
  const { t, word } = useText();
  return (
    <Panel title={t("overview.detectors")} tools={<Link to="/detectors" className="small">{t("overview.detectors.all")}</Link>}>
      <ul className="health">
        {data.detectors.map((detector) => (
          <li key={detector.id}>
            <DetectorPill value={detector.state} /><span>{word("kind", detector.id)}{detector.why && <span className="small soft"> – <Told text={detector.why} /></span>}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function LastHunt({ data }: { data: Overview }) {
  const { t, n } = useText();
  const hunt = data.last_hunt;
  if (!hunt) return null;
  return (
    <Panel title={t("overview.last")} tools={<HuntStatusPill value={hunt.status} />}>
      <dl className="facts">
        <dt>{t("hunt.started")}</dt><dd><Link to="/hunts/$id" params={{ id: hunt.hunt_id }}><When at={hunt.started_at} /></Link></dd>
        <dt>{t("col.exchanges")}</dt><dd>{n(hunt.exchanges)}</dd>
        <dt>{t("col.accounts")}</dt><dd>{n(hunt.accounts)}</dd>
        <dt>{t("col.campaigns")}</dt><dd>{n(hunt.campaigns)}</dd>
        <dt>{t("hunt.rejects")}</dt><dd>{n(hunt.rejects)}</dd>
      </dl>
    </Panel>
  );
}

function Blind({ data }: { data: Overview }) {
  const { t, word } = useText();
  return (
    <Panel title={t("overview.blind")}>
      {data.blind_sources.length === 0
        ? <p className="soft">{t("overview.blind.none")}</p>
        : (
          <ul className="stack">
            {data.blind_sources.map((source) => (
              <li key={source.source} className="notice warn">
                <Icon name="eye" /><div><b>{word("kind", source.source)}</b><div><Told text={source.effect} capital /></div><div className="small soft">{t("overview.blind.missing", { fields: source.missing.join(", ") })}</div></div>
              </li>
            ))}
          </ul>
        )}
    </Panel>
  );
}
