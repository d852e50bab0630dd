// What a takedown would do: who, how much, who looks like a bystander, in which waves.
import type { TakedownPreview } from "../../api/types";
import { AccountLink } from "../../parts/Bits";
import { Icon } from "../../parts/Icon";
import { Meter } from "../../parts/Pills";
import { Told } from "../../parts/Told";
import { useText } from "../../text";

export function Preview({ data, simulated }: { data: TakedownPreview; simulated: boolean }) {
  const { t, n, pct, short } = useText();
  return (
    <section className="panel" aria-label={t("preview.title")} data-testid="preview">
      <dl className="figures">
        <div><dt>{t("preview.accounts")}</dt><dd>{n(data.accounts - data.hold_out.accounts)}<small>{t("preview.hold", { n: data.hold_out.accounts })}</small></dd></div>
        <div><dt>{t("preview.traffic")}</dt><dd>{data.share_of_traffic == null ? short(data.exchanges) : pct(data.share_of_traffic)}<small>{t("preview.exchanges", { n: data.exchanges })}</small></dd></div>
        <div><dt>{t("preview.bystanders")}</dt><dd>{n(data.bystanders_total)}<small>{t("preview.bystanders.note")}</small></dd></div>
        <div><dt>{t("preview.excepted")}</dt><dd>{n(data.excepted.length)}<small>{t("preview.excepted.note")}</small></dd></div>
      </dl>
      <div className="body stack" style={{ borderTop: "1px solid var(--line)" }}>
        {data.needs_approval && !simulated && <div className="notice warn"><Icon name="account" /><span><b>{t("preview.approval")}</b> <Told text={data.approval_reason ?? ""} /></span></div>}
        <div className="grid2">
          <Waves data={data} />
          <Scores data={data} />
        </div>
        {data.hold_out.observed && (
          <div className="notice"><Icon name="info" /><span>{t("preview.observed", {
            held: data.hold_out.observed.held, held_again: data.hold_out.observed.held_named_again,
            treated: data.hold_out.observed.treated, treated_again: data.hold_out.observed.treated_named_again,
          })}</span></div>
        )}
        {data.bystanders.length > 0 && <Bystanders data={data} />}
      </div>
    </section>
  );
}

function Waves({ data }: { data: TakedownPreview }) {
  const { t } = useText();
  return (
    <div>
      <h3>{t("preview.waves")}</h3>
      <ul className="waves" style={{ marginTop: ".5rem" }}>
        {data.waves.map((wave) => (
          <li key={wave.n} style={{ gridTemplateColumns: "4.5rem minmax(0,1fr) 6rem" }}>
            <span>{t("wave.n", { n: wave.n })}</span>
            <span className="meter" aria-hidden="true"><i style={{ width: `${(100 * wave.accounts) / Math.max(1, data.accounts)}%` }} /></span>
            <span className="num">{t("wave.accounts", { n: wave.accounts })}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Scores({ data }: { data: TakedownPreview }) {
  const { t, n, pct } = useText();
  const most = Math.max(1, ...data.by_score.map((band) => band.accounts));
  const words = data.by_score.map((band) => `${pct(band.from)}–${pct(band.to)}: ${n(band.accounts)}`).join(", ");
  return (
    <div>
      <h3>{t("preview.scores")}</h3>
      <div className="by-score" role="img" aria-label={words} style={{ marginTop: ".5rem" }}>
        {data.by_score.map((band) => <span key={band.from} title={`${pct(band.from)}–${pct(band.to)}: ${n(band.accounts)}`} style={{ height: `${(100 * band.accounts) / most}%` }} />)}
      </div>
      <div className="small soft" style={{ display: "flex", justifyContent: "space-between" }}><span>{pct(data.by_score[0]?.from ?? 0)}</span><span>{pct(data.by_score.at(-1)?.to ?? 1)}</span></div>
    </div>
  );
}

/** Rows that are listed at once. */
const LISTED = 20;

function Bystanders({ data }: { data: TakedownPreview }) {
  const { t } = useText();
  return (
    <details>
      <summary className="linkish">{t("preview.bystanders.list", { n: data.bystanders_total })}</summary>
      <div className="scroll">
        <table>
          <thead><tr><th scope="col">{t("col.account")}</th><th scope="col">{t("col.score")}</th><th scope="col">{t("col.share")}</th><th scope="col">{t("col.why")}</th></tr></thead>
          <tbody>
            {data.bystanders.slice(0, LISTED).map((one) => (
              <tr key={one.account_id}><td><AccountLink id={one.account_id} /></td><td><Meter value={one.score} /></td><td><Meter value={one.share} /></td><td><Told text={one.why} /></td></tr>
            ))}
          </tbody>
        </table>
      </div>
      {data.bystanders.length > LISTED && <p className="small soft">{t("preview.bystanders.more")}</p>}
    </details>
  );
}
