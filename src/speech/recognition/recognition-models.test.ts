import { beforeEach, describe, expect, it } from 'vitest';
import { Cancelled, ChorusError, silentLogger, sleep } from '../../core/index.js';
import { settle } from '../../../test/fakes/fake-clock.js';
import { FakeEngine, RecognizerWorld, request, signal } from '../../../test/fakes/recognizer-world.js';

describe('the models of recognition', () => {
  let world: RecognizerWorld;

  beforeEach(() => {
    world = new RecognizerWorld();
  });

  it.each(['zh-CN', 'zh', 'zh-TW', 'yue-CN', 'ja-JP', 'ko-KR'])(
    "never uses the English model for a %s device, and fetches the device's own model",
    async (language) => {
      const recognizer = world.make();
      await expect(recognizer.recognize(request(language), signal)).rejects.toMatchObject({
        code: 'model.missing',
        message: 'the speech model sense-voice-int8 is not installed yet (43 % received)',
      });
      expect(world.models.wanted).toContain('sense-voice-int8');
      expect(world.engines.size).toBe(0);
      expect(recognizer.modelFor(language)).toBeUndefined();
    },
  );

  it('are reported as missing during a download by another process, with a remedy if it failed', async () => {
    const recognizer = world.make();
    world.models.unreachable = 'model.download_failed';
    await expect(recognizer.recognize(request('zh-CN'), signal)).rejects.toMatchObject({
      code: 'model.not_fetched',
      message: expect.stringContaining('chorus models pull sense-voice-int8 --file'),
    });
    world.models.unreachable = 'model.busy';
    await expect(recognizer.recognize(request('zh-CN'), signal)).rejects.toMatchObject({ code: 'model.missing' });
  });

  it('are not downloaded without permission, nor is an English model used for a Chinese device', async () => {
    const recognizer = world.make({ autoPull: false, model: 'moonshine-tiny-en' });
    await expect(recognizer.recognize(request('zh-CN'), signal)).rejects.toMatchObject({
      code: 'model.not_installed',
      message: expect.stringContaining('chorus models pull sense-voice-int8'),
    });
    await expect(recognizer.prepare('zh-CN')).rejects.toMatchObject({ code: 'model.not_installed' });
    expect(world.models.wanted).toEqual([]);
  });

  it('are loaded if another process installed them, even if downloads are not allowed', async () => {
    const recognizer = world.make({ autoPull: false });
    await expect(recognizer.prepare('zh-CN')).rejects.toMatchObject({ code: 'model.not_installed' });
    expect(recognizer.isReady('zh-CN')).toBe(false);
    world.models.arrives('sense-voice-int8');
    await settle();
    expect(world.engines.get('sense-voice-int8')?.starts).toBeGreaterThan(0);
    expect(recognizer.isReady('zh-CN')).toBe(true);
    expect(world.models.wanted).toEqual([]);
  });

  it('are loaded for a waiting language once they are installed', async () => {
    const recognizer = world.make();
    recognizer.ensureFor('zh-CN');
    await settle();
    expect(world.models.wanted).toEqual(['sense-voice-int8']);
    world.models.arrives('sense-voice-int8');
    await settle();
    expect(world.engines.get('sense-voice-int8')?.starts).toBeGreaterThan(0);
    expect(await recognizer.recognize(request('zh-CN'), signal)).toMatchObject({
      text: 'text of sense-voice-int8',
      punctuationMeansEnd: false,
    });
    expect(world.models.wanted).toEqual(['sense-voice-int8']);
    expect(recognizer.statuses()).toHaveLength(1);
  });

  it('are used for other languages too, the best available one first', async () => {
    const recognizer = world.make();
    expect((await recognizer.recognize(request('de-DE'), signal)).asr).toBe('moonshine-tiny-en');
    world.models.arrives('sense-voice-int8');
    expect((await recognizer.recognize(request('de-DE'), signal)).asr).toBe('sense-voice-int8');
    expect((await recognizer.recognize(request('en'), signal)).asr).toBe('sense-voice-int8');
  });

  it('are used as configured for the languages that they know', async () => {
    world.models.here.add('sense-voice-int8');
    const recognizer = world.make({ model: 'moonshine-tiny-en' });
    expect((await recognizer.recognize(request('en-US'), signal)).asr).toBe('moonshine-tiny-en');
    expect((await recognizer.recognize(request('zh-CN'), signal)).asr).toBe('sense-voice-int8');
  });

  it('replace each other for a language if the best one cannot be loaded', async () => {
    world.models.here.add('sense-voice-int8');
    const broken = new FakeEngine('sense-voice-int8');
    broken.state = 'failed';
    broken.answer = () => Promise.reject(new ChorusError('model.corrupt', 'damaged'));
    world.engines.set(broken.id, broken);
    const recognizer = world.make();
    expect((await recognizer.recognize(request('en-US'), signal)).asr).toBe('moonshine-tiny-en');
    await expect(recognizer.recognize(request('zh-CN'), signal)).rejects.toMatchObject({ code: 'model.corrupt' });
    await expect(recognizer.prepare('zh-CN')).rejects.toMatchObject({ code: 'model.corrupt' });
    await expect(recognizer.prepare('en-US')).resolves.toBeUndefined();
  });

  it('do not replace each other after an error that the model did not cause', async () => {
    world.models.here.add('sense-voice-int8');
    const recognizer = world.make();
    const engine = new FakeEngine('sense-voice-int8');
    engine.answer = () => Promise.reject(new ChorusError('engine.quarantined', 'twice'));
    world.engines.set(engine.id, engine);
    await expect(recognizer.recognize(request('en-US'), signal)).rejects.toMatchObject({ code: 'engine.quarantined' });
    expect(world.engines.has('moonshine-tiny-en')).toBe(false);
  });

  it('have one process each, even if a device needs one while another configuration prepares it', async () => {
    world.models.here.add('sense-voice-int8');
    const loaded: (() => void)[] = [];
    const recognizer = world.make({
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
    expect(world.scope.tree().children.map(({ name }) => name)).toEqual(['recognition sense-voice-int8']);
    expect((await recognizer.recognize(request('zh-CN'), signal)).asr).toBe('sense-voice-int8');
  });

  it('are loaded as a new configuration selects them while the old model is still loading', async () => {
    for (const id of ['sense-voice-int8', 'paraformer-zh-int8', 'whisper-base']) world.models.here.add(id);
    const loading: ((error: Error) => void)[] = [];
    const recognizer = world.make({
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
    expect(world.scope.tree().children.map(({ name }) => name)).toEqual(['recognition whisper-base']);
  });

  it.each([
    { what: 'languages', invented: (n: number) => `x${n.toString(36)}` },
    { what: 'regions', invented: (n: number) => `zh-${n}` },
  ])(
    'are handled once for all invented $what when the configuration changes or a model arrives',
    async ({ invented }) => {
      world.models.here.clear();
      const logged: string[] = [];
      const log = { ...silentLogger, info: (message: string) => void logged.push(message) };
      const recognizer = world.make({ log, model: 'sense-voice-int8' });
      for (let n = 0; n < 300; n++) recognizer.ensureFor(invented(n));
      await settle();
      world.models.arrives('sense-voice-int8');
      await settle();
      // One start creates the model's engine. The other serves all waiting languages together.
      expect(world.engines.get('sense-voice-int8')?.starts).toBe(2);
      expect(recognizer.isReady(invented(7))).toBe(true);
      world.models.here.clear();
      logged.length = 0;
      (await recognizer.prepareChange({ model: 'sense-voice-int8', corrections: {}, autoPull: true }, false)).commit();
      await settle();
      expect(logged).toHaveLength(1);
    },
  );

  it('are not reported as failed if a shutdown interrupts their loading', async () => {
    const logged: string[] = [];
    const log = {
      ...silentLogger,
      info: (message: string) => void logged.push(message),
      error: (message: string) => void logged.push(message),
    };
    const recognizer = world.make({
      log,
      openEngine: ({ model }) =>
        Object.assign(new FakeEngine(model.id), { start: () => sleep(world.clock, 10_000, world.scope.signal) }),
    });
    recognizer.ensureFor('en');
    await world.scope.close();
    expect(logged).toEqual([]);
    expect(world.errors).toEqual([]);
  });

  it('leave no process behind when the scope closes', async () => {
    const recognizer = world.make();
    recognizer.ensureFor('en');
    await world.scope.close();
    world.models.arrives('sense-voice-int8');
    expect(world.errors).toEqual([]);
    expect(world.scope.tree()).toEqual({ name: 'test', tasks: [], children: [] });
  });
});
