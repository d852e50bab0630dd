// Acting on a whole network: what a rung of the ladder would do (before anybody is hit), and the takedowns so far.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useMemo, useState, type FormEvent } from "react";
import { post } from "../../api/client";
import { session, settings } from "../../api/queries";
import {
  ACTIONS, REASONS, type Action, type Case, type CaseCampaign, type Kind, type NewTakedown, type ReasonCode,
  type Takedown as Sweep, type TakedownPreview,
} from "../../api/types";
import { useAct, useTrouble } from "../../parts/Ask";
import { Bones, Empty, Field, Panel } from "../../parts/Bits";
import { Icon } from "../../parts/Icon";
import { inDays } from "../../parts/pure";
import { caseRoute } from "../../router";
import { useText, type Key } from "../../text";
import { Preview } from "./Preview";
import { Run } from "./Run";

/** Which reason a kind of campaign most likely is. */
const REASON: Partial<Record<Kind, ReasonCode>> = {
  "split-extraction": "extraction", "balanced-extraction": "extraction", "release-pivot": "extraction", "trace-coercion": "extraction",
  "resold-access": "policy_other", "key-takeover": "key_abuse", "signup-farm": "fraud_signup", "scripted-personas": "influence",
  "shared-playbook": "malicious_use",
};

interface Draft {
  action: Action;
  reason_code: ReasonCode;
  reason_text: string;
  days: number;
  simulated: boolean;
  hold_out: number;
  disclose: readonly string[];
}

export default function Takedown({ data, campaigns, takedowns }: {
  data: Case; campaigns: readonly CaseCampaign[] | undefined; takedowns: readonly Sweep[];
}) {
  const { t } = useText();
  const me = useQuery(session).data?.user;
  const defaults = useQuery(settings).data;
  const running = takedowns.filter((one) => !["reversed", "rejected"].includes(one.status));
  const over = takedowns.filter((one) => ["reversed", "rejected"].includes(one.status));
  return (
    <div className="stack">
      {running.map((one) => <Run key={one.takedown_id} data={one} />)}
      {data.status === "closed"
        ? <div className="panel"><Empty icon="shield" title={t("act.closed")}>{t("act.closed.text")}</Empty></div>
        : me?.role === "viewer"
          ? <div className="panel"><Empty icon="shield" title={t("act.viewer")} /></div>
          : campaigns && defaults
            ? <Planner key={data.case_id} data={data} campaigns={campaigns} days={defaults.default_expiry_days} holdOut={defaults.hold_out_share} />
            : <Bones lines={8} />}
      {over.map((one) => <Run key={one.takedown_id} data={one} />)}
    </div>
  );
}

function Planner({ data, campaigns, days, holdOut }: { data: Case; campaigns: readonly CaseCampaign[]; days: number; holdOut: number }) {
  const { t } = useText();
  const { ask, run } = useAct();
  const search = caseRoute.useSearch();
  const navigate = useNavigate();
  const advised = campaigns[0]?.recommended_decision;
  const [draft, setDraft] = useState<Draft>({
    action: advised?.action ?? "observe", reason_code: REASON[data.kind] ?? "policy_other", reason_text: "", days: advised?.expires_days ?? days,
    simulated: false, hold_out: holdOut, disclose: [],
  });
  const action = (ACTIONS as readonly (string | undefined)[]).includes(search.action) ? (search.action as Action) : draft.action;
  const change = (next: Partial<Draft>) => setDraft((old) => ({ ...old, ...next }));
  const body = useMemo(() => order({ ...draft, action }), [draft, action]);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const yes = await ask({
      title: t("act.sure", { action: t(`action.${action}` as Key), n: data.members }), text: draft.simulated ? t("act.sure.simulated") : t("act.sure.text"),
      confirm: draft.simulated ? t("act.simulate") : t("act.start"), danger: !draft.simulated,
    });
    if (yes === undefined) return;
    await run(() => post<Sweep>(`/cases/${data.case_id}/takedowns`, body), {
      done: (made) => (made.status === "pending_approval" ? t("act.waiting") : t("act.made")),
    });
  };
  return (
    <Panel title={t("act.title")} tools={<span className="small soft">{t("act.note")}</span>}>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <Ladder value={action} advised={advised?.action} set={(next) => void navigate({ to: "/cases/$id", params: { id: data.case_id }, search: { ...search, tab: "takedown", action: next }, replace: true })} />
        <p className="soft" style={{ minHeight: "1.5em" }}>{t(`action.${action}.text` as Key)}</p>
        <WhatIf id={data.case_id} body={body} />
        <Terms draft={draft} change={change} campaigns={campaigns} />
        <div className="acts">
          <button type="submit" className={`btn main ${draft.simulated ? "" : "danger"}`} disabled={draft.reason_text.trim().length < 3}>
            <Icon name="shield" size={14} />{draft.simulated ? t("act.simulate") : t("act.start")}
          </button>
          <span className="small soft">{t("act.back")}</span>
        </div>
      </form>
    </Panel>
  );
}

/** The body that preview and takedown share. */
const order = (draft: Draft): NewTakedown => ({
  action: draft.action, reason_code: draft.reason_code, reason_text: draft.reason_text.trim() || "–", simulated: draft.simulated,
  expires_at: inDays(draft.days, Date.now()),
  hold_out_share: draft.hold_out, disclose: [...draft.disclose], exclude: [], waves: null,
});

function Ladder({ value, advised, set }: { value: Action; advised: Action | undefined; set: (action: Action) => void }) {
  const { t, word } = useText();
  return (
    <fieldset>
      <legend className="sr">{t("act.ladder")}</legend>
      <div className="ladder">
        {ACTIONS.map((action, i) => (
          <label key={action}>
            <input type="radio" name="action" checked={action === value} onChange={() => set(action)} />
            <svg width="24" height="10" viewBox="0 0 24 10" aria-hidden="true">
              {ACTIONS.map((_, j) => <rect key={j} x={j * 3} y={8 - j} width="2" height={j + 2} fill={j <= i ? "var(--accent)" : "var(--line)"} />)}
            </svg>
            {word("action", action)}
            {action === advised && <span className="small soft">{t("act.advised")}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** The preview follows the choices; only what changes who is hit asks the server again. */
function WhatIf({ id, body }: { id: string; body: NewTakedown }) {
  const { t } = useText();
  const trouble = useTrouble();
  const asked = useDeferredValue(body);
  const read = useQuery({
    queryKey: ["case", id, "preview", asked.action, asked.simulated, asked.hold_out_share, asked.expires_at, asked.reason_code],
    queryFn: () => post<TakedownPreview>(`/cases/${id}/takedowns/preview`, asked), staleTime: 30_000,
    placeholderData: (old) => old,
  });
  if (read.error) return <div className="notice bad"><Icon name="warn" /><span>{t("act.preview.failed")} {trouble(read.error)}</span></div>;
  return read.data ? <Preview data={read.data} simulated={body.simulated} /> : <Bones lines={4} />;
}

function Terms({ draft, change, campaigns }: { draft: Draft; change: (next: Partial<Draft>) => void; campaigns: readonly CaseCampaign[] }) {
  const { t, word } = useText();
  // A case opened by hand has the notes of its analysts for evidence.
  const codes = campaigns.length === 0 ? ["analyst-note"] : [...new Set(campaigns.flatMap((one) => one.evidence.map((piece) => piece.code)))];
  const turn = (code: string) => change({ disclose: draft.disclose.includes(code) ? draft.disclose.filter((one) => one !== code) : [...draft.disclose, code] });
  return (
    <>
      <div className="pair">
        <Field label={t("act.reason")}>
          <select value={draft.reason_code} onChange={(event: React.ChangeEvent<HTMLSelectElement>) => change({ reason_code: event.target.value as ReasonCode })}>
            {REASONS.map((code) => <option key={code} value={code}>{word("reason", code)}</option>)}
          </select>
        </Field>
        <Field label={t("act.days")} hint={t("act.days.hint")}>
          <input type="number" min={1} max={399} required value={draft.days} onChange={(event: React.ChangeEvent<HTMLInputElement>) => change({ days: Math.max(1, Math.min(399, Number(event.target.value) || 1)) })} />
        </Field>
      </div>
      <Field label={t("act.text")} hint={t("act.text.hint")}>
        <textarea required minLength={3} maxLength={2000} value={draft.reason_text} onChange={(event: React.ChangeEvent<HTMLTextAreaElement>) => change({ reason_text: event.target.value })} />
      </Field>
      {codes.length > 0 && (
        <fieldset className="field">
          <legend>{t("act.disclose")}</legend>
          <div className="cols">
            {codes.map((code) => <label key={code} className="check"><input type="checkbox" checked={draft.disclose.includes(code)} onChange={() => turn(code)} />{word("code", code)}</label>)}
          </div>
          <span className="hint">{t("act.disclose.hint")}</span>
        </fieldset>
      )}
      <label className="check"><input type="checkbox" checked={draft.simulated} onChange={(event) => change({ simulated: event.target.checked })} />
        <span>{t("act.simulated")}<br /><span className="small soft">{t("act.simulated.text")}</span></span></label>
    </>
  );
}
