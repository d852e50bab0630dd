// All that is known of one account, and why it is linked; deciding on one account alone.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { post, remove } from "../api/client";
import { account, session } from "../api/queries";
import type { AccountView, Exception } from "../api/types";
import { useAct } from "../parts/Ask";
import { AccountLink, Empty, Head, Load, Panel, When } from "../parts/Bits";
import { Icon } from "../parts/Icon";
import { ActionPill, AppealStatusPill, CaseStatusPill, DecisionStatusPill, KindName, LayerName, Meter, SeverityMark } from "../parts/Pills";
import { Told } from "../parts/Told";
import { accountRoute } from "../router";
import { useText } from "../text";
import { Decide } from "./Decide";
import { Seen, Why } from "./Seen";

export function Page(): React.ReactNode {
  const { id } = accountRoute.useParams();
  const { t } = useText();
  const read = useQuery(account(id));
  const me = useQuery(session).data?.user;
  const [deciding, setDeciding] = useState(false);
  const data = read.data;
  return (
    <>
      <Head name={id} title={<span className="mono">{id}</span>} crumbs={t("col.account")}
        sub={data && (data.effective ? <>{t("account.effective")} <ActionPill value={data.effective.action} /></> : t("account.free"))}>
        {me && me.role !== "viewer" && data && <><Except data={data} /><button type="button" className="btn main" onClick={() => setDeciding(true)}><Icon name="shield" size={14} />{t("account.decide")}</button></>}
      </Head>
      <Load of={read} lines={10}>{(view) => <Body data={view} />}</Load>
      {deciding && data && <Decide account={data} close={() => setDeciding(false)} />}
    </>
  );
}

function Except({ data }: { data: AccountView }) {
  const { t } = useText();
  const { ask, run } = useAct();
  const except = async () => {
    const reason = await ask({ title: t("except.title"), text: t("except.text"), confirm: t("except.do"), reason: t("ask.reason") });
    if (!reason) return;
    await run(() => post<Exception>("/exceptions", { entity: { type: "account", id: data.account_id }, reason, expires_at: null, case_id: null }), {
      done: t("except.done"), undo: (made) => remove(`/exceptions/${made.exception_id}`),
    });
  };
  return <button type="button" className="btn" onClick={() => void except()}>{t("except.do")}</button>;
}

function Body({ data }: { data: AccountView }) {
  const { t } = useText();
  const nothing = data.cases.length + data.campaigns.length + data.decisions.length + data.exceptions.length === 0 && !data.seen;
  if (nothing) return <div className="panel"><Empty icon="account" title={t("account.none")}>{t("account.none.text")}</Empty></div>;
  return (
    <div className="stack">
      <Seen data={data} />
      <div className="grid32">
        <div className="stack">{data.cases.length > 0 && <InCases data={data} />}<Why data={data} /><Decisions data={data} /></div>
        <div className="stack"><Links data={data} /><Exceptions data={data} /></div>
      </div>
    </div>
  );
}

function InCases({ data }: { data: AccountView }) {
  const { t } = useText();
  return (
    <Panel title={t("account.cases")} flush>
      <div className="scroll">
        <table>
          <thead><tr><th scope="col">{t("col.severity")}</th><th scope="col">{t("col.case")}</th><th scope="col">{t("col.score")}</th><th scope="col">{t("col.share")}</th><th scope="col">{t("col.status")}</th></tr></thead>
          <tbody>
            {data.cases.map((one) => (
              <tr key={one.case_id}>
                <td><SeverityMark value={one.severity} /></td>
                <td><Link to="/cases/$id" params={{ id: one.case_id }}><KindName value={one.kind} /></Link></td>
                <td><Meter value={one.score} /></td><td><Meter value={one.share} /></td>
                <td><CaseStatusPill value={one.status} disposition={one.disposition} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Decisions({ data }: { data: AccountView }) {
  const { t } = useText();
  return (
    <Panel title={t("nav.decisions")} flush>
      {data.decisions.length === 0 ? <Empty icon="decisions" title={t("account.decisions.none")} /> : (
        <div className="scroll">
          <table>
            <thead><tr><th scope="col">{t("col.action")}</th><th scope="col">{t("col.status")}</th><th scope="col">{t("col.reason")}</th><th scope="col">{t("col.expires")}</th></tr></thead>
            <tbody>
              {data.decisions.map((one) => (
                <tr key={one.decision_id}>
                  <td><Link to="/decisions/$id" params={{ id: one.decision_id }}><ActionPill value={one.action} /></Link></td>
                  <td><DecisionStatusPill value={one.status} /></td><td>{one.reason_text}</td><td><When at={one.expires_at} /></td>
                </tr>
              ))}
              {data.appeals.map((one) => (
                <tr key={one.appeal_id}><td><Link to="/appeals/$id" params={{ id: one.appeal_id }}>{t("account.appeal")}</Link></td><td><AppealStatusPill value={one.status} /></td><td>{one.statement.slice(0, 90)}</td><td><When at={one.deadline_at} /></td></tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function Links({ data }: { data: AccountView }) {
  const { t, decimal } = useText();
  const most = Math.max(1, ...data.links.map((one) => one.weight));
  return (
    <Panel title={t("account.links")} tools={<span className="small soft">{t("account.links.note")}</span>} flush>
      {data.links.length === 0 ? <Empty icon="link" title={t("account.links.none")} /> : (
        <div className="scroll" style={{ maxHeight: "26rem" }}>
          <table>
            <thead><tr><th scope="col">{t("col.account")}</th><th scope="col">{t("col.layer")}</th><th scope="col">{t("col.weight")}</th></tr></thead>
            <tbody>
              {data.links.map((one) => (
                <tr key={`${one.account_id}-${one.layer}`}><td><AccountLink id={one.account_id} /></td><td><LayerName value={one.layer} /></td><td><Meter value={one.weight / most} label={decimal(one.weight, 1)} /></td></tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function Exceptions({ data }: { data: AccountView }) {
  const { t } = useText();
  const { run } = useAct();
  if (data.exceptions.length === 0) return null;
  return (
    <Panel title={t("account.exceptions")}>
      <ul className="stack">
        {data.exceptions.map((one) => (
          <li key={one.exception_id} className="notice good">
            <Icon name="check" /><div style={{ flex: 1 }}><Told text={one.reason} people /><div className="small soft">{one.author} · <When at={one.created_at} /></div></div>
            <button type="button" className="btn sm" onClick={() => void run(() => remove(`/exceptions/${one.exception_id}`), { done: t("except.removed") })}>{t("except.remove")}</button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
