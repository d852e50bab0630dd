// Webhooks and what became of their deliveries.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { patch, post, remove } from "../../api/client";
import { list, rows as flat } from "../../api/queries";
import type { Delivery, Webhook, WebhookEvent, WebhookWithSecret } from "../../api/types";
import { useAct } from "../../parts/Ask";
import { Bones, Copy, Empty, Field, Panel, When } from "../../parts/Bits";
import { useText } from "../../text";

const EVENTS: readonly WebhookEvent[] = [
  "decision.created", "decision.undone", "case.opened", "case.updated", "appeal.received", "appeal.decided", "takedown.stopped",
];

export function Webhooks() {
  const { t } = useText();
  const read = useInfiniteQuery(list<Webhook>("webhooks", "/webhooks"));
  const hooks = flat(read.data);
  return (
    <div className="stack">
      <Add />
      {read.isPending ? <Bones /> : hooks.length === 0
        ? <div className="panel"><Empty icon="link" title={t("hooks.none")}>{t("hooks.none.text")}</Empty></div>
        : hooks.map((hook) => <Hook key={hook.webhook_id} hook={hook} />)}
    </div>
  );
}

function Hook({ hook }: { hook: Webhook }) {
  const { t } = useText();
  const { ask, run } = useAct();
  const path = `/webhooks/${hook.webhook_id}`;
  const drop = async () => {
    const yes = await ask({ title: t("hooks.remove.title"), text: hook.url, confirm: t("hooks.remove"), danger: true });
    if (yes !== undefined) await run(() => remove(path), { done: t("hooks.removed") });
  };
  return (
    <Panel title={<span className="mono">{hook.url}</span>} flush tools={(
      <>
        <span className={`pill ${hook.enabled ? "good" : ""}`}>{t(hook.enabled ? "users.on" : "users.off")}</span>
        <button type="button" className="btn sm" onClick={() => void run(() => patch(path, { enabled: !hook.enabled }, hook.version))}>{t(hook.enabled ? "users.disable" : "users.enable")}</button>
        <button type="button" className="btn sm danger" onClick={() => void drop()}>{t("hooks.remove")}</button>
      </>
    )}>
      <div className="body small soft">{hook.events.join(", ")}</div>
      <Deliveries path={path} />
    </Panel>
  );
}

const TONE: Record<Delivery["status"], string> = { pending: "warn", delivered: "good", dead: "bad" };

function Deliveries({ path }: { path: string }) {
  const { t, word } = useText();
  const { run } = useAct();
  const deliveries = flat(useInfiniteQuery(list<Delivery>("deliveries", `${path}/deliveries`, {}, 20)).data);
  if (deliveries.length === 0) return null;
  return (
    <div className="scroll"><table>
      <thead><tr><th scope="col">{t("hooks.event")}</th><th scope="col">{t("col.status")}</th><th scope="col" className="num">{t("hooks.tries")}</th><th scope="col">{t("hooks.error")}</th><th scope="col">{t("col.when")}</th><th scope="col"><span className="sr">{t("again")}</span></th></tr></thead>
      <tbody>{deliveries.map((one) => (
        <tr key={one.delivery_id}><td>{one.event}</td><td><span className={`pill ${TONE[one.status]}`}>{word("delivery", one.status)}</span></td><td className="num">{one.attempts}</td><td>{one.last_error ?? "–"}</td><td><When at={one.created_at} /></td>
          <td className="num">{one.status !== "delivered" && <button type="button" className="btn sm" onClick={() => void run(() => post(`/deliveries/${one.delivery_id}/retry`), { done: t("hooks.again") })}>{t("again")}</button>}</td></tr>
      ))}</tbody>
    </table></div>
  );
}

function Add() {
  const { t } = useText();
  const { run } = useAct();
  const [made, setMade] = useState<WebhookWithSecret>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    const form = new FormData(element);
    const hook = await run(() => post<WebhookWithSecret>("/webhooks", { url: form.get("url"), events: form.getAll("event"), enabled: true }));
    if (!hook) return;
    setMade(hook);
    element.reset();
  };
  return (
    <Panel title={t("hooks.add")}>
      {made && <div className="form" style={{ marginBottom: "1rem" }}><p>{t("hooks.once")}</p><Copy value={made.secret} label={t("tokens.secret")} /></div>}
      <form className="form" onSubmit={(event) => void submit(event)}>
        <Field label={t("hooks.url")} hint={t("hooks.url.hint")}><input name="url" type="url" required maxLength={2000} placeholder="https://" /></Field>
        <fieldset>
          <legend>{t("hooks.events")}</legend>
          <div className="cols">{EVENTS.map((event) => <label key={event} className="check"><input type="checkbox" name="event" value={event} defaultChecked={event.startsWith("decision")} /><code>{event}</code></label>)}</div>
        </fieldset>
        <div className="acts"><button type="submit" className="btn main">{t("hooks.make")}</button></div>
      </form>
    </Panel>
  );
}
