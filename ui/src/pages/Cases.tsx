// The queue: filters in the address, keys, bulk changes.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { post, type Query } from "../api/client";
import { list, rows as flat, session, total, users } from "../api/queries";
import {
  DISPOSITIONS, KINDS, SEVERITIES, type BulkResult, type Case, type CasePatch, type Disposition, type Page as ApiPage,
} from "../api/types";
import { useAct } from "../parts/Ask";
import { Bones, Empty, Exports, Head, Trouble, When } from "../parts/Bits";
import { Select, Typed } from "../parts/Filter";
import { Grid, Shown, type Column } from "../parts/Grid";
import { Icon } from "../parts/Icon";
import { useKeys } from "../parts/keys";
import { CaseStatusPill, SeverityMark } from "../parts/Pills";
import { casesRoute } from "../router";
import { Told } from "../parts/Told";
import { useText } from "../text";
import { NewCase } from "./NewCase";

export function Page(): React.ReactNode {
  const { t, word } = useText();
  const filters = casesRoute.useSearch();
  const navigate = useNavigate();
  const query: Query = { ...filters, sort: filters.sort ?? "-severity" };
  const read = useInfiniteQuery(list<Case>("cases", "/cases", query));
  const rows = useMemo(() => flat(read.data), [read.data]);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [here, setHere] = useState(-1);
  const [making, setMaking] = useState(false);
  const columns = useColumns();

  const set = (change: Partial<typeof filters>) => void navigate({ to: "/cases", search: { ...filters, ...change }, replace: true });
  const pick = useCallback((ids: readonly string[], on: boolean) => setPicked((old) => {
    const next = new Set(old);
    for (const id of ids) if (on) next.add(id); else next.delete(id);
    return next;
  }), []);
  const open = useCallback((one: Case) => void navigate({ to: "/cases/$id", params: { id: one.case_id } }), [navigate]);
  useKeys(useMemo(() => ({
    j: () => setHere((at) => Math.min(rows.length - 1, at + 1)),
    k: () => setHere((at) => Math.max(0, at - 1)),
    x: () => { const row = rows[here]; if (row) pick([row.case_id], !picked.has(row.case_id)); },
    Enter: () => { const row = rows[here]; if (row) open(row); },
  }), [rows, here, picked, pick, open]));

  const filtered = Object.keys(filters).some((name) => name !== "sort");
  return (
    <>
      <Head name={t("nav.cases")} title={t("nav.cases")} sub={t("cases.sub")}>
        <button type="button" className="btn" onClick={() => setMaking(true)}><Icon name="plus" size={14} />{t("cases.new")}</button>
      </Head>
      <div className="tools" role="search">
        <div className="search"><Typed label={t("cases.search")} value={filters.q} set={(q) => set({ q })} /></div>
        <Select label={t("col.status")} value={filters.status} options={["open", "in_review", "closed"]} name={(v) => word("status", v)} set={(status) => set({ status })} />
        <Select label={t("col.severity")} value={filters.severity} options={SEVERITIES.slice(0, 4)} name={(v) => word("severity", v)} set={(severity) => set({ severity })} />
        <Select label={t("col.kind")} value={filters.kind} options={KINDS} name={(v) => word("kind", v)} set={(kind) => set({ kind })} />
        <Select label={t("col.disposition")} value={filters.disposition} options={DISPOSITIONS} name={(v) => word("disposition", v)} set={(disposition) => set({ disposition })} />
        <Mine assignee={filters.assignee} set={(assignee) => set({ assignee })} />
        <span className="end"><Shown rows={rows.length} total={total(read.data)} waiting={read.isFetching} /><Exports path="/cases" query={query} /></span>
      </div>
      <div className="panel">
        {read.isPending ? <Bones lines={10} /> : read.error ? <Trouble error={read.error} again={() => void read.refetch()} /> : rows.length === 0
          ? (filtered
            ? <Empty icon="search" title={t("cases.none")} acts={<button type="button" className="btn" onClick={() => void navigate({ to: "/cases", search: {} })}>{t("filters.clear")}</button>}>{t("cases.none.text")}</Empty>
            : <Empty icon="cases" title={t("cases.empty")}>{t("cases.empty.text")}</Empty>)
          : <Grid label={t("nav.cases")} columns={columns} rows={rows} id={(row) => row.case_id} total={total(read.data)} here={here} picked={picked} onPick={pick}
              onOpen={open} sort={query.sort as string} onSort={(sort) => set({ sort })} rowHeight={54}
              more={read.hasNextPage && !read.isFetchingNextPage ? () => void read.fetchNextPage() : undefined} />}
      </div>
      {picked.size > 0 && <Bulk ids={[...picked]} clear={() => setPicked(new Set())} />}
      {making && <NewCase close={() => setMaking(false)} />}
    </>
  );
}

function useColumns(): readonly Column<Case>[] {
  const { t, n, word } = useText();
  return useMemo(() => [
    { id: "severity", head: t("col.severity"), width: "6.5rem", sort: "severity", cell: (row) => <SeverityMark value={row.severity} /> },
    { id: "title", head: t("col.case"), cell: (row) => <><b>{word("kind", row.kind)}</b>{row.seen_again > 0 && <> <span className="pill warn">{t("cases.again", { n: row.seen_again })}</span></>}<span className="two" title={row.title}><Told text={row.title} people /></span></> },
    { id: "status", head: t("col.status"), width: "9rem", cell: (row) => <CaseStatusPill value={row.status} disposition={row.disposition} /> },
    { id: "members", head: t("col.members"), width: "5rem", end: true, sort: "members", cell: (row) => n(row.members) },
    { id: "exchanges", wide: true, head: t("col.exchanges"), width: "5.75rem", end: true, sort: "exchanges", cell: (row) => n(row.exchanges) },
    { id: "assignee", wide: true, head: t("col.assignee"), width: "6.25rem", cell: (row) => row.assignee ?? <span className="soft">–</span> },
    { id: "updated", head: t("col.updated"), width: "8.75rem", sort: "updated_at", cell: (row) => <When at={row.updated_at} /> },
  ], [t, n, word]);
}

/** Mine, everybody's, or one colleague's. */
function Mine({ assignee, set }: { assignee: string | undefined; set: (value: string | undefined) => void }) {
  const { t } = useText();
  const me = useQuery(session).data?.user?.name;
  const all = useQuery(users);
  const names = all.data?.items.map((user) => user.name) ?? (me ? [me] : []);
  return <Select label={t("col.assignee")} value={assignee} options={names} name={(name) => (name === me ? t("cases.mine") : name)} set={set} />;
}

function Bulk({ ids, clear }: { ids: readonly string[]; clear: () => void }) {
  const { t, word } = useText();
  const { ask, run, tell } = useAct();
  const me = useQuery(session).data?.user?.name;
  const change = async (patch: CasePatch) => {
    const result = await run(() => post<ApiPage<BulkResult>>("/cases/bulk", { ids, patch }), {
      done: ({ items }) => t("cases.bulk.done", { n: items.filter((item) => item.ok).length }),
    });
    const failed = result?.items.find((item) => !item.ok);
    if (failed) tell(`${failed.case_id}: ${failed.error ?? ""}`, true);
    if (result) clear();
  };
  const close = async (disposition: Disposition) => {
    const note = await ask({ title: t("case.close.as", { what: word("disposition", disposition) }), text: t("cases.bulk.text", { n: ids.length }), confirm: t("case.close"), reason: t("case.close.why") });
    if (note !== undefined) await change({ status: "closed", disposition, disposition_note: note });
  };
  return (
    <div className="bulk" role="toolbar" aria-label={t("cases.bulk")}>
      <b>{t("cases.picked", { n: ids.length })}</b>
      {me && <button type="button" className="btn sm" onClick={() => void change({ assignee: me })}>{t("case.take")}</button>}
      <button type="button" className="btn sm" onClick={() => void change({ status: "in_review" })}>{t("case.review")}</button>
      <Select label={t("case.close")} value={undefined} options={DISPOSITIONS} name={(v) => word("disposition", v)} set={(v) => v && void close(v as Disposition)} />
      <button type="button" className="btn bare sm" onClick={clear}>{t("cases.bulk.clear")}</button>
    </div>
  );
}
