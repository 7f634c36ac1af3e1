import { connect as connectTcp } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/index.js';
import {
  asCommand,
  connect,
  DEVICE,
  http,
  PEERS,
  postOta,
  startServer,
  type Harness,
  type HttpAnswer,
} from '../conformance/harness.js';
import type { PairingMode } from '../../../src/http/index.js';
import { Browser } from './browser.js';

const device = (n: number): { deviceId: string; clientId: string } => ({
  deviceId: `02:00:00:00:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`,
  clientId: `client-${n}`,
});

it('changed rules of pairing apply from the next device on', async () => {
  const auth = { mode: 'code' as PairingMode, autoBindMax: 10, allowlist: [] as string[] };
  const harness = await startServer({ auth });
  const isBound = async (n: number): Promise<boolean> =>
    (await postOta(harness, device(n), { from: PEERS.lan })).ota.websocket.token !== '';
  expect(await isBound(1)).toBe(false);
  auth.mode = 'allowlist';
  auth.allowlist = [device(1).deviceId];
  expect([await isBound(1), await isBound(2)]).toEqual([true, false]);
  auth.mode = 'lan';
  auth.autoBindMax = 1;
  expect([await isBound(2), await isBound(3)]).toEqual([true, false]);
  auth.mode = 'code';
  expect([await isBound(1), await isBound(4)]).toEqual([true, false]);
  await harness.close();
});

describe('the limits of pairing codes', () => {
  let harness: Harness;
  /** How far the clock is ahead of real time, in milliseconds. */
  let aheadMs = 0;
  beforeEach(async () => {
    aheadMs = 0;
    const clock = {
      ...systemClock,
      nowMs: () => systemClock.nowMs() + aheadMs,
      wallMs: () => systemClock.wallMs() + aheadMs,
    };
    harness = await startServer({ clock, auth: { mode: 'code', autoBindMax: 10 } });
  });
  afterEach(() => harness.close());

  const codeOf = async (
    who: { deviceId: string; clientId: string } = DEVICE,
    from: string = PEERS.public,
  ): Promise<string> => (await postOta(harness, who, { from })).ota.activation?.code ?? '';
  const isBound = async (): Promise<boolean> =>
    (await postOta(harness, DEVICE, { from: PEERS.public })).ota.websocket.token !== '';
  const enter = (code: string): Promise<HttpAnswer> =>
    http(harness, {
      method: 'POST',
      path: '/api/v1/pairing',
      headers: asCommand(harness),
      body: JSON.stringify({ code }),
    });
  const tally = (answers: readonly { readonly status: number }[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };
  /** Sends guesses one after another over a few connections, as fast as somebody who guesses could. */
  async function guess(codes: readonly string[], connections: number): Promise<{ readonly status: number }[]> {
    const parts = Array.from({ length: connections }, (_, i) => codes.filter((__, n) => n % connections === i));
    return (await Promise.all(parts.map((part) => oneByOne(part)))).flat();
  }
  function oneByOne(codes: readonly string[]): Promise<{ readonly status: number }[]> {
    const head =
      `POST /api/v1/pairing HTTP/1.1\r\nhost: 127.0.0.1:${harness.port}\r\n` +
      `authorization: Bearer ${harness.localToken}\r\ncontent-type: application/json\r\n`;
    const answers: { readonly status: number }[] = [];
    return new Promise((resolve, reject) => {
      const socket = connectTcp({ port: harness.port, host: '127.0.0.1' });
      const ask = (): void => void socket.write(`${head}content-length: 17\r\n\r\n{"code":"${codes[answers.length]}"}`);
      let text = '';
      socket.on('error', reject).on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        const [, status, length] = /^HTTP\/1\.1 (\d{3}) .*?content-length: (\d+)\r\n/is.exec(text) ?? [];
        const body = text.indexOf('\r\n\r\n') + 4;
        if (length === undefined || body < 4 || text.length < body + Number(length)) return;
        text = '';
        answers.push({ status: Number(status) });
        if (answers.length < codes.length) return ask();
        socket.destroy();
        resolve(answers);
      });
      ask();
    });
  }
  const around = (code: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => String((Number(code) + i + 1) % 1_000_000).padStart(6, '0'));

  it('make 10,000 guesses fail, although the right code is among them', async () => {
    const code = await codeOf();
    const guesses = around(code, 9999);
    guesses.splice(200, 0, code);
    // Only a thousand guesses use the API. The others call the code behind it, because that saves seconds.
    const answers = await guess(guesses.slice(0, 1000), 8);
    for (const wrong of guesses.slice(1000))
      answers.push(
        await harness.server.approve(wrong, PEERS.loopback).then(
          (device) => ({ status: device ? 200 : 404 }),
          () => ({ status: 429 }),
        ),
      );
    const counts = tally(answers);
    expect(counts).toEqual({ 404: 5, 429: 9995 });
    expect(await isBound()).toBe(false);
  }, 60_000);

  it('check only the first few of a hundred simultaneous guesses', async () => {
    const code = await codeOf();
    const guesses = around(code, 99);
    guesses.splice(50, 0, code);
    expect(tally(await Promise.all(guesses.map(enter)))).toEqual({ 404: 5, 429: 95 });
    expect(await isBound()).toBe(false);
  });

  it('give each source five attempts and all sources ten; then even the right code must wait', async () => {
    const code = await codeOf();
    const browsers = [PEERS.lan, PEERS.lan2, PEERS.own].map((from) => new Browser(harness, undefined, from));
    const counts = [];
    for (const browser of browsers) {
      await browser.signIn();
      const answers = [];
      for (const wrong of around(code, 7)) answers.push(await browser.ask('POST', '/api/v1/pairing', { code: wrong }));
      counts.push(tally(answers));
    }
    expect(counts).toEqual([{ 404: 5, 429: 2 }, { 404: 5, 429: 2 }, { 429: 7 }]);
    expect((await enter(code)).json).toMatchObject({ error: { code: 'auth.rate_limited' } });
    aheadMs += 100_000;
    // After 90 s, one of the ten attempts may be made again. The code has not changed.
    expect((await enter(code)).status).toBe(200);
    expect(await isBound()).toBe(true);
  });

  it('do not count right codes', async () => {
    for (let n = 0; n < 12; n++) expect((await enter(await codeOf(device(n)))).status).toBe(200);
  });

  it('refuse wrong, used and expired codes in the same words', async () => {
    const [used, expired] = [await codeOf(device(1)), await codeOf(device(2))];
    await enter(used);
    const wrong = await enter(around(used, 1)[0] ?? '');
    expect(wrong.status).toBe(404);
    const again = await enter(used);
    aheadMs += 11 * 60_000;
    const late = await enter(expired);
    for (const answer of [again, late, await enter('12'), await enter('letter')])
      expect([answer.status, answer.text]).toEqual([wrong.status, wrong.text]);
    expect(wrong.text).not.toContain(used);
  });

  it('keep one source from displacing the codes of others', async () => {
    const victim = await codeOf();
    const answers = [];
    for (let n = 0; n < 150; n++) answers.push(await postOta(harness, device(n), { from: PEERS.gateway }));
    expect(tally(answers)).toEqual({ 200: 30, 429: 120 });
    expect((await enter(victim)).json).toMatchObject({ device: { deviceId: DEVICE.deviceId } });
  }, 30_000);

  it('keep many addresses from displacing the codes of others', async () => {
    const own = await startServer({ trustedProxies: [PEERS.proxy] });
    try {
      const from = (address: string, n: number): ReturnType<typeof postOta> =>
        postOta(own, device(n), { from: PEERS.proxy, headers: { 'X-Forwarded-For': address } });
      const honest = await from('198.51.100.9', 999);
      for (let n = 0; n < 150; n++) await from(`203.0.113.${Math.floor(n / 25)}`, n);
      expect(await own.server.approve(honest.ota.activation?.code ?? '')).toMatchObject(device(999));
      expect((await from('198.51.100.10', 1000)).ota.activation?.code).toMatch(/^\d{6}$/);
    } finally {
      await own.close();
    }
  }, 30_000);
});

describe('device tokens', () => {
  let harness: Harness;
  let aheadMs = 0;
  beforeEach(async () => {
    aheadMs = 0;
    harness = await startServer({ clock: { ...systemClock, wallMs: () => systemClock.wallMs() + aheadMs } });
  });
  afterEach(() => harness.close());

  it('give no access if they are missing, wrong, or those of another device', async () => {
    const token = (await postOta(harness, DEVICE)).ota.websocket.token;
    const other = (await postOta(harness, device(1))).ota.websocket.token;
    const [signature = '', generation = ''] = token.split('.');
    const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}.${generation}`;
    for (const wrong of [
      '',
      'x',
      other,
      flipped,
      `${signature}.${Number(generation) + 1}`,
      `${signature}.`,
      signature,
      `${token} `.repeat(50),
    ]) {
      expect((await connect(harness, { token: wrong }).refused()).refusedWith, wrong).toBe(401);
    }
    // A right token with a wrong Client-Id is refused in the same way, so that nobody learns whether the device is
    // known.
    expect((await connect(harness, { token, clientId: 'another' }).refused()).refusedWith).toBe(401);
    expect((await connect(harness, { token, ...device(99) }).refused()).refusedWith).toBe(401);
    await connect(harness, { token }).opened();
  });

  it('are not valid again when a forgotten or revoked device returns', async () => {
    const before = (await postOta(harness, DEVICE)).ota.websocket.token;
    const open = await connect(harness, { token: before }).opened();
    expect(
      (
        await http(harness, {
          method: 'DELETE',
          path: `/api/v1/devices/${DEVICE.deviceId}`,
          headers: asCommand(harness),
        })
      ).status,
    ).toBe(204);
    expect((await open.closed()).closeCode).toBe(1008);
    expect((await connect(harness, { token: before }).refused()).refusedWith).toBe(401);
    expect(
      (
        await http(harness, {
          method: 'DELETE',
          path: `/api/v1/devices/${DEVICE.deviceId}`,
          headers: asCommand(harness),
        })
      ).status,
    ).toBe(404);
    aheadMs = 2000;
    const after = (await postOta(harness, DEVICE)).ota.websocket.token;
    expect((await connect(harness, { token: before }).refused()).refusedWith).toBe(401);
    await connect(harness, { token: after }).opened();
    await harness.server.revoke(DEVICE.deviceId);
    await harness.server.approve((await postOta(harness, DEVICE)).ota.activation?.code ?? '');
    for (const old of [before, after]) expect((await connect(harness, { token: old }).refused()).refusedWith).toBe(401);
  });
});
