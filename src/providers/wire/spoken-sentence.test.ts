import { expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { Scope } from '../../core/index.js';
import type { ConnectionListener, ServiceConnection, WireMessage } from './connection.js';
import { onePiece, SpokenSentence } from './spoken-sentence.js';
import type { TtsDialect } from './tts-dialect.js';
import { WarmSockets } from './warm-sockets.js';

class FakeConnection implements ServiceConnection {
  readonly buffered = 0;
  paused = false;
  #on: ConnectionListener | undefined;
  send(): void {}
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  terminate(): void {}
  listen(on: ConnectionListener): void {
    this.#on = on;
  }
  says(...messages: WireMessage[]): void {
    for (const message of messages) this.#on?.message(message);
  }
}

const AUDIO = new Uint8Array(100);
const sockets = (): WarmSockets => new WarmSockets(new FakeClock(), new Scope('test', () => undefined));
const dialect = (kept: WarmSockets): Omit<TtsDialect, 'connect'> => ({
  release: (connection) => kept.keep('a', connection),
  begin: () => [],
  takesTextAtOnce: true,
  say: (piece) => [piece],
  end: () => [],
  read: (message) => [message === 'over' ? { type: 'over' } : { type: 'audio', bytes: AUDIO }],
});
const sentenceOn = (connection: ServiceConnection, kept: WarmSockets): SpokenSentence =>
  new SpokenSentence(connection, dialect(kept), onePiece('hi'), new AbortController().signal, () => undefined, 250);

it('leaves a connection that its unread audio has paused open to the next sentence', async () => {
  const kept = sockets();
  const connection = new FakeConnection();
  const first = sentenceOn(connection, kept);
  connection.says(AUDIO, AUDIO, AUDIO);
  expect(connection.paused).toBe(true);
  connection.says('over');
  expect(connection.paused).toBe(false);

  expect(await kept.take('a', () => Promise.reject(new Error('a new connection')))).toBe(connection);
  const second = sentenceOn(connection, kept);
  connection.says(AUDIO, AUDIO, AUDIO);
  expect(connection.paused).toBe(true);
  let bytes = 0;
  for await (const chunk of first.chunks) bytes += chunk.byteLength;
  expect(bytes).toBe(300);
  // The reader of the first sentence does not decide about the second one.
  expect(connection.paused).toBe(true);
  for await (const chunk of second.chunks) {
    bytes += chunk.byteLength;
    if (bytes === 600) connection.says('over');
  }
  expect(connection.paused).toBe(false);
});
