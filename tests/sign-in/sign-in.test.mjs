// Signs in by OpenID Connect: a real server, a real provider, and a browser's part played by hand.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

const VIGIE = process.env.VIGIE;
const running = [];
let url;

/** A port that nobody has now. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a program and waits until it says so. */
async function start(command, args, env, stream, sign) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, cwd: import.meta.dirname });
  running.push(child);
  let said = '';
  await new Promise((resolve, reject) => {
    child[stream].on('data', data => {
      said += data;
      if (said.includes(sign)) resolve();
    });
    child.on('exit', code => reject(new Error(`${command} ended with ${code}: ${said}`)));
  });
}

let folder;

before(async () => {
  const [provider, server] = [await freePort(), await freePort()];
  url = `http://127.0.0.1:${server}`;
  const data = mkdtempSync(join(tmpdir(), 'vigie-sign-in-'));
  folder = data;
  const env = { PORT: provider, REDIRECT: `${url}/api/v1/oidc/callback` };
  await start('node', ['provider.mjs'], env, 'stdout', 'ready');
  const args = ['serve', '--addr', `127.0.0.1:${server}`, '--data', data, '--public-url', url];
  args.push('--oidc-issuer', `http://127.0.0.1:${provider}`, '--oidc-client-id', 'vigie');
  args.push('--oidc-new-users', 'analyst');
  await start(VIGIE, args, { VIGIE_OIDC_SECRET: 'a secret / with & signs' }, 'stderr', 'Set up:');
});

after(() => {
  running.forEach(child => child.kill());
  // A server that is told to end may still write.
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

/** A browser without a screen: keeps cookies by host, follows redirects, tells the last page. */
function browser() {
  const jar = new Map();
  return async function go(address, options = {}) {
    for (let hop = 0; hop < 12; hop++) {
      const to = new URL(address);
      const cookies = jar.get(to.host) ?? new Map();
      jar.set(to.host, cookies);
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = { ...options.headers, cookie };
      const response = await fetch(to, { ...options, redirect: 'manual', headers });
      for (const line of response.headers.getSetCookie()) {
        const [name, value] = line.split(';')[0].split(/=(.*)/s);
        cookies.set(name, value);
      }
      if (response.status < 300 || response.status > 399) {
        return { status: response.status, address: to.href, text: await response.text() };
      }
      address = new URL(response.headers.get('location'), to).href;
      options = {};
    }
    throw new Error('redirects without end');
  };
}

/** Fills the provider's form on this page: who it is, then that Vigie may know. */
async function fill(go, page, login) {
  const action = /action="([^"]+)"/.exec(page.text)[1];
  const prompt = /name="prompt" value="([^"]+)"/.exec(page.text)[1];
  const body = new URLSearchParams(prompt === 'login' ? { prompt, login, password: 'any' } : { prompt });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return go(new URL(action, page.address).href, { method: 'POST', body, headers });
}

/** All of it: from the button to the console. */
async function signIn(go, login) {
  let page = await go(`${url}/api/v1/oidc/start`);
  while (page.address.includes('/interaction/')) {
    page = await fill(go, page, login);
  }
  return page;
}

const session = async go => JSON.parse((await go(`${url}/api/v1/session`)).text);

test('whom the provider vouches for is signed in, and is the same person the next time', async () => {
  const go = browser();
  assert.equal((await signIn(go, 'grace')).address, `${url}/`);
  const first = await session(go);
  assert.equal(first.user.name, 'grace@example.com');
  assert.equal(first.user.role, 'analyst');
  const again = browser();
  await signIn(again, 'grace');
  assert.equal((await session(again)).user.user_id, first.user.user_id);
});

test('an answer that another browser asked for is refused', async () => {
  const victim = browser();
  await victim(`${url}/api/v1/oidc/start`);
  const page = await victim(`${url}/api/v1/oidc/callback?code=stolen&state=guessed`);
  assert.equal(page.status, 403);
  assert.equal((await session(victim)).user, undefined);
});

test('a code that the provider did not give is refused', async () => {
  // The state is the browser's own, so that the provider is asked about the code.
  const response = await fetch(`${url}/api/v1/oidc/start`, { redirect: 'manual' });
  const cookie = response.headers.getSetCookie()[0].split(';')[0];
  const state = new URL(response.headers.get('location')).searchParams.get('state');
  const address = `${url}/api/v1/oidc/callback?code=made-up&state=${state}`;
  const refused = await fetch(address, { redirect: 'manual', headers: { cookie } });
  assert.equal(refused.status, 403);
  assert.match((await refused.json()).detail, /invalid_grant/);
});
