import { describe, expect, it } from 'vitest';
import { TRANSPORTS } from '../../src/device/transport/transports.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { MemoryTransport, type MemoryDevice } from '../fakes/memory-transport.js';
import {
  asCommand,
  connect,
  DEVICE,
  HELLO,
  http,
  PEERS,
  postOta,
  startServer,
  tokenFor,
  type Harness,
} from '../scenarios/conformance/harness.js';
import { connectedIn, transportContract, type ContractDevice, type ContractIds } from './transport.contract.js';

const REFUSALS = {
  unauthorized: 'unauthorized',
  rate_limited: 'rate_limited',
  failed: 'failed',
  draining: 'draining_or_full',
  full: 'draining_or_full',
} as const;

function asContractDevice(device: MemoryDevice): ContractDevice {
  return {
    texts: device.texts,
    packets: device.packets,
    opened: () => device.until((d) => d.state === 'open'),
    refused: async () => REFUSALS[(await device.until((d) => d.refusal !== undefined)).refusal ?? 'failed'],
    closed: async () => (await device.until((d) => d.state === 'closed')).cause ?? 'terminated',
    say: (message) => device.say(message),
    saySound: (packet) => device.saySound(packet),
    hangUp: () => device.hangUp(),
    until: (condition) => device.until(condition),
  };
}

const connectTo = (memory: MemoryTransport, { token, deviceId, clientId }: ContractIds): MemoryDevice =>
  memory.connect({ token, deviceId, clientId }, PEERS.lan);

describe('a transport in this process', () => {
  transportContract(() => {
    const memory = new MemoryTransport();
    return {
      create: memory.create,
      otaMember: 'memory',
      connect: (_harness, ids) => asContractDevice(connectTo(memory, ids)),
    };
  });
});

describe('two transports on one server', () => {
  const withBoth = async (
    work: (harness: Harness, memory: MemoryTransport) => Promise<void>,
    options: Parameters<typeof startServer>[0] = {},
  ): Promise<void> => {
    const memory = new MemoryTransport();
    const harness = await startServer({ transports: [...TRANSPORTS, memory.create], ...options });
    try {
      await work(harness, memory);
    } finally {
      await harness.close();
    }
    expect(memory.calls).toEqual(['listen', 'close']);
  };

  it('both are in the OTA answer', () =>
    withBoth(async (harness) => {
      const { json, ota } = await postOta(harness);
      expect(Object.keys(json)).toEqual(['server_time', 'firmware', 'websocket', 'memory']);
      expect(json['memory']).toEqual({ token: ota.websocket.token });
    }));

  it('a device has one connection: each transport replaces that of the other', () =>
    withBoth(async (harness, memory) => {
      const token = await tokenFor(harness);
      const bySocket = await connect(harness, { token }).opened();
      await bySocket.hello();
      const session = await harness.host.session();
      const byMemory = await connectTo(memory, { ...DEVICE, token }).until((d) => d.state === 'open');
      expect((await bySocket.closed()).closeCode).toBe(4001);
      await session.until((s) => s.closedTimes === 1);
      expect(await connectedIn(harness)).toEqual([DEVICE.deviceId]);
      byMemory.say(HELLO);
      await harness.host.session(1);
      await connect(harness, { token }).opened();
      expect((await byMemory.until((d) => d.state === 'closed')).cause).toBe('replaced');
      await expect.poll(() => harness.server.connections).toBe(1);
    }));

  it('limits, the number of connections and the drain apply to both', () =>
    withBoth(
      async (harness, memory) => {
        const token = await tokenFor(harness);
        const other = { deviceId: 'a0:85:e3:f4:49:36', clientId: 'c' };
        const otherToken = await tokenFor(harness, other);
        const byMemory = await connectTo(memory, { ...DEVICE, token }).until((d) => d.state === 'open');
        expect((await connect(harness, { ...other, token: otherToken }).refused()).refusedWith).toBe(503);
        const enough = new AbortController();
        const drained = harness.server.drain(enough.signal);
        const ready = await http(harness, { path: '/readyz' });
        expect([ready.status, ready.json['draining']]).toEqual([503, true]);
        const late = connectTo(memory, { ...other, token: otherToken });
        expect((await late.until((d) => d.refusal !== undefined)).refusal).toBe('draining');
        byMemory.hangUp();
        await drained;
      },
      { limits: { connections: 1 } },
    ));

  it('a device on the other transport can be forgotten from the page', () =>
    withBoth(async (harness, memory) => {
      const token = await tokenFor(harness);
      const device = await connectTo(memory, { ...DEVICE, token }).until((d) => d.state === 'open');
      const path = `/api/v1/devices/${encodeURIComponent(DEVICE.deviceId)}`;
      await http(harness, { method: 'DELETE', path, headers: asCommand(harness) });
      expect((await device.until((d) => d.state === 'closed')).cause).toBe('policy');
      expect(await connectedIn(harness)).toEqual([]);
    }));

  it('closes the connection of a device that has not answered for 10 s', async () => {
    const clock = new FakeClock();
    await withBoth(
      async (harness, memory) => {
        const token = await tokenFor(harness);
        const device = await connectTo(memory, { ...DEVICE, token }).until((d) => d.state === 'open');
        device.say(HELLO);
        const { connection } = await harness.host.session();
        connection.link?.look();
        await clock.advance(1000);
        device.onPing = undefined;
        connection.link?.look();
        await clock.advance(9000);
        expect(device.state).toBe('open');
        await clock.advance(6000);
        expect((await device.until((d) => d.state === 'closed')).cause).toBe('terminated');
        expect(harness.metrics.of('chorus_messages_ignored_total{reason=silent}')).toBe(1);
      },
      { clock },
    );
  });

  it('closes the connection of a device that does not read, or does not answer a close', () =>
    withBoth(
      async (harness, memory) => {
        const token = await tokenFor(harness);
        const device = await connectTo(memory, { ...DEVICE, token }).until((d) => d.state === 'open');
        device.say(HELLO);
        const { connection } = await harness.host.session();
        device.unreadBytes = 2_000_000;
        connection.send({ type: 'stt', text: 'more' });
        expect((await device.until((d) => d.state === 'closed')).cause).toBe('terminated');
        expect(harness.metrics.of('chorus_messages_ignored_total{reason=not_reading}')).toBe(1);
        const deaf = await connectTo(memory, { ...DEVICE, token }).until((d) => d.state === 'open');
        deaf.ignoresClose = true;
        deaf.say(HELLO);
        (await harness.host.session(1)).connection.close('enough');
        await deaf.until((d) => d.state === 'closed');
        await expect.poll(() => harness.server.connections).toBe(0);
      },
      { limits: { closeGraceMs: 20 } },
    ));
});
