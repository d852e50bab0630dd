// Appeals, the one that is due first on top.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import type { Query } from "../api/client";
import { list, rows as flat, total } from "../api/queries";
import type { Appeal, AppealStatus } from "../api/types";
import { Bones, Empty, Exports, Head, Trouble, When } from "../parts/Bits";
import { Select, Typed } from "../parts/Filter";
import { Grid, Shown, type Column } from "../parts/Grid";
import { useKeys } from "../parts/keys";
import { AppealStatusPill } from "../parts/Pills";
import { appealsRoute } from "../router";
import { useText } from "../text";

const STATUSES: readonly AppealStatus[] = ["received", "in_review", "upheld", "overturned", "partly"];

export function Page(): React.ReactNode {
  const { t, word } = useText();
  const filters = appealsRoute.useSearch();
  const navigate = useNavigate();
  const query: Query = { ...filters, sort: "deadline_at" };
  const read = useInfiniteQuery(list<Appeal>("appeals", "/appeals", query));
  const rows = useMemo(() => flat(read.data), [read.data]);
  const [here, setHere] = useState(-1);
  const open = useCallback((one: Appeal) => void navigate({ to: "/appeals/$id", params: { id: one.appeal_id } }), [navigate]);
  useKeys(useMemo(() => ({
    j: () => setHere((at) => Math.min(rows.length - 1, at + 1)), k: () => setHere((at) => Math.max(0, at - 1)),
    Enter: () => { const row = rows[here]; if (row) open(row); },
  }), [rows, here, open]));
  const set = (change: Partial<typeof filters>) => void navigate({ to: "/appeals", search: { ...filters, ...change }, replace: true });
  const columns = useMemo<readonly Column<Appeal>[]>(() => [
    { id: "status", head: t("col.status"), width: "9rem", cell: (row) => <AppealStatusPill value={row.status} /> },
    { id: "statement", head: t("appeal.statement"), cell: (row) => <span title={row.statement}>{row.statement}</span> },
    { id: "received", head: t("appeal.at"), width: "8rem", cell: (row) => <When at={row.received_at} /> },
    { id: "deadline", head: t("appeal.deadline"), width: "10rem", cell: (row) => <>{row.overdue && <span className="pill bad">{t("appeal.overdue")}</span>} {row.decided_at ? "–" : <When at={row.deadline_at} />}</> },
    { id: "reviewer", head: t("appeal.reviewer"), width: "8rem", cell: (row) => row.reviewer ?? "–" },
  ], [t]);
  return (
    <>
      <Head name={t("nav.appeals")} title={t("nav.appeals")} sub={t("appeals.sub")} />
      <div className="tools" role="search">
        <div className="search"><Typed label={t("search")} value={filters.q} set={(q) => set({ q })} /></div>
        <Select label={t("col.status")} value={filters.status} options={STATUSES} name={(one) => word("appeal", one)} set={(status) => set({ status })} />
        <label className="check"><input type="checkbox" checked={filters.overdue === "true"} onChange={(event) => set({ overdue: event.target.checked ? "true" : undefined })} />{t("appeals.overdue")}</label>
        <span className="end"><Shown rows={rows.length} total={total(read.data)} waiting={read.isFetching} /><Exports path="/appeals" query={query} /></span>
      </div>
      <div className="panel">
        {read.isPending ? <Bones lines={8} /> : read.error ? <Trouble error={read.error} /> : rows.length === 0
          ? <Empty icon="appeals" title={t("appeals.none")}>{t("appeals.none.text")}</Empty>
          : <Grid label={t("nav.appeals")} columns={columns} rows={rows} id={(row) => row.appeal_id} total={total(read.data)} here={here} onOpen={open}
              more={read.hasNextPage && !read.isFetchingNextPage ? () => void read.fetchNextPage() : undefined} />}
      </div>
    </>
  );
}
