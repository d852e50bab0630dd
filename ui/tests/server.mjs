// A real server for the walk: `vigie serve` on a fresh store, SQLite or a PostgreSQL that ends with the test.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The program under test; `VIGIE` names another. */
export const vigie = process.env.VIGIE ?? new URL("../../target/debug/vigie", import.meta.url).pathname;
const WAIT_MS = 60_000;

const freePort = () => new Promise((resolve, reject) => {
  const probe = createServer().once("error", reject).listen(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});

const until = async (what, done) => {
  const end = Date.now() + WAIT_MS;
  while (!(await done())) {
    assert.ok(Date.now() < end, `${what} takes more than ${WAIT_MS / 1000} s`);
    await sleep(100);
  }
};

/** A made-up world and what a hunt says of it; made once. `HUNT` names a folder that has both already. */
export const world = (() => {
  let made;
  return () => {
    made ??= process.env.HUNT ?? make();
    return made;
  };
  function make() {
    const dir = mkdtempSync(join(tmpdir(), "vigie-world-"));
    process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
    execFileSync(vigie, ["sim", join(dir, "world"), "--preset", "small", "--seed", "7"], { stdio: "ignore" });
    try {
      execFileSync(vigie, ["hunt", join(dir, "world"), "--out", join(dir, "hunt"), "--quiet"], { stdio: "ignore" });
    } catch (error) {
      // 1 says that campaigns were found.
      assert.equal(error.status, 1, `the hunt failed with ${error.status}`);
    }
    return join(dir, "hunt");
  }
})();

/** Starts a server; `set` is its one-time link. */
export async function serve({ db } = {}) {
  const dir = mkdtempSync(join(tmpdir(), "vigie-walk-"));
  const hunt = world();
  const base = `http://127.0.0.1:${await freePort()}`;
  const token = join(dir, "token");
  const child = spawn(vigie, [
    "serve", "--addr", base.slice("http://".length), "--data", join(dir, "data"), "--inputs", join(hunt, ".."),
    "--setup-token-file", token, ...(db ? ["--db", db] : []),
  ], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (part) => { said += part; });
  await until("the start of the server", async () => {
    assert.equal(child.exitCode, null, `the server ended: ${said}`);
    return existsSync(token) && (await fetch(`${base}/readyz`).catch(() => undefined))?.ok;
  });
  return {
    base, hunt, set: `${base}/setup?token=${readFileSync(token, "utf8").trim()}`,
    stop: async () => {
      child.kill("SIGTERM");
      await until("the end of the server", () => child.exitCode !== null || child.signalCode !== null);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A PostgreSQL of the test's own, or the reason why there is none; `fsync` makes its writes wait for the disk. */
export async function postgres({ fsync = false } = {}) {
  const home = "/usr/lib/postgresql";
  const version = existsSync(home) ? readdirSync(home).sort().at(-1) : undefined;
  if (!version) return { missing: "PostgreSQL is not installed (apt-get install postgresql)" };
  const bin = join(home, version, "bin");
  const dir = mkdtempSync(join(tmpdir(), "vigie-pg-"));
  const root = process.getuid() === 0;
  // PostgreSQL refuses to run as root.
  if (root) execFileSync("chown", ["postgres", dir]);
  const as = (program, args) => (root
    ? ["setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=INT", join(bin, program), ...args]]
    : [join(bin, program), args]);
  const data = join(dir, "data");
  execFileSync(...as("initdb", ["-A", "trust", "-U", "vigie", "-E", "UTF8", "--locale=C", "--no-sync", "-D", data]), { stdio: "ignore", cwd: dir });
  const child = spawn(...as("postgres", ["-D", data, "-c", "listen_addresses=", "-c", `unix_socket_directories=${dir}`, "-c", `fsync=${fsync ? "on" : "off"}`]), { stdio: "ignore", cwd: dir });
  await until("the start of PostgreSQL", () => {
    assert.equal(child.exitCode, null, "PostgreSQL ended");
    try {
      execFileSync(...as("pg_isready", ["-q", "-h", dir, "-U", "vigie"]), { stdio: "ignore", cwd: dir });
      return true;
    } catch {
      return false;
    }
  });
  execFileSync(...as("createdb", ["-h", dir, "-U", "vigie", "walk"]), { stdio: "ignore", cwd: dir });
  return {
    url: `postgres://vigie@/walk?host=${dir}`,
    stop: async () => {
      child.kill("SIGINT");
      await until("the end of PostgreSQL", () => child.exitCode !== null || child.signalCode !== null);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
