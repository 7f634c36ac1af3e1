import { createHmac, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseOtaBody } from '../../../src/device/protocol/index.js';
import {
  DEVICE,
  http,
  OTA_BODY,
  otaHeaders,
  PEERS,
  postOta,
  startServer,
  type Harness,
  type HttpAnswer,
} from './harness.js';

const SERIAL = 'S'.repeat(32);

describe('conformance: OTA and activation', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startServer();
  });
  afterEach(() => harness.close());

  const activate = (body: string, headers: Record<string, string> = {}): Promise<HttpAnswer> =>
    http(harness, {
      method: 'POST',
      path: '/xiaozhi/ota/activate',
      headers: { ...otaHeaders(DEVICE.deviceId, DEVICE.clientId), ...headers },
      body,
      from: PEERS.public,
    });

  it('1: answers from the headers alone when the body is not JSON', async () => {
    const body = OTA_BODY.replace('"home"', '"my "fast" \\ home"');
    expect(parseOtaBody(body)).toEqual({});
    for (const text of [body, '', '[]', 'null', '\u0000']) {
      const { status, ota } = await postOta(harness, DEVICE, { body: text });
      expect(status).toBe(200);
      expect(ota.websocket.token).not.toBe('');
      expect(ota.firmware.version).toBe('2.4.2');
    }
    expect(await harness.store.find(DEVICE.deviceId)).toMatchObject({
      board: 'bread-compact-wifi',
      firmwareVersion: '2.4.2',
      language: 'zh-CN',
    });
  });

  it('2: never redirects, with or without the slash at the end', async () => {
    for (const path of ['/xiaozhi/ota/', '/xiaozhi/ota', '/xiaozhi/ota/?x=1']) {
      expect((await postOta(harness, DEVICE, { path })).status).toBe(200);
      expect((await http(harness, { path })).status).toBe(200);
    }
    for (const path of ['/xiaozhi/ota/activate', '/xiaozhi/ota/activate/']) {
      const { status } = await http(harness, {
        method: 'POST',
        path,
        headers: otaHeaders(DEVICE.deviceId, DEVICE.clientId),
        body: '{}',
      });
      expect(status).toBe(200);
    }
  });

  it('3, 4, 5, 6: a small body with the three websocket members and without mqtt', async () => {
    for (const from of [PEERS.lan, PEERS.public]) {
      const device = {
        deviceId: from === PEERS.lan ? DEVICE.deviceId : 'a0:85:e3:f4:49:35',
        clientId: 'c'.repeat(128),
      };
      const { text, ota, headers } = await postOta(harness, device, { from });
      expect(Buffer.byteLength(text)).toBeLessThan(6 * 1024);
      expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
      expect(ota).not.toHaveProperty('mqtt');
      expect(Object.keys(ota.websocket).sort()).toEqual(['token', 'url', 'version']);
      expect(ota.websocket.version).toBe(1);
      expect(ota.websocket.url).toBe('ws://192.168.1.5:8123/xiaozhi/v1/');
      expect(typeof ota.websocket.token).toBe('string');
      expect(ota.websocket.token).not.toMatch(/\s/);
      for (const [key, value] of Object.entries(ota.websocket)) {
        expect(key.length).toBeLessThanOrEqual(15);
        expect(['string', 'number']).toContain(typeof value);
        expect(String(value).length).toBeLessThan(4000);
      }
    }
  });

  it('7: time in milliseconds UTC, and the offset of the configured zone, otherwise by language', async () => {
    const before = Date.now();
    const { ota } = await postOta(harness);
    expect(ota.server_time.timestamp).toBeGreaterThanOrEqual(before);
    expect(ota.server_time.timestamp).toBeLessThanOrEqual(Date.now());
    expect([60, 120]).toContain(ota.server_time.timezone_offset);
    await harness.close();
    harness = await startServer({ timeZone: undefined });
    expect((await postOta(harness)).ota.server_time.timezone_offset).toBe(480);
  });

  it("8, 9, 10: echoes the device's version if the firmware can parse it, else none; never forces", async () => {
    const echoed = { '2.4.2': '2.4.2', '1': '1', '10.0.33': '10.0.33' };
    const none = ['', 'v1.2', '1..2', '2.4.2-beta', '99999999999', '1.'].map((version) => [version, ''] as const);
    for (const [version, expected] of [...Object.entries(echoed), ...none]) {
      const body = JSON.stringify({ application: { version } });
      const { ota } = await postOta(harness, DEVICE, { body, headers: { 'User-Agent': 'x' } });
      expect([version, ota.firmware]).toEqual([version, { version: expected, url: '', force: 0 }]);
    }
  });

  it('names no download if there is no release, and never assets', async () => {
    const { ota } = await postOta(harness);
    expect(ota.firmware.url).toBe('');
    expect(JSON.stringify(ota)).not.toMatch(/\.bin|assets/);
    for (const path of [
      '/xiaozhi/ota/firmware.bin',
      '/xiaozhi/ota/download/1',
      '/xiaozhi/assets/assets.bin',
      '/assets.bin',
    ]) {
      expect((await http(harness, { path, from: PEERS.lan })).status, path).toBe(404);
    }
  });

  it('11: has digits only until the device is bound', async () => {
    const pending = await postOta(harness, DEVICE, { from: PEERS.public });
    expect(pending.ota.activation?.code).toMatch(/^\d{6}$/);
    expect(pending.ota.activation?.message).toContain(pending.ota.activation?.code);
    expect(pending.ota.activation?.challenge).toMatch(/^[0-9a-f]{32}$/);
    expect(pending.ota.websocket.token).toBe('');
    const again = await postOta(harness, DEVICE, { from: PEERS.public });
    expect(again.ota.activation?.code).toBe(pending.ota.activation?.code);
    expect(await harness.server.approve(pending.ota.activation?.code ?? '')).toMatchObject({
      deviceId: DEVICE.deviceId,
      boundBy: 'code',
    });
    const bound = await postOta(harness, DEVICE, { from: PEERS.public });
    expect(bound.ota).not.toHaveProperty('activation');
    expect(bound.ota.websocket.token).not.toBe('');
  });

  it('12: activate answers 202 while pending and 200 when bound, for {} and for the HMAC body', async () => {
    const key = randomBytes(32);
    await harness.store.putSerialKeys(new Map([[SERIAL, key.toString('hex')]]));
    const { ota } = await postOta(harness, DEVICE, { from: PEERS.public });
    const challenge = ota.activation?.challenge ?? '';
    const proof = JSON.stringify({
      algorithm: 'hmac-sha256',
      serial_number: SERIAL,
      challenge,
      hmac: createHmac('sha256', key).update(challenge).digest('hex'),
    });
    expect((await activate('{}')).status).toBe(202);
    expect((await activate(proof, { 'Activation-Version': '2', 'Serial-Number': SERIAL })).status).toBe(202);
    await harness.server.approve(ota.activation?.code ?? '');
    expect((await activate('{}')).status).toBe(200);
    expect((await activate(proof)).status).toBe(200);
  });

  it('13: a wrong HMAC, an unknown serial and a used challenge never give 200', async () => {
    const key = randomBytes(32);
    await harness.store.putSerialKeys(new Map([[SERIAL, key.toString('hex')]]));
    const { ota } = await postOta(harness, DEVICE, { from: PEERS.public });
    await harness.server.approve(ota.activation?.code ?? '');
    const challenge = ota.activation?.challenge ?? '';
    const hmac = createHmac('sha256', key).update(challenge).digest('hex');
    const proof = (fields: object): string =>
      JSON.stringify({ algorithm: 'hmac-sha256', serial_number: SERIAL, challenge, hmac, ...fields });
    const wrong = [
      { hmac: randomBytes(32).toString('hex') },
      { hmac: '' },
      { hmac: hmac.toUpperCase() },
      { hmac: `${hmac} ` },
      { hmac: 7 },
      { challenge: 'mine', hmac: createHmac('sha256', key).update('mine').digest('hex') },
      { challenge: '', hmac: createHmac('sha256', key).update('').digest('hex') },
      { serial_number: 'T'.repeat(32) },
    ];
    for (const fields of wrong) expect((await activate(proof(fields))).status).not.toBe(200);
    expect((await activate(proof({}))).status).toBe(200);
    expect((await activate(proof({}))).status).not.toBe(200);
  });
});
