import { beforeEach, describe, expect, it } from 'vitest';
import { Cancelled, ChorusError, noMetrics, sleep } from '../../core/index.js';
import { settle } from '../../../test/fakes/fake-clock.js';
import { FakeEngine, RecognizerWorld, request, signal } from '../../../test/fakes/recognizer-world.js';
import { createSlots, Guess } from '../../capacity/index.js';
import { Circuits } from '../../providers/index.js';
import type { AsrProvider } from '../../providers/asr/index.js';

describe('recognition', () => {
  let world: RecognizerWorld;

  beforeEach(() => {
    world = new RecognizerWorld();
  });

  it('returns the text, model, times and the meaning of its punctuation', async () => {
    const recognizer = world.make({ corrections: { text: 'Text' } });
    expect(await recognizer.recognize(request('en-US'), signal)).toEqual({
      text: 'Text of moonshine-tiny-en',
      asr: 'moonshine-tiny-en',
      waitMs: 0,
      runMs: 7,
      punctuationMeansEnd: true,
    });
    expect(recognizer.modelFor('en-US')).toBe('moonshine-tiny-en');
  });

  it('applies the corrections to Simplified characters, no matter which characters the model writes', async () => {
    world.models.here.add('sense-voice-int8');
    const engine = new FakeEngine('sense-voice-int8');
    engine.answer = () => Promise.resolve('打開小隻的燈');
    world.engines.set(engine.id, engine);
    const recognizer = world.make({ corrections: { 小只: '小智' } });
    expect((await recognizer.recognize(request('zh-CN'), signal)).text).toBe('打开小智的灯');
    expect(await recognizer.writtenText('關上小隻的燈', 'zh-CN')).toBe('关上小智的灯');
  });

  it('takes a slot, and drops speculative work if no slot is idle', async () => {
    const recognizer = world.make();
    const held: ((text: string) => void)[] = [];
    const engine = new FakeEngine('moonshine-tiny-en');
    engine.answer = () => new Promise((resolve) => held.push(resolve));
    world.engines.set(engine.id, engine);
    const first = recognizer.recognize({ ...request('en'), deviceId: 'a' }, signal);
    const second = recognizer.recognize({ ...request('en'), deviceId: 'b' }, signal);
    await settle();
    await expect(
      recognizer.recognize({ ...request('en', undefined), deviceId: 'c', deadlineMs: undefined }, signal),
    ).rejects.toBeInstanceOf(Cancelled);
    const third = recognizer.recognize({ ...request('en'), deviceId: 'd' }, signal);
    await world.clock.advance(40);
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

  it('gives a guess only a slot that no other job needs, and treats a confirmed guess like any job', async () => {
    const recognizer = world.make();
    const held: ((text: string) => void)[] = [];
    const engine = new FakeEngine('moonshine-tiny-en');
    engine.answer = () => new Promise((resolve) => held.push(resolve));
    world.engines.set(engine.id, engine);
    const running = ['a', 'b'].map((deviceId) => recognizer.recognize({ ...request('en'), deviceId }, signal));
    const guess = new Guess();
    const guessed = recognizer.recognize({ ...request('en'), deviceId: 'c', deadlineMs: undefined, guess }, signal);
    const certain = recognizer.recognize({ ...request('en', 9000), deviceId: 'd' }, signal);
    const more = recognizer.recognize({ ...request('en', 9000), deviceId: 'e' }, signal);
    await world.clock.advance(100);
    held[0]?.('one');
    await settle();
    // The other device's job has run first, because its text is certainly needed. The confirmed guess is due sooner
    // than the last job.
    guess.confirm(world.clock.nowMs() + 300);
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

  it('runs at most poolSize decodings with a model, however many slots there are', async () => {
    world.slots = createSlots({ clock: world.clock, metrics: noMetrics, slots: 4 });
    const recognizer = world.make({ poolSize: 1 });
    const held: ((text: string) => void)[] = [];
    const engine = new FakeEngine('moonshine-tiny-en');
    engine.answer = () => new Promise((resolve) => held.push(resolve));
    world.engines.set(engine.id, engine);
    const english = ['a', 'b'].map((deviceId) => recognizer.recognize({ ...request('en'), deviceId }, signal));
    await settle();
    expect(held).toHaveLength(1);
    world.models.here.add('sense-voice-int8');
    expect((await recognizer.recognize({ ...request('zh'), deviceId: 'c' }, signal)).asr).toBe('sense-voice-int8');
    held[0]?.('one');
    await settle();
    held[1]?.('two');
    expect((await Promise.all(english)).map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('stops speculating if most guesses were wasted, reports the cost, and starts again later', async () => {
    const seen = new Map<string, number>();
    const recognizer = world.make({
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
      await sleep(world.clock, 1000);
      return 'words';
    };
    world.engines.set(engine.id, engine);
    let allowed = 0;
    for (let turn = 0; turn < 20; turn++) {
      const abort = new AbortController();
      const guess = recognizer.recognize({ ...request('en'), deadlineMs: undefined }, abort.signal).then(
        () => 'answered',
        (error: unknown) => (error instanceof Cancelled ? error.message : 'failed'),
      );
      await world.clock.advance(500);
      abort.abort(new Cancelled('more was said'));
      await world.clock.advance(500);
      if ((await guess) === 'cancelled: more was said') allowed += 1;
    }
    expect(allowed).toBeGreaterThan(1);
    expect(allowed).toBeLessThan(8);
    expect(seen.get('chorus_speculation_seconds_total wasted')).toBeCloseTo(allowed, 3);
    // The wasted decodings ran to their end.
    expect(seen.get('chorus_asr_audio_seconds_total ')).toBeCloseTo(allowed * (request('en').pcm.length / 16_000), 6);
    const certain = recognizer.recognize(request('en', world.clock.nowMs() + 300), signal);
    await world.clock.advance(1000);
    expect((await certain).text).toBe('words');
    recognizer.speculated('used', 250);
    expect(seen.get('chorus_speculation_seconds_total used')).toBe(0.25);
    await world.clock.advance(600_000);
    const later = recognizer.recognize({ ...request('en'), deadlineMs: undefined }, signal);
    await world.clock.advance(1000);
    expect((await later).text).toBe('words');
  });

  it('rejects at once when it is cancelled, and when it takes too long', async () => {
    const recognizer = world.make({ timeoutMs: 500 });
    const engine = new FakeEngine('moonshine-tiny-en');
    engine.answer = () => new Promise(() => undefined);
    world.engines.set(engine.id, engine);
    const abort = new AbortController();
    const cancelled = recognizer.recognize(request('en'), abort.signal);
    await settle();
    abort.abort(new Cancelled('barge-in'));
    await expect(cancelled).rejects.toThrow('cancelled: barge-in');
    const slow = recognizer.recognize({ ...request('en'), deviceId: 'e' }, signal);
    await Promise.all([expect(slow).rejects.toMatchObject({ code: 'asr.timeout' }), world.clock.advance(500)]);
    expect(world.clock.pending).toBe(0);
  });

  it('treats marks and annotations without words as silence', async () => {
    const recognizer = world.make();
    const engine = new FakeEngine('moonshine-tiny-en');
    world.engines.set(engine.id, engine);
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

  describe('with a service', () => {
    const service = (languages: readonly string[], answer: () => Promise<string>): AsrProvider => ({
      id: 'acme',
      languages,
      local: false,
      punctuationMeansEnd: true,
      predictMs: () => 1,
      transcribe: async () => ({ text: await answer(), runMs: 1 }),
    });

    it('uses the service for the languages it speaks, and a local model for the others', async () => {
      world.models.here.add('sense-voice-int8');
      const recognizer = world.make({ services: [service(['en'], () => Promise.resolve('from afar'))] });
      expect(recognizer.isReady('en-US')).toBe(true);
      expect(recognizer.modelFor('en-US')).toBe('acme');
      await recognizer.prepare('en-US');
      expect(await recognizer.recognize(request('en-US'), signal)).toMatchObject({
        text: 'from afar',
        asr: 'acme',
        waitMs: 0,
      });
      expect(world.engines.size).toBe(0);
      expect((await recognizer.recognize(request('zh-CN'), signal)).asr).not.toBe('acme');
    });

    it('uses a local model if the service fails or does not answer within 8 s', async () => {
      const failing = world.make({ services: [service(['*'], () => Promise.reject(new Error('broken')))] });
      expect((await failing.recognize(request('en-US'), signal)).asr).toBe('moonshine-tiny-en');
      const hanging = world.make({ services: [service(['*'], () => new Promise(() => undefined))] });
      const asked = hanging.recognize(request('en-US', 60_000), signal);
      await world.clock.advance(8_000);
      expect((await asked).asr).toBe('moonshine-tiny-en');
    });

    it('uses the model of the new configuration if it changes before the service fails', async () => {
      for (const id of ['sense-voice-int8', 'whisper-base']) world.models.here.add(id);
      let fail: (error: Error) => void = () => undefined;
      const hanging = service(['*'], () => new Promise((_, reject) => (fail = reject)));
      const recognizer = world.make({ model: 'sense-voice-int8', services: [hanging] });
      const asked = recognizer.recognize(request('en-US', 60_000), signal);
      await settle();
      const next = { model: 'whisper-base', corrections: {}, autoPull: true, services: [hanging] };
      (await recognizer.prepareChange(next, false)).commit();
      fail(new Error('broken'));
      expect((await asked).asr).toBe('whisper-base');
      expect(world.engines.has('sense-voice-int8')).toBe(false);
    });

    it('fails if the service fails and there is no local model', async () => {
      world.models.here.clear();
      const recognizer = world.make({
        services: [service(['*'], () => Promise.reject(new ChorusError('asr.failed', 'broken')))],
      });
      await expect(recognizer.recognize(request('en-US'), signal)).rejects.toMatchObject({ code: 'asr.failed' });
    });

    it('does not ask a failing service again just because the configuration was reloaded', async () => {
      const circuits = new Circuits(world.clock);
      let asked = 0;
      const made = (): AsrProvider => {
        const failing = service(['*'], () => Promise.reject(new Error(`broken ${(asked += 1)}`)));
        circuits.adopt(failing, ['acme', 'k']);
        return failing;
      };
      const recognizer = world.make({ services: [made()], circuits });
      for (let i = 0; i < 4; i++) await recognizer.recognize(request('en-US'), signal);
      expect(asked).toBe(3);
      const next = { model: 'auto', corrections: { one: 'two' }, autoPull: true, services: [made()] };
      (await recognizer.prepareChange(next, false)).commit();
      await recognizer.recognize(request('en-US'), signal);
      expect(asked).toBe(3);
    });
  });
});
