// Starting a hunt over logs on the server, or taking in what a hunt elsewhere wrote.
// What does not live here: which keys a hunt may be configured with (HuntConfig.tsx).
import { useId, useState, type FormEvent } from "react";
import { post, type ApiError } from "../api/client";
import type { Hunt, Imported } from "../api/types";
import { Modal, useAct } from "../parts/Ask";
import { Field } from "../parts/Bits";
import { configOf } from "../parts/pure";
import { useText } from "../text";
import { told } from "../text/said";
import { ConfigFields } from "./HuntConfig";

export function OrderHunt({ what, close }: { what: "start" | "import"; close: () => void }) {
  const text = useText();
  const { t } = text;
  const { run } = useAct();
  const id = useId();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<Readonly<Record<string, string>>>({});
  const refused = (error: ApiError) => {
    const found = Object.fromEntries((error.problem.errors ?? []).map((one) => [one.field, told(one.message, text) ?? one.message]));
    setWrong(found);
    return Object.keys(found).length > 0;
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const place = String(form.get("place") ?? "").trim();
    const config = configOf(form);
    setWrong({});
    setBusy(true);
    const done = what === "import"
      ? await run(() => post<Imported>("/hunts/import", { dir: place }), { refused, done: ({ report }) => t("hunts.imported", { n: report.opened.length, updated: report.updated.length, innocent: report.innocent }) })
      : await run(() => post<Hunt>("/hunts", { inputs: place.split("\n").map((line) => line.trim()).filter(Boolean), until: null, ...(config ? { config } : {}) }), { refused, done: t("hunts.started") });
    setBusy(false);
    if (done) close();
  };
  // Of many paths the server names the one that it refuses.
  const place = Object.entries(wrong).filter(([field]) => /^(dir|inputs)/.test(field)).map(([, message]) => message).join("; ");
  return (
    <Modal label={id} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={id}>{t(what === "import" ? "hunts.import.title" : "hunts.start.title")}</h2>
        <p className="soft">{t(what === "import" ? "hunts.import.text" : "hunts.start.text")}</p>
        <Field label={t(what === "import" ? "hunts.import.dir" : "hunts.start.inputs")} hint={t("hunts.inputs.hint")} wrong={place || undefined}>
          {what === "import" ? <input name="place" required className="mono" autoFocus /> : <textarea name="place" required className="mono" autoFocus />}
        </Field>
        {what === "start" && <ConfigFields wrong={wrong} />}
        <div className="acts"><button type="button" className="btn" onClick={close}>{t("cancel")}</button><button type="submit" className="btn main" disabled={busy}>{busy ? t("working") : t(what === "import" ? "hunts.import.do" : "hunts.start.do")}</button></div>
      </form>
    </Modal>
  );
}
