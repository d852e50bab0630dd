// Durable exceptions: whom later hunts and takedowns leave alone, and why.
import { useInfiniteQuery } from "@tanstack/react-query";
import { remove } from "../../api/client";
import { list, rows as flat } from "../../api/queries";
import type { Exception } from "../../api/types";
import { useAct } from "../../parts/Ask";
import { Bones, Empty, EntityLink, Exports, Panel, When } from "../../parts/Bits";
import { Told } from "../../parts/Told";
import { useText } from "../../text";

export function Exceptions() {
  const { t } = useText();
  const { ask, run } = useAct();
  const read = useInfiniteQuery(list<Exception>("exceptions", "/exceptions"));
  const all = flat(read.data);
  const drop = async (one: Exception) => {
    const yes = await ask({ title: t("except.remove.title"), text: t("except.remove.text"), confirm: t("except.remove"), danger: true });
    if (yes !== undefined) await run(() => remove(`/exceptions/${one.exception_id}`), { done: t("except.removed") });
  };
  return (
    <Panel title={t("settings.exceptions")} tools={<Exports path="/exceptions" />} flush>
      {read.isPending ? <Bones /> : all.length === 0 ? <Empty icon="check" title={t("except.none")}>{t("except.none.text")}</Empty> : (
        <div className="scroll"><table>
          <thead><tr><th scope="col">{t("col.entity")}</th><th scope="col">{t("col.why")}</th><th scope="col">{t("col.author")}</th><th scope="col">{t("col.created")}</th><th scope="col">{t("col.expires")}</th><th scope="col"><span className="sr">{t("except.remove")}</span></th></tr></thead>
          <tbody>{all.map((one) => (
            <tr key={one.exception_id}><td><EntityLink entity={one.entity} /></td><td><Told text={one.reason} people /></td><td>{one.author}</td><td><When at={one.created_at} /></td><td>{one.expires_at ? <When at={one.expires_at} /> : t("except.forever")}</td>
              <td className="num"><button type="button" className="btn sm danger" onClick={() => void drop(one)}>{t("except.remove")}</button></td></tr>
          ))}</tbody>
        </table></div>
      )}
    </Panel>
  );
}
