// People and what they may do.
import { useQuery } from "@tanstack/react-query";
import { useId, useState, type FormEvent } from "react";
import { patch, post } from "../../api/client";
import { session, users } from "../../api/queries";
import { ROLES, type Role, type User } from "../../api/types";
import { Modal, useAct } from "../../parts/Ask";
import { Field, Load, Panel, When } from "../../parts/Bits";
import { useText, type Key } from "../../text";

export function Users({ admin }: { admin: boolean }) {
  const { t } = useText();
  const read = useQuery(users);
  const [adding, setAdding] = useState(false);
  return (
    <Panel title={t("settings.users")} flush tools={admin && <button type="button" className="btn sm main" onClick={() => setAdding(true)}>{t("users.add")}</button>}>
      <Load of={read}>{(data) => (
        <div className="scroll"><table>
          <thead><tr><th scope="col">{t("sign.name")}</th><th scope="col">{t("users.role")}</th><th scope="col">{t("users.seen")}</th><th scope="col">{t("col.state")}</th><th scope="col"><span className="sr">{t("users.change")}</span></th></tr></thead>
          <tbody>{data.items.map((user) => <Person key={user.user_id} user={user} admin={admin} />)}</tbody>
        </table></div>
      )}</Load>
      {adding && <Add close={() => setAdding(false)} />}
    </Panel>
  );
}

function Person({ user, admin }: { user: User; admin: boolean }) {
  const { t, word } = useText();
  const { run } = useAct();
  const me = useQuery(session).data?.user;
  const change = (body: { role?: Role; disabled?: boolean }) => void run(() => patch<User>(`/users/${user.user_id}`, body, user.version), { done: t("users.changed", { name: user.name }) });
  const own = me?.user_id === user.user_id;
  return (
    <tr>
      <td><b>{user.name}</b>{user.email && <span className="two">{user.email}</span>}</td>
      <td>{admin && !own
        ? <select aria-label={t("users.role.of", { name: user.name })} value={user.role} onChange={(event) => change({ role: event.target.value as Role })} style={{ width: "auto" }}>{ROLES.map((role) => <option key={role} value={role}>{word("role", role)}</option>)}</select>
        : word("role", user.role)}</td>
      <td>{user.last_seen_at ? <When at={user.last_seen_at} /> : "–"}</td>
      <td><span className={`pill ${user.disabled ? "" : "good"}`}>{t(user.disabled ? "users.off" : "users.on")}</span></td>
      <td className="num">{admin && !own && <button type="button" className="btn sm" onClick={() => change({ disabled: !user.disabled })}>{t(user.disabled ? "users.enable" : "users.disable")}</button>}</td>
    </tr>
  );
}

function Add({ close }: { close: () => void }) {
  const { t, word } = useText();
  const { run } = useAct();
  const id = useId();
  const [role, setRole] = useState<Role>("analyst");
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const made = await run(() => post<User>("/users", { name: form.get("name"), email: form.get("email") || null, role, password: form.get("password") || null, subject: null }), { done: t("users.added") });
    if (made) close();
  };
  return (
    <Modal label={id} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={id}>{t("users.add")}</h2>
        <Field label={t("sign.name")}><input name="name" required maxLength={64} autoComplete="off" autoFocus /></Field>
        <Field label={t("users.email")}><input name="email" type="email" maxLength={200} autoComplete="off" /></Field>
        <Field label={t("users.role")} hint={t(`role.${role}.text` as Key)}>
          <select value={role} onChange={(event: React.ChangeEvent<HTMLSelectElement>) => setRole(event.target.value as Role)}>{ROLES.map((one) => <option key={one} value={one}>{word("role", one)}</option>)}</select>
        </Field>
        <Field label={t("sign.password")} hint={t("users.password.hint")}><input name="password" type="password" required minLength={12} autoComplete="new-password" /></Field>
        <div className="acts"><button type="button" className="btn" onClick={close}>{t("cancel")}</button><button type="submit" className="btn main">{t("users.add")}</button></div>
      </form>
    </Modal>
  );
}
