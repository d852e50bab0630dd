// The public form of somebody who was acted upon: what was decided, why as far as it may be told, and their word.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { ApiError, post } from "../api/client";
import { publicAppeal } from "../api/queries";
import type { PublicAppeal } from "../api/types";
import { Alone } from "../parts/Alone";
import { useTrouble } from "../parts/Ask";
import { Bones, Field } from "../parts/Bits";
import { Icon } from "../parts/Icon";
import { AppealStatusPill } from "../parts/Pills";
import { appealFormRoute } from "../router";
import { Told } from "../parts/Told";
import { useText, type Key } from "../text";

export function Page(): React.ReactNode {
  const { token } = appealFormRoute.useParams();
  const { t } = useText();
  const trouble = useTrouble();
  const read = useQuery(publicAppeal(token));
  const lost = read.error instanceof ApiError && read.error.status === 404;
  return (
    <Alone name={t("form.title")} wide>
      <div className="card">
        <h1>{t("form.title")}</h1>
        {read.data ? <Body data={read.data} token={token} />
          : read.error ? <div className="notice warn"><Icon name="warn" /><span>{lost ? t("form.lost") : trouble(read.error)}</span></div>
          : <Bones />}
      </div>
    </Alone>
  );
}

function Body({ data, token }: { data: PublicAppeal; token: string }) {
  const { t, word, stamp } = useText();
  return (
    <>
      <p>{t(`form.action.${data.action}` as Key)}</p>
      {!data.active && <div className="notice good"><Icon name="check" /><span>{t("form.over")}</span></div>}
      <dl className="facts start">
        <dt>{t("col.reason")}</dt><dd>{word("reason", data.reason_code)}</dd>
        <dt>{t("form.since")}</dt><dd>{stamp(data.since)}</dd>
        <dt>{t("form.until")}</dt><dd>{stamp(data.expires_at)}</dd>
      </dl>
      <p className="prose">{data.reason_text}</p>
      {data.evidence.length > 0 && (
        <div><h2>{t("form.evidence")}</h2><ul className="stack" style={{ gap: ".5rem", marginTop: ".5rem" }}>{data.evidence.map((one, i) => <li key={i} className="quote"><Told text={one.text} people={one.value == null} /></li>)}</ul></div>
      )}
      {data.appeal ? <Filed appeal={data.appeal} /> : data.active && <Write token={token} />}
    </>
  );
}

function Filed({ appeal }: { appeal: NonNullable<PublicAppeal["appeal"]> }) {
  const { t, stamp } = useText();
  return (
    <section className="stack" style={{ gap: ".625rem" }} aria-label={t("form.filed")}>
      <h2>{t("form.filed")} <AppealStatusPill value={appeal.status} /></h2>
      <p>{appeal.outcome_text ?? t("form.wait", { date: stamp(appeal.deadline_at) })}</p>
      <p className="small soft">{t("form.keep")}</p>
    </section>
  );
}

function Write({ token }: { token: string }) {
  const { t } = useText();
  const trouble = useTrouble();
  const client = useQueryClient();
  const [wrong, setWrong] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    try {
      const after = await post<PublicAppeal>(`/public/appeals/${encodeURIComponent(token)}`, { statement: form.get("statement"), contact: form.get("contact") || null });
      client.setQueryData(publicAppeal(token).queryKey, after);
    } catch (error) {
      setWrong(trouble(error));
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <h2>{t("form.write")}</h2>
      <p className="soft">{t("form.write.text")}</p>
      {wrong && <div className="notice bad" role="alert"><Icon name="warn" /><span>{wrong}</span></div>}
      <Field label={t("form.statement")}><textarea name="statement" required minLength={3} maxLength={5000} style={{ minHeight: "9rem" }} /></Field>
      <Field label={t("form.contact")} hint={t("form.contact.hint")}><input name="contact" maxLength={200} autoComplete="email" /></Field>
      <div className="acts"><button type="submit" className="btn main">{t("form.send")}</button></div>
    </form>
  );
}
