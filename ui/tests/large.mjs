// The console under large cases: 100,000 members in the table, 25,000 accounts in the picture. The server is real; the
// members and the network of one case are made up here, since no small world has so many.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, person, PASSWORD, settled } from "./browser.mjs";
import { serve } from "./server.mjs";

const MEMBERS = 100_000;
const NODES = 25_000;
const EDGES = 60_000;
let browser;
let server;
let one;
let path;

before(async () => {
  browser = await launch();
  server = await serve();
  one = await person(browser, server.base);
  const { page } = one;
  await page.goto(server.set);
  await page.getByLabel("Name").fill("ada");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Become the first admin" }).click();
  await page.getByText("Nothing has been hunted yet").waitFor();
  await one.go("/cases");
  await page.getByRole("button", { name: "New case" }).click();
  await page.getByRole("dialog").getByLabel("Title").fill("A large one");
  await page.getByRole("dialog").getByLabel("Accounts").fill("a b c");
  await page.getByRole("button", { name: "Open case" }).click();
  await page.waitForURL(/\/cases\/case_/);
  path = new URL(page.url()).pathname;
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const account = (i) => `acc_${String(i).padStart(16, "0")}`;
// The same numbers each time (mulberry32).
const numbers = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
};

test("a table of 100,000 members scrolls smoothly", async () => {
  const { page } = one;
  await page.route("**/members?*", (route) => {
    const query = new URL(route.request().url()).searchParams;
    const start = Number(query.get("cursor") ?? 0);
    const end = Math.min(MEMBERS, start + Number(query.get("limit")));
    const items = [];
    for (let i = start; i < end; i += 1) items.push({ account_id: account(i), score: 1 - i / MEMBERS, share: 0.5, excepted: false, bystander: false });
    return route.fulfill({ json: { items, total: MEMBERS, ...(end < MEMBERS ? { next_cursor: String(end) } : {}) } });
  });
  await one.go(`${path}?tab=members`);
  await page.getByText(account(0)).waitFor();
  const table = page.getByRole("region", { name: "Members" });
  const loaded = () => page.locator(".tools .end").textContent();
  while (!(await loaded()).includes("100,000 of 100,000")) {
    await table.evaluate((box) => { box.scrollTop = box.scrollHeight; });
    await page.waitForTimeout(10);
  }
  await table.evaluate((box) => { box.scrollTop = box.scrollHeight; });
  await page.getByText(account(MEMBERS - 1)).waitFor();
  for (const [what, step, steps] of [["as a wheel turns", 240, 300], ["dragged from end to end", undefined, 120]]) {
    const used = await spent(page);
    const { gaps, rows } = await table.evaluate(scrolled, { step, steps });
    console.log(`100,000 rows, ${what}: work of the page a frame, ${await used(steps)}`);
    const at = (share) => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))];
    console.log(`100,000 rows, ${what}: at most ${rows} in the page; between frames ${at(0.5).toFixed(1)} ms median, `
      + `${at(0.95).toFixed(1)} ms at the 95th percentile (${(1000 / at(0.95)).toFixed(0)} a second), ${at(1).toFixed(1)} ms at most`);
    assert.ok(rows < 120, `${rows} rows are in the page`);
    // On a machine of its own it is a third of this; a table that puts all rows into the page takes seconds.
    assert.ok(at(0.5) < 100, `${at(0.5)} ms between frames`);
  }
});

/** Processor time of the page's main thread, whatever else the machine does: script, style and layout, all of it. */
async function spent(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  const read = async () => Object.fromEntries((await cdp.send("Performance.getMetrics")).metrics.map(({ name, value }) => [name, value * 1000]));
  const before = await read();
  return async (frames) => {
    const now = await read();
    await cdp.detach();
    const each = (...names) => (names.reduce((sum, name) => sum + now[name] - before[name], 0) / frames).toFixed(1);
    return `${each("ScriptDuration")} ms script, ${each("RecalcStyleDuration", "LayoutDuration")} ms style and layout, ${each("TaskDuration")} ms in all`;
  };
}

/** Runs in the page: scrolls a step a frame (or the whole way in so many steps) and notes the time between frames. */
async function scrolled(box, { step, steps }) {
  const frame = () => new Promise((next) => requestAnimationFrame(next));
  const gaps = [];
  let most = 0;
  box.scrollTop = 0;
  for (let i = 0; i < 10; i += 1) await frame();
  let last = performance.now();
  for (let i = 1; i <= steps; i += 1) {
    box.scrollTop = step === undefined ? (box.scrollHeight * i) / steps : i * step;
    await frame();
    const now = performance.now();
    gaps.push(now - last);
    last = now;
    most = Math.max(most, box.querySelectorAll("tbody tr").length);
  }
  return { gaps: gaps.sort((a, b) => a - b), rows: most };
}

test("a network of 25,000 accounts is drawn without freezing the page", async () => {
  const { page } = one;
  const random = numbers(7);
  const nodes = Array.from({ length: NODES }, (_, id) => ({ id, account_id: account(id), score: random(), share: random() }));
  const layers = ["content", "infrastructure", "payment"];
  const edges = Array.from({ length: EDGES }, () => {
    const a = Math.floor(random() * NODES);
    // Groups of a hundred, as campaigns are, and a link in twenty to anybody.
    const b = random() < 0.05 ? Math.floor(random() * NODES) : Math.floor(a / 100) * 100 + Math.floor(random() * 100);
    return { a, b: Math.min(NODES - 1, b), weight: 1 + 9 * random(), layer: layers[Math.floor(random() * 3)] };
  });
  await page.route("**/network", (route) => route.fulfill({ json: { nodes, edges, members: NODES } }));
  await page.addInitScript(() => {
    window.longest = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration); }).observe({ type: "longtask" });
  });
  const began = Date.now();
  await one.go(`${path}?tab=network`);
  const canvas = page.locator(".net .canvas");
  // The number of links on the screen; 0 with the first picture, which shows the accounts.
  await page.waitForFunction(() => Number(document.querySelector(".net .canvas")?.dataset.links ?? -1) >= 0, undefined, { timeout: 120_000 });
  const first = Date.now() - began;
  await page.waitForFunction((all) => Number(document.querySelector(".net .canvas")?.dataset.links) === all, EDGES, { timeout: 120_000 });
  const whole = Date.now() - began;
  await settled(page);
  const opened = await page.evaluate(() => window.longest);
  await page.evaluate(() => { window.longest = 0; });
  // While the layout goes on: zoom, move, hide a layer, choose an account.
  const box = await canvas.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (let i = 0; i < 10; i += 1) await page.mouse.wheel(0, -120);
  await page.mouse.down();
  await page.mouse.move(box.x + 80, box.y + 80, { steps: 10 });
  await page.mouse.up();
  await page.getByRole("button", { name: "Fit" }).click();
  await page.getByRole("checkbox", { name: "payment" }).uncheck();
  await page.waitForFunction((all) => Number(document.querySelector(".net .canvas")?.dataset.links) < all, EDGES);
  const used = await page.evaluate(() => window.longest);
  console.log(`25,000 accounts and 60,000 links: accounts drawn after ${first} ms, with all links after ${whole} ms; `
    + `longest task ${Math.round(opened)} ms while opening, ${Math.round(used)} ms while used`);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/large-network.png` });
  // Forces for all accounts at once took 7 to 21 seconds to the first picture, and painting all links 10 to 23.
  assert.ok(first < 10_000, `the first picture took ${first} ms`);
  assert.ok(opened < 1_500 && used < 1_000, `the page stood still for ${opened} and ${used} ms`);
  one.quiet();
});
