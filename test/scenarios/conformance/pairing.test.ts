import { once } from 'node:events';
import { stat, readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { ChorusError, type Logger, silentLogger, systemClock } from '../../../src/core/index.js';
import {
  asCommand,
  connect,
  DEVICE,
  http,
  PEERS,
  postOta,
  startServer,
  TestDevice,
  type Harness,
  type HttpAnswer,
} from './harness.js';

const mac = (n: number): { deviceId: string; clientId: string } => ({
  deviceId: `02:00:00:00:00:${n.toString(16).padStart(2, '0')}`,
  clientId: `client-${n}`,
});

describe('pairing by real requests', () => {
  let harness: Harness;
  afterEach(() => harness.close());
  const isBound = async (
    device: { deviceId: string; clientId: string },
    call: Parameters<typeof postOta>[2] = {},
  ): Promise<boolean> => (await postOta(harness, device, call)).ota.activation === undefined;
  const approve = (
    code: string,
    headers: Record<string, string> = {},
    from: string = PEERS.loopback,
  ): Promise<HttpAnswer> =>
    http(harness, { method: 'POST', path: '/api/v1/pairing', headers, body: JSON.stringify({ code }), from });

  it('lan: binds private peers at once, and no others', async () => {
    harness = await startServer();
    expect(await isBound(mac(1), { from: PEERS.lan })).toBe(true);
    expect(await isBound(mac(2), { from: PEERS.loopback })).toBe(false);
    expect(await isBound(mac(3), { from: PEERS.gateway })).toBe(false);
    expect(await isBound(mac(4), { from: PEERS.public })).toBe(false);
    expect(await isBound(mac(5), { from: PEERS.own })).toBe(false);
    for (const name of ['X-Forwarded-For', 'Forwarded', 'X-Real-IP', 'Via', 'CF-Connecting-IP']) {
      expect(await isBound(mac(6), { from: PEERS.lan, headers: { [name]: '192.168.7.7' } })).toBe(false);
    }
    // This request has an Origin, so it may come from any web page that somebody in this network has opened.
    expect(await isBound(mac(7), { from: PEERS.lan, headers: { Origin: 'http://evil.example' } })).toBe(false);
  });

  it('a full disk costs a bound device nothing, and a new one its binding', async () => {
    harness = await startServer();
    const first = await postOta(harness, DEVICE);
    vi.spyOn(harness.store, 'seen').mockRejectedValue(new ChorusError('data.disk_full', 'scripted'));
    const again = await postOta(harness, DEVICE);
    expect(again.status).toBe(200);
    expect(again.ota.websocket).toEqual(first.ota.websocket);
    expect((await postOta(harness, mac(1))).status).toBe(500);
  });

  it('lan: at most auth.auto_bind_max, even simultaneously; others get a code', async () => {
    harness = await startServer({ auth: { mode: 'lan', autoBindMax: 3 } });
    const bound = await Promise.all(Array.from({ length: 6 }, (_, n) => isBound(mac(n))));
    expect(bound.filter(Boolean)).toHaveLength(3);
    const [known] = bound.map((yes, n) => (yes ? n : -1)).filter((n) => n >= 0);
    expect(await isBound(mac(known!))).toBe(true);
  });

  it('a bound device keeps its Client-Id; after its flash was erased it needs a code', async () => {
    harness = await startServer();
    const first = (await postOta(harness, DEVICE)).ota.websocket.token;
    const erased = { ...DEVICE, clientId: 'after-erase' };
    // The same MAC address with another Client-Id may also be another client that claims to be the device.
    expect(await isBound(erased)).toBe(false);
    await connect(harness, { token: first }).opened();
    expect(await harness.store.find(DEVICE.deviceId)).toMatchObject(DEVICE);
    const asked = await postOta(harness, erased);
    await harness.server.approve(asked.ota.activation?.code ?? '');
    expect(await isBound(erased)).toBe(true);
    expect((await connect(harness, { token: first }).refused()).refusedWith).toBe(401);
    await harness.store.forget(DEVICE.deviceId);
    expect(await isBound({ ...DEVICE, clientId: 'after-forget' })).toBe(true);
    const { ota } = await postOta(harness, mac(1), { from: PEERS.public });
    await harness.server.approve(ota.activation?.code ?? '');
    expect(await isBound({ ...mac(1), clientId: 'other' }, { from: PEERS.lan })).toBe(false);
  });

  it('an impostor with the MAC of a bound device gets another code and does not change its record', async () => {
    harness = await startServer({ auth: { mode: 'code', autoBindMax: 10 } });
    const { ota } = await postOta(harness);
    const impostor = await postOta(
      harness,
      { ...DEVICE, clientId: 'impostor' },
      { headers: { 'User-Agent': 'evil/9.9.9' }, body: '' },
    );
    expect(impostor.ota.activation?.code).not.toBe(ota.activation?.code);
    await harness.server.approve(ota.activation?.code ?? '');
    const token = (await postOta(harness)).ota.websocket.token;
    const again = await postOta(
      harness,
      { ...DEVICE, clientId: 'impostor' },
      { headers: { 'User-Agent': 'evil/9.9.9' }, body: '' },
    );
    expect(again.ota.websocket.token).toBe('');
    expect(await harness.store.find(DEVICE.deviceId)).toMatchObject({
      ...DEVICE,
      board: 'bread-compact-wifi',
      firmwareVersion: '2.4.2',
    });
    await connect(harness, { token }).opened();
  });

  it('open admits a client whose id is in the query or is no MAC', async () => {
    harness = await startServer({ auth: { mode: 'open', autoBindMax: 0 } });
    const query = new TestDevice(
      new WebSocket(`ws://127.0.0.1:${harness.port}/xiaozhi/v1/?device-id=my-script&client-id=c1`),
    );
    await (await query.opened()).hello();
    const { identity } = (await harness.host.session()).connection;
    expect(identity.deviceId).toMatch(/^06(:[0-9a-f]{2}){5}$/);
    const header = await connect(harness, { deviceId: 'my-script', clientId: 'c1' }).opened();
    await header.hello();
    expect((await harness.host.session(1)).connection.identity.deviceId).toBe(identity.deviceId);
    const { status, ota } = await postOta(harness, { deviceId: 'my-script', clientId: 'c1' }, { body: '{}' });
    expect(status).toBe(200);
    expect(ota.websocket.token).not.toBe('');
  });

  it('other modes tell such a client what it needs', async () => {
    harness = await startServer();
    const socket = new WebSocket(`ws://127.0.0.1:${harness.port}/xiaozhi/v1/?device-id=my-script&client-id=c1`);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(401);
    const reason = await text(response);
    expect(reason).toContain('auth.pairing: open');
    expect(reason).toContain('需要请求头');
    const { status, json } = await postOta(harness, { deviceId: 'my-script', clientId: 'c1' }, { body: '{}' });
    expect([status, json['error']]).toEqual([400, expect.stringContaining('auth.pairing: open') as string]);
  });

  it('allowlist binds the listed devices, and open binds all', async () => {
    harness = await startServer({ auth: { mode: 'allowlist', autoBindMax: 10, allowlist: [DEVICE.deviceId] } });
    expect(await isBound(DEVICE, { from: PEERS.public })).toBe(true);
    expect(await isBound({ ...DEVICE, clientId: 'other' }, { from: PEERS.public })).toBe(false);
    expect(await isBound(mac(1), { from: PEERS.lan })).toBe(false);
    await harness.close();
    harness = await startServer({ auth: { mode: 'open', autoBindMax: 0 } });
    expect(await isBound(mac(1), { from: PEERS.public })).toBe(true);
    await (await connect(harness, mac(9)).opened()).hello();
    await harness.server.revoke(mac(1).deviceId);
    expect((await connect(harness, mac(1)).refused()).refusedWith).toBe(401);
  });

  it('codes expire after ten minutes and after one use', async () => {
    let aheadMs = 0;
    harness = await startServer({ clock: { ...systemClock, wallMs: () => systemClock.wallMs() + aheadMs } });
    const first = (await postOta(harness, DEVICE, { from: PEERS.public })).ota.activation?.code ?? '';
    aheadMs = 8 * 60_000;
    expect((await postOta(harness, DEVICE, { from: PEERS.public })).ota.activation?.code).toBe(first);
    // The code will expire soon, so the device gets another one.
    aheadMs = 9.5 * 60_000;
    const second = (await postOta(harness, DEVICE, { from: PEERS.public })).ota.activation?.code ?? '';
    expect(second).not.toBe(first);
    expect(await harness.server.approve(first)).toBeUndefined();
    aheadMs = 20 * 60_000;
    expect(await harness.server.approve(second)).toBeUndefined();
    const third = (await postOta(harness, DEVICE, { from: PEERS.public })).ota.activation?.code ?? '';
    expect(await harness.server.approve(` ${third.slice(0, 3)}-${third.slice(3)} `)).toMatchObject({ boundBy: 'code' });
    expect(await harness.server.approve(third)).toBeUndefined();
  });

  it('devices of one address get auth.codes_per_address codes; the next is refused, logged and counted', async () => {
    const auth = { mode: 'code' as const, autoBindMax: 0, codesPerAddress: 2 };
    const warned: string[] = [];
    const log: Logger = { ...silentLogger, warn: (message) => void warned.push(message), child: () => log };
    harness = await startServer({ auth, log });
    const status = async (n: number): Promise<number> => (await postOta(harness, mac(n))).status;
    expect([await status(1), await status(2), await status(1), await status(3)]).toEqual([200, 200, 200, 429]);
    expect(warned).toEqual(['no pairing code for a device: auth.codes_per_address is reached']);
    expect(harness.metrics.of('chorus_ota_requests_total{result=too_many_codes}')).toBe(1);
    // When the limit is raised, the new limit applies at once.
    Object.assign(auth, { codesPerAddress: 3 });
    expect(await status(3)).toBe(200);
  });

  it('guesses of codes are limited', async () => {
    harness = await startServer();
    const { ota } = await postOta(harness, DEVICE, { from: PEERS.public });
    const code = ota.activation?.code ?? '';
    for (let i = 0; i < 5; i++)
      expect(await harness.server.approve(String((Number(code) + 1 + i) % 1_000_000).padStart(6, '0'))).toBeUndefined();
    await expect(harness.server.approve(code)).rejects.toMatchObject({ code: 'auth.rate_limited' });
    // Somebody who guesses must not keep others from entering the right code (limits:
    // test/scenarios/security/pairing.test.ts).
    expect((await approve(code, asCommand(harness))).status).toBe(200);
  });

  it('commands on this machine need the secret of the data folder; others are refused', async () => {
    harness = await startServer();
    const file = join(harness.dataDir, 'local-token');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readFile(file, 'utf8')).trim()).toBe(harness.localToken);
    const command = asCommand(harness);
    const { ota } = await postOta(harness, DEVICE, { from: PEERS.public });
    const code = ota.activation?.code ?? '';
    expect((await approve(code)).status).toBe(401);
    expect((await approve(code, { ...command, authorization: `Bearer ${'x'.repeat(43)}` })).status).toBe(401);
    expect((await approve(code, command, PEERS.lan)).status).toBe(401);
    expect((await approve(code, { ...command, 'X-Forwarded-For': '127.0.0.1' })).status).toBe(401);
    expect((await approve('000', command)).json).toMatchObject({ error: { code: 'admin.not_found' } });
    expect(
      (await http(harness, { method: 'POST', path: '/api/v1/pairing', headers: command, body: 'no json' })).status,
    ).toBe(400);
    expect((await approve(code, command)).json).toMatchObject({
      device: { deviceId: DEVICE.deviceId, bound: true, boundBy: 'code' },
    });
    expect((await http(harness, { path: '/api/v1/devices', headers: command })).json).toMatchObject({
      devices: [{ deviceId: DEVICE.deviceId, connected: false }],
    });
    expect(JSON.stringify((await http(harness, { path: '/api/v1/devices', headers: command })).json)).not.toContain(
      DEVICE.clientId,
    );
    const local = { 'X-Chorus-Local': harness.localToken };
    // A simulated device on this machine is bound at once, because it knows the data folder's secret.
    expect(await isBound(mac(1), { from: PEERS.loopback, headers: local })).toBe(true);
    expect(await isBound(mac(2), { from: PEERS.public, headers: local })).toBe(false);
  });

  it('rotation: the old token works until the new one is first used; revocation ends everything at once', async () => {
    harness = await startServer();
    const call = (what: string, deviceId: string): Promise<HttpAnswer> =>
      http(harness, {
        method: 'POST',
        path: `/api/v1/devices/${encodeURIComponent(deviceId)}/${what}`,
        headers: asCommand(harness),
      });
    const old = (await postOta(harness)).ota.websocket.token;
    expect((await call('rotate', DEVICE.deviceId)).status).toBe(200);
    expect((await call('rotate', DEVICE.deviceId)).status).toBe(200);
    await connect(harness, { token: old }).opened();
    const next = (await postOta(harness)).ota.websocket.token;
    expect(next).not.toBe(old);
    await connect(harness, { token: old }).opened();
    const device = await connect(harness, { token: next }).opened();
    expect((await connect(harness, { token: old }).refused()).refusedWith).toBe(401);
    expect((await call('revoke', DEVICE.deviceId)).status).toBe(200);
    expect((await device.closed()).closeCode).toBe(1008);
    expect((await connect(harness, { token: next }).refused()).refusedWith).toBe(401);
    // The device was revoked, so being in the local network is not enough to be bound again.
    expect(await isBound(DEVICE, { from: PEERS.lan })).toBe(false);
    expect((await call('revoke', '00:00:00:00:00:00')).status).toBe(404);
    expect((await call('rotate', 'nonsense')).status).toBe(404);
  });
});
