// Chromium, people who are signed in, and what every page must keep.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
export const PASSWORD = "a long enough password 7";

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

/** A browser of somebody's own. What the page complains of is gathered; what it asks of other hosts fails the test. */
export async function person(browser, base, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light", locale: "en-US", ...options });
  if (process.env.DIST) await fromFolder(context, base, process.env.DIST);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints = [];
  page.on("console", (message) => {
    // WebGL in software says how slow it is; that is no complaint about the page. Neither is an answer that the page shows.
    if (!["error", "warning"].includes(message.type()) || /GL Driver|status of 4\d\d/.test(message.text())) return;
    complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url())) complaints.push(`asked for ${request.url()}`);
  });
  const go = (path) => page.goto(base + path);
  const tryToSignIn = async (name, password) => {
    await go("/sign-in");
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  const signIn = async (name, password = PASSWORD) => {
    await tryToSignIn(name, password);
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  };
  const quiet = () => assert.deepEqual(complaints, []);
  return { page, context, go, tryToSignIn, signIn, quiet, complaints };
}

/** Serves the console from a folder under the server's own policy, to try a build without building the server. */
async function fromFolder(context, base, folder) {
  const policy = (await fetch(base)).headers.get("content-security-policy");
  const types = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml" };
  await context.route((url) => url.href.startsWith(base) && !url.pathname.startsWith("/api/"), (route) => {
    const wanted = join(folder, new URL(route.request().url()).pathname);
    const path = existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(folder, "index.html");
    return route.fulfill({ path, contentType: types[path.split(".").at(-1)], headers: { "content-security-policy": policy } });
  });
}

/** Answers the dialog that asks for a reason. */
export async function because(page, button, reason) {
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill(reason);
  await dialog.getByRole("button", { name: button, exact: true }).click();
  await dialog.waitFor({ state: "detached" });
}

/** What a field is told to be wrong with, tied to it for those who hear the page. */
export async function refused(page, label, message) {
  const field = page.getByLabel(label, { exact: true });
  await page.locator(".wrong", { hasText: message }).waitFor();
  assert.equal(await field.getAttribute("aria-invalid"), "true", label);
  const told = (await field.getAttribute("aria-describedby")).split(" ").map((id) => page.locator(`[id="${id}"]`).textContent());
  assert.match((await Promise.all(told)).join(" "), message);
}

/** A picture for whoever looks at the console; SHOTS names the folder. */
export async function shot(page, name) {
  if (!process.env.SHOTS) return;
  mkdirSync(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
}

/** A picture of the manual, in its size; PICTURES names the folder. */
export async function picture(page, name, height = 820) {
  if (!process.env.PICTURES) return;
  const before = page.viewportSize();
  await page.setViewportSize({ width: 1280, height });
  await settled(page);
  // What was told last goes away by itself.
  await page.waitForFunction(() => !document.querySelector(".toast"));
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: join(process.env.PICTURES, `console-${name}.png`) });
  await page.setViewportSize(before);
}

/** Waits until nothing is being loaded. */
export async function settled(page) {
  await page.waitForFunction(() => !document.querySelector(".bones"));
  await page.waitForTimeout(150);
}

/** axe finds nothing and nothing is wider than the screen. */
export async function sound(page, what) {
  await settled(page);
  await page.locator("details").evaluateAll((all) => { for (const one of all) one.open = true; });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${what}: ${over} px wider than the screen`);
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => (await window.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"],
  })).violations);
  assert.deepEqual(violations.map((v) => `${what}: ${v.id}: ${v.nodes.slice(0, 4).map((n) => `${n.target} ${n.html.slice(0, 140)}`).join(" | ")}`), []);
}
