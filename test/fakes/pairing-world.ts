import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { ChorusError, silentLogger, type Logger } from '../../src/core/index.js';
import {
  Pairing,
  type PairingEvidence,
  type PairingOptions,
  type PairingResult,
  type PairingRules,
} from '../../src/device/access/pairing.js';
import type { Peer } from '../../src/platform/inbound/index.js';
import { openStore, type DeviceStore } from '../../src/platform/store/index.js';
import { FakeClock } from './fake-clock.js';

export const MINUTE = 60_000;
export const OUTSIDE: Peer = { address: '198.51.100.7', kind: 'public', forwarded: false, viaTrustedProxy: false };
export const LAN: Peer = { address: '192.168.1.7', kind: 'private', forwarded: false, viaTrustedProxy: false };
export const mac = (n: number): string =>
  `02:00:00:00:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`;
export const claim = (n: number) => ({
  deviceId: mac(n),
  clientId: `client-${n}`,
  board: 'esp-box-3',
  firmwareVersion: '2.4.2',
  language: 'zh-CN',
});

/** What a pairing test may examine and change. Each test begins with a new database. */
export const world = {
  folder: '',
  database: undefined as unknown as Awaited<ReturnType<typeof openStore>>,
  clock: new FakeClock(),
  /** Errors that the next calls of `putActivation` throw. */
  failures: [] as string[],
  /** The limits with which devices were bound. */
  limits: [] as number[],
  called: [] as string[],
  /** Whether the records of all devices say that they are revoked, as if another server had done that. */
  revoked: false,
  rules: { mode: 'code', autoBindMax: 10 } as PairingRules,
  full: false,
};

/** Makes a new world for each test of the file. Call this once, at the top of the file. */
export function usePairingWorld(): void {
  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chorus-pairing-'));
    Object.assign(world, {
      folder,
      database: await openStore({ dataDir: folder }),
      clock: new FakeClock(),
      failures: [],
      limits: [],
      called: [],
      full: false,
      revoked: false,
      rules: { mode: 'code', autoBindMax: 10 },
    });
  });
  afterEach(async () => {
    await world.database.close();
    await rm(world.folder, { recursive: true, force: true });
  });
}

export const watched: DeviceStore = new Proxy({} as DeviceStore, {
  get: (_, name: keyof DeviceStore) => {
    if (name === 'putActivation')
      return async (...given: Parameters<DeviceStore['putActivation']>): Promise<void> => {
        const code = world.failures.shift();
        if (code !== undefined) throw new ChorusError(code as 'store.taken', 'as told');
        await world.database.putActivation(...given);
      };
    world.called.push(name);
    if (name === 'find' && world.revoked)
      return async (deviceId: string) => {
        const found = await world.database.find(deviceId);
        return found && { ...found, revoked: world.revoked };
      };
    if (name === 'seen' && world.full) return () => Promise.reject(new ChorusError('data.disk_full', 'as told'));
    if (name === 'bindWithin')
      return (...given: Parameters<DeviceStore['bindWithin']>) => {
        world.limits.push(given[0]);
        return world.database.bindWithin(...given);
      };
    return (world.database[name] as (...given: unknown[]) => unknown).bind(world.database);
  },
});

export function pairing(more: Partial<PairingOptions> = {}): Pairing {
  return new Pairing({ rules: () => world.rules, store: watched, clock: world.clock, log: silentLogger, ...more });
}
/** A logger that records its lines. */
export function noting(): { readonly lines: unknown[]; readonly log: Logger } {
  const lines: unknown[] = [];
  const keep = (message: string, fields: unknown): unknown => lines.push([message, fields]);
  return { lines, log: { ...silentLogger, info: keep, warn: keep, child: () => silentLogger } };
}
export const asks = (
  server: Pairing,
  n: number,
  peer: Peer = OUTSIDE,
  more: Partial<PairingEvidence> = {},
): Promise<PairingResult> => server.resolve(claim(n), { peer, local: false, browser: false, ...more });
/** The code that a device is given, or `undefined` if the device is bound. */
export async function code(server: Pairing, n: number, peer: Peer = OUTSIDE): Promise<string | undefined> {
  const result = await asks(server, n, peer);
  return 'activation' in result ? result.activation.code : undefined;
}
/** What happens when somebody enters a code: it is right, wrong, or not checked because of this error. */
export const tried = (server: Pairing, digits: string, source: string): Promise<string> =>
  server.approve(digits, source).then(
    (device) => (device ? 'right' : 'wrong'),
    (error: ChorusError) => error.code,
  );
export const another = (digits: string): string => String((Number(digits) + 1) % 1_000_000).padStart(6, '0');
