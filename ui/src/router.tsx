// Every address of the console. Filters live in the address, so that what one analyst sees can be sent to another.
import {
  createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect,
} from "@tanstack/react-router";
import { client, session } from "./api/queries";
import { ApiError } from "./api/client";
import { Lost, Failed } from "./parts/Lost";
import { Shell } from "./parts/Shell";

/** Keeps the named words of an address and drops everything else. */
const words = <K extends string>(...names: readonly K[]) =>
  (search: Record<string, unknown>): { [key in K]?: string | undefined } => {
    const kept: { [key in K]?: string | undefined } = {};
    for (const name of names) {
      const value = search[name];
      if (value !== undefined && value !== "" && value !== null) kept[name] = String(value);
    }
    return kept;
  };

const root = createRootRoute({ component: Outlet, notFoundComponent: Lost, errorComponent: Failed });

/** Pages for people who are signed in. */
const inside = createRoute({
  getParentRoute: () => root, id: "inside", component: Shell,
  beforeLoad: async ({ location }) => {
    const view = await client.ensureQueryData(session);
    if (view.setup_needed) throw redirect({ to: "/setup" });
    if (!view.user) throw redirect({ to: "/sign-in", search: { next: location.href } });
  },
});

const page = <P extends string>(path: P, load: () => Promise<{ Page: () => React.ReactNode }>) => ({
  getParentRoute: () => inside, path, component: lazyRouteComponent(load, "Page"),
});

const overviewRoute = createRoute(page("/", () => import("./pages/Overview")));
export const casesRoute = createRoute({
  ...page("/cases", () => import("./pages/Cases")),
  validateSearch: words("status", "kind", "severity", "assignee", "disposition", "q", "sort"),
});
export const caseRoute = createRoute({
  ...page("/cases/$id", () => import("./pages/case/Case")),
  validateSearch: words("tab", "q", "sort", "action", "campaign", "layers", "until"),
});
export const accountRoute = createRoute(page("/accounts/$id", () => import("./pages/Account")));
export const decisionsRoute = createRoute({
  ...page("/decisions", () => import("./pages/Decisions")),
  validateSearch: words("view", "action", "case_id", "takedown_id", "entity", "q", "sort", "expiring"),
});
export const decisionRoute = createRoute(page("/decisions/$id", () => import("./pages/Decision")));
export const appealsRoute = createRoute({
  ...page("/appeals", () => import("./pages/Appeals")), validateSearch: words("status", "overdue", "q", "case_id"),
});
export const appealRoute = createRoute(page("/appeals/$id", () => import("./pages/Appeal")));
const huntsRoute = createRoute(page("/hunts", () => import("./pages/Hunts")));
export const huntRoute = createRoute(page("/hunts/$id", () => import("./pages/Hunt")));
export const diffRoute = createRoute(page("/hunts/$id/diff/$other", () => import("./pages/Diff")));
const detectorsRoute = createRoute(page("/detectors", () => import("./pages/Detectors")));
export const auditRoute = createRoute({
  ...page("/audit", () => import("./pages/Audit")), validateSearch: words("actor", "action", "target", "since", "until", "q"),
});
export const settingsRoute = createRoute({
  ...page("/settings", () => import("./pages/settings/Settings")), validateSearch: words("tab"),
});

export const signInRoute = createRoute({
  getParentRoute: () => root, path: "/sign-in", validateSearch: words("next"),
  component: lazyRouteComponent(() => import("./pages/SignIn"), "Page"),
});
export const setUpRoute = createRoute({
  getParentRoute: () => root, path: "/setup", validateSearch: words("token"),
  component: lazyRouteComponent(() => import("./pages/SetUp"), "Page"),
});
export const appealFormRoute = createRoute({
  getParentRoute: () => root, path: "/appeal/$token",
  component: lazyRouteComponent(() => import("./pages/AppealForm"), "Page"),
});

const tree = root.addChildren([
  signInRoute, setUpRoute, appealFormRoute,
  inside.addChildren([
    overviewRoute, casesRoute, caseRoute, accountRoute, decisionsRoute, decisionRoute, appealsRoute, appealRoute,
    huntsRoute, huntRoute, diffRoute, detectorsRoute, auditRoute, settingsRoute,
  ]),
]);

export const router = createRouter({
  routeTree: tree, defaultPreload: "intent", scrollRestoration: true, defaultPendingMs: 150,
  defaultErrorComponent: Failed, defaultNotFoundComponent: Lost,
});

// Whoever is signed out while working is asked to sign in, and comes back to the same address.
client.getQueryCache().subscribe((event) => {
  const error = event.query.state.error;
  if (event.type !== "updated" || !(error instanceof ApiError) || error.status !== 401) return;
  const here = router.state.location;
  if (["/sign-in", "/setup"].includes(here.pathname) || here.pathname.startsWith("/appeal/")) return;
  client.removeQueries({ queryKey: ["session"] });
  void router.navigate({ to: "/sign-in", search: { next: here.href } });
});

declare module "@tanstack/react-router" {
  interface Register { router: typeof router }
}
