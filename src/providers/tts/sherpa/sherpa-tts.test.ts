import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineRoom, type EngineRoom } from '../../../../test/fakes/engine-room.js';
import { TINY_VOICE_RATE_HZ, TINY_VOICE_TOKEN_SAMPLES, tinyVits } from '../../../../test/fakes/tiny-models.js';
import { Cancelled, ChorusError } from '../../../core/index.js';
import { findModel, type ModelStore, type TtsModel, type TtsPart } from '../../../engines/index.js';
import type { TtsProvider } from '../tts-port.js';
import { type SherpaTtsOptions, sherpaTts, type VoiceEngine } from './sherpa-tts.js';

const never = new AbortController().signal;
const melo = findModel('melo-zh-en') as TtsModel;

async function read(audio: { readonly chunks: AsyncIterable<Uint8Array> }): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of audio.chunks) chunks.push(chunk);
  return chunks;
}

describe('a generated VITS voice in a real engine process', () => {
  let room: EngineRoom;
  let voice: TtsProvider;
  let models: ModelStore;

  beforeAll(async () => {
    room = await engineRoom();
    const tiny = tinyVits();
    const files = { 'model.onnx': tiny.model, 'tokens.txt': tiny.tokens, 'lexicon.txt': tiny.lexicon };
    const model: TtsModel = {
      ...melo,
      files: Object.keys(files).map((name) => ({ name })),
      downloadBytes: 1,
      spec: { family: 'vits', model: 'model.onnx', tokens: 'tokens.txt', lexicon: ['lexicon.txt'] },
    };
    await room.install(model, files);
    models = await room.store({ catalogue: [model] });
    voice = sherpaTts({ model, models, slots: 2, ...room.base });
  });
  afterAll(() => room.close());

  it('sends each sentence as a part, at the rate of the model, without clipping', async () => {
    const audio = await voice.synthesize({ text: '你好小智。再见！', language: 'zh-CN' }, never);
    expect(audio.format).toEqual({ kind: 'pcm', rateHz: TINY_VOICE_RATE_HZ });
    const chunks = await read(audio);
    expect(chunks.length).toBeGreaterThanOrEqual(2);
    const bytes = Buffer.concat(chunks);
    const pcm = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    expect(pcm.length).toBe(8 * TINY_VOICE_TOKEN_SAMPLES);
    const peak = pcm.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(peak).toBeGreaterThan(16_000);
    expect(peak).toBeLessThan(16_800);
  });

  it('keeps concurrent sentences separate', async () => {
    const [one, two] = await Promise.all(
      ['你好。', '再见再见！'].map(async (text) => read(await voice.synthesize({ text, language: 'zh' }, never))),
    );
    expect(Buffer.concat(one!).length).toBe(3 * TINY_VOICE_TOKEN_SAMPLES * 2);
    expect(Buffer.concat(two!).length).toBe(5 * TINY_VOICE_TOKEN_SAMPLES * 2);
  });

  it('leaves out characters that it cannot speak', async () => {
    const chunks = await read(await voice.synthesize({ text: '你好。🙂！再见。', language: 'zh' }, never));
    expect(Buffer.concat(chunks).length).toBe(6 * TINY_VOICE_TOKEN_SAMPLES * 2);
  });

  it('reports a text without anything that it can speak', async () => {
    await expect(voice.synthesize({ text: '🙂', language: 'zh' }, never)).rejects.toMatchObject({ code: 'tts.failed' });
    expect((await read(await voice.synthesize({ text: '你好。', language: 'zh' }, never))).length).toBeGreaterThan(0);
  });

  it('rejects with the reason of its signal', async () => {
    await expect(
      voice.synthesize({ text: '你好。', language: 'zh' }, AbortSignal.abort(new Cancelled('barge-in'))),
    ).rejects.toThrow('cancelled: barge-in');
  });

  it('learns the time of a synthesis', async () => {
    expect(voice.predictMs('你好，小智。')).toBeGreaterThan(0);
    expect(voice.predictMs('你好，小智。'.repeat(10))).toBeGreaterThan(voice.predictMs('你好，小智。'));
  });

  it('is unavailable while its model is not installed', async () => {
    const missing = sherpaTts({ model: { ...melo, id: 'elsewhere' }, models, slots: 1, ...room.base });
    expect(missing.languages).toEqual([]);
    await expect(missing.synthesize({ text: '你好', language: 'zh' }, never)).rejects.toMatchObject({
      code: 'model.missing',
    });
  });
});

const say = (voice: TtsProvider) => voice.synthesize({ text: '你好', language: 'zh' }, never);

describe('a voice whose process dies', () => {
  type Script = readonly { readonly parts: number; readonly error?: ChorusError }[];

  function scripted(script: Script): { readonly voice: TtsProvider; readonly calls: () => number } {
    let calls = 0;
    const base = { clock: undefined, log: undefined, metrics: undefined } as unknown as Pick<
      SherpaTtsOptions,
      'clock' | 'log' | 'metrics'
    >;
    const voice = sherpaTts({
      ...base,
      scope: { fork: (_: string, work: () => Promise<void>) => void work() } as unknown as SherpaTtsOptions['scope'],
      model: melo,
      models: { installed: () => ({ model: melo, directory: '/', files: [] }) },
      slots: 1,
      openEngine: (engine): VoiceEngine => ({
        start: () => Promise.resolve(),
        call: async <T>(request: unknown): Promise<T> => {
          const step = script[calls++];
          const { stream } = request as { stream: number };
          for (let part = 0; part < (step?.parts ?? 0); part++) {
            engine.onEvent?.({ stream, sampleRateHz: 22_050, pcm: Int16Array.of(part) } satisfies TtsPart);
            await Promise.resolve();
          }
          if (step?.error) throw step.error;
          return { runMs: 5 } as T;
        },
      }),
    });
    return { voice, calls: () => calls };
  }
  const crash = new ChorusError('engine.crashed', 'gone');

  it('is asked again if it has sent no sound yet', async () => {
    const { voice, calls } = scripted([{ parts: 0, error: crash }, { parts: 2 }]);
    expect(await read(await say(voice))).toHaveLength(2);
    expect(calls()).toBe(2);
  });

  it('is asked twice at most', async () => {
    const { voice, calls } = scripted([
      { parts: 0, error: crash },
      { parts: 0, error: crash },
    ]);
    await expect(say(voice)).rejects.toBe(crash);
    expect(calls()).toBe(2);
  });

  it('does not repeat the beginning of a sentence', async () => {
    const { voice, calls } = scripted([{ parts: 1, error: crash }]);
    const audio = await say(voice);
    const heard: Uint8Array[] = [];
    await expect(
      (async () => {
        for await (const chunk of audio.chunks) heard.push(chunk);
      })(),
    ).rejects.toBe(crash);
    expect(heard).toHaveLength(1);
    expect(calls()).toBe(1);
  });
});
