// The members, however many: rows come as the reader scrolls.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Query } from "../../api/client";
import { list, rows as flat, total } from "../../api/queries";
import type { Case, CaseMember } from "../../api/types";
import { AccountLink, Bones, Empty, Exports, Trouble } from "../../parts/Bits";
import { Typed } from "../../parts/Filter";
import { Grid, Shown, type Column } from "../../parts/Grid";
import { ActionPill, Meter } from "../../parts/Pills";
import { caseRoute } from "../../router";
import { useText } from "../../text";

export default function Members({ data }: { data: Case }) {
  const { t, n } = useText();
  const search = caseRoute.useSearch();
  const navigate = useNavigate();
  const query: Query = { q: search.q, sort: search.sort ?? "-score" };
  const path = `/cases/${data.case_id}/members`;
  const read = useInfiniteQuery(list<CaseMember>("case", path, query, 500));
  const rows = useMemo(() => flat(read.data), [read.data]);
  const set = (change: Partial<typeof search>) =>
    void navigate({ to: "/cases/$id", params: { id: data.case_id }, search: { ...search, ...change }, replace: true });
  const columns = useMemo<readonly Column<CaseMember>[]>(() => [
    { id: "account", whole: true, head: t("col.account"), sort: "account_id", cell: (row) => <AccountLink id={row.account_id} /> },
    { id: "score", whole: true, head: t("col.score"), width: "7.75rem", sort: "score", cell: (row) => <Meter value={row.score} /> },
    { id: "share", whole: true, head: t("col.share"), width: "8.5rem", sort: "share", cell: (row) => <Meter value={row.share} /> },
    { id: "exchanges", whole: true, wide: true, head: t("col.exchanges"), width: "5.5rem", end: true, cell: (row) => (row.exchanges == null ? "–" : n(row.exchanges)) },
    { id: "state", whole: true, head: t("col.state"), width: "8.5rem", cell: (row) => (
      <>
        {row.decision && <ActionPill value={row.decision.action} />}
        {row.excepted && <span className="pill good">{t("member.excepted")}</span>}
        {row.bystander && <span className="pill line">{t("member.bystander")}</span>}
      </>
    ) },
  ], [t, n]);
  return (
    <div>
      <div className="tools">
        <div className="search"><Typed label={t("member.search")} value={search.q} set={(q) => set({ q })} /></div>
        <span className="end"><Shown rows={rows.length} total={total(read.data)} waiting={read.isFetching} /><Exports path={path} query={query} /></span>
      </div>
      <div className="panel">
        {read.isPending ? <Bones lines={10} /> : read.error ? <Trouble error={read.error} /> : rows.length === 0
          ? <Empty icon="search" title={t("member.none")}>{t("member.none.text")}</Empty>
          : <Grid label={t("tab.members")} columns={columns} rows={rows} id={(row) => row.account_id} total={total(read.data)} sort={query.sort as string}
              onSort={(sort) => set({ sort })} more={read.hasNextPage && !read.isFetchingNextPage ? () => void read.fetchNextPage() : undefined} />}
      </div>
    </div>
  );
}
