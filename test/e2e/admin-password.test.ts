import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Browser } from '../scenarios/security/browser.js';
import { ServerUnderTest } from './server.js';

const CLI = fileURLToPath(new URL('../../src/cli/chorus.ts', import.meta.url));

let folder: string;
let server: ServerUnderTest | undefined;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'chorus-password-'))));
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

function setPassword(flags: readonly string[], input: string, env: Readonly<Record<string, string>> = {}): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', CLI, 'admin', 'password', '--data', folder, '--lang', 'en', ...flags], { env: { PATH: process.env['PATH'], ...env } });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString('utf8')));
    child.stderr.on('data', (data: Buffer) => (err += data.toString('utf8')));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
    child.stdin.end(input);
  });
}

it('chorus admin password: before the first start, while the server runs, and not where the configuration says it', async () => {
  const reset = await setPassword(['--reset', '--json'], '');
  expect(reset).toMatchObject({ code: 0, err: '' });
  const { password } = JSON.parse(reset.out) as { password: string };
  server = await ServerUnderTest.start({}, false, folder);
  // There is one, so none is made and shown.
  expect(server.running.newPassword).toBeUndefined();
  const browser = new Browser(server.running);
  expect((await browser.signIn(password)).status).toBe(200);

  const changed = await setPassword([], 'one that I chose\n');
  expect(changed).toMatchObject({ code: 0, out: 'The password is changed. Every browser has to sign in again.\n' });
  expect((await browser.get('/api/v1/devices')).status).toBe(401);
  expect((await new Browser(server.running).signIn('one that I chose')).status).toBe(200);

  const fixed = await setPassword(['--reset'], '', { CHORUS_ADMIN_PASSWORD: 'from the environment' });
  expect([fixed.code === 0, fixed.out, fixed.err]).toEqual([false, '', expect.stringContaining('CHORUS_ADMIN_PASSWORD')]);
  expect(fixed.err).not.toContain('from the environment');
}, 120_000);

it('the first start makes one, once', async () => {
  server = await ServerUnderTest.start({}, false, folder);
  const made = server.running.newPassword ?? '';
  expect(made).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
  expect((await new Browser(server.running).signIn(made)).status).toBe(200);
  await server.running.drain('test');
  server = await ServerUnderTest.start({}, false, folder);
  expect(server.running.newPassword).toBeUndefined();
  expect((await new Browser(server.running).signIn(made)).status).toBe(200);
}, 120_000);
