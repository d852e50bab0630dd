// Signing in with a name and password, or with the identity provider.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { ApiError, keepCsrf, post, url } from "../api/client";
import { session } from "../api/queries";
import type { SessionView } from "../api/types";
import { Alone } from "../parts/Alone";
import { useTrouble } from "../parts/Ask";
import { Field } from "../parts/Bits";
import { Icon } from "../parts/Icon";
import { safeNext } from "../parts/pure";
import { signInRoute } from "../router";
import { useText } from "../text";

export function Page(): React.ReactNode {
  const { t } = useText();
  const trouble = useTrouble();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { next } = signInRoute.useSearch();
  const oidc = useQuery(session).data?.oidc;
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    try {
      const view = await post<SessionView>("/session", { name: form.get("name"), password: form.get("password") });
      keepCsrf(view.csrf);
      client.clear();
      client.setQueryData(session.queryKey, view);
      await navigate({ href: safeNext(next) });
    } catch (error) {
      setWrong(error instanceof ApiError && error.status === 401 ? t("sign.wrong") : trouble(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Alone name={t("sign.in")}>
      <form className="card" onSubmit={(event) => void submit(event)}>
        <h1>{t("sign.in")}</h1>
        {wrong && <div className="notice bad" role="alert"><Icon name="warn" /><span>{wrong}</span></div>}
        <Field label={t("sign.name")}><input name="name" required autoComplete="username" autoFocus /></Field>
        <Field label={t("sign.password")}><input name="password" type="password" required autoComplete="current-password" /></Field>
        <button type="submit" className="btn main" disabled={busy}>{busy ? t("working") : t("sign.in")}</button>
        {oidc && <a className="btn" href={url("/oidc/start", { next: safeNext(next) })}>{t("sign.oidc", { name: oidc.name })}</a>}
      </form>
    </Alone>
  );
}
