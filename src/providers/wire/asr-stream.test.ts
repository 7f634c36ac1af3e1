import { expect, it } from 'vitest';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import { gateFor } from '../../../test/fakes/service-gate.js';
import { ServiceStream } from './asr-stream.js';
import type { AsrDialect } from './asr-dialect.js';
import type { ConnectionListener, ServiceConnection } from './connection.js';

it('a stream that ends before its kept connection answers does not connect again', async () => {
  let made = 0;
  let listener: ConnectionListener | undefined;
  const connection: ServiceConnection = {
    send: () => undefined,
    buffered: 0,
    reused: true,
    pause: () => undefined,
    resume: () => undefined,
    terminate: () => listener?.closed('1006', false),
    listen: (on) => (listener = on),
  };
  const dialect = (): Promise<AsrDialect> => {
    made += 1;
    return Promise.resolve({
      connect: () => Promise.resolve(connection),
      begin: () => [],
      waitsForStart: true,
      audio: (pcm) => pcm,
      end: () => [],
      read: () => [],
    });
  };
  const clock = new FakeClock();
  const gate = gateFor({ kind: 'asr', clock });
  const stream = new ServiceStream({ language: 'en' }, { clock, gate, dialect }, new AbortController().signal);
  await settle();
  expect(listener).toBeDefined();
  stream.close();
  await settle();
  expect([made, gate.free, clock.pending]).toEqual([1, 4, 0]);
});
