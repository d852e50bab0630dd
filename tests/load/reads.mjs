// Reads of a running server at a fixed pace, whatever the answers take (open loop): a mix of what analysts click.
//
//   node tests/load/reads.mjs URL TOKEN [SECONDS] [READS-A-SECOND]
//
// Start a hunt from the console first to see reads beside it. The server needs at least one case.

const [url, token, seconds = '30', pace = '50'] = process.argv.slice(2);
const headers = { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' };

async function get(path) {
  const response = await fetch(`${url}/api/v1${path}`, { headers });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 200)}`);
  return JSON.parse(text);
}

const cases = (await get('/cases?limit=100')).items;
const members = (await get(`/cases/${cases[0].case_id}/members?limit=50`)).items;
const any = list => list[Math.floor(Math.random() * list.length)];
const clicks = {
  overview: () => '/overview',
  queue: () => '/cases?limit=50',
  'queue, sorted': () => '/cases?status=open&sort=-members',
  case: () => `/cases/${any(cases).case_id}`,
  members: () => `/cases/${any(cases).case_id}/members?limit=100`,
  history: () => `/cases/${any(cases).case_id}/history`,
  campaigns: () => `/cases/${any(cases).case_id}/campaigns`,
  network: () => `/cases/${any(cases).case_id}/network`,
  account: () => `/accounts/${any(members).account_id}`,
  decisions: () => '/decisions?limit=50',
  appeals: () => '/appeals',
  hunts: () => '/hunts',
  scorecards: () => '/scorecards',
  audit: () => '/audit?limit=50',
  session: () => '/session',
};

const times = new Map(Object.keys(clicks).map(name => [name, []]));
let failed = 0;

async function click() {
  const name = any(Object.keys(clicks));
  const began = performance.now();
  try {
    await get(clicks[name]());
  } catch (error) {
    failed += 1;
    console.error(error.message);
  }
  times.get(name).push(performance.now() - began);
}

const began = performance.now();
const open = [];
for (let i = 0; i < Number(pace) * Number(seconds); i++) {
  const wait = began + (i * 1000) / Number(pace) - performance.now();
  if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait));
  open.push(click());
}
await Promise.all(open);

function quantiles(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const at = share => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1);
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, longest ${at(1)} ms`;
}

const all = [...times.values()].flat();
console.log(`${all.length} reads, ${failed} failed: ${quantiles(all)}`);
for (const [name, list] of times) if (list.length) console.log(`  ${name.padEnd(14)} ${list.length}: ${quantiles(list)}`);
process.exit(failed ? 1 : 0);
