import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI } from '../compiled.js';
import { describeWith } from '../fakes/required.js';
import { NO_CHROMIUM, openPage, signIn, startBrowser } from './browser.js';
import { newDataFolder } from './prepared-phrases.js';
import { ServerUnderTest } from './server.js';

const ODD = fileURLToPath(new URL('../fakes/odd-mcp-server.mjs', import.meta.url));
const SERVERS = {
  odd: { command: process.execPath, args: [ODD], env: { KEY: 'hunter2-secret' } },
  broken: { command: process.execPath, args: [ODD, 'refuse'], env: { KEY: 'hunter2-secret' } },
};

let server: ServerUnderTest;
beforeAll(async () => {
  const dataDir = await newDataFolder('chorus-mcp-');
  await writeFile(join(dataDir, 'mcp_servers.json'), JSON.stringify({ mcpServers: SERVERS }));
  server = await ServerUnderTest.start({}, false, dataDir);
}, 120_000);
afterAll(() => server.stop());

function chorus(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  const all = [CLI, 'mcp', ...args, '--data', server.dataDir];
  const env = { PATH: process.env['PATH'] ?? '', LANG: 'en_US.UTF-8' };
  return new Promise((resolve) =>
    execFile(process.execPath, all, { env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out: out + err }),
    ),
  );
}

describe('chorus mcp', () => {
  it('lists the servers and tools of the running server, with the reason for each unusable one', async () => {
    // The server tries again and again to reach an MCP server that cannot be used, so the state may also be connecting.
    await expect
      .poll(() => chorus('list'), { timeout: 45_000, interval: 300 })
      .toMatchObject({ code: 1, out: expect.stringMatching(/odd +ready[\s\S]*broken +failed/) as string });
    const { out } = await chorus('list');
    expect(out).toMatch(/odd +ready +10 /);
    expect(out).toMatch(/^ {2}odd_erase \(asks first\)$/m);
    expect(out).toContain('broken: ');
    expect(out).not.toContain('hunter2');
  }, 60_000);

  it('tests one server of the file in its own process', async () => {
    const [odd, broken, none] = [
      await chorus('test', 'odd'),
      await chorus('test', 'broken'),
      await chorus('test', 'x'),
    ];
    expect([odd.code, odd.out]).toEqual([0, expect.stringMatching(/odd +ready/)]);
    expect([broken.code, broken.out]).toEqual([1, expect.stringContaining('the key *** is wrong')]);
    expect(none.code).not.toBe(0);
    expect(none.out).toContain('the file has no server x');
  }, 90_000);

  it('calls a tool, and explains its failure', async () => {
    expect(await chorus('call', 'odd_set_volume', '{"volume": "30"}')).toEqual({ code: 0, out: '{"volume":30}\n' });
    expect((await chorus('call', 'odd_speak')).out).toBe('It is ***.\n');
    for (const [args, reason] of [
      [['odd_fail'], 'out of paper'],
      [['odd_set_volume', '[1]'], 'JSON object'],
      [['self_reboot'], 'there is no tool'],
    ] as const) {
      const { code, out } = await chorus('call', ...args);
      expect(out).toContain(reason);
      expect(code).not.toBe(0);
    }
  }, 90_000);
});

describe('tools that are offered to another server', () => {
  it('are called from there; in this test the other server is the same one', async () => {
    const { out } = await chorus('token', 'create');
    const token = /token=([\w-]+)/.exec(out)?.[1] ?? '';
    const url = `ws://127.0.0.1:${server.running.port}/mcp/?token=${token}`;
    const accessPoints = { ours: { url, tools: ['calculate', 'nothing'] }, silent: { url } };
    const file = join(server.dataDir, 'mcp_servers.json');
    await writeFile(file, JSON.stringify({ mcpServers: SERVERS, accessPoints }));
    await chorus('reload');
    await expect
      .poll(() => chorus('list'), { timeout: 45_000, interval: 300 })
      .toMatchObject({ out: expect.stringMatching(/ours +ready +1 +0 +ws:/) as string });
    const list = (await chorus('list')).out;
    expect(list).toMatch(/^ {2}calculate$/m);
    expect(list).toContain('nothing (there is no such tool to offer)');
    expect(list).not.toContain(token);
    await expect
      .poll(() => chorus('call', 'calculate', '{"expression": "6*7"}'), { timeout: 45_000, interval: 300 })
      .toEqual({ code: 0, out: '6*7 = 42\n' });
    expect((await chorus('list')).out).toMatch(/ours +ready +1 +1 +ws:/);
    await writeFile(file, JSON.stringify({ mcpServers: SERVERS }));
    await chorus('reload');
    expect((await chorus('list')).out).not.toContain('ours');
    const id = /Token (\w+)/.exec(out)?.[1] ?? '';
    expect(await chorus('token', 'revoke', id)).toMatchObject({ code: 0 });
  }, 120_000);
});

describeWith(NO_CHROMIUM, 'the card of MCP tools', () => {
  it('shows each server with its tools, or the reason why it is unusable', async () => {
    const browser = await startBrowser();
    try {
      const { page, complaints } = await openPage(browser, { url: `http://127.0.0.1:${server.running.port}/` });
      await signIn(page, server.running.newPassword ?? '');
      const card = page.locator('.card.mcp');
      await expect.poll(() => card.locator('li').count(), { timeout: 10_000 }).toBe(2);
      const [odd, broken] = [card.locator('li').nth(0), card.locator('li').nth(1)];
      await expect.poll(() => odd.innerText()).toContain('ready');
      await odd.locator('summary').click();
      expect(await odd.innerText()).toMatch(/10 tools[\s\S]*odd_set_volume/);
      await expect
        .poll(() => broken.innerText(), { timeout: 30_000 })
        .toMatch(/cannot be used[\s\S]*the key \*\*\* is wrong/);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  }, 60_000);
});
