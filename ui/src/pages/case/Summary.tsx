// What the hunt says: traffic over time, evidence in words with the numbers behind a click, innocent explanations.
import { useMemo } from "react";
import type { Case, CaseCampaign, Explained } from "../../api/types";
import { Bones, Empty, Panel } from "../../parts/Bits";
import { Chart } from "../../parts/Chart";
import { session } from "../../api/queries";
import { Icon } from "../../parts/Icon";
import { Select } from "../../parts/Filter";
import { Told } from "../../parts/Told";
import { useText, type Key } from "../../text";
import { caseRoute } from "../../router";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Evidences } from "./Evidence";

export function Summary({ data, campaigns }: { data: Case; campaigns: readonly CaseCampaign[] | undefined }) {
  const { t, word } = useText();
  const search = caseRoute.useSearch();
  const navigate = useNavigate();
  if (!campaigns) return <Bones lines={10} />;
  const campaign = campaigns.find((one) => one.campaign_id === search.campaign) ?? campaigns[0];
  if (!campaign) return <div className="panel"><Empty icon="note" title={t("case.byhand")} acts={<ByHand data={data} />}>{t("case.byhand.text")}</Empty></div>;
  return (
    <div className="stack">
      {campaigns.length > 1 && (
        <div className="tools" style={{ margin: 0 }}>
          <Select label={t("case.campaign", { n: campaigns.length })} value={search.campaign} options={campaigns.map((one) => one.campaign_id)}
            name={(id) => `${id} – ${word("kind", campaigns.find((one) => one.campaign_id === id)?.kind ?? "")}`}
            set={(next) => void navigate({ to: "/cases/$id", params: { id: data.case_id }, search: { ...search, campaign: next }, replace: true })} />
        </div>
      )}
      <Timeline campaign={campaign} />
      <Evidences data={data} campaign={campaign} />
      <Alternatives campaign={campaign} />
    </div>
  );
}

/** What may be done about accounts that people, not hunts, put together. */
function ByHand({ data }: { data: Case }) {
  const { t } = useText();
  const me = useQuery(session).data?.user;
  if (!me || me.role === "viewer" || data.merged_into || data.status === "closed") return null;
  const to = (tab: string) => ({ to: "/cases/$id", params: { id: data.case_id }, search: { tab } }) as const;
  return (
    <>
      <Link className="btn" {...to("history")}><Icon name="note" size={14} />{t("note.title")}</Link>
      <Link className="btn main" {...to("takedown")}><Icon name="shield" size={14} />{t("case.byhand.act")}</Link>
    </>
  );
}

function Timeline({ campaign }: { campaign: CaseCampaign }) {
  const { t, pct } = useText();
  const starts = useMemo(() => campaign.timeline.map((bucket) => bucket.start), [campaign]);
  const series = useMemo(() => [
    { name: t("chart.campaign"), values: campaign.timeline.map((b) => b.exchanges), colour: "--own" },
    { name: t("chart.members.other"), values: campaign.timeline.map((b) => b.other_exchanges), colour: "--other" },
  ], [campaign, t]);
  const own = campaign.timeline.reduce((sum, b) => sum + b.exchanges, 0);
  const all = campaign.timeline.reduce((sum, b) => sum + b.exchanges + b.other_exchanges, 0);
  return (
    <Panel title={t("case.timeline")} tools={<span className="small soft">{t("case.timeline.share", { share: pct(all ? own / all : 0) })}</span>}>
      <Chart starts={starts} series={series} label={t("case.timeline.label", { n: own, share: pct(all ? own / all : 0) })} />
    </Panel>
  );
}

const TONE: Record<Explained, string> = { no: "", partly: "warn", yes: "good" };

function Alternatives({ campaign }: { campaign: CaseCampaign }) {
  const { t, word } = useText();
  return (
    <Panel title={t("case.innocent")} tools={<span className="small soft">{t("case.innocent.note")}</span>} flush>
      <ul className="alts">
        {campaign.alternatives.map((one) => (
          <li key={one.name}>
            <h3>{word("innocent", one.name)}<span className={`pill ${TONE[one.explained]}`}>{t(`explained.${one.explained}` as Key)}</span></h3>
            <ul>
              {one.speaks_for.map((text) => <li key={text}><span className="for" aria-hidden="true">+</span><span><span className="sr">{t("case.for")} </span><Told text={text} capital /></span></li>)}
              {one.speaks_against.map((text) => <li key={text}><span className="against" aria-hidden="true">−</span><span><span className="sr">{t("case.against")} </span><Told text={text} unmet capital /></span></li>)}
            </ul>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
