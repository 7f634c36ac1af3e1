import { describe, expect, it } from 'vitest';
import { CATALOGUE } from './catalogue.js';
import { type AsrSpec, asrModelConfig, type TtsSpec, ttsModelConfig } from './spec.js';

const at = (name: string): string => `/m/${name}`;
const common = { tokens: '/m/t', numThreads: 1, provider: 'cpu', debug: 0 };

/** Names of the files (not folders) that a specification mentions. */
function specFiles(spec: AsrSpec | TtsSpec): readonly string[] {
  const values = Object.entries(spec).filter(([key]) => key !== 'family' && key !== 'dataDir');
  return values.flatMap(([, value]) => value as string | readonly string[]);
}

describe('families of models are configuration', () => {
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
    [{ family: 'paraformer', model: 'm', tokens: 't' }, { paraformer: { model: '/m/m' } }],
  ])('recognition: $family', (spec, expected) => {
    expect(asrModelConfig(spec, 1, at)).toEqual({ ...common, ...expected });
  });

  it('voices: VITS', () => {
    const spec = { model: 'm', tokens: 't', lexicon: ['a', 'b'], ruleFsts: ['n.fst', 'd.fst'] };
    const vits = { model: '/m/m', tokens: '/m/t', lexicon: '/m/a,/m/b', dataDir: '' };
    expect(ttsModelConfig(spec, 1, at)).toEqual({
      model: { vits, numThreads: 1, provider: 'cpu', debug: 0 },
      ruleFsts: '/m/n.fst,/m/d.fst',
      maxNumSentences: 1,
    });
    expect(ttsModelConfig({ ...spec, dataDir: 'espeak' }, 1, at).model.vits.dataDir).toBe('/m/espeak');
  });
});

describe('the catalogue', () => {
  it('has each id once, fit for a folder name', () => {
    const ids = CATALOGUE.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9][a-z0-9-]*$/);
  });

  it.each(CATALOGUE.map((model) => [model.id, model] as const))(
    '%s: lists the files that it needs, and says what is unverified',
    (_, model) => {
      const names = model.files.map(({ name }) => name);
      const needed = model.kind === 'vad' ? [] : specFiles(model.spec);
      expect(names).toEqual(expect.arrayContaining([...needed]));
      const known = model.files.every(({ sizeBytes, sha256 }) => sizeBytes !== undefined && sha256 !== undefined);
      // What is made here has its hash when it is made.
      expect(known || model.source.type === 'made' || model.unverified !== undefined).toBe(true);
      for (const { sha256 } of model.files) expect(sha256 ?? '0'.repeat(64)).toMatch(/^[0-9a-f]{64}$/);
    },
  );

  it('sends nobody to a mirror without encryption', () => {
    const addresses = CATALOGUE.flatMap(({ source }) =>
      source.type === 'download'
        ? source.mirrors.map((mirror) => ('baseUrl' in mirror ? mirror.baseUrl : mirror.archiveUrl))
        : [],
    );
    expect(addresses.length).toBeGreaterThan(8);
    for (const address of addresses) expect(new URL(address).protocol).toBe('https:');
  });
});
