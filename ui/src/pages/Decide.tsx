// A decision on one account: what is known goes in as evidence, what it would do is shown before.
import { useQuery } from "@tanstack/react-query";
import { useId, useMemo, useState, type FormEvent } from "react";
import { post } from "../api/client";
import { settings } from "../api/queries";
import {
  ACTIONS, REASONS, type AccountView, type Action, type Decision, type DecisionPreview, type NewDecision, type ReasonCode,
} from "../api/types";
import { Modal, useAct } from "../parts/Ask";
import { Field } from "../parts/Bits";
import { Icon } from "../parts/Icon";
import { inDays } from "../parts/pure";
import { Told } from "../parts/Told";
import { useText, type Key } from "../text";

export function Decide({ account, close }: { account: AccountView; close: () => void }) {
  const { t, word, pct } = useText();
  const { run } = useAct();
  const id = useId();
  const days = useQuery(settings).data?.default_expiry_days ?? 30;
  const [action, setAction] = useState<Action>("throttle");
  const [code, setCode] = useState<ReasonCode>("policy_other");
  const [text, setText] = useState("");
  const [seen, setSeen] = useState("");
  const [simulated, setSimulated] = useState(false);
  const body = useMemo<NewDecision>(() => ({
    entity: { type: "account", id: account.account_id }, action, reason_code: code, reason_text: text.trim() || "–", simulated,
    expires_at: inDays(days, Date.now()), starts_at: null, scope: {},
    case_id: account.cases[0]?.case_id ?? null,
    evidence: [
      ...account.campaigns.slice(0, 3).map((one) => ({
        code: "membership", text: `${word("kind", one.kind)} ${one.campaign_id}: ${t("col.score")} ${pct(one.score)}`, value: one.score, disclosable: false,
      })),
      ...(seen.trim() ? [{ code: "analyst", text: seen.trim(), disclosable: true }] : []),
    ],
  }), [account, action, code, text, seen, simulated, days, word, t, pct]);
  const preview = useQuery({
    queryKey: ["decision", "preview", account.account_id, action, code, simulated, body.evidence.length], enabled: body.evidence.length > 0,
    queryFn: () => post<DecisionPreview>("/decisions/preview", body), retry: false,
  }).data;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const made = await run(() => post<Decision>("/decisions", body), {
      done: (one) => (one.status === "pending_approval" ? t("act.waiting") : t("decide.done")),
      undo: (one) => post(`/decisions/${one.decision_id}/undo`, { reason: t("decide.undone") }, one.version),
    });
    if (made) close();
  };
  return (
    <Modal label={id} close={close} className="wide">
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={id}>{t("account.decide")} <span className="mono">{account.account_id}</span></h2>
        <div className="grid2">
          <Field label={t("col.action")} hint={t(`action.${action}.text` as Key)}>
            <select value={action} onChange={(event: React.ChangeEvent<HTMLSelectElement>) => setAction(event.target.value as Action)}>{ACTIONS.map((one) => <option key={one} value={one}>{word("action", one)}</option>)}</select>
          </Field>
          <Field label={t("act.reason")}>
            <select value={code} onChange={(event: React.ChangeEvent<HTMLSelectElement>) => setCode(event.target.value as ReasonCode)}>{REASONS.map((one) => <option key={one} value={one}>{word("reason", one)}</option>)}</select>
          </Field>
        </div>
        <Field label={t("act.text")} hint={t("act.text.hint")}><textarea required minLength={3} value={text} onChange={(event: React.ChangeEvent<HTMLTextAreaElement>) => setText(event.target.value)} /></Field>
        <Field label={t("decide.evidence")} hint={account.campaigns.length > 0 ? t("decide.evidence.auto", { n: account.campaigns.length }) : t("decide.evidence.must")}>
          <input value={seen} required={account.campaigns.length === 0} onChange={(event: React.ChangeEvent<HTMLInputElement>) => setSeen(event.target.value)} />
        </Field>
        <label className="check"><input type="checkbox" checked={simulated} onChange={(event) => setSimulated(event.target.checked)} />{t("act.simulated")}</label>
        {preview?.needs_approval && !simulated && <div className="notice warn"><Icon name="account" /><span><b>{t("preview.approval")}</b> <Told text={preview.approval_reason ?? ""} /></span></div>}
        {preview?.conflicts.map((one) => <div key={one} className="notice warn"><Icon name="warn" /><span><Told text={one} people /></span></div>)}
        <div className="acts"><button type="button" className="btn" onClick={close}>{t("cancel")}</button><button type="submit" className={`btn main ${simulated ? "" : "danger"}`}>{t("decide.do")}</button></div>
      </form>
    </Modal>
  );
}
