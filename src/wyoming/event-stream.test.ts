import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/fake-clock.js';
import { wyomingEvent } from '../platform/wyoming/index.js';
import { ClientGone, EventStream } from './event-stream.js';

it('counts a client that reads nothing as gone, so that no voice seems to have failed', async () => {
  const clock = new FakeClock();
  const socket = Object.defineProperty(new Socket(), 'writableNeedDrain', { value: true });
  socket.write = () => false;
  const stream = new EventStream(socket, clock);
  const failure = stream.write(wyomingEvent('pong'), new AbortController().signal).catch((error: unknown) => error);
  await clock.advance(19_999);
  expect(stream.gone.aborted).toBe(false);
  await clock.advance(1);
  expect(await failure).toBeInstanceOf(ClientGone);
  expect(stream.gone.reason).toBeInstanceOf(ClientGone);
  socket.destroy();
});
