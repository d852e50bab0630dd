// Words of closed lists as small labels: always shape and text, never colour alone.
import type {
  Action, AppealStatus, CaseStatus, DecisionStatus, DetectorState, Disposition, HuntStatus, Kind, Layer, Severity,
  TakedownStatus,
} from "../api/types";
import { LAYERS } from "../api/types";
import { useText } from "../text";
import { Icon, type IconName } from "./Icon";

const HEIGHT: Record<Severity, number> = { none: 0, low: 1, medium: 2, high: 3, critical: 4 };

export function SeverityMark({ value }: { value: Severity }) {
  const { word } = useText();
  return (
    <span className={`sev is-${value}`}>
      <svg width="18" height="10" viewBox="0 0 22 10" aria-hidden="true">
        {[0, 1, 2, 3].map((i) => (
          <rect key={i} x={i * 6} y="0" width="4" height="10" rx="1" className={i < HEIGHT[value] ? "pip on" : "pip"} />
        ))}
      </svg>
      {word("severity", value)}
    </span>
  );
}

type Tone = "good" | "bad" | "warn" | "info" | "line" | "";

function Pill({ tone, icon, children }: { tone: Tone; icon?: IconName; children: string }) {
  return (
    <span className={`pill ${tone}`}>
      {icon && <Icon name={icon} size={12} />}
      {children}
    </span>
  );
}

const CASE: Record<CaseStatus, [Tone, IconName]> = { open: ["info", "dot"], in_review: ["warn", "eye"], closed: ["", "check"] };
export function CaseStatusPill({ value, disposition }: { value: CaseStatus; disposition?: Disposition | null | undefined }) {
  const { word } = useText();
  const [tone, icon] = CASE[value];
  return (
    <Pill tone={tone} icon={icon}>
      {disposition ? word("disposition", disposition) : word("status", value)}
    </Pill>
  );
}

const DECISION: Record<DecisionStatus, [Tone, IconName]> = {
  pending_approval: ["warn", "clock"], active: ["bad", "dot"], simulated: ["line", "eye"], expired: ["", "clock"],
  undone: ["good", "undo"], superseded: ["", "merge"], rejected: ["", "cross"],
};
export function DecisionStatusPill({ value }: { value: DecisionStatus }) {
  const { word } = useText();
  const [tone, icon] = DECISION[value];
  return <Pill tone={tone} icon={icon}>{word("decision", value)}</Pill>;
}

const TAKEDOWN: Record<TakedownStatus, [Tone, IconName]> = {
  draft: ["", "note"], pending_approval: ["warn", "clock"], approved: ["info", "check"], running: ["bad", "dot"],
  stopped: ["warn", "warn"], done: ["bad", "check"], reversed: ["good", "undo"], rejected: ["", "cross"],
};
export function TakedownStatusPill({ value }: { value: TakedownStatus }) {
  const { word } = useText();
  const [tone, icon] = TAKEDOWN[value];
  return <Pill tone={tone} icon={icon}>{word("takedown", value)}</Pill>;
}

const APPEAL: Record<AppealStatus, [Tone, IconName]> = {
  received: ["info", "appeals"], in_review: ["warn", "eye"], upheld: ["", "check"], overturned: ["good", "undo"],
  partly: ["good", "check"],
};
export function AppealStatusPill({ value }: { value: AppealStatus }) {
  const { word } = useText();
  const [tone, icon] = APPEAL[value];
  return <Pill tone={tone} icon={icon}>{word("appeal", value)}</Pill>;
}

const HUNT: Record<HuntStatus, [Tone, IconName]> = {
  queued: ["", "clock"], running: ["info", "dot"], done: ["good", "check"], failed: ["bad", "cross"],
};
export function HuntStatusPill({ value }: { value: HuntStatus }) {
  const { word } = useText();
  const [tone, icon] = HUNT[value];
  return <Pill tone={tone} icon={icon}>{word("hunt", value)}</Pill>;
}

const DETECTOR: Record<DetectorState, [Tone, IconName]> = {
  ok: ["good", "check"], blind: ["warn", "eye"], noisy: ["bad", "warn"],
};
export function DetectorPill({ value }: { value: DetectorState }) {
  const { word } = useText();
  const [tone, icon] = DETECTOR[value];
  return <Pill tone={tone} icon={icon}>{word("detector", value)}</Pill>;
}

/** A rung of the ladder; harder ones are warmer. */
export function ActionPill({ value }: { value: Action }) {
  const { word } = useText();
  const tone: Tone = value === "ban" || value === "suspend" ? "bad" : value === "observe" || value === "label" ? "" : "warn";
  return <Pill tone={tone} icon="shield">{word("action", value)}</Pill>;
}

export function KindName({ value }: { value: Kind }) {
  const { word } = useText();
  return <>{word("kind", value)}</>;
}

export function LayerName({ value }: { value: Layer }) {
  const { word } = useText();
  return <span className="layer" style={{ "--c": `var(--l${LAYERS.indexOf(value)})` } as React.CSSProperties}>{word("layer", value)}</span>;
}

/** A share or a score, 0–1, as a bar beside its figure. */
export function Meter({ value, label }: { value: number; label?: string }) {
  const { pct } = useText();
  return (
    <span className="nowrap">
      <span className="gauge" aria-hidden="true" style={{ "--v": Math.min(1, Math.max(0, value)) } as React.CSSProperties} />{label ?? pct(value)}
    </span>
  );
}
