// Starting a hunt over logs on the server, or taking in what a hunt elsewhere wrote.
import { useId, useState, type FormEvent } from "react";
import { post } from "../api/client";
import type { Hunt, Imported } from "../api/types";
import { Modal, useAct } from "../parts/Ask";
import { Field } from "../parts/Bits";
import { configOf } from "../parts/pure";
import { useText, type Key } from "../text";

export function OrderHunt({ what, close }: { what: "start" | "import"; close: () => void }) {
  const { t } = useText();
  const { run } = useAct();
  const id = useId();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const place = String(form.get("place") ?? "").trim();
    const config = configOf(form);
    setBusy(true);
    const done = what === "import"
      ? await run(() => post<Imported>("/hunts/import", { dir: place }), { done: ({ report }) => t("hunts.imported", { n: report.opened.length, updated: report.updated.length, innocent: report.innocent }) })
      : await run(() => post<Hunt>("/hunts", { inputs: place.split("\n").map((line) => line.trim()).filter(Boolean), until: null, ...(config ? { config } : {}) }), { done: t("hunts.started") });
    setBusy(false);
    if (done) close();
  };
  return (
    <Modal label={id} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={id}>{t(what === "import" ? "hunts.import" : "hunts.start")}</h2>
        <p className="soft">{t(what === "import" ? "hunts.import.text" : "hunts.start.text")}</p>
        <Field label={t(what === "import" ? "hunts.import.dir" : "hunts.start.inputs")} hint={t("hunts.inputs.hint")}>
          {what === "import" ? <input name="place" required className="mono" autoFocus /> : <textarea name="place" required className="mono" autoFocus />}
        </Field>
        {what === "start" && <Config />}
        <div className="acts"><button type="button" className="btn" onClick={close}>{t("cancel")}</button><button type="submit" className="btn main" disabled={busy}>{busy ? t("working") : t(what === "import" ? "hunts.import" : "hunts.start")}</button></div>
      </form>
    </Modal>
  );
}

const TRUST = ["claimed", "trusted-proxy", "peer"] as const;

/** The keys of `vigie.toml` that a hunt may need otherwise; what is left empty is as always. */
function Config() {
  const { t } = useText();
  return (
    <details>
      <summary className="linkish">{t("config.title")}</summary>
      <div className="form" style={{ marginTop: ".75rem" }}>
        <p className="small soft">{t("config.text")}</p>
        <div className="pair">
          <Field label={t("config.alpha")} hint={t("config.alpha.hint")}><input name="hunt.alpha" type="number" min="0.0001" max="0.9999" step="any" placeholder="0.05" /></Field>
          <Field label={t("config.least")} hint={t("config.least.hint")}><input name="hunt.accounts_min" type="number" min={2} max={1000000} step={1} /></Field>
        </div>
        <div className="pair">
          <Field label={t("config.trust")} hint={t("config.trust.hint")}>
            <select name="read.address_trust" defaultValue=""><option value="">{t("config.always")}</option>{TRUST.map((one) => <option key={one} value={one}>{t(`config.trust.${one}` as Key)}</option>)}</select>
          </Field>
          <Field label={t("config.seed")} hint={t("config.seed.hint")}><input name="hunt.seed" type="number" min={0} step={1} /></Field>
        </div>
      </div>
    </details>
  );
}
