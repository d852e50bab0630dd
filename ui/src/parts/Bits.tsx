// Small parts that every page uses: heads, panels, empty and waiting states, fields, times.
import { useRouter } from "@tanstack/react-router";
import { useEffect, useId, useState, useSyncExternalStore, type ReactElement, type ReactNode, cloneElement } from "react";
import type { Entity } from "../api/types";
import { url, type Query } from "../api/client";
import { useText } from "../text";
import { useTrouble } from "./Ask";
import { Icon, type IconName } from "./Icon";

/** The page's heading; names the browser's tab, too. */
export function Head({ title, crumbs, sub, children, name }: {
  title: ReactNode; name: string; crumbs?: ReactNode; sub?: ReactNode; children?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${name} – Vigie`;
  }, [name]);
  return (
    <div className="head">
      <div>
        {crumbs && <div className="crumbs">{crumbs}</div>}
        <h1>{title}</h1>
        {sub && <div className="sub">{sub}</div>}
      </div>
      {children && <div className="acts">{children}</div>}
    </div>
  );
}

export function Panel({ title, tools, children, flush, foot }: {
  title: ReactNode; tools?: ReactNode; children: ReactNode; flush?: boolean; foot?: ReactNode;
}) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <header><h2 id={id}>{title}</h2>{tools}</header>
      {flush ? children : <div className="body">{children}</div>}
      {foot && <footer>{foot}</footer>}
    </section>
  );
}

/** Says why there is nothing, and what would make something. */
export function Empty({ icon = "info", title, children, acts }: {
  icon?: IconName; title: string; children?: ReactNode; acts?: ReactNode;
}) {
  return (
    <div className="empty">
      <Icon name={icon} size={28} />
      <p className="what">{title}</p>
      {children && (typeof children === "string" ? <p>{children}</p> : children)}
      {acts && <div className="acts">{acts}</div>}
    </div>
  );
}

export function Bones({ lines = 6 }: { lines?: number }) {
  const { t } = useText();
  return (
    <div className="bones" role="status">
      <span className="sr">{t("loading")}</span>
      {Array.from({ length: lines }, (_, i) => <span key={i} className="bone" style={{ width: `${92 - ((i * 23) % 55)}%` }} />)}
    </div>
  );
}

export function Trouble({ error, again }: { error: unknown; again?: () => void }) {
  const { t } = useText();
  const trouble = useTrouble();
  return (
    <Empty icon="warn" title={t("error.title")}
      acts={again && <button type="button" className="btn" onClick={again}>{t("again")}</button>}>
      {trouble(error)}
    </Empty>
  );
}

/** Waiting, failed, or the thing itself. */
export function Load<T>({ of, children, lines }: {
  of: { data: T | undefined; error: unknown; refetch: () => unknown }; children: (data: T) => ReactNode; lines?: number;
}) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <Trouble error={of.error} again={() => void of.refetch()} />;
  return <Bones {...(lines === undefined ? {} : { lines })} />;
}

/** A label with its control; the hint and the mistake are tied to it for screen readers. */
export function Field({ label, hint, wrong, children }: {
  label: string; hint?: ReactNode; wrong?: string | undefined; children: ReactElement<Record<string, unknown>>;
}) {
  const id = useId();
  const described = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {cloneElement(children, {
        id, ...(described ? { "aria-describedby": described } : {}), ...(wrong ? { "aria-invalid": true } : {}),
      })}
      {hint && <span className="hint" id={`${id}-hint`}>{hint}</span>}
      {wrong && <span className="wrong" id={`${id}-wrong`}>{wrong}</span>}
    </div>
  );
}

/** The current time, renewed each half minute, for clocks and "3 hours ago". */
const useNow = (): number => useSyncExternalStore(clock.listen, clock.now);

/** One clock for all times that are shown. */
const clock = (() => {
  let now = Date.now();
  let timer: number | undefined;
  const heard = new Set<() => void>();
  const tick = () => {
    now = Date.now();
    for (const hear of heard) hear();
  };
  return {
    now: () => now,
    listen: (hear: () => void) => {
      if (heard.size === 0) {
        now = Date.now();
        timer = window.setInterval(tick, 30_000);
      }
      heard.add(hear);
      return () => {
        heard.delete(hear);
        if (heard.size === 0) window.clearInterval(timer);
      };
    },
  };
})();

/** A moment: how long ago, and exactly on hover. */
export function When({ at }: { at: string }) {
  const { ago, stamp } = useText();
  return <time dateTime={at} title={stamp(at)} className="nowrap">{ago(at, useNow())}</time>;
}

/** Lists show hundreds of these: a plain link that the router follows, without what a Link of the router keeps watch of. */
export function AccountLink({ id }: { id: string }) {
  const router = useRouter();
  return (
    <a className="mono" href={`/accounts/${encodeURIComponent(id)}`} onClick={(event) => {
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      void router.navigate({ to: "/accounts/$id", params: { id } });
    }}>{id}</a>
  );
}

export function EntityLink({ entity }: { entity: Entity }) {
  const { word } = useText();
  if (entity.type === "account") return <AccountLink id={entity.id} />;
  return <span><span className="soft small">{word("entity", entity.type)}</span> <span className="mono">{entity.id}</span></span>;
}

/** Links that download a list as it is filtered. */
export function Exports({ path, query, formats = ["csv", "json"] }: { path: string; query?: Query; formats?: ("csv" | "json")[] }) {
  const { t } = useText();
  return (
    <>
      {formats.map((format) => (
        <a key={format} className="btn sm" download={`vigie-${path.split("/").at(-1)}.${format}`}
          href={url(path, { ...query, limit: 500, format })}>
          <Icon name="down" size={13} />{t("export", { format: format.toUpperCase() })}
        </a>
      ))}
    </>
  );
}

/** A secret or a link that somebody must carry elsewhere. */
export function Copy({ value, label }: { value: string; label: string }) {
  const { t } = useText();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(value).catch(() => undefined);
    setCopied(true);
    window.setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <div className="secret">
      <code aria-label={label}>{value}</code>
      <button type="button" className="btn sm" onClick={() => void copy()}><Icon name="copy" size={13} />{copied ? t("copied") : t("copy")}</button>
    </div>
  );
}
