// What the pages read, by name. Keys begin with the noun, so that a live event about a noun refreshes all of its reads.
import {
  QueryClient, infiniteQueryOptions, keepPreviousData, queryOptions, type InfiniteData,
} from "@tanstack/react-query";
import { same } from "../parts/network/same";
import { ApiError, get, keepCsrf, type Query } from "./client";
import type {
  AccountView, AppealView, Case, CaseCampaign, CaseNetwork, ChainCheck, Decision, Hunt, HuntDiff, Overview, Page,
  PublicAppeal, Scorecard, SessionView, Settings, Takedown, User,
} from "./types";

export const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => error instanceof ApiError && (error.status === 0 || error.status >= 500) && count < 2,
      refetchOnWindowFocus: true,
    },
  },
});

export const session = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }) => {
    const view = await get<SessionView>("/session", undefined, signal);
    keepCsrf(view.csrf);
    return view;
  },
  staleTime: 60_000,
});

const one = <T>(key: readonly unknown[], path: string, query?: Query) =>
  queryOptions({ queryKey: key, queryFn: ({ signal }) => get<T>(path, query, signal) });

/** A list, page by page; `rows` flattens it. */
export const list = <T>(noun: string, path: string, query: Query = {}, limit = 100) =>
  infiniteQueryOptions({
    queryKey: [noun, path, query, limit],
    queryFn: ({ pageParam, signal }) =>
      get<Page<T>>(path, { ...query, limit, ...(pageParam ? { cursor: pageParam } : {}) }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export const rows = <T>(data: InfiniteData<Page<T>> | undefined): T[] => data?.pages.flatMap((page) => page.items) ?? [];
export const total = <T>(data: InfiniteData<Page<T>> | undefined): number | undefined =>
  data?.pages.at(-1)?.total ?? data?.pages[0]?.total ?? undefined;

export const overview = one<Overview>(["overview"], "/overview");
export const theCase = (id: string) => one<Case>(["case", id], `/cases/${id}`);
export const campaigns = (id: string) =>
  one<Page<CaseCampaign>>(["case", id, "campaigns"], `/cases/${id}/campaigns`, { limit: 100 });
export const network = (id: string) => queryOptions({
  ...one<CaseNetwork>(["case", id, "network"], `/cases/${id}/network`),
  structuralSharing: (old, now) => (old && same(old as CaseNetwork, now as CaseNetwork) ? old : now),
});
export const takedownsOf = (id: string) =>
  one<Page<Takedown>>(["takedown", "of", id], "/takedowns", { case_id: id, limit: 50 });
export const account = (id: string) => one<AccountView>(["account", id], `/accounts/${encodeURIComponent(id)}`);
export const decision = (id: string) => one<Decision>(["decision", id], `/decisions/${id}`);
export const appeal = (id: string) => one<AppealView>(["appeal", id], `/appeals/${id}`);
export const hunt = (id: string) => one<Hunt>(["hunt", id], `/hunts/${id}`);
export const diff = (a: string, b: string) => one<HuntDiff>(["hunt", a, "diff", b], `/hunts/${a}/diff/${b}`);
export const scorecards = one<Page<Scorecard>>(["scorecards"], "/scorecards", { limit: 500 });
export const auditCheck = queryOptions({
  queryKey: ["audit", "verify"], queryFn: ({ signal }) => get<ChainCheck>("/audit/verify", undefined, signal),
  enabled: false,
});
export const settings = one<Settings>(["settings"], "/settings");
export const users = one<Page<User>>(["users"], "/users", { limit: 500 });
export const publicAppeal = (token: string) => queryOptions({
  queryKey: ["public", token], retry: false,
  queryFn: ({ signal }) => get<PublicAppeal>(`/public/appeals/${encodeURIComponent(token)}`, undefined, signal),
});
