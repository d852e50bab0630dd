// Notes and everything that ever happened to a case.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { post } from "../../api/client";
import { list, rows as flat } from "../../api/queries";
import type { Case, CaseEvent } from "../../api/types";
import { useAct } from "../../parts/Ask";
import { Bones, Exports, Field, Panel, When } from "../../parts/Bits";
import { Icon, type IconName } from "../../parts/Icon";
import { Told } from "../../parts/Told";
import { useText } from "../../text";

const ICONS: Record<CaseEvent["what"], IconName> = {
  opened: "plus", updated_by_hunt: "hunts", assigned: "account", noted: "note", merged: "merge", split: "merge", status: "flag",
  disposition: "check", decision: "decisions", takedown: "shield", appeal: "appeals", reopened: "undo", viewed_text: "eye",
};

export function History({ data }: { data: Case }) {
  const { t, word } = useText();
  const { run } = useAct();
  const [text, setText] = useState("");
  const path = `/cases/${data.case_id}/history`;
  const read = useInfiniteQuery(list<CaseEvent>("case", path, { sort: "-at" }));
  const events = flat(read.data);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const made = await run(() => post<CaseEvent>(`/cases/${data.case_id}/notes`, { text: text.trim() }), { done: t("note.done") });
    if (made) setText("");
  };
  return (
    <div className="stack">
      <Panel title={t("note.title")}>
        <form className="form" onSubmit={(event) => void submit(event)}>
          <Field label={t("note.label")}>
            <textarea required maxLength={10000} value={text} onChange={(event: React.ChangeEvent<HTMLTextAreaElement>) => setText(event.target.value)} />
          </Field>
          <div className="acts"><button type="submit" className="btn main" disabled={!text.trim()}>{t("note.add")}</button></div>
        </form>
      </Panel>
      <Panel title={t("tab.history")} tools={<Exports path={path} formats={["csv"]} />} flush
        foot={read.hasNextPage && <button type="button" className="btn sm" onClick={() => void read.fetchNextPage()}>{t("more")}</button>}>
        {read.isPending ? <Bones /> : (
          <ol className="history">
            {events.map((event, i) => (
              <li key={`${event.at}-${i}`}>
                <Icon name={ICONS[event.what]} size={15} />
                <div><b>{event.actor}</b> <span className="soft">{word("event", event.what)}</span>
                  <div className={event.what === "noted" ? "note" : undefined}><Told text={event.text} people /></div></div>
                <span className="small soft"><When at={event.at} /></span>
              </li>
            ))}
          </ol>
        )}
      </Panel>
    </div>
  );
}
