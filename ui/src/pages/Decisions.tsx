// Decisions: those in force, those that wait for a second person, simulated ones, those about to expire.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import type { Query } from "../api/client";
import { list, rows as flat, total } from "../api/queries";
import { ACTIONS, type Decision, type Takedown } from "../api/types";
import { Bones, Empty, EntityLink, Exports, Head, Trouble, When } from "../parts/Bits";
import { Select, Typed } from "../parts/Filter";
import { Grid, Shown, type Column } from "../parts/Grid";
import { useKeys } from "../parts/keys";
import { ActionPill, DecisionStatusPill, TakedownStatusPill } from "../parts/Pills";
import { decisionsRoute } from "../router";
import { useText, type Key } from "../text";

const VIEWS = ["active", "waiting", "simulated", "expiring", "undone", "all"] as const;
/** What "about to expire" means. */
const SOON_DAYS = 7;
const FILTER: Record<(typeof VIEWS)[number], Query> = {
  active: { status: "active" }, waiting: { status: "pending_approval" }, simulated: { status: "simulated" },
  expiring: { status: "active", expiring_within_days: SOON_DAYS }, undone: { status: "undone" }, all: {},
};

export function Page(): React.ReactNode {
  const { t, word } = useText();
  const filters = decisionsRoute.useSearch();
  const navigate = useNavigate();
  const view = VIEWS.find((one) => one === filters.view) ?? "active";
  const { action, case_id, takedown_id, q, entity } = filters;
  const query: Query = { ...FILTER[view], action, case_id, takedown_id, q, entity, sort: filters.sort ?? (view === "expiring" ? "expires_at" : "-created_at") };
  const read = useInfiniteQuery(list<Decision>("decisions", "/decisions", query));
  const rows = useMemo(() => flat(read.data), [read.data]);
  const [here, setHere] = useState(-1);
  const open = useCallback((one: Decision) => void navigate({ to: "/decisions/$id", params: { id: one.decision_id } }), [navigate]);
  useKeys(useMemo(() => ({
    j: () => setHere((at) => Math.min(rows.length - 1, at + 1)), k: () => setHere((at) => Math.max(0, at - 1)),
    Enter: () => { const row = rows[here]; if (row) open(row); },
  }), [rows, here, open]));
  const set = (change: Partial<typeof filters>) => void navigate({ to: "/decisions", search: { ...filters, ...change }, replace: true });
  return (
    <>
      <Head name={t("nav.decisions")} title={t("nav.decisions")} sub={t("decisions.sub")} />
      <nav className="tabs" aria-label={t("decisions.views")}>
        {VIEWS.map((one) => (
          <Link key={one} to="/decisions" search={{ ...filters, view: one }} aria-current={one === view ? "page" : undefined} activeOptions={{ exact: true, includeSearch: true }}>{t(`decisions.${one}` as Key)}</Link>
        ))}
      </nav>
      {view === "waiting" && <Waiting />}
      <div className="tools" role="search">
        <div className="search"><Typed label={t("decisions.search")} value={q} set={(next) => set({ q: next })} /></div>
        <Select label={t("col.action")} value={action} options={ACTIONS} name={(one) => word("action", one)} set={(next) => set({ action: next })} />
        {(case_id ?? takedown_id) && <button type="button" className="btn sm" onClick={() => set({ case_id: undefined, takedown_id: undefined })}>{t("filters.clear")}</button>}
        <span className="end"><Shown rows={rows.length} total={total(read.data)} waiting={read.isFetching} /><Exports path="/decisions" query={query} /></span>
      </div>
      <div className="panel">
        {read.isPending ? <Bones lines={10} /> : read.error ? <Trouble error={read.error} /> : rows.length === 0
          ? <Empty icon="decisions" title={t("decisions.none")}>{t(`decisions.none.${view}` as Key)}</Empty>
          : <Table rows={rows} count={total(read.data)} here={here} open={open} more={read.hasNextPage && !read.isFetchingNextPage ? () => void read.fetchNextPage() : undefined}
              sort={query.sort as string} onSort={(sort) => set({ sort })} />}
      </div>
    </>
  );
}

function Table({ rows, count, here, open, more, sort, onSort }: {
  rows: readonly Decision[]; count: number | undefined; here: number; open: (one: Decision) => void; more: (() => void) | undefined;
  sort: string; onSort: (sort: string) => void;
}) {
  const { t, word } = useText();
  const columns = useMemo<readonly Column<Decision>[]>(() => [
    { id: "entity", head: t("col.entity"), width: "12.5rem", cell: (row) => <EntityLink entity={row.entity} /> },
    { id: "action", head: t("col.action"), width: "7rem", cell: (row) => <ActionPill value={row.action} /> },
    { id: "status", head: t("col.status"), width: "9rem", cell: (row) => <DecisionStatusPill value={row.status} /> },
    { id: "reason", head: t("col.reason"), cell: (row) => <><b>{word("reason", row.reason_code)}</b> <span className="two" title={row.reason_text}>{row.reason_text}</span></> },
    { id: "author", wide: true, head: t("col.author"), width: "5.5rem", cell: (row) => row.author },
    { id: "created", wide: true, head: t("col.created"), width: "8.75rem", sort: "created_at", cell: (row) => <When at={row.created_at} /> },
    { id: "expires", head: t("col.expires"), width: "7.5rem", sort: "expires_at", cell: (row) => <When at={row.expires_at} /> },
  ], [t, word]);
  return <Grid label={t("nav.decisions")} columns={columns} rows={rows} id={(row) => row.decision_id} total={count} here={here} onOpen={open} more={more} sort={sort} onSort={onSort} rowHeight={54} />;
}

/** Takedowns that wait for a second person. */
function Waiting() {
  const { t } = useText();
  const read = useInfiniteQuery(list<Takedown>("takedowns", "/takedowns", { status: "pending_approval" }));
  const sweeps = flat(read.data);
  if (sweeps.length === 0) return null;
  return (
    <ul className="stack" style={{ marginBottom: "1rem" }}>
      {sweeps.map((one) => (
        <li key={one.takedown_id} className="notice warn" style={{ alignItems: "center" }}>
          <TakedownStatusPill value={one.status} />
          <span style={{ flex: 1 }}>{t("decisions.takedown", { n: one.members, author: one.author })} <ActionPill value={one.action} /> – {one.reason_text}</span>
          <Link className="btn sm" to="/cases/$id" params={{ id: one.case_id }} search={{ tab: "takedown" }}>{t("decisions.look")}</Link>
        </li>
      ))}
    </ul>
  );
}
