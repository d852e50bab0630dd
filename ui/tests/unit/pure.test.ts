import { expect, test } from "vitest";
import { ApiError, url } from "../../src/api/client";
import { spanOf } from "../../src/parts/window";
import { pack, seats } from "../../src/parts/network/discs";
import { groups } from "../../src/parts/network/groups";
import { fit } from "../../src/parts/network/forces";
import { dot, line, sheet } from "../../src/parts/network/raster";
import { accountsOf, configOf, faint, inDays, safeNext, sharesOf } from "../../src/parts/pure";

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

test("a large network is laid out as discs, the same each time, without two on one place", () => {
  // Three groups of 40 in which everybody is linked, one link between each two, and five accounts alone.
  const ends: [number, number][] = [[0, 40], [40, 80], [80, 0]];
  for (const start of [0, 40, 80]) for (let i = 0; i < 40; i += 1) for (let j = 0; j < i; j += 1) ends.push([start + i, start + j]);
  const links = { a: Uint32Array.from(ends, (e) => e[0]), b: Uint32Array.from(ends, (e) => e[1]), weight: new Float32Array(ends.length).fill(1) };
  const all = groups(125, links);
  expect(all.map((group) => group.length)).toEqual([40, 40, 40, 1, 1, 1, 1, 1]);
  expect(new Set(all[0])).toEqual(new Set(Array.from({ length: 40 }, (_, i) => i)));
  const discs = pack(all.map((group) => group.length));
  for (const [i, one] of discs.entries()) {
    for (const other of discs.slice(0, i)) expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(one.radius + other.radius);
  }
  const places = seats(125, all, discs);
  expect(new Set(Array.from({ length: 125 }, (_, i) => `${places[2 * i]} ${places[2 * i + 1]}`)).size).toBe(125);
  expect(seats(125, groups(125, links), discs)).toEqual(places);
});

test("a shape is fitted into its disc, strays on the rim", () => {
  const places = Float32Array.from([-1, 0, 1, 0, 0, -1, 0, 1, 50, 0, ...Array.from({ length: 80 }, (_, i) => (i % 2 ? 0.5 : -0.5))]);
  const fitted = fit(places, 10, 20, 3);
  for (let i = 0; i < fitted.length; i += 2) expect(Math.hypot((fitted[i] ?? 0) - 10, (fitted[i + 1] ?? 0) - 20)).toBeLessThan(3.01);
});

test("lines and dots cover the pixels that they should, and none outside", () => {
  const on = sheet(10, 4, [255, 255, 255]);
  line(on, -5, 1, 30, 1, [0, 0, 0], 1);
  const red = (x: number, y: number) => on.data[4 * (10 * y + x)];
  for (let x = 0; x < 10; x += 1) expect([red(x, 0), red(x, 1), red(x, 2)]).toEqual([255, 0, 255]);
  dot(on, 5, 3, 1, [200, 0, 0]);
  expect(red(5, 3)).toBe(200);
  expect(red(0, 3)).toBe(255);
  line(on, 3, -10, 3, -5, [0, 0, 0], 1);
  expect(red(3, 0)).toBe(255);
});

test("a hunt's configuration names only what somebody filled in", () => {
  const form = new FormData();
  for (const [name, value] of [["place", "/logs"], ["hunt.alpha", "0.01"], ["hunt.seed", ""], ["read.address_trust", "peer"]]) form.set(name ?? "", value ?? "");
  expect(configOf(form)).toEqual({ hunt: { alpha: 0.01 }, read: { address_trust: "peer" } });
  expect(configOf(new FormData())).toBeUndefined();
});
