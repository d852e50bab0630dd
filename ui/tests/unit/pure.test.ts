import { expect, test } from "vitest";
import { ApiError, url } from "../../src/api/client";
import { spanOf } from "../../src/parts/window";
import { accountsOf, faint, inDays, safeNext, sharesOf } from "../../src/parts/pure";

test("account lists may be written in any way and name each account once", () => {
  expect(accountsOf(" a, b\nc;a  b ")).toEqual(["a", "b", "c"]);
  expect(accountsOf(" \n")).toEqual([]);
});

test("wave shares are per cent", () => {
  expect(sharesOf("5, 25 100")).toEqual([0.05, 0.25, 1]);
});

test("signing in leads nowhere but into the console", () => {
  expect(safeNext("/cases?q=1")).toBe("/cases?q=1");
  for (const bad of [undefined, "", "https://elsewhere", "//elsewhere", "/\\elsewhere", "javascript:alert(1)"]) expect(safeNext(bad)).toBe("/");
});

test("an expiry is whole days from the hour", () => {
  expect(inDays(30, Date.parse("2026-01-01T10:59:00Z"))).toBe("2026-01-31T10:00:00.000Z");
});

test("colours are mixed with the paper", () => {
  expect(faint("#000000", "#ffffff", 0.5)).toBe("#808080");
  expect(faint("#123456", "#ffffff", 1)).toBe("#123456");
});

test("empty filters stay out of the address", () => {
  expect(url("/cases", { q: "a b", status: undefined, kind: "", limit: 5 })).toBe("/api/v1/cases?q=a+b&limit=5");
});

test("a problem says what is wrong with which field", () => {
  const error = new ApiError(422, { detail: "no", errors: [{ field: "title", message: "is too long" }] });
  expect(error.message).toBe("no");
  expect(error.field("title")).toBe("is too long");
  expect(error.field("other")).toBeUndefined();
});

test("a long list renders what is in sight and a little more, in whole strides", () => {
  expect(spanOf(0, 800, 37, 100_000)).toEqual({ first: 0, last: 35 });
  const far = spanOf(37 * 5000, 800, 37, 100_000);
  expect(far.first).toBeLessThanOrEqual(4990);
  expect(far.last).toBeGreaterThanOrEqual(5000 + Math.ceil(800 / 37) + 10);
  expect(far.last - far.first).toBeLessThan(60);
  expect(spanOf(37 * 99_990, 800, 37, 100_000).last).toBe(100_000);
  expect(spanOf(5_000, 800, 37, 3)).toEqual({ first: 2, last: 3 });
});
