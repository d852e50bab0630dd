// A case opened by hand: somebody reported accounts that no hunt has named.
import { useNavigate } from "@tanstack/react-router";
import { useId, useState, type FormEvent } from "react";
import { post } from "../api/client";
import { KINDS, type Case } from "../api/types";
import { Modal, useAct } from "../parts/Ask";
import { Field } from "../parts/Bits";
import { accountsOf } from "../parts/pure";
import { useText } from "../text";

export function NewCase({ close }: { close: () => void }) {
  const { t, word } = useText();
  const { run } = useAct();
  const navigate = useNavigate();
  const id = useId();
  const [accounts, setAccounts] = useState("");
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const made = await run(() => post<Case>("/cases", {
      title: form.get("title"), kind: form.get("kind"), accounts: accountsOf(accounts), note: form.get("note") || null, severity: null,
    }), { done: t("cases.new.done") });
    if (!made) return;
    close();
    await navigate({ to: "/cases/$id", params: { id: made.case_id } });
  };
  return (
    <Modal label={id} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={id}>{t("cases.new")}</h2>
        <Field label={t("cases.new.title")}><input name="title" required maxLength={200} autoFocus /></Field>
        <Field label={t("col.kind")}>
          <select name="kind" defaultValue="coordinated-accounts">{KINDS.map((kind) => <option key={kind} value={kind}>{word("kind", kind)}</option>)}</select>
        </Field>
        <Field label={t("cases.new.accounts")} hint={t("cases.new.accounts.hint", { n: accountsOf(accounts).length })}>
          <textarea required className="mono" value={accounts} onChange={(event: React.ChangeEvent<HTMLTextAreaElement>) => setAccounts(event.target.value)} />
        </Field>
        <Field label={t("cases.new.note")}><textarea name="note" maxLength={10000} /></Field>
        <div className="acts">
          <button type="button" className="btn" onClick={close}>{t("cancel")}</button>
          <button type="submit" className="btn main">{t("cases.new.open")}</button>
        </div>
      </form>
    </Modal>
  );
}
