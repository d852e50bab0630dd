// Every page in both themes, widths and languages, and what belongs to none of them: keys, palette, language, theme.
import assert from "node:assert/strict";
import { person, settled, shot, sound } from "../browser.mjs";

/** Opens every page with one theme, width and language. */
export async function everyPage({ server, who, found, theme, width, locale }) {
  const one = await person(who.ada.context.browser(), server.base, { storageState: await cookiesOf(who.ada), colorScheme: theme, locale, viewport: { width, height: 1000 } });
  const { items: hunts } = await (await one.page.request.get(`${server.base}/api/v1/hunts`)).json();
  const { items: appeals } = await (await one.page.request.get(`${server.base}/api/v1/appeals`)).json();
  const paths = {
    overview: "/", cases: "/cases", case: found.case, network: `${found.case}?tab=network`, members: `${found.case}?tab=members`,
    takedown: `${found.case}?tab=takedown`, history: `${found.case}?tab=history`, account: `/accounts/${found.account}`,
    decisions: "/decisions?view=all", decision: found.decision, appeals: "/appeals", appeal: `/appeals/${appeals[0].appeal_id}`,
    hunts: "/hunts", hunt: found.hunt, diff: `/hunts/${hunts[0].hunt_id}/diff/${hunts[0].hunt_id}`,
    detectors: "/detectors", audit: "/audit", policy: "/settings", people: "/settings?tab=users", tokens: "/settings?tab=tokens",
    webhooks: "/settings?tab=webhooks", exceptions: "/settings?tab=exceptions", password: "/settings?tab=password",
    hand: found.hand, "hand-act": `${found.hand}?tab=takedown`, "hand-history": `${found.hand}?tab=history`,
    form: found.appeal, nowhere: "/no/such/page",
  };
  // Forms over a page, and the button that opens each.
  const forms = { order: ["/hunts", ".head .btn.main"], "new-case": ["/cases", ".head .btn"], "new-person": ["/settings?tab=users", ".panel .btn.main"] };
  const wrong = [];
  for (const [name, path] of Object.entries(paths)) {
    await one.go(path);
    await one.page.locator("h1").first().waitFor({ state: "attached" });
    await sound(one.page, `${name} ${path}`).catch((error) => wrong.push(error.message));
    if (name === "network") await one.page.waitForTimeout(1_500);
    await shot(one.page, `${name}-${theme}-${width}`);
  }
  for (const [name, [path, opener]] of Object.entries(forms)) {
    await one.go(path);
    await settled(one.page);
    await one.page.locator(opener).first().click();
    await one.page.getByRole("dialog").waitFor();
    await sound(one.page, `the form of ${path}`).catch((error) => wrong.push(error.message));
    await shot(one.page, `form-${name}-${theme}-${width}`);
  }
  assert.deepEqual(wrong, []);
  one.quiet();
  await one.context.close();
}

const cookiesOf = async ({ context }) => ({ cookies: (await context.storageState()).cookies, origins: [] });

export async function shell(server, who) {
  const one = await person(who.ada.context.browser(), server.base, { storageState: await cookiesOf(who.ada) });
  const { page, go } = one;
  await go("/");
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  await page.keyboard.press("?");
  await page.getByRole("heading", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("audit");
  await sound(page, "palette");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/audit$/);
  await page.getByRole("button", { name: "Français" }).click();
  await page.getByRole("button", { name: "Vérifier la chaîne" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "fr");
  await page.reload();
  await page.getByRole("button", { name: "Vérifier la chaîne" }).waitFor();
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.getByRole("button", { name: "Clair ou sombre" }).click();
  assert.notEqual(await paper(), light);
  await page.getByRole("button", { name: "Se déconnecter" }).click();
  await page.waitForURL(/\/sign-in/);
  await sound(page, "sign-in");
  await go("/cases?kind=key-takeover");
  await page.waitForURL(/\/sign-in\?next=/);
  one.quiet();
  await one.context.close();
}
