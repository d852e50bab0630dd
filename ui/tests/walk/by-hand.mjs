// A case that a person opens for accounts that somebody reported: note, preview, takedown, appeal page, and the way back.
import assert from "node:assert/strict";
import { because, person, sound } from "../browser.mjs";

const NOTE = "Two customers reported the same phishing letter from these accounts.";
const STRANGER = "acc_that_no_hunt_ever_saw";
/** Waves of a handful of accounts, at most. */
const WAVES_MAX = 5;

export async function caseByHand({ server, who, found }) {
  const { page, go } = who.ada;
  const api = `${server.base}/api/v1`;
  const read = async (path) => (await page.request.get(`${api}${path}`)).json();
  const accounts = [...await unconcerned(read, found), STRANGER];
  /** The accounts on which a decision is in force, with its action. */
  const inForce = async () => (await Promise.all(accounts.map(async (id) => [id, (await read(`/accounts/${id}`)).effective?.action]))).filter(([, action]) => action);

  await go("/cases");
  await page.getByRole("button", { name: "New case" }).click();
  const dialog = page.getByRole("dialog");
  await sound(page, "new case");
  await dialog.getByLabel("Title").fill("Reported by customers");
  await dialog.getByLabel("Kind").selectOption("shared-playbook");
  await dialog.getByLabel("Accounts").fill(accounts.join("\n"));
  await dialog.getByText(`${accounts.length} accounts`).waitFor();
  await dialog.getByRole("button", { name: "Open case" }).click();
  await page.getByText("No hunt speaks for this case").waitFor();
  found.hand = new URL(page.url()).pathname;

  await page.getByRole("link", { name: "Add a note" }).click();
  await page.getByLabel(/^What you know/).fill(NOTE);
  await page.getByRole("button", { name: "Add note" }).click();
  await page.locator(".history .note", { hasText: NOTE }).waitFor();
  await page.locator(".history").getByText("opened by hand").waitFor();

  await page.getByRole("link", { name: "Act…" }).click();
  await page.locator(".ladder label", { hasText: "throttle" }).click();
  const preview = page.getByTestId("preview");
  const hit = preview.locator("dl > div", { hasText: "Accounts hit" }).locator("dd");
  const held = Number.parseInt(await hit.locator("small").textContent(), 10);
  const all = accounts.length - held;
  assert.equal(Number(await hit.evaluate((dd) => dd.firstChild.textContent)), all, "the preview says who would be hit");
  assert.equal(await preview.getByText("Needs a second person:").count(), 0, "so few need nobody else");
  await page.getByLabel("What the accounts are told").fill("Your account sent letters that others reported.");
  await page.getByRole("checkbox", { name: "Note of an analyst" }).check();
  await page.getByRole("button", { name: "Start takedown" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Start takedown" }).click();
  const next = page.getByRole("button", { name: "Apply next wave" });
  await next.waitFor();
  assert.deepEqual(await inForce(), [], "nobody is hit before the first wave");
  for (let wave = 1; await next.count() > 0; wave += 1) {
    assert.ok(wave <= WAVES_MAX, "the waves come to an end");
    await next.click();
    await because(page, "Apply next wave", "no appeals yet");
    await page.locator(`.waves li.done >> nth=${wave - 1}`).waitFor();
  }
  const acted = await inForce();
  assert.equal(acted.length, all, "every member is acted upon but for those held out");
  for (const [id, action] of acted) assert.equal(action, "throttle", id);

  // Whoever is hit sees the note, since it was ticked.
  await go(`/accounts/${acted[0][0]}`);
  await page.getByText("In force now:").waitFor();
  await page.locator("table a", { hasText: "throttle" }).click();
  const link = new URL(await page.getByLabel("Appeal link").last().textContent()).pathname;
  const stranger = await person(page.context().browser(), server.base);
  await stranger.go(link);
  await stranger.page.getByText(NOTE).waitFor();
  stranger.quiet();
  await stranger.context.close();

  await go(`${found.hand}?tab=takedown`);
  await page.getByRole("button", { name: "Reverse everything" }).click();
  await because(page, "Reverse everything", "the letters were a test of their own");
  await page.locator(".waves li.reversed").first().waitFor();
  assert.deepEqual(await inForce(), [], "nothing is left in force");
  await go(`${found.hand}?tab=history`);
  await page.getByText("takedown reversed: the letters were a test of their own").waitFor();
}

/** Three accounts of another case, on which nobody decided. */
async function unconcerned(read, found) {
  const { items } = await read("/cases?sort=-members&limit=5");
  const other = items.find((one) => !found.case.endsWith(one.case_id) && one.members >= 3);
  assert.ok(other, "the world has more than one case");
  return (await read(`/cases/${other.case_id}/members?limit=3`)).items.map((member) => member.account_id);
}
