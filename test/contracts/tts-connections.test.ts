import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scope, systemClock } from '../../src/core/index.js';
import { bytesToInt16, writeWav } from '../../src/audio/index.js';
import { codeOf, eventually, failureOf, live } from '../../src/plugin/testing/suite.js';
import { collect } from '../../src/plugin/testing/voice.js';
import { type Spender } from '../../src/providers/index.js';
import { meteredVoice } from '../../src/providers/spending.js';
import { ScriptedSocket, type SocketPeer } from '../fakes/scripted-socket.js';
import { piecesOf, type SpeechPlan } from '../fakes/voice-services.js';
import { AUDIO, heard, makeVoice, settingFor, SOCKETS, type MadeVoice } from './tts-services.subject.js';

describe.each(['cosyvoice', 'volcengine'])('the connection of the voice %s', (id) => {
  const { service, settings } = SOCKETS[id]!;
  const speaks = service(() => ({ audio: AUDIO, trouble: undefined, copies: 1 }));
  /** What the service does with a message on a connection that was used before. */
  let again: ((peer: SocketPeer) => void) | undefined;
  let server: ScriptedSocket;
  let scope: Scope;
  beforeEach(async () => {
    again = undefined;
    scope = new Scope('voice', () => undefined);
    server = await ScriptedSocket.start((peer, message) => {
      if (again && peer.idle) again(peer);
      else speaks(peer, message);
    });
  });
  afterEach(async () => {
    await scope.close();
    await server.close();
  });
  const voice = (): MadeVoice => makeVoice(id, server.url, settings, systemClock, scope);

  it('serves several sentences, and is closed when the voice is given up', async () => {
    const { provider } = voice();
    for (let sentence = 0; sentence < 3; sentence++) expect((await heard(provider)).bytes.equals(AUDIO)).toBe(true);
    expect([server.peers.length, server.open]).toEqual([1, 1]);
    await Promise.all([heard(provider), heard(provider)]);
    expect(server.peers.length).toBe(2);
    await scope.close();
    await eventually(() => server.open === 0);
  });

  it.each<[string, (peer: SocketPeer) => void]>([
    ['died unnoticed', (peer) => peer.cut()],
    ['is closed by the service instead of an answer', (peer) => peer.close(1000, 'idle')],
    ['takes nothing any more', (peer) => peer.send('neither')],
  ])('is replaced if it %s: the sentence is sent again, no word is lost or counted twice', async (_, reaction) => {
    const counted: number[] = [];
    const spender: Spender = {
      admit: () => undefined,
      spent: (...[, , , amount]) => void counted.push(amount),
    };
    const { provider, gate } = voice();
    const metered = meteredVoice(provider, spender);
    const pieces: AsyncIterable<string> = {
      async *[Symbol.asyncIterator]() {
        yield 'It is ';
        yield 'sunny.';
      },
    };
    const say = async (): Promise<number> =>
      (await collect(await metered.stream!({ language: 'en-US', pieces }, live()))).byteLength;
    expect(await say()).toBe(AUDIO.length);
    again = reaction;
    expect(await say()).toBe(AUDIO.length);
    expect(server.peers.map(piecesOf)).toEqual([
      ['It is ', 'sunny.'],
      ['It is ', 'sunny.'],
    ]);
    expect(counted).toEqual([6, 6, 6, 6]);
    expect(gate.free).toBe(10);
    await eventually(() => server.open === 1);
  });

  it('is replaced only once: if the new one fails too, the sentence fails', async () => {
    const { provider, gate } = voice();
    await heard(provider);
    again = (peer) => {
      server.fault = { refuse: 503 };
      peer.cut();
    };
    expect(codeOf(await failureOf(() => heard(provider)))).toBe('tts.failed');
    expect([server.refusals, gate.free]).toEqual([1, 10]);
  });
});

describe('audio of another rate than the requested one', () => {
  const other = AUDIO.subarray(0, 32_000);
  const wav = Buffer.from(writeWav({ rateHz: 16_000, pcm: bytesToInt16(other) }));
  let server: ScriptedSocket | undefined;
  afterEach(() => server?.close());
  const spoken = async (id: string, plan: Pick<SpeechPlan, 'audio' | 'rateHz'>) => {
    const { service, settings } = SOCKETS[id]!;
    server = await ScriptedSocket.start(service(() => ({ ...plan, trouble: undefined, copies: 1 })));
    return heard(makeVoice(id, `${settingFor(id, server.url)}/v1`, settings).provider);
  };

  it.each(['xunfei', 'minimax'])('has the rate that %s sends with it', async (id) => {
    const { rateHz, bytes } = await spoken(id, { audio: other, rateHz: 16_000 });
    expect([rateHz, bytes.equals(other)]).toEqual([16_000, true]);
  });

  it.each(['xunfei', 'minimax'])('is accepted if %s sends the requested rate', async (id) => {
    expect((await spoken(id, { audio: other, rateHz: 24_000 })).rateHz).toBe(24_000);
  });

  it.each(['xunfei', 'minimax'])('is refused if %s sends a rate that nobody plays', async (id) => {
    expect(codeOf(await failureOf(() => spoken(id, { audio: other, rateHz: 1e9 })))).toBe('tts.failed');
  });

  it.each(Object.keys(SOCKETS))('has the rate of its WAV header: %s', async (id) => {
    const { rateHz, bytes } = await spoken(id, { audio: wav });
    expect([rateHz, bytes.equals(other)]).toEqual([16_000, true]);
  });
});
