import { describe, expect, it } from 'vitest';
import { CATALOGUE } from './catalogue.js';
import { type AsrSpec, asrModelConfig, type SpeakerSpec, type TtsSpec, ttsModelConfig } from './spec.js';

const at = (name: string): string => `/m/${name}`;
const common = { tokens: '/m/t', numThreads: 1, provider: 'cpu', debug: 0 };

function specFiles(spec: AsrSpec | SpeakerSpec | TtsSpec): readonly string[] {
  const values = Object.entries(spec).filter(([key]) => !['family', 'dataDir', 'speaker'].includes(key));
  return values.flatMap(([, value]) => value as string | readonly string[]);
}

describe('the configuration of each family of models', () => {
  it.each<[AsrSpec, object]>([
    [
      { family: 'moonshine', encoder: 'e', mergedDecoder: 'd', tokens: 't' },
      { moonshine: { encoder: '/m/e', mergedDecoder: '/m/d' } },
    ],
    [
      { family: 'sense-voice', model: 'm', tokens: 't' },
      { senseVoice: { model: '/m/m', language: 'auto', useInverseTextNormalization: 1 } },
    ],
    [
      { family: 'whisper', encoder: 'e', decoder: 'd', tokens: 't' },
      { whisper: { encoder: '/m/e', decoder: '/m/d', language: '', task: 'transcribe', tailPaddings: -1 } },
    ],
    [
      {
        family: 'moonshine-v1',
        preprocessor: 'p',
        encoder: 'e',
        uncachedDecoder: 'u',
        cachedDecoder: 'c',
        tokens: 't',
      },
      { moonshine: { preprocessor: '/m/p', encoder: '/m/e', uncachedDecoder: '/m/u', cachedDecoder: '/m/c' } },
    ],
    [{ family: 'paraformer', model: 'm', tokens: 't' }, { paraformer: { model: '/m/m' } }],
    [
      { family: 'online-paraformer', encoder: 'e', decoder: 'd', tokens: 't' },
      { paraformer: { encoder: '/m/e', decoder: '/m/d' } },
    ],
    [
      { family: 'fire-red-asr', encoder: 'e', decoder: 'd', tokens: 't' },
      { fireRedAsr: { encoder: '/m/e', decoder: '/m/d' } },
    ],
    [{ family: 'fire-red-asr-ctc', model: 'm', tokens: 't' }, { fireRedAsrCtc: { model: '/m/m' } }],
    [{ family: 'dolphin', model: 'm', tokens: 't' }, { dolphin: { model: '/m/m' } }],
    [{ family: 'zipformer-ctc', model: 'm', tokens: 't' }, { zipformerCtc: { model: '/m/m' } }],
    [
      { family: 'transducer', encoder: 'e', decoder: 'd', joiner: 'j', tokens: 't' },
      { transducer: { encoder: '/m/e', decoder: '/m/d', joiner: '/m/j' } },
    ],
  ])('recognition: $family', (spec, expected) => {
    expect(asrModelConfig(spec, 1, at)).toEqual({ ...common, ...expected });
  });

  it.each<[TtsSpec, object]>([
    [
      { family: 'vits', model: 'm', tokens: 't', lexicon: ['a', 'b'] },
      { vits: { model: '/m/m', tokens: '/m/t', lexicon: '/m/a,/m/b', dataDir: '' } },
    ],
    [
      { family: 'matcha', acousticModel: 'm', vocoder: 'v', tokens: 't', dataDir: 'espeak' },
      { matcha: { acousticModel: '/m/m', vocoder: '/m/v', tokens: '/m/t', lexicon: '', dataDir: '/m/espeak' } },
    ],
    [
      { family: 'kokoro', model: 'm', voices: 'v', tokens: 't' },
      { kokoro: { model: '/m/m', voices: '/m/v', tokens: '/m/t', lexicon: '', dataDir: '' } },
    ],
    [
      { family: 'kitten', model: 'm', voices: 'v', tokens: 't', dataDir: 'espeak' },
      { kitten: { model: '/m/m', voices: '/m/v', tokens: '/m/t', dataDir: '/m/espeak' } },
    ],
  ])('voices: $family', (spec, expected) => {
    expect(ttsModelConfig({ ...spec, ruleFsts: ['n.fst', 'd.fst'] }, 1, at)).toEqual({
      model: { ...expected, numThreads: 1, provider: 'cpu', debug: 0 },
      ruleFsts: '/m/n.fst,/m/d.fst',
      maxNumSentences: 1,
    });
  });
});

describe('the catalogue', () => {
  it('contains each id once, and each is a valid folder name', () => {
    const ids = CATALOGUE.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9][a-z0-9-]*$/);
  });

  it.each(CATALOGUE.map((model) => [model.id, model] as const))(
    '%s: lists the files that it needs, and says what is unverified',
    (_, model) => {
      const names = model.files.map(({ name }) => name);
      const needed = 'spec' in model ? specFiles(model.spec) : [];
      expect(names).toEqual(expect.arrayContaining([...needed]));
      const known = model.files.every(({ sizeBytes, sha256 }) => sizeBytes !== undefined && sha256 !== undefined);
      // Hashes of a generated model are computed when it is generated.
      expect(known || model.source.type === 'made' || model.unverified !== undefined).toBe(true);
      for (const { sha256 } of model.files) expect(sha256 ?? '0'.repeat(64)).toMatch(/^[0-9a-f]{64}$/);
    },
  );

  it('uses only encrypted mirrors', () => {
    const addresses = CATALOGUE.flatMap(({ source }) =>
      source.type === 'download'
        ? source.mirrors.map((mirror) => ('baseUrl' in mirror ? mirror.baseUrl : mirror.archiveUrl))
        : [],
    );
    expect(addresses.length).toBeGreaterThan(8);
    for (const address of addresses) expect(new URL(address).protocol).toBe('https:');
  });
});
