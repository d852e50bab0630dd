// The column beside every tab of a case: the figures that one wants in sight while deciding.
import { Link } from "@tanstack/react-router";
import type { Case, CaseCampaign } from "../../api/types";
import { Panel, When } from "../../parts/Bits";
import { ActionPill } from "../../parts/Pills";
import { Told } from "../../parts/Told";
import { useText } from "../../text";

export function Facts({ data, campaigns }: { data: Case; campaigns: readonly CaseCampaign[] | undefined }) {
  const { t, word, n, decimal, stamp, short } = useText();
  const first = campaigns?.[0];
  return (
    <aside className="stack" aria-label={t("case.facts")}>
      <Panel title={t("case.facts")}>
        <dl className="facts">
          <dt>{t("col.members")}</dt><dd>{n(data.members)}</dd>
          <dt>{t("col.exchanges")}</dt><dd>{n(data.exchanges)}</dd>
          {data.tokens != null && <><dt>{t("col.tokens")}</dt><dd title={n(data.tokens)}>{short(data.tokens)}</dd></>}
          {data.first_seen && <><dt>{t("case.first")}</dt><dd>{stamp(data.first_seen)}</dd></>}
          {data.last_seen && <><dt>{t("case.last")}</dt><dd>{stamp(data.last_seen)}</dd></>}
          {first && <><dt>{t("case.q")}</dt><dd title={String(first.q_value)}>{first.q_value < 0.0001 ? `< ${decimal(0.0001, 4)}` : decimal(first.q_value, 4)}</dd></>}
          <dt>{t("col.assignee")}</dt><dd>{data.assignee ?? "–"}</dd>
          <dt>{t("case.opened")}</dt><dd><When at={data.opened_at} /></dd>
          <dt>{t("case.by")}</dt>{data.opened_by.startsWith("hunt_")
            ? <dd className="mono small"><Link to="/hunts/$id" params={{ id: data.opened_by }}>{data.opened_by}</Link></dd>
            : <dd>{data.opened_by}</dd>}
        </dl>
      </Panel>
      {first && (
        <Panel title={t("case.advice")}>
          <div className="stack" style={{ gap: ".5rem" }}>
            <div><ActionPill value={first.recommended_decision.action} /> <span className="soft">{t("case.advice.scope", { scope: word("target", first.recommended_decision.scope), n: first.recommended_decision.expires_days })}</span></div>
            <p><Told text={first.recommended_decision.reason} /></p>
            <p className="small soft">{t("case.advice.note")}</p>
          </div>
        </Panel>
      )}
      {data.campaigns.length > 0 && (
        <Panel title={t("col.campaigns")}>
          <ul>{data.campaigns.map((campaign) => <li key={campaign} className="mono small">{campaign}</li>)}</ul>
        </Panel>
      )}
    </aside>
  );
}
