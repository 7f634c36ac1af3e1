import { mkdtemp, rm } from 'node:fs/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger, systemClock } from '../../../src/core/index.js';
import { Firmware } from '../../../src/device/firmware/index.js';
import { openStore, type Store } from '../../../src/platform/store/index.js';
import { firmwareImage } from '../../fakes/firmware-image.js';
import { CountingMetrics, startServer, type Harness } from '../conformance/harness.js';

function untilClosed(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let got = '';
    socket.on('data', (data) => (got += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(got));
  });
}

const IMAGE = firmwareImage({ version: '2.5.0', segmentBytes: [20_000, 1000] });

describe('an upload over a slow link', () => {
  let harness: Harness;
  let store: Store;
  let firmware: Firmware;
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'chorus-upload-'));
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
  });
  afterEach(async () => {
    await harness.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  /** Sends the headers of a request and the beginning of its body. */
  function begun(path: string, bytes: number, first: Buffer | string, token?: string): Socket {
    const socket = connectTcp({ port: harness.port, host: '127.0.0.1' });
    const authorization = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`;
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${authorization}Content-Type: ` +
        `application/octet-stream\r\nContent-Length: ${bytes}\r\nConnection: close\r\n\r\n`,
    );
    socket.write(first);
    return socket;
  }
  const upload = (token?: string): Socket =>
    begun('/api/v1/firmware?board=bread-compact-wifi', IMAGE.length, IMAGE.subarray(0, 1000), token);

  it('may take longer than other requests, which time out', async () => {
    harness = await startServer({ store, firmware, limits: { requestTimeoutMs: 300, uploadTimeoutMs: 60_000 } });
    const file = upload(harness.localToken);
    const answer = untilClosed(file);
    const stranger = untilClosed(upload());
    for (const path of ['/api/v1/pairing', '/xiaozhi/ota/'])
      expect(await untilClosed(begun(path, 1000, '{', harness.localToken)), path).toMatch(/^HTTP\/1\.1 4\d\d /);
    // Node looks for late requests every two seconds. If the shorter limit applied to the upload, it would have been
    // ended by now, too.
    for (let times = 0; times < 8; times++) await untilClosed(begun('/xiaozhi/ota/', 1000, '{'));
    expect(await stranger).toMatch(/^HTTP\/1\.1 401 /);
    file.write(IMAGE.subarray(1000));
    expect(await answer).toMatch(/^HTTP\/1\.1 201 /);
  }, 60_000);

  it('has a time limit, too', async () => {
    harness = await startServer({
      store,
      firmware,
      limits: { headersTimeoutMs: 400, requestTimeoutMs: 100, uploadTimeoutMs: 500 },
    });
    expect(await untilClosed(upload(harness.localToken))).toMatch(/^HTTP\/1\.1 408 /);
    expect(await firmware.list()).toEqual([]);
  }, 60_000);
});
