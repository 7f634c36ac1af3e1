import { describe } from 'vitest';
import type { CloseCause } from '../../src/device/transport/transport-port.js';
import { createWebSocketTransport } from '../../src/device/transport/websocket/websocket.js';
import { connect, PEERS, type TestDevice } from '../scenarios/conformance/harness.js';
import { transportContract, type ContractDevice, type ContractIds } from './transport.contract.js';

const CAUSES: Readonly<Record<number, CloseCause | 'terminated'>> = {
  1000: 'done',
  1001: 'going_away',
  1006: 'terminated',
  1008: 'policy',
  1009: 'too_big',
  1011: 'internal',
  4001: 'replaced',
};
const REFUSALS = { 401: 'unauthorized', 429: 'rate_limited', 500: 'failed', 503: 'draining_or_full' } as const;

function webSocketDevice(harness: { readonly port: number }, ids: ContractIds): ContractDevice {
  return asContractDevice(connect(harness, { ...ids, from: PEERS.lan }));
}

function asContractDevice(device: TestDevice): ContractDevice {
  return {
    texts: device.texts,
    packets: device.binaries,
    opened: () => device.opened(),
    refused: async () => REFUSALS[(await device.refused()).refusedWith as keyof typeof REFUSALS],
    closed: async () => CAUSES[(await device.closed()).closeCode ?? 1006] ?? 'terminated',
    say: (message) => device.send(message),
    saySound: (packet) => device.socket.send(packet, { binary: true }),
    hangUp: () => device.socket.terminate(),
    until: (condition) => device.until(condition),
  };
}

describe('the WebSocket transport', () => {
  transportContract(() => ({ create: createWebSocketTransport, otaMember: 'websocket', connect: webSocketDevice }));
});
