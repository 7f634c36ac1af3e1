import { describe, expect, it } from 'vitest';
import {
  asks,
  claim,
  code,
  LAN,
  mac,
  noting,
  OUTSIDE,
  pairing,
  tried,
  usePairingWorld,
  watched,
  world,
} from '../../../test/fakes/pairing-world.js';
import { silentLogger } from '../../core/index.js';
import { MovingOver } from '../moving-over/moving-over.js';

usePairingWorld();

describe('devices that are bound without a code', () => {
  const listed = (n: number) => ({ ...claim(n), name: undefined, agentId: undefined });
  const movingOver = (more: { listed: boolean }): MovingOver =>
    new MovingOver(
      { importedMs: world.clock.wallMs(), days: 14, keys: [], expireSeconds: 1, tokens: [], checked: false, ...more },
      { trustsNetwork: () => true, store: watched, clock: world.clock, log: silentLogger },
    );

  it('include all listed devices of another server, and at most 200 unlisted devices', async () => {
    world.rules = { mode: 'lan', autoBindMax: 0 };
    const server = pairing({ movingOver: movingOver({ listed: false }) });
    await world.database.adopt(
      Array.from({ length: 199 }, (_, n) => listed(n)),
      world.clock.wallMs(),
    );
    expect(await asks(server, 1000, LAN)).toMatchObject({ bound: { boundBy: 'import', boundClientId: 'client-1000' } });
    expect(await code(server, 1001, LAN)).toMatch(/^\d{6}$/);
    expect(await asks(server, 7, LAN)).toMatchObject({ bound: { boundBy: 'import', boundClientId: 'client-7' } });
  });

  it('are limited by auth.auto_bind_max in the local network, and exclude pages in a browser', async () => {
    world.rules = { mode: 'lan', autoBindMax: 2 };
    const server = pairing();
    expect('bound' in (await asks(server, 0, LAN, { browser: true }))).toBe(false);
    const bound = [];
    for (let n = 1; n < 5; n++) bound.push('bound' in (await asks(server, n, LAN)));
    expect(bound).toEqual([true, true, false, false]);
    expect('bound' in (await asks(server, 9, { ...LAN, kind: 'gateway' }))).toBe(false);
  });

  it('do not exist in mode code, not even in this network', async () => {
    expect('bound' in (await asks(pairing(), 1, LAN))).toBe(false);
  });

  it('are limited to 10,000 in mode open, whether they ask for settings or connect at once', async () => {
    world.rules = { mode: 'open', autoBindMax: 0 };
    const server = pairing();
    expect(await asks(server, 1)).toMatchObject({ bound: { boundBy: 'open' } });
    expect(server.open).toBe(true);
    expect(await server.admitWithoutToken(mac(2), 'client-2')).toMatchObject({ boundBy: 'open', language: '' });
    expect(world.limits).toEqual([10_000, 10_000]);
    expect(await server.admitWithoutToken(mac(2), 'client-2')).toMatchObject({ boundClientId: 'client-2' });
    expect(world.limits).toHaveLength(2);
  });

  it('are bound to the latest client in mode open; the earlier report of the device is kept', async () => {
    const server = pairing();
    await asks(server, 1);
    world.rules = { mode: 'open', autoBindMax: 0 };
    for (const clientId of ['client-1', 'other'])
      expect(await server.admitWithoutToken(mac(1), clientId)).toMatchObject({
        boundBy: 'open',
        boundClientId: clientId,
        board: 'esp-box-3',
        firmwareVersion: '2.4.2',
        language: 'zh-CN',
      });
  });

  it('exclude revoked devices in mode open, and devices without a token in all other modes', async () => {
    world.rules = { mode: 'open', autoBindMax: 0 };
    const server = pairing();
    await asks(server, 1);
    await world.database.revoke(mac(1));
    expect(await server.admitWithoutToken(mac(1), 'client-1')).toBeUndefined();
    expect('bound' in (await asks(server, 1))).toBe(false);
    for (const mode of ['lan', 'code', 'allowlist'] as const) {
      world.rules = { mode, autoBindMax: 10 };
      expect([await server.admitWithoutToken(mac(3), 'client-3'), server.open]).toEqual([undefined, false]);
    }
    expect(await world.database.find(mac(3))).toBeUndefined();
  });

  it('are the devices on the list that are not bound yet', async () => {
    world.rules = { mode: 'allowlist', autoBindMax: 0, allowlist: [mac(1)] };
    const server = pairing();
    expect(await asks(server, 1)).toMatchObject({ bound: { boundBy: 'allowlist' } });
    expect('bound' in (await asks(server, 2))).toBe(false);
    // No limit applies to a listed device.
    expect(world.limits).toEqual([]);
    const stranger = await server.resolve({ ...claim(1), clientId: 'x' }, { peer: LAN, local: false, browser: false });
    expect('bound' in stranger).toBe(false);
    expect(await world.database.find(mac(1))).toMatchObject({ clientId: 'client-1', boundClientId: 'client-1' });
  });
});

describe('a simulated device of a command', () => {
  it('is bound with the secret of the data folder; without the secret it only gets a code', async () => {
    const shown: string[] = [];
    const { lines, log } = noting();
    const server = pairing({ log, onCode: ({ deviceId }) => shown.push(deviceId) });
    expect(await asks(server, 1, LAN, { local: true })).toMatchObject({ bound: { boundBy: 'local' } });
    expect(await asks(server, 1, LAN, { local: true })).toMatchObject({ bound: { boundClientId: 'client-1' } });
    const stranger = await asks(server, 1, LAN);
    expect('activation' in stranger && stranger.activation.code).toMatch(/^\d{6}$/);
    expect(await code(server, 1, { ...LAN, address: '192.168.1.8' })).toMatch(/^\d{6}$/);
    // Without the secret, the simulated device causes neither a shown code nor a log line.
    expect([shown, lines]).toEqual([[], [['device bound', { deviceId: mac(1), by: 'local', board: 'esp-box-3' }]]]);
  });
});

describe('a paired device', () => {
  it('is answered even if a full disk keeps its visit from being recorded', async () => {
    const { lines, log } = noting();
    const server = pairing({ log });
    expect(await tried(server, (await code(server, 1)) ?? '', 'page')).toBe('right');
    world.full = true;
    expect(await asks(server, 1)).toMatchObject({ bound: { boundClientId: 'client-1' } });
    expect(lines).toEqual([
      ['device asks to be bound and speaks a code', { deviceId: mac(1) }],
      ['device bound', { deviceId: mac(1), by: 'code' }],
      ['a device could not be saved', { deviceId: mac(1), code: 'data.disk_full' }],
    ]);
    expect(await world.database.find(mac(1))).toMatchObject({ boundBy: 'code' });
  });

  it('is not taken over by a client that claims its MAC; the log reports the attempt', async () => {
    world.rules = { mode: 'lan', autoBindMax: 10 };
    const { lines, log } = noting();
    const server = pairing({ log });
    await asks(server, 1, LAN);
    const other = await server.resolve({ ...claim(1), clientId: 'x' }, { peer: LAN, local: false, browser: false });
    expect('bound' in other).toBe(false);
    expect(await world.database.find(mac(1))).toMatchObject({ clientId: 'client-1', boundClientId: 'client-1' });
    expect(lines).toContainEqual([
      'a paired device asks with another Client-Id: it was reset, or another claims its address',
      { problem: 'device.other_client', deviceId: mac(1), address: LAN.address },
    ]);
    expect(await tried(server, 'activation' in other ? (other.activation.code ?? '') : '', 'page')).toBe('right');
    expect(await world.database.find(mac(1))).toMatchObject({ boundClientId: 'x' });
  });

  it('is bound to no client after a revocation, not even to the client in its record', async () => {
    world.rules = { mode: 'lan', autoBindMax: 10 };
    const server = pairing();
    await asks(server, 1, LAN);
    expect(await server.activate(mac(1), 'client-1', undefined)).toBe('bound');
    world.revoked = true;
    expect(await server.activate(mac(1), 'client-1', undefined)).toBe('pending');
    expect('bound' in (await asks(server, 1, LAN))).toBe(false);
  });

  it('is bound again only with a code after a revocation', async () => {
    world.rules = { mode: 'lan', autoBindMax: 10 };
    const server = pairing();
    await asks(server, 1, LAN);
    await world.database.revoke(mac(1));
    expect(await server.activate(mac(1), 'client-1', undefined)).toBe('pending');
    expect(await tried(server, (await code(server, 1, LAN)) ?? '', 'page')).toBe('right');
    expect(await asks(server, 1, LAN)).toMatchObject({ bound: { boundBy: 'code' } });
  });
});

describe('the message about refused devices', () => {
  it('says that the network has reached the limit of automatic bindings', async () => {
    world.rules = { mode: 'lan', autoBindMax: 1 };
    const { lines, log } = noting();
    const server = pairing({ log });
    await asks(server, 1, LAN);
    expect(await code(server, 2, LAN)).toMatch(/^\d{6}$/);
    expect(lines).toEqual([
      ['device bound', { deviceId: mac(1), by: 'lan', board: 'esp-box-3' }],
      ['device not bound by itself: auth.auto_bind_max is reached', { problem: 'device.not_bound', deviceId: mac(2) }],
      ['device asks to be bound and speaks a code', { deviceId: mac(2) }],
    ]);
  });

  it('says that one address asks for too many codes', async () => {
    world.rules = { mode: 'code', autoBindMax: 0, codesPerAddress: 1 };
    const { lines, log } = noting();
    const server = pairing({ log });
    await asks(server, 1);
    await expect(asks(server, 2)).rejects.toMatchObject({ code: 'auth.rate_limited' });
    expect(lines.at(-1)).toEqual([
      'no pairing code for a device: auth.codes_per_address is reached',
      { problem: 'device.no_code', deviceId: mac(2), address: OUTSIDE.address },
    ]);
    world.rules = { ...world.rules, codesPerAddress: 2 };
    expect(await code(server, 2)).toMatch(/^\d{6}$/);
  });
});

it('a simulated device of a command that runs again is bound with its present properties', async () => {
  const server = pairing();
  await asks(server, 1, LAN, { local: true });
  const again = { ...claim(1), clientId: 'next', board: 'esp-box-lite' };
  expect(await server.resolve(again, { peer: LAN, local: true, browser: false })).toMatchObject({
    bound: { boundClientId: 'next', board: 'esp-box-lite', boundBy: 'local' },
  });
});

it('a new network takes one of 100 valid codes from the busiest network, which gets no more', async () => {
  world.rules = { mode: 'code', autoBindMax: 0, codesPerAddress: 1000 };
  const server = pairing();
  const first = (await code(server, 0)) ?? '';
  for (let n = 1; n < 100; n++) await asks(server, n);
  expect(world.called).not.toContain('dropActivation');
  await expect(asks(server, 100)).rejects.toMatchObject({ code: 'auth.rate_limited' });
  expect(await code(server, 101, { ...OUTSIDE, address: '203.0.113.9' })).toMatch(/^\d{6}$/);
  expect(await world.database.activationOf(mac(0), 'client-0')).toBeUndefined();
  expect(await tried(server, first, 'page')).toBe('wrong');
  expect(await world.database.activationOf(mac(1), 'client-1')).toBeDefined();
  // A third network takes the next oldest code.
  expect(await code(server, 102, { ...OUTSIDE, address: '192.0.2.9' })).toMatch(/^\d{6}$/);
  expect(await world.database.activationOf(mac(1), 'client-1')).toBeUndefined();
  expect(await world.database.activationOf(mac(2), 'client-2')).toBeDefined();
});

it('an entered code frees its place, so a school can bind more than 100 devices at once', async () => {
  world.rules = { mode: 'code', autoBindMax: 0, codesPerAddress: 1000 };
  const server = pairing();
  const codes: string[] = [];
  for (let n = 0; n < 100; n++) codes.push((await code(server, n)) ?? '');
  await expect(code(server, 100)).rejects.toMatchObject({ code: 'auth.rate_limited' });
  for (const digits of codes.slice(0, 2)) expect(await tried(server, digits, 'page')).toBe('right');
  expect([await code(server, 100), await code(server, 101)]).toEqual(Array(2).fill(expect.stringMatching(/^\d{6}$/)));
  await expect(code(server, 102)).rejects.toMatchObject({ code: 'auth.rate_limited' });
});
