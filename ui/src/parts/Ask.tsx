// Asking before a change (with a reason for the audit), and telling what became of it. One dialog, one pile of toasts.
import { useQueryClient } from "@tanstack/react-query";
import {
  createContext, use, useCallback, useEffect, useId, useMemo, useRef, useState, type FormEvent, type ReactNode,
} from "react";
import { ApiError } from "../api/client";
import { useText } from "../text";
import { Icon } from "./Icon";

interface Question {
  title: string;
  text?: ReactNode;
  confirm: string;
  /** Label of the reason's field; without one no reason is asked for. */
  reason?: string;
  suggestion?: string;
  danger?: boolean;
}
interface Toast {
  id: number;
  text: string;
  bad?: boolean;
  undo?: (() => void) | undefined;
}
interface Deed<T> {
  done?: string | ((result: T) => string);
  /** Takes it back; the toast offers it. */
  undo?: (result: T) => Promise<unknown>;
  /** Shows a refusal at the fields that it names; `false` when it names none of them, and then it is told like any other. */
  refused?: (error: ApiError) => boolean;
}
interface Act {
  ask: (question: Question) => Promise<string | undefined>;
  tell: (text: string, bad?: boolean) => void;
  /** Runs a change, tells what came of it and refreshes what is shown; `undefined` when it failed. */
  run: <T>(change: () => Promise<T>, deed?: Deed<T>) => Promise<T | undefined>;
}

const Context = createContext<Act | undefined>(undefined);
export function useAct(): Act {
  const act = use(Context);
  if (!act) throw new Error("useAct needs <Acts>");
  return act;
}

/** How long a toast stays; one that offers undo stays longer. */
const TOAST_MS = 5_000;
const UNDO_MS = 12_000;

/** What went wrong, in words for a person. */
export function useTrouble() {
  const { t } = useText();
  return useCallback((error: unknown): string => {
    if (!(error instanceof ApiError)) return String(error);
    if (error.status === 0) return t("error.unreachable");
    if (error.status === 412 || error.status === 428) return t("error.stale");
    const fields = error.problem.errors?.map((field) => `${field.field}: ${field.message}`).join("; ");
    return fields ? `${error.message} (${fields})` : error.message;
  }, [t]);
}

export function Acts({ children }: { children: ReactNode }) {
  const { t } = useText();
  const trouble = useTrouble();
  const client = useQueryClient();
  const [question, setQuestion] = useState<(Question & { answer: (reason?: string) => void }) | undefined>();
  const [toasts, setToasts] = useState<Toast[]>([]);
  const next = useRef(1);

  const drop = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const show = useCallback((toast: Omit<Toast, "id">) => {
    const id = next.current++;
    setToasts((all) => [...all.slice(-3), { ...toast, id }]);
    window.setTimeout(() => drop(id), toast.undo ? UNDO_MS : TOAST_MS);
  }, [drop]);

  const act = useMemo<Act>(() => {
    const run: Act["run"] = async (change, deed = {}) => {
      try {
        const result = await change();
        const { done, undo } = deed;
        if (done) {
          const back = undo && (() => void run(() => undo(result), { done: t("undone") }));
          show({ text: typeof done === "function" ? done(result) : done, undo: back });
        }
        await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "audit" });
        return result;
      } catch (error) {
        if (error instanceof ApiError && deed.refused?.(error)) return undefined;
        show({ text: trouble(error), bad: true });
        if (error instanceof ApiError && error.status === 412) void client.invalidateQueries();
        return undefined;
      }
    };
    return {
      ask: (asked) => new Promise((answer) => setQuestion({ ...asked, answer })),
      tell: (text, bad = false) => show({ text, bad }),
      run,
    };
  }, [client, show, t, trouble]);

  return (
    <Context value={act}>
      {children}
      {question && <AskDialog question={question} close={() => setQuestion(undefined)} />}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map((toast) => (
          <div key={toast.id} className={`toast ${toast.bad ? "bad" : "good"}`}>
            <Icon name={toast.bad ? "warn" : "check"} />
            <div>{toast.text}</div>
            {toast.undo && (
              <button type="button" className="btn sm" onClick={() => { drop(toast.id); toast.undo?.(); }}>{t("undo")}</button>
            )}
            <button type="button" className="btn bare sm" aria-label={t("close")} onClick={() => drop(toast.id)}>
              <Icon name="cross" size={14} />
            </button>
          </div>
        ))}
      </div>
    </Context>
  );
}

function AskDialog({ question, close }: { question: Question & { answer: (reason?: string) => void }; close: () => void }) {
  const { t } = useText();
  const [reason, setReason] = useState(question.suggestion ?? "");
  const id = useId();
  const answer = (value?: string) => {
    question.answer(value);
    close();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    answer(reason.trim());
  };
  return (
    <Modal label={`${id}-title`} close={() => answer()}>
      <form onSubmit={submit}>
        <h2 id={`${id}-title`}>{question.title}</h2>
        {question.text && <div className="soft">{question.text}</div>}
        {question.reason && (
          <div className="field">
            <label htmlFor={`${id}-reason`}>{question.reason}</label>
            <textarea id={`${id}-reason`} required minLength={3} maxLength={2000} value={reason} autoFocus
              onChange={(event) => setReason(event.target.value)} />
            <span className="hint">{t("ask.audit")}</span>
          </div>
        )}
        <div className="acts">
          <button type="button" className="btn" onClick={() => answer()}>{t("cancel")}</button>
          <button type="submit" className={`btn main ${question.danger ? "danger" : ""}`}>{question.confirm}</button>
        </div>
      </form>
    </Modal>
  );
}

/** A dialog of the browser: focus stays inside, Escape closes. */
export function Modal({ label, close, className, children }: {
  label: string; close: () => void; className?: string; children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={label} className={className} onClose={close}
      onClick={(event) => { if (event.target === dialog.current) close(); }}>
      {children}
    </dialog>
  );
}
