// The keys of `vigie.toml` that a hunt may need otherwise: as fields of its order, and as they were when it is done.
import { Fragment, useEffect, useRef } from "react";
import type { Hunt } from "../api/types";
import { Field, Panel } from "../parts/Bits";
import { useText, type Key } from "../text";

const TRUST = ["claimed", "trusted-proxy", "peer"] as const;
/** What the console calls a key; those that only the API takes keep their own name. */
const NAMES: Record<string, Key> = {
  "hunt.alpha": "config.alpha", "hunt.accounts_min": "config.least", "hunt.seed": "config.seed", "read.address_trust": "config.trust",
};

/** Fields whose names are the keys; what is left empty is as always. `wrong` is what the server refused, by field. */
export function ConfigFields({ wrong }: { wrong: Readonly<Record<string, string>> }) {
  const { t } = useText();
  const fold = useRef<HTMLDetailsElement>(null);
  // A field that is folded away can show no mistake, and the browser refuses to send without a word.
  useEffect(() => {
    if (fold.current && Object.keys(wrong).some((field) => field.startsWith("config."))) fold.current.open = true;
  }, [wrong]);
  return (
    <details ref={fold} onInvalidCapture={(event) => { event.currentTarget.open = true; }}>
      <summary className="linkish">{t("config.title")}</summary>
      <div className="form" style={{ marginTop: ".75rem" }}>
        <p className="small soft">{t("config.text")}</p>
        <div className="pair">
          <Field label={t("config.alpha")} hint={t("config.alpha.hint")} wrong={wrong["config.hunt.alpha"]}><input name="hunt.alpha" type="number" min="0.0001" max="0.9999" step="any" placeholder="0.05" /></Field>
          <Field label={t("config.least")} hint={t("config.least.hint")} wrong={wrong["config.hunt.accounts_min"]}><input name="hunt.accounts_min" type="number" min={2} max={1000000} step={1} /></Field>
        </div>
        <div className="pair">
          <Field label={t("config.trust")} hint={t("config.trust.hint")} wrong={wrong["config.read.address_trust"]}>
            <select name="read.address_trust" defaultValue=""><option value="">{t("config.always")}</option>{TRUST.map((one) => <option key={one} value={one}>{t(`config.trust.${one}`)}</option>)}</select>
          </Field>
          <Field label={t("config.seed")} hint={t("config.seed.hint")} wrong={wrong["config.hunt.seed"]}><input name="hunt.seed" type="number" min={0} max={Number.MAX_SAFE_INTEGER} step={1} /></Field>
        </div>
      </div>
    </details>
  );
}

/** The keys that a hunt was ordered with. */
export function Configured({ config }: { config: NonNullable<Hunt["config"]> }) {
  const { t, word, n } = useText();
  const keys = Object.entries(config).flatMap(([section, keys]) => Object.entries(keys).map(([key, value]) => [`${section}.${key}`, value] as const));
  if (keys.length === 0) return null;
  return (
    <Panel title={t("config.title")} tools={<span className="small soft">{t("config.other")}</span>}>
      <dl className="facts start">
        {keys.map(([key, value]) => {
          const name = NAMES[key];
          return <Fragment key={key}><dt title={key}>{name ? t(name) : <span className="mono">{key}</span>}</dt><dd>{key === "read.address_trust" ? word("config.trust", String(value)) : typeof value === "number" && !Number.isInteger(value) ? n(value) : String(value)}</dd></Fragment>;
        })}
      </dl>
    </Panel>
  );
}
