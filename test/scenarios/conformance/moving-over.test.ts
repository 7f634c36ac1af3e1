import { createHash, createHmac } from 'node:crypto';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/core/index.js';
import { isFixedOfOld, isSignedByOld } from '../../../src/device/moving-over/tokens.js';
import { MovingOver } from '../../../src/device/moving-over/moving-over.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { freePort } from '../../fakes/free-port.js';
import {
  connect,
  http,
  otaHeaders,
  PEERS,
  postOta,
  startServer,
  type Harness,
  type HarnessOptions,
} from './harness.js';

const DAY_MS = 86_400_000;
const KEY = 'planted-signing-key-0001';
const mac = (n: number): { deviceId: string; clientId: string } => ({
  deviceId: `a0:85:e3:00:00:${n.toString(16).padStart(2, '0')}`,
  clientId: `client-${n}`,
});
/** A clock whose date a test can put ahead, without any timer firing. */
class Calendar extends FakeClock {
  aheadMs = 0;
  override wallMs(): number {
    return super.wallMs() + this.aheadMs;
  }
}
const signed = ({ deviceId, clientId }: { deviceId: string; clientId: string }, wallMs: number, key = KEY): string => {
  const seconds = Math.floor(wallMs / 1000);
  return `${createHmac('sha256', key).update(`${clientId}|${deviceId}|${seconds}`).digest('base64url')}.${seconds}`;
};
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('tokens of the Python server', () => {
  const [client, device, wallMs] = ['f1f8a3a2-5d0c-4a55-8d4a-0d3e3d0a1b2c', 'a0:85:e3:00:00:01', 1_785_000_000_000];
  const access = { keys: [KEY, '另一个密钥'], expireSeconds: 2_592_000 };
  // These tokens were made with Python's hmac and base64, as the Python server makes them.
  const token = 't46hbx1-qhblkFYFYLUnUTalo_yaS-HnfrSeJkW08G8.1785000000';
  const capital = '0cjUxVOiF4mchizQF6Zyi1_PYJxYxLC6lIUKMOX4sbg.1785000000';

  it("are the same as Python's, for every key and case of the MAC", () => {
    expect(isSignedByOld(token, device, client, access, wallMs)).toBe(true);
    expect(isSignedByOld(capital, device, client, access, wallMs)).toBe(true);
    expect(signed({ deviceId: device, clientId: client }, wallMs)).toBe(token);
  });

  it('are valid exactly as long as there', () => {
    expect(isSignedByOld(token, device, client, access, wallMs + 2_592_000_000)).toBe(true);
    expect(isSignedByOld(token, device, client, access, wallMs + 2_592_001_000)).toBe(false);
  });

  it.each([
    ['another device', token, 'a0:85:e3:00:00:02', client],
    ['another client', token, device, 'other'],
    ['another time', token.replace('.1785000000', '.1785000001'), device, client],
    ['a shorter signature', token.slice(1), device, client],
    ['an empty token', '', device, client],
    ['only a dot', '.', device, client],
    ['three parts', `${token}.1`, device, client],
    ['a time with a sign', token.replace('.', '.-'), device, client],
  ])('%s is refused', (_what, shown, deviceId, clientId) => {
    expect(isSignedByOld(shown, deviceId, clientId, access, wallMs)).toBe(false);
  });

  it('do not exist without a key; an empty key is no key', () => {
    expect(isSignedByOld(token, device, client, { ...access, keys: [] }, wallMs)).toBe(false);
  });

  it('with a fixed value are valid for their device, or for the first device that shows them', () => {
    const tokens = [{ sha256: sha256('kitchen'), deviceId: device }, { sha256: sha256('any') }];
    expect(isFixedOfOld('kitchen', device, { tokens })).toBe(true);
    expect(isFixedOfOld('kitchen', 'a0:85:e3:00:00:02', { tokens })).toBe(false);
    expect(isFixedOfOld('any', 'a0:85:e3:00:00:02', { tokens })).toBe(true);
    expect(isFixedOfOld('', device, { tokens: [{ sha256: sha256('') }] })).toBe(false);
    expect(isFixedOfOld('x', device, { tokens: [{ sha256: 'short' }] })).toBe(false);
  });
});

describe('devices of another server, over real sockets', () => {
  let harness: Harness;
  let clock: Calendar;
  afterEach(() => harness.close());

  async function start(
    brought: Partial<NonNullable<HarnessOptions['movingOver']>> = {},
    more: HarnessOptions = {},
  ): Promise<void> {
    clock = new Calendar();
    harness = await startServer({
      clock,
      auth: { mode: 'lan', autoBindMax: 0 },
      movingOver: {
        importedMs: clock.wallMs(),
        days: 14,
        keys: [KEY],
        expireSeconds: 2_592_000,
        tokens: [{ sha256: sha256('kitchen'), deviceId: mac(1).deviceId }, { sha256: sha256('anyone') }],
        listed: false,
        checked: true,
        ...brought,
      },
      ...more,
    });
  }
  const adopt = (...devices: readonly { deviceId: string }[]): Promise<number> =>
    harness.store.adopt(
      devices.map(({ deviceId }) => ({
        deviceId,
        board: 'esp-box-3',
        firmwareVersion: '1.8.2',
        language: 'zh-CN',
        name: 'Kitchen',
        agentId: undefined,
      })),
      clock.wallMs(),
    );
  const comes = async (
    device: { deviceId: string; clientId: string },
    token: string | undefined,
    from: string = PEERS.lan,
    headers: Record<string, string> = {},
  ): Promise<boolean> => {
    const socket = connect(harness, { ...device, ...(token !== undefined && { token }), from, headers });
    await socket.until((one) => one.refusedWith !== undefined || one.socket.readyState === 1);
    const admitted = socket.refusedWith === undefined;
    socket.socket.terminate();
    if (!admitted) expect(socket.refusedWith).toBe(401);
    return admitted;
  };

  it('with a signed token, a fixed one, or none: are admitted and bound, once', async () => {
    await start();
    expect(await comes(mac(1), signed(mac(1), clock.wallMs()))).toBe(true);
    expect(await comes(mac(2), 'anyone')).toBe(true);
    expect(await comes(mac(3), undefined)).toBe(true);
    expect(await harness.store.find(mac(3).deviceId)).toMatchObject({
      boundBy: 'import',
      boundClientId: 'client-3',
      previousGenerationValid: true,
    });
    // The first device that showed the MAC address owns it now.
    expect(await comes({ ...mac(3), clientId: 'impostor' }, undefined)).toBe(false);
    expect(
      await comes({ ...mac(1), clientId: 'impostor' }, signed({ ...mac(1), clientId: 'impostor' }, clock.wallMs())),
    ).toBe(false);
  });

  it('are not admitted from outside the network, through a proxy, or as a page in a browser', async () => {
    await start();
    for (const token of [undefined, 'anyone', signed(mac(1), clock.wallMs())]) {
      for (const from of [PEERS.public, PEERS.loopback, PEERS.gateway, PEERS.own])
        expect(await comes(mac(1), token, from)).toBe(false);
      expect(await comes(mac(1), token, PEERS.lan, { 'X-Forwarded-For': '192.168.7.7' })).toBe(false);
      expect(await comes(mac(1), token, PEERS.lan, { Origin: 'http://evil.example' })).toBe(false);
    }
    expect(await harness.store.list()).toEqual([]);
  });

  it('with a wrong token are refused if the old server checked tokens, and admitted if not', async () => {
    await start();
    for (const token of [
      'wrong',
      signed(mac(1), clock.wallMs(), 'other key'),
      signed(mac(2), clock.wallMs()),
      signed(mac(1), clock.wallMs() - 31 * DAY_MS),
    ])
      expect(await comes(mac(1), token)).toBe(false);
    await harness.close();
    await start({ checked: false });
    expect(await comes(mac(1), 'left-by-the-server-before')).toBe(true);
  });

  it('that are not on an imported list are refused, whatever they show; listed ones may be elsewhere', async () => {
    await start({ listed: true });
    expect(await adopt(mac(1), mac(2))).toBe(2);
    expect(await adopt(mac(1), mac(2))).toBe(0);
    expect(await comes(mac(1), undefined)).toBe(true);
    for (const token of [undefined, 'anyone', signed(mac(3), clock.wallMs())])
      expect(await comes(mac(3), token)).toBe(false);
    expect(await comes(mac(2), undefined, PEERS.public)).toBe(false);
    expect(await comes(mac(2), signed(mac(2), clock.wallMs()), PEERS.public)).toBe(true);
    expect(await comes(mac(4), signed(mac(4), clock.wallMs()), PEERS.public)).toBe(false);
    expect(await harness.store.find(mac(1).deviceId)).toMatchObject({
      name: 'Kitchen',
      board: 'esp-box-3',
      boundBy: 'import',
    });
  });

  it('stay revoked, whatever they show, and even after another import', async () => {
    await start();
    await adopt(mac(1));
    expect(await comes(mac(1), 'kitchen')).toBe(true);
    await harness.server.revoke(mac(1).deviceId);
    await adopt(mac(1));
    for (const token of [undefined, 'kitchen', signed(mac(1), clock.wallMs())])
      expect(await comes(mac(1), token)).toBe(false);
    expect((await postOta(harness, mac(1))).ota.activation?.code).toMatch(/^\d{6}$/);
  });

  it('lose their old token after the first use of the new one', async () => {
    await start();
    const old = signed(mac(1), clock.wallMs());
    expect(await comes(mac(1), old)).toBe(true);
    const { ota } = await postOta(harness, mac(1));
    expect(await comes(mac(1), old)).toBe(true);
    expect(await comes(mac(1), ota.websocket.token)).toBe(true);
    expect(await comes(mac(1), old)).toBe(false);
    expect(await comes(mac(1), undefined)).toBe(false);
    expect(await comes(mac(1), ota.websocket.token)).toBe(true);
    // A rotation does not make the old token valid again. Besides the new token, only the earlier token of this server
    // is valid.
    await harness.server.rotate(mac(1).deviceId);
    expect(await comes(mac(1), old)).toBe(false);
    expect(await comes(mac(1), ota.websocket.token)).toBe(true);
  });

  it('are not admitted after the period; admitted ones continue with their valid tokens', async () => {
    await start();
    const [early, late] = [signed(mac(1), clock.wallMs()), signed(mac(2), clock.wallMs())];
    expect(await comes(mac(1), early)).toBe(true);
    expect(await comes(mac(3), undefined)).toBe(true);
    expect(harness.server.movingOver?.daysLeft).toBe(14);
    clock.aheadMs = 14 * DAY_MS;
    expect(harness.server.movingOver?.daysLeft).toBe(0);
    expect(await comes(mac(1), early)).toBe(true);
    expect(await comes(mac(2), late)).toBe(false);
    expect(await comes(mac(3), undefined)).toBe(false);
    expect(await comes(mac(4), undefined)).toBe(false);
    clock.aheadMs = 31 * DAY_MS;
    expect(await comes(mac(1), early)).toBe(false);
  });

  it('are also bound by OTA in this period, listed ones even in mode code', async () => {
    await start({ listed: true }, { auth: { mode: 'code', autoBindMax: 0 } });
    await adopt(mac(1), mac(2));
    const { ota } = await postOta(harness, mac(1));
    expect(ota.activation).toBeUndefined();
    expect(await comes(mac(1), ota.websocket.token)).toBe(true);
    expect((await postOta(harness, mac(2), { from: PEERS.public })).ota.activation).toBeDefined();
    expect((await postOta(harness, mac(3))).ota.activation).toBeDefined();
    clock.aheadMs = 15 * DAY_MS;
    const code = (await postOta(harness, mac(2))).ota.activation?.code ?? '';
    expect(code).toMatch(/^\d{6}$/);
    expect(await harness.server.approve(code)).toMatchObject({
      deviceId: mac(2).deviceId,
      boundBy: 'code',
      name: 'Kitchen',
    });
  });

  it('may exceed auth.auto_bind_max, but have a limit', async () => {
    await start();
    for (let n = 0; n < 12; n++) expect((await postOta(harness, mac(n))).ota.activation).toBeUndefined();
    expect(await harness.store.countBound('import')).toBe(12);
  });

  it('cause a daily log line about the remaining days, and one at the end', async () => {
    await start();
    const lines: string[] = [];
    const time = new FakeClock();
    const log = {
      ...silentLogger,
      info: (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
        void lines.push([message, ...('daysLeft' in fields ? [JSON.stringify(fields['daysLeft'])] : [])].join(' ')),
    };
    const moving = new MovingOver(
      {
        importedMs: time.wallMs() - DAY_MS / 2,
        days: 2,
        keys: [],
        expireSeconds: 1,
        tokens: [],
        listed: false,
        checked: false,
      },
      { trustsNetwork: () => true, store: harness.store, clock: time, log },
    );
    const logging = moving.logDaysLeft(new AbortController().signal);
    await time.advance(3 * DAY_MS);
    await logging;
    expect(lines).toEqual([
      'devices of the old server are taken over without a code 2',
      'devices of the old server are taken over without a code 1',
      'moving over has ended: devices that did not come need a code (auth.migration_days)',
    ]);
    expect(time.pending).toBe(0);
  });
});

describe('old ports', () => {
  let harness: Harness;
  let other: Server | undefined;
  afterEach(async () => {
    await harness.close();
    other?.close();
  });

  it('answer OTA and activation like the main port, name the WebSocket port, and answer nothing else', async () => {
    harness = await startServer({ otaPorts: [await freePort()] });
    const [old] = harness.server.otaPorts;
    expect(old?.state).toBe('listening');
    const at = { port: old?.port ?? 0 };
    const { status, ota } = await postOta(at, undefined, { headers: { Host: `192.168.1.5:${at.port}` } });
    expect(status).toBe(200);
    expect(ota.websocket.url).toBe(`ws://192.168.1.5:${harness.port}/xiaozhi/v1/`);
    await connect(harness, { token: ota.websocket.token }).opened();
    for (const path of ['/xiaozhi/ota', '/xiaozhi/ota/', '/xiaozhi/ota/?x=1', '//xiaozhi/ota/'])
      expect((await http(at, { path, from: PEERS.lan })).status, path).toBe(200);
    const { deviceId, clientId } = { deviceId: 'a0:85:e3:00:00:77', clientId: 'c' };
    expect(
      (
        await http(at, {
          method: 'POST',
          path: '/xiaozhi/ota/activate',
          headers: otaHeaders(deviceId, clientId),
          body: '{}',
        })
      ).status,
    ).toBe(202);
    for (const path of [
      '/',
      '/healthz',
      '/metrics',
      '/api/v1/devices',
      '/xiaozhi/ota/../../api/v1/devices',
      '/xiaozhi/v1/',
      '/xiaozhi/otax',
    ])
      expect((await http(at, { path })).status, path).toBe(404);
    expect((await connect(at, { token: ota.websocket.token }).refused()).refusedWith).toBe(404);
  });

  it('are reported if another program uses them, and this stops nothing', async () => {
    other = createTcpServer();
    await new Promise<void>((resolve) => other?.listen(0, '0.0.0.0', resolve));
    const taken = (other.address() as AddressInfo).port;
    const warnings: unknown[] = [];
    const log = { ...silentLogger, warn: (message: string, fields: unknown) => void warnings.push([message, fields]) };
    harness = await startServer({ otaPorts: [taken, await freePort()], log: { ...log, child: () => log } });
    expect(harness.server.otaPorts.map(({ state }) => state)).toEqual(['in_use', 'listening']);
    expect(warnings).toEqual([
      ['another program listens on an old OTA port', expect.objectContaining({ port: taken })],
    ]);
    expect((await postOta(harness)).status).toBe(200);
  });

  it('close with the server', async () => {
    harness = await startServer({ otaPorts: [await freePort()] });
    const at = { port: harness.server.otaPorts[0]?.port ?? 0 };
    await harness.server.close();
    await expect(postOta(at)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
