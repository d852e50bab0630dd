// One decision: why, on whose word, until when, and the way back.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { post } from "../api/client";
import { decision, session } from "../api/queries";
import type { Decision } from "../api/types";
import { useAct } from "../parts/Ask";
import { Copy, EntityLink, Head, Load, Panel, When } from "../parts/Bits";
import { Icon } from "../parts/Icon";
import { ActionPill, DecisionStatusPill } from "../parts/Pills";
import { decisionRoute } from "../router";
import { Told } from "../parts/Told";
import { useText, type Key } from "../text";

export function Page(): React.ReactNode {
  const { id } = decisionRoute.useParams();
  const read = useQuery(decision(id));
  return <Load of={read}>{(data) => <Body data={data} />}</Load>;
}

function Body({ data }: { data: Decision }) {
  const { t, word, stamp } = useText();
  return (
    <>
      <Head name={data.decision_id} title={<>{word("action", data.action)} <span className="soft">·</span> <EntityLink entity={data.entity} /></>} sub={data.reason_text}
        crumbs={<><Link to="/decisions">{t("nav.decisions")}</Link><span aria-hidden="true">/</span><span className="mono">{data.decision_id}</span><DecisionStatusPill value={data.status} /></>}>
        <Steps data={data} />
      </Head>
      <div className="split">
        <div className="stack">
          {data.appeal_token && (
            <Panel title={t("decision.link")}>
              <p className="soft" style={{ marginBottom: ".625rem" }}>{t("decision.link.text")}</p>
              <Copy label={t("decision.link")} value={`${location.origin}/appeal/${data.appeal_token}`} />
            </Panel>
          )}
          <Panel title={t("case.evidence")} flush>
            <Evidence data={data} />
          </Panel>
        </div>
        <Panel title={t("case.facts")}>
          <dl className="facts">
            <dt>{t("col.action")}</dt><dd><ActionPill value={data.action} /></dd>
            <dt>{t("col.reason")}</dt><dd>{word("reason", data.reason_code)}</dd>
            <dt>{t("col.author")}</dt><dd>{data.author}</dd>
            {data.approver && <><dt>{t("col.approver")}</dt><dd>{data.approver}</dd></>}
            <dt>{t("decision.starts")}</dt><dd>{stamp(data.starts_at)}</dd>
            <dt>{t("col.expires")}</dt><dd>{stamp(data.expires_at)}</dd>
            <dt>{t("decision.origin")}</dt><dd>{word("origin", data.origin.type)}</dd>
            {data.case_id && <><dt>{t("col.case")}</dt><dd className="mono small"><Link to="/cases/$id" params={{ id: data.case_id }} search={data.takedown_id ? { tab: "takedown" } : {}}>{data.case_id}</Link></dd></>}
            {(data.scope.models?.length ?? 0) > 0 && <><dt>{t("decision.models")}</dt><dd>{data.scope.models?.join(", ")}</dd></>}
            {data.undone_at && <><dt>{t("decision.undone")}</dt><dd>{data.undone_by} · <When at={data.undone_at} /></dd></>}
            {data.undo_reason && <><dt>{t("col.why")}</dt><dd><Told text={data.undo_reason} people /></dd></>}
          </dl>
        </Panel>
      </div>
    </>
  );
}

function Evidence({ data }: { data: Decision }) {
  const { t, word } = useText();
  return (
    <ul className="history">
      {data.evidence.map((one, i) => (
        <li key={`${one.code}-${i}`}>
          <Icon name={one.disclosable ? "eye" : "shield"} size={15} />
          <div><b>{word("code", one.code)}</b><div><Told text={one.text} people={one.value == null} /></div></div>
          <span className="pill line">{one.disclosable ? t("evidence.open") : t("evidence.kept")}</span>
        </li>
      ))}
    </ul>
  );
}

function Steps({ data }: { data: Decision }) {
  const { t } = useText();
  const { ask, run } = useAct();
  const me = useQuery(session).data?.user;
  if (!me || me.role === "viewer") return null;
  const step = async (what: "approve" | "reject" | "undo") => {
    const reason = await ask({ title: t(`decision.${what}.title` as Key), text: t(`decision.${what}.text` as Key), confirm: t(`decision.${what}` as Key), reason: t("ask.reason") });
    if (reason) await run(() => post<Decision>(`/decisions/${data.decision_id}/${what}`, { reason }, data.version), { done: t(`decision.${what}.done` as Key) });
  };
  if (data.status === "pending_approval" && data.author_id !== me.user_id) {
    return (
      <>
        <button type="button" className="btn main" onClick={() => void step("approve")}>{t("decision.approve")}</button>
        <button type="button" className="btn" onClick={() => void step("reject")}>{t("decision.reject")}</button>
      </>
    );
  }
  if (!["active", "simulated", "pending_approval"].includes(data.status)) return null;
  return <button type="button" className="btn danger" onClick={() => void step("undo")}><Icon name="undo" size={14} />{t("decision.undo")}</button>;
}
