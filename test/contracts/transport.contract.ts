import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CloseCause, CreateTransport } from '../../src/device/transport/transport-port.js';
import { FakeClock } from '../fakes/fake-clock.js';
import {
  asCommand,
  DEVICE,
  HELLO,
  http,
  postOta,
  startServer,
  type Harness,
  type HarnessOptions,
} from '../scenarios/conformance/harness.js';

/** A device that uses the tested transport. */
export interface ContractDevice {
  readonly texts: readonly Record<string, unknown>[];
  readonly packets: readonly Uint8Array[];
  opened(): Promise<unknown>;
  /** Resolves with the reason why the connection was refused. */
  refused(): Promise<'draining_or_full' | 'rate_limited' | 'unauthorized' | 'failed'>;
  closed(): Promise<CloseCause | 'terminated'>;
  say(message: unknown): void;
  saySound(packet: Uint8Array): void;
  /** Ends the connection without a message. */
  hangUp(): void;
  until(condition: () => boolean): Promise<unknown>;
}

export interface ContractIds {
  readonly deviceId: string;
  readonly clientId: string;
  readonly token: string;
}

export interface TransportSubject {
  readonly create: CreateTransport;
  /** Name of the transport's member in the OTA answer. */
  readonly otaMember: string;
  connect(harness: Harness, ids: ContractIds): ContractDevice;
}

const OTHER = { deviceId: 'a0:85:e3:f4:49:35', clientId: '7b94d69a-9808-4c59-9c9b-704333b38b00' };
const PACKET = Uint8Array.of(0x58, 1, 2, 3);

export const connectedIn = async (harness: Harness): Promise<readonly string[]> => {
  const { json } = await http(harness, { path: '/api/v1/devices', headers: asCommand(harness) });
  const devices = json['devices'] as { deviceId: string; connected: boolean }[];
  return devices.filter(({ connected }) => connected).map(({ deviceId }) => deviceId);
};

/** The contract of every transport. `subjectOf` makes a new subject for each test. */
export function transportContract(subjectOf: () => TransportSubject): void {
  let harness: Harness;
  let subject: TransportSubject;
  const start = async (options: HarnessOptions = {}): Promise<void> => {
    await harness?.close();
    subject = subjectOf();
    harness = await startServer({ transports: [subject.create], ...options });
  };
  beforeEach(() => start());
  afterEach(() => harness.close());

  const tokenOf = async (ids: { deviceId: string; clientId: string }): Promise<ContractIds> => ({
    ...ids,
    token: ((await postOta(harness, ids)).json[subject.otaMember] as { token: string }).token,
  });
  const connectAs = async (ids: { deviceId: string; clientId: string }): Promise<ContractDevice> => {
    const device = subject.connect(harness, await tokenOf(ids));
    await device.opened();
    return device;
  };

  it('is named in the OTA answer, with the token of a bound device', async () => {
    const { token } = await tokenOf(DEVICE);
    expect(token).toMatch(/^[\w-]{43}\.\d+$/);
    const device = subject.connect(harness, { ...DEVICE, token });
    await device.opened();
    expect(harness.metrics.of('chorus_handshakes_total{result=accepted}')).toBe(1);
  });

  it('registers a device: counts it, and shows it as connected until it hangs up', async () => {
    const { token } = await tokenOf(DEVICE);
    const device = subject.connect(harness, { ...DEVICE, token });
    await device.opened();
    expect([harness.server.connections, harness.metrics.of('chorus_connections')]).toEqual([1, 1]);
    expect(await connectedIn(harness)).toEqual([DEVICE.deviceId]);
    device.hangUp();
    await expect.poll(() => harness.server.connections).toBe(0);
    expect(harness.metrics.of('chorus_connections')).toBe(0);
    expect(await connectedIn(harness)).toEqual([]);
  });

  it('ends a connection for a reason of any length, in any language', async () => {
    for (const [index, reason] of ['x'.repeat(500), '连接太多'.repeat(100)].entries()) {
      const device = await connectAs(DEVICE);
      device.say(HELLO);
      (await harness.host.session(index)).connection.close(reason);
      expect(await device.closed()).toBe('done');
    }
  });

  it('answers the hello before any message of the session, and carries messages and packets both ways', async () => {
    harness.host.onAccept = ({ connection }) => {
      connection.send({ type: 'stt', text: 'at once' });
      connection.sendAudio(PACKET, 60);
    };
    const device = subject.connect(harness, await tokenOf(DEVICE));
    await device.opened();
    device.say(HELLO);
    await device.until(() => device.texts.length === 2 && device.packets.length === 1);
    const session = await harness.host.session();
    expect(device.texts).toMatchObject([
      { type: 'hello', session_id: session.connection.identity.sessionId, audio_params: { sample_rate: 24_000 } },
      { type: 'stt', text: 'at once' },
    ]);
    expect(device.texts[0]?.['transport']).toEqual(expect.any(String));
    expect(device.packets.map((packet) => [...packet])).toEqual([[...PACKET]]);
    expect(session.connection.identity).toMatchObject({ ...DEVICE, features: { mcp: true, aec: true } });
    device.saySound(PACKET);
    device.say({ type: 'listen', state: 'start', mode: 'auto' });
    await session.until((s) => s.messages.length === 1 && s.packets.length === 1);
    expect([...(session.packets[0] ?? [])]).toEqual([...PACKET]);
  });

  it('refuses a device without a valid token, and slows down further attempts', async () => {
    await start({ limits: { failedHandshakes: { burst: 2, perSecond: 0.001 } } });
    await tokenOf(DEVICE);
    const wrong = (): ContractDevice => subject.connect(harness, { ...DEVICE, token: `${'A'.repeat(43)}.1` });
    expect([await wrong().refused(), await wrong().refused(), await wrong().refused()]).toEqual([
      'unauthorized',
      'unauthorized',
      'rate_limited',
    ]);
    expect(harness.server.connections).toBe(0);
    expect(harness.metrics.of('chorus_handshakes_total{result=unauthorized}')).toBe(2);
    // Even then, a device with a valid token at the same address is admitted.
    await subject.connect(harness, await tokenOf(DEVICE)).opened();
  });

  it('limits the number of connections, in total and of one address', async () => {
    await start({ limits: { connections: 1 } });
    const first = await connectAs(DEVICE);
    const other = await tokenOf(OTHER);
    expect(await subject.connect(harness, other).refused()).toBe('draining_or_full');
    first.hangUp();
    await expect.poll(() => harness.server.connections).toBe(0);
    await subject.connect(harness, other).opened();
    await start({ limits: { handshakes: { burst: 1, perSecond: 0.001 } } });
    await connectAs(DEVICE);
    expect(await subject.connect(harness, await tokenOf(OTHER)).refused()).toBe('rate_limited');
  });

  it('replaces the connection of a device by a newer one; the old session ends once', async () => {
    const first = await connectAs(DEVICE);
    first.say(HELLO);
    const session = await harness.host.session();
    await connectAs(DEVICE);
    expect(await first.closed()).toBe('replaced');
    await session.until((s) => s.closedTimes === 1);
    await expect.poll(() => harness.server.connections).toBe(1);
    expect(await connectedIn(harness)).toEqual([DEVICE.deviceId]);
    expect(session.closedTimes).toBe(1);
  });

  it('disconnects a device that is forgotten or revoked', async () => {
    const forgotten = await connectAs(DEVICE);
    const path = `/api/v1/devices/${encodeURIComponent(DEVICE.deviceId)}`;
    const { status } = await http(harness, { method: 'DELETE', path, headers: asCommand(harness) });
    expect([status, await forgotten.closed()]).toEqual([204, 'policy']);
    const revoked = await connectAs(OTHER);
    expect(await harness.server.revoke(OTHER.deviceId)).toBe(true);
    expect(await revoked.closed()).toBe('policy');
    await expect.poll(() => harness.server.connections).toBe(0);
  });

  it('admits no device during a drain, which ends with the last connection', async () => {
    const ids = await tokenOf(OTHER);
    const device = await connectAs(DEVICE);
    let drained = false;
    const drain = harness.server.drain(new AbortController().signal).then(() => (drained = true));
    expect(await subject.connect(harness, ids).refused()).toBe('draining_or_full');
    expect(drained).toBe(false);
    device.hangUp();
    await drain;
  });

  it('reports "going away" when the server closes', async () => {
    const device = await connectAs(DEVICE);
    await Promise.all([harness.server.close(), device.closed().then((cause) => expect(cause).toBe('going_away'))]);
    expect(harness.server.connections).toBe(0);
  });

  it('disconnects a device without a hello, and one to which nothing was sent for too long', async () => {
    const clock = new FakeClock();
    await start({ clock });
    const silent = await connectAs(DEVICE);
    const idle = await connectAs(OTHER);
    idle.say(HELLO);
    await harness.host.session();
    await clock.advance(10_000);
    expect(await silent.closed()).toBe('policy');
    await clock.advance(105_000);
    expect(await idle.closed()).toBe('done');
  });

  it('ignores a message that is too large, and disconnects a device that repeats it', async () => {
    await start({ limits: { textBytes: 300, oversizedMessages: 2 } });
    const device = await connectAs(DEVICE);
    device.say(HELLO);
    const session = await harness.host.session();
    const large = { type: 'mcp', payload: { text: 'x'.repeat(300) } };
    device.say(large);
    device.say(large);
    device.say({ type: 'abort' });
    await session.until((s) => s.messages.length === 1);
    expect(harness.metrics.of('chorus_messages_ignored_total{reason=too_large}')).toBe(2);
    device.say(large);
    expect(await device.closed()).toBe('too_big');
  });

  it('ends only the connection of a session that fails', async () => {
    const [device, neighbour] = [await connectAs(DEVICE), await connectAs(OTHER)];
    device.say(HELLO);
    const session = await harness.host.session();
    session.onMessage = () => {
      throw new Error('a defect');
    };
    device.say({ type: 'abort' });
    expect(await device.closed()).toBe('internal');
    neighbour.say(HELLO);
    await neighbour.until(() => neighbour.texts.length === 1);
    expect(await connectedIn(harness)).toEqual([OTHER.deviceId]);
  });
}
