// A hunt with a configuration of its own: mistakes first, then the order, then what the finished hunt says of it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { refused, sound } from "../browser.mjs";

/** A hunt of a build without optimisation takes a minute, and the machine may be busy. */
export const HUNT_MS = 300_000;

export async function orderedHunt({ server, who, found }) {
  const { page, go } = who.ada;
  const api = `${server.base}/api/v1`;
  const hunts = async () => (await (await page.request.get(`${api}/hunts`)).json()).items;
  const before = (await hunts()).length;
  await go("/hunts");
  await page.getByRole("button", { name: "Start a hunt…" }).click();
  const dialog = page.getByRole("dialog");
  const logs = dialog.getByLabel("Logs on the server, one path a line");
  const start = dialog.getByRole("button", { name: "Start", exact: true });
  await dialog.getByText("Configuration").click();
  await sound(page, "order of a hunt");

  await logs.fill("/no/such/folder");
  await start.click();
  await refused(page, "Logs on the server, one path a line", /no\/such\/folder/);
  await logs.fill(join(server.hunt, "..", "world"));

  // The browser holds a value outside its range back, even in a part of the form that is folded away.
  const alpha = dialog.getByLabel("False alarms accepted");
  await alpha.fill("2");
  await dialog.getByText("Configuration").click();
  await start.click();
  assert.ok(await alpha.evaluate((input) => input.validity.rangeOverflow));
  await alpha.waitFor({ state: "visible" });
  // What a browser lets through the server refuses, and says so at the field.
  await alpha.evaluate((input) => { input.removeAttribute("max"); });
  await start.click();
  await refused(page, "False alarms accepted", /above 0 and below 1/);
  assert.equal((await hunts()).length, before, "nothing was ordered so far");

  await alpha.fill("0.01");
  await dialog.getByLabel("Smallest group").fill("3");
  await dialog.getByLabel("Client addresses").selectOption("trusted-proxy");
  await dialog.getByLabel("Seed").fill("11");
  await start.click();
  await page.getByText("Hunt started.").waitFor();
  await dialog.waitFor({ state: "detached" });
  assert.equal((await hunts()).length, before + 1);

  await page.locator("tbody tr").first().getByRole("link").click();
  await page.getByRole("heading", { name: "Configuration" }).waitFor();
  await page.locator(".head").getByText("done").waitFor({ timeout: HUNT_MS });
  found.hunt = new URL(page.url()).pathname;
  const facts = page.getByRole("region", { name: "Configuration" }).locator("dl");
  const told = await facts.evaluate((dl) => Object.fromEntries([...dl.querySelectorAll("dt")].map((dt) => [dt.textContent, dt.nextElementSibling.textContent])));
  assert.deepEqual(told, { "False alarms accepted": "0.01", "Smallest group": "3", "Seed": "11", "Client addresses": "from our own proxy" });
  // What the hunt itself says that it went by.
  await page.getByText("α = 0.01", { exact: true }).waitFor();

  // A key that does not exist is told with the one that is meant, to whoever orders over the API.
  const { csrf } = await (await page.request.get(`${api}/session`)).json();
  const answer = await page.request.post(`${api}/hunts`, {
    headers: { "x-vigie-csrf": csrf }, data: { inputs: [join(server.hunt, "..", "world")], config: { hunt: { alhpa: 0.01 } } },
  });
  assert.equal(answer.status(), 422);
  assert.match((await answer.body()).toString(), /did you mean `alpha`\?/);
}
