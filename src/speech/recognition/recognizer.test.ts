import { beforeEach, describe, expect, it } from 'vitest';
import { Cancelled, ChorusError, noMetrics, Scope, silentLogger, sleep, type ErrorCode } from '../../core/index.js';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import { createSlots, Guess, type Slots } from '../../capacity/index.js';
import { CATALOGUE, type EngineStatus, type InstalledModel, type ModelProgress } from '../../engines/index.js';
import type { AsrProvider } from '../../providers/asr/index.js';
import type { AsrEngine } from './held-engine.js';
import { createRecognizer } from './recognizer.js';
import type { SharedRecognizer } from './shared-recognizer.js';
import type { RecognizerOptions } from './recognizer-settings.js';

class FakeModels implements Pick<RecognizerOptions['models'], 'installed' | 'progressOf' | 'ensure' | 'onChange'> {
  readonly catalogue = CATALOGUE;
  readonly here = new Set<string>(['moonshine-tiny-en']);
  readonly wanted: string[] = [];
  unreachable: ErrorCode | undefined;
  readonly #listeners = new Set<(progress: ModelProgress) => void>();

  installed(id: string): InstalledModel | undefined {
    const model = CATALOGUE.find((entry) => entry.id === id);
    return model && this.here.has(id) ? { model, directory: '/models', files: [] } : undefined;
  }

  progressOf(id: string): ModelProgress {
    if (this.unreachable)
      return {
        id,
        state: 'waiting',
        receivedBytes: 0,
        totalBytes: undefined,
        fraction: undefined,
        mirror: undefined,
        reason: 'no mirror answers',
        code: this.unreachable,
      };
    return {
      id,
      state: this.here.has(id) ? 'installed' : 'downloading',
      receivedBytes: 43,
      totalBytes: 100,
      fraction: 0.43,
      mirror: 'x',
      reason: undefined,
    };
  }

  ensure(id: string): void {
    this.wanted.push(id);
  }

  onChange(listener: (progress: ModelProgress) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  arrives(id: string): void {
    this.here.add(id);
    for (const listener of this.#listeners) listener(this.progressOf(id));
  }
}

class FakeEngine implements AsrEngine {
  state: EngineStatus['state'] = 'ready';
  starts = 0;
  answer: () => Promise<string> = () => Promise.resolve(`text of ${this.id}`);
  readonly provider: AsrEngine['provider'];

  constructor(readonly id: string) {
    this.provider = {
      id,
      languages: ['*'],
      local: true,
      punctuationMeansEnd: id.startsWith('moonshine'),
      predictMs: (audioMs) => audioMs / 20,
      transcribe: async () => ({ text: await this.answer(), runMs: 7 }),
    };
  }

  start(): Promise<void> {
    this.starts += 1;
    return this.state === 'failed' ? Promise.reject(new ChorusError('model.corrupt', 'damaged')) : Promise.resolve();
  }

  status(): EngineStatus {
    return { name: 'asr', state: this.state, pid: 1, restarts: 0, reason: undefined };
  }
}

const signal = new AbortController().signal;
const request = (language: string, deadlineMs: number | undefined = 1_000) => ({
  deviceId: 'd',
  pcm: new Int16Array(16_000),
  language,
  deadlineMs,
});

describe('recognizer', () => {
  let clock: FakeClock;
  let models: FakeModels;
  let engines: Map<string, FakeEngine>;
  let slots: Slots;
  let scope: Scope;
  let errors: unknown[];

  const make = (options: Partial<RecognizerOptions> = {}): SharedRecognizer =>
    createRecognizer({
      models,
      slots,
      poolSize: 2,
      model: 'auto',
      corrections: {},
      autoPull: true,
      clock,
      log: silentLogger,
      metrics: noMetrics,
      scope,
      openEngine: ({ model }) => {
        const engine = engines.get(model.id) ?? new FakeEngine(model.id);
        engines.set(model.id, engine);
        return engine;
      },
      ...options,
    });

  beforeEach(() => {
    clock = new FakeClock();
    models = new FakeModels();
    engines = new Map();
    slots = createSlots({ clock, metrics: noMetrics, slots: 2 });
    errors = [];
    scope = new Scope('test', (_, error) => errors.push(error));
  });

  it('answers with text, model, times and what its punctuation means', async () => {
    const recognizer = make({ corrections: { text: 'Text' } });
    expect(await recognizer.recognize(request('en-US'), signal)).toEqual({
      text: 'Text of moonshine-tiny-en',
      asr: 'moonshine-tiny-en',
      waitMs: 0,
      runMs: 7,
      punctuationMeansEnd: true,
    });
    expect(recognizer.modelFor('en-US')).toBe('moonshine-tiny-en');
  });

  it.each(['zh-CN', 'zh', 'zh-TW', 'yue-CN', 'ja-JP', 'ko-KR'])(
    'never answers a %s device through the English model, and fetches its own',
    async (language) => {
      const recognizer = make();
      await expect(recognizer.recognize(request(language), signal)).rejects.toMatchObject({
        code: 'model.missing',
        message: 'the speech model sense-voice-int8 is not installed yet (43 % received)',
      });
      expect(models.wanted).toContain('sense-voice-int8');
      expect(engines.size).toBe(0);
      expect(recognizer.modelFor(language)).toBeUndefined();
    },
  );

  it('reports a model that cannot be fetched, and its offline install; one fetched elsewhere is missing', async () => {
    const recognizer = make();
    models.unreachable = 'model.download_failed';
    await expect(recognizer.recognize(request('zh-CN'), signal)).rejects.toMatchObject({
      code: 'model.not_fetched',
      message: expect.stringContaining('chorus models pull sense-voice-int8 --file'),
    });
    models.unreachable = 'model.busy';
    await expect(recognizer.recognize(request('zh-CN'), signal)).rejects.toMatchObject({ code: 'model.missing' });
  });

  it('does not fetch without permission; a configured English model does not affect a Chinese device', async () => {
    const recognizer = make({ autoPull: false, model: 'moonshine-tiny-en' });
    await expect(recognizer.recognize(request('zh-CN'), signal)).rejects.toMatchObject({
      code: 'model.not_installed',
      message: expect.stringContaining('chorus models pull sense-voice-int8'),
    });
    await expect(recognizer.prepare('zh-CN')).rejects.toMatchObject({ code: 'model.not_installed' });
    expect(models.wanted).toEqual([]);
  });

  it('loads a model that another process installed, where fetching is not allowed, and is ready then', async () => {
    const recognizer = make({ autoPull: false });
    await expect(recognizer.prepare('zh-CN')).rejects.toMatchObject({ code: 'model.not_installed' });
    expect(recognizer.isReady('zh-CN')).toBe(false);
    models.arrives('sense-voice-int8');
    await settle();
    expect(engines.get('sense-voice-int8')?.starts).toBeGreaterThan(0);
    expect(recognizer.isReady('zh-CN')).toBe(true);
    expect(models.wanted).toEqual([]);
  });

  it('loads the model of a waiting language as soon as it is there', async () => {
    const recognizer = make();
    recognizer.ensureFor('zh-CN');
    await settle();
    expect(models.wanted).toEqual(['sense-voice-int8']);
    models.arrives('sense-voice-int8');
    await settle();
    expect(engines.get('sense-voice-int8')?.starts).toBeGreaterThan(0);
    expect(await recognizer.recognize(request('zh-CN'), signal)).toMatchObject({
      text: 'text of sense-voice-int8',
      punctuationMeansEnd: false,
    });
    expect(models.wanted).toEqual(['sense-voice-int8']);
    expect(recognizer.statuses()).toHaveLength(1);
  });

  it('serves other languages with the best there is', async () => {
    const recognizer = make();
    expect((await recognizer.recognize(request('de-DE'), signal)).asr).toBe('moonshine-tiny-en');
    models.arrives('sense-voice-int8');
    expect((await recognizer.recognize(request('de-DE'), signal)).asr).toBe('sense-voice-int8');
    expect((await recognizer.recognize(request('en'), signal)).asr).toBe('sense-voice-int8');
  });

  it('keeps to the configured model for what it speaks', async () => {
    models.here.add('sense-voice-int8');
    const recognizer = make({ model: 'moonshine-tiny-en' });
    expect((await recognizer.recognize(request('en-US'), signal)).asr).toBe('moonshine-tiny-en');
    expect((await recognizer.recognize(request('zh-CN'), signal)).asr).toBe('sense-voice-int8');
  });

  it('falls back on another model of the language when the best cannot be loaded', async () => {
    models.here.add('sense-voice-int8');
    const broken = new FakeEngine('sense-voice-int8');
    broken.state = 'failed';
    broken.answer = () => Promise.reject(new ChorusError('model.corrupt', 'damaged'));
    engines.set(broken.id, broken);
    const recognizer = make();
    expect((await recognizer.recognize(request('en-US'), signal)).asr).toBe('moonshine-tiny-en');
    await expect(recognizer.recognize(request('zh-CN'), signal)).rejects.toMatchObject({ code: 'model.corrupt' });
    await expect(recognizer.prepare('zh-CN')).rejects.toMatchObject({ code: 'model.corrupt' });
    await expect(recognizer.prepare('en-US')).resolves.toBeUndefined();
  });

  it('does not try another model for an error that is no fault of the model', async () => {
    models.here.add('sense-voice-int8');
    const recognizer = make();
    const engine = new FakeEngine('sense-voice-int8');
    engine.answer = () => Promise.reject(new ChorusError('engine.quarantined', 'twice'));
    engines.set(engine.id, engine);
    await expect(recognizer.recognize(request('en-US'), signal)).rejects.toMatchObject({ code: 'engine.quarantined' });
    expect(engines.has('moonshine-tiny-en')).toBe(false);
  });

  it('takes a slot: speculative work is dropped when none is idle', async () => {
    const recognizer = make();
    const held: ((text: string) => void)[] = [];
    const engine = new FakeEngine('moonshine-tiny-en');
    engine.answer = () => new Promise((resolve) => held.push(resolve));
    engines.set(engine.id, engine);
    const first = recognizer.recognize({ ...request('en'), deviceId: 'a' }, signal);
    const second = recognizer.recognize({ ...request('en'), deviceId: 'b' }, signal);
    await settle();
    await expect(
      recognizer.recognize({ ...request('en', undefined), deviceId: 'c', deadlineMs: undefined }, signal),
    ).rejects.toBeInstanceOf(Cancelled);
    const third = recognizer.recognize({ ...request('en'), deviceId: 'd' }, signal);
    await clock.advance(40);
    expect(held).toHaveLength(2);
    held[0]?.('one');
    await settle();
    expect(held).toHaveLength(3);
    held[1]?.('two');
    held[2]?.('three');
    expect((await first).text).toBe('one');
    expect((await second).text).toBe('two');
    expect(await third).toMatchObject({ text: 'three', waitMs: 40 });
  });

  it('makes a guess wait for a slot that no other job needs, and treats it like any other once confirmed', async () => {
    const recognizer = make();
    const held: ((text: string) => void)[] = [];
    const engine = new FakeEngine('moonshine-tiny-en');
    engine.answer = () => new Promise((resolve) => held.push(resolve));
    engines.set(engine.id, engine);
    const running = ['a', 'b'].map((deviceId) => recognizer.recognize({ ...request('en'), deviceId }, signal));
    const guess = new Guess();
    const guessed = recognizer.recognize({ ...request('en'), deviceId: 'c', deadlineMs: undefined, guess }, signal);
    const certain = recognizer.recognize({ ...request('en', 9000), deviceId: 'd' }, signal);
    const more = recognizer.recognize({ ...request('en', 9000), deviceId: 'e' }, signal);
    await clock.advance(100);
    held[0]?.('one');
    await settle();
    // Certain work went first. The guess is confirmed and due sooner than the other, so it is next.
    guess.confirm(clock.nowMs() + 300);
    held[1]?.('two');
    await settle();
    held[2]?.('certain');
    held[3]?.('guessed');
    await settle();
    expect((await certain).text).toBe('certain');
    expect(await guessed).toMatchObject({ text: 'guessed', waitMs: 100 });
    held[4]?.('more');
    expect((await more).text).toBe('more');
    await Promise.all(running);
  });

  it('does no more at once inside a model than its pool, however many slots there are', async () => {
    slots = createSlots({ clock, metrics: noMetrics, slots: 4 });
    const recognizer = make({ poolSize: 1 });
    const held: ((text: string) => void)[] = [];
    const engine = new FakeEngine('moonshine-tiny-en');
    engine.answer = () => new Promise((resolve) => held.push(resolve));
    engines.set(engine.id, engine);
    const english = ['a', 'b'].map((deviceId) => recognizer.recognize({ ...request('en'), deviceId }, signal));
    await settle();
    expect(held).toHaveLength(1);
    models.here.add('sense-voice-int8');
    expect((await recognizer.recognize({ ...request('zh'), deviceId: 'c' }, signal)).asr).toBe('sense-voice-int8');
    held[0]?.('one');
    await settle();
    held[1]?.('two');
    expect((await Promise.all(english)).map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('stops speculating when it was mostly wasted, reports the cost, and begins again', async () => {
    const seen = new Map<string, number>();
    const recognizer = make({
      metrics: {
        ...noMetrics,
        count: (name, labels, by = 1) =>
          void seen.set(
            `${name} ${labels?.['result'] ?? ''}`,
            (seen.get(`${name} ${labels?.['result'] ?? ''}`) ?? 0) + by,
          ),
      },
    });
    const engine = new FakeEngine('moonshine-tiny-en');
    engine.answer = async () => {
      await sleep(clock, 1000);
      return 'words';
    };
    engines.set(engine.id, engine);
    let allowed = 0;
    for (let turn = 0; turn < 20; turn++) {
      const abort = new AbortController();
      const guess = recognizer.recognize({ ...request('en'), deadlineMs: undefined }, abort.signal).then(
        () => 'answered',
        (error: unknown) => (error instanceof Cancelled ? error.message : 'failed'),
      );
      await clock.advance(500);
      // Speech went on.
      abort.abort(new Cancelled('more was said'));
      await clock.advance(500);
      if ((await guess) === 'cancelled: more was said') allowed += 1;
    }
    expect(allowed).toBeGreaterThan(1);
    expect(allowed).toBeLessThan(8);
    expect(seen.get('chorus_speculation_seconds_total wasted')).toBeCloseTo(allowed, 3);
    // The wasted decodes ran to their end.
    expect(seen.get('chorus_asr_audio_seconds_total ')).toBeCloseTo(allowed * (request('en').pcm.length / 16_000), 6);
    // Certain work is recognised all the same.
    const certain = recognizer.recognize(request('en', clock.nowMs() + 300), signal);
    await clock.advance(1000);
    expect((await certain).text).toBe('words');
    recognizer.speculated('used', 250);
    expect(seen.get('chorus_speculation_seconds_total used')).toBe(0.25);
    await clock.advance(600_000);
    const later = recognizer.recognize({ ...request('en'), deadlineMs: undefined }, signal);
    await clock.advance(1000);
    expect((await later).text).toBe('words');
  });

  it('rejects at once when it is cancelled, and by itself when it takes too long', async () => {
    const recognizer = make({ timeoutMs: 500 });
    const engine = new FakeEngine('moonshine-tiny-en');
    engine.answer = () => new Promise(() => undefined);
    engines.set(engine.id, engine);
    const abort = new AbortController();
    const cancelled = recognizer.recognize(request('en'), abort.signal);
    await settle();
    abort.abort(new Cancelled('barge-in'));
    await expect(cancelled).rejects.toThrow('cancelled: barge-in');
    const slow = recognizer.recognize({ ...request('en'), deviceId: 'e' }, signal);
    await Promise.all([expect(slow).rejects.toMatchObject({ code: 'asr.timeout' }), clock.advance(500)]);
    expect(clock.pending).toBe(0);
  });

  it('takes marks and annotations without words for silence', async () => {
    const recognizer = make();
    const engine = new FakeEngine('moonshine-tiny-en');
    engines.set(engine.id, engine);
    for (const [said, heard] of [
      ['。', ''],
      ['<|nospeech|><|Event_UNK|>', ''],
      [' <|zh|>你好。', '你好。'],
      ['...', ''],
      ['7', '7'],
    ] as const) {
      engine.answer = () => Promise.resolve(said);
      expect((await recognizer.recognize(request('en'), signal)).text).toBe(heard);
    }
  });

  it('keeps one process of a model that a device needed while another configuration was making it ready', async () => {
    models.here.add('sense-voice-int8');
    const loaded: (() => void)[] = [];
    const recognizer = make({
      model: 'moonshine-tiny-en',
      openEngine: ({ model }) =>
        Object.assign(
          new FakeEngine(model.id),
          model.id === 'sense-voice-int8' && { start: () => new Promise<void>((resolve) => loaded.push(resolve)) },
        ),
    });
    await recognizer.prepare('en-US');
    const preparing = recognizer.prepareChange({ model: 'sense-voice-int8', corrections: {}, autoPull: true }, true);
    await settle();
    expect((await recognizer.recognize(request('zh-CN'), signal)).asr).toBe('sense-voice-int8');
    for (const load of loaded) load();
    (await preparing).commit();
    await settle();
    expect(scope.tree().children.map(({ name }) => name)).toEqual(['recognition sense-voice-int8']);
    expect((await recognizer.recognize(request('zh-CN'), signal)).asr).toBe('sense-voice-int8');
  });

  it('moves a wait for a model to the one that a new configuration selects', async () => {
    for (const id of ['sense-voice-int8', 'paraformer-zh-int8', 'whisper-base']) models.here.add(id);
    const loading: ((error: Error) => void)[] = [];
    const recognizer = make({
      openEngine: ({ model }) =>
        Object.assign(
          new FakeEngine(model.id),
          model.id === 'sense-voice-int8' && { start: () => new Promise<void>((_, reject) => loading.push(reject)) },
        ),
    });
    const ready = recognizer.prepare('zh-CN');
    (await recognizer.prepareChange({ model: 'whisper-base', corrections: {}, autoPull: true }, false)).commit();
    for (const retire of loading) retire(new Cancelled('asr closed'));
    await ready;
    expect((await recognizer.recognize(request('zh-CN'), signal)).asr).toBe('whisper-base');
    expect(scope.tree().children.map(({ name }) => name)).toEqual(['recognition whisper-base']);
  });

  it.each([
    { what: 'languages', invented: (n: number) => `x${n.toString(36)}` },
    { what: 'regions', invented: (n: number) => `zh-${n}` },
  ])(
    'handles invented $what once for all of them, when the configuration changes or a model arrives',
    async ({ invented }) => {
      models.here.clear();
      const told: string[] = [];
      const log = { ...silentLogger, info: (message: string) => void told.push(message) };
      const recognizer = make({ log, model: 'sense-voice-int8' });
      for (let n = 0; n < 300; n++) recognizer.ensureFor(invented(n));
      await settle();
      models.arrives('sense-voice-int8');
      await settle();
      // The model is held, and requested again by the recognition that waited.
      expect(engines.get('sense-voice-int8')?.starts).toBe(2);
      expect(recognizer.isReady(invented(7))).toBe(true);
      models.here.clear();
      told.length = 0;
      (await recognizer.prepareChange({ model: 'sense-voice-int8', corrections: {}, autoPull: true }, false)).commit();
      await settle();
      expect(told).toHaveLength(1);
    },
  );

  it('does not count a load that the end of the server interrupted as a failure', async () => {
    const told: string[] = [];
    const log = {
      ...silentLogger,
      info: (message: string) => void told.push(message),
      error: (message: string) => void told.push(message),
    };
    const recognizer = make({
      log,
      openEngine: ({ model }) =>
        Object.assign(new FakeEngine(model.id), { start: () => sleep(clock, 10_000, scope.signal) }),
    });
    recognizer.ensureFor('en');
    await scope.close();
    expect(told).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('leaves nothing behind when its scope closes', async () => {
    const recognizer = make();
    recognizer.ensureFor('en');
    await scope.close();
    models.arrives('sense-voice-int8');
    expect(errors).toEqual([]);
    expect(scope.tree()).toEqual({ name: 'test', tasks: [], children: [] });
  });

  describe('with a service', () => {
    const service = (languages: readonly string[], answer: () => Promise<string>): AsrProvider => ({
      id: 'acme',
      languages,
      local: false,
      punctuationMeansEnd: true,
      predictMs: () => 1,
      transcribe: async () => ({ text: await answer(), runMs: 1 }),
    });

    it('asks it for the languages that it speaks, and a local model for the others', async () => {
      models.here.add('sense-voice-int8');
      const recognizer = make({ services: [service(['en'], () => Promise.resolve('from afar'))] });
      expect(recognizer.isReady('en-US')).toBe(true);
      expect(recognizer.modelFor('en-US')).toBe('acme');
      await recognizer.prepare('en-US');
      expect(await recognizer.recognize(request('en-US'), signal)).toMatchObject({
        text: 'from afar',
        asr: 'acme',
        waitMs: 0,
      });
      expect(engines.size).toBe(0);
      expect((await recognizer.recognize(request('zh-CN'), signal)).asr).not.toBe('acme');
    });

    it('that fails, or does not answer within 8 s, is replaced by a local model', async () => {
      const failing = make({ services: [service(['*'], () => Promise.reject(new Error('broken')))] });
      expect((await failing.recognize(request('en-US'), signal)).asr).toBe('moonshine-tiny-en');
      const hanging = make({ services: [service(['*'], () => new Promise(() => undefined))] });
      const asked = hanging.recognize(request('en-US', 60_000), signal);
      await clock.advance(8_000);
      expect((await asked).asr).toBe('moonshine-tiny-en');
    });

    it('that fails where no local model is there fails the recognition', async () => {
      models.here.clear();
      const recognizer = make({
        services: [service(['*'], () => Promise.reject(new ChorusError('asr.failed', 'broken')))],
      });
      await expect(recognizer.recognize(request('en-US'), signal)).rejects.toMatchObject({ code: 'asr.failed' });
    });
  });
});
