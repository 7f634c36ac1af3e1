import { request as httpRequest } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLogger, systemClock } from '../../../src/core/index.js';
import { Firmware } from '../../../src/device/firmware/index.js';
import { openStore, type Store } from '../../../src/platform/store/index.js';
import { firmwareImage } from '../../fakes/firmware-image.js';
import { CountingMetrics, PASSWORD, startServer, type Harness } from '../conformance/harness.js';
import { Browser } from './browser.js';

let dataDir: string;
let store: Store;
let firmware: Firmware;
let harness: Harness;
let browser: Browser;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chorus-held-'));
  store = await openStore({ dataDir });
  const rules = {
    wave: 50,
    returnMs: 900_000,
    returnShare: 0.7,
    returnMinDevices: 3,
    downloads: 4,
    downloadBytesPerSecond: Number.POSITIVE_INFINITY,
  };
  firmware = await Firmware.open({
    store: store.firmware,
    dataDir,
    secretHex: '22'.repeat(32),
    rules: () => rules,
    clock: systemClock,
    log: silentLogger,
    metrics: new CountingMetrics(),
  });
  harness = await startServer({ store, firmware });
  browser = new Browser(harness);
  await browser.signIn();
});
afterEach(async () => {
  await harness.close();
  await rm(dataDir, { recursive: true, force: true });
});

/**
 * A request from address `from` of which the server has the headers and awaits the body. The returned function sends
 * the body and resolves with the status.
 */
function held(path: string, type: string, body: Buffer, from = 0): Promise<() => Promise<number>> {
  const { host, cookie = '', csrf = '' } = browser;
  const headers = {
    host,
    origin: `http://${host}`,
    'sec-fetch-site': 'same-origin',
    cookie,
    'x-chorus-csrf': csrf,
    'content-type': type,
    'content-length': body.length,
    expect: '100-continue',
  };
  const request = httpRequest({ host: '127.0.0.1', port: harness.port, method: 'POST', path, headers, agent: false });
  const status = new Promise<number>((resolve, reject) => {
    request.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once('error', reject);
  });
  request.flushHeaders();
  return new Promise((resolve) => {
    request.once('continue', () => {
      const finish = (): Promise<number> => {
        request.end(body.subarray(from));
        return status;
      };
      if (from === 0) resolve(finish);
      else request.write(body.subarray(0, from), () => resolve(finish));
    });
  });
}

it('a request that is completed after a sign-out is not executed, and leaves no device', async () => {
  const device = await held('/api/v1/browser-device', 'application/json', Buffer.from('{}'));
  const password = await held(
    '/api/v1/password',
    'application/json',
    Buffer.from(JSON.stringify({ current: PASSWORD, next: 'another password' })),
  );
  const firmwareFile = firmwareImage({ version: '2.5.0', segmentBytes: [200_000, 10_000] });
  const upload = await held(
    '/api/v1/firmware?board=bread-compact-wifi&share=1',
    'application/octet-stream',
    firmwareFile,
    100_000,
  );
  expect((await browser.ask('DELETE', '/api/v1/session')).status).toBe(204);
  expect(await Promise.all([device(), password(), upload()])).toEqual([401, 401, 401]);
  expect(await store.list()).toEqual([]);
  expect(await firmware.list()).toEqual([]);
});

it('a request that is completed during the session is executed', async () => {
  const device = await held('/api/v1/browser-device', 'application/json', Buffer.from('{}'));
  expect(await device()).toBe(200);
  expect(await store.list()).toMatchObject([{ boundBy: 'console' }]);
  await browser.ask('DELETE', '/api/v1/session');
  await expect.poll(() => store.list()).toEqual([]);
});
