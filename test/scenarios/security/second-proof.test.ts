import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConfigurationControl } from '../../../src/admin/resources/configuration.js';
import { silentLogger, systemClock } from '../../../src/core/index.js';
import { Firmware } from '../../../src/device/firmware/index.js';
import { openStore, type Store } from '../../../src/platform/store/index.js';
import { firmwareImage } from '../../fakes/firmware-image.js';
import { asCommand, CountingMetrics, http, PASSWORD, startServer, type Harness } from '../conformance/harness.js';
import { Browser, codeOf } from './browser.js';

const PROOF = '/api/v1/session/proof';
const IMAGE = firmwareImage({ version: '2.5.0', segmentBytes: [20_000, 1000] });

/** Changes to the configuration with which somebody could take over the devices. */
const LEADING: readonly Readonly<Record<string, unknown>>[] = [
  { 'server.public_url': 'http://192.168.1.66:8000' },
  { 'server.public_port': 8066 },
  { 'auth.pairing': 'open' },
  { 'auth.allowlist': ['02:00:00:00:00:66'] },
  { 'llm.model': 'x', 'server.public_url': null },
];

describe('a browser whose password was entered more than five minutes ago', () => {
  let dataDir: string;
  let store: Store;
  let harness: Harness;
  let browser: Browser;
  let releaseId: string;
  let aheadMs: number;
  let changed: string[][];
  beforeEach(async () => {
    aheadMs = 0;
    changed = [];
    const clock = {
      ...systemClock,
      nowMs: () => systemClock.nowMs() + aheadMs,
      wallMs: () => systemClock.wallMs() + aheadMs,
    };
    dataDir = await mkdtemp(join(tmpdir(), 'chorus-proof-'));
    store = await openStore({ dataDir });
    const firmware = await Firmware.open({
      store: store.firmware,
      dataDir,
      secretHex: '22'.repeat(32),
      rules: () => ({
        wave: 50,
        returnMs: 900_000,
        returnShare: 0.7,
        returnMinDevices: 3,
        downloads: 4,
        downloadBytesPerSecond: Number.POSITIVE_INFINITY,
      }),
      clock,
      log: silentLogger,
      metrics: new CountingMetrics(),
    });
    const configuration: ConfigurationControl = {
      file: 'config.yaml',
      reload: () => Promise.reject(new Error('not part of this test')),
      read: () => Promise.reject(new Error('not part of this test')),
      change: (set) => {
        changed.push([...set.keys()]);
        return Promise.resolve({ ok: true, changed: [], restart: [] });
      },
    };
    harness = await startServer({ clock, store, firmware, admin: { configuration } });
    browser = new Browser(harness);
    await browser.signIn();
    const added = await upload('');
    releaseId = (added.json as { firmware: { id: string } }).firmware.id;
  });
  afterEach(async () => {
    await harness.close();
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const upload = (query: string): ReturnType<typeof http> =>
    http(harness, {
      method: 'POST',
      path: `/api/v1/firmware?board=bread-compact-wifi${query}`,
      headers: { ...asCommand(harness), 'content-type': 'application/octet-stream' },
      body: IMAGE,
    });
  const change = (set: Readonly<Record<string, unknown>>): ReturnType<Browser['ask']> =>
    browser.ask('PATCH', '/api/v1/config', { set });
  const rollOut = (body: Readonly<Record<string, unknown>>): ReturnType<Browser['ask']> =>
    browser.ask('POST', `/api/v1/firmware/${releaseId}/rollout`, body);

  it('must give the password again to change where devices connect', async () => {
    aheadMs = 5 * 60_000;
    for (const set of LEADING) expect([set, codeOf(await change(set))]).toEqual([set, 'admin.password_needed']);
    expect(changed).toEqual([]);
    expect((await change({ 'llm.model': 'x' })).status).toBe(200);
    expect(codeOf(await browser.ask('POST', PROOF, { password: 'not it at all' }))).toBe('admin.wrong_password');
    expect(codeOf(await change(LEADING[0] ?? {}))).toBe('admin.password_needed');
    expect((await browser.ask('POST', PROOF, { password: PASSWORD })).status).toBe(204);
    expect((await change(LEADING[0] ?? {})).status).toBe(200);
    expect(changed).toEqual([['llm.model'], ['server.public_url']]);
    aheadMs = 10 * 60_000;
    expect(codeOf(await change(LEADING[0] ?? {}))).toBe('admin.password_needed');
  });

  it('must give the password again to roll firmware out, but not to stop a rollout', async () => {
    expect((await rollOut({ share: 0.1 })).status).toBe(200);
    aheadMs = 5 * 60_000;
    expect(codeOf(await rollOut({ share: 1 }))).toBe('admin.password_needed');
    expect(codeOf(await rollOut({ devices: ['02:00:00:00:00:07'], force: true }))).toBe('admin.password_needed');
    const added = await browser.ask('POST', '/api/v1/firmware?board=x&share=1', 'image', {
      'content-type': 'application/octet-stream',
    });
    expect(codeOf(added)).toBe('admin.password_needed');
    expect((await rollOut({ state: 'paused' })).status).toBe(200);
    await browser.ask('POST', PROOF, { password: PASSWORD });
    expect((await rollOut({ share: 1 })).status).toBe(200);
  });

  it('proves nothing for another browser, and a command on the server needs no password', async () => {
    aheadMs = 5 * 60_000;
    const other = new Browser(harness);
    await other.signIn();
    expect((await other.ask('POST', PROOF, { password: PASSWORD })).status).toBe(204);
    expect(codeOf(await rollOut({ share: 1 }))).toBe('admin.password_needed');
    const command = await http(harness, {
      method: 'PATCH',
      path: '/api/v1/config',
      headers: asCommand(harness),
      body: JSON.stringify({ set: LEADING[0] }),
    });
    expect(command.status).toBe(200);
  });
});
