// One's own password. Sessions elsewhere end with the change.
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { post } from "../../api/client";
import { session } from "../../api/queries";
import { useAct } from "../../parts/Ask";
import { Empty, Field, Panel } from "../../parts/Bits";
import { useText } from "../../text";

export function Password() {
  const { t } = useText();
  const { run } = useAct();
  const me = useQuery(session).data;
  const [wrong, setWrong] = useState<{ old?: string | undefined; new?: string | undefined; again?: string }>({});
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const typed = new FormData(form);
    if (typed.get("new") !== typed.get("again")) return setWrong({ again: t("password.differ") });
    setWrong({});
    setBusy(true);
    await run(async () => {
      await post("/session/password", { old_password: typed.get("old"), new_password: typed.get("new") });
      form.reset();
    }, {
      done: t("password.done"),
      refused: (error) => {
        const found = { old: error.field("old_password") && t("password.wrong"), new: error.field("new_password") };
        setWrong(found);
        return Boolean(found.old ?? found.new);
      },
    });
    setBusy(false);
  };
  if (me?.has_password === false) return <div className="panel"><Empty icon="account" title={t("password.none")}>{t("password.none.text")}</Empty></div>;
  return (
    <div style={{ maxWidth: "30rem" }}><Panel title={t("settings.password")}>
      <form className="form narrow" onSubmit={(event) => void submit(event)}>
        <p className="soft">{t("password.text")}</p>
        <input type="text" name="username" autoComplete="username" value={me?.user?.name ?? ""} readOnly hidden />
        <Field label={t("password.old")} wrong={wrong.old}><input name="old" type="password" required maxLength={512} autoComplete="current-password" /></Field>
        <Field label={t("password.new")} hint={t("setup.password.hint")} wrong={wrong.new}><input name="new" type="password" required minLength={12} maxLength={512} autoComplete="new-password" /></Field>
        <Field label={t("password.again")} wrong={wrong.again}><input name="again" type="password" required minLength={12} maxLength={512} autoComplete="new-password" /></Field>
        <div className="acts"><button type="submit" className="btn main" disabled={busy}>{busy ? t("working") : t("password.change")}</button></div>
      </form>
    </Panel></div>
  );
}
