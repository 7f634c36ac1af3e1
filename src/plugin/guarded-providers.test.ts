import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../test/fakes/fake-clock.js';
import type { AsrProvider } from '../providers/asr/asr-port.js';
import type { LlmDelta, LlmProvider } from '../providers/llm/llm-port.js';
import type { TtsProvider } from '../providers/tts/tts-port.js';
import { guardLanguageModel, guardRecognizer, guardVoice } from './guarded-providers.js';
import { REQUEST } from './testing/language-model.js';

const ACME = { id: 'acme', languages: ['zh'] };
const live = (): AbortSignal => new AbortController().signal;
const never = new Promise<never>(() => undefined);
const failureOf = async (work: () => Promise<unknown>): Promise<unknown> => {
  try {
    return await work();
  } catch (error) {
    return error;
  }
};
const boom = (): never => {
  throw new Error('boom');
};

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const item of items) read.push(item);
  return read;
}

async function* endless<T>(item: T): AsyncGenerator<T> {
  for (;;) yield await Promise.resolve(item);
}

const stuck = <T>(): AsyncIterable<T> => ({
  [Symbol.asyncIterator]: () => ({ next: () => never, return: () => never }),
});

describe('the object that a plug-in creates', () => {
  it.each([
    ['is nothing', undefined],
    ['has no members', {}],
    ['has members of another type', { id: 7, languages: 'en', local: 'no', punctuationMeansEnd: 'yes' }],
  ])('%s: its calls fail, and the server can read it', async (_, made) => {
    const voice = guardVoice('acme', ACME, made as unknown as TtsProvider);
    expect(voice).toMatchObject({ id: 'acme', languages: ['zh'], local: false });
    expect(await failureOf(() => voice.synthesize({ text: 'x', language: 'en' }, live()))).toMatchObject({
      code: 'tts.failed',
    });
    const recognizer = guardRecognizer('acme', ACME, made as unknown as AsrProvider);
    expect(recognizer).toMatchObject({ id: 'acme', languages: ['zh'], local: false, punctuationMeansEnd: false });
    const pcm = new Int16Array(160);
    expect(await failureOf(() => recognizer.transcribe({ pcm, language: 'en' }, live()))).toMatchObject({
      code: 'asr.failed',
    });
    const limits = { clock: new FakeClock(), firstTokenMs: 8000, replyMs: 60_000 };
    const llm = guardLanguageModel('acme', ACME, made as unknown as LlmProvider, limits);
    expect(llm).toMatchObject({ id: 'acme', local: false });
    expect(await failureOf(() => all(llm.stream(REQUEST, live())))).toMatchObject({ code: 'llm.failed' });
  });
});

describe('a voice of a plug-in', () => {
  const voice = (patch: Partial<TtsProvider>): TtsProvider =>
    guardVoice('acme', ACME, {
      id: 'x',
      languages: ['en'],
      local: true,
      predictMs: () => 5,
      synthesize: () => Promise.resolve({ format: { kind: 'wav' }, chunks: endless(new Uint8Array(1)) }),
      ...patch,
    });
  const request = { text: 'Hello.', language: 'en' };
  const audio = (chunks: unknown, format: unknown = { kind: 'wav' }): Partial<TtsProvider> =>
    ({ synthesize: () => Promise.resolve({ format, chunks }) }) as Partial<TtsProvider>;

  it('holds no CPU slot, even if it declares itself local', () => {
    expect(voice({})).toMatchObject({ id: 'acme', local: false });
  });

  it('returns default values if it throws or answers nonsense', () => {
    const broken = voice({ predictMs: boom, available: boom, expect: boom });
    expect(broken.predictMs('Hello.')).toBeGreaterThan(0);
    expect(broken.available?.()).toBe(true);
    expect(() => broken.expect?.(live())).not.toThrow();
    for (const nonsense of [Number.NaN, -1, 'soon', undefined])
      expect(voice({ predictMs: () => nonsense as number }).predictMs('Hello.')).toBeGreaterThan(0);
  });

  it.each([
    ['throws', { synthesize: boom }],
    ['answers nothing', { synthesize: () => Promise.resolve(undefined) } as unknown as Partial<TtsProvider>],
    ['has an unknown format', audio(endless(new Uint8Array(1)), { kind: 'pcm', rateHz: 1e9 })],
  ])('fails if it %s', async (_, patch) => {
    expect(await failureOf(() => voice(patch).synthesize(request, live()))).toMatchObject({
      code: 'tts.failed',
      details: { plugin: 'acme' },
    });
  });

  it.each([
    ['yields something other than audio', endless('audio')],
    ['returns no stream', 7],
    ['sends too much', endless(new Uint8Array(0))],
  ])('fails if it %s', async (_, chunks) => {
    const { chunks: read } = await voice(audio(chunks)).synthesize(request, live());
    expect(await failureOf(() => all(read))).toMatchObject({ code: 'tts.failed' });
  });

  it('that never answers or never closes is abandoned when the signal is aborted', async () => {
    const controller = new AbortController();
    const reason = new Error('barge-in');
    const asked = failureOf(() => voice({ synthesize: () => never }).synthesize(request, controller.signal));
    const { chunks } = await voice(audio(stuck())).synthesize(request, controller.signal);
    const reading = failureOf(() => all(chunks));
    await settle();
    controller.abort(reason);
    expect([await asked, await reading]).toEqual([reason, reason]);
  });
});

describe('a recognizer of a plug-in', () => {
  const recognizer = (transcribe: AsrProvider['transcribe']): AsrProvider =>
    guardRecognizer('acme', ACME, {
      id: 'x',
      languages: ['en'],
      local: true,
      punctuationMeansEnd: true,
      predictMs: boom,
      transcribe,
    });
  const request = { pcm: new Int16Array(16_000), language: 'en' };

  it('has limits, cannot change the samples, and need not predict its time', async () => {
    const guarded = recognizer(({ pcm }) => {
      pcm.fill(7);
      return Promise.resolve({ text: ` ${'x'.repeat(1e6)}`, runMs: Number.NaN });
    });
    const { text, runMs } = await guarded.transcribe(request, live());
    expect([text.length <= 4000, runMs > 0, request.pcm.every((sample) => sample === 0)]).toEqual([true, true, true]);
    expect(guarded.predictMs(1000)).toBeGreaterThan(0);
  });

  it('fails if it throws or answers no text, and keeps its own error codes', async () => {
    const codeOf = async (transcribe: AsrProvider['transcribe']): Promise<unknown> =>
      ((await failureOf(() => recognizer(transcribe).transcribe(request, live()))) as { code?: unknown }).code;
    expect(await codeOf(boom)).toBe('asr.failed');
    expect(await codeOf(() => Promise.resolve({ text: 7 as unknown as string, runMs: 1 }))).toBe('asr.failed');
    expect(await codeOf(() => Promise.reject(Object.assign(new Error('x'), { code: 'asr.timeout' })))).toBe(
      'asr.timeout',
    );
    expect(await codeOf(() => Promise.reject(Object.assign(new Error('x'), { code: 'llm.no_key' })))).toBe(
      'asr.failed',
    );
  });

  it('that never answers is abandoned when the signal is aborted', async () => {
    const controller = new AbortController();
    const asked = failureOf(() => recognizer(() => never).transcribe(request, controller.signal));
    controller.abort(new Error('barge-in'));
    expect(await asked).toMatchObject({ message: 'barge-in' });
  });
});

describe('a language model of a plug-in', () => {
  const clock = new FakeClock();
  const model = (stream: LlmProvider['stream']): LlmProvider =>
    guardLanguageModel(
      'acme',
      ACME,
      { id: 'acme', local: false, expect: boom, stream },
      {
        clock,
        firstTokenMs: 8000,
        replyMs: 60_000,
      },
    );
  const text: LlmDelta = { type: 'text', text: 'x' };

  it('passes on valid items only', async () => {
    const call: LlmDelta = { type: 'tool_call', call: { id: '1', name: 'a', arguments: {} } };
    async function* good(): AsyncGenerator<LlmDelta> {
      yield* [text, call];
      yield await Promise.resolve({ type: 'usage', inputTokens: 1, outputTokens: 'many' } as unknown as LlmDelta);
    }
    const guarded = model(good);
    expect(() => guarded.expect?.()).not.toThrow();
    expect(await all(guarded.stream(REQUEST, live()))).toEqual([
      text,
      call,
      { type: 'usage', inputTokens: 1, outputTokens: undefined },
    ]);
    for (const bad of [7, null, { type: 'text' }, { type: 'tool_call', call: { name: 'a' } }, { type: 'film' }])
      expect(await failureOf(() => all(model(() => endless(bad as LlmDelta)).stream(REQUEST, live())))).toMatchObject({
        code: 'llm.failed',
      });
  });

  it('fails if it throws or sends too much', async () => {
    for (const stream of [boom, () => endless(text), () => 7 as never])
      expect(await failureOf(() => all(model(stream).stream(REQUEST, live())))).toMatchObject({ code: 'llm.failed' });
  });

  it('may answer as long as its reader needs, but keeps the reader waiting for a limited time', async () => {
    async function* answering(everyMs: number): AsyncGenerator<LlmDelta> {
      for (;;) {
        await new Promise<void>((resolve) => void clock.after(everyMs, resolve));
        yield text;
      }
    }
    const answer = model(() => answering(1000))
      .stream(REQUEST, live())
      [Symbol.asyncIterator]();
    for (let sentence = 0; sentence < 3; sentence++) {
      const next = answer.next();
      await clock.advance(1000);
      expect(await next).toEqual({ done: false, value: text });
      await clock.advance(40_000);
    }
    await answer.return?.();

    const waiting = failureOf(() => all(model(() => answering(7000)).stream(REQUEST, live())));
    for (let second = 0; second < 60; second++) await clock.advance(1000);
    expect(await waiting).toMatchObject({ code: 'llm.timeout' });
  });

  it('that never answers times out, and is abandoned when the signal is aborted', async () => {
    const asked = failureOf(() => all(model(() => stuck()).stream(REQUEST, live())));
    await clock.advance(8000);
    expect(await asked).toMatchObject({ code: 'llm.timeout' });
    const controller = new AbortController();
    const reason = new Error('barge-in');
    const left = failureOf(() => all(model(() => stuck()).stream(REQUEST, controller.signal)));
    await settle();
    controller.abort(reason);
    expect(await left).toBe(reason);
    expect(clock.pending).toBe(0);
  });
});
