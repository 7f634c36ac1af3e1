import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import type { CliContext } from '../context.js';
import { MESSAGES } from '../words/index.js';
import { deviceOptions, type DeviceFlags } from './device.js';

const SECRET = 'A'.repeat(43);
const context: CliContext = {
  language: 'en',
  words: MESSAGES.en,
  env: {},
  clock: new FakeClock(),
  terminal: false,
  colours: picocolors.createColors(false),
  interrupted: new AbortController().signal,
  out: () => undefined,
  err: () => undefined,
};

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'chorus-device-'));
  await writeFile(join(data, 'local-token'), SECRET);
});
afterEach(() => rm(data, { recursive: true, force: true }));

const flags = (change: Partial<DeviceFlags>): DeviceFlags => ({
  data,
  say: [],
  mode: 'auto',
  queue: 40,
  framing: 1,
  timeout: 30_000,
  url: 'http://127.0.0.1:8000/xiaozhi/ota/',
  ...change,
});

it('sends the data folder’s secret only to this machine, and not if the pairing code is to be tried out', async () => {
  expect((await deviceOptions(flags({}), context)).localToken).toBe(SECRET);
  expect((await deviceOptions(flags({ byCode: true }), context)).localToken).toBeUndefined();
  const elsewhere = await deviceOptions(flags({ url: 'http://192.168.1.9:8000/xiaozhi/ota/' }), context);
  expect(elsewhere.localToken).toBeUndefined();
});
