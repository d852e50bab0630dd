// The first start: whoever holds the one-time link becomes the first admin.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { keepCsrf, post } from "../api/client";
import { session } from "../api/queries";
import type { SessionView } from "../api/types";
import { Alone } from "../parts/Alone";
import { useTrouble } from "../parts/Ask";
import { Field } from "../parts/Bits";
import { Icon } from "../parts/Icon";
import { setUpRoute } from "../router";
import { useText } from "../text";

export function Page(): React.ReactNode {
  const { t } = useText();
  const trouble = useTrouble();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { token } = setUpRoute.useSearch();
  const [wrong, setWrong] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    try {
      const view = await post<SessionView>("/setup", { token: form.get("token"), name: form.get("name"), password: form.get("password") });
      keepCsrf(view.csrf);
      client.setQueryData(session.queryKey, view);
      await navigate({ to: "/" });
    } catch (error) {
      setWrong(trouble(error));
    }
  };
  return (
    <Alone name={t("setup.title")}>
      <form className="card" onSubmit={(event) => void submit(event)}>
        <h1>{t("setup.title")}</h1>
        <p className="soft">{t("setup.text")}</p>
        {wrong && <div className="notice bad" role="alert"><Icon name="warn" /><span>{wrong}</span></div>}
        {token ? <input type="hidden" name="token" value={token} /> : <Field label={t("setup.token")} hint={t("setup.token.hint")}><input name="token" required autoComplete="off" /></Field>}
        <Field label={t("sign.name")}><input name="name" required maxLength={64} autoComplete="username" autoFocus /></Field>
        <Field label={t("sign.password")} hint={t("setup.password.hint")}><input name="password" type="password" required minLength={12} maxLength={512} autoComplete="new-password" /></Field>
        <button type="submit" className="btn main">{t("setup.do")}</button>
      </form>
    </Alone>
  );
}
