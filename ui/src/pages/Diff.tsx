// Two hunts side by side: what is new, gone, grown, shrunk, unchanged.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { diff } from "../api/queries";
import type { CampaignChange, HuntDiff } from "../api/types";
import { Empty, Head, Load, Panel } from "../parts/Bits";
import { KindName } from "../parts/Pills";
import { diffRoute } from "../router";
import { useText, type Key } from "../text";

const PARTS = ["new", "grown", "shrunk", "gone", "same"] as const;

export function Page(): React.ReactNode {
  const { id, other } = diffRoute.useParams();
  const { t } = useText();
  const read = useQuery(diff(id, other));
  return (
    <>
      <Head name={t("diff.title")} title={t("diff.title")} sub={t("diff.sub")}
        crumbs={<><Link to="/hunts">{t("nav.hunts")}</Link><span aria-hidden="true">/</span><Link to="/hunts/$id" params={{ id }} className="mono">{id}</Link><span>→</span><Link to="/hunts/$id" params={{ id: other }} className="mono">{other}</Link></>} />
      <Load of={read}>{(data) => <Parts data={data} />}</Load>
    </>
  );
}

function Parts({ data }: { data: HuntDiff }) {
  const { t } = useText();
  if (PARTS.every((part) => data[part].length === 0)) return <div className="panel"><Empty title={t("diff.none")} /></div>;
  return <div className="stack">{PARTS.map((part) => data[part].length > 0 && <Part key={part} name={t(`diff.${part}` as Key)} changes={data[part]} />)}</div>;
}

function Part({ name, changes }: { name: string; changes: readonly CampaignChange[] }) {
  const { t, n } = useText();
  return (
    <Panel title={`${name} (${n(changes.length)})`} flush>
      <div className="scroll">
        <table>
          <thead><tr><th scope="col">{t("col.kind")}</th><th scope="col">{t("col.campaign")}</th><th scope="col">{t("col.case")}</th><th scope="col" className="num">{t("diff.before")}</th><th scope="col" className="num">{t("diff.after")}</th></tr></thead>
          <tbody>
            {changes.map((one) => (
              <tr key={one.campaign_id}><td><KindName value={one.kind} /></td><td className="mono">{one.campaign_id}</td>
                <td>{one.case_id ? <Link to="/cases/$id" params={{ id: one.case_id }} className="mono">{one.case_id}</Link> : "–"}</td>
                <td className="num">{n(one.accounts_before)}</td><td className="num">{n(one.accounts_after)}</td></tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
