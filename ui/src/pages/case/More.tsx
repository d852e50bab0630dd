// Merging a case into another and splitting accounts off it.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useId, useState, type FormEvent } from "react";
import { get, post } from "../../api/client";
import type { Case, Page } from "../../api/types";
import { Modal, useAct } from "../../parts/Ask";
import { Field } from "../../parts/Bits";
import { Icon } from "../../parts/Icon";
import { useText } from "../../text";
import { accountsOf } from "../../parts/pure";

export function More({ data }: { data: Case }) {
  const { t } = useText();
  const [open, setOpen] = useState<"merge" | "split" | undefined>();
  const close = () => setOpen(undefined);
  return (
    <>
      <button type="button" className="btn" onClick={() => setOpen("merge")}><Icon name="merge" size={14} />{t("case.merge")}</button>
      <button type="button" className="btn" onClick={() => setOpen("split")}>{t("case.split")}</button>
      {open === "merge" && <Merge data={data} close={close} />}
      {open === "split" && <Split data={data} close={close} />}
    </>
  );
}

function Merge({ data, close }: { data: Case; close: () => void }) {
  const { t, word } = useText();
  const { run } = useAct();
  const navigate = useNavigate();
  const id = useId();
  const others = useQuery({ queryKey: ["cases", "merge"], queryFn: ({ signal }) => get<Page<Case>>("/cases", { limit: 100, sort: "-updated_at" }, signal) });
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const into = String(new FormData(event.currentTarget).get("into") ?? "");
    const merged = await run(() => post<Case>(`/cases/${data.case_id}/merge`, { into }, data.version), { done: t("case.merge.done") });
    if (!merged) return;
    close();
    await navigate({ to: "/cases/$id", params: { id: into } });
  };
  return (
    <Modal label={id} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={id}>{t("case.merge.title")}</h2>
        <p className="soft">{t("case.merge.text")}</p>
        <Field label={t("case.merge.into")}>
          <select name="into" required>
            {others.data?.items.filter((one) => one.case_id !== data.case_id && !one.merged_into).map((one) => (
              <option key={one.case_id} value={one.case_id}>{word("kind", one.kind)} – {one.title.slice(0, 60)}</option>
            ))}
          </select>
        </Field>
        <div className="acts"><button type="button" className="btn" onClick={close}>{t("cancel")}</button><button type="submit" className="btn main">{t("case.merge")}</button></div>
      </form>
    </Modal>
  );
}

function Split({ data, close }: { data: Case; close: () => void }) {
  const { t } = useText();
  const { run } = useAct();
  const navigate = useNavigate();
  const id = useId();
  const [accounts, setAccounts] = useState("");
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const title = new FormData(event.currentTarget).get("title");
    const made = await run(() => post<Case>(`/cases/${data.case_id}/split`, { title, accounts: accountsOf(accounts) }), { done: t("case.split.done") });
    if (!made) return;
    close();
    await navigate({ to: "/cases/$id", params: { id: made.case_id } });
  };
  return (
    <Modal label={id} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={id}>{t("case.split.title")}</h2>
        <p className="soft">{t("case.split.text")}</p>
        <Field label={t("cases.new.title")}><input name="title" required maxLength={200} /></Field>
        <Field label={t("cases.new.accounts")} hint={t("cases.new.accounts.hint", { n: accountsOf(accounts).length })}>
          <textarea required className="mono" value={accounts} onChange={(event: React.ChangeEvent<HTMLTextAreaElement>) => setAccounts(event.target.value)} />
        </Field>
        <div className="acts"><button type="button" className="btn" onClick={close}>{t("cancel")}</button><button type="submit" className="btn main">{t("case.split")}</button></div>
      </form>
    </Modal>
  );
}
