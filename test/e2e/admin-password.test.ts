import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import picocolors from 'picocolors';
import { serverLines } from '../../src/cli/views/banner.js';
import { MESSAGES } from '../../src/cli/words/index.js';
import { loadConfig } from '../../src/config/index.js';
import { systemClock, type UiLanguage } from '../../src/core/index.js';
import { Browser } from '../scenarios/security/browser.js';
import { CLI } from '../compiled.js';
import { newDataFolder } from './prepared-phrases.js';
import { ServerUnderTest } from './server.js';

let folder: string;
let server: ServerUnderTest | undefined;
beforeEach(async () => (folder = await newDataFolder('chorus-password-')));
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

function setPassword(
  flags: readonly string[],
  input: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, 'admin', 'password', '--data', folder, '--lang', 'en', ...flags], {
      env: { PATH: process.env['PATH'], ...env },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString('utf8')));
    child.stderr.on('data', (data: Buffer) => (err += data.toString('utf8')));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
    child.stdin.end(input);
  });
}

it('chorus admin password works before the first start and on a running server, unless it is configured', async () => {
  const reset = await setPassword(['--reset', '--json'], '');
  expect(reset).toMatchObject({ code: 0, err: '' });
  const { password } = JSON.parse(reset.out) as { password: string };
  server = await ServerUnderTest.start({}, false, folder);
  // A password is stored already, so the server neither makes nor shows one.
  expect(server.running.newPassword).toBeUndefined();
  const browser = new Browser(server.running);
  expect((await browser.signIn(password)).status).toBe(200);

  const changed = await setPassword([], 'one that I chose\n');
  expect(changed).toMatchObject({ code: 0, out: 'The password is changed. Every browser has to sign in again.\n' });
  expect((await browser.get('/api/v1/devices')).status).toBe(401);
  expect((await new Browser(server.running).signIn('one that I chose')).status).toBe(200);

  const fixed = await setPassword(['--reset'], '', { CHORUS_ADMIN_PASSWORD: 'from the environment' });
  expect([fixed.code === 0, fixed.out, fixed.err]).toEqual([
    false,
    '',
    expect.stringContaining('CHORUS_ADMIN_PASSWORD'),
  ]);
  expect(fixed.err).not.toContain('from the environment');
}, 120_000);

/** The first line that `chorus serve` prints under "What next". */
async function firstStep(
  { running }: ServerUnderTest,
  language: UiLanguage,
  env: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  const loaded = await loadConfig({ dataDir: folder, env, flags: [] });
  if (!loaded.ok) throw new Error('the configuration has mistakes');
  const context = {
    language,
    words: MESSAGES[language],
    env,
    clock: systemClock,
    terminal: false,
    colours: picocolors.createColors(false),
    interrupted: new AbortController().signal,
    out: () => undefined,
    err: () => undefined,
  };
  return /^ {2}1\. .+$/m.exec(serverLines(running, loaded.config, folder, context))?.[0];
}

it('the first start makes a password once, and shows the page to people without a device', async () => {
  server = await ServerUnderTest.start({}, false, folder);
  const page = `http://localhost:${server.running.port}/`;
  expect(await firstStep(server, 'en')).toBe(
    `  1. To see it and to talk without a device, open ${page} in a browser. Its password is shown above.`,
  );
  expect(await firstStep(server, 'zh')).toBe(`  1. 没有设备也能看到它、和它说话：用浏览器打开 ${page}。密码见上面。`);
  const made = server.running.newPassword ?? '';
  expect(made).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
  expect((await new Browser(server.running).signIn(made)).status).toBe(200);
  await server.running.drain('test');
  server = await ServerUnderTest.start({}, false, folder);
  expect(server.running.newPassword).toBeUndefined();
  expect(await firstStep(server, 'en')).toContain(
    `Its password was shown at the first start; to set another one: npx chorus admin password --data ${folder}`,
  );
  expect(await firstStep(server, 'zh', { CHORUS_ADMIN_PASSWORD: 'from the environment' })).toContain(
    '密码就是 admin.password。',
  );
  expect((await new Browser(server.running).signIn(made)).status).toBe(200);
}, 120_000);
