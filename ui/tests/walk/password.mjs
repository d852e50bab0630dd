// Changing one's own password, as somebody would who fears that another knows it.
import assert from "node:assert/strict";
import { person, PASSWORD, refused } from "../browser.mjs";

const NEXT = "quite another password 8";

export async function ownPassword({ browser, server, who }) {
  const { page, go } = who.chloe;
  const elsewhere = await person(browser, server.base);
  await elsewhere.signIn("chloe");
  await go("/settings?tab=password");
  const field = (name) => page.getByLabel(name, { exact: true });
  const change = async (old, next, again = next) => {
    await field("Password until now").fill(old);
    await field("New password").fill(next);
    await field("New password again").fill(again);
    await page.getByRole("button", { name: "Change password" }).click();
  };
  await change(PASSWORD, NEXT, `${NEXT}9`);
  await refused(page, "New password again", /The two are not the same/);
  await change("not my password at all", NEXT);
  await refused(page, "Password until now", /This is not your password/);
  assert.equal(await page.locator(".wrong").count(), 1, "what was mended is no longer told");
  await change(PASSWORD, NEXT);
  await page.getByText("Password changed. Your other sessions have ended.").waitFor();
  for (const name of ["Password until now", "New password", "New password again"]) assert.equal(await field(name).inputValue(), "", name);

  await elsewhere.page.reload();
  await elsewhere.page.waitForURL(/\/sign-in/);
  await elsewhere.tryToSignIn("chloe", PASSWORD);
  await elsewhere.page.getByText("Name or password is wrong.").waitFor();
  await elsewhere.signIn("chloe", NEXT);
  elsewhere.quiet();
  await elsewhere.context.close();
  await page.reload();
  await field("New password").waitFor();

  const { items } = await (await who.ada.page.request.get(`${server.base}/api/v1/audit?limit=50`)).json();
  const done = items.filter((entry) => entry.actor === "chloe").map((entry) => entry.action);
  for (const action of ["user.password_refused", "user.password_changed"]) assert.ok(done.includes(action), `${action} is not among ${done}`);
}
