// Speaks HTTP with the server: one call function, problems as typed errors, the CSRF value of the session.
// What does not live here: which routes exist and how long answers are kept (queries.ts).
import type { Problem } from "./types";

const BASE = "/api/v1";
let csrf = "";

/** Keeps the value that every change must carry. */
export const keepCsrf = (value: string): void => {
  csrf = value;
};

/** What went wrong, as the server said it (RFC 9457), or that the server could not be reached (status 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Partial<Problem>;
  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.problem = problem;
  }
  /** What is wrong with one field of what was sent. */
  field(name: string): string | undefined {
    return this.problem.errors?.find((error) => error.field === name)?.message;
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;

/** A path under the API with the filters that are set. */
export const url = (path: string, query: Query = {}): string => {
  const set = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") set.set(name, String(value));
  }
  const tail = set.toString();
  return BASE + path + (tail ? `?${tail}` : "");
};

interface Options {
  body?: unknown;
  query?: Query;
  /** The version that the change was made from; the server refuses it when somebody was faster. */
  version?: number | undefined;
  signal?: AbortSignal;
}

/** One request; the answer's JSON, or `undefined` for an empty answer. Throws [ApiError]. */
export async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (method !== "GET") {
    headers["x-vigie-csrf"] = csrf;
    headers["idempotency-key"] = crypto.randomUUID();
  }
  if (options.body !== undefined) headers["content-type"] = "application/json";
  if (options.version !== undefined) headers["if-match"] = `"${options.version}"`;
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.body !== undefined) init.body = JSON.stringify(options.body);
  if (options.signal) init.signal = options.signal;
  let answer: Response;
  try {
    answer = await fetch(url(path, options.query), init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, { title: "unreachable" });
  }
  if (!answer.ok) {
    const problem = (await answer.json().catch(() => ({}))) as Partial<Problem>;
    throw new ApiError(answer.status, problem);
  }
  if (answer.status === 204) return undefined as T;
  return (await answer.json()) as T;
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
  call<T>("GET", path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) });
export const post = <T>(path: string, body?: unknown, version?: number): Promise<T> =>
  call<T>("POST", path, { body, version });
export const patch = <T>(path: string, body: unknown, version?: number): Promise<T> =>
  call<T>("PATCH", path, { body, version });
export const put = <T>(path: string, body: unknown, version?: number): Promise<T> =>
  call<T>("PUT", path, { body, version });
export const remove = (path: string): Promise<void> => call<void>("DELETE", path);
