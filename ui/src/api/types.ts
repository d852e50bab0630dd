// The nouns of the API by their own names. schema.ts is generated from openapi.json (`npm run types`); nothing is
// written by hand, so a change of the server that the console does not follow fails to compile.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type AccountView = Schemas["AccountView"];
export type Action = Schemas["Action"];
export type Appeal = Schemas["Appeal"];
export type AppealOutcome = Schemas["AppealOutcome"];
export type AppealStatus = Schemas["AppealStatus"];
export type AppealView = Schemas["AppealView"];
export type AuditEntry = Schemas["AuditEntry"];
export type BulkResult = Schemas["BulkResult"];
export type CampaignChange = Schemas["CampaignChange"];
export type Case = Schemas["Case"];
export type CaseCampaign = Schemas["CaseCampaign"];
export type CaseEvent = Schemas["CaseEvent"];
export type CaseMember = Schemas["CaseMember"];
export type CaseNetwork = Schemas["CaseNetwork"];
export type CasePatch = Partial<Schemas["CasePatch"]>;
export type CaseStatus = Schemas["CaseStatus"];
export type ChainCheck = Schemas["ChainCheck"];
export type Decision = Schemas["Decision"];
export type DecisionEvidence = Schemas["DecisionEvidence"];
export type DecisionPreview = Schemas["DecisionPreview"];
export type DecisionStatus = Schemas["DecisionStatus"];
export type Delivery = Schemas["Delivery"];
export type DetectorState = Schemas["DetectorState"];
export type Disposition = Schemas["Disposition"];
export type Entity = Schemas["Entity"];
export type Evidence = Schemas["Evidence"];
export type Explained = Schemas["Explained"];
export type Exception = Schemas["Exception"];
export type Hunt = Schemas["Hunt"];
export type HuntDiff = Schemas["HuntDiff"];
export type HuntStatus = Schemas["HuntStatus"];
export type Imported = Schemas["Imported"];
export type Kind = Schemas["Kind"];
export type Layer = Schemas["Layer"];
export type NewDecision = Schemas["NewDecision"];
export type NewTakedown = Schemas["NewTakedown"];
export type Overview = Schemas["Overview"];
export type Problem = Schemas["Problem"];
export type PublicAppeal = Schemas["PublicAppeal"];
export type ReasonCode = Schemas["ReasonCode"];
export type Revealed = Schemas["Revealed"];
export type Role = Schemas["Role"];
export type Scope = Schemas["Scope"];
export type Scorecard = Schemas["Scorecard"];
export type SessionView = Schemas["SessionView"];
export type Settings = Schemas["Settings"];
export type Severity = Schemas["Severity"];
export type Takedown = Schemas["Takedown"];
export type TakedownPreview = Schemas["TakedownPreview"];
export type TakedownStatus = Schemas["TakedownStatus"];
export type Token = Schemas["Token"];
export type TokenWithSecret = Schemas["TokenWithSecret"];
export type User = Schemas["User"];
export type Webhook = Schemas["Webhook"];
export type WebhookEvent = Schemas["WebhookEvent"];
export type WebhookWithSecret = Schemas["WebhookWithSecret"];

/** One page of a list. */
export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
  total?: number | null;
}

/** The ladder of actions, mildest first. */
export const ACTIONS: readonly Action[] = [
  "observe", "label", "throttle", "step_up", "reduce", "refuse", "suspend", "ban",
];
export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low", "none"];
export const KINDS: readonly Kind[] = [
  "split-extraction", "balanced-extraction", "release-pivot", "trace-coercion", "resold-access", "key-takeover",
  "signup-farm", "scripted-personas", "shared-playbook", "coordinated-accounts", "innocent-group",
];
export const LAYERS: readonly Layer[] = [
  "content", "harness", "infrastructure", "client", "payment", "sign-up", "timing", "hand-over", "declared", "custom",
];
export const DISPOSITIONS: readonly Disposition[] = ["true_positive", "false_positive", "benign_known", "inconclusive"];
export const REASONS: readonly ReasonCode[] = [
  "extraction", "key_abuse", "fraud_signup", "malicious_use", "influence", "policy_other", "false_positive_correction",
];
export const ROLES: readonly Role[] = ["viewer", "analyst", "approver", "admin"];
