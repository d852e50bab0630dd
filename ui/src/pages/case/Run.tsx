// A takedown on its way: waves, the brake, a second person's word, and the way back.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { post } from "../../api/client";
import { session } from "../../api/queries";
import type { Takedown } from "../../api/types";
import { useAct } from "../../parts/Ask";
import { Panel, When } from "../../parts/Bits";
import { Icon } from "../../parts/Icon";
import { ActionPill, TakedownStatusPill } from "../../parts/Pills";
import { Told } from "../../parts/Told";
import { useText, type Key } from "../../text";

type Step = "approve" | "reject" | "next_wave" | "stop" | "reverse";

export function Run({ data }: { data: Takedown }) {
  const { t, word, n, pct, stamp } = useText();
  const outcome = data.outcome;
  return (
    <Panel title={<>{t("run.title", { action: word("action", data.action) })} {data.simulated && <span className="pill line">{t("decision.simulated")}</span>}</>}
      tools={<><ActionPill value={data.action} /><TakedownStatusPill value={data.status} /></>} foot={["reversed", "rejected"].includes(data.status) ? undefined : <Steps data={data} />}>
      <div className="stack">
        <p>{data.reason_text}</p>
        {data.status === "pending_approval" && <div className="notice warn"><Icon name="account" /><span><b>{t("preview.approval")}</b> <Told text={data.approval_reason ?? ""} /></span></div>}
        {data.stop_reason && data.status === "stopped" && <div className="notice bad"><Icon name="warn" /><span><b>{t("run.stopped")}</b> <Told text={data.stop_reason} people /></span></div>}
        <ul className="waves">
          {data.waves.map((wave) => (
            <li key={wave.n} className={wave.status === "applied" ? "done" : wave.status}>
              <span>{t("wave.n", { n: wave.n })}</span>
              <span className="meter" aria-hidden="true"><i style={{ width: wave.status === "waiting" ? 0 : "100%" }} /></span>
              <span className="num">{t("wave.accounts", { n: wave.accounts })}</span>
              <span className="small soft">{word("wave", wave.status)}{wave.applied_at && <> · <When at={wave.applied_at} /></>}</span>
            </li>
          ))}
        </ul>
        <dl className="figures">
          <div><dt>{t("run.applied")}</dt><dd>{n(outcome.applied)}</dd></div>
          <div><dt>{t("run.appeals")}</dt><dd>{n(outcome.appeals)}<small>{t("run.limit", { share: pct(data.stop_limits.appeals_share) })}</small></dd></div>
          <div><dt>{t("run.wrong")}</dt><dd>{n(outcome.false_positives)}<small>{t("run.limit", { share: pct(data.stop_limits.false_positive_share) })}</small></dd></div>
          <div><dt>{t("run.undone")}</dt><dd>{n(outcome.undone)}</dd></div>
          <div><dt>{t("run.held")}</dt><dd>{n(data.hold_out)}</dd></div>
        </dl>
        <p className="small soft">
          {t("run.by", { author: data.author })} <When at={data.created_at} />{data.approver && <> · {t("run.approved", { approver: data.approver })}</>} · {t("run.until", { date: stamp(data.expires_at) })} ·{" "}
          <Link to="/decisions" search={{ takedown_id: data.takedown_id, view: "all" }}>{t("run.decisions")}</Link>
        </p>
      </div>
    </Panel>
  );
}

function Steps({ data }: { data: Takedown }) {
  const { t } = useText();
  const { ask, run } = useAct();
  const me = useQuery(session).data?.user;
  if (!me || me.role === "viewer") return null;
  const step = async (what: Step, danger = false) => {
    const reason = await ask({ title: t(`run.${what}.title` as Key), text: t(`run.${what}.text` as Key), confirm: t(`run.${what}` as Key), reason: t("ask.reason"), danger });
    if (reason) await run(() => post<Takedown>(`/takedowns/${data.takedown_id}/${what}`, { reason }, data.version), { done: t(`run.${what}.done` as Key) });
  };
  const mine = data.author_id === me.user_id;
  const waiting = data.waves.some((wave) => wave.status === "waiting");
  const live = ["approved", "running", "stopped"].includes(data.status);
  return (
    <div className="acts">
      {data.status === "pending_approval" && (mine
        ? <span className="soft">{t("run.second")}</span>
        : (
          <>
            <button type="button" className="btn main" onClick={() => void step("approve")}><Icon name="check" size={14} />{t("run.approve")}</button>
            <button type="button" className="btn" onClick={() => void step("reject")}>{t("run.reject")}</button>
          </>
        ))}
      {live && waiting && data.status !== "stopped" && <button type="button" className="btn main" onClick={() => void step("next_wave")}>{t("run.next_wave")}</button>}
      {["approved", "running"].includes(data.status) && <button type="button" className="btn" onClick={() => void step("stop")}>{t("run.stop")}</button>}
      {data.outcome.applied > 0 && <button type="button" className="btn danger" onClick={() => void step("reverse", true)}><Icon name="undo" size={14} />{t("run.reverse")}</button>}
    </div>
  );
}
