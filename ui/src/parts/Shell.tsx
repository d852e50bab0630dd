// The frame around the pages of people who are signed in: where one can go, who one is, live updates, the palette.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { remove } from "../api/client";
import { listen } from "../api/live";
import { overview, session } from "../api/queries";
import { useText, type Key } from "../text";
import { Icon, Mark, type IconName } from "./Icon";
import { busy } from "./keys";
import { Palette } from "./Palette";
import { Shortcuts } from "./Shortcuts";

export const PLACES = [
  ["/", "overview"], ["/cases", "cases"], ["/decisions", "decisions"], ["/appeals", "appeals"], ["/hunts", "hunts"],
  ["/detectors", "detectors"], ["/audit", "audit"], ["/settings", "settings"],
] as const satisfies readonly (readonly [string, IconName])[];

export function Shell() {
  const { t } = useText();
  const client = useQueryClient();
  const [open, setOpen] = useState<"palette" | "keys" | undefined>();
  useEffect(() => listen(client), [client]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setOpen("palette");
      } else if (event.key === "?" && !busy(event)) setOpen("keys");
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  return (
    <div className="frame">
      <a className="skip" href="#main">{t("skip")}</a>
      <Side find={() => setOpen("palette")} />
      <Content />
      {open === "palette" && <Palette close={() => setOpen(undefined)} />}
      {open === "keys" && <Shortcuts close={() => setOpen(undefined)} />}
    </div>
  );
}

/** The page; it takes the focus when the address changes, so that screen readers say where they are. */
function Content() {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [path]);
  return <main id="main" className="content" tabIndex={-1} ref={main}><Outlet /></main>;
}

function Side({ find }: { find: () => void }) {
  const { t } = useText();
  const { data } = useQuery(overview);
  const counts: Partial<Record<string, number>> = {
    cases: data?.open_cases ?? 0, decisions: data?.approvals_waiting ?? 0, appeals: data?.appeals_open ?? 0,
  };
  return (
    <header className="side">
      <Link to="/" className="brand"><Mark /><span className="word">Vigie</span></Link>
      <button type="button" className="find" onClick={find}>
        <Icon name="search" size={14} /><span className="word">{t("palette.short")}</span><kbd>Ctrl K</kbd>
      </button>
      <nav aria-label={t("nav.label")}>
        {PLACES.map(([to, name]) => {
          const label = t(`nav.${name}` as Key);
          return (
            <Link key={to} to={to} activeOptions={{ exact: to === "/" }} activeProps={{ className: "active" }} title={label}>
              <Icon name={name} /><span className="word">{label}</span>
              {counts[name] ? <span className="count">{counts[name]}<span className="sr"> {t(`count.${name}` as Key)}</span></span> : null}
            </Link>
          );
        })}
      </nav>
      <Foot />
    </header>
  );
}

function Foot() {
  const { t, word, language, choose } = useText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const user = useQuery(session).data?.user;
  const other = language === "en" ? "fr" : "en";
  const signOut = async () => {
    await remove("/session").catch(() => undefined);
    client.clear();
    await navigate({ to: "/sign-in" });
  };
  return (
    <div className="foot">
      <button type="button" onClick={turnTheme} title={t("theme")}><Icon name="theme" /><span className="word">{t("theme")}</span></button>
      <button type="button" onClick={() => choose(other)} lang={other} title={other === "fr" ? "Français" : "English"}>
        <Icon name="language" /><span className="word">{other === "fr" ? "Français" : "English"}</span>
      </button>
      <button type="button" onClick={() => void signOut()} title={t("sign.out")}><Icon name="out" /><span className="word">{t("sign.out")}</span></button>
      {user && (
        <div className="who">
          <span className="avatar" aria-hidden="true">{user.name.slice(0, 2)}</span>
          <div><b>{user.name}</b><span className="soft small">{word("role", user.role)}</span></div>
        </div>
      )}
    </div>
  );
}

/** Light becomes dark and back; kept for this browser. */
function turnTheme() {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const next = (root.dataset.theme ?? system) === "dark" ? "light" : "dark";
  root.dataset.theme = next;
  localStorage.setItem("vigie.theme", next);
}
