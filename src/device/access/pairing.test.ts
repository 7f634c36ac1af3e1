import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { ChorusError, silentLogger, type Logger } from '../../core/index.js';
import { openStore, type DeviceStore } from '../../platform/store/index.js';
import type { Peer } from '../../platform/inbound/peers.js';
import { MovingOver } from '../moving-over/moving-over.js';
import {
  Pairing,
  type PairingEvidence,
  type PairingOptions,
  type PairingResult,
  type PairingRules,
} from './pairing.js';

const MINUTE = 60_000;
const OUTSIDE: Peer = { address: '198.51.100.7', kind: 'public', forwarded: false, viaTrustedProxy: false };
const LAN: Peer = { address: '192.168.1.7', kind: 'private', forwarded: false, viaTrustedProxy: false };
const mac = (n: number): string =>
  `02:00:00:00:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`;
const claim = (n: number) => ({
  deviceId: mac(n),
  clientId: `client-${n}`,
  board: 'esp-box-3',
  firmwareVersion: '2.4.2',
  language: 'zh-CN',
});

let folder: string;
let database: Awaited<ReturnType<typeof openStore>>;
let clock: FakeClock;
/** Errors of the next calls of `putActivation`. */
let failures: string[];
/** Limits that were given when devices were bound. */
let limits: number[];
/** Methods of the store that were called. */
let called: string[];
/** Whether another server has revoked each device, and the rest of its record is still as it was. */
let revoked: boolean;
let rules: PairingRules;
/** Whether the disk is full. */
let full: boolean;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-pairing-'));
  database = await openStore({ dataDir: folder });
  clock = new FakeClock();
  [failures, limits, called, full, revoked] = [[], [], [], false, false];
  rules = { mode: 'code', autoBindMax: 10 };
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const watched: DeviceStore = new Proxy({} as DeviceStore, {
  get: (_, name: keyof DeviceStore) => {
    if (name === 'putActivation')
      return async (...given: Parameters<DeviceStore['putActivation']>): Promise<void> => {
        const code = failures.shift();
        if (code !== undefined) throw new ChorusError(code as 'store.taken', 'as told');
        await database.putActivation(...given);
      };
    called.push(name);
    if (name === 'find' && revoked)
      return async (deviceId: string) => {
        const found = await database.find(deviceId);
        return found && { ...found, revoked };
      };
    if (name === 'seen' && full) return () => Promise.reject(new ChorusError('data.disk_full', 'as told'));
    if (name === 'bindWithin')
      return (...given: Parameters<DeviceStore['bindWithin']>) => {
        limits.push(given[0]);
        return database.bindWithin(...given);
      };
    return (database[name] as (...given: unknown[]) => unknown).bind(database);
  },
});

function pairing(more: Partial<PairingOptions> = {}): Pairing {
  return new Pairing({ rules: () => rules, store: watched, clock, log: silentLogger, ...more });
}
/** A logger that keeps its lines. */
function noting(): { readonly lines: unknown[]; readonly log: Logger } {
  const lines: unknown[] = [];
  const keep = (message: string, fields: unknown): unknown => lines.push([message, fields]);
  return { lines, log: { ...silentLogger, info: keep, warn: keep, child: () => silentLogger } };
}
const asks = (
  server: Pairing,
  n: number,
  peer: Peer = OUTSIDE,
  more: Partial<PairingEvidence> = {},
): Promise<PairingResult> => server.resolve(claim(n), { peer, local: false, browser: false, ...more });
/** The code that a device gets; undefined if it is bound. */
async function code(server: Pairing, n: number, peer: Peer = OUTSIDE): Promise<string | undefined> {
  const result = await asks(server, n, peer);
  return 'activation' in result ? result.activation.code : undefined;
}
/** Result of a code: right, wrong, or the error that refuses to check it. */
const tried = (server: Pairing, digits: string, source: string): Promise<string> =>
  server.approve(digits, source).then(
    (device) => (device ? 'right' : 'wrong'),
    (error: ChorusError) => error.code,
  );
const another = (digits: string): string => String((Number(digits) + 1) % 1_000_000).padStart(6, '0');

describe('a pairing code', () => {
  it('is six digits for ten minutes, the same as long as a minute of it is left', async () => {
    const shown: string[] = [];
    const server = pairing({ onCode: (activation) => shown.push(activation.code ?? '') });
    const first = (await code(server, 1)) ?? '';
    expect(first).toMatch(/^\d{6}$/);
    await clock.advance(9 * MINUTE);
    expect(await code(server, 1)).toBe(first);
    await clock.advance(1);
    const second = (await code(server, 1)) ?? '';
    expect([second === first, shown]).toEqual([false, [first, second]]);
    await clock.advance(10 * MINUTE - 1);
    expect(await tried(server, second, 'page')).toBe('right');
  });

  it('ends after ten minutes', async () => {
    const server = pairing();
    const digits = (await code(server, 1)) ?? '';
    await clock.advance(10 * MINUTE);
    expect(await tried(server, digits, 'page')).toBe('wrong');
  });

  it('that another device has by chance is replaced by a new one, five times', async () => {
    const server = pairing();
    failures = Array<string>(4).fill('store.taken');
    expect(await code(server, 1)).toMatch(/^\d{6}$/);
    failures = Array<string>(5).fill('store.taken');
    await expect(code(server, 2)).rejects.toMatchObject({ code: 'store.taken' });
    failures = ['store.failed'];
    await expect(code(server, 3)).rejects.toMatchObject({ code: 'store.failed' });
    expect(failures).toEqual([]);
  });

  it('binds also a device that was dropped meanwhile', async () => {
    const server = pairing();
    const result = await asks(server, 1);
    await database.forget(mac(1));
    if (!('activation' in result)) throw new Error('no code');
    await database.putActivation(result.activation);
    expect(await server.approve(result.activation.code ?? '', 'page')).toMatchObject({
      deviceId: mac(1),
      boundClientId: 'client-1',
      boundBy: 'code',
      language: '',
    });
  });

  it('waits with what the device is, so that people see it listed, and binds it with that', async () => {
    const server = pairing();
    const digits = (await code(server, 1)) ?? '';
    expect(await database.list()).toMatchObject([{ ...claim(1), boundAtMs: undefined }]);
    expect(await tried(server, digits, 'page')).toBe('right');
    expect(await database.list()).toMatchObject([{ ...claim(1), boundBy: 'code' }]);
  });
});

describe('wrong codes', () => {
  it('those of one source are looked at five times, and one more every three minutes', async () => {
    const server = pairing();
    const wrong = another((await code(server, 1)) ?? '');
    for (let n = 0; n < 5; n++) expect(await tried(server, wrong, 'one')).toBe('wrong');
    await clock.advance(3 * MINUTE - 1);
    expect(await tried(server, wrong, 'one')).toBe('auth.rate_limited');
    await clock.advance(1);
    expect([await tried(server, wrong, 'one'), await tried(server, wrong, 'one')]).toEqual([
      'wrong',
      'auth.rate_limited',
    ]);
  });

  it('those of all sources are looked at ten times, and one more every minute and a half', async () => {
    const server = pairing();
    const wrong = another((await code(server, 1)) ?? '');
    for (let n = 0; n < 10; n++) expect(await tried(server, wrong, `source ${n}`)).toBe('wrong');
    await clock.advance(1.5 * MINUTE - 1);
    expect(await tried(server, wrong, 'late')).toBe('auth.rate_limited');
    await clock.advance(1);
    expect([await tried(server, wrong, 'late'), await tried(server, wrong, 'later')]).toEqual([
      'wrong',
      'auth.rate_limited',
    ]);
    // Guesses that used up the common limit do not count against a later source.
    await clock.advance(8 * MINUTE);
    for (let n = 0; n < 5; n++) expect(await tried(server, wrong, 'later')).toBe('wrong');
  });

  it('do not count where they are right', async () => {
    const server = pairing({ rules: () => ({ ...rules, codesPerAddress: 100 }) });
    for (let n = 0; n < 12; n++) expect(await tried(server, (await code(server, n)) ?? '', 'page')).toBe('right');
  });

  it('are those that are no code: letters, five digits, seven; the database is not asked for these', async () => {
    const server = pairing();
    const digits = (await code(server, 1)) ?? '';
    for (const text of [`${digits}0`, `0${digits}`, digits.slice(1), `${digits}x`])
      expect(await tried(server, text, text)).toBe('wrong');
    expect(called).not.toContain('takeCode');
    expect(await tried(server, ` ${digits.slice(0, 3)}-${digits.slice(3)} `, 'page')).toBe('right');
  });
});

describe('new codes of one address', () => {
  it('are 30, and one more every 20 seconds, where nothing else is configured', async () => {
    const server = pairing();
    for (let n = 0; n < 30; n++) expect(await code(server, n)).toMatch(/^\d{6}$/);
    await clock.advance(19_999);
    await expect(code(server, 30)).rejects.toMatchObject({ code: 'auth.rate_limited' });
    await clock.advance(1);
    expect(await code(server, 30)).toMatch(/^\d{6}$/);
    await expect(code(server, 31)).rejects.toMatchObject({ code: 'auth.rate_limited' });
    // A device with a code gets the same one again, and another address has its own limit.
    expect(await code(server, 29)).toMatch(/^\d{6}$/);
    expect(await code(server, 31, { ...OUTSIDE, address: '203.0.113.1' })).toMatch(/^\d{6}$/);
  });
});

describe('the proof of a device with a serial number', () => {
  const KEY = 'ab'.repeat(32);
  const prove = (challenge: string) => ({
    serial: 'S1',
    challenge,
    hmac: createHmac('sha256', Buffer.from(KEY, 'hex')).update(challenge).digest('hex'),
  });
  /** A device whose challenge is still valid, and which is bound if `bound`. */
  async function challenged(server: Pairing, bound: boolean): Promise<string> {
    await database.putSerialKeys(new Map([['S1', KEY]]));
    const result = await asks(server, 1);
    if (!('activation' in result)) throw new Error('no code');
    if (bound) await server.approve(result.activation.code ?? '', 'page');
    return result.activation.challenge;
  }

  it('is good until its challenge ends, and once', async () => {
    const server = pairing();
    const challenge = await challenged(server, true);
    await clock.advance(10 * MINUTE - 1);
    expect(await server.activate(mac(1), 'client-1', prove(challenge))).toBe('bound');
    expect(await server.activate(mac(1), 'client-1', prove(challenge))).toBe('refused');
  });

  it('is good once, also when two equal ones come at once', async () => {
    const server = pairing();
    const challenge = await challenged(server, true);
    const both = [1, 2].map(() => server.activate(mac(1), 'client-1', prove(challenge)));
    expect((await Promise.all(both)).toSorted()).toEqual(['bound', 'refused']);
  });

  it('is refused when its challenge has ended', async () => {
    const server = pairing();
    const challenge = await challenged(server, true);
    await clock.advance(10 * MINUTE);
    expect(await server.activate(mac(1), 'client-1', prove(challenge))).toBe('refused');
  });

  it('is refused for another challenge or key, and waits while its key or its code is missing', async () => {
    const server = pairing();
    const challenge = await challenged(server, false);
    const right = prove(challenge);
    expect(await server.activate(mac(1), 'client-1', prove('mine'))).toBe('refused');
    for (const hmac of ['', '0'.repeat(64), `${right.hmac}0`, `0${right.hmac}`, right.hmac.toUpperCase()])
      expect([await server.activate(mac(1), 'client-1', { ...right, hmac }), hmac]).toEqual(['refused', hmac]);
    expect(await server.activate(mac(2), 'client-2', right)).toBe('refused');
    expect(await server.activate(mac(1), 'client-1', { ...right, serial: 'S2' })).toBe('pending');
    expect(await server.activate(mac(1), 'client-1', right)).toBe('pending');
    // A challenge that was checked too early is still valid.
    await database.bind(mac(1), 'client-1', 'code', clock.wallMs());
    expect(await server.activate(mac(1), 'client-1', right)).toBe('bound');
  });

  it('is not needed: without one the answer is whether the device is bound', async () => {
    const server = pairing();
    expect(await server.activate(mac(1), 'client-1', undefined)).toBe('pending');
    await challenged(server, true);
    expect(await server.activate(mac(1), 'client-1', undefined)).toBe('bound');
    expect(await server.activate(mac(1), 'client-2', undefined)).toBe('pending');
  });
});

describe('devices that are bound without a code', () => {
  const listed = (n: number) => ({ ...claim(n), name: undefined, agentId: undefined });
  const movingOver = (more: { listed: boolean }): MovingOver =>
    new MovingOver(
      { importedMs: clock.wallMs(), days: 14, keys: [], expireSeconds: 1, tokens: [], checked: false, ...more },
      { trustsNetwork: () => true, store: watched, clock, log: silentLogger },
    );

  it('at most 200 of another server are taken that were on no list; those of a list are all taken', async () => {
    rules = { mode: 'lan', autoBindMax: 0 };
    const server = pairing({ movingOver: movingOver({ listed: false }) });
    await database.adopt(
      Array.from({ length: 199 }, (_, n) => listed(n)),
      clock.wallMs(),
    );
    expect(await asks(server, 1000, LAN)).toMatchObject({ bound: { boundBy: 'import', boundClientId: 'client-1000' } });
    expect(await code(server, 1001, LAN)).toMatch(/^\d{6}$/);
    expect(await asks(server, 7, LAN)).toMatchObject({ bound: { boundBy: 'import', boundClientId: 'client-7' } });
  });

  it('in the network are so many as auth.auto_bind_max says, and no page in a browser is', async () => {
    rules = { mode: 'lan', autoBindMax: 2 };
    const server = pairing();
    expect('bound' in (await asks(server, 0, LAN, { browser: true }))).toBe(false);
    const bound = [];
    for (let n = 1; n < 5; n++) bound.push('bound' in (await asks(server, n, LAN)));
    expect(bound).toEqual([true, true, false, false]);
    expect('bound' in (await asks(server, 9, { ...LAN, kind: 'gateway' }))).toBe(false);
  });

  it('in mode code are none, not even those of this network', async () => {
    expect('bound' in (await asks(pairing(), 1, LAN))).toBe(false);
  });

  it('in mode open are 10,000, whether they ask for settings or connect at once', async () => {
    rules = { mode: 'open', autoBindMax: 0 };
    const server = pairing();
    expect(await asks(server, 1)).toMatchObject({ bound: { boundBy: 'open' } });
    expect(server.open).toBe(true);
    expect(await server.admitWithoutToken(mac(2), 'client-2')).toMatchObject({ boundBy: 'open', language: '' });
    expect(limits).toEqual([10_000, 10_000]);
    expect(await server.admitWithoutToken(mac(2), 'client-2')).toMatchObject({ boundClientId: 'client-2' });
    expect(limits).toHaveLength(2);
  });

  it('in mode open is whoever comes last; what the device told before is kept', async () => {
    const server = pairing();
    await asks(server, 1);
    rules = { mode: 'open', autoBindMax: 0 };
    for (const clientId of ['client-1', 'other'])
      expect(await server.admitWithoutToken(mac(1), clientId)).toMatchObject({
        boundBy: 'open',
        boundClientId: clientId,
        board: 'esp-box-3',
        firmwareVersion: '2.4.2',
        language: 'zh-CN',
      });
  });

  it('in mode open are not those that were revoked, and in other modes none is that shows no token', async () => {
    rules = { mode: 'open', autoBindMax: 0 };
    const server = pairing();
    await asks(server, 1);
    await database.revoke(mac(1));
    expect(await server.admitWithoutToken(mac(1), 'client-1')).toBeUndefined();
    expect('bound' in (await asks(server, 1))).toBe(false);
    for (const mode of ['lan', 'code', 'allowlist'] as const) {
      rules = { mode, autoBindMax: 10 };
      expect([await server.admitWithoutToken(mac(3), 'client-3'), server.open]).toEqual([undefined, false]);
    }
    expect(await database.find(mac(3))).toBeUndefined();
  });

  it('by a list are those that stand on it and are nobody’s yet', async () => {
    rules = { mode: 'allowlist', autoBindMax: 0, allowlist: [mac(1)] };
    const server = pairing();
    expect(await asks(server, 1)).toMatchObject({ bound: { boundBy: 'allowlist' } });
    expect('bound' in (await asks(server, 2))).toBe(false);
    // The list is the limit.
    expect(limits).toEqual([]);
    const stranger = await server.resolve({ ...claim(1), clientId: 'x' }, { peer: LAN, local: false, browser: false });
    expect('bound' in stranger).toBe(false);
    expect(await database.find(mac(1))).toMatchObject({ clientId: 'client-1', boundClientId: 'client-1' });
  });
});

describe('a simulated device of a command', () => {
  it('is bound by the secret of the data folder, and without it is shown nothing but a code', async () => {
    const shown: string[] = [];
    const { lines, log } = noting();
    const server = pairing({ log, onCode: ({ deviceId }) => shown.push(deviceId) });
    expect(await asks(server, 1, LAN, { local: true })).toMatchObject({ bound: { boundBy: 'local' } });
    expect(await asks(server, 1, LAN, { local: true })).toMatchObject({ bound: { boundClientId: 'client-1' } });
    const stranger = await asks(server, 1, LAN);
    expect('activation' in stranger && stranger.activation.code).toMatch(/^\d{6}$/);
    expect(await code(server, 1, { ...LAN, address: '192.168.1.8' })).toMatch(/^\d{6}$/);
    // Neither is its code shown to people, nor are they told that somebody asks in its place.
    expect([shown, lines]).toEqual([[], [['device bound', { deviceId: mac(1), by: 'local', board: 'esp-box-3' }]]]);
  });
});

describe('a paired device', () => {
  it('is answered although its visit cannot be noted, because the disk is full', async () => {
    const { lines, log } = noting();
    const server = pairing({ log });
    expect(await tried(server, (await code(server, 1)) ?? '', 'page')).toBe('right');
    full = true;
    expect(await asks(server, 1)).toMatchObject({ bound: { boundClientId: 'client-1' } });
    expect(lines).toEqual([
      ['device asks to be bound and speaks a code', { deviceId: mac(1) }],
      ['device bound', { deviceId: mac(1), by: 'code' }],
      ['a device could not be noted', { deviceId: mac(1), code: 'data.disk_full' }],
    ]);
    expect(await database.find(mac(1))).toMatchObject({ boundBy: 'code' });
  });

  it('is not taken over by its MAC, which the log tells', async () => {
    rules = { mode: 'lan', autoBindMax: 10 };
    const { lines, log } = noting();
    const server = pairing({ log });
    await asks(server, 1, LAN);
    const other = await server.resolve({ ...claim(1), clientId: 'x' }, { peer: LAN, local: false, browser: false });
    expect('bound' in other).toBe(false);
    expect(await database.find(mac(1))).toMatchObject({ clientId: 'client-1', boundClientId: 'client-1' });
    expect(lines).toContainEqual([
      'a paired device asks with another Client-Id: it was reset, or another claims its address',
      { deviceId: mac(1), address: LAN.address },
    ]);
    // The owner's code gives it to the other.
    expect(await tried(server, 'activation' in other ? (other.activation.code ?? '') : '', 'page')).toBe('right');
    expect(await database.find(mac(1))).toMatchObject({ boundClientId: 'x' });
  });

  it('that was revoked is bound to nobody, whatever else is recorded of it', async () => {
    rules = { mode: 'lan', autoBindMax: 10 };
    const server = pairing();
    await asks(server, 1, LAN);
    expect(await server.activate(mac(1), 'client-1', undefined)).toBe('bound');
    revoked = true;
    expect(await server.activate(mac(1), 'client-1', undefined)).toBe('pending');
    expect('bound' in (await asks(server, 1, LAN))).toBe(false);
  });

  it('that was revoked is bound again by a code alone', async () => {
    rules = { mode: 'lan', autoBindMax: 10 };
    const server = pairing();
    await asks(server, 1, LAN);
    await database.revoke(mac(1));
    expect(await server.activate(mac(1), 'client-1', undefined)).toBe('pending');
    expect(await tried(server, (await code(server, 1, LAN)) ?? '', 'page')).toBe('right');
    expect(await asks(server, 1, LAN)).toMatchObject({ bound: { boundBy: 'code' } });
  });
});

describe('what people read of devices that are refused', () => {
  it('is that the network has as many as it binds by itself', async () => {
    rules = { mode: 'lan', autoBindMax: 1 };
    const { lines, log } = noting();
    const server = pairing({ log });
    await asks(server, 1, LAN);
    expect(await code(server, 2, LAN)).toMatch(/^\d{6}$/);
    expect(lines).toEqual([
      ['device bound', { deviceId: mac(1), by: 'lan', board: 'esp-box-3' }],
      ['device not bound by itself: auth.auto_bind_max is reached', { deviceId: mac(2) }],
      ['device asks to be bound and speaks a code', { deviceId: mac(2) }],
    ]);
  });

  it('is that one address asks for too many codes', async () => {
    rules = { mode: 'code', autoBindMax: 0, codesPerAddress: 1 };
    const { lines, log } = noting();
    const server = pairing({ log });
    await asks(server, 1);
    await expect(asks(server, 2)).rejects.toMatchObject({ code: 'auth.rate_limited' });
    expect(lines.at(-1)).toEqual([
      'no pairing code for a device: auth.codes_per_address is reached',
      { deviceId: mac(2), address: OUTSIDE.address },
    ]);
    // A change of the limit is in force at once.
    rules = { ...rules, codesPerAddress: 2 };
    expect(await code(server, 2)).toMatch(/^\d{6}$/);
  });
});

it('a command that runs again is bound as what it now is', async () => {
  const server = pairing();
  await asks(server, 1, LAN, { local: true });
  const again = { ...claim(1), clientId: 'next', board: 'esp-box-lite' };
  expect(await server.resolve(again, { peer: LAN, local: true, browser: false })).toMatchObject({
    bound: { boundClientId: 'next', board: 'esp-box-lite', boundBy: 'local' },
  });
});

it('a hundred codes wait at a time: a new network gets one of those of the busiest, which gets no more', async () => {
  rules = { mode: 'code', autoBindMax: 0, codesPerAddress: 1000 };
  const server = pairing();
  const first = (await code(server, 0)) ?? '';
  for (let n = 1; n < 100; n++) await asks(server, n);
  // Until then nobody loses one.
  expect(called).not.toContain('dropActivation');
  await expect(asks(server, 100)).rejects.toMatchObject({ code: 'auth.rate_limited' });
  expect(await code(server, 101, { ...OUTSIDE, address: '203.0.113.9' })).toMatch(/^\d{6}$/);
  expect(await database.activationOf(mac(0), 'client-0')).toBeUndefined();
  expect(await tried(server, first, 'page')).toBe('wrong');
  expect(await database.activationOf(mac(1), 'client-1')).toBeDefined();
  // The next network gets the next oldest.
  expect(await code(server, 102, { ...OUTSIDE, address: '192.0.2.9' })).toMatch(/^\d{6}$/);
  expect(await database.activationOf(mac(1), 'client-1')).toBeUndefined();
  expect(await database.activationOf(mac(2), 'client-2')).toBeDefined();
});

it('a code that was entered no longer waits: a school can bind more than a hundred at once', async () => {
  rules = { mode: 'code', autoBindMax: 0, codesPerAddress: 1000 };
  const server = pairing();
  const codes: string[] = [];
  for (let n = 0; n < 100; n++) codes.push((await code(server, n)) ?? '');
  await expect(code(server, 100)).rejects.toMatchObject({ code: 'auth.rate_limited' });
  for (const digits of codes.slice(0, 2)) expect(await tried(server, digits, 'page')).toBe('right');
  expect([await code(server, 100), await code(server, 101)]).toEqual(Array(2).fill(expect.stringMatching(/^\d{6}$/)));
  await expect(code(server, 102)).rejects.toMatchObject({ code: 'auth.rate_limited' });
});
