import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  another,
  asks,
  claim,
  code,
  mac,
  MINUTE,
  OUTSIDE,
  pairing,
  tried,
  usePairingWorld,
  world,
} from '../../../test/fakes/pairing-world.js';
import type { Pairing } from './pairing.js';

usePairingWorld();

describe('a pairing code', () => {
  it('has six digits and is valid for ten minutes; a device keeps it while a minute is left', async () => {
    const shown: string[] = [];
    const server = pairing({ onCode: (activation) => shown.push(activation.code ?? '') });
    const first = (await code(server, 1)) ?? '';
    expect(first).toMatch(/^\d{6}$/);
    await world.clock.advance(9 * MINUTE);
    expect(await code(server, 1)).toBe(first);
    await world.clock.advance(1);
    const second = (await code(server, 1)) ?? '';
    expect([second === first, shown]).toEqual([false, [first, second]]);
    await world.clock.advance(10 * MINUTE - 1);
    expect(await tried(server, second, 'page')).toBe('right');
  });

  it('ends after ten minutes', async () => {
    const server = pairing();
    const digits = (await code(server, 1)) ?? '';
    await world.clock.advance(10 * MINUTE);
    expect(await tried(server, digits, 'page')).toBe('wrong');
  });

  it('is drawn again, up to five times, if another device has the same code', async () => {
    const server = pairing();
    world.failures = Array<string>(4).fill('store.taken');
    expect(await code(server, 1)).toMatch(/^\d{6}$/);
    world.failures = Array<string>(5).fill('store.taken');
    await expect(code(server, 2)).rejects.toMatchObject({ code: 'store.taken' });
    world.failures = ['store.failed'];
    await expect(code(server, 3)).rejects.toMatchObject({ code: 'store.failed' });
    expect(world.failures).toEqual([]);
  });

  it('also binds a device whose record was dropped meanwhile', async () => {
    const server = pairing();
    const result = await asks(server, 1);
    await world.database.forget(mac(1));
    if (!('activation' in result)) throw new Error('no code');
    await world.database.putActivation(result.activation);
    expect(await server.approve(result.activation.code ?? '', 'page')).toMatchObject({
      deviceId: mac(1),
      boundClientId: 'client-1',
      boundBy: 'code',
      language: '',
    });
  });

  it('is stored with the facts about the device: people see them in the list, and the binding keeps them', async () => {
    const server = pairing();
    const digits = (await code(server, 1)) ?? '';
    expect(await world.database.list()).toMatchObject([{ ...claim(1), boundAtMs: undefined }]);
    expect(await tried(server, digits, 'page')).toBe('right');
    expect(await world.database.list()).toMatchObject([{ ...claim(1), boundBy: 'code' }]);
  });
});

describe('wrong codes', () => {
  it('are checked five times for each source, and once more every three minutes', async () => {
    const server = pairing();
    const wrong = another((await code(server, 1)) ?? '');
    for (let n = 0; n < 5; n++) expect(await tried(server, wrong, 'one')).toBe('wrong');
    await world.clock.advance(3 * MINUTE - 1);
    expect(await tried(server, wrong, 'one')).toBe('auth.rate_limited');
    await world.clock.advance(1);
    expect([await tried(server, wrong, 'one'), await tried(server, wrong, 'one')]).toEqual([
      'wrong',
      'auth.rate_limited',
    ]);
  });

  it('are checked ten times for all sources together, and once more every 90 seconds', async () => {
    const server = pairing();
    const wrong = another((await code(server, 1)) ?? '');
    for (let n = 0; n < 10; n++) expect(await tried(server, wrong, `source ${n}`)).toBe('wrong');
    await world.clock.advance(1.5 * MINUTE - 1);
    expect(await tried(server, wrong, 'late')).toBe('auth.rate_limited');
    await world.clock.advance(1);
    expect([await tried(server, wrong, 'late'), await tried(server, wrong, 'later')]).toEqual([
      'wrong',
      'auth.rate_limited',
    ]);
    await world.clock.advance(8 * MINUTE);
    for (let n = 0; n < 5; n++) expect(await tried(server, wrong, 'later')).toBe('wrong');
  });

  it('are counted, but correct codes are not', async () => {
    const server = pairing({ rules: () => ({ ...world.rules, codesPerAddress: 100 }) });
    for (let n = 0; n < 12; n++) expect(await tried(server, (await code(server, n)) ?? '', 'page')).toBe('right');
  });

  it('with letters, five or seven digits are refused without asking the database', async () => {
    const server = pairing();
    const digits = (await code(server, 1)) ?? '';
    for (const text of [`${digits}0`, `0${digits}`, digits.slice(1), `${digits}x`])
      expect(await tried(server, text, text)).toBe('wrong');
    expect(world.called).not.toContain('takeCode');
    expect(await tried(server, ` ${digits.slice(0, 3)}-${digits.slice(3)} `, 'page')).toBe('right');
  });
});

describe('new codes of one address', () => {
  it('are limited by default to 30, and one more every 20 seconds', async () => {
    const server = pairing();
    for (let n = 0; n < 30; n++) expect(await code(server, n)).toMatch(/^\d{6}$/);
    await world.clock.advance(19_999);
    await expect(code(server, 30)).rejects.toMatchObject({ code: 'auth.rate_limited' });
    await world.clock.advance(1);
    expect(await code(server, 30)).toMatch(/^\d{6}$/);
    await expect(code(server, 31)).rejects.toMatchObject({ code: 'auth.rate_limited' });
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
  async function challenged(server: Pairing, bound: boolean): Promise<string> {
    await world.database.putSerialKeys(new Map([['S1', KEY]]));
    const result = await asks(server, 1);
    if (!('activation' in result)) throw new Error('no code');
    if (bound) await server.approve(result.activation.code ?? '', 'page');
    return result.activation.challenge;
  }

  it('is accepted once, until its challenge expires', async () => {
    const server = pairing();
    const challenge = await challenged(server, true);
    await world.clock.advance(10 * MINUTE - 1);
    expect(await server.activate(mac(1), 'client-1', prove(challenge))).toBe('bound');
    expect(await server.activate(mac(1), 'client-1', prove(challenge))).toBe('refused');
  });

  it('is accepted once, even if two equal proofs come at the same time', async () => {
    const server = pairing();
    const challenge = await challenged(server, true);
    const both = [1, 2].map(() => server.activate(mac(1), 'client-1', prove(challenge)));
    expect((await Promise.all(both)).toSorted()).toEqual(['bound', 'refused']);
  });

  it('is refused after its challenge has expired', async () => {
    const server = pairing();
    const challenge = await challenged(server, true);
    await world.clock.advance(10 * MINUTE);
    expect(await server.activate(mac(1), 'client-1', prove(challenge))).toBe('refused');
  });

  it('is refused for another challenge or key, and is pending while its key or its code is missing', async () => {
    const server = pairing();
    const challenge = await challenged(server, false);
    const right = prove(challenge);
    expect(await server.activate(mac(1), 'client-1', prove('mine'))).toBe('refused');
    for (const hmac of ['', '0'.repeat(64), `${right.hmac}0`, `0${right.hmac}`, right.hmac.toUpperCase()])
      expect([await server.activate(mac(1), 'client-1', { ...right, hmac }), hmac]).toEqual(['refused', hmac]);
    expect(await server.activate(mac(2), 'client-2', right)).toBe('refused');
    expect(await server.activate(mac(1), 'client-1', { ...right, serial: 'S2' })).toBe('pending');
    expect(await server.activate(mac(1), 'client-1', right)).toBe('pending');
    // A check before the binding does not use up the challenge.
    await world.database.bind(mac(1), 'client-1', 'code', world.clock.wallMs());
    expect(await server.activate(mac(1), 'client-1', right)).toBe('bound');
  });

  it('is optional: without a proof the answer says whether the device is bound', async () => {
    const server = pairing();
    expect(await server.activate(mac(1), 'client-1', undefined)).toBe('pending');
    await challenged(server, true);
    expect(await server.activate(mac(1), 'client-1', undefined)).toBe('bound');
    expect(await server.activate(mac(1), 'client-2', undefined)).toBe('pending');
  });
});
