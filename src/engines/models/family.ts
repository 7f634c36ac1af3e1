import { ChorusError } from '../../core/index.js';
import type { AsrSpec, TtsSpec } from './spec.js';

export type Family = { readonly files: readonly string[] } & (
  | { readonly kind: 'asr'; readonly spec: AsrSpec }
  | { readonly kind: 'tts'; readonly spec: TtsSpec }
);

/** Finds the family by the names of the files, and then by the folder's `name`. Error: `model.corrupt`. */
export function familyOf(names: readonly string[], name: string): Family {
  const folder = new Folder(names);
  const found = voiceIn(folder, name.toLowerCase()) ?? recogniserIn(folder, name.toLowerCase());
  if (!found) throw new ChorusError('model.corrupt', `${name} has the files of no known family of models`);
  return found;
}

class Folder {
  constructor(readonly names: readonly string[]) {}

  has(name: string): boolean {
    return this.names.includes(name);
  }

  /** Matches whole words, as `encoder` in `base-encoder.onnx`. Prefers the int8 file. */
  model(...words: readonly string[]): string | undefined {
    const found = this.names
      .filter((name) => /\.(onnx|ort)$/.test(name))
      .filter((name) => words.some((word) => name.split(/[-.]/).includes(word) || name.startsWith(`${word}_`)))
      .sort();
    return found.find((name) => name.includes('int8')) ?? found[0];
  }

  /** The model file of a folder with a single model, whatever the file's name. Prefers the int8 file. */
  only(): string | undefined {
    const found = this.names.filter((name) => name.endsWith('.onnx') && !name.startsWith('voco'));
    return found.find((name) => name.includes('int8')) ?? found[0];
  }

  tokens(): string | undefined {
    return this.names.find((name) => name === 'tokens.txt' || name.endsWith('-tokens.txt'));
  }

  matching(pattern: RegExp): readonly string[] {
    return this.names.filter((name) => pattern.test(name)).sort();
  }
}

const asr = (spec: AsrSpec): Family => {
  const { family: _, ...files } = spec;
  return { kind: 'asr', spec, files: Object.values(files) };
};

function recogniserIn(folder: Folder, name: string): Family | undefined {
  const tokens = folder.tokens();
  if (tokens === undefined) return undefined;
  const [encoder, decoder, joiner] = [folder.model('encoder'), folder.model('decoder'), folder.model('joiner')];
  const live = name.includes('streaming');
  if (encoder !== undefined && decoder !== undefined) {
    if (joiner !== undefined)
      return asr({ family: live ? 'online-transducer' : 'transducer', encoder, decoder, joiner, tokens });
    if (decoder.includes('merged')) return asr({ family: 'moonshine', encoder, mergedDecoder: decoder, tokens });
    const family = live ? 'online-paraformer' : name.includes('fire-red') ? 'fire-red-asr' : 'whisper';
    return asr({ family, encoder, decoder, tokens });
  }
  const first = { preprocessor: folder.model('preprocess'), encoder: folder.model('encode') };
  const [uncachedDecoder, cachedDecoder] = [folder.model('uncached'), folder.model('cached')];
  if (first.preprocessor && first.encoder && uncachedDecoder && cachedDecoder)
    return asr({
      family: 'moonshine-v1',
      preprocessor: first.preprocessor,
      encoder: first.encoder,
      uncachedDecoder,
      cachedDecoder,
      tokens,
    });
  const model = folder.only();
  const single = SINGLE.find(([word]) => name.includes(word))?.[1];
  return model !== undefined && single !== undefined ? asr({ family: single, model, tokens }) : undefined;
}

/** Families with a single model file. Only the folder's name tells the families apart. */
const SINGLE = [
  ['sense-voice', 'sense-voice'],
  ['sensevoice', 'sense-voice'],
  ['paraformer', 'paraformer'],
  ['zipformer-ctc', 'zipformer-ctc'],
  ['fire-red', 'fire-red-asr-ctc'],
  ['dolphin', 'dolphin'],
] as const;

function voiceIn(folder: Folder, name: string): Family | undefined {
  const model = folder.only();
  if (model === undefined || !folder.has('tokens.txt')) return undefined;
  const lexicon = folder.matching(/^lexicon.*\.txt$/);
  const ruleFsts = folder.matching(/\.fst$/);
  const shared = {
    tokens: 'tokens.txt',
    ...(lexicon.length > 0 && { lexicon }),
    ...(folder.has('espeak-ng-data') && { dataDir: 'espeak-ng-data' }),
    ...(ruleFsts.length > 0 && { ruleFsts }),
  };
  const tts = (spec: TtsSpec, own: readonly string[]): Family => ({
    kind: 'tts',
    spec,
    files: [...own, 'tokens.txt', ...lexicon, ...ruleFsts],
  });
  const vocoder = folder.matching(/^(vocos|hifigan).*\.onnx$/)[0];
  const acousticModel = folder.model('model');
  if (vocoder !== undefined && acousticModel !== undefined)
    return tts({ family: 'matcha', acousticModel, vocoder, ...shared }, [acousticModel, vocoder]);
  if (folder.has('voices.bin')) {
    const family = name.includes('kitten') ? 'kitten' : 'kokoro';
    return tts({ family, model, voices: 'voices.bin', ...shared }, [model, 'voices.bin']);
  }
  const isVoice = shared.lexicon !== undefined || shared.dataDir !== undefined || /\b(vits|piper|melo)\b/.test(name);
  return isVoice ? tts({ family: 'vits', model, ...shared }, [model]) : undefined;
}
