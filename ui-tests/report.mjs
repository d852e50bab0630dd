// The HTML report in a real browser: opened from a file, as a customer would.
// REPORT names the file, CHROMIUM the browser; `cargo xtask test` sets both.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const report = pathToFileURL(process.env.REPORT).href;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const CAMPAIGN = "#campaign-c-4f81d20e";
const WIDTHS = [390, 1280];
const THEMES = ["light", "dark"];
let browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
});
after(() => browser.close());

// Opens the report and hands on the page with what it complained about and what it asked for.
const open = async (hash = "", width = 1280, colorScheme = "light", extra = {}) => {
  const context = await browser.newContext({ viewport: { width, height: 850 }, colorScheme, ...extra });
  const page = await context.newPage();
  const complaints = [];
  const requests = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complaints.push(message.text()); });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(report + hash);
  return { page, complaints, requests, close: () => context.close() };
};
const shown = (page) => page.locator(".page:visible").evaluateAll((all) => all.map((one) => one.id));
const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

test("asks for nothing but the file itself and complains about nothing", async () => {
  const { page, complaints, requests, close } = await open();
  for (const link of await page.locator(".campaigns a").evaluateAll((all) => all.map((a) => a.hash))) {
    await page.evaluate((hash) => { location.hash = hash; }, link);
    await page.waitForFunction((hash) => document.querySelector(hash).classList.contains("shown"), link);
  }
  assert.deepEqual(complaints, []);
  assert.deepEqual(requests.filter((url) => !url.startsWith("data:")), [report]);
  await close();
});

for (const width of WIDTHS) {
  for (const theme of THEMES) {
    for (const hash of ["", CAMPAIGN]) {
      test(`${hash || "overview"} at ${width} px, ${theme}: axe finds nothing and nothing sticks out`, async () => {
        const { page, close } = await open(hash, width, theme, { bypassCSP: true });
        await page.locator("details").evaluateAll((all) => { for (const one of all) one.open = true; });
        assert.ok(await sideways(page) <= 0, `${await sideways(page)} px wider than the screen`);
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
        assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(" | ")}`), []);
        await close();
      });
    }
  }
}

test("the system's theme is followed until the reader chooses one", async () => {
  const paper = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const { page, close } = await open("", 1280, "dark");
  const dark = await paper(page);
  const button = page.getByRole("button", { name: "Theme" });
  await button.click();
  assert.match(await button.textContent(), /light/);
  assert.notEqual(await paper(page), dark);
  await button.click();
  assert.equal(await paper(page), dark);
  await close();
});

test("the address bar leads to pages, and back", async () => {
  const { page, close } = await open();
  assert.deepEqual(await shown(page), ["overview"]);
  await page.getByRole("link", { name: "Resold access" }).click();
  assert.deepEqual(await shown(page), ["campaign-c-5d3e6b90"]);
  assert.match(await page.title(), /Resold access/);
  await page.goBack();
  assert.deepEqual(await shown(page), ["overview"]);
  await page.goto(`${report}#nowhere`);
  assert.deepEqual(await shown(page), ["overview"]);
  await close();
});

test("headers sort by figure, not by text", async () => {
  const { page, close } = await open();
  const accounts = () => page.locator(".campaigns tbody tr").evaluateAll((rows) => rows.map((r) => Number(r.dataset.accounts)));
  await page.getByRole("button", { name: "Accounts" }).click();
  const down = await accounts();
  assert.deepEqual(down, [...down].sort((a, b) => b - a));
  assert.equal(await page.locator(".campaigns th[aria-sort]").getAttribute("aria-sort"), "descending");
  await page.getByRole("button", { name: "Accounts" }).click();
  assert.deepEqual(await accounts(), down.reverse());
  await close();
});

test("filters narrow the table and say by how much", async () => {
  const { page, close } = await open();
  await page.locator("#filters [name=severity]").selectOption("critical");
  assert.equal(await page.locator(".campaigns tbody tr:visible").count(), 2);
  assert.equal(await page.locator("#filters output").textContent(), "2 of 9");
  await page.locator("#filters [name=text]").fill("no such thing");
  assert.ok(await page.getByText("No campaign fits the filter.").isVisible());
  await close();
});

test("members come in pages and can be found", async () => {
  const { page, close } = await open(CAMPAIGN);
  const rows = page.locator(".page.shown .members tbody tr");
  const status = page.locator(".page.shown .pager [role=status]");
  assert.equal(await rows.count(), 25);
  const first = await rows.first().textContent();
  await page.getByRole("button", { name: "Next" }).click();
  assert.match(await status.textContent(), /^26 to 50 of/);
  assert.notEqual(await rows.first().textContent(), first);
  const account = await rows.first().locator("td").first().textContent();
  await page.locator(".page.shown .members input").fill(account);
  assert.equal(await rows.count(), 1);
  await close();
});

test("the network tells about a member under the pointer and by keyboard", async () => {
  const { page, close } = await open(CAMPAIGN);
  const told = page.locator(".page.shown .told");
  const stage = page.locator(".page.shown .stage");
  await stage.focus();
  await page.keyboard.press("ArrowRight");
  assert.match(await told.textContent(), /^acct_.*linked to \d+ by/);
  const walked = await told.textContent();
  await page.locator(".page.shown .stage circle").nth(60).hover();
  assert.notEqual(await told.textContent(), walked);
  await page.keyboard.press("Escape");
  assert.match(await told.textContent(), /Point at a member/);
  await close();
});

test("without script every page stands in a row", async () => {
  const { page, close } = await open("", 1280, "light", { javaScriptEnabled: false });
  assert.equal((await shown(page)).length, 13);
  assert.ok(await page.getByText("The first 20 of 342.").isVisible());
  await close();
});

test("on paper every page is there and no control", async () => {
  const { page, close } = await open();
  await page.emulateMedia({ media: "print" });
  assert.equal((await shown(page)).length, 13);
  assert.equal(await page.locator(".theme:visible, .pager:visible, select:visible, input:visible").count(), 0);
  await close();
});
