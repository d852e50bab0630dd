// One case: what it is, what may be done with it, and its pages as tabs of the address.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { patch } from "../../api/client";
import { campaigns as campaignsOf, session, takedownsOf, theCase } from "../../api/queries";
import { DISPOSITIONS, type Case, type CaseCampaign, type CasePatch, type Disposition } from "../../api/types";
import { useAct } from "../../parts/Ask";
import { Bones, Head, Load, When } from "../../parts/Bits";
import { Icon } from "../../parts/Icon";
import { Select } from "../../parts/Filter";
import { CaseStatusPill, SeverityMark } from "../../parts/Pills";
import { caseRoute } from "../../router";
import { Told } from "../../parts/Told";
import { useText, type Key } from "../../text";
import { Facts } from "./Facts";
import { History } from "./History";
import { More } from "./More";
import { Summary } from "./Summary";

const Members = lazy(() => import("./Members"));
const Network = lazy(() => import("./Network"));
const Takedown = lazy(() => import("./Takedown"));

const TABS = ["summary", "network", "members", "takedown", "history"] as const;

export function Page(): React.ReactNode {
  const { id } = caseRoute.useParams();
  const read = useQuery(theCase(id));
  const campaigns = useQuery(campaignsOf(id));
  return <Load of={read} lines={12}>{(data) => <Body data={data} campaigns={campaigns.data?.items} />}</Load>;
}

function Body({ data, campaigns }: { data: Case; campaigns: readonly CaseCampaign[] | undefined }) {
  const { t, word, n } = useText();
  const { tab = "summary" } = caseRoute.useSearch();
  const takedowns = useQuery(takedownsOf(data.case_id)).data?.items ?? [];
  const counts: Record<string, number | undefined> = { members: data.members, takedown: takedowns.length || undefined };
  return (
    <>
      <Head name={`${word("kind", data.kind)} ${data.case_id}`} title={word("kind", data.kind)} sub={<Told text={data.title} people />}
        crumbs={<><Link to="/cases">{t("nav.cases")}</Link><span aria-hidden="true">/</span><span className="mono">{data.case_id}</span><SeverityMark value={data.severity} /><CaseStatusPill value={data.status} disposition={data.disposition} /></>}>
        <Buttons data={data} />
      </Head>
      {data.merged_into && (
        <div className="notice" style={{ marginBottom: "1rem" }}><Icon name="merge" /><span>{t("case.merged")} <Link to="/cases/$id" params={{ id: data.merged_into }}>{data.merged_into}</Link></span></div>
      )}
      {data.seen_again > 0 && data.status === "closed" && (
        <div className="notice warn" style={{ marginBottom: "1rem" }}><Icon name="warn" /><span>{t("case.again", { n: data.seen_again })} <When at={data.updated_at} /></span></div>
      )}
      <nav className="tabs" aria-label={t("case.tabs")}>
        {TABS.map((name) => (
          <Link key={name} to="/cases/$id" params={{ id: data.case_id }} search={name === "summary" ? {} : { tab: name }}
            aria-current={tab === name ? "page" : undefined} activeOptions={{ exact: true, includeSearch: true }}>
            {t(`tab.${name}` as Key)}{counts[name] !== undefined && <span className="n">{n(counts[name])}</span>}
          </Link>
        ))}
      </nav>
      <div className="split">
        <Suspense fallback={<Bones lines={8} />}>
          {tab === "network" ? <Network data={data} campaigns={campaigns} />
            : tab === "members" ? <Members data={data} />
            : tab === "takedown" ? <Takedown data={data} campaigns={campaigns} takedowns={takedowns} />
            : tab === "history" ? <History data={data} />
            : <Summary data={data} campaigns={campaigns} />}
        </Suspense>
        <Facts data={data} campaigns={campaigns} />
      </div>
    </>
  );
}

function Buttons({ data }: { data: Case }) {
  const { t, word } = useText();
  const { ask, run } = useAct();
  const me = useQuery(session).data?.user;
  if (!me || me.role === "viewer" || data.merged_into) return null;
  const path = `/cases/${data.case_id}`;
  const change = (body: CasePatch, done: string, back?: CasePatch) =>
    run(() => patch<Case>(path, body, data.version), {
      done, ...(back ? { undo: (next: Case) => patch(path, back, next.version) } : {}),
    });
  const close = async (disposition: Disposition) => {
    const note = await ask({
      title: t("case.close.as", { what: word("disposition", disposition) }), text: t(`disposition.${disposition}.text` as Key),
      confirm: t("case.close"), reason: t("case.close.why"),
    });
    if (note === undefined) return;
    await change({ status: "closed", disposition, disposition_note: note }, t("case.closed"), { status: "open" });
  };
  return (
    <>
      {data.assignee !== me.name && data.status !== "closed" && (
        <button type="button" className="btn" onClick={() => void change({ assignee: me.name }, t("case.taken"))}><Icon name="account" size={14} />{t("case.take")}</button>
      )}
      {data.status === "open" && <button type="button" className="btn" onClick={() => void change({ status: "in_review" }, t("case.reviewing"))}>{t("case.review")}</button>}
      {data.status === "closed"
        ? <button type="button" className="btn" onClick={() => void change({ status: "open" }, t("case.reopened"))}><Icon name="undo" size={14} />{t("case.reopen")}</button>
        : (
          <>
            <span style={{ width: "11rem" }}><Select label={t("case.close")} value={undefined} options={DISPOSITIONS} name={(v) => word("disposition", v)} set={(v) => v && void close(v as Disposition)} /></span>
            <Link className="btn main" to="/cases/$id" params={{ id: data.case_id }} search={{ tab: "takedown" }}><Icon name="shield" size={14} />{t("case.act")}</Link>
          </>
        )}
      <More data={data} />
    </>
  );
}
