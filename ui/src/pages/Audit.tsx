// The audit: who did what, in a chain that shows whether anybody changed it.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { url, type Query } from "../api/client";
import { auditCheck, list, rows as flat, total } from "../api/queries";
import type { AuditEntry } from "../api/types";
import { Bones, Empty, Exports, Head, Trouble, When } from "../parts/Bits";
import { Typed } from "../parts/Filter";
import { Grid, Shown, type Column } from "../parts/Grid";
import { Icon } from "../parts/Icon";
import { auditRoute } from "../router";
import { useText } from "../text";

export function Page(): React.ReactNode {
  const { t, n } = useText();
  const filters = auditRoute.useSearch();
  const navigate = useNavigate();
  const query: Query = { ...filters };
  const read = useInfiniteQuery(list<AuditEntry>("audit", "/audit", query));
  const rows = useMemo(() => flat(read.data), [read.data]);
  const check = useQuery(auditCheck);
  const set = (change: Partial<typeof filters>) => void navigate({ to: "/audit", search: { ...filters, ...change }, replace: true });
  const columns = useMemo<readonly Column<AuditEntry>[]>(() => [
    { id: "seq", head: "#", width: "4rem", end: true, cell: (row) => n(row.seq) },
    { id: "at", head: t("col.when"), width: "8.75rem", cell: (row) => <When at={row.at} /> },
    { id: "actor", head: t("col.actor"), width: "6.5rem", cell: (row) => row.actor },
    { id: "action", head: t("col.action"), width: "11.5rem", cell: (row) => <code>{row.action}</code> },
    { id: "target", head: t("col.target"), width: "15rem", cell: (row) => <code>{row.target}</code> },
    { id: "detail", wide: true, head: t("col.detail"), cell: (row) => <code className="soft" title={JSON.stringify(row.detail)}>{JSON.stringify(row.detail)}</code> },
    { id: "hash", wide: true, head: t("audit.hash"), width: "6.5rem", cell: (row) => <code title={row.hash}>{row.hash.slice(0, 8)}…</code> },
  ], [t, n]);
  return (
    <>
      <Head name={t("nav.audit")} title={t("nav.audit")} sub={t("audit.sub")}>
        <a className="btn" href={url("/audit/export")} download="vigie-audit.ndjson"><Icon name="down" size={14} />{t("audit.export")}</a>
        <button type="button" className="btn main" disabled={check.isFetching} onClick={() => void check.refetch()}>{check.isFetching ? t("working") : t("audit.verify")}</button>
      </Head>
      {check.data && (
        <div className={`notice ${check.data.ok ? "good" : "bad"}`} role="status" style={{ marginBottom: "1rem" }}>
          <Icon name={check.data.ok ? "check" : "warn"} />
          <span>{check.data.ok ? t("audit.whole", { n: check.data.entries }) : t("audit.broken", { at: check.data.broken_at ?? 0 })} {check.data.why} <code>{check.data.head.slice(0, 16)}…</code></span>
        </div>
      )}
      <div className="tools" role="search">
        <div className="search"><Typed label={t("audit.actor")} value={filters.actor} set={(actor) => set({ actor })} /></div>
        <div className="search"><Typed label={t("audit.action")} value={filters.action} set={(action) => set({ action })} /></div>
        <div className="search"><Typed label={t("audit.target")} value={filters.target} set={(target) => set({ target })} /></div>
        <span className="end"><Shown rows={rows.length} total={total(read.data)} waiting={read.isFetching} /><Exports path="/audit" query={query} formats={["csv"]} /></span>
      </div>
      <div className="panel">
        {read.isPending ? <Bones lines={10} /> : read.error ? <Trouble error={read.error} /> : rows.length === 0
          ? <Empty icon="audit" title={t("audit.none")}>{t("audit.none.text")}</Empty>
          : <Grid label={t("nav.audit")} columns={columns} rows={rows} id={(row) => String(row.seq)} total={total(read.data)}
              more={read.hasNextPage && !read.isFetchingNextPage ? () => void read.fetchNextPage() : undefined} />}
      </div>
    </>
  );
}
