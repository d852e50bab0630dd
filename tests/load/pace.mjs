// Reads at a fixed pace, whatever the answers take (an open loop), and how long they took. Time counts from the moment at
// which a read was due, not from when it could be sent: a server that stalls, or a machine that has no core left for this
// program, makes every read late that was due meanwhile.
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

/** One request; its status, once the body is there to the last byte. */
export const ask = (base, path, { headers = {}, body } = {}) => new Promise((resolve, reject) => {
  const json = body === undefined ? undefined : JSON.stringify(body);
  const one = request(`${base}/api/v1${path}`, {
    agent, method: json === undefined ? "GET" : "POST",
    headers: { "accept-encoding": "gzip", ...headers, ...(json === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(json) }) },
  }, (answer) => {
    answer.on("data", () => undefined);
    answer.on("end", () => resolve(answer.statusCode));
    answer.on("error", reject);
  });
  one.on("error", reject);
  one.end(json);
});

/** Sends reads of `next` for so many seconds; gives every one with its milliseconds and whether it failed. */
export async function paced({ seconds, pace, next, send }) {
  const began = performance.now();
  const open = [];
  const late = [];
  const failures = new Set();
  for (let i = 0; i < pace * seconds; i += 1) {
    const due = began + (i * 1000) / pace;
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait);
    late.push(performance.now() - due);
    const read = next();
    open.push(send(read).then((status) => status, (error) => String(error)).then((status) => {
      const failed = status !== 200;
      if (failed && failures.size < 20) failures.add(`${read.what}: ${status}`);
      return { what: read.what, ms: performance.now() - due, failed };
    }));
  }
  return { all: await Promise.all(open), late_p95_ms: quantile(late, 0.95), failures: [...failures] };
}

/** The smallest value that so great a share does not exceed (nearest rank). */
function quantile(list, share) {
  const sorted = [...list].sort((a, b) => a - b);
  return Math.round(10 * (sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0)) / 10;
}

/** Figures of some reads. */
export function figures(list) {
  const ms = list.map((one) => one.ms);
  return {
    reads: list.length, failed: list.filter((one) => one.failed).length,
    p50_ms: quantile(ms, 0.5), p95_ms: quantile(ms, 0.95), p99_ms: quantile(ms, 0.99), max_ms: quantile(ms, 1),
  };
}
