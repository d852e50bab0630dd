// API tokens: the secret is shown once.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { post, remove } from "../../api/client";
import { list, rows as flat } from "../../api/queries";
import type { Scope, Token, TokenWithSecret } from "../../api/types";
import { useAct } from "../../parts/Ask";
import { Bones, Copy, Empty, Field, Panel, When } from "../../parts/Bits";
import { useText, type Key } from "../../text";

const SCOPES: readonly Scope[] = ["read", "write", "approve", "admin"];

export function Tokens() {
  const { t } = useText();
  const read = useInfiniteQuery(list<Token>("tokens", "/tokens"));
  const { ask, run } = useAct();
  const tokens = flat(read.data);
  const revoke = async (token: Token) => {
    const yes = await ask({ title: t("tokens.revoke.title", { name: token.name }), text: t("tokens.revoke.text"), confirm: t("tokens.revoke"), danger: true });
    if (yes !== undefined) await run(() => remove(`/tokens/${token.token_id}`), { done: t("tokens.revoked") });
  };
  return (
    <div className="stack">
      <Add />
      <Panel title={t("settings.tokens")} flush>
        {read.isPending ? <Bones /> : tokens.length === 0 ? <Empty icon="link" title={t("tokens.none")}>{t("tokens.none.text")}</Empty> : (
          <div className="scroll"><table>
            <thead><tr><th scope="col">{t("sign.name")}</th><th scope="col">{t("tokens.scopes")}</th><th scope="col">{t("tokens.owner")}</th><th scope="col">{t("tokens.used")}</th><th scope="col">{t("col.expires")}</th><th scope="col"><span className="sr">{t("tokens.revoke")}</span></th></tr></thead>
            <tbody>{tokens.map((token) => (
              <tr key={token.token_id}><td><b>{token.name}</b></td><td>{token.scopes.join(", ")}</td><td>{token.owner_name}</td><td>{token.last_used_at ? <When at={token.last_used_at} /> : "–"}</td>
                <td>{token.expires_at ? <When at={token.expires_at} /> : "–"}</td><td className="num"><button type="button" className="btn sm danger" onClick={() => void revoke(token)}>{t("tokens.revoke")}</button></td></tr>
            ))}</tbody>
          </table></div>
        )}
      </Panel>
    </div>
  );
}

const DAY_MS = 86_400_000;

function Add() {
  const { t } = useText();
  const { run } = useAct();
  const [made, setMade] = useState<TokenWithSecret>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    const form = new FormData(element);
    const days = Number(form.get("days"));
    const token = await run(() => post<TokenWithSecret>("/tokens", { name: form.get("name"), scopes: form.getAll("scope"), expires_at: days > 0 ? new Date(Date.now() + days * DAY_MS).toISOString() : null }));
    if (!token) return;
    setMade(token);
    element.reset();
  };
  return (
    <Panel title={t("tokens.add")}>
      {made && <div className="form" style={{ marginBottom: "1rem" }}><p>{t("tokens.once")}</p><Copy value={made.secret} label={t("tokens.secret")} /></div>}
      <form className="form" onSubmit={(event) => void submit(event)}>
        <div className="pair">
          <Field label={t("tokens.name")}><input name="name" required maxLength={100} /></Field>
          <Field label={t("tokens.days")}><input name="days" type="number" min={1} max={400} defaultValue={90} /></Field>
        </div>
        <fieldset>
          <legend>{t("tokens.scopes")}</legend>
          <div className="cols">{SCOPES.map((scope) => <label key={scope} className="check"><input type="checkbox" name="scope" value={scope} defaultChecked={scope === "read"} />{t(`scope.${scope}` as Key)}</label>)}</div>
        </fieldset>
        <div className="acts"><button type="submit" className="btn main">{t("tokens.make")}</button></div>
      </form>
    </Panel>
  );
}
