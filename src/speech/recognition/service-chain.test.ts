import { beforeEach, describe, expect, it } from 'vitest';
import { Cancelled, ChorusError, noMetrics, silentLogger } from '../../core/index.js';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import { Guess } from '../../capacity/index.js';
import type { AsrProvider, AsrStream, HeardText } from '../../providers/asr/index.js';
import { ServiceChain } from './service-chain.js';

const signal = new AbortController().signal;
let clock: FakeClock;
const chainOf = (...services: AsrProvider[]): ServiceChain =>
  new ServiceChain(services, { clock, log: silentLogger, metrics: noMetrics });

/** The first sample identifies the audio. */
const pieceOf = (mark: number): Int16Array => new Int16Array(16_000).fill(mark, 0, 1);
const request = (deviceId: string, pcm = pieceOf(1)) => ({ deviceId, pcm, language: 'zh-CN', deadlineMs: 1_000 });

const service = (id: string, transcribe: AsrProvider['transcribe'], languages = ['*']): AsrProvider => ({
  id,
  languages,
  local: false,
  punctuationMeansEnd: false,
  predictMs: () => 1,
  transcribe,
});
const failing = (id: string, code: 'asr.failed' | 'capacity.queue_timeout' = 'asr.failed', asked: string[] = []) =>
  service(id, async ({ device }) => {
    asked.push(device ?? '');
    await settle(1);
    throw new ChorusError(code, 'no');
  });
const echoing = (id: string) => service(id, async ({ pcm }) => Promise.resolve({ text: `${id} ${pcm[0]}`, runMs: 1 }));

class LiveFake {
  readonly streams: { pushed: number; closed: boolean; hear: (heard: HeardText) => void; finished: number }[] = [];
  answer: (pushed: number) => Promise<string> = async (pushed) => Promise.resolve(`heard ${pushed}`);

  readonly provider: AsrProvider = {
    ...service('live', () => Promise.reject(new Error('not asked for whole pieces'))),
    open: ({ onText }, opened): AsrStream => {
      const stream = { pushed: 0, closed: false, hear: onText!, finished: 0 };
      this.streams.push(stream);
      let result: Promise<string> | undefined;
      opened.addEventListener('abort', () => (stream.closed = true));
      return {
        push: (pcm) => (stream.pushed += pcm.length),
        finish: () => {
          stream.finished += 1;
          return (result ??= this.answer(stream.pushed));
        },
        close: () => (stream.closed = true),
      };
    },
  };
}

beforeEach(() => {
  clock = new FakeClock();
});

describe('the chain of recognition services', () => {
  it('uses the next service if one fails, and skips a service that always fails', async () => {
    const asked: string[] = [];
    const chain = chainOf(failing('first', 'asr.failed', asked), echoing('second'));
    for (let n = 0; n < 5; n++)
      expect(await chain.ask(request('d', pieceOf(n)), signal)).toMatchObject({ text: `second ${n}` });
    expect(asked).toHaveLength(3);
    await clock.advance(30_000);
    await chain.ask(request('d'), signal);
    expect(asked).toHaveLength(4);
  });

  it('does not count our own full queue as a failure of the service', async () => {
    const asked: string[] = [];
    const chain = chainOf(failing('full', 'capacity.queue_timeout', asked), echoing('next'));
    for (let n = 0; n < 5; n++) await chain.ask(request('d'), signal);
    expect(asked).toHaveLength(5);
  });

  it('uses no service for a language that none speaks, and reports the last failure if all fail', async () => {
    const english = service('en', () => Promise.reject(new Error('asked')), ['en']);
    expect(await chainOf(english).ask(request('d'), signal)).toBeUndefined();
    expect(await chainOf(english, failing('a')).ask(request('d'), signal)).toMatchObject({
      failure: { code: 'asr.failed' },
    });
  });

  it('waits 8 s for one service, and 12 s for all', async () => {
    const hanging = (id: string) => service(id, () => new Promise<never>(() => undefined));
    const asked = chainOf(hanging('a'), hanging('b'), hanging('c')).ask(request('d'), signal);
    await clock.advance(12_000);
    expect(await asked).toMatchObject({ failure: { code: 'asr.timeout' } });
    expect(clock.pending).toBe(0);
  });

  it("rejects with the signal's reason if it is cancelled, which is not counted as a failure", async () => {
    const controller = new AbortController();
    const chain = chainOf(service('a', () => new Promise<never>(() => undefined)));
    const asked = chain.ask(request('d'), controller.signal).catch((error: unknown) => error);
    controller.abort(new Cancelled('spoke on'));
    expect(await asked).toMatchObject({ reason: 'spoke on' });
  });
});

describe('recognition during speech', () => {
  it('uses the kept audio if the service dies during an utterance, for five devices at once', async () => {
    const live = new LiveFake();
    live.answer = () => Promise.reject(new ChorusError('asr.unreachable', 'the connection broke'));
    const chain = chainOf(live.provider, echoing('kept'));
    const talks = [1, 2, 3, 4, 5].map((n) => {
      const piece = pieceOf(n);
      const stream = chain.live(request(`device ${n}`))!;
      stream.push(piece.subarray(0, 8_000));
      return { piece, stream, n };
    });
    const answers = talks.map(({ piece, stream, n }) =>
      chain.ask({ ...request(`device ${n}`, piece), live: stream }, signal),
    );
    expect((await Promise.all(answers)).map((answer) => (answer as { text: string }).text)).toEqual(
      [1, 2, 3, 4, 5].map((n) => `kept ${n}`),
    );
  });

  it('finishes the stream once, when the text is needed', async () => {
    const live = new LiveFake();
    const chain = chainOf(live.provider);
    const stream = chain.live(request('d'))!;
    stream.push(pieceOf(1));
    stream.end();
    expect(await chain.ask({ ...request('d'), live: stream }, signal)).toMatchObject({ text: 'heard 16000' });
    stream.close();
    expect(live.streams[0]).toMatchObject({ closed: true });
  });

  it('returns the text of a guess once all of it is final, without ending the stream', async () => {
    const live = new LiveFake();
    const chain = chainOf(live.provider);
    const stream = chain.live(request('d'))!;
    const guess = new Guess();
    const asked = chain.ask({ ...request('d'), deadlineMs: undefined, guess, live: stream }, signal);
    live.streams[0]!.hear({ text: '打开', finalMs: 200 });
    await settle();
    live.streams[0]!.hear({ text: '打开灯。', finalMs: 900 });
    expect(await asked).toMatchObject({ text: '打开灯。' });
    expect(live.streams[0]!.finished).toBe(0);
  });

  it('waits until a guess is confirmed if its text is not final', async () => {
    const live = new LiveFake();
    const chain = chainOf(live.provider);
    const stream = chain.live(request('d'))!;
    const guess = new Guess();
    const asked = chain.ask({ ...request('d'), deadlineMs: undefined, guess, live: stream }, signal);
    await settle();
    expect(live.streams[0]!.finished).toBe(0);
    guess.confirm(300);
    expect(await asked).toMatchObject({ text: 'heard 0' });
  });

  it('leaves the next service its time after a long wait for the end of the utterance', async () => {
    const live = new LiveFake();
    live.answer = () => new Promise<never>(() => undefined);
    const chain = chainOf(live.provider, echoing('next'));
    const guess = new Guess();
    const stream = chain.live(request('d'))!;
    const asked = chain.ask({ ...request('d'), deadlineMs: undefined, guess, live: stream }, signal);
    await clock.advance(4_000);
    guess.confirm(clock.nowMs());
    await clock.advance(8_000);
    expect(await asked).toMatchObject({ text: 'next 1' });
  });

  it('is not started if the service accepts only whole pieces, or is paused after failures', async () => {
    expect(chainOf(echoing('whole')).live(request('d'))).toBeUndefined();
    const live = new LiveFake();
    live.answer = () => Promise.reject(new ChorusError('asr.failed', 'no'));
    const chain = chainOf(live.provider, echoing('next'));
    for (let n = 0; n < 3; n++) await chain.ask({ ...request('d'), live: chain.live(request('d')) }, signal);
    expect(chain.live(request('d'))).toBeUndefined();
  });
});
