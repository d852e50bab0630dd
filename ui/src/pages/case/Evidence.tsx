// Evidence: a sentence each, the numbers behind a click, masked examples only with a reason that goes to the audit.
import { useState } from "react";
import { post } from "../../api/client";
import type { Case, CaseCampaign, Evidence, Revealed } from "../../api/types";
import { useAct } from "../../parts/Ask";
import { Empty, Panel } from "../../parts/Bits";
import { Icon } from "../../parts/Icon";
import { LayerName } from "../../parts/Pills";
import { Told } from "../../parts/Told";
import { useText } from "../../text";

export function Evidences({ data, campaign }: { data: Case; campaign: CaseCampaign }) {
  const { t } = useText();
  const most = Math.max(1, ...campaign.evidence.map((one) => one.weight));
  return (
    <Panel title={t("case.evidence")} tools={<span className="small soft">{t("case.evidence.note")}</span>} flush>
      {campaign.evidence.length === 0
        ? <Empty title={t("case.evidence.none")} />
        : <ul className="evidence">{campaign.evidence.map((one, i) => <Piece key={`${one.code}-${i}`} data={data} campaign={campaign} one={one} most={most} />)}</ul>}
    </Panel>
  );
}

function Piece({ data, campaign, one, most }: { data: Case; campaign: CaseCampaign; one: Evidence; most: number }) {
  const { t, word, n } = useText();
  return (
    <li>
      <div className="strength">
        <span className="meter" aria-hidden="true"><i style={{ width: `${(100 * Math.max(0, one.weight)) / most}%` }} /></span>
        <span title={t("case.weight.text")}>{t("case.weight", { n: n(Math.round(one.weight * 10) / 10) })}</span>
      </div>
      <div>
        <div className="name">{word("code", one.code)}<LayerName value={one.layer} /></div>
        <p><Told text={one.text} /></p>
        <details className="deep">
          <summary>{t("case.numbers")}</summary>
          <Numbers one={one} />
          <Examples data={data} code={one.code} stored={campaign.examples[one.code] ?? 0} />
        </details>
      </div>
    </li>
  );
}

function Numbers({ one }: { one: Evidence }) {
  const { t, decimal, short } = useText();
  const size = (value: number) => Math.floor(Math.log10(Math.max(1e-6, Math.abs(value))));
  const digits = (value: number) => decimal(value, value === 0 ? 0 : Math.min(6, Math.max(0, 2 - size(value))));
  // Two figures say it: this is an estimate.
  const times = Math.exp(Math.min(700, Math.max(0, one.weight)));
  const top = Math.max(Math.abs(one.value), Math.abs(one.expected ?? 0), 1e-9);
  return (
    <div className="compare">
      <span>{t("case.measured")}</span>
      <span className="meter" aria-hidden="true"><i style={{ width: `${(100 * Math.abs(one.value)) / top}%` }} /></span>
      <b className="num">{digits(one.value)}</b>
      {one.expected != null && (
        <>
          <span>{t("case.expected")}</span>
          <span className="meter exp" aria-hidden="true"><i style={{ width: `${(100 * Math.abs(one.expected)) / top}%` }} /></span>
          <b className="num">{digits(one.expected)}</b>
        </>
      )}
      <span>{t("case.llr")}</span><span className="soft">{t("case.llr.text", { times: short(Number(times.toPrecision(2))) })}</span><b className="num">{decimal(one.weight, 2)}</b>
    </div>
  );
}

function Examples({ data, code, stored }: { data: Case; code: string; stored: number }) {
  const { t } = useText();
  const { ask, run } = useAct();
  const [shown, setShown] = useState<readonly string[] | undefined>();
  if (stored === 0) return null;
  const reveal = async () => {
    const reason = await ask({ title: t("reveal.title"), text: t("reveal.text"), confirm: t("reveal.show"), reason: t("reveal.why") });
    if (!reason) return;
    const answer = await run(() => post<Revealed>(`/cases/${data.case_id}/evidence/${encodeURIComponent(code)}/reveal`, { reason }));
    if (answer) setShown(answer.examples);
  };
  return (
    <div style={{ marginTop: ".625rem" }}>
      {shown
        ? <ul aria-label={t("reveal.examples")}>{shown.map((text) => <li key={text} className="masked">{text}</li>)}</ul>
        : <button type="button" className="btn sm" onClick={() => void reveal()}><Icon name="eye" size={13} />{t("reveal.button", { n: stored })}</button>}
    </div>
  );
}
