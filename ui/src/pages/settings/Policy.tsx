// Policy: who must approve, how takedowns are staged and stopped, how long appeals may take.
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { put } from "../../api/client";
import { settings } from "../../api/queries";
import { ACTIONS, type Settings } from "../../api/types";
import { useAct } from "../../parts/Ask";
import { Field, Load, Panel } from "../../parts/Bits";
import { sharesOf } from "../../parts/pure";
import { useText } from "../../text";

export function Policy({ admin }: { admin: boolean }) {
  const read = useQuery(settings);
  return <Load of={read}>{(data) => <Form key={data.version} data={data} admin={admin} />}</Load>;
}

function Form({ data, admin }: { data: Settings; admin: boolean }) {
  const { t, word } = useText();
  const { run } = useAct();
  const [draft, setDraft] = useState(data);
  const [waves, setWaves] = useState(data.wave_shares.map((share) => Math.round(share * 1000) / 10).join(", "));
  const change = (next: Partial<Settings>) => setDraft((old) => ({ ...old, ...next }));
  const number = (name: string, value: number, set: (value: number) => void, hint?: string, step = 1) => (
    <Field label={name} hint={hint}><input type="number" min={0} step={step} required disabled={!admin} value={value} onChange={(event: React.ChangeEvent<HTMLInputElement>) => set(Number(event.target.value))} /></Field>
  );
  const percent = (value: number) => Math.round(value * 1000) / 10;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await run(() => put<Settings>("/settings", { ...draft, wave_shares: sharesOf(waves) }, data.version), { done: t("settings.saved") });
  };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)} style={{ maxWidth: "52rem" }}>
      <Panel title={t("policy.eyes")}>
        <div className="form">
          {number(t("policy.above"), draft.approval_above_accounts, (value) => change({ approval_above_accounts: value }), t("policy.above.hint"))}
          <fieldset>
            <legend>{t("policy.actions")}</legend>
            <div className="cols">{ACTIONS.map((action) => (
              <label key={action} className="check"><input type="checkbox" disabled={!admin} checked={draft.approval_actions.includes(action)}
                onChange={(event) => change({ approval_actions: event.target.checked ? [...draft.approval_actions, action] : draft.approval_actions.filter((one) => one !== action) })} />{word("action", action)}</label>
            ))}</div>
          </fieldset>
        </div>
      </Panel>
      <Panel title={t("policy.waves")}>
        <div className="form">
          <div className="pair">
            <Field label={t("policy.shares")} hint={t("policy.shares.hint")}><input required disabled={!admin} value={waves} onChange={(event: React.ChangeEvent<HTMLInputElement>) => setWaves(event.target.value)} /></Field>
            {number(t("policy.hold"), percent(draft.hold_out_share), (value) => change({ hold_out_share: value / 100 }), t("policy.hold.hint"), 0.1)}
          </div>
          <div className="pair">
            {number(t("policy.stop.appeals"), percent(draft.stop.appeals_share), (value) => change({ stop: { ...draft.stop, appeals_share: value / 100 } }), undefined, 0.1)}
            {number(t("policy.stop.wrong"), percent(draft.stop.false_positive_share), (value) => change({ stop: { ...draft.stop, false_positive_share: value / 100 } }), undefined, 0.1)}
          </div>
          {number(t("policy.stop.min"), draft.stop.min_wave, (value) => change({ stop: { ...draft.stop, min_wave: value } }), t("policy.stop.min.hint"))}
        </div>
      </Panel>
      <Panel title={t("policy.terms")}>
        <div className="form"><div className="pair">
          {number(t("policy.days"), draft.default_expiry_days, (value) => change({ default_expiry_days: value }))}
          {number(t("policy.deadline"), draft.appeal_deadline_days, (value) => change({ appeal_deadline_days: value }))}
        </div></div>
      </Panel>
      {admin && <div className="acts"><button type="submit" className="btn main">{t("settings.save")}</button></div>}
    </form>
  );
}
