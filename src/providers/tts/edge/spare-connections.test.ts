import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { FakeClock, settle } from '../../../../test/fakes/fake-clock.js';
import { SpareConnections } from './spare-connections.js';

const never = (): AbortSignal => new AbortController().signal;

it('takes an open connection before an older one that is still connecting', async () => {
  const opened: ((socket: WebSocket) => void)[] = [];
  const spares = new SpareConnections(new FakeClock(), () => new Promise((resolve) => opened.push(resolve)));
  for (let i = 0; i < 2; i++) spares.open(never(), 2);
  const socket = Object.assign(new EventEmitter(), { readyState: WebSocket.OPEN }) as unknown as WebSocket;
  opened[1]?.(socket);
  await settle();
  expect(await spares.take(never())).toBe(socket);
});
