// How fast the server answers fifty analysts while it hunts: a real server on a real world, on SQLite and, where it is
// installed, on PostgreSQL. `cargo xtask load` builds, makes the world and runs this; it prints figures as JSON.
//
//   VIGIE=program HUNT=folder-of-a-hunt node tests/load/load.mjs [SECONDS] [READS-A-SECOND]
import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { postgres, serve } from "../../ui/tests/server.mjs";
import { reads } from "./mix.mjs";
import { ask, figures, paced } from "./pace.mjs";

const [seconds = 60, pace = 50] = process.argv.slice(2).map(Number);
const ANALYSTS = 50;
const PASSWORD = "a long enough password 7";
/** Time after which hunts that have not ended are a failure, and between two looks at them. */
const HUNT_MS = 600_000;
const LOOK_MS = 250;
const DAY_MS = 86_400_000;

const say = (line) => process.stderr.write(`${line}\n`);
const stores = [];
let size;
for (const store of ["SQLite", "PostgreSQL"]) {
  // Writes wait for the disk, as they do where it matters.
  const database = store === "PostgreSQL" ? await postgres({ fsync: true }) : undefined;
  if (database?.missing) {
    say(`${store} is left out: ${database.missing}`);
    continue;
  }
  try {
    const server = await serve({ db: database?.url });
    try {
      const { measured, ...of } = await run(server);
      size = of;
      stores.push({ store, ...measured });
    } finally {
      await server.stop();
    }
  } finally {
    await database?.stop();
  }
}
process.stdout.write(`${JSON.stringify({ ...size, seconds, reads_per_s: pace, analysts: ANALYSTS, stores }, null, 2)}\n`);

/** Signs in, fills the records, and reads beside hunts. */
async function run(server) {
  const api = await signedIn(server);
  const world = await filled(api, server);
  const streams = Array.from({ length: ANALYSTS }, () => listen(server.base, api.headers));
  const hunting = hunts(api, join(server.hunt, "..", "world"));
  try {
    await hunting.begun;
    const next = reads(world);
    const send = ({ path, body }) => ask(server.base, path, { headers: api.headers, body });
    // Caches fill and connections open before anything counts.
    await paced({ seconds: Math.min(5, seconds), pace, next: () => next.next().value, send });
    hunting.count();
    const { all, late_p95_ms, failures } = await paced({ seconds, pace, next: () => next.next().value, send });
    const beside = hunting.counted();
    for (const failure of failures) say(failure);
    const names = [...new Set(all.map((one) => one.what))].sort();
    const endpoints = names.map((what) => ({ what, ...figures(all.filter((one) => one.what === what)) }));
    const { exchanges, accounts } = (await api.get("/hunts")).items.at(-1);
    const measured = { total: figures(all), late_p95_ms, ...beside, endpoints };
    say(JSON.stringify({ ...measured.total, late_p95_ms, ...beside }));
    return { exchanges, accounts, cases: world.cases.length, measured };
  } finally {
    await hunting.end();
    for (const stream of streams) stream.abort();
  }
}

/** The first admin's session, as the console holds it. */
async function signedIn(server) {
  const token = new URL(server.set).searchParams.get("token");
  const answer = await fetch(`${server.base}/api/v1/setup`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ token, name: "ada", password: PASSWORD }),
  });
  assert.ok(answer.ok, await answer.clone().text());
  const headers = { cookie: answer.headers.get("set-cookie").split(";")[0], "x-vigie-csrf": (await answer.json()).csrf };
  const call = async (path, body, version) => {
    const own = { ...headers, "content-type": "application/json", ...(version === undefined ? {} : { "if-match": `"${version}"` }) };
    const init = body === undefined ? { headers } : { method: "POST", headers: own, body: JSON.stringify(body) };
    const reply = await fetch(`${server.base}/api/v1${path}`, init);
    assert.ok(reply.ok, `${path}: ${reply.status} ${await reply.clone().text()}`);
    return reply.json();
  };
  return { headers, get: (path) => call(path), post: call };
}

/** Takes a hunt in, acts on every third of its cases, appeals once: a desk that is in use. */
async function filled(api, server) {
  await api.post("/hunts/import", { dir: server.hunt });
  const cases = (await api.get("/cases?limit=500")).items.map((one) => one.case_id);
  const order = {
    action: "throttle", reason_code: "extraction", reason_text: "Your account took part in copying a model.",
    expires_at: new Date(Date.now() + 30 * DAY_MS).toISOString(), simulated: false, exclude: [], disclose: [],
  };
  for (const id of cases.filter((_, i) => i % 3 === 0)) {
    await api.post(`/cases/${id}/notes`, { text: "Looked at by two of us." });
    let takedown = await api.post(`/cases/${id}/takedowns`, order);
    while (["approved", "running"].includes(takedown.status)) {
      takedown = await api.post(`/takedowns/${takedown.takedown_id}/next_wave`, { reason: "no appeals yet" }, takedown.version);
    }
  }
  const accounts = [];
  for (const id of cases) accounts.push(...(await api.get(`/cases/${id}/members?limit=20`)).items.map((one) => one.account_id));
  const decisions = (await api.get("/decisions?limit=100")).items;
  const appealed = decisions.find((one) => one.appeal_token);
  if (appealed) await api.post(`/public/appeals/${appealed.appeal_token}`, { statement: "We are a class and share a sheet." });
  assert.ok(cases.length > 0 && accounts.length > 0 && decisions.length > 0, "there is something to read");
  return { cases, accounts, decisions: decisions.map((one) => one.decision_id), order };
}

/** An open console hears of changes. */
function listen(base, headers) {
  const stop = new AbortController();
  void fetch(`${base}/api/v1/events`, { headers, signal: stop.signal })
    .then(async (answer) => { for await (const part of answer.body) void part; })
    .catch(() => undefined);
  return stop;
}

/** One hunt after the other until told to end, the next always waiting; counts which share of the time one was running. */
function hunts(api, input) {
  let over = false;
  let counting = false;
  let [looked, running, done] = [0, 0, 0];
  let tellBegun;
  const begun = new Promise((resolve, reject) => { tellBegun = { resolve, reject }; });
  const ended = new Set();
  const work = (async () => {
    const end = Date.now() + HUNT_MS + 1000 * seconds;
    for (let open = 0; !over || open > 0; await sleep(LOOK_MS)) {
      assert.ok(Date.now() < end, "hunts take too long");
      const { items } = await api.get("/hunts?limit=10");
      const failed = items.find((one) => one.status === "failed");
      assert.equal(failed, undefined, failed?.error);
      const now = items.some((one) => one.status === "running");
      if (now) tellBegun.resolve();
      const fresh = items.filter((one) => one.status === "done" && !ended.has(one.hunt_id));
      for (const one of fresh) ended.add(one.hunt_id);
      if (counting) [looked, running, done] = [looked + 1, running + now, done + fresh.length];
      open = items.filter((one) => ["queued", "running"].includes(one.status)).length;
      for (; !over && open < 2; open += 1) await api.post("/hunts", { inputs: [input] });
    }
  })();
  work.catch(tellBegun.reject);
  return {
    begun,
    count: () => { counting = true; },
    counted: () => {
      counting = false;
      return { hunts: done, hunting_share: looked ? Math.round((100 * running) / looked) / 100 : 0 };
    },
    // The last ones run to their end, so that the server is not stopped under them.
    end: async () => {
      over = true;
      await work;
    },
  };
}
