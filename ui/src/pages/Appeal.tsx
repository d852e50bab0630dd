// One appeal: the other side's word beside the evidence, and the reviewer's answer.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { post } from "../api/client";
import { appeal, session } from "../api/queries";
import { ACTIONS, type Action, type Appeal, type AppealOutcome, type AppealView, type DecisionEvidence } from "../api/types";
import { useAct } from "../parts/Ask";
import { EntityLink, Field, Head, Load, Panel, When } from "../parts/Bits";
import { Icon } from "../parts/Icon";
import { ActionPill, AppealStatusPill, DecisionStatusPill } from "../parts/Pills";
import { appealRoute } from "../router";
import { Told } from "../parts/Told";
import { useText, type Key } from "../text";

export function Page(): React.ReactNode {
  const { id } = appealRoute.useParams();
  const read = useQuery(appeal(id));
  return <Load of={read}>{(data) => <Body data={data} />}</Load>;
}

function Body({ data }: { data: AppealView }) {
  const { t, word, stamp } = useText();
  const decision = data.decision;
  return (
    <>
      <Head name={data.appeal_id} title={<>{t("appeal.title")} <EntityLink entity={decision.entity} /></>}
        crumbs={<><Link to="/appeals">{t("nav.appeals")}</Link><span aria-hidden="true">/</span><span className="mono">{data.appeal_id}</span><AppealStatusPill value={data.status} />{data.overdue && <span className="pill bad">{t("appeal.overdue")}</span>}</>} />
      <div className="split">
        <div className="stack">
          <Panel title={t("appeal.statement")}>
            <p style={{ whiteSpace: "pre-wrap", fontSize: ".9375rem" }}>{data.statement}</p>
            {data.contact && <p className="soft" style={{ marginTop: ".75rem" }}>{t("appeal.contact")}: {data.contact}</p>}
          </Panel>
          <div className="grid2">
            <Pieces title={t("appeal.disclosed")} note={t("appeal.disclosed.note")} pieces={data.evidence_disclosed} />
            <Pieces title={t("appeal.withheld")} note={t("appeal.withheld.note")} pieces={data.evidence_withheld} />
          </div>
          <Answer data={data} />
        </div>
        <Panel title={t("appeal.about")}>
          <dl className="facts">
            <dt>{t("col.action")}</dt><dd><Link to="/decisions/$id" params={{ id: decision.decision_id }}><ActionPill value={decision.action} /></Link></dd>
            <dt>{t("col.status")}</dt><dd><DecisionStatusPill value={decision.status} /></dd>
            <dt>{t("col.reason")}</dt><dd>{word("reason", decision.reason_code)}</dd>
            <dt>{t("col.author")}</dt><dd>{decision.author}</dd>
            {decision.approver && <><dt>{t("col.approver")}</dt><dd>{decision.approver}</dd></>}
            <dt>{t("appeal.at")}</dt><dd>{stamp(data.received_at)}</dd>
            <dt>{t("appeal.deadline")}</dt><dd>{stamp(data.deadline_at)}</dd>
            <dt>{t("appeal.reviewer")}</dt><dd>{data.reviewer ?? "–"}</dd>
            {data.case_id && <><dt>{t("col.case")}</dt><dd className="mono small"><Link to="/cases/$id" params={{ id: data.case_id }}>{data.case_id}</Link></dd></>}
          </dl>
          <p style={{ marginTop: ".75rem" }}>{decision.reason_text}</p>
        </Panel>
      </div>
    </>
  );
}

function Pieces({ title, note, pieces }: { title: string; note: string; pieces: readonly DecisionEvidence[] }) {
  const { t, word } = useText();
  return (
    <Panel title={title}>
      <p className="small soft" style={{ marginBottom: ".5rem" }}>{note}</p>
      {pieces.length === 0 ? <p className="soft">{t("appeal.nothing")}</p> : (
        <ul className="stack" style={{ gap: ".625rem" }}>{pieces.map((one, i) => <li key={`${one.code}-${i}`}><b>{word("code", one.code)}</b><div><Told text={one.text} people={one.value == null} /></div></li>)}</ul>
      )}
    </Panel>
  );
}

function Answer({ data }: { data: AppealView }) {
  const { t, word } = useText();
  const { run } = useAct();
  const me = useQuery(session).data?.user;
  const [outcome, setOutcome] = useState<AppealOutcome | undefined>();
  const [milder, setMilder] = useState<Action | "">("");
  const [text, setText] = useState("");
  if (data.decided_at) {
    return <Panel title={t("appeal.outcome")}><div className="stack"><div><AppealStatusPill value={data.status} /> <span className="soft">{data.reviewer} · <When at={data.decided_at} /></span></div><p style={{ whiteSpace: "pre-wrap" }}>{data.outcome_text}</p></div></Panel>;
  }
  if (!me || me.role === "viewer") return null;
  if (me.user_id === data.decision.author_id || me.user_id === data.decision.approver_id) {
    return <div className="notice"><Icon name="info" /><span>{t("appeal.other")}</span></div>;
  }
  const path = `/appeals/${data.appeal_id}`;
  if (data.reviewer_id !== me.user_id) {
    return (
      <Panel title={t("appeal.answer")}>
        <p className="soft" style={{ marginBottom: ".75rem" }}>{t("appeal.claim.text")}</p>
        <button type="button" className="btn main" onClick={() => void run(() => post<Appeal>(`${path}/claim`, undefined, data.version), { done: t("appeal.claimed") })}>{t("appeal.claim")}</button>
      </Panel>
    );
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await run(() => post<Appeal>(`${path}/decide`, { outcome, text: text.trim(), action: outcome === "partly" && milder ? milder : null }, data.version), { done: t("appeal.done") });
  };
  return (
    <Panel title={t("appeal.answer")}>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <fieldset style={{ border: 0, padding: 0, margin: 0, display: "grid", gap: ".625rem" }}>
          <legend className="sr">{t("appeal.outcome")}</legend>
          {(["overturned", "partly", "upheld"] as const).map((one) => (
            <label key={one} className="check"><input type="radio" name="outcome" required checked={outcome === one} onChange={() => setOutcome(one)} />
              <span><b>{word("appeal", one)}</b><br /><span className="soft">{t(`appeal.${one}.text` as Key)}</span></span></label>
          ))}
        </fieldset>
        {outcome === "partly" && (
          <Field label={t("appeal.milder")}>
            <select value={milder} onChange={(event: React.ChangeEvent<HTMLSelectElement>) => setMilder(event.target.value as Action | "")}>
              <option value="">{t("appeal.milder.next")}</option>
              {ACTIONS.slice(0, ACTIONS.indexOf(data.decision.action)).map((one) => <option key={one} value={one}>{word("action", one)}</option>)}
            </select>
          </Field>
        )}
        <Field label={t("appeal.text")} hint={t("appeal.text.hint")}><textarea required minLength={3} maxLength={5000} value={text} onChange={(event: React.ChangeEvent<HTMLTextAreaElement>) => setText(event.target.value)} /></Field>
        <div className="acts"><button type="submit" className="btn main" disabled={!outcome}>{t("appeal.decide")}</button></div>
      </form>
    </Panel>
  );
}
