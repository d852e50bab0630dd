// Hunts: runs, their progress, starting and importing one, comparing two.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { list, rows as flat, session } from "../api/queries";
import type { Hunt } from "../api/types";
import { Bones, Empty, Exports, Head, Trouble, When } from "../parts/Bits";
import { Icon } from "../parts/Icon";
import { HuntStatusPill } from "../parts/Pills";
import { useText } from "../text";
import { OrderHunt } from "./OrderHunt";

export function Page(): React.ReactNode {
  const { t } = useText();
  const navigate = useNavigate();
  const me = useQuery(session).data?.user;
  const read = useInfiniteQuery(list<Hunt>("hunts", "/hunts"));
  const hunts = flat(read.data);
  const [open, setOpen] = useState<"start" | "import" | undefined>();
  const [pair, setPair] = useState<readonly string[]>([]);
  const turn = (id: string) => setPair((old) => (old.includes(id) ? old.filter((one) => one !== id) : [...old.slice(-1), id]));
  const compare = () => {
    // The older one first, so that "new" means new since then.
    const [a, b] = [...pair].sort((x, y) => (hunts.find((h) => h.hunt_id === x)?.started_at ?? "").localeCompare(hunts.find((h) => h.hunt_id === y)?.started_at ?? ""));
    if (a && b) void navigate({ to: "/hunts/$id/diff/$other", params: { id: a, other: b } });
  };
  const may = me && me.role !== "viewer";
  return (
    <>
      <Head name={t("nav.hunts")} title={t("nav.hunts")} sub={t("hunts.sub")}>
        <button type="button" className="btn" disabled={pair.length !== 2} onClick={compare}>{t("hunts.compare")}</button>
        {may && <button type="button" className="btn" onClick={() => setOpen("import")}><Icon name="down" size={14} />{t("hunts.import")}</button>}
        {may && <button type="button" className="btn main" onClick={() => setOpen("start")}><Icon name="hunts" size={14} />{t("hunts.start")}</button>}
      </Head>
      <div className="tools"><span className="small soft">{t("hunts.pick")}</span><span className="end"><Exports path="/hunts" /></span></div>
      <div className="panel">
        {read.isPending ? <Bones /> : read.error ? <Trouble error={read.error} /> : hunts.length === 0
          ? <Empty icon="hunts" title={t("hunts.none")}>{t("hunts.none.text")}</Empty>
          : <Runs hunts={hunts} pair={pair} turn={turn} />}
      </div>
      {read.hasNextPage && <button type="button" className="btn" onClick={() => void read.fetchNextPage()}>{t("more")}</button>}
      {open && <OrderHunt what={open} close={() => setOpen(undefined)} />}
    </>
  );
}

function Runs({ hunts, pair, turn }: { hunts: readonly Hunt[]; pair: readonly string[]; turn: (id: string) => void }) {
  const { t, n } = useText();
  return (
    <div className="scroll">
      <table>
        <thead><tr><th scope="col" className="pick"><span className="sr">{t("hunts.compare")}</span></th><th scope="col">{t("nav.hunts")}</th><th scope="col">{t("col.status")}</th><th scope="col" className="num">{t("col.exchanges")}</th>
          <th scope="col" className="num">{t("col.accounts")}</th><th scope="col" className="num">{t("col.campaigns")}</th><th scope="col" className="num">{t("hunt.rejects")}</th><th scope="col">{t("hunt.blind")}</th></tr></thead>
        <tbody>
          {hunts.map((hunt) => (
            <tr key={hunt.hunt_id}>
              <td className="pick"><input type="checkbox" aria-label={t("pick.one", { id: hunt.hunt_id })} checked={pair.includes(hunt.hunt_id)} disabled={hunt.status !== "done"} onChange={() => turn(hunt.hunt_id)} /></td>
              <td><Link to="/hunts/$id" params={{ id: hunt.hunt_id }}><When at={hunt.started_at} /></Link><span className="two mono">{hunt.inputs.map((one) => one.split("/").at(-1)).join(", ")}</span></td>
              <td><HuntStatusPill value={hunt.status} />{hunt.progress && hunt.status === "running" && <Progress hunt={hunt} />}</td>
              <td className="num">{n(hunt.exchanges)}</td><td className="num">{n(hunt.accounts)}</td><td className="num">{n(hunt.campaigns)}</td><td className="num">{n(hunt.rejects)}</td>
              <td>{hunt.blind.length > 0 ? hunt.blind.join(", ") : <span className="soft">–</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Progress({ hunt }: { hunt: Hunt }) {
  const { word } = useText();
  const { stage, done, total } = hunt.progress ?? { stage: "", done: 0, total: 0 };
  const name = word("stage", stage.replaceAll(" ", "-"));
  return (
    <div className="small soft">
      <progress max={Math.max(1, total)} value={done} aria-label={name} /> {name}
    </div>
  );
}
