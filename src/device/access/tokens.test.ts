import { describe, expect, it } from 'vitest';
import { ChorusError, silentLogger } from '../../core/index.js';
import type { DeviceRecord } from '../../platform/store/index.js';
import { sameSecret } from '../../platform/inbound/index.js';
import { DeviceTokens } from './tokens.js';

const ID = 'a0:85:e3:00:00:01';
const BOUND = {
  deviceId: ID,
  clientId: 'c',
  boundClientId: 'c',
  tokenGeneration: 2,
  previousGenerationValid: true,
  revoked: false,
} as DeviceRecord;

async function world(first: Partial<DeviceRecord> = {}) {
  const state = {
    device: { ...BOUND, ...first },
    failure: undefined as Error | undefined,
    looked: 0,
    noted: 0,
    made: '',
  };
  const warnings: unknown[] = [];
  const tokens = await DeviceTokens.open(
    {
      secret: (name, create) => {
        state.made = create();
        return Promise.resolve(name === 'token-signing-key' ? '00'.repeat(32) : 'ff'.repeat(32));
      },
      find: (deviceId) => {
        state.looked += 1;
        return Promise.resolve(deviceId === ID ? state.device : undefined);
      },
      confirmGeneration: async () => {
        if (state.failure) throw state.failure;
        state.noted += 1;
        state.device = { ...state.device, previousGenerationValid: false };
      },
    },
    { ...silentLogger, warn: (_, fields) => void warnings.push(fields) },
  );
  const of = (tokenGeneration: number): string => tokens.issue({ ...BOUND, tokenGeneration });
  const isLetIn = async (token: string, deviceId = ID, clientId = 'c'): Promise<boolean> =>
    (await tokens.check(token, deviceId, clientId)) !== undefined;
  return { tokens, state, warnings, of, isLetIn };
}

describe('the token of a device', () => {
  it('has the same form in every version, so an update locks out no device', async () => {
    const { tokens, of } = await world();
    expect(of(2)).toBe('g5Qj14n2WCaCtTiA2PI-V7gurO1kzq6FlHomKmLmcaU.2');
    expect(of(123)).toMatch(/^[\w-]{43}\.123$/);
    expect(tokens.issue({ ...BOUND, boundClientId: undefined })).toBe(of(2));
  });

  it('is signed with a key of 256 bits that the first start creates', async () => {
    const keys = await Promise.all([world(), world()]);
    expect(new Set(keys.map(({ state }) => state.made)).size).toBe(2);
    for (const { state } of keys) expect(state.made).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is valid for the present generation, and for the previous one until the new token is used', async () => {
    const { state, of, isLetIn } = await world({ tokenGeneration: 15 });
    expect(await Promise.all([14, 13, 12, 1, 16].map((generation) => isLetIn(of(generation))))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect([await isLetIn(of(15)), await isLetIn(of(14)), state.noted]).toEqual([true, false, 1]);
    expect([await isLetIn(of(15)), state.noted]).toEqual([true, 1]);
  });

  it.each<[string, Partial<DeviceRecord>]>([
    ['revoked', { revoked: true }],
    ['bound to another client', { boundClientId: 'd' }],
    ['bound to nobody', { boundClientId: undefined }],
  ])('is refused when the device is %s', async (_, device) => {
    const { of, isLetIn } = await world(device);
    expect([await isLetIn(of(2)), await isLetIn(of(1))]).toEqual([false, false]);
  });

  it('is valid for its device and client only; an unsigned token causes no database query', async () => {
    const { state, of, isLetIn } = await world();
    const [signature = '', generation = ''] = of(2).split('.');
    const other = 'a0:85:e3:00:00:02';
    for (const [token, deviceId, clientId] of [
      [of(2), other, 'c'],
      [of(2), ID, 'd'],
      [`${signature}.3`, ID, 'c'],
      [`${'A'.repeat(43)}.2`, ID, 'c'],
      [signature, ID, 'c'],
      [`x${signature}.${generation}`, ID, 'c'],
      [`${signature}.${generation}x`, ID, 'c'],
      [`${signature}.02`, ID, 'd'],
      [`${signature}.1234567890`, ID, 'c'],
      ['', ID, 'c'],
    ] as const)
      expect([await isLetIn(token, deviceId, clientId), token]).toEqual([false, token]);
    expect(state.looked).toBe(0);
  });

  it('is refused if the device is not known', async () => {
    const { tokens, isLetIn } = await world();
    const unknown = { ...BOUND, deviceId: 'a0:85:e3:00:00:03' };
    expect(await isLetIn(tokens.issue(unknown), unknown.deviceId)).toBe(false);
  });

  it('works on a full disk, where the end of the old token is recorded later', async () => {
    const { state, warnings, of, isLetIn } = await world();
    state.failure = new ChorusError('data.disk_full', 'no space left');
    expect([await isLetIn(of(2)), await isLetIn(of(1))]).toEqual([true, true]);
    state.failure = new Error('of another kind');
    expect(await isLetIn(of(2))).toBe(true);
    expect(warnings).toEqual([
      { deviceId: ID, code: 'data.disk_full' },
      { deviceId: ID, code: 'store.failed' },
    ]);
    state.failure = undefined;
    expect([await isLetIn(of(2)), await isLetIn(of(1))]).toEqual([true, false]);
  });
});

describe('the token for pictures', () => {
  it('is not valid for conversations, and the conversation token is not valid for pictures', async () => {
    const { tokens, of, isLetIn } = await world();
    const pictures = tokens.issueForPictures(BOUND);
    expect(await tokens.checkForPictures(pictures, ID)).toMatchObject({ deviceId: ID });
    expect([await isLetIn(pictures), await tokens.checkForPictures(of(2), ID)]).toEqual([false, undefined]);
  });

  it('is valid for the present generation, and for the previous one until the new token is used', async () => {
    const { tokens, state } = await world({ tokenGeneration: 15 });
    const isGood = async (tokenGeneration: number): Promise<boolean> =>
      (await tokens.checkForPictures(tokens.issueForPictures({ ...BOUND, tokenGeneration }), ID)) !== undefined;
    const all = async (): Promise<boolean[]> => [
      await isGood(16),
      await isGood(15),
      await isGood(14),
      await isGood(13),
      await isGood(1),
    ];
    expect(await all()).toEqual([false, true, true, false, false]);
    state.device = { ...state.device, previousGenerationValid: false };
    expect(await all()).toEqual([false, true, false, false, false]);
    // Sending a picture does not end the old token, because that is no conversation.
    expect(state.noted).toBe(0);
    state.device = { ...state.device, revoked: true };
    expect(await all()).toEqual([false, false, false, false, false]);
  });

  it('is valid for its device only; an unsigned token is refused without asking the database', async () => {
    const { tokens, state } = await world();
    const token = tokens.issueForPictures(BOUND);
    const [signature = ''] = token.split('.');
    for (const [wrong, deviceId] of [
      [token, 'a0:85:e3:00:00:02'],
      [`${signature}.3`, ID],
      [`${'A'.repeat(43)}.2`, ID],
      [signature, ID],
      ['', ID],
    ] as const)
      expect([await tokens.checkForPictures(wrong, deviceId), wrong]).toEqual([undefined, wrong]);
    expect(state.looked).toBe(0);
    const unknown = { ...BOUND, deviceId: 'a0:85:e3:00:00:03' };
    expect(await tokens.checkForPictures(tokens.issueForPictures(unknown), unknown.deviceId)).toBeUndefined();
  });
});

it('treats secrets as equal only if they are, whatever their lengths', () => {
  expect([sameSecret('abc', 'abc'), sameSecret('abc', 'abd'), sameSecret('abc', 'abcd'), sameSecret('', 'a')]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
