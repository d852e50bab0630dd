// What hunts saw an account do: figures, its traffic over time, and why they count it among a campaign.
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { AccountView } from "../api/types";
import { Empty, Panel } from "../parts/Bits";
import { Chart } from "../parts/Chart";
import { KindName, Meter } from "../parts/Pills";
import { Told } from "../parts/Told";
import { useText } from "../text";

export function Seen({ data }: { data: AccountView }) {
  const { t, n, pct, short, date, stamp } = useText();
  const seen = data.seen;
  if (!seen) return <div className="panel"><Empty icon="hunts" title={t("seen.none")}>{t("seen.none.text")}</Empty></div>;
  const refused = seen.refused ?? 0;
  return (
    <Panel title={t("account.traffic")} tools={<Link to="/hunts/$id" params={{ id: seen.hunt_id }} className="small">{t("seen.hunt")}</Link>} flush>
      <dl className="figures">
        <div><dt>{t("col.exchanges")}</dt><dd>{n(seen.exchanges)}</dd></div>
        <div><dt>{t("seen.refused")}</dt><dd>{n(refused)}<small>{t("seen.share", { share: pct(seen.exchanges ? refused / seen.exchanges : 0) })}</small></dd></div>
        {seen.tokens != null && <div><dt>{t("col.tokens")}</dt><dd title={n(seen.tokens)}>{short(seen.tokens)}</dd></div>}
        {seen.networks != null && <div><dt>{t("seen.networks")}</dt><dd>{n(seen.networks)}</dd></div>}
        <div><dt>{t("case.first")}</dt><dd className="when" title={stamp(seen.first)}>{date(seen.first)}</dd></div>
        <div><dt>{t("case.last")}</dt><dd className="when" title={stamp(seen.last)}>{date(seen.last)}</dd></div>
      </dl>
      {data.timeline.length > 0 && <Timeline data={data} />}
    </Panel>
  );
}

function Timeline({ data }: { data: AccountView }) {
  const { t } = useText();
  const starts = useMemo(() => data.timeline.map((bucket) => bucket.start), [data]);
  const sent = useMemo(() => [
    { name: t("chart.campaign"), values: data.timeline.map((b) => b.campaign_exchanges), colour: "--own" },
    { name: t("chart.own.other"), values: data.timeline.map((b) => Math.max(0, b.exchanges - b.campaign_exchanges)), colour: "--other" },
  ], [data, t]);
  const refused = useMemo(() => [{ name: t("seen.refused"), values: data.timeline.map((b) => b.refused ?? 0), colour: "--danger" }], [data, t]);
  const total = data.timeline.reduce((sum, b) => sum + b.exchanges, 0);
  const turned = refused[0]?.values.reduce((sum, one) => sum + one, 0) ?? 0;
  return (
    <div className="body stack" style={{ borderTop: "1px solid var(--line)" }}>
      <Chart starts={starts} series={sent} label={t("seen.label", { n: total })} height={140} />
      {turned > 0 && <Chart starts={starts} series={refused} label={t("seen.refused.label", { n: turned })} height={80} />}
    </div>
  );
}

/** Campaign by campaign: how sure the hunt is of this account, and the strongest evidence against the group. */
export function Why({ data }: { data: AccountView }) {
  const { t } = useText();
  const told = data.campaigns.filter((one) => (one.why ?? []).length > 0);
  if (told.length === 0) return null;
  return (
    <Panel title={t("why.title")} tools={<span className="small soft">{t("why.note")}</span>} flush>
      <ul className="evidence whys">
        {told.map((one) => (
          <li key={one.campaign_id}>
            <div className="name"><KindName value={one.kind} /></div>
            <dl className="facts start"><dt>{t("col.score")}</dt><dd><Meter value={one.score} /></dd><dt>{t("col.share")}</dt><dd><Meter value={one.share} /></dd></dl>
            <ul className="points">{(one.why ?? []).map((text) => <li key={text}><Told text={text} /></li>)}</ul>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
